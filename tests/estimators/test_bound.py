"""The importance-weighted bound on a linear model, whose likelihood is known."""

import numpy as np
import pytest
from scipy.stats import kstest, multivariate_normal

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
