"""Compare transformers fairly: the same splits, the same seeds, the same measures."""

import logging
import os
import time
import warnings
from dataclasses import dataclass
from math import isfinite
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit, check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.parallel import Parallel, delayed
from threadpoolctl import threadpool_limits

from skvae._compat import Interval, validate_params
from skvae._study import within_study
from skvae._validation import check_table, refuse_masked
from skvae.metrics import (
    centroid_distance_score,
    kmeans_inertia_score,
    kmeans_silhouette_score,
    nearest_neighbor_accuracy,
    reconstruction_error,
)

# What is measured, in the order of the printed table: its heading and which way is better.
_MEASURES = {
    "reconstruction_error": ("reconstruction error", "lower"),
    "log_likelihood": ("log-likelihood (nats)", "higher"),
    "kmeans_inertia": ("k-means inertia", "lower"),
    "silhouette": ("k-means silhouette", "higher"),
    "centroid_distance": ("centroid distance", "higher"),
    "nearest_neighbor_accuracy": ("nearest-neighbour accuracy", "higher"),
    "fit_seconds": ("seconds to fit", "lower"),
    "transform_seconds": ("seconds to transform", "lower"),
}
_SECONDS = ("fit_seconds", "transform_seconds")
_TEST_SIZE = 0.25
_ROWS_PER_CLUSTER = 5
# PCA's score factorises a features-by-features matrix: a second or so here, minutes for a whole proteome.
_MAX_FEATURES_TO_SCORE = 4000

_logger = logging.getLogger("skvae.model_selection")


@validate_params(
    {
        "estimators": [dict],
        "X": ["array-like"],
        "y": ["array-like", None],
        "n_clusters": [Interval(Integral, 2, None, closed="left"), None],
        "cv": ["cv_object"],
        "n_repeats": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def compare_transformers(
    estimators, X, y=None, *, n_clusters=None, cv=None, n_repeats=5, n_jobs=None, random_state=None
):
    """Fit transformers on the same training rows and measure what their codes keep of the held-out rows.

    Every estimator is cloned for every split, all its ``random_state`` parameters (also nested ones) are set
    to the seed of the split, and it is fitted without labels. Measured are

    - ``reconstruction_error``: the share of the variance of the held-out rows that is lost by encoding and
      decoding them (0: nothing, 1: as much as by their training mean). Observed cells count only, and each
      feature is divided by its standard deviation in the training rows, so that all features weigh alike
      whatever scaling an estimator does inside; features constant in the training rows are left out. NaN
      without ``inverse_transform``;
    - ``log_likelihood``: ``score`` of the held-out rows, in nats per row. Only where it compares: every
      estimator is a density of continuous data (``score_samples``, no other than a Gaussian ``likelihood``),
      the steps before are alike, and there are at most 4000 features;
    - ``kmeans_inertia`` and ``silhouette`` of k-means on the standardised codes;
    - ``centroid_distance`` between the labels, in pooled standard deviations, and
      ``nearest_neighbor_accuracy`` of the held-out rows among the training rows (both need `y`);
    - ``fit_seconds`` on the training rows and ``transform_seconds`` for all rows.

    Clusters and centroids are measured on the held-out codes if every split holds at least five rows of each
    cluster and each label there, and else on the codes of all rows.

    Progress is logged at level INFO by the logger ``skvae.model_selection``.

    Parameters
    ----------
    estimators : dict of str to estimator
        Transformers, or pipelines that end in one, by the name that the table shows.
    X : array-like or DataFrame of shape (n_samples, n_features)
        The samples. NaN is a missing value, if the estimators can bear it.
    y : array-like of shape (n_samples,), default=None
        Labels. They never reach ``fit``: they only judge.
    n_clusters : int, default=None
        Number of clusters of k-means. By default the number of labels; without labels 8, or fewer in tables
        of less than 40 rows.
    cv : int, splitter or iterable, default=None
        The splits, each run once. By default `n_repeats` random ones with a quarter of the rows held out,
        stratified by `y` where every label occurs twice.
    n_repeats : int, default=5
        Number of random splits, where `cv` does not give them.
    n_jobs : int, default=None
        Number of fits at a time. Fits that share the processor take longer: the seconds are honest only
        without.
    random_state : int, RandomState or None, default=None
        Seed of the splits, of the estimators and of k-means.

    Returns
    -------
    comparison : TransformerComparison
        All runs, their mean and standard deviation, and the codes of the first split.

    Raises
    ------
    TypeError
        If an estimator lacks ``fit`` or ``transform``.
    ValueError
        If there is no estimator, no column of `X` varies, or `y` are no labels.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA, TruncatedSVD
    >>> from skvae.model_selection import compare_transformers
    >>> X, y = load_iris(return_X_y=True)
    >>> comparison = compare_transformers({"PCA": PCA(2), "SVD": TruncatedSVD(2)}, X, y, random_state=0)
    >>> comparison.table["nearest_neighbor_accuracy"].round(2)
         mean   std
    PCA  0.9...
    SVD  0.9...
    """
    X, y = _check_data(X, y)
    _check_estimators(estimators)
    rng = check_random_state(random_state)
    n_clusters = n_clusters or _n_clusters(y, len(X))
    splits = _splits(cv, n_repeats, X, y, rng)
    seeds = rng.randint(np.iinfo(np.int32).max, size=len(splits))
    enough = all(_enough_rows(test, y, n_clusters) for _, test in splits)
    scored_rows = "held-out" if enough else "all"
    study = _Study(X, y, n_clusters, scored_rows, _likelihoods_compare(estimators.values(), X.shape[1]))
    fits = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(_run)(study, name, estimator, split, int(seed))
        for split, seed in zip(splits, seeds, strict=True)
        for name, estimator in estimators.items()
    )
    runs, codes = _collect(fits, len(estimators), len(splits))
    held_out = np.isin(np.arange(len(X)), splits[0][1])
    return TransformerComparison(runs, codes, held_out, n_clusters, scored_rows)


@dataclass(frozen=True)
class _Study:
    """What all runs share."""

    X: np.ndarray | pd.DataFrame
    y: np.ndarray | None
    n_clusters: int
    scored_rows: str
    log_likelihood: bool


@dataclass(frozen=True)
class TransformerComparison:
    """What `compare_transformers` measured; print it for the table.

    Attributes
    ----------
    runs : DataFrame
        One row for each estimator and split: ``estimator``, ``split``, ``seed``, the measures, and ``warm``:
        False for the first fit of an estimator in a process, which may also load and compile.
    codes : dict of str to DataFrame
        By estimator, the codes of all rows in the first split.
    held_out : ndarray of bool of shape (n_samples,)
        The rows held out in the first split.
    n_clusters : int
        The number of clusters of k-means.
    scored_rows : {"held-out", "all"}
        The rows on which clusters and centroids were measured.
    """

    runs: pd.DataFrame
    codes: dict[str, pd.DataFrame]
    held_out: np.ndarray
    n_clusters: int
    scored_rows: str

    @property
    def table(self):
        """Mean and standard deviation over the splits, a row for each estimator.

        The seconds leave out fits that were not warm, unless there is no other.
        """
        columns = {}
        for measure in self._measures():
            cells = self._warm_runs() if measure in _SECONDS else self.runs
            grouped = cells.groupby("estimator", sort=False)[measure]
            columns[measure, "mean"], columns[measure, "std"] = grouped.mean(), grouped.std()
        return pd.DataFrame(columns).reindex(list(self.codes)).rename_axis(None)

    def _measures(self):
        """List what was measured, in the order of the table."""
        return [measure for measure in _MEASURES if measure in self.runs]

    def _warm_runs(self):
        """Leave out first fits, but for estimators that have no other."""
        has_warm = self.runs.groupby("estimator")["warm"].transform("any")
        return self.runs[self.runs["warm"] | ~has_warm]

    def to_dict(self):
        """Give all as plain Python values, for JSON; NaN and infinity become None.

        Returns
        -------
        dict
            ``runs`` (a list of dictionaries), ``table`` (estimator, measure, ``mean`` and ``std``),
            ``better`` (measure to ``"lower"`` or ``"higher"``), ``n_clusters``, ``scored_rows``.
        """
        table = self.table
        summary = {
            name: {measure: _plain(table.loc[name, measure]) for measure in self._measures()} for name in table.index
        }
        return {
            "table": summary,
            "better": {measure: _MEASURES[measure][1] for measure in self._measures()},
            "n_clusters": self.n_clusters,
            "scored_rows": self.scored_rows,
            "runs": [_plain(run) for _, run in self.runs.iterrows()],
        }

    def __str__(self):
        """Print the table: measures down, estimators across."""
        table = self.table
        lines = [["", "better", *table.index]]
        lines += [[*_MEASURES[measure], *_cells(table[measure])] for measure in self._measures()]
        return "\n".join([*_aligned(lines), "", *self._notes()])

    def _notes(self):
        """Say on which rows and in which runs the table rests."""
        n_splits, n_test = self.runs["split"].nunique(), int(self.held_out.sum())
        splits = "1 split" if n_splits == 1 else f"{n_splits} splits"
        yield f"Mean ± standard deviation over {splits}; {n_test} of {len(self.held_out)} rows held out."
        rows = "all rows" if self.scored_rows == "all" else "the held-out rows"
        yield f"Clusters ({self.n_clusters}) and centroids are measured on {rows}, on standardised codes."
        if self.runs["warm"].any():
            first = self.runs[~self.runs["warm"]].groupby("estimator", sort=False)["fit_seconds"].max()
            seconds = ", ".join(f"{name} {value:.2f} s" for name, value in first.items())
            yield f"Seconds leave out the first fit, which may also load and compile ({seconds})."
        else:
            yield "Seconds are those of the first fit, which may also load and compile: more splits tell."


def _check_data(X, y):
    """Check the samples and labels; a DataFrame stays one, for estimators that select columns by name."""
    values = check_table(X, ensure_all_finite="allow-nan", ensure_min_samples=8)
    if not (np.fmax.reduce(values, axis=0) > np.fmin.reduce(values, axis=0)).any():
        raise ValueError("No column of X varies: there is nothing to compare.")
    X = X if hasattr(X, "iloc") else values
    if y is None:
        return X, None
    refuse_masked(y, "The target y", "Leave those samples out.")
    y = column_or_1d(y)
    check_consistent_length(X, y)
    if pd.isna(y).any():
        raise ValueError("The target y has missing labels: leave those samples out.")
    n_labels = len(np.unique(y))
    if type_of_target(y) == "continuous" or n_labels == len(y):
        raise ValueError(f"The target y must be labels, but {len(y)} rows hold {n_labels} different ones.")
    if n_labels == 1:
        raise ValueError(f"The target y needs at least two different labels, but all are {y.item(0)!r}.")
    return X, y


def _check_estimators(estimators):
    """Raise unless there is an estimator and each can be fitted and transforms."""
    if not estimators:
        raise ValueError("There is no estimator to compare.")
    for name, estimator in estimators.items():
        for method in ("fit", "transform"):
            if not hasattr(estimator, method):
                kind = type(estimator).__name__
                raise TypeError(f"The estimator {name!r} ({kind}) has no {method}: give transformers.")


def _n_clusters(y, n_samples):
    """Choose a number of clusters: that of the labels, or 8 where there are rows enough."""
    return len(np.unique(y)) if y is not None else max(2, min(8, n_samples // _ROWS_PER_CLUSTER))


def _splits(cv, n_repeats, X, y, rng):
    """List the pairs of training rows and held-out rows."""
    if cv is None:
        kind = StratifiedShuffleSplit if _can_stratify(y) else ShuffleSplit
        cv = kind(n_repeats, test_size=_TEST_SIZE, random_state=rng.randint(np.iinfo(np.int32).max))
    return list(check_cv(cv, y, classifier=y is not None).split(X, y))


def _can_stratify(y):
    """Tell whether every label occurs twice and the held-out rows can hold all labels."""
    if y is None:
        return False
    counts = np.unique(y, return_counts=True)[1]
    return counts.min() >= 2 and len(counts) <= _TEST_SIZE * len(y)


def _enough_rows(test, y, n_clusters):
    """Tell whether held-out rows suffice to measure clusters and labels on them alone."""
    if len(test) < _ROWS_PER_CLUSTER * n_clusters:
        return False
    if y is None:
        return True
    labels, of_row = np.unique(y, return_inverse=True)
    return np.bincount(of_row[test], minlength=len(labels)).min() >= _ROWS_PER_CLUSTER


def _likelihoods_compare(estimators, n_features):
    """Tell whether `score` is the log-density of the same quantity in all estimators."""
    steps = [_steps(estimator) for estimator in estimators]
    densities = all(
        hasattr(last, "score")
        and hasattr(last, "score_samples")
        # A probability of binary or counted data is no density of continuous data.
        and "gaussian" in repr(getattr(last, "likelihood", "gaussian")).lower()
        for *_, last in steps
    )
    alike = len({repr(before) for *before, _ in steps}) == 1
    return densities and alike and n_features <= _MAX_FEATURES_TO_SCORE


def _steps(estimator):
    """List the steps of a pipeline; a single estimator is the only one."""
    return [step for _, step in estimator.steps] if isinstance(estimator, Pipeline) else [estimator]


def _run(study, name, estimator, split, seed):
    """Fit one estimator on one split; return what was measured, the codes of all rows, the process."""
    train, test = split
    estimator = _seeded(clone(estimator), seed)
    start = time.perf_counter()
    with within_study():
        estimator.fit(_rows(study.X, train))
    fitted = time.perf_counter()
    Z = np.asarray(estimator.transform(study.X))
    run = {"estimator": name, "seed": seed}
    run |= {"fit_seconds": fitted - start, "transform_seconds": time.perf_counter() - fitted}
    run["reconstruction_error"] = _held_out_error(estimator, Z[test], study.X, split)
    if study.log_likelihood:
        run["log_likelihood"] = float(estimator.score(_rows(study.X, test)))
    # k-means on short codes is done in milliseconds by one thread, and in seconds where many threads wait for
    # processors that others use.
    with threadpool_limits(1):
        run |= _code_measures(Z, study, split, seed)
    codes = pd.DataFrame(Z, index=getattr(study.X, "index", None), columns=_latent_names(estimator, Z))
    return run, codes, os.getpid()


def _seeded(estimator, seed):
    """Set every `random_state`, also nested ones."""
    names = [name for name in estimator.get_params() if name.split("__")[-1] == "random_state"]
    return estimator.set_params(**dict.fromkeys(names, seed))


def _rows(X, rows):
    """Select rows of an array or a DataFrame."""
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def _latent_names(estimator, Z):
    """Name the latent variables."""
    if hasattr(estimator, "get_feature_names_out"):
        return list(estimator.get_feature_names_out())
    return [f"latent{i}" for i in range(Z.shape[1])]


def _held_out_error(estimator, Z_test, X, split):
    """Measure the share of variance that decoding does not give back, every feature in training spreads."""
    if not hasattr(estimator, "inverse_transform"):
        return np.nan
    rebuilt = np.asarray(estimator.inverse_transform(Z_test), dtype=float)
    train, test = (np.asarray(_rows(X, rows), dtype=float) for rows in split)
    with warnings.catch_warnings():  # a column without any value among the training rows has NaN for both
        warnings.simplefilter("ignore", RuntimeWarning)
        mean, spread = np.nanmean(train, axis=0), np.nanstd(train, axis=0)
    varies = spread > 1e-10 * np.abs(mean)
    if not varies.any():
        return np.nan
    truth, rebuilt = ((values[:, varies] - mean[varies]) / spread[varies] for values in (test, rebuilt))
    return reconstruction_error(truth, rebuilt, baseline=np.zeros(varies.sum()))


def _code_measures(Z, study, split, seed):
    """Measure how well codes fall into clusters, and how well they tell the labels."""
    train, test = split
    rows = test if study.scored_rows == "held-out" else np.arange(len(Z))
    measures = {
        "kmeans_inertia": kmeans_inertia_score(Z[rows], n_clusters=study.n_clusters, random_state=seed),
        "silhouette": kmeans_silhouette_score(Z[rows], n_clusters=study.n_clusters, random_state=seed),
    }
    if study.y is not None:
        y = study.y
        measures["centroid_distance"] = centroid_distance_score(Z[rows], y[rows], scale="pooled")
        accuracy = nearest_neighbor_accuracy(Z[train], y[train], Z[test], y[test])
        measures["nearest_neighbor_accuracy"] = accuracy
    return measures


def _collect(fits, n_estimators, n_splits):
    """Gather the runs as they end, and keep the codes of the first split."""
    runs, seen = [], set()
    codes: dict[str, pd.DataFrame] = {}
    for i, (run, Z, process) in enumerate(fits):
        name, split = run["estimator"], i // n_estimators
        _logger.info("split %d of %d: %s fitted in %.2f s", split + 1, n_splits, name, run["fit_seconds"])
        codes.setdefault(name, Z)
        runs.append({"estimator": name, "split": split, "warm": (name, process) in seen, **run})
        seen.add((name, process))
    measured = [measure for measure in _MEASURES if measure in runs[0]]
    columns = ["estimator", "split", "seed", "warm", *measured]
    return pd.DataFrame(runs, columns=columns).dropna(axis="columns", how="all"), codes


def _plain(values):
    """Turn a Series into a dictionary of plain Python values."""
    items = ((key, value.item() if isinstance(value, np.generic) else value) for key, value in values.items())
    return {key: None if isinstance(value, float) and not isfinite(value) else value for key, value in items}


def _cells(summary):
    """Write mean ± standard deviation, with decimals that suit the largest of them."""
    largest = summary["mean"].abs().max()
    decimals = int(np.clip(3 - np.floor(np.log10(largest)), 0, 3)) if largest > 0 else 3
    return [_cell(mean, std, decimals) for mean, std in summary[["mean", "std"]].to_numpy()]


def _cell(mean, std, decimals):
    """Write one mean ± standard deviation."""
    if np.isnan(mean):
        return "-"
    return f"{mean:.{decimals}f}" + ("" if np.isnan(std) else f" ± {std:.{decimals}f}")


def _aligned(lines):
    """Pad the cells of a table: words to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        words = (cell.ljust(width) for cell, width in zip(line[:2], widths[:2], strict=True))
        numbers = (cell.rjust(width) for cell, width in zip(line[2:], widths[2:], strict=True))
        yield "  ".join([*words, *numbers])
