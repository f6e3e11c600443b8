"""How well a table is given back by its code."""

import warnings

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning

from skvae._compat import validate_params
from skvae._validation import check_table


def _check_same_shape(X, X_reconstructed):
    """Refuse tables that do not match cell by cell."""
    if X.shape != X_reconstructed.shape:
        raise ValueError(
            f"X_reconstructed has shape {X_reconstructed.shape}, but X has {X.shape}: each cell of X "
            "needs its reconstruction. Compare X as the model saw it, after the same preprocessing."
        )


def _check_baseline(baseline, n_features):
    """Check one value per feature."""
    baseline = check_table(baseline, dtype=np.float64, ensure_2d=False, input_name="baseline")
    if baseline.shape != (n_features,):
        raise ValueError(
            f"baseline has shape {baseline.shape}, but needs one value for each of the {n_features} "
            "features: X_train.mean(axis=0)."
        )
    return baseline


@validate_params(
    {"X": ["array-like"], "X_reconstructed": ["array-like"], "baseline": ["array-like", None]},
    prefer_skip_nested_validation=True,
)
def reconstruction_error(X, X_reconstructed, *, baseline=None):
    """Mean squared error of a reconstruction, or its share of the variance left unexplained.

    Smaller is better.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The table; cells that are NaN are left out.

    X_reconstructed : array-like of shape (n_samples, n_features)
        Its reconstruction, such as ``model.inverse_transform(model.transform(X))``.

    baseline : array-like of shape (n_features,), default=None
        Mean of the training table. If given, the squared error is divided by that of this constant
        reconstruction.

    Returns
    -------
    error : float
        Without `baseline`, the squared error averaged over cells, in squared units of `X`. With `baseline`,
        the unexplained share: 0 is perfect, 1 as good as the mean, more is worse; nan if the baseline is
        perfect.

    Raises
    ------
    ValueError
        If shapes differ, if `X_reconstructed` or `baseline` has NaN, or if all of `X` is NaN.

    Warns
    -----
    UndefinedMetricWarning
        If the baseline has no error, so that nothing is left to explain.

    Examples
    --------
    >>> from skvae.metrics import reconstruction_error
    >>> X, X_reconstructed = [[1.0, 2.0], [3.0, 6.0]], [[1.0, 3.0], [3.0, 5.0]]
    >>> reconstruction_error(X, X_reconstructed)
    0.5
    >>> reconstruction_error(X, X_reconstructed, baseline=[2.0, 4.0])
    0.2
    """
    X = check_table(X, dtype=np.float64, ensure_all_finite="allow-nan", input_name="X")
    X_reconstructed = check_table(X_reconstructed, dtype=np.float64, input_name="X_reconstructed")
    _check_same_shape(X, X_reconstructed)
    observed = ~np.isnan(X)
    if not observed.any():
        raise ValueError("Every cell of X is NaN: there is nothing to compare with X_reconstructed.")
    error = np.mean((X - X_reconstructed)[observed] ** 2)
    if baseline is None:
        return float(error)
    return _share_of_baseline(error, (X - _check_baseline(baseline, X.shape[1]))[observed])


def _share_of_baseline(error, deviations):
    """Divide the mean squared error by that of the baseline."""
    total = np.mean(deviations**2)
    if total == 0:
        warnings.warn(
            "The unexplained share is undefined and set to nan: X equals the baseline in every cell.",
            UndefinedMetricWarning,
            stacklevel=4,  # the caller of the score, beyond scikit-learn's validation wrapper
        )
        return float("nan")
    return float(error / total)


@validate_params({"X": ["array-like"], "X_reconstructed": ["array-like"]}, prefer_skip_nested_validation=True)
def lost_variance(X, X_reconstructed):
    """Share of its variance that each feature loses in a reconstruction, 1 - R².

    The squared error of a feature as a share of the squared distance from its mean in `X`. Smaller is better.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The table; cells that are NaN are left out.

    X_reconstructed : array-like of shape (n_samples, n_features)
        Its reconstruction, such as ``model.inverse_transform(model.transform(X))``.

    Returns
    -------
    shares : ndarray of shape (n_features,)
        0 is perfect, 1 as good as the mean, more is worse, up to infinity; nan for a feature that does not vary among
        the known cells, or whose reconstruction is not finite in some row.

    Raises
    ------
    ValueError
        If shapes differ, or `X` is infinite somewhere.

    See Also
    --------
    reconstruction_error : One number for all features; with `baseline` also for rows that the mean is not of.
    skvae.plot.ReconstructionDisplay : Draws the features that lose most and least.

    Examples
    --------
    >>> from skvae.metrics import lost_variance
    >>> lost_variance([[1.0, 5.0], [3.0, 5.0]], [[2.0, 5.0], [3.0, 5.0]])
    array([0.5, nan])
    """
    X = check_table(X, dtype=np.float64, ensure_all_finite="allow-nan", input_name="X")
    X_reconstructed = check_table(
        X_reconstructed, dtype=np.float64, ensure_all_finite=False, input_name="X_reconstructed"
    )
    _check_same_shape(X, X_reconstructed)
    low, high = np.fmin.reduce(X, axis=0), np.fmax.reduce(X, axis=0)
    # A constant feature differs from its mean by rounding.
    known = (high > low) & np.isfinite(X_reconstructed).all(axis=0)
    shares = np.full(X.shape[1], np.nan)
    shares[known] = _lost_shares(X[:, known], X_reconstructed[:, known], low[known], high[known])
    return shares


def _lost_shares(X, X_reconstructed, low, high):
    """Divide the squared errors of features that vary, from low to high, by their squared distances from the mean."""
    # Squares of very large or small numbers are no floats; a power of two for each feature changes no digit.
    exponent = np.frexp(np.maximum(np.abs(low), np.abs(high)))[1]
    with np.errstate(over="ignore"):  # errors too large beside the feature itself are infinite
        X, X_reconstructed, low = (np.ldexp(values, -exponent) for values in (X, X_reconstructed, low))
        error = np.nansum(np.square(X - X_reconstructed), axis=0)
    above = X - low
    return error / np.nansum(np.square(above - np.nanmean(above, axis=0)), axis=0)
