"""The numbers of a table that is to be drawn, and the names of their columns."""

from difflib import get_close_matches

import numpy as np

from skvae._compat import column_names, safe_indexing
from skvae._validation import check_table, listed


def numbers_of(X, estimator):
    """Return the data of a table, without the covariates of the estimator, and the names of their columns.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        NaN where data are missing.
    estimator : estimator
        One with ``covariate_columns_``, or any other.

    Returns
    -------
    values : ndarray of shape (n_samples, n_data)
    names : list of str
        ``x0``, ``x1``, ... where the table names none, as scikit-learn does.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from skvae.plot._tables import numbers_of
    >>> numbers_of([[1, 2], [3, 4]], PCA())
    (array([[1., 2.],
           [3., 4.]]), ['x0', 'x1'])
    """
    names = column_names(X)
    covariates = getattr(estimator, "covariate_columns_", None)
    if covariates is not None:
        X = X if hasattr(X, "shape") else np.asarray(X, dtype=object)
        kept = np.delete(np.arange(X.shape[1]), covariates)
        X, names = safe_indexing(X, kept, axis=1), None if names is None else names[kept]
    values = check_table(X, dtype=np.float64, ensure_all_finite="allow-nan", input_name="X")
    return values, default_names(values.shape[1]) if names is None else list(names)


def feature_names_of(estimator, n_data):
    """List the names of the columns that an estimator decodes to; ``x0``, ``x1``, ... where it has seen none.

    Parameters
    ----------
    estimator : fitted estimator
    n_data : int
        Number of columns.

    Returns
    -------
    names : list of str
    """
    names = getattr(estimator, "feature_names_in_", None)
    if names is not None:
        names = np.delete(names, getattr(estimator, "covariate_columns_", []))
    return default_names(n_data) if names is None or len(names) != n_data else names.tolist()


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
        If there is no such feature.

    Examples
    --------
    >>> from skvae.plot._tables import position_of
    >>> position_of("P2", ["P1", "P2"])
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


def decoded(estimator, Z):
    """Decode, or raise a TypeError that says that it cannot."""
    if not hasattr(estimator, "inverse_transform"):
        raise TypeError(f"{type(estimator).__name__} has no inverse_transform, by which codes are decoded.")
    return check_table(estimator.inverse_transform(Z), dtype=np.float64, input_name="what was decoded")


def reconstructed(estimator, X):
    """Encode and decode a table; a model that can reconstruct knows more of its rows than their codes.

    Parameters
    ----------
    estimator : fitted transformer or Pipeline
    X : array-like of shape (n_samples, n_features)

    Returns
    -------
    X_reconstructed : ndarray of shape (n_samples, n_data)
    """
    if hasattr(estimator, "reconstruct"):
        return np.asarray(estimator.reconstruct(X), dtype=np.float64)
    return decoded(estimator, estimator.transform(X))


def default_names(n_data):
    """Name columns as scikit-learn does.

    Examples
    --------
    >>> from skvae.plot._tables import default_names
    >>> default_names(2)
    ['x0', 'x1']
    """
    return [f"x{i}" for i in range(n_data)]
