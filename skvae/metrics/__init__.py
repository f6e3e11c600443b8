"""How good a code is: scores of latent arrays, tests against chance, and scorers for anything with ``transform``."""

from skvae.metrics._active_units import active_units
from skvae.metrics._agreement import kmeans_adjusted_rand_score, kmeans_normalized_mutual_info_score
from skvae.metrics._calibration import CalibratedScore
from skvae.metrics._centroids import centroid_distance_score, centroid_distance_test
from skvae.metrics._inertia import kmeans_inertia_score
from skvae.metrics._neighbors import nearest_neighbor_accuracy
from skvae.metrics._reconstruction import lost_variance, reconstruction_error
from skvae.metrics._scorers import (
    centroid_distance_scorer,
    make_latent_scorer,
    silhouette_scorer,
    trustworthiness_scorer,
)
from skvae.metrics._silhouette import kmeans_silhouette_score, kmeans_silhouette_test

__all__ = [
    "CalibratedScore",
    "active_units",
    "centroid_distance_score",
    "centroid_distance_scorer",
    "centroid_distance_test",
    "kmeans_adjusted_rand_score",
    "kmeans_inertia_score",
    "kmeans_normalized_mutual_info_score",
    "kmeans_silhouette_score",
    "kmeans_silhouette_test",
    "lost_variance",
    "make_latent_scorer",
    "nearest_neighbor_accuracy",
    "reconstruction_error",
    "silhouette_scorer",
    "trustworthiness_scorer",
]
