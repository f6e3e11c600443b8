"""Splits that not all estimators have bias nothing, and are told."""

import numpy as np
import pandas as pd
import pytest
from plain_transformers import Columns, Failing
from sklearn.exceptions import FitFailedWarning

from skvae.model_selection import compare_transformers
from skvae.model_selection._gaps import common_means, notes
from skvae.model_selection._measures import MEASURES

NAN, JUDGED = np.nan, {name: MEASURES[name] for name in ("reconstruction_error", "centroid_distance")}


def runs_of(errors, distances):
    """Make the runs of estimators, given by their measures in each split."""
    rows = [
        {"estimator": name, "split": split, "reconstruction_error": error, "centroid_distance": distance}
        for name in errors
        for split, (error, distance) in enumerate(zip(errors[name], distances[name], strict=True))
    ]
    return pd.DataFrame(rows)


HARD_LAST = runs_of(
    {"a": [0.1, 0.2, 0.9], "b": [0.2, 0.3, NAN], "failed": [NAN] * 3},
    {"a": [1.0, 1.0, np.inf], "b": [1.0, 2.0, 3.0], "failed": [NAN] * 3},
)
NAMES = ["a", "b", "failed"]


def test_means_are_of_the_splits_that_all_have():
    means = common_means(HARD_LAST, NAMES, list(JUDGED))
    assert list(means.index) == NAMES
    assert means["reconstruction_error"].tolist() == pytest.approx([0.15, 0.25, NAN], nan_ok=True)
    assert means["centroid_distance"].tolist() == pytest.approx([np.inf, 2.0, NAN], nan_ok=True)


def test_a_measure_that_one_never_has_has_no_mean():
    runs = runs_of({"a": [0.1, 0.2], "b": [NAN, NAN]}, {"a": [1.0, 2.0], "b": [3.0, NAN]})
    means = common_means(runs, ["a", "b"], list(JUDGED))
    assert means["reconstruction_error"].isna().all()
    assert means["centroid_distance"].tolist() == [1.0, 3.0]
    assert "(1 in centroid distance)" in next(notes(runs, ["a", "b"], JUDGED))


def test_notes_count_what_is_left_out():
    ranking, differences = notes(HARD_LAST, NAMES, JUDGED)
    assert ranking.startswith("The ranking leaves out splits of the 3 that some estimator lacks (1 in reconstruction ")
    assert "error); the means are of the splits that each has." in ranking
    expected = (
        "The differences leave out splits in which one of two measures is infinite (1 in centroid distance of b)."
    )
    assert differences == expected


def test_nothing_left_out_nothing_said():
    same = runs_of({"a": [0.1, 0.2], "b": [0.2, 0.3]}, {"a": [np.inf, 1.0], "b": [np.inf, 2.0]})
    assert list(notes(same, ["a", "b"], JUDGED)) == []


def test_who_fails_on_hard_splits_is_not_ranked_by_easy_ones():
    """Both decode alike, but one fails where its first training value is high: before rows that are hard to decode."""
    X = np.random.default_rng(0).normal(size=(80, 4))
    X[:40, 2:] = X[:40, :2] + 0.1 * X[:40, 2:]
    by_value = np.argsort(X[:, 0])
    easy, hard = np.arange(0, 20), np.arange(60, 80)
    splits = [(by_value[~np.isin(by_value, easy)], easy), (by_value[::-1][~np.isin(by_value[::-1], hard)], hard)]
    estimators = {"all": Failing("nowhere"), "easy": Failing("inverse_transform", bound=0)}
    with pytest.warns(FitFailedWarning, match="easy: inverse_transform failed in 1 of 2 splits"):
        found = compare_transformers(estimators, X, cv=splits, random_state=0)
    means = found.table["reconstruction_error", "mean"]
    assert means["easy"] < 0.5 * means["all"]
    assert found.ranking.to_dict() == {"all": 1.5, "easy": 1.5}
    assert "of the 2 that some estimator lacks (1 in reconstruction error); the means" in str(found)


@pytest.mark.filterwarnings("ignore::UserWarning")  # of k-means
def test_without_any_judged_measure_there_is_nothing_to_rank():
    rows = np.arange(8)
    X = np.random.default_rng(0).normal(size=(8, 2))
    comparison = compare_transformers({"a": Columns(), "b": Columns()}, X, cv=[(rows[:7], rows[7:])])
    assert comparison.ranking.isna().all()
    assert "leaves out" not in str(comparison)
