"""What the latent variables of any fitted transformer mean, and how stable they are."""

from skvae.inspection._agreement import LatentStability
from skvae.inspection._alignment import align_codes
from skvae.inspection._contrast import group_contrast
from skvae.inspection._loadings import loadings, top_features
from skvae.inspection._stability import latent_stability
from skvae.inspection._traversal import latent_traversal

__all__ = [
    "LatentStability",
    "align_codes",
    "group_contrast",
    "latent_stability",
    "latent_traversal",
    "loadings",
    "top_features",
]
