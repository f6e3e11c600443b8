"""Compare transformers fairly: the same splits, the same seeds, the same measures."""

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.metrics import get_scorer
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit, check_cv
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.parallel import Parallel, delayed

from skvae._compat import Interval, validate_params
from skvae._levels import levels_of
from skvae._validation import check_table, refuse_masked
from skvae.model_selection._likelihoods import comparable_likelihoods
from skvae.model_selection._measures import MEASURES, SECONDS
from skvae.model_selection._result import TransformerComparison
from skvae.model_selection._runs import ERROR, RECORD, Study, collect, run, tell_of_failures

TEST_SIZE = 0.25
_ROWS_PER_CLUSTER = 5


@validate_params(
    {
        "estimators": [dict],
        "X": ["array-like"],
        "y": ["array-like", None],
        "n_clusters": [Interval(Integral, 2, None, closed="left"), None],
        "cv": ["cv_object"],
        "n_repeats": [Interval(Integral, 1, None, closed="left")],
        "scoring": [dict, None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def compare_transformers(
    estimators, X, y=None, *, n_clusters=None, cv=None, n_repeats=5, scoring=None, n_jobs=None, random_state=None
):
    """Fit transformers on the same training rows and measure what their codes keep of the held-out rows.

    Every estimator is cloned for every split, all its ``random_state`` parameters (also nested ones) are set
    to the seed of the split, and it is fitted without labels. Measured are

    - ``reconstruction_error``: the share of the variance of the held-out rows that is lost by encoding and
      decoding them (0: nothing, 1: as much as by their training mean). Observed cells count only, and each
      feature is divided by its standard deviation in the training rows, so that all features weigh alike
      whatever scaling an estimator does inside; features constant in the training rows are left out, and so are
      columns that condition the codes (``covariates``). Only with ``inverse_transform``;
    - ``log_likelihood``: ``score`` of the held-out rows, in nats per row. Only where it compares: for estimators
      that are densities of all columns of continuous data (``score_samples``, no other than a Gaussian ``likelihood``,
      no ``loss``, no ``covariates``, no ``missing="censored"``, no search), with the same steps before as the first of
      them, if these are two or more (or all), and up to 4000 features;
    - ``trustworthiness``: whether the 5 nearest neighbours in the code are neighbours in the table, among the
      held-out rows (at most 2000 of them), with features in the units of the reconstruction error;
    - ``kmeans_inertia`` and ``silhouette`` of k-means on the standardised codes;
    - ``held_out_silhouette``: that of the held-out codes in the clusters which k-means finds in the training codes;
    - ``adjusted_rand`` and ``normalized_mutual_info`` of these clusters and the labels, ``centroid_distance`` between
      the labels, in pooled standard deviations, and ``nearest_neighbor_accuracy`` of the held-out rows among the
      training rows (these need `y`);
    - ``active_units``: the number of latent variables whose variance over all rows is above 0.01;
    - what `scoring` adds, on the held-out rows;
    - ``fit_seconds`` on the training rows and ``transform_seconds`` for all rows.

    Clusters and centroids are measured on the held-out codes if every split holds at least five rows of each
    cluster and each label there, and else on the codes of all rows, without intervals and verdict.

    The first estimator is the one that the others are compared with, split by split: `differences` has intervals,
    `verdict` says it in words. Where an estimator fails, its measures are nan, with a warning that names the cause;
    the others' results stand.

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
        The splits, each run once: of an iterable, positions or masks of the training and the held-out rows. By
        default `n_repeats` random ones with a quarter of the rows held out, stratified by `y` where every label
        occurs twice.
    n_repeats : int, default=5
        Number of random splits, where `cv` does not give them.
    scoring : dict of str to callable or str, default=None
        Measures of your own: by name a scorer ``(estimator, X, y)``, as :func:`~skvae.metrics.make_latent_scorer`
        makes, or the name of one of scikit-learn's. It gets the held-out rows; higher is better.
    n_jobs : int, default=None
        Number of fits at a time. Fits that share the processor take longer: the seconds are honest only
        without.
    random_state : int, RandomState or None, default=None
        Seed of the splits, of the estimators and of k-means.

    Returns
    -------
    comparison : TransformerComparison
        All runs, their mean and standard deviation, the differences from the first estimator, a verdict in words,
        and the codes of the first split.

    Raises
    ------
    TypeError
        If an estimator lacks ``fit`` or ``transform``, or its name is no string.
    ValueError
        If there is no estimator, none can be fitted, no column of `X` varies, `y` are no labels, `n_clusters` is not
        below the number of rows, `cv` has no splits or needs groups, one of its masks has another length, or a name of
        `scoring` is taken.

    Warns
    -----
    FitFailedWarning
        If an estimator fails in some split, or cannot give one of the measures.

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
    >>> print(comparison.verdict.splitlines()[-1])
    No evidence that SVD is better or worse than PCA in nearest-neighbour accuracy (...).
    """
    ordered = None if levels_of(y) is None else pd.Categorical(y)
    X, y = _check_data(X, y)
    _check_estimators(estimators)
    scorers = _scorers(scoring)
    rng = check_random_state(random_state)
    n_clusters = n_clusters or _n_clusters(y, len(X))
    if n_clusters >= len(X):
        raise ValueError(f"n_clusters={n_clusters} needs more rows than the {len(X)} of X.")
    splits = _splits(cv, n_repeats, X, y, rng)
    seeds = rng.randint(np.iinfo(np.int32).max, size=len(splits))
    enough = all(_enough_rows(test, y, n_clusters) for _, test in splits)
    scored_rows = "held-out" if enough else "all"
    study = Study(X, y, n_clusters, scored_rows, comparable_likelihoods(estimators, X.shape[1]), scorers)
    fits = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(run)(study, name, estimator, split, int(seed))
        for split, seed in zip(splits, seeds, strict=True)
        for name, estimator in estimators.items()
    )
    runs, codes = collect(fits, len(estimators), len(splits), scorers)
    tell_of_failures(runs)
    held_out = np.isin(np.arange(len(X)), splits[0][1])
    labels = y if ordered is None else ordered
    return TransformerComparison(runs, codes, held_out, labels, n_clusters, scored_rows, list(scorers))


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
        if not isinstance(name, str):
            raise TypeError(f"The names of estimators must be strings, but {name!r} is none.")
        if isinstance(estimator, type):
            raise TypeError(f"The estimator {name!r} is a class: give an instance, {estimator.__name__}().")
        for method in ("fit", "transform"):
            if not hasattr(estimator, method):
                kind = type(estimator).__name__
                raise TypeError(f"The estimator {name!r} ({kind}) has no {method}: give transformers.")


def _scorers(scoring):
    """Resolve the user's scorers."""
    taken = [name for name in scoring or {} if name in {*RECORD, *MEASURES, *SECONDS, ERROR}]
    if taken:
        raise ValueError(f"scoring: {taken[0]!r} is a column of runs anyhow; give yours another name.")
    return {name: get_scorer(scorer) for name, scorer in (scoring or {}).items()}


def _n_clusters(y, n_samples):
    """Choose a number of clusters: that of the labels, or 8 where there are rows enough."""
    return len(np.unique(y)) if y is not None else max(2, min(8, n_samples // _ROWS_PER_CLUSTER))


def _splits(cv, n_repeats, X, y, rng):
    """List the pairs of training rows and held-out rows."""
    if cv is None:
        kind = StratifiedShuffleSplit if _can_stratify(y) else ShuffleSplit
        cv = kind(n_repeats, test_size=TEST_SIZE, random_state=rng.randint(np.iinfo(np.int32).max))
    splitter = check_cv(cv, y, classifier=y is not None)
    try:
        splits = [tuple(_positions(rows, len(X)) for rows in split) for split in splitter.split(X, y)]
    except ValueError as error:
        if "'groups'" not in str(error):
            raise
        name = type(cv).__name__
        raise ValueError(f"{name} needs groups: give its splits instead, cv=list(cv.split(X, y, groups)).") from error
    if not splits:
        raise ValueError("cv has no splits.")
    return splits


def _positions(rows, n_samples):
    """Return the positions of rows that are given by these or by a mask."""
    rows = np.asarray(rows)
    if rows.dtype != bool:
        return rows
    if len(rows) != n_samples:
        raise ValueError(f"A mask of cv has {len(rows)} entries, but X has {n_samples} rows.")
    return np.flatnonzero(rows)


def _can_stratify(y):
    """Tell whether every label occurs twice and the held-out rows can hold all labels."""
    if y is None:
        return False
    counts = np.unique(y, return_counts=True)[1]
    return counts.min() >= 2 and len(counts) <= TEST_SIZE * len(y)


def _enough_rows(test, y, n_clusters):
    """Tell whether held-out rows suffice to measure clusters and labels on them alone."""
    if len(test) < _ROWS_PER_CLUSTER * n_clusters:
        return False
    if y is None:
        return True
    labels, of_row = np.unique(y, return_inverse=True)
    return np.bincount(of_row[test], minlength=len(labels)).min() >= _ROWS_PER_CLUSTER
