"""Encoder and decoder: NumPy against Keras, and where the linear path starts."""

import numpy as np
import pytest

from skvae.networks import CodeEncoder, Decoder, Dense, Encoder, Inputs, LinearStart

D, K = 8, 2
ENCODERS = [Encoder, CodeEncoder]


def body(kind, network, has_path=True, is_masked=False, n_covariates=0):
    """Make an encoder or a decoder for 8 features and 2 latent variables."""
    if kind is Decoder:
        return Decoder(network, Inputs(K, False, n_covariates), D, D, has_path)
    return kind(network, Inputs(D, is_masked, n_covariates), K, D, has_path)


def rows_for(part, rng, n_rows=7):
    """Draw inputs; where there are masks, half of the values are missing."""
    parts = part.inputs
    values = rng.normal(size=(n_rows, parts.n_values))
    known = (rng.random(values.shape) < 0.5).astype(float)
    blocks = [values * known, known] if parts.is_masked else [values]
    return np.hstack([*blocks, rng.random((n_rows, parts.n_covariates))])


def any_weights(part, rng):
    """Draw weights, variances of normalizations above zero."""
    weights = {name: 0.5 * rng.normal(size=weight.shape) for name, weight in part.weights().items()}
    return {name: np.exp(w) if name.endswith("moving_variance") else w for name, w in weights.items()}


@pytest.mark.parametrize("has_path", [True, False])
@pytest.mark.parametrize(
    "network",
    [
        Dense(()),
        Dense((5,), "tanh"),
        Dense((6, 0.5), "tanh", dropout=0.5),
        Dense((5, 4), "elu", normalization="batch"),
        Dense((5, 4), "selu", 0.1, "layer"),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (Decoder, {}),
        (Decoder, {"n_covariates": 3}),
        (Encoder, {"is_masked": True}),
        (Encoder, {"n_covariates": 3}),
        *((kind, options) for kind in ENCODERS for options in ({}, {"is_masked": True, "n_covariates": 3})),
    ],
)
def test_numpy_and_keras_agree(kind, options, network, has_path):
    part = body(kind, network, has_path, **options)
    assert part.is_in_numpy
    rng = np.random.default_rng(0)
    weights = any_weights(part, rng)
    model, variables = part.keras_model()
    assert set(variables) == set(part.weights()) == set(weights)
    seeds = [v for v in model.variables if "seed_generator" in v.path]
    assert {id(v) for v in model.variables} - {id(v) for v in seeds} == {id(v) for v in variables.values()}
    for name, variable in variables.items():
        variable.assign(weights[name])
    inputs = rows_for(part, rng)
    outputs = model(inputs.astype("float32"))
    outputs = outputs if isinstance(outputs, list) else [outputs]
    assert len(outputs) == len(part.heads)
    for expected, ours in zip(outputs, part.apply(weights, inputs), strict=True):
        np.testing.assert_allclose(ours, np.asarray(expected), rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("kind", [Encoder, CodeEncoder, Decoder])
def test_keras_trains_the_weights_that_are_said_to_be_trained(kind):
    part = body(kind, Dense((5, 4), normalization="batch"))
    model, variables = part.keras_model()
    trained = {id(v) for v in model.trainable_variables}
    assert {name for name, v in variables.items() if id(v) in trained} == {
        name for name, weight in part.weights().items() if weight.is_trained
    }


def test_keras_names_are_the_weights_names():
    model, variables = body(Encoder, Dense((5, 4), normalization="layer")).keras_model()
    assert {v.path for v in model.weights} == set(variables)


def a_start(rng, n_covariates):
    """Draw a linear model."""
    shapes = {"center": (D,), "offsets": (n_covariates, D), "loadings": (K, D), "precisions": (D,)}
    shapes |= {"projection": (D, K), "log_variance": (K,), "outputs_center": (D,)}
    shapes |= {"outputs_offsets": (n_covariates, D), "outputs_loadings": (K, D)}
    drawn = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return LinearStart(**drawn | {"precisions": np.exp(drawn["precisions"])})


@pytest.mark.parametrize("n_covariates", [0, 3])
@pytest.mark.parametrize("sizes", [(), (5, 4)])
@pytest.mark.parametrize("kind", ENCODERS)
def test_linear_projection_is_all_there_is_at_the_start(kind, sizes, n_covariates):
    part = body(kind, Dense(sizes), n_covariates=n_covariates)
    rng = np.random.default_rng(0)
    start = a_start(rng, n_covariates)
    weights = part.at_linear_start(part.initial_weights(rng), start)
    assert {name: np.shape(w) for name, w in weights.items()} == {n: w.shape for n, w in part.weights().items()}
    X, C = rng.normal(size=(5, D)), rng.normal(size=(5, n_covariates))
    mean, *log_variance = part.apply(weights, np.hstack([X, C]))
    np.testing.assert_allclose(mean, (X - start.center - C @ start.offsets) @ start.projection)
    for values in log_variance:
        np.testing.assert_array_equal(values, np.tile(start.log_variance, (5, 1)))


@pytest.mark.parametrize("n_covariates", [0, 3])
@pytest.mark.parametrize("sizes", [(), (5, 4)])
def test_linear_decoder_is_all_there_is_at_the_start(sizes, n_covariates):
    part = body(Decoder, Dense(sizes), n_covariates=n_covariates)
    rng = np.random.default_rng(0)
    start = a_start(rng, n_covariates)
    weights = part.at_linear_start(part.initial_weights(rng), start)
    assert {name: np.shape(w) for name, w in weights.items()} == {n: w.shape for n, w in part.weights().items()}
    Z, C = rng.normal(size=(5, K)), rng.normal(size=(5, n_covariates))
    [outputs] = part.apply(weights, np.hstack([Z, C]))
    np.testing.assert_allclose(outputs, start.outputs_center + Z @ start.outputs_loadings + C @ start.outputs_offsets)


@pytest.mark.parametrize("sizes", [(), (5, 4)])
def test_masked_encoder_starts_at_the_posterior_of_the_linear_model(sizes):
    """With all values known, it is the projection of the plain one; with none, the prior."""
    part = body(Encoder, Dense(sizes), is_masked=True)
    rng = np.random.default_rng(0)
    start = a_start(rng, 0)
    scaled = start.loadings * start.precisions
    covariance = np.linalg.inv(np.eye(K) + scaled @ start.loadings.T)
    weights = part.at_linear_start(part.initial_weights(rng), start)
    X = rng.normal(size=(5, D))
    mean, _ = part.apply(weights, np.hstack([X, np.ones((5, D))]))
    np.testing.assert_allclose(mean, (X - start.center) @ (covariance @ scaled).T)
    mean, log_variance = part.apply(weights, np.zeros((5, 2 * D)))
    np.testing.assert_array_equal([mean, log_variance], 0)


def test_networks_without_hidden_layers_need_no_second_linear_path():
    linear, hidden = body(Encoder, Dense(())), body(Encoder, Dense((3,)))
    assert "linear/kernel" not in linear.weights()
    assert linear.linear_kernel == "mean/kernel"
    assert hidden.linear_kernel == "linear/kernel"
    assert body(Encoder, Dense((3,)), has_path=False).linear_kernel is None


def test_kernels_beside_the_linear_path_are_nonlinear():
    part = body(Encoder, Dense((5,), normalization="layer"), is_masked=True)
    assert {name for name in part.weights() if part.is_nonlinear(name)} == {
        "hidden0/kernel",
        "mean/kernel",
        "log_variance/kernel",
    }


def test_keys_tell_bodies_apart():
    network = Dense((4,))
    bodies = [
        *(body(kind, network) for kind in (*ENCODERS, Decoder)),
        body(Encoder, network, has_path=False),
        body(Encoder, network, is_masked=True),
        body(Encoder, network, n_covariates=2),
        body(Encoder, Dense((4,), dropout=0.5)),
        Encoder(network, Inputs(D), 3, D, True),
        Encoder(network, Inputs(9), K, 9, True),
    ]
    keys = [part.key() for part in bodies]
    assert len(set(keys)) == len(keys)
    assert body(Encoder, Dense((4,))).key() == keys[0]


def test_the_linear_path_of_an_untrained_model_begins_at_zero():
    weights = body(Encoder, Dense((5,))).initial_weights(np.random.default_rng(0))
    assert weights["linear/kernel"].shape == (D, K)
    assert not weights["linear/kernel"].any()
    assert all(weights[name].all() for name in ("hidden0/kernel", "mean/kernel", "log_variance/kernel"))


@pytest.mark.parametrize(
    "change", [{"network": Dense((6,))}, {"has_path": False}, {"is_masked": True}, {"n_covariates": 1}]
)
def test_keys_tell_architectures_apart(change):
    usual = body(Encoder, Dense((5,))).key()
    other = body(Encoder, **({"network": Dense((5,))} | change)).key()
    assert other != usual == body(Encoder, Dense((5,))).key()
    assert body(CodeEncoder, Dense((5,))).key() != usual != body(Decoder, Dense((5,))).key()
