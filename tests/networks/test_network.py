"""Networks of users' own, inputs, and the weights that training starts from."""

import numpy as np
import pytest
from sklearn.base import clone

from skvae._compat import InvalidParameterError
from skvae.networks import Dense, Encoder, Inputs, Network, draw_weights
from skvae.networks._base import Weight


class Gated(Network):
    """A network with weights of many kinds."""

    def __init__(self, units=5, width=3):
        self.units = units
        self.width = width

    def connect(self, inputs):
        from keras import layers

        hidden = layers.Dropout(0.5)(layers.BatchNormalization()(layers.Dense(self.units)(inputs)))
        return layers.Dense(self.width, bias_initializer="ones")(hidden)


class Cube(Network):
    def connect(self, inputs):
        from keras import layers

        return layers.Reshape((-1, 1))(inputs)


class Silent(Network):
    """One that forgets its method."""


@pytest.mark.parametrize(
    ("inputs", "width"),
    [(Inputs(5), 5), (Inputs(5, True), 10), (Inputs(5, False, 3), 8), (Inputs(5, True, 3), 13)],
)
def test_width_of_inputs(inputs, width):
    assert inputs.width == width


def test_weights_start_as_described():
    described = {
        "a": Weight((300, 200)),
        "b": Weight((4,), "zeros"),
        "c": Weight((4,), "ones"),
        "tall": Weight((9, 4), "orthogonal"),
        "wide": Weight((4, 9), "orthogonal"),
        "gates": Weight((8,), "forget"),
        "given": Weight((2,), np.array([3.0, 4.0])),
        "filter": Weight((3, 5, 20, 40)),
        "recurrent filter": Weight((2, 3, 2, 5), "orthogonal"),
    }
    drawn = draw_weights(described, np.random.default_rng(0))
    assert {name: w.shape for name, w in drawn.items()} == {name: w.shape for name, w in described.items()}
    assert drawn["a"].std() == pytest.approx(np.sqrt(2 / 500), rel=0.02)
    # A unit of a filter sees all of its places.
    assert drawn["filter"].std() == pytest.approx(np.sqrt(2 / (15 * (20 + 40))), rel=0.03)
    np.testing.assert_allclose(drawn["tall"].T @ drawn["tall"], np.eye(4), atol=1e-12)
    np.testing.assert_allclose(drawn["wide"] @ drawn["wide"].T, np.eye(4), atol=1e-12)
    sides = drawn["recurrent filter"].reshape(12, 5)
    np.testing.assert_allclose(sides.T @ sides, np.eye(5), atol=1e-12)
    np.testing.assert_array_equal(drawn["gates"], [0, 0, 1, 1, 0, 0, 0, 0])
    np.testing.assert_array_equal(drawn["given"], [3, 4])
    np.testing.assert_array_equal([drawn["b"], drawn["c"]], [[0] * 4, [1] * 4])


def test_weights_of_keras_layers_are_all_described():
    layers = Gated().encoder_layers(Inputs(4), 4)
    weights = layers.weights()
    assert layers.width == 3
    assert not layers.is_in_numpy
    assert [weight.shape for weight in weights.values()] == [(4, 5), (5,), (5,), (5,), (5,), (5,), (5, 3), (3,)]
    assert [weight.is_trained for weight in weights.values()] == [True] * 4 + [False] * 2 + [True] * 2
    drawn = draw_weights(weights, np.random.default_rng(0))
    again = draw_weights(Gated().encoder_layers(Inputs(4), 4).weights(), np.random.default_rng(0))
    np.testing.assert_array_equal(drawn["network/7/bias"], 1)  # as Keras starts it
    for name in weights:
        np.testing.assert_array_equal(drawn[name], again[name])
    kernel = drawn["network/0/kernel"]
    assert np.abs(kernel).max() <= np.sqrt(6 / 9)
    assert kernel.std() > 0.1


class Storied(Network):
    """Random, constant, given, seeded and frozen weights, trained and not."""

    def connect(self, inputs):
        from keras import layers

        given = layers.Dense(3, trainable=False, name="given")
        hidden = given(layers.Dense(1, name="single")(layers.Dense(1, name="first")(inputs)))
        given.set_weights([np.array([[1.0, 2.0, 3.0]]), np.array([4.0, 5.0, 6.0])])
        hidden = layers.Dense(2, kernel_initializer=initializers().RandomNormal(seed=1), name="seeded")(hidden)
        hidden = layers.Dense(30, trainable=False, name="features")(hidden)
        return layers.LSTM(2)(layers.Reshape((5, 6))(hidden))


def initializers():
    import keras

    return keras.initializers


def starts_of(network, seed):
    """Draw weights in the order of the layers."""
    weights = network.encoder_layers(Inputs(4), 4).weights()
    return list(draw_weights(weights, np.random.default_rng(seed)).values())


def test_only_what_keras_draws_unseeded_is_drawn_anew():
    first, again, other = starts_of(Storied(), 0), starts_of(Storied(), 0), starts_of(Storied(), 1)
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert [not np.array_equal(one, two) for one, two in zip(first, other, strict=True)] == [
        *(True, False),
        *(True, False),  # a kernel of one number too
        *(False, False),
        *(False, False),
        *(True, False),
        *(True, True, False),
    ]
    np.testing.assert_array_equal(first[4], [[1, 2, 3]])
    np.testing.assert_array_equal(first[5], [4, 5, 6])
    np.testing.assert_allclose(first[6], initializers().RandomNormal(seed=1)((3, 2)))
    recurrent, bias = first[-2:]
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(2), atol=1e-12)
    np.testing.assert_array_equal(bias, [0, 0, 1, 1, 0, 0, 0, 0])


def test_starts_do_not_depend_on_pythons_random_stream():
    import random

    starts = []
    for seed in range(2):
        random.seed(seed)
        state = random.getstate()
        starts.append(starts_of(Storied(), 0))
        assert random.getstate() == state
    for one, two in zip(*starts, strict=True):
        np.testing.assert_array_equal(one, two)


def test_names_of_weights_do_not_depend_on_other_layers():
    import keras

    names = list(Gated().encoder_layers(Inputs(4), 4).weights())
    for _ in range(3):
        keras.layers.Dense(2).build((None, 2))
    assert list(Gated().encoder_layers(Inputs(4), 4).weights()) == names


def test_key_is_class_and_parameters():
    assert clone(Gated()).key() == Gated().key()
    assert len({Gated().key(), Gated(6).key(), Gated(5, 4).key(), Cube().key(), Dense().key()}) == 5
    assert Encoder(Gated(), Inputs(4), 2, 4, True).key() != Encoder(Gated(6), Inputs(4), 2, 4, True).key()


class Table(Network):
    """A network that holds an array, or something else."""

    def __init__(self, values):
        self.values = values

    def connect(self, inputs):
        return inputs


@pytest.mark.parametrize("place", [0, 700, 1999])
def test_key_knows_every_digit_of_long_arrays(place):
    values = np.linspace(0, 1, 2000)
    other = values.copy()
    other[place] += 1e-12
    assert Table(values).key() == Table(values.copy()).key() != Table(other).key()
    pair = (Encoder(Table(own), Inputs(4), 2, 4, True).key() for own in (values, other))
    assert len(set(pair)) == 2


def test_key_in_inference_is_worked_out_once(monkeypatch):
    calls = []
    monkeypatch.setattr(Table, "key", lambda self: calls.append(1) or ("table",))
    network = Table(np.ones(3))
    for _ in range(3):
        Encoder(network, Inputs(3), 2, 3, True).key()
    assert len(calls) == 1


def test_outputs_of_another_shape_are_refused():
    with pytest.raises(InvalidParameterError, match=r"Cube.connect must return .*\(n_samples, n_units\).*None, 4, 1"):
        Cube().encoder_layers(Inputs(4), 4)


def test_network_without_its_method_is_refused():
    with pytest.raises(NotImplementedError, match="Silent must have a method connect"):
        Silent().encoder_layers(Inputs(4), 4)


def test_network_that_cannot_be_mirrored_says_what_to_do():
    with pytest.raises(InvalidParameterError, match=r"Gated .*give decoder=.*mirrored\(\)"):
        Gated().mirrored()
