"""Draws of the latent variables, against the posterior in closed form or on a grid."""

import numpy as np
import pytest
from scipy.special import logsumexp

import skvae.estimators._posterior
from skvae.estimators._model import Model
from skvae.estimators._posterior import posterior_draws
from skvae.likelihoods import CensoredGaussian, Gaussian, NegativeBinomial, Poisson
from skvae.networks import Dense

NOISE = 0.3
N = 3000


def a_model(likelihood, k, d, layers=()):
    network = Dense(layers, "tanh")
    recipe = {"encoder": network, "decoder": network, "n_components": k, "linear_path": False}
    return Model.of(recipe | {"likelihood": likelihood, "is_masked": True}, d)


def uniform(n, k, seed=0):
    return np.random.default_rng(seed).random((n, k + 1))


def linear(k, d):
    """A linear model, whose encoder knows nothing of correlations: mean at zero, unit variance."""
    model, W = a_model(Gaussian(), k, d), np.random.default_rng(1).normal(size=(k, d))
    weights = model.initial_weights(np.random.default_rng(0), np.zeros((1, d)))
    weights["encoder"] = {name: 0 * w for name, w in weights["encoder"].items()}
    weights["decoder"] = {"outputs/kernel": W, "outputs/bias": np.zeros(d)}
    weights["likelihood"] = {"log_variance": np.log(NOISE)}
    return model, weights, W


@pytest.mark.parametrize(("k", "d"), [(1, 4), (3, 8), (20, 60)])
def test_variance_in_a_linear_model_is_that_of_the_posterior(k, d):
    """A third of the values is known, all zeros, so that the posterior mean is that of the encoder."""
    model, weights, W = linear(k, d)
    x = np.where(np.arange(d) % 3 == 0, 0.0, np.nan)
    z = posterior_draws(model, weights, np.tile(x, (N, 1)), uniform(N, k), 0)
    own = W[:, ::3]
    exact = np.linalg.inv(np.eye(k) + own @ own.T / NOISE)
    np.testing.assert_allclose(np.trace(np.linalg.solve(exact, np.cov(z.T).reshape(k, k))), k, rtol=0.05)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=0.06)


@pytest.mark.parametrize("likelihood", [Gaussian(), CensoredGaussian(), Poisson(), NegativeBinomial()], ids=str)
def test_draws_of_a_bent_decoder_follow_the_posterior_on_a_grid(likelihood):
    """The encoder is far off; of the four values two are known."""
    model, rng = a_model(likelihood, 2, 4, (6,)), np.random.default_rng(3)
    weights = model.initial_weights(rng, np.ones((2, 4)))
    weights["decoder"] = {name: rng.normal(size=w.shape) for name, w in weights["decoder"].items()}
    x = np.array([2.0, np.nan, 1.0, np.nan])
    z = posterior_draws(model, weights, np.tile(x, (N, 1)), uniform(N, 2), 0)
    axis = np.linspace(-5, 5, 201)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    batch = model.taken_apart(np.tile(x, (len(grid), 1)))
    log_joint = likelihood.log_prob(batch.x, model.decode(weights, grid), weights["likelihood"], batch.known)
    log_joint = log_joint - 0.5 * np.square(grid).sum(axis=1)
    share = np.exp(log_joint - logsumexp(log_joint))
    mean = share @ grid
    covariance = (grid - mean).T @ ((grid - mean) * share[:, None])
    np.testing.assert_allclose(z.mean(axis=0), mean, atol=0.1)
    np.testing.assert_allclose(np.cov(z.T), covariance, atol=0.12)


def test_a_row_without_values_is_drawn_from_the_prior():
    model, weights, _ = linear(3, 6)
    z = posterior_draws(model, weights, np.full((N, 6), np.nan), uniform(N, 3), 0)
    np.testing.assert_allclose(np.cov(z.T), np.eye(3), atol=0.1)


def test_draws_repeat_and_know_no_neighbours(monkeypatch):
    model, weights, _ = linear(3, 6)
    X = np.where(np.arange(6) < 3, np.random.default_rng(0).normal(size=(50, 6)), np.nan)
    own = uniform(50, 3)
    z = posterior_draws(model, weights, X, own, 0)
    np.testing.assert_array_equal(posterior_draws(model, weights, X, own, 0), z)
    np.testing.assert_allclose(posterior_draws(model, weights, X[7:8], own[7:8], 0), z[7:8], rtol=1e-9)
    assert not np.isclose(posterior_draws(model, weights, X, own, 1), z).any()
    assert not np.isclose(posterior_draws(model, weights, X, uniform(50, 3, seed=1), 0), z).any()
    monkeypatch.setattr(skvae.estimators._posterior, "_ENOUGH_VALUES", 100)
    np.testing.assert_allclose(posterior_draws(model, weights, X, own, 0), z, rtol=1e-9)


@pytest.mark.filterwarnings("error")
def test_draws_where_the_decoder_overflows_are_not_taken():
    model, weights, _ = linear(2, 4)
    weights["decoder"]["outputs/kernel"] = np.full((2, 4), 1e200)
    X = np.array([[1.0, np.nan, np.nan, np.nan], [np.nan] * 4])
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isfinite(posterior_draws(model, weights, X, uniform(2, 2), 0)).all()
