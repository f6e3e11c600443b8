"""The clusters that k-means finds in codes: what all scores of clusters share."""

import warnings
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.exceptions import UndefinedMetricWarning

from skvae._blas import one_thread
from skvae._compat import Interval
from skvae.metrics._codes import check_codes, check_labels, rounding_floor

KMEANS_CONSTRAINTS: dict = {
    "Z": ["array-like"],
    "labels": ["array-like", None],
    "n_clusters": [Interval(Integral, 1, None, closed="left"), None],
    "standardize": ["boolean"],
    "random_state": ["random_state"],
}


def checked_training_codes(Z, Z_train):
    """Check the codes on which k-means is fitted, by default those that are scored."""
    if Z_train is None:
        return Z
    Z_train = check_codes(Z_train, "Z_train")
    if Z_train.shape[1] != Z.shape[1]:
        raise ValueError(
            f"Z_train has {Z_train.shape[1]} latent variables, but Z has {Z.shape[1]}: pass codes of one model."
        )
    return Z_train


def resolve_n_clusters(Z, labels, n_clusters, *, least, most):
    """Find the number of clusters and check that the score is defined for it."""
    if labels is not None:
        labels = check_labels(labels, Z)
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


def comparable(Z, Z_train, standardize):
    """Leave out variables that are constant in training, which k-means cannot use; give the others unit variance."""
    varies = np.ptp(Z_train, axis=0) > rounding_floor(Z_train)
    Z, Z_train = Z[:, varies], Z_train[:, varies]
    if not standardize:
        return Z, Z_train
    mean, deviation = Z_train.mean(axis=0), Z_train.std(axis=0)
    return (Z - mean) / deviation, (Z_train - mean) / deviation


def fitted_kmeans(Z, n_clusters, random_state):
    """Fit k-means from 10 starts."""
    return KMeans(n_clusters, n_init=10, random_state=random_state).fit(Z)


def kmeans_clusters(Z, n_clusters, *, Z_train=None, standardize=True, random_state=0):
    """Give each code the cluster whose centre in the training codes is nearest.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_components)
    n_clusters : int
    Z_train : ndarray of shape (n_train, n_components), default=None
        Codes on which k-means is fitted; by default `Z`.
    standardize : bool, default=True
    random_state : int, RandomState or None, default=0

    Returns
    -------
    Z : ndarray of shape (n_samples, n_varying)
        The codes as k-means saw them.
    clusters : ndarray of int of shape (n_samples,)
        All 0 if no variable varies.
    """
    Z, Z_train = comparable(Z, Z if Z_train is None else Z_train, standardize)
    if not Z.shape[1]:
        return Z, np.zeros(len(Z), dtype=int)
    # Its short steps lose more by waiting for threads than they gain by them.
    with one_thread():
        return Z, fitted_kmeans(Z_train, n_clusters, random_state).predict(Z)


def warn_undefined(name, reason):
    """Warn that a score is nan."""
    warnings.warn(
        f"{name} is undefined and set to nan: {reason}",
        UndefinedMetricWarning,
        stacklevel=4,  # the caller of the score, beyond scikit-learn's validation wrapper
    )


COLLAPSED = "all codes are the same point. Has the posterior collapsed?"
