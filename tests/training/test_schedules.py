"""Schedules are pure functions."""

import numpy as np

from skvae.training import kl_weights, learning_rates


def test_learning_rate_is_held_then_falls_to_zero():
    rates = learning_rates(0.2, 100)
    np.testing.assert_array_equal(rates[:50], 0.2)
    assert np.all(np.diff(rates[50:]) < 0)
    assert 0 < rates[-1] < 0.01


def test_one_step_has_the_full_rate():
    assert learning_rates(0.3, 1) == [0.3]


def test_kl_weight_rises_over_its_share_of_the_steps():
    weights = kl_weights(4.0, 0.25, 100)
    assert weights[0] == 0
    np.testing.assert_allclose(np.diff(weights[:26]), 4 / 25)
    np.testing.assert_array_equal(weights[25:], 4.0)


def test_no_warmup_starts_at_beta():
    np.testing.assert_array_equal(kl_weights(4.0, 0.0, 3), 4.0)
