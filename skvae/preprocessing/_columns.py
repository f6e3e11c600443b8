"""What the steps have in common: columns, dense or sparse, and what is wrong with them."""

import numpy as np
from scipy import sparse
from sklearn.utils.sparsefuncs import min_max_axis

from skvae._validation import listed

FLOATS = (np.float64, np.float32)


def name_columns(estimator, mask):
    """Name the first few columns of `mask`, by their index where `estimator` saw no names."""
    return listed(getattr(estimator, "feature_names_in_", np.arange(mask.size))[mask].tolist())


def check_width(estimator, X, expected):
    """Refuse an array for `inverse_transform` that `transform` cannot have returned."""
    if X.shape[1] != expected:
        raise ValueError(
            f"{type(estimator).__name__}.inverse_transform expects {expected} columns, as transform returns "
            f"them, and got {X.shape[1]}."
        )


def extremes(X):
    """Minimum and maximum of each column without its NaN; NaN for a column that holds nothing else."""
    if sparse.issparse(X):
        return min_max_axis(X, axis=0, ignore_nan=True)
    return np.fmin.reduce(X, axis=0), np.fmax.reduce(X, axis=0)  # fmin, fmax: nanmin would warn of empty columns


def refuse_overflow(estimator, X, advice):
    """Raise if a result holds infinity, which no checked table does, naming such columns."""
    infinite = np.isinf(extremes(X)).any(axis=0)[: estimator.n_features_in_]
    if infinite.any():
        columns = name_columns(estimator, infinite)
        raise ValueError(f"{type(estimator).__name__} overflows {X.dtype} in column(s) {columns}: {advice}")


def spread_over_values(X, per_column):
    """Bring one value per column to the shape of the stored values of `X`."""
    if not sparse.issparse(X):
        return per_column
    columns = X.indices if X.format == "csr" else np.repeat(np.arange(X.shape[1]), np.diff(X.indptr))
    return per_column[columns]


def holds_nothing(X):
    """Tell which columns of `X`, dense or CSC, consist of NaN alone."""
    if not sparse.issparse(X):
        return np.isnan(X).all(axis=0)
    columns = spread_over_values(X, np.arange(X.shape[1]))
    return np.bincount(columns[np.isnan(X.data)], minlength=X.shape[1]) == X.shape[0]


def check_columns(state, types):
    """Raise if a fitted attribute is not an array with one value of its types for each feature; looks at no values."""
    n_features = state.get("n_features_in_")
    for name, kinds in types.items():
        shape, dtype = (getattr(state.get(name), what, None) for what in ("shape", "dtype"))
        if shape != (n_features,) or dtype is None or dtype.kind not in kinds:
            raise ValueError(
                f"{name} should be an array of shape ({n_features},), with a value for each of the n_features_in_ "
                f"features, and of a dtype of kind {kinds!r}. Its shape is {shape}, its dtype {dtype}."
            )
