"""The tables of the study of informative features."""

import numpy as np
import pytest

from skvae.studies import _informative, load_study

SIZES = {"features": 10, "epochs": 1}


@pytest.mark.parametrize(("reading", "k"), [("means", 3), ("variances", 3), ("none", 0)])
def test_signal_to_noise_is_6(monkeypatch, reading, k):
    """Within groups noise has variance 1/12; the ratio is that of the reading."""
    seen = []
    monkeypatch.setattr(_informative, "curve", lambda samples, epochs, seed: seen.append(samples) or ([], None, None))
    condition = {"rows_per_group": 20_000, "informative": k, "signal_to_noise_of": reading}
    load_study("informative").measure(None, condition, SIZES, 0)
    X, y = seen[0].X.astype(float), seen[0].y
    high, low = X[y == "high"], X[y == "low"]
    assert len(high) == len(low) == 20_000
    gap, within = high.mean(axis=0) - low.mean(axis=0), (high.var(axis=0) + low.var(axis=0)) / 2
    np.testing.assert_allclose(within, 1 / 12, rtol=0.03)
    np.testing.assert_allclose(gap[k:], 0, atol=0.02)
    if reading == "means":
        np.testing.assert_allclose(gap[:k] / np.sqrt(within[:k]), 6, rtol=0.03)
    else:
        np.testing.assert_allclose((gap[:k] / 2) ** 2 / within[:k], 6, rtol=0.03)


def test_conditions_share_what_has_no_informative_feature():
    study = load_study("informative")
    grid = study.conditions(None, study.full)
    assert len(grid) == 1 + 2 * 10 + 1 + 2 * 5
    assert sum(condition["informative"] == 0 for condition in grid) == 2
