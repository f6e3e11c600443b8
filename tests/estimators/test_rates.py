"""Rates by the shape of the table."""

import pytest

from skvae.estimators._rates import auto_rates


def test_wide_tables_learn_less_and_decay_more():
    wide, tall = auto_rates("pca", False, 50, 8000), auto_rates("pca", False, 8000, 50)
    assert wide[0] < tall[0]
    assert wide[1] > tall[1]


def test_rates_are_bounded():
    assert auto_rates("pca", False, 10**9, 1)[0] == 5e-3
    assert auto_rates("pca", False, 2, 10**9)[0] == 1e-3


@pytest.mark.parametrize("is_linear", [True, False])
def test_bare_networks_do_not_decay(is_linear):
    assert auto_rates("random", is_linear, 50, 8000)[1] == 0


@pytest.mark.parametrize("is_linear", [True, False])
@pytest.mark.parametrize(("n_samples", "n_features"), [(150, 60), (60, 150)])
def test_rates_are_those_of_the_documentation(n_samples, n_features, is_linear):
    rates = auto_rates("pca", is_linear, n_samples, n_features)
    assert rates == pytest.approx((2e-3 * (n_samples / n_features) ** 0.5, 4 * (n_features / n_samples) ** 0.5))
    assert auto_rates("random", is_linear, n_samples, n_features) == ((1e-2 if is_linear else 2e-3), 0)
