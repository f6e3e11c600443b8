"""Rates by the shape of the table."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import multivariate_normal
from sklearn.decomposition import PCA

from skvae.estimators._rates import BEYOND_LINEAR, auto_rates, rise_by_prior, used_freedom


def test_wide_tables_learn_less_and_decay_more():
    wide, tall = auto_rates("pca", False, 50, 8000, 2), auto_rates("pca", False, 8000, 50, 2)
    assert wide[0] < tall[0]
    assert wide[1] > tall[1]


def test_rates_are_bounded():
    assert auto_rates("pca", False, 10**9, 1, 2)[0] == 5e-3
    assert auto_rates("pca", False, 2, 10**9, 2)[0] == 1e-3


@pytest.mark.parametrize("is_linear", [True, False])
def test_bare_networks_do_not_decay(is_linear):
    assert auto_rates("random", is_linear, 50, 8000, 2)[1] == 0


@pytest.mark.parametrize("is_linear", [True, False])
@pytest.mark.parametrize("n_components", [1, 2, 10])
@pytest.mark.parametrize(("n_samples", "n_features"), [(150, 60), (60, 150)])
def test_rates_are_those_of_the_documentation(n_samples, n_features, n_components, is_linear):
    rates = auto_rates("pca", is_linear, n_samples, n_features, n_components)
    decay = 3 * (n_components / 2) ** 0.5 * (n_features / n_samples) ** 0.4
    assert rates == pytest.approx((2e-3 * (n_samples / n_features) ** 0.5, decay))
    assert auto_rates("random", is_linear, n_samples, n_features, n_components) == ((1e-2 if is_linear else 2e-3), 0)


@pytest.mark.parametrize(("n_samples", "n_components"), [(20, 2), (30, 5), (60, 20), (1000, 10)])
def test_errors_of_new_rows_are_larger_by_the_used_freedom(n_samples, n_components):
    """Wide tables of noise and a strong signal, against PCA's errors for new rows."""
    ratios = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        loadings = 3 * rng.standard_normal((n_components, 400))
        train, test = (rng.standard_normal((n, n_components)) @ loadings for n in (n_samples, 200))
        train, test = (signal + rng.standard_normal(signal.shape) for signal in (train, test))
        pca = PCA(n_components, svd_solver="full").fit(train)
        of_train, of_test = (np.square(X - pca.inverse_transform(pca.transform(X))).mean() for X in (train, test))
        ratios.append(of_train / of_test)
    assert 1 - used_freedom(n_samples, 1 + n_components) == pytest.approx(np.mean(ratios), rel=0.05)


def test_few_rows_leave_a_tenth():
    assert used_freedom(3, 3) == used_freedom(2, 11) == pytest.approx(0.9)


def loss_of_linear_model(growth, variances, n_kept, weight=0.0):
    """Average the negative log-density of rows with these variances, under PCA whose noise is so large."""
    kept = np.arange(len(variances)) < n_kept
    X = np.sqrt(len(variances)) * np.diag(np.sqrt(variances))  # rows with this covariance
    density = multivariate_normal(cov=np.diag(np.where(kept, np.maximum(variances, growth), growth)))
    return -density.logpdf(np.vstack([X, -X])).mean() - weight * len(variances) / 2 * np.log(growth)


@pytest.mark.parametrize("weight", [0.1, 0.3, 0.44])
@pytest.mark.parametrize("kept", [[], [1.2], [9.0, 4.0, 1.1], [300.0, 2.0, 1.5, 1.3]])
def test_rise_by_the_prior_is_that_of_the_linear_model(weight, kept):
    """From PCA, whose noise is best without the prior, to where loss and prior together are least."""
    variances = np.append(kept, np.ones(10 - len(kept)))
    given = variances, len(kept)
    best = minimize_scalar(lambda log: loss_of_linear_model(np.exp(log), *given, weight), (0.0, 0.1), tol=1e-10)
    rise = loss_of_linear_model(np.exp(best.x), *given) - loss_of_linear_model(1.0, *given)
    assert rise_by_prior(weight, 10, kept) == pytest.approx(BEYOND_LINEAR * rise, rel=1e-6)


def test_rise_by_the_prior_is_bounded_where_codes_hold_nearly_all():
    assert rise_by_prior(0.5, 10, [1e9] * 9) == pytest.approx(0.5 * 10 * np.log(2))


@pytest.mark.parametrize("beta", [0.5, 2.0])
def test_rise_of_noise_alone_is_that_for_any_weight_of_the_kl_divergence(beta):
    assert rise_by_prior(0.3, 10, beta=beta) == pytest.approx(rise_by_prior(0.3, 10))


def test_rise_by_no_prior_is_none():
    assert rise_by_prior(0.0, 10, [5.0, 2.0]) == 0
