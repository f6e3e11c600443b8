"""How good a code is: scores of latent arrays, and scorers for anything with ``transform``."""

from skvae.metrics._latent import (
    centroid_distance_score,
    kmeans_inertia_score,
    kmeans_silhouette_score,
    nearest_neighbor_accuracy,
)
from skvae.metrics._reconstruction import reconstruction_error
from skvae.metrics._scorers import centroid_distance_scorer, make_latent_scorer, silhouette_scorer

__all__ = [
    "centroid_distance_score",
    "centroid_distance_scorer",
    "kmeans_inertia_score",
    "kmeans_silhouette_score",
    "make_latent_scorer",
    "nearest_neighbor_accuracy",
    "reconstruction_error",
    "silhouette_scorer",
]
