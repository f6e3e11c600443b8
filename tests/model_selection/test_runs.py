"""An estimator that fails costs its own measures, not the others'."""

import logging
import re
import signal
import threading

import joblib
import numpy as np
import pandas as pd
import pytest
from plain_transformers import Columns, Failing
from sklearn.datasets import load_iris
from sklearn.decomposition import NMF, PCA, KernelPCA
from sklearn.exceptions import FitFailedWarning
from threadpoolctl import threadpool_info

from skvae.model_selection import _runs, compare_transformers

X, y = load_iris(return_X_y=True)
MEASURED = ["reconstruction_error", "trustworthiness", "held_out_silhouette", "nearest_neighbor_accuracy"]


def compared(estimators, table=X, **options):
    return compare_transformers(estimators, table, y, n_repeats=3, random_state=0, **options)


def test_what_cannot_be_fitted_is_named_and_costs_nothing_else():
    centred = X - X.mean(axis=0)
    message = r"NMF: fit failed in 3 of 3 splits, with ValueError: Negative values in data .* is nan\."
    with pytest.warns(FitFailedWarning, match=message) as record:
        comparison = compared({"PCA": PCA(2), "NMF": NMF(2)}, centred)
    assert [warning.filename for warning in record] == [__file__]
    alone = compared({"PCA": PCA(2)}, centred)
    pd.testing.assert_series_equal(comparison.table.loc["PCA", MEASURED[0]], alone.table.loc["PCA", MEASURED[0]])
    assert comparison.table.loc["NMF"].isna().all()
    assert list(comparison.codes) == ["PCA"]
    assert comparison.ranking.index.tolist() == ["PCA", "NMF"]
    assert comparison.verdict == ""
    assert "NMF: fit failed in 3 of 3 splits, with ValueError: Negative values" in str(comparison)


@pytest.mark.parametrize(
    ("stage", "cause"),
    [
        ("fit", "fit failed in 3 of 3 splits, with RuntimeError: no fit today. What"),
        ("transform", "transform failed in 3 of 3 splits, with RuntimeError: no transform today. What"),
        ("code", "transform failed in 3 of 3 splits, with ValueError: Input The code contains NaN. What"),
    ],
)
def test_the_stage_and_the_cause_are_named(stage, cause):
    with pytest.warns(FitFailedWarning, match=f"bad: {re.escape(cause)}"):
        comparison = compared({"pca": PCA(2), "bad": Failing(stage)})
    assert comparison.table.loc["bad", MEASURED].isna().all()
    assert comparison.table.loc["pca", MEASURED].notna().all()


def test_what_cannot_be_decoded_is_measured_otherwise():
    with pytest.warns(FitFailedWarning, match="kernel: inverse_transform failed in 3 of 3 splits, with NotFitted"):
        comparison = compared({"pca": PCA(2), "kernel": KernelPCA(2)})
    means = comparison.table.xs("mean", axis=1, level=1).loc["kernel"]
    assert np.isnan(means["reconstruction_error"])
    assert means[MEASURED[1:]].notna().all()
    assert "kernel" in comparison.codes


@pytest.mark.parametrize("stage", ["fit", "inverse_transform"])
def test_failures_in_some_splits_leave_the_others(stage):
    reference = compared({"pca": PCA(2), "good": Failing("nowhere")})
    first = [X[rows][0, 0] for rows in _training_rows(reference)]
    estimators = {"pca": PCA(2), "bad": Failing(stage, bound=sorted(first)[1])}
    with pytest.warns(FitFailedWarning, match=f"bad: {stage} failed in 1 of 3 splits"):
        comparison = compared(estimators)
    runs = comparison.runs.query("estimator == 'bad'")
    assert runs["reconstruction_error"].notna().sum() == 2
    assert runs["error"].notna().sum() == 1
    expected = reference.runs.query("estimator == 'good'")["reconstruction_error"].to_numpy()
    kept = runs["error"].isna().to_numpy()
    np.testing.assert_array_equal(runs["reconstruction_error"].to_numpy()[kept], expected[kept])
    assert np.isfinite(comparison.differences.loc[("reconstruction_error", "bad")]).all()


def _training_rows(comparison):
    """Repeat the splits of a comparison."""
    seen = []

    class Watching(Columns):
        def fit(self, X):
            seen.append([np.flatnonzero((globals()["X"] == row).all(axis=1))[0] for row in X[:1]])
            return self

    compared({"watching": Watching()})
    return seen


def test_a_scorer_that_fails_leaves_its_measure_out():
    scoring = {"mine": lambda estimator, X, y: 1.0, "broken": lambda estimator, X, y: {"no": "number"}}
    message = r"pca: scoring\['broken'\] failed in 3 of 3 splits, with TypeError: float\(\)"
    with pytest.warns(FitFailedWarning, match=message):
        comparison = compared({"pca": PCA(2)}, scoring=scoring)
    assert comparison.table.loc["pca", ("mine", "mean")] == 1.0
    assert "broken" not in comparison.runs


def test_nothing_left_is_an_error():
    message = r"No estimator could be fitted\. a: fit failed .* no fit today\. b: transform failed .* today\.$"
    with pytest.raises(ValueError, match=message):
        compared({"a": Failing("fit"), "b": Failing("transform")})


def test_ctrl_c_ends_all():
    class Interrupted(Columns):
        def fit(self, X):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        compared({"pca": PCA(2), "interrupted": Interrupted()})


def test_failures_are_logged(caplog):
    with caplog.at_level(logging.INFO, logger="skvae.model_selection"), pytest.warns(FitFailedWarning):
        compared({"pca": PCA(2), "bad": Failing("fit")})
    assert caplog.records[1].getMessage() == "split 1 of 3: bad failed"


def test_failures_in_other_processes_are_told_here():
    with pytest.warns(FitFailedWarning, match="NMF: fit failed in 3 of 3 splits") as record:
        comparison = compared({"PCA": PCA(2), "NMF": NMF(2)}, X - 5, n_jobs=2)
    assert len(record) == 1
    assert comparison.table.loc["PCA", MEASURED].notna().all()


def test_comparisons_in_threads_leave_the_threads_of_blas(monkeypatch):
    """The first run that is measured ends its measures while the second is still at its own."""
    first, both, ended, measured = threading.Lock(), threading.Event(), threading.Event(), _runs.neighborhood_measures

    def overlapping(*args):
        if first.acquire(blocking=False):
            both.wait(30)
        else:
            both.set()
            ended.wait(30)
        return measured(*args)

    def blas_threads():
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    monkeypatch.setattr(_runs, "neighborhood_measures", overlapping)
    options = {"cv": [(np.arange(0, 150, 2), np.arange(1, 150, 2))], "n_jobs": 2}
    options["scoring"] = {"end": lambda estimator, X, y: float(ended.set() is None)}
    before = blas_threads()
    with joblib.parallel_config(backend="threading"):
        compare_transformers({"one": PCA(1), "two": PCA(2)}, X, y, **options)
    assert blas_threads() == before
