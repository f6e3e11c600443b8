"""What a comparison measures on one split, and which way of each measure is better."""

import warnings
from typing import NamedTuple

import numpy as np
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score

from skvae._kmeans import kmeans_clusters
from skvae._trustworthiness import gappy_trustworthiness
from skvae.metrics import (
    active_units,
    centroid_distance_score,
    kmeans_inertia_score,
    kmeans_silhouette_score,
    nearest_neighbor_accuracy,
    reconstruction_error,
)


class Measure(NamedTuple):
    """How a measure of a comparison is shown and judged.

    What :attr:`TransformerComparison.measures` holds.

    Parameters
    ----------
    heading : str
        Its name in words, with its unit where it has one.
    better : {"lower", "higher", ""}
        Which way is better; empty for a measure that only describes.
    judged : bool
        Whether it has a part in ranking and verdict: one measure for each question, and no seconds.
    of_scored_rows : bool, default=False
        Whether it is one of clusters and centroids, which are measured on the `scored_rows` of the comparison.

    See Also
    --------
    TransformerComparison : Maps the names of its measures to them.

    Examples
    --------
    >>> from skvae.model_selection import Measure
    >>> Measure("reconstruction error", better="lower", judged=True)
    Measure(heading='reconstruction error', better='lower', judged=True, of_scored_rows=False)
    """

    heading: str
    better: str
    judged: bool
    of_scored_rows: bool = False


# In the order of the printed table; measures of the user's own come before the seconds.
MEASURES = {
    "reconstruction_error": Measure("reconstruction error", "lower", True),
    "log_likelihood": Measure("log-likelihood (nats)", "higher", True),
    "trustworthiness": Measure("trustworthiness", "higher", True),
    "kmeans_inertia": Measure("k-means inertia", "lower", False, True),
    "silhouette": Measure("k-means silhouette", "higher", False, True),
    "held_out_silhouette": Measure("held-out silhouette", "higher", True),
    "adjusted_rand": Measure("adjusted Rand index", "higher", True, True),
    "normalized_mutual_info": Measure("normalised mutual information", "higher", False, True),
    "centroid_distance": Measure("centroid distance", "higher", True, True),
    "nearest_neighbor_accuracy": Measure("nearest-neighbour accuracy", "higher", True),
    "active_units": Measure("active units", "", False),
}
SECONDS = {
    "fit_seconds": Measure("seconds to fit", "lower", False),
    "transform_seconds": Measure("seconds to transform", "lower", False),
}
_NEIGHBORS = 5
# Trustworthiness sorts a matrix of all pairs.
_MOST_ROWS_OF_PAIRS = 2000


class Units(NamedTuple):
    """Mean and spread of the training rows, for the features that vary among them."""

    varies: np.ndarray
    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, train):
        """Find them, leaving out missing values."""
        with warnings.catch_warnings():  # a column without any value among the training rows has NaN for both
            warnings.simplefilter("ignore", RuntimeWarning)
            mean, spread = np.nanmean(train, axis=0), np.nanstd(train, axis=0)
        varies = spread > 1e-10 * np.abs(mean)
        return cls(varies, mean[varies], spread[varies])

    def express(self, values):
        """Bring rows to these units."""
        return (np.asarray(values, dtype=float)[:, self.varies] - self.mean) / self.spread


def share_of_lost_variance(truth, rebuilt):
    """Measure the share of variance that decoding does not give back; both tables in training units."""
    return reconstruction_error(truth, rebuilt, baseline=np.zeros(truth.shape[1])) if truth.shape[1] else np.nan


def neighborhood_measures(X_test, Z_test, seed):
    """Measure whether neighbours in the code are neighbours in the table, which is given in training units."""
    known = ~np.isnan(X_test).all(axis=1)
    X_test, Z_test = X_test[known], Z_test[known]
    n_neighbors = min(_NEIGHBORS, (len(Z_test) - 1) // 2)
    if n_neighbors < 1 or not X_test.shape[1]:
        return {}
    if len(Z_test) > _MOST_ROWS_OF_PAIRS:
        rows = np.random.RandomState(seed).choice(len(Z_test), _MOST_ROWS_OF_PAIRS, replace=False)
        X_test, Z_test = X_test[rows], Z_test[rows]
    return {"trustworthiness": gappy_trustworthiness(X_test, Z_test, n_neighbors)}


def code_measures(Z, y, n_clusters, split, seed, on_all_rows):
    """Measure how well codes fall into clusters, and how well they tell the labels."""
    train, test = split
    rows = np.arange(len(Z)) if on_all_rows else test
    options = {"n_clusters": n_clusters, "random_state": seed}
    measures = {
        "kmeans_inertia": kmeans_inertia_score(Z[rows], **options),
        "silhouette": kmeans_silhouette_score(Z[rows], **options),
        "active_units": active_units(Z),
    }
    if n_clusters <= len(train):
        measures |= _measures_of_training_clusters(Z, y, split, rows, options)
    if y is not None:
        measures["centroid_distance"] = centroid_distance_score(Z[rows], y[rows], scale="pooled")
        accuracy = nearest_neighbor_accuracy(Z[train], y[train], Z[test], y[test], n_neighbors=_NEIGHBORS)
        measures["nearest_neighbor_accuracy"] = accuracy
    return measures


def _measures_of_training_clusters(Z, y, split, rows, options):
    """Measure whether clusters of the training codes hold for other rows, and whether they are the labels."""
    train, test = split
    Z, clusters = kmeans_clusters(Z, Z_train=Z[train], **options)
    measures = {"held_out_silhouette": np.nan}
    if Z.shape[1] and 2 <= len(np.unique(clusters[test])) < len(test):
        measures["held_out_silhouette"] = float(silhouette_score(Z[test], clusters[test]))
    if y is not None:
        measures["adjusted_rand"] = float(adjusted_rand_score(y[rows], clusters[rows]))
        measures["normalized_mutual_info"] = float(normalized_mutual_info_score(y[rows], clusters[rows]))
    return measures
