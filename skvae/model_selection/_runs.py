"""Fit one estimator on one split and measure it; gather what all runs gave."""

import logging
import os
import time
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning

from skvae._blas import one_thread
from skvae._decoded import DecodedFeatures, decoded
from skvae._names import latent_names_or_numbers
from skvae._seeds import seeded
from skvae._study import within_study
from skvae._validation import check_table
from skvae.model_selection._measures import (
    MEASURES,
    SECONDS,
    Units,
    code_measures,
    neighborhood_measures,
    share_of_lost_variance,
)

_logger = logging.getLogger("skvae.model_selection")
# Columns of the runs beside what is measured.
RECORD = ("estimator", "split", "seed", "n_train", "n_test", "warm")
ERROR = "error"


@dataclass(frozen=True)
class Study:
    """What all runs share; `likelihoods` names the estimators whose log-likelihoods compare."""

    X: np.ndarray | pd.DataFrame
    y: np.ndarray | None
    n_clusters: int
    scored_rows: str
    likelihoods: frozenset[str]
    scorers: dict[str, Callable]


def run(study, name, estimator, split, seed):
    """Fit and measure; return the record, the codes of all rows (None if there are none) and the process.

    What fails leaves its measures out and its cause in ``error``: one estimator shall not cost the others' results.
    """
    record = {"estimator": name, "seed": seed, "n_train": len(split[0]), "n_test": len(split[1])}
    errors: list[str] = []
    Z = None
    with _noting("fit", errors):
        estimator, record["fit_seconds"] = _fitted(estimator, _rows(study.X, split[0]), seed)
    if not errors:
        with _noting("transform", errors):
            Z, record["transform_seconds"] = _codes(estimator, study.X)
    if Z is None:
        return record | {"error": errors[0]}, None, os.getpid()
    for stage, measure in _stages(study, name, estimator, Z, split, seed):
        with _noting(stage, errors):
            record |= measure()
    codes = pd.DataFrame(
        Z, index=getattr(study.X, "index", None), columns=latent_names_or_numbers(estimator, Z.shape[1])
    )
    return record | {"error": "; ".join(errors) or None}, codes, os.getpid()


@contextmanager
def _noting(stage, errors):
    """Note an error instead of raising it; Ctrl-C is none."""
    try:
        yield
    except Exception as error:
        errors.append(f"{stage}: {type(error).__name__}: {str(error).partition(chr(10))[0]}")


def _fitted(estimator, X, seed):
    """Fit a clone without labels; return it and the seconds."""
    estimator = seeded(clone(estimator), seed)
    start = time.perf_counter()
    with within_study():
        estimator.fit(X)
    return estimator, time.perf_counter() - start


def _codes(estimator, X):
    """Transform all rows; return their codes and the seconds."""
    start = time.perf_counter()
    Z = np.asarray(estimator.transform(X))
    seconds = time.perf_counter() - start
    check_table(Z, input_name="The code")
    return Z, seconds


def _stages(study, name, estimator, Z, split, seed):
    """List what there is to measure: the name of the stage, and what gives its measures."""
    yield "measures of the code", partial(_measures_of_code, study, Z, split, seed)
    if hasattr(estimator, "inverse_transform"):
        yield "inverse_transform", partial(_measures_of_decoding, study, estimator, Z, split)
    X_test, y_test = _rows(study.X, split[1]), None if study.y is None else study.y[split[1]]
    if name in study.likelihoods:
        yield "score", partial(_scored, "log_likelihood", estimator.score, X_test)
    for measure, scorer in study.scorers.items():
        yield f"scoring[{measure!r}]", partial(_scored, measure, scorer, estimator, X_test, y_test)


def _measures_of_code(study, Z, split, seed):
    """Measure the codes, beside the table that they stand for."""
    X_train, X_test = (np.asarray(_rows(study.X, rows), dtype=float) for rows in split)
    # k-means on short codes is done in milliseconds by one thread, and in seconds where many threads wait for
    # processors that others use.
    with one_thread():
        measures = neighborhood_measures(Units.of(X_train).express(X_test), Z[split[1]], seed)
        return measures | code_measures(Z, study.y, study.n_clusters, split, seed, study.scored_rows == "all")


def _measures_of_decoding(study, estimator, Z, split):
    """Measure what decoding the held-out codes gives back."""
    rebuilt = decoded(estimator, Z[split[1]])
    features = DecodedFeatures.of(estimator, rebuilt.shape[1], study.X)
    train, truth = (features.values_of(_rows(study.X, rows)) for rows in split)
    units = Units.of(train)
    return {"reconstruction_error": share_of_lost_variance(units.express(truth), units.express(rebuilt))}


def _scored(measure, score, *arguments):
    """Name a score."""
    return {measure: float(score(*arguments))}


def _rows(X, rows):
    """Select rows of an array or a DataFrame."""
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def collect(fits, n_estimators, n_splits, scorers):
    """Gather the runs as they end, and keep the codes of the first split."""
    runs, seen = [], set()
    codes: dict[str, pd.DataFrame] = {}
    for i, (record, Z, process) in enumerate(fits):
        name, split = record["estimator"], i // n_estimators
        ended = f"fitted in {record['fit_seconds']:.2f} s" if "fit_seconds" in record else "failed"
        _logger.info("split %d of %d: %s %s", split + 1, n_splits, name, ended)
        if Z is not None and split == 0:
            codes[name] = Z
        runs.append({"split": split, "warm": (name, process) in seen, **record})
        seen.add((name, process))
    columns = [*RECORD, *MEASURES, *scorers, *SECONDS, ERROR]
    return pd.DataFrame(runs, columns=columns).dropna(axis="columns", how="all"), codes


def failures(runs):
    """Say of each estimator what failed, in how many splits.

    Parameters
    ----------
    runs : DataFrame
        As `collect` gives it.

    Returns
    -------
    sentences : list of str
        One for each estimator of which something failed.
    """
    if "error" not in runs:
        return []
    n_splits = runs["split"].nunique()
    failed = runs[runs["error"].notna()].groupby("estimator", sort=False)["error"]
    return [_failure(name, errors, n_splits) for name, errors in failed]


def _failure(name, errors, n_splits):
    """Say what failed first, and how often anything did."""
    stage, _, cause = errors.iloc[0].partition(": ")
    return f"{name}: {stage} failed in {len(errors)} of {n_splits} splits, with {cause}".rstrip(".")


def tell_of_failures(runs):
    """Warn of what failed; raise if no estimator was left.

    Raises
    ------
    ValueError
        If no run gave any code.
    """
    sentences = failures(runs)
    if "transform_seconds" not in runs:
        raise ValueError(f"No estimator could be fitted. {'. '.join(sentences)}.")
    for sentence in sentences:
        warnings.warn(f"{sentence}. What it could not give is nan.", FitFailedWarning, stacklevel=4)
