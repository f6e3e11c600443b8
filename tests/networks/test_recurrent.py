"""Recurrent networks: shapes, agreement with Keras, errors."""

import numpy as np
import pytest

from skvae import VAETransformer
from skvae._compat import InvalidParameterError
from skvae.networks import Decoder, Dense, Encoder, Inputs, Recurrent


@pytest.mark.parametrize("inputs", [Inputs(12), Inputs(12, True, 0), Inputs(12, False, 3), Inputs(12, True, 3)])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("units", [5, (5, 3)])
def test_described_weights_are_those_of_keras(inputs, cell, units):
    network = Recurrent(units, (4, 3), cell)
    decoder_inputs = Inputs(2, False, inputs.n_covariates)
    for body in (Encoder(network, inputs, 2, 12, True), Decoder(network.mirrored(), decoder_inputs, 12, 12, True)):
        model, variables = body.keras_model()
        assert {name: tuple(v.shape) for name, v in variables.items()} == {
            name: weight.shape for name, weight in body.weights().items()
        }
        assert len(variables) == len(model.weights)
        outputs = model(np.zeros((2, body.inputs.width), "float32"))
        outputs = outputs if isinstance(outputs, list) else [outputs]
        assert [tuple(output.shape) for output in outputs] == [(2, body.n_outputs)] * len(body.heads)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_untrained_weights_start_as_those_of_keras(cell):
    """Orthogonal recurrent kernels, and the forget gate of an LSTM open."""
    import keras

    weights = Encoder(Recurrent(4, (5, 3), cell), Inputs(15), 2, 15, False).initial_weights(np.random.default_rng(0))
    layer = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[cell](4)
    layer.build((None, 5, 3))
    kernel, recurrent, bias = layer.get_weights()
    np.testing.assert_array_equal(weights["recurrent0/bias"], bias)
    own = weights["recurrent0/recurrent_kernel"]
    np.testing.assert_allclose(own @ own.T, np.eye(4), atol=1e-12)
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(4), atol=1e-5)
    assert np.abs(weights["recurrent0/kernel"]).max() <= np.sqrt(6 / sum(kernel.shape))


def test_mirrored_reverses_the_layers():
    assert Recurrent((4, 8), (2, 3), "gru").mirrored().get_params() == Recurrent((8, 4), (2, 3), "gru").get_params()
    assert Recurrent(4).mirrored().get_params() == Recurrent(4).get_params()


def test_networks_that_differ_are_not_taken_for_each_other():
    networks = [Recurrent(), Recurrent(3), Recurrent((3, 3)), Recurrent(cell="gru"), Recurrent(sequence_shape=(56, 14))]
    assert len({network.key() for network in networks}) == len(networks)
    assert Recurrent(7).key() == Recurrent((7,)).key()


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"units": 0}, "units"),
        ({"units": ()}, "units"),
        ({"units": (3, 0.5)}, "units"),
        ({"units": True}, "units"),
        ({"sequence_shape": (3,)}, "sequence_shape"),
        ({"sequence_shape": (3, 2, 1)}, r"sequence_shape' of a Recurrent network must be \(steps, values\)"),
        ({"cell": "rnn"}, "cell"),
    ],
)
def test_wrong_parameters_are_named(params, words):
    with pytest.raises(InvalidParameterError, match=f"'{words}"):
        Recurrent(**params).validate()


def test_wrong_sequence_shapes_show_the_arithmetic():
    with pytest.raises(InvalidParameterError, match=r"4 \* 5 = 20 values, but the data have 36 features"):
        VAETransformer(encoder=Recurrent(3, (4, 5))).fit(np.random.default_rng(0).random((10, 36)))


def _waves(n_samples):
    """Waves of any phase."""
    rng = np.random.default_rng(0)
    phase = rng.uniform(0, 2 * np.pi, (n_samples, 1))
    return np.sin(np.arange(12) * 0.5 + phase) + 0.05 * rng.standard_normal((n_samples, 12))


def test_sequences_are_learned():
    """Bare networks come far closer than the mean wave."""
    X = _waves(300)
    vae = VAETransformer(
        encoder=Recurrent(8, (12, 1), "gru"),
        decoder=Dense((16,)),
        init="random",
        learning_rate=1e-2,
        epochs=80,
        random_state=0,
    ).fit(X)
    assert np.mean(np.square(vae.reconstruct(X) - X)) < 0.3 * X.var()


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_rows_have_bits_of_their_own(cell):
    X, order = _waves(40), np.random.default_rng(1).permutation(40)
    vae = VAETransformer(encoder=Recurrent(8, (12, 1), cell), decoder=Dense((16,)), epochs=2, random_state=0).fit(X)
    codes = vae.transform(X)
    np.testing.assert_array_equal(vae.transform(X[order]), codes[order])
    np.testing.assert_array_equal(vae.transform(X[5:6]), codes[5:6])


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_keras_decodes_as_the_estimator_does(cell):
    vae = VAETransformer(encoder=(8,), decoder=Recurrent(4, (12, 1), cell), epochs=2, random_state=0).fit(_waves(40))
    codes = np.random.default_rng(1).standard_normal((40, 2))
    np.testing.assert_allclose(vae.decoder_(codes), vae.inverse_transform(codes), atol=1e-5)
