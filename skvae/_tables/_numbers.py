"""Cells as numbers."""

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from skvae._tables._columns import some

#: From the names of the transformations to their functions.
TRANSFORMS = {"none": None, "log2": np.log2, "exp2": np.exp2}

# Squares of larger values overflow.
_LARGEST = 1e150
_ADVICE = (
    "Say so if a column holds the labels (target, --target) or names the samples (index, --index); leave out those "
    "that are no features (drop, --drop); leave cells of missing values empty; write decimals with a point and "
    "thousands without a sign."
)


def as_numbers(frame, path, advice=_ADVICE):
    """Turn the features into float64, or name the columns that are something else, with advice."""
    if frame.shape[1] == 0:
        raise ValueError(f"{path} has no column of numbers left to learn from.")
    others = [name for name, dtype in frame.dtypes.items() if not is_numeric_dtype(dtype)]
    parsed = {name: _parsed(frame[name], path) for name in others}
    bad = [name for name in others if _not_numbers(frame[name], parsed[name]).any()]
    if bad:
        raise ValueError(_not_numbers_message(frame, bad, parsed, path) + " " + advice)
    X = frame.assign(**parsed).astype(np.dtype("float64"))  # by name, pandas would look it up for each column
    _check_finite(X, f"{path} holds too large or infinite values in")
    return X


def _parsed(cells, path):
    """Read cells as numbers, NaN where they are none."""
    try:
        numbers = pd.to_numeric(cells, errors="coerce")
    except OverflowError as error:  # whole numbers beyond any float
        raise ValueError(f"{path} holds too large or infinite values in {cells.name!r}.") from error
    # pandas 2 takes them for none.
    return numbers.mask(numbers.isna() & cells.astype(str).str.fullmatch(r"[+-]?\d+"), np.inf)


def _not_numbers(cells, parsed):
    """Mark the cells that hold something that is no number; a date is none, though pandas would count it."""
    dates = pd.api.types.is_datetime64_any_dtype(cells) or pd.api.types.is_timedelta64_dtype(cells)
    return cells.notna() & (parsed.isna() | dates)


def _not_numbers_message(frame, bad, parsed, path):
    """Say which columns are not numbers."""
    name = bad[0]
    example = frame[name][_not_numbers(frame[name], parsed[name])].iloc[0]
    return (
        f"{path}: {len(bad)} of {frame.shape[1]} columns hold something else than numbers: {some(bad)} "
        f"(such as {str(example)[:30]!r} in {name!r})."
    )


def transformed(X, transform):
    """Apply the transformation to every cell, unless it does not fit the values."""
    function = TRANSFORMS[transform]
    if function is None:
        return X
    if transform == "log2" and (X <= 0).any(axis=None):
        raise ValueError(_log2_message(X))
    with np.errstate(over="ignore"):
        X = function(X)
    _check_finite(X, f"{transform} overflows (are the values logarithms?) in")
    return X


def _log2_message(X):
    """Say where log2 fails, and what that tells about the values."""
    negative = (X < 0).any()
    if negative.any():
        hint = "The values may be logarithms already: then take none (transform, --transform none, log2=False)."
        return f"log2 needs positive values, but some are negative in {some(X.columns[negative])}. {hint}"
    zero = X.columns[(X == 0).any()]
    hint = "If zero means that nothing was measured, say so (zero_is_missing, --zero-is-missing)."
    return f"log2 needs positive values, but some are zero in {some(zero)}. {hint}"


def _check_finite(X, problem):
    """Raise if a value is infinite, or too large for a sum of squares, naming the columns."""
    infinite = X.columns[(np.abs(X.to_numpy()) > _LARGEST).any(axis=0)]
    if len(infinite):
        raise ValueError(f"{problem} {some(infinite)}.")
