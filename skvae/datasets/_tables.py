"""Read a table: rows are samples, columns are features, labels stand beside them or in a second table."""

import difflib
import gzip
import re
import warnings
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype, is_numeric_dtype

from skvae._compat import StrOptions, validate_params
from skvae._optional import import_optional

_TRANSFORMS = {"none": None, "log2": np.log2, "exp2": np.exp2}
_DELIMITERS = {".csv": (",", ";", "\t"), ".tsv": ("\t",), ".txt": ("\t", ",", ";", " ")}
# Squares of larger values overflow.
_LARGEST = 1e150
# A table lies on its side if this share of its columns has a row among the labels.
_ON_ITS_SIDE = 0.5
_ID_HEADING = r"index|sample|(.*[ ._-])?id"
_UNREADABLE = (EOFError, ValueError, zlib.error, gzip.BadGzipFile)


@validate_params(
    {
        "path": [str, Path],
        "target": [str, None],
        "index": [str, None],
        "metadata": [str, Path, None],
        "drop": ["array-like"],
        "transform": [StrOptions(set(_TRANSFORMS))],
        "zero_is_missing": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def read_table(path, *, target=None, index=None, metadata=None, drop=(), transform="none", zero_is_missing=False):
    """Read a table of samples and, if wished, their labels.

    Rows are samples and columns are features. Empty cells (and ``NA``, ``NaN``, ``null``) are missing values
    and come back as NaN.

    Parameters
    ----------
    path : str or Path
        A table ``.csv``, ``.tsv`` or ``.txt`` (each also with ``.gz``; the delimiter of ``.csv`` and ``.txt``
        is seen from the header line), or ``.parquet``.
    target : str, default=None
        Name of the column with the labels: looked up in `metadata` first, then in the table.
    index : str, default=None
        Name of the column with the names of the samples. By default the first column is taken if it has no
        heading, or if it tells the samples apart by text, or by whole numbers under a heading such as ``id``
        or ``sample_id``; otherwise the samples are numbered.
    metadata : str or Path, default=None
        A second table that holds the labels. It is joined by the names of the samples, compared as text; rows
        of it that the first table lacks are ignored.
    drop : sequence of str, default=()
        Columns of the table that are no features.
    transform : {"none", "log2", "exp2"}, default="none"
        Applied to every cell: ``"log2"`` for intensities, ``"exp2"`` (``2 ** x``) to undo it.
    zero_is_missing : bool, default=False
        Whether a cell of exactly 0 means that nothing was measured, as in many tables of intensities.

    Returns
    -------
    X : DataFrame of shape (n_samples, n_features)
        The features, as float64, NaN where missing.
    y : Series of shape (n_samples,) or None
        The labels, None without `target`. Samples without a label are left out of `X` and `y`, with a
        warning.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the table cannot be read, is empty, or holds something else than numbers; if a column is not there;
        if samples are named twice or have no row in `metadata`; if `transform` does not fit the values.
    ImportError
        If the table is a ``.parquet`` file and pyarrow is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skvae.datasets import read_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "proteins.csv")
    ...     _ = path.write_text("sample,A,B,group\\ns1,1.5,,tumor\\ns2,2,8,normal\\n")
    ...     X, y = read_table(path, target="group", transform="log2")
    >>> X.round(2)
               A    B
    sample
    s1      0.58  NaN
    s2      1.00  3.0
    >>> y.tolist()
    ['tumor', 'normal']
    """
    table = _read_indexed(Path(path), index, reserved=(target, *drop))
    labels, table = _labels(table, path, target=target, index=index, metadata=metadata)
    _check_columns(drop, table, path)
    X = _numbers(table.drop(columns=list(drop)), path)
    if zero_is_missing:
        X = X.mask(X == 0)
    X = _transformed(X, transform)
    return _with_labels(X, labels, target)


def _read_indexed(path, index, reserved=()):
    """Read a file and make its column of sample names the index."""
    frame = _read_file(path)
    if frame.empty:
        raise ValueError(f"{path} is empty: it needs a header line and at least one row.")
    frame.columns = frame.columns.astype(str)
    name = _index_column(frame, index, reserved, path)
    return frame if name is None else _set_index(frame, name, path)


def _read_file(path):
    """Read a file by its suffix, whatever fails saying what cannot be read."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is a folder, not a table." if path.is_dir() else f"There is no file {path}.")
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if suffix == ".parquet":
        import_optional("pyarrow", extra="parquet", purpose="Reading a .parquet table")
    elif suffix not in _DELIMITERS:
        known = ", ".join([*_DELIMITERS, ".parquet"])
        raise ValueError(f"{path}: unknown kind of table {suffix!r}; known are {known} (text also with .gz).")
    try:
        return pd.read_parquet(path) if suffix == ".parquet" else _read_text(path, _DELIMITERS[suffix])
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    except UnicodeError as error:
        raise ValueError(
            f"{path} cannot be read as a {suffix} table: it is not encoded as UTF-8. Save it so. {error}"
        ) from error
    except _UNREADABLE as error:
        raise ValueError(f"{path} cannot be read as a {suffix} table: {error}") from error


def _read_text(path, delimiters):
    """Read delimited text, with the delimiter that is most frequent in the header line."""
    opened = gzip.open if path.name.lower().endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as file:
        header = file.readline()
    frame = pd.read_csv(path, sep=max(delimiters, key=header.count), low_memory=False)
    _check_as_wide_as_header(frame)
    return frame


def _check_as_wide_as_header(frame):
    """Refuse lines with more cells than the header, unless their first cells name the samples, as R writes them."""
    if frame.empty or frame.index.equals(pd.RangeIndex(len(frame))):
        return
    if frame.index.nlevels > 1 or not frame.index.is_unique or frame.iloc[:, -1].isna().all():
        raise ValueError(
            f"its lines have more cells than its header has names ({_some(frame.columns)}). Is a heading missing, or "
            "does each line end in a delimiter?"
        )


def _index_column(frame, index, reserved, path):
    """Name the column that holds the names of the samples; None if the frame's own index serves."""
    if index is not None:
        if frame.index.name != index:
            _check_columns([index], frame, path)
        return None if frame.index.name == index else index
    first = frame.columns[0]
    if not _is_numbered(frame) or first in reserved:
        return None
    if first.startswith("Unnamed: ") or _names_samples(frame[first]):
        return first
    _note_possible_names(frame[first], path)
    return None


def _is_numbered(frame):
    """Tell whether the samples are only counted, not named."""
    return isinstance(frame.index, pd.RangeIndex) and frame.index.name is None


def _names_samples(cells):
    """Tell whether a column looks like names of samples."""
    if not (cells.is_unique and cells.notna().all()):
        return False
    if re.fullmatch(_ID_HEADING, cells.name.lower()):
        return is_integer_dtype(cells) or not is_numeric_dtype(cells)
    # Text that mostly reads as numbers is a feature that a stray text has spoilt.
    return not is_numeric_dtype(cells) and pd.to_numeric(cells, errors="coerce").isna().mean() > 0.5


def _note_possible_names(cells, path):
    """Warn of whole numbers that all differ: they may be names of samples under a heading that does not say so."""
    if len(cells) > 2 and is_integer_dtype(cells) and cells.is_unique:
        warnings.warn(
            f"{path}: the first column, {cells.name!r}, holds whole numbers that all differ, and is taken for a "
            "feature. If it names the samples, say so (index, --index).",
            stacklevel=2,
        )


def _set_index(frame, name, path):
    """Move a column into the index, once every sample is seen to have its own name."""
    cells = frame[name]
    if cells.isna().any():
        raise ValueError(f"{path}: {cells.isna().sum()} rows have no name in the index column {name!r}.")
    repeated = cells[cells.duplicated()].unique()
    if len(repeated):
        raise ValueError(f"{path}: the index column {name!r} names samples more than once: {_some(repeated)}.")
    named = frame.set_index(name)
    return named.rename_axis("index") if name.startswith("Unnamed: ") else named


def _labels(table, path, *, target, index, metadata):
    """Find the labels of the samples; return them and the table without them."""
    if target is None:
        if metadata is not None:
            raise ValueError("metadata is given, but not which of its columns is the target (target, --target).")
        return None, table
    if metadata is None:
        _check_columns([target], table, path)
        return table[target], table.drop(columns=target)
    second = _read_metadata(Path(metadata), index, target)
    if target not in second.columns and target in table.columns:
        return table[target], table.drop(columns=target)
    _check_columns([target], second, metadata)
    return _joined(second[target], table, path, metadata), table


def _read_metadata(path, index, target):
    """Read the table of labels; its index column may bear another name than the first table's."""
    try:
        return _read_indexed(path, index, reserved=(target,))
    except _NoColumnError:
        return _read_indexed(path, None, reserved=(target,))


def _joined(labels, table, path, metadata):
    """Bring labels into the order of the table's rows."""
    for frame, name in ((table, path), (labels, metadata)):
        if _is_numbered(frame):
            raise ValueError(f"{name} has no column that names its samples to join by: say which (index, --index).")
    ids, known = table.index.astype(str).str.strip(), labels.index.astype(str).str.strip()
    unknown = ids[~ids.isin(known)]
    if len(unknown):
        columns_known = table.columns.astype(str).str.strip().isin(known).mean()
        if len(unknown) == len(ids) and columns_known > _ON_ITS_SIDE:
            raise ValueError(
                f"The columns of {path} are the samples of {metadata}, such as {_some(known)}: the table lies on its "
                "side. Its rows must be samples and its columns features; transpose it, as by pandas' T."
            )
        message = f"{len(unknown)} of the {len(ids)} samples of {path} have no row in {metadata}"
        raise ValueError(f"{message}: {_some(unknown)}; there they are called {_some(known)}.")
    return labels.set_axis(known).reindex(ids).set_axis(table.index)


class _NoColumnError(ValueError):
    """A column that is not there."""


def _check_columns(names, frame, path):
    """Raise if a column is missing, with the nearest name there is."""
    for name in names:
        if name not in frame.columns:
            near = difflib.get_close_matches(name, frame.columns, n=1, cutoff=0.5)
            lowered = [column for column in frame.columns if column.lower() == name.lower()]
            hint = f"did you mean {(lowered or near)[0]!r}?" if lowered or near else _columns_hint(frame)
            raise _NoColumnError(f"{path} has no column {name!r}; {hint}")


def _columns_hint(frame):
    """Say which columns there are."""
    return f"its columns are {_some(frame.columns)}."


def _numbers(frame, path):
    """Turn the features into float64, or name the columns that are something else."""
    if frame.shape[1] == 0:
        raise ValueError(f"{path} has no column of numbers left to learn from.")
    others = [name for name, dtype in frame.dtypes.items() if not is_numeric_dtype(dtype)]
    parsed = {name: _parsed(frame[name], path) for name in others}
    bad = [name for name in others if _not_numbers(frame[name], parsed[name]).any()]
    if bad:
        raise ValueError(_not_numbers_message(frame, bad, parsed, path))
    X = frame.assign(**parsed).astype("float64")
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
    """Say which columns are not numbers and how to mend it."""
    name = bad[0]
    example = frame[name][_not_numbers(frame[name], parsed[name])].iloc[0]
    return (
        f"{path}: {len(bad)} of {frame.shape[1]} columns hold something else than numbers: {_some(bad)} "
        f"(such as {str(example)[:30]!r} in {name!r}). Say so if a column holds the labels (target, "
        "--target) or names the samples (index, --index); leave out those that are no features (drop, --drop); leave "
        "cells of missing values empty; write decimals with a point."
    )


def _transformed(X, transform):
    """Apply the transformation to every cell, unless it does not fit the values."""
    function = _TRANSFORMS[transform]
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
        hint = "The values may be logarithms already: then leave them as they are (transform, --transform none)."
        return f"log2 needs positive values, but some are negative in {_some(X.columns[negative])}. {hint}"
    zero = X.columns[(X == 0).any()]
    hint = "If zero means that nothing was measured, say so (zero_is_missing, --zero-is-missing)."
    return f"log2 needs positive values, but some are zero in {_some(zero)}. {hint}"


def _check_finite(X, problem):
    """Raise if a value is infinite, or too large for a sum of squares, naming the columns."""
    infinite = X.columns[(np.abs(X.to_numpy()) > _LARGEST).any(axis=0)]
    if len(infinite):
        raise ValueError(f"{problem} {_some(infinite)}.")


def _with_labels(X, labels, target):
    """Leave out the samples without a label."""
    if labels is None:
        return X, None
    known = labels.notna()
    if not known.any():
        raise ValueError(f"The target column {target!r} holds no label at all.")
    if not known.all():
        message = f"{(~known).sum()} of {len(known)} samples have no label in {target!r} and are left out."
        warnings.warn(message, UserWarning, stacklevel=4)
    return X[known], _whole_numbers(labels[known])


def _whole_numbers(labels):
    """Undo what a missing label does to labels 1, 2, 3: pandas reads them as 1.0, 2.0, 3.0."""
    if pd.api.types.is_float_dtype(labels) and (labels % 1 == 0).all():
        return labels.astype("int64")
    return labels


def _some(names, n=3):
    """List the first few names."""
    names = [repr(str(name)) for name in names]
    return ", ".join(names[:n]) + (f" and {len(names) - n} more" if len(names) > n else "")
