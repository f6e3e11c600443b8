"""Dense networks: sizes, weights and arithmetic."""

import numpy as np
import pytest
from sklearn.base import clone

from skvae import VAETransformer
from skvae._compat import InvalidParameterError
from skvae.networks import ACTIVATIONS, Dense, Inputs, draw_weights


def test_shares_of_the_features_are_resolved():
    assert Dense((1.0, 0.5, 7)).units(30) == (30, 15, 7)
    assert Dense((0.001,)).units(30) == (1,)


def test_mirrored_reverses_the_layers():
    mirrored = Dense((5, 0.5), "tanh", 0.2, "layer").mirrored()
    assert mirrored.get_params() == {
        "hidden_layer_sizes": (0.5, 5),
        "activation": "tanh",
        "dropout": 0.2,
        "normalization": "layer",
    }


def test_clone_and_key():
    network = Dense((5, 3), "tanh", 0.5, "batch")
    assert clone(network).key() == network.key()
    options = {"hidden_layer_sizes": [(3, 5), (5,)], "activation": ["relu"], "dropout": [0.0], "normalization": [None]}
    others = [clone(network).set_params(**{name: v}) for name, values in options.items() for v in values]
    assert network.key() not in [other.key() for other in others]


def test_whole_units_and_shares_have_different_keys():
    """1 unit and a share of 1.0 compare equal in Python, but are different networks."""
    assert Dense((1,)).key() != Dense((1.0,)).key()


def test_width_of_a_linear_network_is_that_of_its_inputs():
    assert Dense(()).is_linear
    assert Dense(()).encoder_layers(Inputs(9), 9).width == 9
    assert Dense(()).decoder_layers(Inputs(2), 30).width == 2
    assert Dense((4, 2)).encoder_layers(Inputs(9), 9).width == 2


def test_shares_are_of_the_features_in_encoder_and_decoder():
    """Masks and covariates, or the latent variables, make layers no wider."""
    network = Dense((0.5,))
    assert network.encoder_layers(Inputs(30, True, 7), 30).width == 15
    assert network.encoder_layers(Inputs(30, True, 7), 30).weights()["hidden0/kernel"].shape == (67, 15)
    assert network.decoder_layers(Inputs(2), 30).width == 15


def test_initial_weights_are_glorots():
    weights = draw_weights(Dense((200,)).encoder_layers(Inputs(100), 100).weights(), np.random.default_rng(0))
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
@pytest.mark.parametrize("normalization", [None, "batch", "layer"])
def test_apply_leaves_the_inputs_alone_and_keeps_their_type(activation, normalization):
    layers = Dense((3, 2), activation, normalization=normalization).encoder_layers(Inputs(4), 4)
    weights = draw_weights(layers.weights(), np.random.default_rng(0))
    weights = {name: w.astype("float32") for name, w in weights.items()}
    inputs = np.ones((2, 4), "float32")
    assert layers.apply(weights, inputs).dtype == np.float32
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


@pytest.mark.parametrize("dropout", [-0.1, 1.0, 2, np.nan, "half", True, None])
def test_bad_dropout_is_refused(dropout):
    with pytest.raises(InvalidParameterError, match="dropout"):
        Dense((3,), dropout=dropout).validate()


@pytest.mark.parametrize("normalization", ["group", True, 1])
def test_bad_normalization_is_refused(normalization):
    with pytest.raises(InvalidParameterError, match="normalization"):
        Dense((3,), normalization=normalization).validate()


def test_each_hidden_layer_but_no_output_is_dropped_and_normalized():
    """Normalization comes before the activation, dropout after it."""
    import keras

    inputs = keras.Input((4,))
    layers = Dense((3, 2), "tanh", 0.5, "layer").encoder_layers(Inputs(4), 4)
    made = keras.Model(inputs, layers.connect(inputs)[0]).layers[1:]
    assert [type(layer).__name__ for layer in made] == 2 * ["Dense", "LayerNormalization", "Activation", "Dropout"]


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
    layers = network.encoder_layers(Inputs(3), 99)
    assert {name: weight.shape for name, weight in layers.weights().items()} == {
        name: w.shape for name, w in weights.items()
    }
    # relu([2.5, 5]) = [2.5, 5]; relu([-0.5, 0]) = [0, 0].
    np.testing.assert_array_equal(layers.apply(weights, np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 0.0]])), [[0.0], [1.0]])
    np.testing.assert_array_equal(layers.apply(weights, np.array([[1.0, 0.0, 0.0]])), [[4.0]])


def test_shares_are_rounded():
    assert Dense((0.9, 0.5)).units(7) == (6, 4)
