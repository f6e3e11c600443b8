"""A feature of a table, by its name or position, and its values."""

from difflib import get_close_matches

import numpy as np
import pandas as pd
from scipy import sparse

from skvae._compat import column_names, safe_indexing
from skvae._levels import levels_of
from skvae._validation import listed


def position_of(feature, names):
    """Return the position of a feature that is given by name or position.

    Parameters
    ----------
    feature : str or int
    names : list of str

    Returns
    -------
    position : int

    Raises
    ------
    ValueError
        If there is none; of names it tells the nearest.

    Examples
    --------
    >>> from skvae.plot._columns import position_of
    >>> position_of("P53", ["AKT1", "P53"])
    1
    """
    if isinstance(feature, str):
        if feature not in names:
            close = get_close_matches(feature, names)
            hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
            raise ValueError(f"{feature!r} is none of the {len(names)} features, such as {listed(names, 3)}.{hint}")
        return names.index(feature)
    if not 0 <= feature < len(names):
        raise ValueError(f"feature={feature} is no position among {len(names)} features, counted from 0.")
    return int(feature)


def column_of(X, feature, estimator):
    """Return the name and the values of a feature of a table.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
    feature : str or int
        Its name, in the table or else in that of the fit, or its position.
    estimator : estimator
        Asked for names that the table lacks.

    Returns
    -------
    name : str
    values : ndarray or Categorical of shape (n_samples,)
        In float64, if they are numbers; levels that have an order keep it.

    Raises
    ------
    ValueError
        If there is no such feature.
    """
    X = X if hasattr(X, "shape") else np.asarray(X, dtype=object)  # levels of covariates may be words
    names = column_names(X)
    names = getattr(estimator, "feature_names_in_", None) if names is None else names
    names = [f"x{i}" for i in range(X.shape[1])] if names is None else list(names)
    i = position_of(feature, names)
    column = safe_indexing(X, i, axis=1)
    if levels_of(column) is not None:
        return names[i], pd.Categorical(column)
    column = np.asarray(column.todense() if sparse.issparse(column) else column).ravel()
    return names[i], _as_numbers(column)


def _as_numbers(column):
    """Turn values into floats, unless some are words, or they are levels of truth."""
    if column.dtype == bool or any(isinstance(value, str | bool) for value in column.tolist()):
        return column
    return np.where(pd.isna(column), np.nan, column).astype(np.float64)
