"""Convolutional networks: shapes and counts, exact sizes, agreement with Keras, errors."""

import numpy as np
import pytest

from skvae import VAETransformer
from skvae._compat import InvalidParameterError
from skvae.networks import Conv, Decoder, Dense, Encoder, Inputs


def n_weights(body):
    return sum(int(np.prod(weight.shape)) for weight in body.weights().values())


@pytest.mark.parametrize(
    ("encoder", "decoder", "counts"),
    [
        (Conv((32, 64), hidden_layer_sizes=(16,)), Conv((64, 32)), (69_076, 65_089)),
        (Dense((120, 120, 16)), Conv((64, 32)), (110_724, 65_089)),
        (Dense((120, 120, 16)), Dense((1.0,)), (110_724, 617_792)),
    ],
)
def test_the_papers_networks_have_its_numbers_of_weights(encoder, decoder, counts):
    bodies = Encoder(encoder, Inputs(784), 2, 784, False), Decoder(decoder, Inputs(2), 784, 784, False)
    assert tuple(map(n_weights, bodies)) == counts
    for body, count in zip(bodies, counts, strict=True):
        assert body.keras_model()[0].count_params() == count


@pytest.mark.parametrize("inputs", [Inputs(70), Inputs(70, True, 0), Inputs(70, False, 3), Inputs(70, True, 3)])
@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("has_path", [True, False])
def test_described_weights_are_those_of_keras(inputs, strides, has_path):
    """Also for images whose height and width no stride divides, with two channels."""
    network = Conv((3, 4), 3, strides, (5,), (7, 5, 2))
    decoder_inputs = Inputs(2, False, inputs.n_covariates)
    for body in (
        Encoder(network, inputs, 2, 70, has_path),
        Decoder(network.mirrored(), decoder_inputs, 70, 70, has_path),
    ):
        model, variables = body.keras_model()
        assert {name: tuple(v.shape) for name, v in variables.items()} == {
            name: weight.shape for name, weight in body.weights().items()
        }
        assert len(variables) == len(model.weights)
        outputs = model(np.zeros((2, body.inputs.width), "float32"))
        outputs = outputs if isinstance(outputs, list) else [outputs]
        assert [tuple(output.shape) for output in outputs] == [(2, body.n_outputs)] * len(body.heads)


def test_an_encoder_convolves_the_image():
    """One filter that looks at its own pixel only passes on the image, behind it the covariates."""
    body = Encoder(Conv((1,), 1, 1, (), (2, 3), "linear"), Inputs(6, False, 2), 2, 6, False)
    model, variables = body.keras_model()
    variables["conv0/kernel"].assign(np.full((1, 1, 1, 1), 2.0))
    variables["mean/kernel"].assign(np.eye(8, 2) + 10 * np.eye(8, 2, k=-6))
    rows = np.arange(16.0).reshape(2, 8).astype("float32")
    np.testing.assert_allclose(model(rows)[0], 2 * rows[:, :2] + 10 * rows[:, 6:])


def test_mirrored_reverses_all_layers():
    network = Conv((4, 8), 5, 3, (20, 10), (9, 9), "tanh")
    assert network.mirrored().get_params() == Conv((8, 4), 5, 3, (10, 20), (9, 9), "tanh").get_params()
    assert network.mirrored().mirrored().get_params() == network.get_params()


def test_networks_that_differ_are_not_taken_for_each_other():
    networks = [
        Conv(),
        Conv((32,)),
        Conv(kernel_size=5),
        Conv(strides=1),
        Conv(hidden_layer_sizes=(3,)),
        Conv(image_shape=(14, 56)),
        Conv(activation="tanh"),
    ]
    assert len({network.key() for network in networks}) == len(networks)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"filters": ()}, "filters"),
        ({"filters": (0,)}, "filters"),
        ({"filters": 32}, "filters"),
        ({"filters": (2.5,)}, "filters"),
        ({"kernel_size": 0}, "kernel_size"),
        ({"kernel_size": True}, "kernel_size"),
        ({"strides": -1}, "strides"),
        ({"strides": (2, 2)}, "strides"),
        ({"hidden_layer_sizes": (0.5,)}, "hidden_layer_sizes"),
        ({"image_shape": (28,)}, "image_shape"),
        ({"image_shape": (1, 2, 3, 4)}, r"\(height, width, channels\)"),
        ({"activation": "cubist"}, "activation"),
    ],
)
def test_wrong_parameters_are_named(params, words):
    with pytest.raises(InvalidParameterError, match=rf"'?{words}"):
        Conv(**params).validate()


@pytest.mark.parametrize("part", ["encoder", "decoder"])
def test_wrong_image_shapes_show_the_arithmetic(part):
    vae = VAETransformer(encoder=(3,)).set_params(**{part: Conv((2,), image_shape=(4, 5, 2))})
    with pytest.raises(InvalidParameterError, match=r"4 \* 5 \* 2 = 40 values, but the data have 36 features"):
        vae.fit(np.random.default_rng(0).random((10, 36)))


@pytest.fixture(scope="module")
def digits():
    from sklearn.datasets import load_digits

    return load_digits().data[:300] / 16


@pytest.mark.parametrize("init", ["pca", "random"])
def test_rows_have_the_same_bits_whatever_stands_beside(digits, init):
    vae = VAETransformer(encoder=Conv((4,), image_shape=(8, 8)), init=init, epochs=3, random_state=0).fit(digits)
    codes, order = vae.transform(digits), np.random.default_rng(0).permutation(len(digits))
    np.testing.assert_array_equal(vae.transform(digits[order]), codes[order])
    np.testing.assert_array_equal(vae.transform(digits[137:140]), codes[137:140])
    np.testing.assert_allclose(vae.encoder_(digits)[0], codes, atol=1e-5)
    decoded = vae.inverse_transform(codes)
    np.testing.assert_array_equal(vae.inverse_transform(codes[order]), decoded[order])
    np.testing.assert_allclose(vae.decoder_(codes), decoded, atol=1e-5)


def test_it_starts_at_pca_and_improves(digits):
    from sklearn.decomposition import PCA

    network = Conv((4,), image_shape=(8, 8))
    start = VAETransformer(encoder=network, epochs=1, learning_rate=1e-30, random_state=0).fit(digits)
    assert start.score(digits) == pytest.approx(PCA(2).fit(digits).score(digits), abs=0.1)
    trained = VAETransformer(encoder=network, epochs=80, random_state=0).fit(digits)
    assert trained.score(digits) > start.score(digits) + 1
