"""Decimal commas: only the features themselves tell that a table has them, and as long as its cells are text."""

import re
import warnings

import pandas as pd
from pandas.api.types import is_numeric_dtype

from skvae._tables._columns import some
from skvae._tables._files import read_file

_COMMA = r"\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*"
_THOUSANDS = r"\s*[+-]?[1-9]\d{0,2}(?:,\d{3})+\s*"
# Decimal points, and points between thousands.
_POINT = r"\s*[+-]?\d*(?:\.\d+)+(?:,\d*)?(?:[eE][+-]?\d+)?\s*"
# A column is one of numbers if at least this share of its cells are some: others may be stray text, to be named.
_MOSTLY = 0.5


def share_of_numbers(cells):
    """Return which share of the cells, but for missing ones, reads as numbers, be it with decimal commas."""
    if is_numeric_dtype(cells):
        return 1.0
    cells = cells.dropna()
    if cells.empty:
        return 0.0
    others = cells[~_have_comma(cells)]
    return 1 - float(pd.to_numeric(others, errors="coerce").isna().sum()) / len(cells)


def with_decimal_commas(X, path, change=None):
    """Read features again with the comma as decimal sign, if one of their columns shows that it is.

    Parameters
    ----------
    X : DataFrame
        Features as read with the point as decimal sign: text where they have commas.
    path : Path
        The file.
    change : callable, default=None
        What was done to the file's table before the features were taken of its columns, if anything.

    Returns
    -------
    DataFrame
        X itself if nothing shows that commas are decimal: that they may part thousands is no sign.

    Raises
    ------
    ValueError
        If cells have points as well: these may part thousands, and 10.000 would be read as 10.
    """
    texts = [name for name, dtype in X.dtypes.items() if not is_numeric_dtype(dtype)]
    shown = next(((name, cell) for name in texts if (cell := _decimal_comma(X[name])) is not None), None)
    if shown is None:
        return X
    _warn_of_thousands(X[texts], shown, path)
    table = read_file(path, decimal=",").rename(columns=str)
    again = (table if change is None else change(table))[X.columns].set_axis(X.index)
    rest = [name for name, dtype in again.dtypes.items() if not is_numeric_dtype(dtype)]
    _refuse_points(again[rest], shown, path)
    return again.assign(**{name: _pointed(again[name]) for name in rest})


def _decimal_comma(cells):
    """Return the first cell of a column of numbers with a comma that cannot part thousands; None if there is none."""
    found = _first(cells, _COMMA, but=_THOUSANDS)
    return found if found is not None and share_of_numbers(cells) >= _MOSTLY else None


def _first(cells, pattern, but=None):
    """Return the first text that fits a pattern, but not another one; None if there is none."""
    texts = cells.dropna().astype(str)  # one by one, for it is often the first
    return next((text for text in texts if re.fullmatch(pattern, text) and not (but and re.fullmatch(but, text))), None)


def _have_comma(cells):
    """Mark the cells that are numbers with one comma."""
    return cells.astype(str).str.fullmatch(_COMMA).astype(bool)


def _pointed(cells):
    """Write decimal commas as points; any other text stays as it is."""
    cells = cells.astype(object)
    return cells.mask(_have_comma(cells), cells.astype(str).str.replace(",", "."))


def _refuse_points(texts, shown, path):
    """Raise if a cell has a point, among columns that are no numbers where the comma is the decimal sign."""
    for name in texts:
        cell = _first(texts[name], _POINT)
        if cell is not None:
            raise ValueError(
                f"{path} has decimal commas ({shown[1]!r} in {shown[0]!r}) and also points ({cell!r} in {name!r}), "
                "which may part thousands. Write all numbers with decimal points and nothing between thousands, "
                "and leave out columns that are no features."
            )


def _warn_of_thousands(texts, shown, path):
    """Warn of columns in which each comma might part thousands, were it not for those of another column."""
    doubtful = [name for name in texts if not _first(texts[name], _COMMA, but=_THOUSANDS)]
    doubtful = [name for name in doubtful if _first(texts[name], _THOUSANDS)]
    if doubtful:
        warnings.warn(
            f"{path}: commas are read as decimal signs, as {shown[1]!r} in {shown[0]!r} shows; also where each might "
            f"part thousands: {some(doubtful)} (such as {_first(texts[doubtful[0]], _THOUSANDS)!r}).",
            UserWarning,
            stacklevel=7,
        )
