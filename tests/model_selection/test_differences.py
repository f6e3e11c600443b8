"""The corrected resampled t-test against scipy's, and against its own claim."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.model_selection import ShuffleSplit

from skvae.model_selection._differences import corrected_interval, mean_ranks, paired_differences


@pytest.mark.parametrize("n_splits", [2, 5, 10])
def test_without_correction_it_is_the_paired_t_test(n_splits):
    differences = np.random.default_rng(n_splits).normal(0.3, size=n_splits)
    mean, low, high, p = corrected_interval(differences, test_share=0.0)
    oracle = stats.ttest_1samp(differences, 0.0)
    assert p == pytest.approx(oracle.pvalue)
    assert (low, high) == pytest.approx(tuple(oracle.confidence_interval(0.95)))
    assert mean == pytest.approx(differences.mean())


def test_correction_stretches_the_error():
    """Five splits that hold out a quarter: 1 / 5 becomes 1 / 5 + 1 / 3."""
    differences = np.random.default_rng(0).normal(0.3, size=5)
    mean, low, high, p = corrected_interval(differences, test_share=0.25 / 0.75)
    stretch = np.sqrt((1 / 5 + 1 / 3) / (1 / 5))
    naive = stats.ttest_1samp(differences, 0.0)
    assert p == pytest.approx(2 * stats.t.cdf(-abs(naive.statistic) / stretch, df=4))
    assert high - mean == pytest.approx(stretch * (naive.confidence_interval(0.95).high - mean))
    assert mean - low == pytest.approx(high - mean)


@pytest.mark.parametrize(
    ("differences", "mean"),
    [([0.5], 0.5), ([0.0, 0.0, 0.0], 0.0), ([0.1, 0.1, 0.1 + 1e-17], 0.1), ([np.nan, 2.0, np.inf], 2.0)],
)
def test_without_spread_there_is_no_interval(differences, mean):
    found, *rest = corrected_interval(differences, test_share=1 / 3)
    assert found == pytest.approx(mean)
    assert np.isnan(rest).all()
    assert np.isnan(corrected_interval([np.nan], test_share=1 / 3)).all()


def false_alarms(tables, test_share):
    """Share of tables of pure noise in which one feature is said to be another than its equal."""
    return np.mean([corrected_interval(differences, test_share)[3] < 0.05 for differences in tables])


def accuracy_of_nearest_centroid(x, y, train, test):
    """Assign held-out values to the nearer mean of two labels."""
    first, second = (x[train][y[train] == label].mean() for label in (0, 1))
    return np.mean((abs(x[test] - second) < abs(x[test] - first)) == y[test])


def test_equals_are_rarely_told_apart_although_splits_overlap():
    """Two features of pure noise: in one table chance favours the same one in all splits."""
    tables = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(60, 2)), rng.integers(0, 2, 60)
        splits = ShuffleSplit(5, test_size=0.25, random_state=seed).split(X)
        accuracies = [[accuracy_of_nearest_centroid(x, y, *split) for x in X.T] for split in splits]
        tables.append(np.subtract(*np.transpose(accuracies)))
    assert false_alarms(tables, test_share=0.0) > 0.12
    assert false_alarms(tables, test_share=1 / 3) <= 0.08


def runs_of(**values):
    """Make the runs of estimators, given by their values in three splits."""
    frames = [pd.DataFrame({"estimator": name, "split": range(3), "error": column}) for name, column in values.items()]
    return pd.concat(frames, ignore_index=True).assign(n_train=30, n_test=10)


def test_each_is_compared_with_the_first_split_by_split():
    runs = runs_of(b=[1.0, 2.0, 3.0], a=[1.5, 2.4, 3.6], c=[0.0, np.nan, 1.0]).sample(frac=1, random_state=0)
    found = paired_differences(runs, ["b", "a", "c"], ["error"])
    assert list(found.index) == [("error", "a"), ("error", "c")]
    assert list(found.columns) == ["mean", "low", "high", "p"]
    assert found.loc[("error", "a")].tolist() == pytest.approx(corrected_interval([0.5, 0.4, 0.6], 1 / 3))
    assert found.loc[("error", "c")].tolist() == pytest.approx(corrected_interval([-1.0, -2.0], 1 / 3))
    assert paired_differences(runs, ["b"], ["error"]).empty


def test_rounding_is_no_difference():
    lossless = paired_differences(runs_of(a=[1e-31, 2e-30, 0.0], b=[3e-32, 0.0, 1e-29]), ["a", "b"], ["error"])
    large = np.array([1e5, 2e5, 3e5])
    alike = paired_differences(runs_of(a=large, b=large * (1 + np.array([1e-13, 2e-13, 3e-13]))), ["a", "b"], ["error"])
    for found in (lossless, alike):
        assert found["mean"].tolist() == [0.0]
        assert found[["low", "high", "p"]].isna().all(axis=None)


def test_infinite_distances_are_left_out_unless_both_are():
    found = paired_differences(runs_of(a=[np.inf, 1.0, np.inf], b=[np.inf, 2.0, 3.0]), ["a", "b"], ["error"])
    assert found["mean"].tolist() == [0.5]


def test_mean_ranks_by_hand():
    means = pd.DataFrame(
        {"error": [0.1, 0.2, 0.2, np.nan], "score": [5.0, 9.0, 7.0, np.nan], "some": [1.0, np.nan, 2.0, np.nan]},
        index=["a", "b", "c", "failed"],
    )
    found = mean_ranks(means, {"error": "lower", "score": "higher", "some": "higher"})
    assert found.to_dict() == pytest.approx({"b": 1.75, "a": 2.0, "c": 2.25, "failed": np.nan}, nan_ok=True)
    assert list(found.index) == ["b", "a", "c", "failed"]
    assert mean_ranks(means, {"error": "lower"}).to_dict()["b"] == 2.5


def test_estimators_that_differ_by_rounding_share_a_rank():
    means = pd.DataFrame({"error": [0.3, 0.1 + 0.2, 0.5]}, index=["a", "b", "c"])
    assert mean_ranks(means, {"error": "lower"}).tolist() == [1.5, 1.5, 3.0]
