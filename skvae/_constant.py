"""Columns that hold one value only."""

import numpy as np


def constant_columns(values):
    """Tell which columns hold one value only; those without any do not.

    Parameters
    ----------
    values : array of float of shape (n_samples, n_features)
        NaN is left out.

    Returns
    -------
    is_constant : ndarray of bool of shape (n_features,)

    Examples
    --------
    >>> import numpy as np
    >>> from skvae._constant import constant_columns
    >>> constant_columns(np.array([[1.0, 2.0, np.nan], [np.nan, 3.0, np.nan]]))
    array([ True, False, False])
    """
    return np.fmax.reduce(values, axis=0) == np.fmin.reduce(values, axis=0)
