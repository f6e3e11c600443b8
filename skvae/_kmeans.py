"""The clusters that k-means finds in codes, and how exact the numbers of codes are."""

import numpy as np
from sklearn.cluster import KMeans

from skvae._blas import one_thread


def rounding_floor(Z):
    """Magnitude below which a difference within a latent variable is rounding error, one per variable."""
    return 10 * np.finfo(Z.dtype).eps * np.abs(Z).max(axis=0)


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
