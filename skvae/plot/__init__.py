"""Pictures, as scikit-learn displays: compute with ``from_...``, draw (again) with ``plot``."""

from skvae.plot._comparison import ComparisonDisplay
from skvae.plot._latent_space import LatentSpaceDisplay
from skvae.plot._loadings import LoadingsDisplay
from skvae.plot._traversal import TraversalDisplay

__all__ = ["ComparisonDisplay", "LatentSpaceDisplay", "LoadingsDisplay", "TraversalDisplay"]
