"""Regressions under any likelihood, against scikit-learn's generalised linear models and the definition."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression, PoissonRegressor

from skvae.estimators._regression import regressed
from skvae.likelihoods import Bernoulli, ContinuousBernoulli, Poisson

N = 300
RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(N, 2))
DESIGN = np.column_stack([np.ones(N), CODES])
TRUE = np.array([[0.3, -1.0], [0.8, 0.0], [-0.5, 1.5]])
PRECISIONS = np.array([1e-9, 4.0, 4.0])


def density(likelihood, X):
    # Two features make the size of a row their sum: here all rows shall be of one size.
    weights = {"means": np.ones(X.shape[1])}
    if isinstance(likelihood, Poisson):
        likelihood.sizes = lambda x, weights, known, xp: np.ones((len(x), 1))
    return lambda outputs: likelihood.log_density(X, outputs, weights)


def test_logits_are_those_of_logistic_regression():
    X = (RNG.random((N, 2)) < Bernoulli().mean(DESIGN @ TRUE, {})).astype(float)
    ours = regressed(density(Bernoulli(), X), DESIGN, np.zeros((3, 2)), PRECISIONS)
    for j in range(2):
        reference = LogisticRegression(C=1 / 4, tol=1e-10).fit(CODES, X[:, j])
        np.testing.assert_allclose(ours[:, j], [*reference.intercept_, *reference.coef_[0]], atol=1e-3)


def test_log_rates_are_those_of_poisson_regression():
    X = RNG.poisson(np.exp(DESIGN @ TRUE)).astype(float)
    ours = regressed(density(Poisson(), X), DESIGN, np.zeros((3, 2)), PRECISIONS)
    for j in range(2):
        reference = PoissonRegressor(alpha=4 / N, tol=1e-10).fit(CODES, X[:, j])
        np.testing.assert_allclose(ours[:, j], [reference.intercept_, *reference.coef_], atol=1e-3)


def test_prior_is_around_the_beginning():
    X = RNG.random((N, 2))
    begin = np.array([[0.5, -0.5], [0.0, 0.0], [0.0, 0.0]])
    precisions = np.array([50.0, 20.0, 20.0])
    log_density = density(ContinuousBernoulli(), X)
    ours = regressed(log_density, DESIGN, begin, precisions)

    def loss(flat):
        B = flat.reshape(3, 2)
        return 0.5 * (precisions[:, None] * np.square(B - begin)).sum() - log_density(DESIGN @ B).sum()

    np.testing.assert_allclose(ours.ravel(), minimize(loss, begin.ravel(), tol=1e-9).x, atol=1e-3)


@pytest.mark.filterwarnings("error")
def test_a_density_that_is_no_number_leaves_the_beginning():
    begin = np.ones((3, 2))

    def spoiled(outputs):
        return np.where(np.arange(2) == 0, np.nan, -np.square(outputs))

    found = regressed(spoiled, DESIGN, begin, PRECISIONS)
    np.testing.assert_array_equal(found[:, 0], 1)
    np.testing.assert_allclose(found[:, 1], [0, 0, 0], atol=0.05)


def test_a_perfect_separation_stays_finite():
    X = (CODES[:, :1] > 0).astype(float)
    found = regressed(density(Bernoulli(), X), DESIGN, np.zeros((3, 1)), PRECISIONS)
    assert 1 < found[1, 0] < 10
