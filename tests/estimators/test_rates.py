"""Rates by the shape of the table."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from skvae.estimators._rates import auto_rates, used_freedom


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
