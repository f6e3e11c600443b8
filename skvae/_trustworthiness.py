"""Whether neighbours in codes are neighbours in the table, also where values are missing."""

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.metrics.pairwise import nan_euclidean_distances


def gappy_trustworthiness(X, Z, n_neighbors):
    """Score codes by scikit-learn's trustworthiness, of the Euclidean distances of what is known.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        NaN is a missing value: distances are scaled up to all features. Rows without any value have no neighbours and
        are left out; two rows without a feature that both have are as far apart as the farthest.
    Z : array-like of shape (n_samples, n_components)
    n_neighbors : int

    Returns
    -------
    score : float
        0 to 1.
    """
    known = ~np.isnan(X).all(axis=1)
    distances = nan_euclidean_distances(X[known])
    # scikit-learn would sort NaN behind the infinite distance of each row to itself, which it counts on being last.
    distances = np.where(np.isnan(distances), np.nanmax(distances, initial=0), distances)
    return float(trustworthiness(distances, np.asarray(Z)[known], n_neighbors=n_neighbors, metric="precomputed"))
