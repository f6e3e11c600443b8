"""What inspection asks of a fitted transformer: codes and decoded values, with their names."""

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.utils import gen_batches

from skvae._compat import safe_indexing
from skvae._decoded import DecodedFeatures, decoded
from skvae._names import latent_names_or_numbers
from skvae._validation import check_table

# Decoded numbers held at a time: 64 MB of float64.
_NUMBERS_AT_A_TIME = 2**23
# A feature that varies by less of its mean does so by rounding.
_ROUNDING = 1e-10


@dataclass(frozen=True)
class CodedTable:
    """A table, its codes, and the way back.

    Attributes
    ----------
    estimator : fitted transformer or Pipeline
        Anything with ``transform`` and ``inverse_transform``.
    data : array-like or DataFrame of shape (n_samples, n_features)
        The columns of the table that the estimator decodes.
    Z : ndarray of shape (n_samples, n_components)
        Codes, in float64, so that NumPy decodes them in float64.
    latent_names, feature_names : list of str
        Names of the latent variables and of the decoded features.
    """

    estimator: Any
    data: Any
    Z: np.ndarray
    latent_names: list
    feature_names: list

    @classmethod
    def of(cls, estimator, X):
        """Encode a table."""
        for method in ("transform", "inverse_transform"):
            if not hasattr(estimator, method):
                raise TypeError(
                    f"{type(estimator).__name__} has no {method}: inspection needs a fitted transformer that encodes "
                    "and decodes, or a Pipeline all of whose steps do."
                )
        X = X if hasattr(X, "shape") else np.asarray(X)
        Z = check_table(estimator.transform(X), dtype=np.float64, input_name="The code")
        features = DecodedFeatures.of(estimator, decoded(estimator, Z[:1]).shape[1], X)
        return cls(estimator, features.part_of(X), Z, latent_names_or_numbers(estimator, Z.shape[1]), features.names)

    @cached_property
    def spread(self):
        """Mean and unbiased standard deviation of each feature, of the known values; 0 for a constant one."""
        parts = []
        # Of columns at a time: scikit-learn's running moments of rows never recover from a block without known values.
        for columns in gen_batches(len(self.feature_names), max(1, _NUMBERS_AT_A_TIME // len(self.Z))):
            values = _numbers(safe_indexing(self.data, [*range(columns.start, columns.stop)], axis=1))
            with warnings.catch_warnings():  # of columns with less than two known values
                warnings.simplefilter("ignore", RuntimeWarning)
                parts.append((np.nanmean(values, axis=0), np.nanstd(values, axis=0, ddof=1)))
        mean, deviation = np.concatenate(parts, axis=1)
        return mean, np.where(deviation > _ROUNDING * np.abs(mean), deviation, 0.0)

    def blocks(self):
        """Yield slices of rows whose decoded values fit into memory."""
        return gen_batches(len(self.Z), max(1, _NUMBERS_AT_A_TIME // len(self.feature_names)))

    def values(self, rows):
        """Return rows of the data in float64; NaN is a missing value."""
        return _numbers(safe_indexing(self.data, rows))

    def decoded(self, Z):
        """Decode codes."""
        return decoded(self.estimator, Z)


def standardized(values, deviation):
    """Divide by the features' standard deviations; a constant feature gets 0."""
    return np.divide(values, deviation, out=np.zeros_like(values), where=np.broadcast_to(deviation > 0, values.shape))


def _numbers(data):
    """Check a part of the data."""
    return check_table(data, dtype=np.float64, ensure_all_finite="allow-nan")
