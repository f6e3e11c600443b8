"""Traversals: what is decoded while one latent variable moves."""

from numbers import Integral

import numpy as np
import pandas as pd

from skvae._compat import Interval, StrOptions, validate_params
from skvae._validation import check_table
from skvae.inspection._codes import CodedTable, standardized

# The share of the codes that lie below the first default step, and above the last.
_TAIL = 0.025


@validate_params(
    {
        "X": ["array-like"],
        "component": [Integral, str],
        "values": ["array-like", None],
        "n_steps": [Interval(Integral, 2, None, closed="left")],
        "at": [Integral, None],
        "scale": [StrOptions({"raw", "standardized"})],
    },
    prefer_skip_nested_validation=True,
)
def latent_traversal(estimator, X, component, *, values=None, n_steps=7, at=None, scale="raw"):
    """Decode while one latent variable moves and the others stay.

    Parameters
    ----------
    estimator : fitted transformer or Pipeline
        Anything with ``transform`` and ``inverse_transform``. Covariates of a VAE are decoded at their usual shares.
    X : array-like of shape (n_samples, n_features)
        Samples, whose codes say where to begin and how far to go.
    component : int or str
        The latent variable that moves: its position or its name.
    values : array-like of shape (n_steps,), default=None
        The values it takes. None spreads `n_steps` evenly over the middle 95 % of its codes, where the
        decoder has seen data.
    n_steps : int, default=7
        Number of steps, where `values` does not give them.
    at : int, default=None
        Position of the row of `X` whose code the other latent variables keep. None keeps them at the mean code.
    scale : {"raw", "standardized"}, default="raw"
        Unit of the decoded data: their own, or standard deviations of the feature in `X`, from its mean.

    Returns
    -------
    traversal : DataFrame of shape (n_steps, n_features)
        Decoded data. The index holds the values of the latent variable and bears its name.

    Raises
    ------
    TypeError
        If the estimator does not encode and decode.
    ValueError
        If there is no such latent variable or row, or `values` are not finite numbers in one dimension.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.inspection import latent_traversal
    >>> X = load_iris(as_frame=True).data
    >>> latent_traversal(PCA(2).fit(X), X, "pca0", values=[-3, 0, 3]).iloc[:, 2:].round(1)
          petal length (cm)  petal width (cm)
    pca0
    -3                  1.2               0.1
     0                  3.8               1.2
     3                  6.3               2.3
    """
    table = CodedTable.of(estimator, X)
    j = _position(component, table.latent_names)
    values = _steps(table.Z[:, j], n_steps) if values is None else _checked_values(values)
    codes = np.tile(_start(table.Z, at), (len(values), 1))
    codes[:, j] = values
    decoded = table.decoded(codes)
    if scale == "standardized":
        mean, deviation = table.spread
        decoded = standardized(decoded - mean, deviation)
    index = pd.Index(values, name=table.latent_names[j])
    return pd.DataFrame(decoded, index=index, columns=table.feature_names)


def _position(component, names):
    """Find a latent variable by its position or name."""
    # True would count as position 1.
    if component in names and not isinstance(component, bool):
        return names.index(component)
    if isinstance(component, str | bool) or not 0 <= component < len(names):
        raise ValueError(
            f"component={component!r} is none of the {len(names)} latent variables, {names[0]!r} to {names[-1]!r}: "
            f"give a name, or a position from 0 to {len(names) - 1}."
        )
    return component


def _steps(z, n_steps):
    """Spread steps over the middle of the codes."""
    first, last = np.quantile(z, [_TAIL, 1 - _TAIL])
    return np.linspace(first, last, n_steps)


def _checked_values(values):
    """Check the values that a latent variable is to take."""
    checked = check_table(values, ensure_2d=False, input_name="values")
    if checked.ndim != 1:
        raise ValueError(f"values must be in one dimension, but have the shape {checked.shape}.")
    return checked


def _start(Z, at):
    """Return the code that the other latent variables keep."""
    if at is None:
        return Z.mean(axis=0)
    if isinstance(at, bool) or not 0 <= at < len(Z):
        raise ValueError(f"at={at} is no row of X: give a position from 0 to {len(Z) - 1}.")
    return Z[at]
