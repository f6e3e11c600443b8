"""Weights of rows."""

import numpy as np

from skvae._compat import check_sample_weight, safe_indexing
from skvae._validation import refuse_masked

# Weights beyond this, or below its inverse, beside 1 are not those of float32.
_MOST = 1e30


def counted(X, sample_weight, at_least):
    """Check weights, and leave out rows of weight 0."""
    if sample_weight is None:
        return X, None
    sample_weight = checked_weights(sample_weight, X)
    if at_least > 1:  # only proportions count in fit
        sample_weight = of_order_one(sample_weight)
    elif sample_weight.max() > _MOST:
        raise ValueError(f"sample_weight reaches {sample_weight.max():.3g}: beside 1, at most 1e30 can be counted.")
    counts = np.flatnonzero(sample_weight > 1 / _MOST)
    if len(counts) < at_least:
        raise ValueError(f"sample_weight leaves {len(counts)} row(s) of a weight above 0, but {at_least} are needed.")
    return safe_indexing(X, counts), sample_weight[counts]


def checked_weights(sample_weight, X):
    """Check the weights of rows."""
    refuse_masked(sample_weight, "sample_weight", "Give such rows the weight 0.")
    return check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)


def of_order_one(sample_weight):
    """Scale weights by a power of two, which changes no digit: sums of them neither overflow nor lose digits."""
    return np.ldexp(sample_weight, -np.frexp(sample_weight.max())[1])


def average_of(values, sample_weight):
    """Average one value for all rows, or one for each."""
    return float(values if np.ndim(values) == 0 else np.average(values, weights=sample_weight))
