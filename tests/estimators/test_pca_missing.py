"""Probabilistic PCA of a table with holes, against what is known of its origin and of whole tables."""

import numpy as np
import pytest
from scipy.linalg import subspace_angles
from scipy.stats import multivariate_normal

from skvae.estimators._pca_missing import known_optimum
from skvae.estimators._pca_start import linear_optimum

NOISE = 0.5
W = np.random.default_rng(3).normal(size=(2, 8)) * [[2.0], [1.0]]


def table(n_rows=2000, missing=0.0, seed=0):
    """Draw rows of the linear model, some values of which are missing at random."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 2)) @ W + np.sqrt(NOISE) * rng.normal(size=(n_rows, 8))
    X -= X.mean(axis=0)
    return np.where(rng.random(X.shape) < missing, np.nan, X)


def covariance_of(model):
    return model.loadings.T @ model.loadings + model.noise_variance * np.eye(model.loadings.shape[1])


def known_log_likelihood(model, X):
    """Average the density of the known values of each row, by marginals of the normal distribution."""
    covariance, values = covariance_of(model), []
    for row in X:
        known = ~np.isnan(row)
        values.append(multivariate_normal(np.zeros(known.sum()), covariance[np.ix_(known, known)]).logpdf(row[known]))
    return np.mean(values)


def test_subspace_and_noise_are_found_with_holes():
    X = table(missing=0.3)
    model = known_optimum(X, 2)
    assert np.degrees(subspace_angles(model.loadings.T, W.T)).max() < 3
    assert model.noise_variance == pytest.approx(NOISE, rel=0.05)
    truth = model._replace(loadings=W, noise_variance=NOISE)
    assert known_log_likelihood(model, X) > known_log_likelihood(truth, X)


def test_whole_tables_give_the_closed_form():
    """But for the prior that holds the loadings of features with few known values."""
    X = table()
    ours, closed = known_optimum(X, 2), linear_optimum(X, 2)
    np.testing.assert_allclose(covariance_of(ours), covariance_of(closed), atol=0.02)
    assert ours.noise_variance == pytest.approx(closed.noise_variance, rel=1e-3)
    signs = np.sign(np.sum(ours.loadings * closed.loadings, axis=1))
    np.testing.assert_allclose(signs * ours.projection, closed.projection, atol=0.01)
    np.testing.assert_allclose(ours.log_variance, closed.log_variance, atol=0.01)


def test_no_other_model_near_by_explains_the_known_values_better():
    X = table(400, missing=0.4)
    model = known_optimum(X, 2)
    best = known_log_likelihood(model, X)
    mean_filled = linear_optimum(np.nan_to_num(X), 2)
    assert best > known_log_likelihood(mean_filled, X) + 0.3
    rng = np.random.default_rng(0)
    for _ in range(20):
        change = 1 + 0.1 * rng.normal(size=model.loadings.shape), np.exp(0.1 * rng.normal())
        moved = model._replace(loadings=model.loadings * change[0], noise_variance=model.noise_variance * change[1])
        assert known_log_likelihood(moved, X) < best


def test_weights_count_as_repeated_rows():
    """But for the prior of the loadings, beside which a row counts once whatever its weight."""
    X = table(60, missing=0.2)
    repeats = np.random.default_rng(1).choice([1, 12], size=60)
    X -= np.nansum(X * repeats[:, None], axis=0) / (~np.isnan(X) * repeats[:, None]).sum(axis=0)
    weighted = known_optimum(X, 2, sample_weight=repeats / 7)
    rows = np.repeat(X, repeats, axis=0)
    scores = [known_log_likelihood(model, rows) for model in (known_optimum(X, 2), weighted, known_optimum(rows, 2))]
    assert scores[1] == pytest.approx(scores[2], abs=0.03)
    assert scores[1] > scores[0] + 0.05
    np.testing.assert_allclose(covariance_of(known_optimum(X, 2, sample_weight=repeats)), covariance_of(weighted))


def test_loadings_are_at_right_angles_and_the_largest_comes_first():
    loadings = known_optimum(table(missing=0.3), 2).loadings
    products = loadings @ loadings.T
    assert products[0, 1] == pytest.approx(0, abs=1e-9)
    assert products[0, 0] > products[1, 1]


def test_known_noise_is_kept():
    assert known_optimum(table(100, missing=0.3), 2, noise_variance=1.0).noise_variance == 1.0


@pytest.mark.filterwarnings("error")
def test_features_and_rows_without_values_leave_a_finite_model():
    X = table(50, missing=0.3)
    X[:, 3], X[7] = np.nan, np.nan
    model = known_optimum(X, 3)
    assert all(np.isfinite(values).all() for values in model)
    np.testing.assert_allclose(model.loadings[:, 3], 0, atol=1e-9)


def test_components_beyond_the_rank_stay_at_the_prior():
    X = np.random.default_rng(0).normal(size=(50, 1)) @ np.ones((1, 4))
    X = np.where(np.random.default_rng(1).random(X.shape) < 0.2, np.nan, X)
    model = known_optimum(X, 6)
    assert all(np.isfinite(values).all() for values in model)
    np.testing.assert_array_equal(model.loadings[4:], 0)
    np.testing.assert_array_equal(model.log_variance[4:], 0)


def test_large_beta_prunes_all_components():
    model = known_optimum(table(200, missing=0.2), 2, beta=1e4)
    assert not model.loadings.any()
    np.testing.assert_array_equal(model.log_variance, 0)


@pytest.mark.filterwarnings("error")
def test_loadings_that_shrink_to_nothing_are_no_error():
    """Eight rows of noise leave no factors."""
    X = np.random.default_rng(0).normal(size=(8, 4))
    X[7] = np.nan
    model = known_optimum(X - np.nanmean(X, axis=0), 2)
    assert np.isfinite(model.loadings).all()
