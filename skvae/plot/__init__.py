"""Pictures, as scikit-learn displays: compute with ``from_...``, draw (again) with ``plot``."""

from skvae.plot._comparison import ComparisonDisplay
from skvae.plot._latent_space import LatentSpaceDisplay

__all__ = ["ComparisonDisplay", "LatentSpaceDisplay"]
