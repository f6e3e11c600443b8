"""The closed form of the linear model against oracles that know nothing of it."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal
from sklearn.decomposition import PCA

from skvae.estimators._pca_start import linear_optimum
from skvae.likelihoods import MIN_NOISE_VARIANCE


@pytest.fixture(scope="module")
def centred():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(100, 2)) @ rng.normal(size=(2, 4)) * [1.0, 1.0, 2.0, 0.5]
    X = X + 0.6 * rng.normal(size=(100, 4))
    return X - X.mean(axis=0)


def objective(parameters, X, k, beta):
    """Expected loss of any linear model with diagonal posterior, written out independently of the closed form."""
    d = X.shape[1]
    W, A, log_variance, log_noise = np.split(parameters, [k * d, 2 * k * d, 2 * k * d + k])
    W, A, variance, noise = W.reshape(k, d), A.reshape(d, k), np.exp(log_variance), np.exp(log_noise[0])
    Z = X @ A
    squares = np.square(X - Z @ W).sum(axis=1) + variance @ np.square(W).sum(axis=1)
    kl = 0.5 * (np.square(Z) + variance - 1 - log_variance).sum(axis=1)
    return np.mean(0.5 * squares / noise + 0.5 * d * np.log(2 * np.pi * noise) + beta * kl)


def as_parameters(model):
    return np.concatenate(
        [model.loadings.ravel(), model.projection.ravel(), model.log_variance, [np.log(model.noise_variance)]]
    )


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0, 8.0, 40.0])
def test_no_linear_model_has_a_lower_loss(centred, beta):
    k = 2
    closed = as_parameters(linear_optimum(centred, k, beta))
    value = objective(closed, centred, k, beta)
    rng = np.random.default_rng(0)
    starts = [closed + 0.05 * rng.normal(size=closed.size), 0.3 * rng.normal(size=closed.size)]
    found = [minimize(objective, start, args=(centred, k, beta), method="L-BFGS-B").fun for start in starts]
    assert value <= min(found) + 1e-4
    assert value >= min(found) - 1e-4


@pytest.mark.parametrize("k", [1, 2, 3])
def test_density_is_that_of_probabilistic_pca(centred, k):
    model = linear_optimum(centred, k)
    covariance = model.loadings.T @ model.loadings + model.noise_variance * np.eye(4)
    ours = multivariate_normal(np.zeros(4), covariance).logpdf(centred).mean()
    assert ours == pytest.approx(PCA(k).fit(centred).score(centred), abs=0.01)
    # The maximum-likelihood value, with n in place of scikit-learn's n - 1.
    assert ours >= PCA(k).fit(centred).score(centred)


def test_order_and_signs_are_those_of_pca(centred):
    Z = centred @ linear_optimum(centred, 2).projection
    expected = PCA(2).fit_transform(centred)
    for j in range(2):
        assert np.corrcoef(Z[:, j], expected[:, j])[0, 1] > 0.999


def test_noise_of_wide_tables_counts_all_dimensions():
    X = np.random.default_rng(0).normal(size=(20, 500))
    X -= X.mean(axis=0)
    model = linear_optimum(X, 2)
    left = np.square(X).sum() / 20 - np.square(np.linalg.svd(X, compute_uv=False)[:2]).sum() / 20
    assert model.noise_variance == pytest.approx(left / 498)


def test_components_beyond_the_rank_stay_at_the_prior():
    X = np.random.default_rng(0).normal(size=(50, 1)) @ np.ones((1, 4))
    model = linear_optimum(X - X.mean(axis=0), 6)
    assert np.all(np.isfinite(as_parameters(model)))
    np.testing.assert_array_equal(model.loadings[1:], 0)
    np.testing.assert_array_equal(model.projection[:, 1:], 0)
    np.testing.assert_array_equal(model.log_variance[1:], 0)


def test_constant_data_give_a_finite_model():
    model = linear_optimum(np.zeros((10, 3)), 2)
    assert np.all(np.isfinite(as_parameters(model)))
    assert model.noise_variance > 0


def test_known_noise_is_kept(centred):
    assert linear_optimum(centred, 2, noise_variance=1.0).noise_variance == 1.0


@pytest.mark.parametrize("beta", [1e-300, 1e300])
def test_float32_data_bear_any_beta(centred, beta):
    """At an extreme beta all components are pruned, or none."""
    with np.errstate(all="raise", under="ignore"):
        model = linear_optimum(centred.astype(np.float32), 2, beta)
    assert all(np.isfinite(values).all() for values in model)
    assert model.loadings.any() == (beta < 1)


@pytest.mark.parametrize("factor", [1.0, 7.0])
def test_weights_count_as_repeated_rows(centred, factor):
    """Also where rows of much weight lie on one side, so that the plain mean is not that of the weights."""
    repeats = np.where(centred[:, 0] > 0, 5, 1)
    X = centred - np.average(centred, axis=0, weights=repeats)
    weighted = linear_optimum(centred, 2, sample_weight=factor * repeats)
    repeated = linear_optimum(np.repeat(X, repeats, axis=0), 2)
    plain = linear_optimum(centred, 2)
    assert weighted.noise_variance == pytest.approx(repeated.noise_variance)
    assert weighted.noise_variance != pytest.approx(plain.noise_variance, rel=0.01)
    np.testing.assert_allclose(weighted.log_variance, repeated.log_variance)
    np.testing.assert_allclose(weighted.loadings.T @ weighted.loadings, repeated.loadings.T @ repeated.loadings)
    np.testing.assert_allclose(weighted.projection @ weighted.loadings, repeated.projection @ repeated.loadings)


def test_a_single_row_gives_a_finite_model():
    for weights in (None, np.ones(1)):
        model = linear_optimum(np.zeros((1, 3)), 2, sample_weight=weights)
        assert np.all(np.isfinite(as_parameters(model)))
        assert not model.loadings.any()


def test_without_a_divergence_the_posterior_is_narrow_but_not_a_point(centred):
    model, nearly = linear_optimum(centred, 2, beta=0.0), linear_optimum(centred, 2, beta=1e-4)
    np.testing.assert_array_equal(as_parameters(model), as_parameters(nearly))
    assert np.isfinite(model.log_variance).all()


def test_data_without_noise_keep_a_floor():
    X = np.random.default_rng(0).normal(size=(50, 1)) @ np.ones((1, 4))
    model = linear_optimum(X - X.mean(axis=0), 1)
    assert model.noise_variance == MIN_NOISE_VARIANCE
    assert linear_optimum(X, 1, noise_variance=0.0).noise_variance == MIN_NOISE_VARIANCE


def test_pruning_goes_by_beta():
    """By the formulas of the module only one component lies above twice its noise: 2.80 / (6 - 2)."""
    scales = np.sqrt([1.74, 1.03, 0.77, 0.45, 0.41, 0.14])
    X = np.concatenate([np.diag(scales), -np.diag(scales)]) * np.sqrt(6)
    model = linear_optimum(X, 5, beta=2.0)
    assert model.noise_variance == pytest.approx(2.80 / 4)
    assert (np.linalg.norm(model.loadings, axis=1) > 1e-6).tolist() == [True] + [False] * 4
