"""The names of the samples, and their labels."""

import re
import warnings
from pathlib import Path

import pandas as pd
from pandas.api.types import is_float_dtype, is_integer_dtype, is_numeric_dtype

from skvae._tables._columns import NoColumnError, check_columns, nearest, some
from skvae._tables._decimals import share_of_numbers
from skvae._tables._files import read_file

# A table lies on its side if this share of its columns has a row among the labels.
_ON_ITS_SIDE = 0.5
# If this share of the samples has no row among the labels, they are called otherwise there.
_OTHER_NAMES = 0.5
# A first column in which this share of the cells are numbers is a feature, perhaps with stray texts.
_FEATURE = 0.5
# From here on floats skip whole numbers.
_LARGEST_WHOLE = 2**53
_QUANTITY = r"^(?:LFQ intensity|Intensity|iBAQ|Reporter intensity corrected) | (?:MaxLFQ )?Intensity$|\.PG\.Quantity$"
_RAW_FILE = r"(?:\.(?:raw|mzml|mzxml|d|wiff2?|dia|htrms|gz))+$"
_ID_HEADING = r"index|sample|(.*[ ._-])?id"
_OTHER_INDEX = " If it does not name the samples, say what does (index, --index), or leave it out (drop, --drop)."


def read_indexed(path, index, reserved=(), **h5ad):
    """Read a file and make its column of sample names the index; `h5ad` goes to `read_file`."""
    frame = read_rows(path, **h5ad)
    name = _index_column(frame, index, reserved, path)
    return frame if name is None else _set_index(frame, name, path)


def read_rows(path, **options):
    """Read a file that has at least one row; its columns have text for names. `options` go to `read_file`."""
    frame = read_file(path, **options)
    if frame.empty:
        raise ValueError(f"{path} is empty: it needs a header line and at least one row.")
    return frame.set_axis(frame.columns.astype(str), axis=1)


def _index_column(frame, index, reserved, path):
    """Name the column that holds the names of the samples; None if the frame's own index serves."""
    if index is not None:
        if frame.index.name != index:
            check_columns([index], frame, path)
        return None if frame.index.name == index else index
    first = frame.columns[0]
    if not is_numbered(frame) or first in reserved:
        return None
    if first.startswith("Unnamed: ") or names_samples(frame[first]) or _fails_to_name(frame[first]):
        return first
    _note_possible_names(frame[first], path)
    return None


def is_numbered(frame):
    """Tell whether the samples are only counted, not named."""
    index = frame.index
    return isinstance(index, pd.RangeIndex) and index.name is None and index.equals(pd.RangeIndex(len(index)))


def names_samples(cells):
    """Tell whether a column looks like names of samples."""
    if not (cells.is_unique and cells.notna().all()):
        return False
    if re.fullmatch(_ID_HEADING, cells.name.lower()):
        return is_integer_dtype(cells) or not is_numeric_dtype(cells)
    return share_of_numbers(cells) < _FEATURE


def _fails_to_name(cells):
    """Tell whether text or whole numbers under a heading of identifiers repeat or have holes."""
    if not re.fullmatch(_ID_HEADING, cells.name.lower()) or (cells.is_unique and cells.notna().all()):
        return False
    return not is_numeric_dtype(cells) or bool((cells.dropna().astype("float64") % 1 == 0).all())


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
    which = "first column (without a heading)" if name.startswith("Unnamed: ") else f"index column {name!r}"
    if cells.isna().any():
        raise ValueError(
            f"{path}: {cells.isna().sum()} rows have no name in the {which}: it is empty, or a word for "
            f"missing values, such as NA.{_OTHER_INDEX}"
        )
    repeated = cells[cells.duplicated()].unique()
    if len(repeated):
        raise ValueError(f"{path}: the {which} names samples more than once: {some(repeated)}.{_OTHER_INDEX}")
    named = frame.set_index(name)
    return named.rename_axis("index") if name.startswith("Unnamed: ") else named


def find_labels(table, path, *, target, index, metadata):
    """Find the labels of the samples; return them and the table without them."""
    check_target(target, metadata)
    if target is None:
        return None, table
    if metadata is None:
        check_columns([target], table, path)
        return table[target], table.drop(columns=target)
    second = _read_metadata(Path(metadata), index, target)
    if target not in second.columns and target in table.columns:
        return table[target], table.drop(columns=target)
    check_columns([target], second, metadata)
    return joined(second[target], table, path, metadata), table


def check_target(target, metadata):
    """Raise if there are metadata without a word on what to take of them."""
    if target is None and metadata is not None:
        raise ValueError("metadata is given, but not which of its columns is the target (target, --target).")


def _read_metadata(path, index, target):
    """Read the table of labels; its index column may bear another name than the first table's."""
    try:
        return read_indexed(path, index, reserved=(target,), of_samples=(index, target))
    except NoColumnError:
        return read_indexed(path, None, reserved=(target,), of_samples=(target,))


def joined(labels, table, path, metadata):
    """Bring labels into the order of the table's rows; a sample that has no row among them is one without a label."""
    for frame, name in ((labels, metadata), (table, path)):
        if is_numbered(frame):
            side = "" if frame is labels else _side_message(table, labels, path, metadata)
            raise ValueError(
                side or f"{name} has no column that names its samples to join by: say which (index, --index)."
            )
    ids, known = table.index.astype(str).str.strip(), known_samples(labels, table.index)
    unknown = ids[~ids.isin(known)]
    if len(unknown):
        message = _unmatched_message(ids, unknown, known, path, metadata)
        if len(unknown) >= _OTHER_NAMES * len(ids):
            side = _side_message(table, labels, path, metadata) if len(unknown) == len(ids) else ""
            raise ValueError(side or f"{message}.")
        warnings.warn(f"{message}; they count as samples without a label.", UserWarning, stacklevel=4)
    repeated = known[known.duplicated() & known.isin(ids)].unique()
    if len(repeated):
        raise ValueError(f"{metadata} names samples more than once: {some(repeated)}.")
    labels = labels.set_axis(known)
    return labels[~known.duplicated()].reindex(ids).set_axis(table.index)


def known_samples(labels, samples):
    """Return the names in a second table, as text, without what stands around them where that makes them samples."""
    samples = samples.astype(str).str.strip()
    if is_integer_dtype(labels.index):
        # A sample 01 was read as 1.
        numbers = {int(name): name for name in samples if name.isdecimal()}
        return labels.index.map(lambda number: numbers.get(number, str(number)))
    known = labels.index.astype(str).str.strip()
    clean = known.map(lambda name: without_path(without_quantity(name)))
    return known.where(known.isin(samples) | ~clean.isin(samples), clean)


def without_quantity(name):
    """Cut the name of a quantity off the name of a sample."""
    return re.sub(_QUANTITY, "", name.strip())


def without_path(name):
    """Cut folders and the kind of raw file off the name of a sample."""
    return re.sub(_RAW_FILE, "", re.split(r"[/\\]", name.strip().rstrip("/\\"))[-1], flags=re.IGNORECASE)


def unless_same(names, short):
    """Return the short names of samples if they tell them apart, otherwise the long ones."""
    return short if len(set(short)) == len(names) else names


def _unmatched_message(ids, unknown, known, path, metadata):
    """Say which samples have no row among the labels, and which names there no sample has."""
    unused = known[~known.isin(ids)].unique()
    message = f"{len(unknown)} of the {len(ids)} samples of {path} have no row in {metadata}: {some(unknown)}"
    near = nearest(unknown[0], list(unused))
    hint = "" if near is None else f" (is {near!r} meant to be {unknown[0]!r}?)"
    return f"{message}; of the names there no sample has {some(unused)}{hint}" if len(unused) else message


def _side_message(table, labels, path, metadata):
    """Say that a table lies on its side; nothing unless its columns, or most of the labels' names, tell so."""
    columns = pd.Index(without_quantity(name) for name in table.columns.astype(str))
    known = known_samples(labels, columns)
    if max(columns.isin(known).mean(), known.isin(columns).mean()) <= _ON_ITS_SIDE:
        return ""
    return (
        f"The columns of {path} are the samples of {metadata}, such as {some(known[known.isin(columns)])}: the table "
        "lies on its side. Its rows must be samples and its columns features; transpose it, as by pandas' T, or let "
        "read_proteins(..., software='matrix') do so."
    )


def refuse_samples_in_rows(frame, labels, path, metadata):
    """Raise if the rows of a table of protein groups, and none of its columns, have a row among the labels."""
    names = pd.Index(frame.iloc[:, 0]) if is_numbered(frame) else frame.index
    names, columns = names.astype(str).str.strip(), frame.columns.str.strip()
    known = known_samples(labels, names)
    if names.isin(known).mean() > _ON_ITS_SIDE and not columns.isin(known_samples(labels, columns)).any():
        raise ValueError(
            f"The rows of {path} are the samples of {metadata}, such as {some(names)}. A table of protein groups has "
            "these in its rows; what has samples there is read by read_table."
        )


def with_labels(X, labels, target, unlabelled="drop"):
    """Leave out the samples without a label, unless they are to be kept."""
    if labels is None:
        return X, None
    if unlabelled == "keep":
        return X, _plain(labels)
    known = labels.notna()
    if not known.any():
        raise ValueError(f"The target column {target!r} holds no label at all.")
    if not known.all():
        message = f"{(~known).sum()} of {len(known)} samples have no label in {target!r} and are left out."
        warnings.warn(message, UserWarning, stacklevel=4)
    return X[known], _plain(labels[known])


def _plain(labels):
    """Undo categories, and what a missing label does to labels 1, 2, 3: pandas reads them as 1.0, 2.0, 3.0."""
    if isinstance(labels.dtype, pd.CategoricalDtype):
        dtype = labels.cat.categories.dtype
        labels = labels.astype("Int64" if is_integer_dtype(dtype) else dtype)
    return labels.astype("Int64" if labels.hasnans else "int64") if _are_whole(labels.dropna()) else labels


def _are_whole(labels):
    """Tell whether labels are whole numbers, be it as floats."""
    if labels.empty or not (is_float_dtype(labels) or is_integer_dtype(labels)):
        return False
    return bool(((labels % 1 == 0) & (labels.abs() < _LARGEST_WHOLE)).all())
