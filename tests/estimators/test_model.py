"""The loss that the engine minimises, against one written out with scipy."""

import numpy as np
import pytest
from scipy.stats import bernoulli, norm

from skvae.estimators._model import MAX_LOG_VARIANCE, Model, negative_bound
from skvae.likelihoods import LIKELIHOODS
from skvae.networks import Decoder, Dense, Encoder

BETA, SEED = 2.5, [3, 4]


@pytest.fixture(scope="module", params=sorted(LIKELIHOODS))
def model(request):
    network = Dense((4,), "tanh")
    return Model(Encoder(network, 5, 2, True), Decoder(network, 5, 2, True), LIKELIHOODS[request.param]())


@pytest.fixture(scope="module")
def weights(model):
    rng = np.random.default_rng(0)
    drawn = model.initial_weights(rng)
    return {
        part: {name: 0.5 * rng.normal(size=np.shape(w)) for name, w in named.items()} for part, named in drawn.items()
    }


@pytest.fixture(scope="module")
def X():
    return (np.random.default_rng(1).random((6, 5)) < 0.5).astype(float)


def listed(weights):
    places = [(part, name) for part, named in weights.items() for name in named]
    return places, [np.float32(weights[part][name]) for part, name in places]


def expected_loss(model, weights, X):
    import tensorflow as tf

    mean, log_variance = model.encode(weights, X)
    z = mean + np.exp(0.5 * log_variance) * tf.random.stateless_normal(mean.shape, SEED).numpy()
    outputs = model.decode(weights, z)
    if model.likelihood.name == "gaussian":
        spread = np.exp(0.5 * weights["likelihood"]["log_variance"])
        log_prob = norm(outputs, spread).logpdf(X).sum(axis=1)
    else:
        log_prob = bernoulli(1 / (1 + np.exp(-outputs))).logpmf(X).sum(axis=1)
    # KL(N(m, v) || N(0, 1)) = E_q[log q - log p], integrated numerically over a fine grid.
    grid = np.linspace(-12, 12, 20001)
    q = norm(mean[..., None], np.exp(0.5 * log_variance)[..., None])
    kl = np.trapezoid(q.pdf(grid) * (q.logpdf(grid) - norm.logpdf(grid)), grid, axis=-1).sum(axis=1)
    return -log_prob, kl


def test_loss_is_the_negative_bound(model, weights, X):
    places, values = listed(weights)
    loss, parts = negative_bound(model, places)(values, np.float32(X), np.float32(BETA), SEED)
    reconstruction, kl = expected_loss(model, weights, X)
    np.testing.assert_allclose(parts[0], reconstruction, rtol=1e-4)
    np.testing.assert_allclose(parts[1], kl, rtol=1e-4)
    np.testing.assert_allclose(loss, reconstruction + BETA * kl, rtol=1e-4)


def test_gradients_are_finite_differences(model, weights, X):
    import tensorflow as tf

    places, values = listed(weights)
    loss = negative_bound(model, places)
    variables = [tf.Variable(v) for v in values]
    with tf.GradientTape() as tape:
        total = tf.reduce_mean(loss(variables, np.float32(X), np.float32(BETA), SEED)[0])
    gradients = tape.gradient(total, variables)

    def at(step, j):
        moved = {part: dict(named) for part, named in weights.items()}
        part, name = places[j]
        direction = np.zeros(np.shape(moved[part][name]))
        direction.flat[0] = step
        moved[part][name] = moved[part][name] + direction
        reconstruction, kl = expected_loss(model, moved, X)
        return np.mean(reconstruction + BETA * kl)

    for j, gradient in enumerate(gradients):
        slope = (at(1e-4, j) - at(-1e-4, j)) / 2e-4
        assert np.ravel(gradient)[0] == pytest.approx(slope, rel=2e-2, abs=2e-3), places[j]


def test_only_kernels_that_pca_does_without_decay(model):
    decaying = {(part, name) for part, named in listed_names(model) for name in named if model.is_nonlinear(part, name)}
    assert decaying == {
        ("encoder", "hidden0/kernel"),
        ("encoder", "mean/kernel"),
        ("encoder", "log_variance/kernel"),
        ("decoder", "hidden0/kernel"),
        ("decoder", "outputs/kernel"),
    }


def listed_names(model):
    return model.initial_weights(np.random.default_rng(0)).items()


@pytest.mark.parametrize("far", [-1e3, 1e3])
def test_variance_of_the_posterior_is_bounded(model, weights, X, far):
    """In training as in inference, so that neither the loss nor the codes overflow."""
    bias = {"log_variance/bias": np.full(2, far)}
    weights = {**weights, "encoder": weights["encoder"] | bias}
    places, values = listed(weights)
    loss, (_, kl) = negative_bound(model, places)(values, np.float32(X), np.float32(BETA), SEED)
    assert np.isfinite(loss).all()
    mean, log_variance = model.encode(weights, X)
    np.testing.assert_array_equal(log_variance, np.sign(far) * MAX_LOG_VARIANCE)
    expected = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1)
    np.testing.assert_allclose(kl, expected, rtol=1e-4)


def test_number_of_weights_is_that_of_all_parts(model, weights):
    assert model.n_weights == sum(np.size(w) for named in weights.values() for w in named.values())
    assert {part: {name: np.shape(w) for name, w in named.items()} for part, named in weights.items()} == (
        model.weight_shapes()
    )


def test_linear_models_have_no_hidden_layer_in_either_network():
    hidden, none = Dense((4,)), Dense(())
    for encoder, decoder, is_linear in [(none, none, True), (none, hidden, False), (hidden, none, False)]:
        model = Model(Encoder(encoder, 5, 2, True), Decoder(decoder, 5, 2, True), LIKELIHOODS["gaussian"]())
        assert model.is_linear == is_linear
