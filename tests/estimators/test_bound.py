"""The importance-weighted bound on a linear model, whose likelihood is known."""

import numpy as np
import pytest
from scipy.stats import kstest, multivariate_normal, norm

from skvae.estimators._bound import importance_weighted_bound, quasi_normal
from skvae.estimators._model import Model
from skvae.likelihoods import Gaussian
from skvae.networks import Decoder, Dense, Encoder, Inputs

NOISE = 0.4


@pytest.fixture(scope="module")
def linear():
    """A linear model whose encoder is off: true loadings, posterior too narrow and shifted."""
    rng = np.random.default_rng(0)
    W = rng.normal(size=(2, 5))
    linear = Dense(())
    model = Model(Encoder(linear, Inputs(5), 2, 5, False), Decoder(linear, Inputs(2), 5, 5, False), Gaussian())
    exact = np.linalg.inv(W @ W.T + NOISE * np.eye(2)) @ W
    weights = model.initial_weights(rng, np.zeros((1, 5)))
    weights["encoder"] = {
        "mean/kernel": 0.9 * exact.T,
        "mean/bias": np.full(2, 0.1),
        "log_variance/kernel": np.zeros((5, 2)),
        "log_variance/bias": np.full(2, -1.5),
    }
    weights["decoder"] = {"outputs/kernel": W, "outputs/bias": np.zeros(5)}
    weights["likelihood"] = {"log_variance": np.log(NOISE)}
    X = rng.normal(size=(3000, 2)) @ W + np.sqrt(NOISE) * rng.normal(size=(3000, 5))
    density = multivariate_normal(np.zeros(5), W.T @ W + NOISE * np.eye(5)).logpdf(X).mean()
    return model, weights, X, density


def test_bound_rises_with_the_draws_and_never_passes_the_exact_value(linear):
    model, weights, X, exact = linear
    for seed in range(3):
        bounds = [importance_weighted_bound(model, weights, X, k, seed).mean() for k in (1, 4, 16, 64, 256)]
        assert np.all(np.diff(bounds) > 0)
        assert bounds[-1] <= exact
        assert bounds[-1] > exact - 0.05
        assert bounds[0] < exact - 0.2


def test_bound_repeats_and_knows_no_neighbours(linear):
    model, weights, X, _ = linear
    bound = importance_weighted_bound(model, weights, X[:50], 8, 1)
    np.testing.assert_array_equal(bound, importance_weighted_bound(model, weights, X[:50], 8, 1))
    np.testing.assert_allclose(bound[[7]], importance_weighted_bound(model, weights, X[7:8], 8, 1), rtol=1e-9)


def test_draws_are_standard_normal_and_nested():
    mean = np.random.default_rng(0).normal(size=(2000, 2))
    draws = list(quasi_normal(4, mean, 0))
    for noise in draws:
        assert kstest(noise[:, 0], "norm").pvalue > 1e-3
        assert abs(np.corrcoef(noise.T)[0, 1]) < 0.1
    np.testing.assert_array_equal(draws[0], next(iter(quasi_normal(1, mean, 0))))


@pytest.mark.parametrize("n_draws", [1, 3])
def test_bound_is_exact_for_each_row_where_the_encoder_is(linear, n_draws):
    """With loadings at right angles the posterior has a diagonal covariance, which the encoder can hold."""
    model, weights, X, _ = linear
    W = np.array([[2.0, 0, 1, 0, 0], [0, 0.5, 0, -1, 0]])
    covariance = np.linalg.inv(np.eye(2) + W @ W.T / NOISE)
    exact = {
        "mean/kernel": W.T @ covariance / NOISE,
        "mean/bias": np.zeros(2),
        "log_variance/kernel": np.zeros((5, 2)),
        "log_variance/bias": np.log(np.diag(covariance)),
    }
    weights = {**weights, "encoder": exact, "decoder": {"outputs/kernel": W, "outputs/bias": np.zeros(5)}}
    expected = multivariate_normal(np.zeros(5), W.T @ W + NOISE * np.eye(5)).logpdf(X)
    np.testing.assert_allclose(importance_weighted_bound(model, weights, X, n_draws, 0), expected, rtol=1e-9)


def test_bound_averages_the_weights_of_importance(linear):
    model, weights, X, _ = linear
    mean, log_variance = model.encode(weights, X)
    std = np.exp(log_variance / 2)
    ratios = []
    for noise in quasi_normal(5, mean, 2):
        z = mean + std * noise
        likelihood = norm(z @ weights["decoder"]["outputs/kernel"], np.sqrt(NOISE)).pdf(X).prod(axis=1)
        ratios.append(likelihood * (norm.pdf(z) / norm(mean, std).pdf(z)).prod(axis=1))
    expected = np.log(np.mean(ratios, axis=0))
    np.testing.assert_allclose(importance_weighted_bound(model, weights, X, 5, 2), expected, rtol=1e-8)


def test_draws_of_other_seeds_rows_and_places_differ():
    mean = np.array([[0.0, 0.0], [0.0, 2.5e-5]])
    first, other = (np.array(list(quasi_normal(4, mean, seed))) for seed in (0, 1))
    assert first.shape == (4, 2, 2)
    assert not np.isclose(first, other).any()
    assert len(np.unique(first[:, 0, 0])) == 4
    np.testing.assert_array_equal(first[:, 0, 0], first[:, 1, 0])
    assert not np.isclose(first[:, 0, 1], first[:, 1, 1]).any()


def test_draws_are_finite_wherever_the_row_lies():
    """A shift may bring a point to 0, whose normal quantile is minus infinity."""
    point = np.array(list(quasi_normal(1, np.zeros((1, 1)), 0)))
    for mean in (-norm.cdf(point[0]) / 1e4, np.full((1, 1), 1e6)):
        assert np.isfinite(list(quasi_normal(3, mean, 0))).all()
