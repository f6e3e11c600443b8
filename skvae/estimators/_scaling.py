"""Centring and scaling inside an estimator."""

from typing import NamedTuple

import numpy as np

from skvae.likelihoods import average


class Scaling(NamedTuple):
    """Subtract a mean and divide by one scale, as PCA centres, so that all data meet the networks alike.

    Attributes
    ----------
    mean : ndarray of shape (n_features,)
    scale : float
    """

    mean: np.ndarray
    scale: float

    @classmethod
    def of(cls, X, standardizes, sample_weight=None):
        """Learn mean and scale of the known values, or leave the data as they are.

        Raises
        ------
        ValueError
            If all values are missing, or too large to be squared.
        """
        if np.isnan(X).all():
            raise ValueError("X holds no value: every cell is NaN. Check how the table was read.")
        if not standardizes:
            return cls(np.zeros(X.shape[1]), 1.0)
        with np.errstate(over="ignore", invalid="ignore"):
            if np.isnan(X).any():
                mean = average(X, sample_weight)
                is_empty = np.isnan(X).all(axis=0)
                mean[is_empty] = mean[~is_empty].mean()  # nothing is known of them but that they are features too
                spread = np.square(X - mean)
                counts = np.isfinite(spread) * (1.0 if sample_weight is None else sample_weight[:, None])
                scale = float(np.sqrt(np.nansum(spread * counts) / counts.sum()))
            elif sample_weight is None:
                mean = X.mean(axis=0, dtype=np.float64)
                scale = float(np.sqrt(np.mean(np.square(X - mean))))
            else:
                mean = np.average(X, axis=0, weights=sample_weight)
                scale = float(np.sqrt(np.average(np.square(X - mean).mean(axis=1), weights=sample_weight)))
        if not np.isfinite(scale):
            raise ValueError("The values of X are too large: their variance overflows. Divide X by a constant first.")
        # Constant columns whose mean does not round exactly leave a spread of rounding errors.
        rounding = 10 * np.finfo(X.dtype).eps * np.nanmax(np.abs(X))
        return cls(mean, scale if scale > rounding else 1.0)

    @property
    def is_identity(self):
        """Tell whether nothing is changed."""
        return self.scale == 1.0 and not self.mean.any()

    def log_volume_of(self, X):
        """Nats by which the log-density of each row exceeds that of the data; missing values have no density."""
        missing = np.isnan(X)
        n_known = X.shape[1] - missing.sum(axis=1) if missing.any() else X.shape[1]
        return n_known * float(np.log(self.scale))

    def apply(self, X):
        """Centre and scale, in the type of the data."""
        if self.is_identity:
            return X
        with np.errstate(over="ignore"):  # what is too large is told later
            X = X - self.mean.astype(X.dtype, copy=False)
            scale = X.dtype.type(self.scale)
            if scale < np.finfo(X.dtype).tiny:  # the model was fitted on rows of more precision
                return (X / np.float64(self.scale)).astype(X.dtype)
            X /= scale
        return X

    def undo(self, X):
        """Bring standardised data back to the scale of the data."""
        if self.is_identity:
            return X
        return X * X.dtype.type(self.scale) + self.mean.astype(X.dtype, copy=False)
