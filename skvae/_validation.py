"""What slips through scikit-learn's checks of a table, to become wrong numbers or an error that helps nobody.

Tables of numbers are told by their type alone. pandas, Polars and pyarrow are recognised by what they offer, not
imported.
"""

import datetime
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from functools import partial
from numbers import Real

import numpy as np
from scipy import sparse
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

__all__ = ["advising", "check_table", "listed", "refuse_float32_overflow", "refuse_masked", "validate_table"]

_TIMES = (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)
# How NumPy, pandas, Polars and pyarrow call the types of dates, times of day, durations and periods.
_TIME_TYPES = ("date", "time", "duration", "period")
# Kinds of NumPy's types that are, or may hold, dates, times or durations.
_SUSPECT_KINDS = "mMO"
# Kinds that hold numbers and nothing else.
_NUMBER_KINDS = "fiub"
_NOT_TABLES = {
    Mapping: "one of its entries, or pandas.DataFrame({name})",
    Set: "a list of rows",
    Iterator: "list({name})",
}
_UNMASK = (
    "Pass {name}.astype(float).filled(np.nan), which marks them as missing; skvae.preprocessing.MeanImputer fills "
    "missing values."
)
# How Python and NumPy begin to say that text is no number.
_TEXT = "could not convert string to float"
_FLOAT32_MAX = float(np.finfo(np.float32).max)


def validate_columns(estimator, X, reset):
    """Check names and number of the columns of a table, whose values may be of any type.

    Parameters
    ----------
    estimator : estimator
        Gets ``n_features_in_`` and ``feature_names_in_``, or is asked for them.
    X : array-like of shape (n_samples, n_features)
    reset : bool
        Whether it gets them.

    Returns
    -------
    X : data frame or ndarray
    """
    refuse_masked(X, "X", _UNMASK.format(name="X"))
    X = X if hasattr(X, "shape") else np.asarray(X, dtype=object)
    if len(X.shape) != 2:
        raise ValueError(f"Expected 2D array, got an array of shape {X.shape} instead: X needs rows and columns.")
    return validate_data(estimator, X, skip_check_array=True, reset=reset)


def validate_table(estimator, X, **options):
    """Check a table as scikit-learn's `validate_data` does, and what slips through it.

    Parameters
    ----------
    estimator : estimator
        The estimator whose features are compared or, with ``reset=True``, set.
    X : object
        The table.
    **options : dict
        Further arguments of :func:`~sklearn.utils.validation.validate_data`, without `y`.

    Returns
    -------
    X : {ndarray, sparse matrix} of shape (n_samples, n_features)
        The checked table.

    Raises
    ------
    TypeError
        If `X` holds dates, times or durations, is a data frame of sparse columns that the estimator cannot take, or
        is no table at all.
    ValueError
        If cells of `X` are masked, or as `validate_data` raises it.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from skvae._validation import validate_table
    >>> validate_table(BaseEstimator(), np.array([["2026-01-01"]], dtype="datetime64[D]"))
    Traceback (most recent call last):
    ...
    TypeError: X holds dates, times or durations in column(s) 0: ...
    """
    return _checked(partial(validate_data, estimator), X, options)


def check_table(X, **options):
    """Check a table as scikit-learn's `check_array` does, and what slips through it.

    Parameters
    ----------
    X : object
        The table.
    **options : dict
        Further arguments of :func:`~sklearn.utils.check_array`; messages call the table `input_name`.

    Returns
    -------
    X : {ndarray, sparse matrix}
        The checked table.

    Raises
    ------
    TypeError, ValueError
        As `validate_table` raises them.

    Examples
    --------
    >>> from skvae._validation import check_table
    >>> check_table([["1", "2.5"]], dtype=float)
    array([[1. , 2.5]])
    """
    return _checked(check_array, X, options)


@contextmanager
def advising(advice):
    """Add to the first line of ValueErrors what mends them.

    Parameters
    ----------
    advice : dict
        From words of a message to a sentence.

    Raises
    ------
    ValueError
        In place of one whose first line holds some of the words.

    Examples
    --------
    >>> from skvae._validation import advising
    >>> with advising({"convert string": "Turn text into numbers."}):
    ...     float("red")
    Traceback (most recent call last):
    ...
    ValueError: could not convert string to float: 'red' Turn text into numbers.
    """
    try:
        yield
    except ValueError as error:
        first = str(error).partition("\n")[0]
        sentences = [sentence for words, sentence in advice.items() if words in first]
        if not sentences:
            raise
        raise ValueError(" ".join([first, *sentences])) from error


def refuse_masked(values, name, remedy):
    """Raise if cells are masked: a plain array has no mask.

    Parameters
    ----------
    values : object
        A table, labels or weights.
    name : str
        What the message calls them.
    remedy : str
        The last sentence of the message.

    Raises
    ------
    ValueError
        If a cell is masked.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae._validation import refuse_masked
    >>> refuse_masked(np.ma.array([1, 2], mask=[False, True]), "labels", "Leave those samples out.")
    Traceback (most recent call last):
    ...
    ValueError: labels: 1 masked cell(s), whose mask would be lost. Leave those samples out.
    """
    rows = values if isinstance(values, list | tuple) else [values]
    n_masked = sum(np.ma.count_masked(row) for row in rows if isinstance(row, np.ma.MaskedArray))
    if n_masked:
        raise ValueError(f"{name}: {n_masked} masked cell(s), whose mask would be lost. {remedy}")


def refuse_float32_overflow(X, feature_names):
    """Raise if values that are finite in float64 are not so in float32, in which networks are trained.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The table as it meets the networks, that is scaled; NaN is left out.
    feature_names : sequence of length n_features
        Names for the message.

    Raises
    ------
    ValueError
        If values are too large; it names the columns.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae._validation import refuse_float32_overflow
    >>> refuse_float32_overflow(np.array([[1e30], [np.nan]]), ["P1"])
    """
    low, high = np.fmin.reduce(X, axis=None), np.fmax.reduce(X, axis=None)
    if low >= -_FLOAT32_MAX and high <= _FLOAT32_MAX:
        return
    largest = np.fmax(np.fmax.reduce(X, axis=0), -np.fmin.reduce(X, axis=0))  # as abs, without a copy of the table
    columns = np.flatnonzero(largest > _FLOAT32_MAX)
    if columns.size:
        raise ValueError(
            f"X is too large for float32, in which networks are trained, in column(s) "
            f"{listed([feature_names[i] for i in columns])}: values reach {np.nanmax(largest):.3g} on the model's "
            "scale. Divide by a constant, or use sklearn.preprocessing.StandardScaler."
        )


def is_number(value):
    """Tell whether a parameter is a real number; a bool is none.

    Examples
    --------
    >>> from skvae._validation import is_number
    >>> is_number(0.5), is_number(True), is_number("1")
    (True, False, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool)  # np.bool_ is not Real


def listed(names, limit=5):
    """List the first few names for a message, and count the others.

    Parameters
    ----------
    names : list
        Names, or numbers of columns.
    limit : int, default=5
        How many to write out.

    Returns
    -------
    text : str

    Examples
    --------
    >>> from skvae._validation import listed
    >>> listed(["P1", "P2", "P3"], limit=2)
    "'P1', 'P2' and 1 more"
    """
    shown = ", ".join(repr(name) for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def _checked(check, X, options):
    """Refuse what `check` does not see, then check."""
    name = options.get("input_name") or "X"
    with advising({"Found array with dim": f"Make each sample a row: {name}.reshape(len({name}), -1)."}):
        if type(X) is np.ndarray and X.dtype.kind in _NUMBER_KINDS:
            return _silently(check, X, options)
        return _guarded(check, X, name, options)


def _guarded(check, X, name, options):
    """Check what may hold anything."""
    _refuse_other_containers(X, name)
    refuse_masked(X, name, _UNMASK.format(name=name))
    _refuse_times(X, name)
    _refuse_sparse_frames(X, name, options.get("accept_sparse", False))
    try:
        table = _silently(check, X, options)
    except OverflowError as error:
        raise ValueError(f"{name} holds a whole number that is too large for a float: {error}.") from error
    except ValueError as error:
        columns = _columns_of_text(X) if _TEXT in str(error) else []
        if not columns:
            raise
        raise ValueError(f"{error} in column(s) {listed(columns)}.") from error
    # scikit-learn 1.9 leaves a data frame of sparse booleans boolean, whatever dtype is asked for.
    return table.astype(np.float64) if sparse.issparse(table) and table.dtype == bool else table


def _silently(check, X, options):
    """Check without NumPy's warnings: scikit-learn looks for infinity by a sum, in which finite values overflow."""
    with np.errstate(over="ignore", invalid="ignore"):
        return check(X, **options)


def _refuse_other_containers(X, name):
    """Raise if `X` is something that NumPy would put into a single cell."""
    if hasattr(X, "shape"):
        return  # a sparse matrix of keys is a mapping, too
    remedies = [remedy for container, remedy in _NOT_TABLES.items() if isinstance(X, container)]
    if hasattr(X, "collect"):
        remedies.append("{name}.collect()")  # lazy frames
    if remedies:
        raise TypeError(f"{name} is no table but a {type(X).__name__}: pass {remedies[0].format(name=name)}.")


def _refuse_times(X, name):
    """Raise if columns hold dates, times or durations."""
    columns = [column for column, kind, cells in _suspects(X) if _holds_times(kind.lower(), cells)]
    if columns:
        raise TypeError(
            f"{name} holds dates, times or durations in column(s) {listed(columns)}: as numbers they would depend on "
            "their resolution. Choose a unit, with .dt.total_seconds() for a duration or .astype('int64') for a date, "
            "or drop the column(s)."
        )


def _columns_of_text(X):
    """List the columns with text that is no number."""
    return [column for column, _, cells in _suspects(X) if any(map(_is_no_number, cells))]


def _is_no_number(cell):
    """Tell whether a cell is text other than a number."""
    if not isinstance(cell, str):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return False


def _suspects(X):
    """Yield the columns that may hold something else than numbers: name or index, name of the type, cells."""
    if isinstance(X, np.ndarray):
        if X.dtype.kind in _SUSPECT_KINDS:
            yield from ((i, str(X.dtype), cells) for i, cells in enumerate(np.atleast_2d(X.T)))
    elif isinstance(X, list | tuple):
        rows = [row for row in X if _is_suspect_row(row)]
        yield from ((i, "object", cells) for i, cells in enumerate(zip(*rows, strict=False)))
    elif _is_pandas(X):
        columns = enumerate(X.dtypes.items())  # by position: two columns may bear the same name
        suspects = ((i, name, dtype) for i, (name, dtype) in columns if dtype.kind in _SUSPECT_KINDS)
        yield from ((name, str(dtype), X.iloc[:, i]) for i, name, dtype in suspects)
    elif hasattr(X, "schema"):
        # That of Polars and narwhals is a mapping; that of pyarrow lists fields, none of them of mixed cells.
        mapped = isinstance(X.schema, Mapping)
        fields = X.schema.items() if mapped else zip(X.schema.names, X.schema.types, strict=True)
        yield from ((name, str(dtype), X[name] if mapped else ()) for name, dtype in fields)


def _is_suspect_row(row):
    """Tell whether a row of a list may hold something else than numbers."""
    if isinstance(row, np.ndarray):
        return row.ndim > 0 and row.dtype.kind in _SUSPECT_KINDS
    return isinstance(row, list | tuple)


def _is_pandas(X):
    """Tell whether `X` is a data frame of pandas, or of a library that follows its words."""
    return hasattr(X, "iloc") and X.ndim == 2


def _holds_times(kind, cells):
    """Tell whether a column holds dates, times or durations, by its type or, if that leaves it open, its cells."""
    if kind in ("object", "category"):
        return any(issubclass(cell, _TIMES) for cell in set(map(type, cells)))
    return kind.startswith(_TIME_TYPES)


def _refuse_sparse_frames(X, name, accept_sparse):
    """Raise if all columns of a data frame are sparse, unless SciPy can hold and the estimator take them."""
    if not _is_pandas(X):
        return
    fills = {column: dtype.fill_value for column, dtype in X.dtypes.items() if hasattr(dtype, "fill_value")}
    others = [column for column, fill in fills.items() if fill != 0]
    if len(fills) < X.shape[1] or not fills or (accept_sparse and not others):
        return  # scikit-learn makes frames of which some columns are sparse dense
    reason = (
        f"it leaves out something else than zeros in column(s) {listed(others)}, which a sparse matrix cannot"
        if accept_sparse
        else "dense data is required"
    )
    raise TypeError(f"{name} is a DataFrame of sparse columns, but {reason}: pass {name}.sparse.to_dense().")
