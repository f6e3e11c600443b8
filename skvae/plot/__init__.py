"""Pictures, as scikit-learn displays: compute with ``from_...``, draw (again) with ``plot``."""

from skvae.plot._comparison import ComparisonDisplay
from skvae.plot._latent_space import LatentSpaceDisplay
from skvae.plot._search import SearchDisplay

__all__ = ["ComparisonDisplay", "LatentSpaceDisplay", "SearchDisplay"]
