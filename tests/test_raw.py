"""Raw intensities and counts, told from logarithms: one rule for all who ask."""

import numpy as np
import pandas as pd
import pytest

from skvae import cli
from skvae._raw import raw_reach
from skvae.reporting._checks import remarks_on_table
from skvae.reporting._inputs import Data


def intensities(n_features=100):
    """Draw intensities, some of them missing."""
    rng = np.random.default_rng(0)
    values = 2 ** (rng.normal(25, 3, size=(1, n_features)) + rng.normal(0, 1, size=(40, n_features)))
    return np.where(rng.uniform(size=values.shape) < 0.1, np.nan, values)


def test_the_reach_is_measured_by_percentiles():
    X = intensities()
    positive = X[np.isfinite(X)]
    folds = [np.divide(*np.quantile(x[np.isfinite(x)], [0.95, 0.05])) for x in X.T]
    np.testing.assert_allclose(raw_reach(X), [*np.quantile(positive, [0.01, 0.99]), np.median(folds)])


@pytest.mark.parametrize(
    ("spoil", "is_raw"),
    [
        (lambda X: X, True),
        (lambda X: np.nan_to_num(X), True),  # zeros for what was not measured
        (np.log2, False),
        (lambda X: X - 1e6, False),
        (lambda X: X[:, :99], False),
        (lambda X: X / np.nanmean(X, axis=0), False),  # features alike in size
        (lambda X: np.nanmean(X, axis=0) * np.ones_like(X), False),  # features that hardly vary
        (lambda X: np.clip(X, 2**23, 2**31), True),  # 200-fold, but far too large for logarithms
        (lambda X: np.clip(X, 2**23, 2**31) / 2**23, False),  # as pixels are
        (np.zeros_like, False),
        (lambda X: X * np.nan, False),
    ],
)
def test_only_raw_values_look_raw(spoil, is_raw):
    assert (raw_reach(spoil(intensities())) is not None) is is_raw


@pytest.mark.parametrize("n_features", [99, 100])
def test_all_who_ask_agree(tmp_path, capsys, monkeypatch, n_features):
    monkeypatch.chdir(tmp_path)
    X = pd.DataFrame(intensities(n_features)).add_prefix("P").rename("s{}".format)
    X.to_csv("t.csv")
    assert cli.main(["info", "t.csv"]) == 0
    assert cli.main(["fit", "t.csv", "--model", "pca", "-o", "m.skvae"]) == 0
    info, fit = capsys.readouterr()
    data = Data(X, X.to_numpy(), list(X.columns), list(X.index), None, "")
    report = " ".join(" ".join(remark) for remark in remarks_on_table(data))
    assert [text.count("raw intensities or counts") for text in (info, fit, report.lower())] == [n_features // 100] * 3
