"""Dense networks: sizes, weights and arithmetic."""

import numpy as np
import pytest
from sklearn.base import clone

from skvae import VAETransformer
from skvae._compat import InvalidParameterError
from skvae.networks import ACTIVATIONS, Dense
from skvae.networks._base import draw_weights


def test_shares_of_the_features_are_resolved():
    assert Dense((1.0, 0.5, 7)).units(30) == (30, 15, 7)
    assert Dense((0.001,)).units(30) == (1,)


def test_mirrored_reverses_the_layers():
    mirrored = Dense((5, 0.5), "tanh").mirrored()
    assert mirrored.hidden_layer_sizes == (0.5, 5)
    assert mirrored.activation == "tanh"


def test_clone_and_key():
    network = Dense((5, 3), "tanh")
    assert clone(network).key() == network.key()
    others = [Dense((5, 3)), Dense((3, 5), "tanh"), Dense((5,), "tanh")]
    assert network.key() not in [other.key() for other in others]


def test_whole_units_and_shares_have_different_keys():
    """1 unit and a share of 1.0 compare equal in Python, but are different networks."""
    assert Dense((1,)).key() != Dense((1.0,)).key()


def test_width_of_a_linear_network_is_that_of_its_inputs():
    assert Dense(()).is_linear
    assert Dense(()).output_width(9, 30) == 9
    assert Dense((4, 2)).output_width(9, 30) == 2


def test_initial_weights_are_glorots():
    weights = draw_weights(Dense((200,)).weight_shapes(100, 100), np.random.default_rng(0))
    limit = np.sqrt(6 / 300)
    assert np.abs(weights["hidden0/kernel"]).max() <= limit
    assert weights["hidden0/kernel"].std() == pytest.approx(limit / np.sqrt(3), rel=0.02)
    assert not weights["hidden0/bias"].any()


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_numpy_activations_are_those_of_keras(activation):
    import keras

    x = np.linspace(-6, 6, 41)
    expected = np.asarray(keras.activations.get(activation)(x.astype("float32")))
    before = x.copy()
    np.testing.assert_allclose(ACTIVATIONS[activation](before), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_apply_leaves_the_inputs_alone_and_keeps_their_type(activation):
    network = Dense((3, 2), activation)
    weights = draw_weights(network.weight_shapes(4, 4), np.random.default_rng(0))
    weights = {name: w.astype("float32") for name, w in weights.items()}
    inputs = np.ones((2, 4), "float32")
    assert network.apply(weights, inputs).dtype == np.float32
    np.testing.assert_array_equal(inputs, 1)


@pytest.mark.parametrize(
    "sizes", [5, "big", (0,), (-1,), (np.nan,), (np.inf,), (10**40,), (2**31,), (True,), (np.True_,), ("a",)]
)
def test_bad_sizes_are_refused(sizes):
    with pytest.raises(InvalidParameterError, match="hidden_layer_sizes"):
        Dense(sizes).validate()


@pytest.mark.parametrize("activation", ["bent", ["relu"], None])
def test_bad_activation_is_refused(activation):
    with pytest.raises(InvalidParameterError, match="activation"):
        Dense((3,), activation).validate()


@pytest.mark.parametrize("sizes", [(), [4, 0.5], (np.int64(4), np.float32(0.5)), (2**31 - 1,)])
def test_sound_sizes_pass(sizes):
    Dense(sizes).validate()


def test_defaults_are_those_of_the_estimator():
    defaults = VAETransformer()
    assert Dense().key() == Dense(defaults.encoder, defaults.activation).key()


def test_layers_by_hand():
    network = Dense((2, 1))
    weights = {
        "hidden0/kernel": np.array([[1.0, -1.0], [0.5, 2.0], [0.0, 1.0]]),
        "hidden0/bias": np.array([0.5, -1.0]),
        "hidden1/kernel": np.array([[2.0], [-3.0]]),
        "hidden1/bias": np.array([1.0]),
    }
    assert network.weight_shapes(3, 99) == {name: w.shape for name, w in weights.items()}
    # relu([2.5, 5]) = [2.5, 5]; relu([-0.5, 0]) = [0, 0].
    np.testing.assert_array_equal(network.apply(weights, np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 0.0]])), [[0.0], [1.0]])
    np.testing.assert_array_equal(network.apply(weights, np.array([[1.0, 0.0, 0.0]])), [[4.0]])


def test_shares_are_rounded():
    assert Dense((0.9, 0.5)).units(7) == (6, 4)
