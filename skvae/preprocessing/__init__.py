"""Steps before a model: columns divided by their maximum, missing values replaced by the mean."""

from skvae.preprocessing._max_normalizer import MaxNormalizer
from skvae.preprocessing._mean_imputer import MeanImputer

__all__ = ["MaxNormalizer", "MeanImputer"]
