"""Intensities and counts before a logarithm, and how they are told from what needs none."""

import warnings
from typing import NamedTuple

import numpy as np

# They reach over so many fold: from the 1st to the 99th percentile of all positive values, and from the 5th to the 95th
# of the usual feature. Tables of few features mostly mix units, and reach as far.
FOLD_OF_TABLE, FOLD_OF_FEATURE, FEWEST_FEATURES = 1000.0, 2.0, 100
# Values as large as no logarithm, and no pixel of 8 bits, need less.
LARGE, FOLD_OF_LARGE = 1000.0, 100.0


class RawReach(NamedTuple):
    """How far raw values reach: the 1st and 99th percentile of the positive ones, and the fold of a usual feature."""

    low: float
    high: float
    fold: float


def raw_reach(values):
    """Measure how far values reach that look like intensities or counts before a logarithm.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_features)
        NaN is left out.

    Returns
    -------
    reach : RawReach or None
        None if they do not look so: if one is negative, if they reach over less than 1000-fold (100-fold if the large
        ones are above 1000), or those of the usual feature over less than 2-fold, and in tables of less than 100
        features.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae._raw import raw_reach
    >>> logarithms = np.random.default_rng(0).normal(20, 3, size=(20, 100))
    >>> raw_reach(logarithms) is None, raw_reach(2**logarithms) is None
    (True, False)
    """
    if values.shape[1] < FEWEST_FEATURES:
        return None
    positive = np.where(values > 0, values, np.nan)
    if np.isnan(positive).all() or np.nanmin(values) < 0:
        return None
    with warnings.catch_warnings():  # of features without a positive value
        warnings.simplefilter("ignore", RuntimeWarning)
        low, high = np.nanquantile(positive, [0.01, 0.99])
        fold = np.nanmedian(np.divide(*np.nanquantile(positive, [0.95, 0.05], axis=0)))
    enough = FOLD_OF_LARGE if high >= LARGE else FOLD_OF_TABLE
    is_raw = high >= enough * low and fold >= FOLD_OF_FEATURE
    return RawReach(float(low), float(high), float(fold)) if is_raw else None
