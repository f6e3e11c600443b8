"""How far apart groups of codes lie."""

import numpy as np
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier

from skvae.metrics import centroid_distance_score, centroid_distance_test

#: Share of the replicates in which something must hold to be called reproducible: 9 of 10.
MOST = 0.9
#: Groups are called apart if the nearest neighbours of a code tell its group so often.
APART = 0.9
#: p-values up to here count as separation.
SIGNIFICANT = 0.05
N_NEIGHBORS = 3
_N_PERMUTATIONS = 199


def separation(Z, y, seed):
    """Measure how far the groups are apart.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
    y : array-like of shape (n_samples,)
    seed : int
        Of the permutations.

    Returns
    -------
    measures : dict of str to float
        ``centroid_distance`` in units of the code, ``pooled_distance`` in standard deviations within the groups,
        ``p_value`` of the latter by 199 permutations of the labels, and ``neighbor_accuracy``: how often the 3 nearest
        other codes tell the group, averaged over the groups.
    """
    pooled = centroid_distance_test(Z, y, n_permutations=_N_PERMUTATIONS, random_state=seed)
    return {
        "centroid_distance": centroid_distance_score(Z, y),
        "pooled_distance": pooled.statistic,
        "p_value": pooled.p_value,
        "neighbor_accuracy": neighbor_accuracy(Z, y),
    }


def neighbor_accuracy(Z, y):
    """Tell how often the nearest other codes know the label, averaged over the labels; half for two by chance."""
    # Asked about no sample in particular, it leaves each out of its own neighbours.
    called = KNeighborsClassifier(min(N_NEIGHBORS, len(Z) - 1)).fit(Z, y).predict(None)
    return float(balanced_accuracy_score(y, called))


def is_apart(table):
    """Mark the rows whose groups are apart."""
    return table["neighbor_accuracy"] >= APART


def in_most(flags):
    """Tell whether something holds in most of the replicates."""
    return bool(np.mean(flags) >= MOST)


def counted(flags):
    """Write in how many of the replicates something holds."""
    return f"{int(np.sum(flags))} of {len(flags)}"
