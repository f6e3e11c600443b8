"""Scores of a latent array: how far apart its groups, how tight its clusters, how alike its neighbours."""

import warnings
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils import check_consistent_length, column_or_1d

from skvae._compat import Interval, StrOptions, validate_params
from skvae._validation import check_table, refuse_masked


def _check_codes(Z, name="Z"):
    """Check a latent array."""
    return check_table(Z, dtype=np.float64, input_name=name)


def _check_labels(labels, Z, name="labels"):
    """Check one label per code, none missing."""
    refuse_masked(labels, name, "Leave those samples out.")
    labels = column_or_1d(labels)
    check_consistent_length(Z, labels)
    missing = int(pd.isna(labels).sum())
    if missing:
        raise ValueError(f"{missing} of {labels.size} {name} are missing: leave those samples out.")
    return labels


def _rounding_floor(Z):
    """Magnitude below which a difference within a latent variable is rounding error, one per variable."""
    return 10 * np.finfo(Z.dtype).eps * np.abs(Z).max(axis=0)


def _pooled_deviation(groups):
    """Root of the mean of the groups' unbiased variances, one per latent variable."""
    variances = [group.var(axis=0, ddof=1) for group in groups if len(group) > 1]
    if not variances:
        raise ValueError(
            f"scale='pooled' needs the spread within groups, but each of the {len(groups)} groups has a "
            "single sample. Use scale='raw', or pass group labels if these are continuous values."
        )
    return np.sqrt(np.mean(variances, axis=0))


def _in_deviations(gaps, deviation, floor):
    """Divide gaps by the deviation; without deviation a gap is infinite, unless there is no gap either."""
    ratio = np.full_like(gaps, np.inf)
    np.divide(gaps, deviation, out=ratio, where=deviation > floor)
    return np.where(gaps > floor, ratio, 0.0)


@validate_params(
    {"Z": ["array-like"], "labels": ["array-like"], "scale": [StrOptions({"raw", "pooled"})]},
    prefer_skip_nested_validation=True,
)
def centroid_distance_score(Z, labels, *, scale="raw"):
    r"""Distance between the centroids of the groups in latent space.

    With more than two groups, the mean distance over all pairs of groups. Larger is better.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        Codes.

    labels : array-like of shape (n_samples,)
        Group of each sample; at least two groups.

    scale : {"raw", "pooled"}, default="raw"
        Unit of the distance. ``"raw"``: the units of `Z`, so it grows with the scale of the code and says
        nothing about overlap. ``"pooled"``: standard deviations within the groups, each latent variable in
        units of its own; comparable between models and between tables.

    Returns
    -------
    score : float
        Distance, 0 or more. With ``scale="pooled"`` it is infinite if the groups differ along a latent
        variable in which no group has any spread; a variable that is constant over all samples adds nothing.

    Raises
    ------
    ValueError
        If there are fewer than two groups, if labels are missing, or if ``scale="pooled"`` and no group has
        two samples.

    Notes
    -----
    For groups :math:`a, b` with centroids :math:`\mu`, and :math:`G` groups with unbiased variances
    :math:`v_{gj}` of latent variable :math:`j`, the pooled distance is

    .. math:: d_{ab} = \sqrt{\sum_j \frac{(\mu_{aj} - \mu_{bj})^2}{\frac{1}{G} \sum_g v_{gj}}},

    in one dimension Cohen's d for groups of unequal spread [1]_.

    *Each group counts equally in the spread*, not by its degrees of freedom: with 10 samples of one group
    against 1000 of another the spread would otherwise be that of the larger group alone, and the score would
    change with the share of the groups although the groups do not. A group of one sample adds its centroid
    and no spread.

    *Latent variables are standardised one by one.* The score does not change if a variable is shifted,
    flipped or rescaled. The Mahalanobis distance [2]_ would in addition be blind to rotations, but needs the
    inverse of a covariance matrix: for 5 samples, 2 groups and 2 variables its square has no finite
    expectation, and with as many variables as samples it does not exist, while test folds of this size are
    common.

    With few samples both scales are biased upwards, because the noise of centroids adds to their distance:
    for groups of equal spread, about :math:`\sum_j (1 / n_a + 1 / n_b)` in the squared pooled distance.

    References
    ----------
    .. [1] J. Cohen (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd edition, chapter 2.
    .. [2] P. C. Mahalanobis (1936). On the generalised distance in statistics. Proceedings of the National
       Institute of Sciences of India 2, 49-55.

    Examples
    --------
    >>> from skvae.metrics import centroid_distance_score
    >>> Z = [[0.0, 0.0], [0.0, 2.0], [3.0, 4.0], [3.0, 6.0]]
    >>> centroid_distance_score(Z, ["a", "a", "b", "b"])
    5.0
    >>> Z = [[0.0], [2.0], [10.0], [12.0]]
    >>> round(centroid_distance_score(Z, ["a", "a", "b", "b"], scale="pooled"), 3)
    7.071
    """
    Z = _check_codes(Z)
    labels = _check_labels(labels, Z)
    groups = [Z[labels == label] for label in pd.unique(labels)]
    if len(groups) < 2:
        raise ValueError(
            f"Centroids are compared between groups, but all {len(Z)} labels are {labels.item(0)!r}. "
            "Pass samples of two groups or more; in cross-validation, stratify the folds: "
            "cv=StratifiedKFold()."
        )
    centroids = np.stack([group.mean(axis=0) for group in groups])
    first, second = np.triu_indices(len(groups), k=1)
    gaps = np.abs(centroids[first] - centroids[second])
    if scale == "pooled":
        gaps = _in_deviations(gaps, _pooled_deviation(groups), _rounding_floor(Z))
    return float(np.linalg.norm(gaps, axis=1).mean())


def _varying(Z, standardize):
    """Leave out constant latent variables, which k-means cannot use; bring the others to unit variance."""
    Z = Z[:, np.ptp(Z, axis=0) > _rounding_floor(Z)]
    return (Z - Z.mean(axis=0)) / Z.std(axis=0) if standardize else Z


def _resolve_n_clusters(Z, labels, n_clusters, *, least, most):
    """Find the number of clusters and check that the score is defined for it."""
    if labels is not None:
        labels = _check_labels(labels, Z)
    if n_clusters is None and labels is None:
        raise ValueError("The number of clusters is unknown: pass labels, one cluster for each, or n_clusters.")
    if n_clusters is None:
        n_clusters = len(pd.unique(labels))
    if not least <= n_clusters <= most:
        raise ValueError(
            f"{n_clusters} cluster(s) for {len(Z)} samples: the score is defined for {least} to {most}. "
            "Pass another n_clusters or more samples; if labels were counted, are they classes, and does "
            "each fold hold all of them?"
        )
    return n_clusters


def _warn_constant(name):
    """Warn that the codes do not vary."""
    warnings.warn(
        f"{name} is undefined and set to nan: all codes are the same point. Has the posterior collapsed?",
        UndefinedMetricWarning,
        stacklevel=4,  # the caller of the score, beyond scikit-learn's validation wrapper
    )


_KMEANS_CONSTRAINTS: dict = {
    "Z": ["array-like"],
    "labels": ["array-like", None],
    "n_clusters": [Interval(Integral, 1, None, closed="left"), None],
    "standardize": ["boolean"],
    "random_state": ["random_state"],
}


@validate_params(_KMEANS_CONSTRAINTS, prefer_skip_nested_validation=True)
def kmeans_silhouette_score(Z, labels=None, *, n_clusters=None, standardize=True, random_state=0):
    """Mean silhouette of the clusters that k-means finds in the codes.

    It asks whether the code falls into compact, separate clusters, not whether these agree with the labels:
    `labels` serve only to count the clusters. Larger is better. Use it beside a score that looks at the
    labels: a code that says little may well fall into tidy clusters.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        Codes.

    labels : array-like of shape (n_samples,), default=None
        Known classes. Their number is the number of clusters, unless `n_clusters` is given.

    n_clusters : int, default=None
        Number of clusters, 2 to n_samples - 1.

    standardize : bool, default=True
        Bring each latent variable to unit variance first, so that codes of different scale are compared
        fairly. This also enlarges variables that hardly vary; pass False for a code whose small variables are
        meant to count little.

    random_state : int, RandomState instance or None, default=0
        Seed of k-means (10 starts). The same number gives the same score.

    Returns
    -------
    score : float
        Mean silhouette, -1 to 1; nan if all codes are the same point.

    Raises
    ------
    ValueError
        If the number of clusters is unknown, below 2 or above n_samples - 1, or if labels are missing.

    Warns
    -----
    UndefinedMetricWarning
        If all codes are the same point.

    References
    ----------
    .. [1] P. J. Rousseeuw (1987). Silhouettes: a graphical aid to the interpretation and validation of
       cluster analysis. Journal of Computational and Applied Mathematics 20, 53-65.

    Examples
    --------
    >>> from skvae.metrics import kmeans_silhouette_score
    >>> Z = [[0.0], [0.1], [5.0], [5.1]]
    >>> round(kmeans_silhouette_score(Z, n_clusters=2), 2)
    0.98
    """
    Z = _check_codes(Z)
    n_clusters = _resolve_n_clusters(Z, labels, n_clusters, least=2, most=len(Z) - 1)
    Z = _varying(Z, standardize)
    if not Z.shape[1]:
        _warn_constant("The silhouette")
        return float("nan")
    clusters = KMeans(n_clusters, n_init=10, random_state=random_state).fit_predict(Z)
    return float(silhouette_score(Z, clusters))


@validate_params(_KMEANS_CONSTRAINTS, prefer_skip_nested_validation=True)
def kmeans_inertia_score(Z, labels=None, *, n_clusters=None, standardize=True, random_state=0):
    """Share of the codes' variance that k-means leaves within its clusters.

    The inertia of k-means over the inertia of a single cluster. Plain inertia grows with the scale of the
    code, the number of samples and the number of latent variables, and cannot be compared between models;
    this share can, though codes of more variables are harder to cluster. Smaller is better.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        Codes.

    labels : array-like of shape (n_samples,), default=None
        Known classes. Their number is the number of clusters, unless `n_clusters` is given.

    n_clusters : int, default=None
        Number of clusters, 1 to n_samples.

    standardize : bool, default=True
        Bring each latent variable to unit variance first. The share is then the inertia per sample and
        varying latent variable.

    random_state : int, RandomState instance or None, default=0
        Seed of k-means (10 starts). The same number gives the same score.

    Returns
    -------
    score : float
        Share of the variance, 0 to 1; nan if all codes are the same point.

    Raises
    ------
    ValueError
        If the number of clusters is unknown or above n_samples, or if labels are missing.

    Warns
    -----
    UndefinedMetricWarning
        If all codes are the same point.

    Examples
    --------
    >>> from skvae.metrics import kmeans_inertia_score
    >>> Z = [[0.0], [1.0], [9.0], [10.0]]
    >>> round(kmeans_inertia_score(Z, n_clusters=2), 3)
    0.012
    """
    Z = _check_codes(Z)
    n_clusters = _resolve_n_clusters(Z, labels, n_clusters, least=1, most=len(Z))
    Z = _varying(Z, standardize)
    if not Z.shape[1]:
        _warn_constant("The inertia")
        return float("nan")
    inertia = KMeans(n_clusters, n_init=10, random_state=random_state).fit(Z).inertia_
    return float(inertia / (Z.var(axis=0).sum() * len(Z)))


@validate_params(
    {
        "Z_train": ["array-like"],
        "y_train": ["array-like"],
        "Z_test": ["array-like"],
        "y_test": ["array-like"],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def nearest_neighbor_accuracy(Z_train, y_train, Z_test, y_test, *, n_neighbors=5):
    """Share of test codes that their nearest training codes label rightly.

    Parameters
    ----------
    Z_train : array-like of shape (n_train, n_components)
        Codes of the labelled samples, such as 100 of them.

    y_train : array-like of shape (n_train,)
        Their classes.

    Z_test : array-like of shape (n_test, n_components)
        Codes to label.

    y_test : array-like of shape (n_test,)
        Their true classes.

    n_neighbors : int, default=5
        Number of neighbours that vote, by Euclidean distance in the units of the code; at most `n_train` take
        part.

    Returns
    -------
    accuracy : float
        Share of test samples whose class wins the vote, 0 to 1.

    Raises
    ------
    ValueError
        If codes and classes differ in length, the codes in width, or if classes are missing or continuous.

    Examples
    --------
    >>> from skvae.metrics import nearest_neighbor_accuracy
    >>> Z_train, y_train = [[0.0], [1.0], [9.0], [10.0]], ["a", "a", "b", "b"]
    >>> nearest_neighbor_accuracy(Z_train, y_train, [[0.4], [2.0]], ["a", "b"], n_neighbors=1)
    0.5
    """
    Z_train, Z_test = _check_codes(Z_train, "Z_train"), _check_codes(Z_test, "Z_test")
    y_train, y_test = _check_labels(y_train, Z_train, "y_train"), _check_labels(y_test, Z_test, "y_test")
    voters = KNeighborsClassifier(n_neighbors=min(n_neighbors, len(Z_train))).fit(Z_train, y_train)
    return float(voters.score(Z_test, y_test))
