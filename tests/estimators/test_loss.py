"""The loss that the engine minimises, against one written out with scipy."""

import numpy as np
import pytest
from scipy.stats import nbinom, norm, poisson

from skvae.estimators._loss import loss_of
from skvae.estimators._model import Model
from skvae.likelihoods import LIKELIHOODS, Gaussian
from skvae.networks import Dense

BETA, SEED = 2.5, [3, 4]
D, K, N_COVARIATES = 5, 2, 3
EVERY = [*(LIKELIHOODS[name]() for name in sorted(LIKELIHOODS)), Gaussian("per_feature")]


def a_model(likelihood, is_masked=False, n_covariates=0, is_variational=True, network=None):
    """Make a small model."""
    network = Dense((4,), "tanh") if network is None else network
    recipe = {"encoder": network, "decoder": network, "n_components": K, "linear_path": True, "likelihood": likelihood}
    later = {"is_variational": is_variational, "is_masked": is_masked, "n_covariates": n_covariates}
    return Model.of(recipe | later, D)


def weights_and_rows(model):
    """Draw weights that say something, and rows that all likelihoods bear."""
    rng = np.random.default_rng(1)
    x = (rng.random((6, D)) < 0.5).astype(float)
    if model.encoder.inputs.is_masked:
        x[rng.random(x.shape) < 0.3] = np.nan
        x[2] = np.nan
    drawn = model.initial_weights(np.random.default_rng(0), x)
    weights = {
        part: {
            name: w if name in model.likelihood.constants else 0.5 * rng.normal(size=np.shape(w))
            for name, w in named.items()
        }
        for part, named in drawn.items()
    }
    return weights, np.hstack([x, rng.random((6, model.encoder.inputs.n_covariates))])


@pytest.fixture(
    params=[(False, 0), (True, 0), (True, N_COVARIATES)],
    ids=["plain", "masked", "masked with covariates"],
    scope="module",
)
def sight(request):
    return dict(zip(["is_masked", "n_covariates"], request.param, strict=True))


@pytest.fixture(params=EVERY, ids=str, scope="module")
def model(request, sight):
    return a_model(request.param, **sight)


def listed(weights):
    places = [(part, name) for part, named in weights.items() for name in named]
    return places, [np.float32(weights[part][name]) for part, name in places]


def log_densities(likelihood, x, outputs, own):
    """Write the density of each value down, with sizes of rows over the known values."""
    if likelihood.name == "gaussian":
        return norm(outputs, np.exp(0.5 * own["log_variance"])).logpdf(x)
    if likelihood.name == "bernoulli":
        return x * outputs - np.logaddexp(0, outputs)
    if likelihood.name == "continuous_bernoulli":
        return x * outputs - np.log(np.expm1(outputs) / outputs)
    expected_sum = np.where(np.isnan(x), 0, own["means"]).sum(axis=1)
    size = np.maximum(np.nansum(x, axis=1), 0.5) / np.maximum(expected_sum, 0.5)
    expected = size[:, None] * np.exp(outputs)
    if likelihood.name == "poisson":
        return poisson(expected).logpmf(np.nan_to_num(x))
    dispersion = np.exp(own["log_dispersion"])
    return nbinom(1 / dispersion, 1 / (1 + expected * dispersion)).logpmf(np.nan_to_num(x))


def expected_loss(model, weights, rows):
    import tensorflow as tf

    x, covariates = rows[:, :D], rows[:, D:] if model.encoder.inputs.n_covariates else None
    mean, log_variance = model.encode(weights, rows)
    z = mean + np.exp(0.5 * log_variance) * tf.random.stateless_normal(mean.shape, SEED).numpy()
    outputs = model.decode(weights, z, covariates)
    log_prob = np.where(np.isnan(x), 0, log_densities(model.likelihood, x, outputs, weights["likelihood"])).sum(axis=1)
    # KL(N(m, v) || N(0, 1)) = E_q[log q - log p], integrated numerically over a fine grid.
    grid = np.linspace(-12, 12, 20001)
    q = norm(mean[..., None], np.exp(0.5 * log_variance)[..., None])
    kl = np.trapezoid(q.pdf(grid) * (q.logpdf(grid) - norm.logpdf(grid)), grid, axis=-1).sum(axis=1)
    return -log_prob, kl


def expected_prior(model, weights, rows):
    if model.likelihood.name != "gaussian":
        return 0.0
    half = 0.5 * np.broadcast_to(weights["likelihood"]["log_variance"], (len(rows), D))
    return np.where(np.isnan(rows[:, :D]), 0, half).sum(axis=1)


def test_loss_is_the_negative_bound(model):
    weights, rows = weights_and_rows(model)
    places, values = listed(weights)
    arguments = values, np.float32(rows), np.float32(BETA), np.float32(0.3), SEED, True
    loss, parts, moved = loss_of(model, places)(*arguments)
    reconstruction, kl = expected_loss(model, weights, rows)
    np.testing.assert_allclose(parts[0], reconstruction, rtol=2e-4, atol=1e-5)
    np.testing.assert_allclose(parts[1], kl, rtol=2e-4)
    np.testing.assert_allclose(loss, reconstruction + BETA * kl - 0.3 * expected_prior(model, weights, rows), rtol=2e-4)
    # What the data give is no gradient's to move.
    assert {places[i] for i in moved} == {("likelihood", name) for name in model.likelihood.constants}
    for i, value in moved.items():
        np.testing.assert_array_equal(value, values[i])


@pytest.mark.parametrize("likelihood", EVERY, ids=str)
def test_gradients_are_finite_differences(likelihood):
    import tensorflow as tf

    model = a_model(likelihood, is_masked=True, n_covariates=N_COVARIATES)
    weights, rows = weights_and_rows(model)
    places, values = listed(weights)
    loss = loss_of(model, places)
    variables = [tf.Variable(v) for v in values]
    with tf.GradientTape() as tape:
        arguments = np.float32(rows), np.float32(BETA), np.float32(0.3), SEED, True
        total = tf.reduce_mean(loss(variables, *arguments)[0])
    gradients = tape.gradient(total, variables)

    def at(step, j):
        moved = {part: dict(named) for part, named in weights.items()}
        part, name = places[j]
        direction = np.zeros(np.shape(moved[part][name]))
        direction.flat[0] = step
        moved[part][name] = moved[part][name] + direction
        reconstruction, kl = expected_loss(model, moved, rows)
        return np.mean(reconstruction + BETA * kl - 0.3 * expected_prior(model, moved, rows))

    for j, gradient in enumerate(gradients):
        if places[j][1] not in likelihood.constants:
            slope = (at(1e-4, j) - at(-1e-4, j)) / 2e-4
            assert np.ravel(gradient)[0] == pytest.approx(slope, rel=2e-2, abs=2e-3), places[j]


def test_without_distributions_the_loss_is_that_of_the_codes():
    model = a_model(Gaussian(), is_variational=False)
    weights, rows = weights_and_rows(model)
    places, values = listed(weights)
    loss, parts, _ = loss_of(model, places)(values, np.float32(rows), np.float32(BETA), np.float32(0), SEED, True)
    [codes] = model.encode(weights, rows)
    expected = -log_densities(Gaussian(), rows, model.decode(weights, codes), weights["likelihood"]).sum(axis=1)
    np.testing.assert_allclose(parts[0], expected, rtol=2e-4)
    np.testing.assert_array_equal(parts[1], 0)
    np.testing.assert_array_equal(loss, parts[0])


def test_noise_spoils_what_the_encoder_sees_in_training_alone():
    class Zeros:
        def spoil(self, x, level, noise_seed):
            return 0 * x

    model = a_model(Gaussian())
    weights, rows = weights_and_rows(model)
    places, values = listed(weights)
    noisy, plain = loss_of(model, places, Zeros()), loss_of(model, places)
    arguments = values, np.float32(rows), np.float32(BETA), np.float32(0), SEED
    np.testing.assert_array_equal(noisy(*arguments, False)[0], plain(*arguments, False)[0])
    spoiled = noisy(*arguments, True)[1]
    np.testing.assert_allclose(spoiled[1], np.full(6, spoiled[1][0]), rtol=1e-6)  # all rows look alike
    assert np.ptp(plain(*arguments, True)[1][1]) > 0.01
    assert np.ptp(spoiled[0]) > 0.01  # but each is to be reconstructed


@pytest.mark.parametrize("is_variational", [True, False])
def test_noise_leaves_missing_values_at_zero(is_variational):
    class OnZeros:
        def spoil(self, x, level, noise_seed):
            return x + 7 * np.float32(x == 0)

    model = a_model(Gaussian(), is_masked=True, is_variational=is_variational)
    weights, rows = weights_and_rows(model)
    rows = rows + 0.5  # no known value is zero
    places, values = listed(weights)
    arguments = values, np.float32(rows), np.float32(BETA), np.float32(0), SEED, True
    noisy, plain = loss_of(model, places, OnZeros())(*arguments), loss_of(model, places)(*arguments)
    np.testing.assert_allclose(noisy[0], plain[0], rtol=1e-6)


@pytest.mark.parametrize("is_training", [True, False])
def test_dropout_is_of_training_and_of_the_step(is_training):
    model = a_model(Gaussian(), network=Dense((6,), "tanh", dropout=0.5))
    weights, rows = weights_and_rows(model)
    places, values = listed(weights)
    loss = loss_of(model, places)

    def kl_at(seed):
        return np.asarray(loss(values, np.float32(rows), np.float32(BETA), np.float32(0), seed, is_training)[1][1])

    np.testing.assert_array_equal(kl_at([3, 4]), kl_at([3, 4]))
    assert np.allclose(kl_at([3, 4]), kl_at([3, 5])) is not is_training
    if not is_training:
        _, kl = expected_loss(model, weights, rows)
        np.testing.assert_allclose(kl_at([3, 4]), kl, rtol=2e-4)


def test_batch_normalization_moves_its_statistics_as_keras_does():
    """Over a full batch; new values come back beside the loss, and none in evaluation."""
    import keras

    model = a_model(Gaussian(), network=Dense((4,), "tanh", normalization="batch"))
    weights, rows = weights_and_rows(model)
    for part in ("encoder", "decoder"):
        weights[part]["norm0/moving_variance"] = np.exp(weights[part]["norm0/moving_variance"])
    places, values = listed(weights)
    moved = loss_of(model, places)(values, np.float32(rows), np.float32(BETA), np.float32(0), SEED, True)[2]
    assert {places[i] for i in moved} == {
        (part, f"norm0/moving_{name}") for part in ("encoder", "decoder") for name in ("mean", "variance")
    }
    own = weights["encoder"]
    layer = keras.layers.BatchNormalization(momentum=0.9)
    hidden = np.float32(rows @ own["hidden0/kernel"] + own["hidden0/bias"])
    layer.build(hidden.shape)
    layer.set_weights([own[f"norm0/{name}"] for name in ("gamma", "beta", "moving_mean", "moving_variance")])
    layer(hidden, training=True)
    for name in ("moving_mean", "moving_variance"):
        ours = moved[places.index(("encoder", f"norm0/{name}"))]
        np.testing.assert_allclose(ours, np.asarray(getattr(layer, name)), rtol=1e-4, atol=1e-6)
        assert not np.allclose(ours, own[f"norm0/{name}"])
    still = loss_of(model, places)(values, np.float32(rows), np.float32(BETA), np.float32(0), SEED, False)[2]
    for i, value in still.items():
        np.testing.assert_array_equal(value, values[i])
