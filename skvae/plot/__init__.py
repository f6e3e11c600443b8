"""Pictures, as scikit-learn displays: compute with ``from_...``, draw (again) with ``plot``."""

from skvae.plot._comparison import ComparisonDisplay
from skvae.plot._latent_grid import LatentGridDisplay
from skvae.plot._latent_space import LatentSpaceDisplay
from skvae.plot._loadings import LoadingsDisplay
from skvae.plot._loss_curve import LossCurveDisplay
from skvae.plot._reconstruction import ReconstructionDisplay
from skvae.plot._traversal import TraversalDisplay

__all__ = [
    "ComparisonDisplay",
    "LatentGridDisplay",
    "LatentSpaceDisplay",
    "LoadingsDisplay",
    "LossCurveDisplay",
    "ReconstructionDisplay",
    "TraversalDisplay",
]
