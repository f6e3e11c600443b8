"""A file read into a data frame, whatever kind of table it is."""

import codecs
import csv
import gzip
import itertools
import zlib
from typing import Any

import pandas as pd
from numpy.lib import NumpyVersion

from skvae._optional import import_optional
from skvae._tables._anndata import read_h5ad
from skvae._tables._columns import some
from skvae._tables._kinds import DELIMITERS, WORKBOOK, kind_of

# pandas reads numbers to the last bit by itself since 3.1, before only when told so.
_EXACTLY: dict[str, Any] = {} if NumpyVersion(pd.__version__) >= "3.1.0" else {"float_precision": "round_trip"}
_ANNOTATION = "#!{"
# What pandas takes for missing, but for None, which may be a treatment.
_MISSING = [
    *("", "NA", "N/A", "n/a", "#N/A", "#N/A N/A", "#NA", "<NA>", "null", "NULL"),
    *("NaN", "nan", "-NaN", "-nan", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
]
# The first bytes of .xlsx and .xls.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UNREADABLE = (EOFError, ValueError, zlib.error, gzip.BadGzipFile)


def read_file(path, *, of_samples=(), layer=None, decimal="."):
    """Read a file by its suffix, whatever fails saying what cannot be read.

    Parameters
    ----------
    path : Path
        The file.
    of_samples : sequence of str, default=()
        What is wanted of the columns that an ``.h5ad`` file holds beside its features; other files are read whole.
    layer : str, default=None
        Which layer of an ``.h5ad`` file, by default its ``X``.
    decimal : str, default="."
        The decimal sign of text. Cells with another one stay text.

    Returns
    -------
    DataFrame
        The table, empty if the file is.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path} is a folder, not a table." if path.is_dir() else f"There is no file {path}.")
    suffix, _ = kind_of(path)
    if suffix == ".h5ad":
        return read_h5ad(path, of_samples, layer)
    if layer is not None:
        raise ValueError(f"Only .h5ad files have layers, and {path} is none: leave out layer={layer!r}.")
    if suffix == ".parquet":
        import_optional("pyarrow", extra="parquet", purpose="Reading a .parquet table")
    try:
        return pd.read_parquet(path) if suffix == ".parquet" else read_text(path, DELIMITERS[suffix], decimal)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    except UnicodeError as error:
        raise ValueError(
            f"{path} cannot be read as a {suffix} table: it is not encoded as UTF-8. Save it so. {error}"
        ) from error
    except _UNREADABLE as error:
        raise ValueError(f"{path} cannot be read as a {suffix} table: {error}") from error


def read_text(path, delimiters, decimal):
    """Read delimited text; its first two lines tell the delimiter."""
    encoding = _encoding(path)
    annotation = len(annotation_lines(path))
    with _opened(path, encoding) as file:
        start = [line for line in itertools.islice(file, 2 + annotation) if not line.startswith(_ANNOTATION)]
    kind = {"sep": _delimiter(start, delimiters), "encoding": encoding, "keep_default_na": False}
    _check_header(pd.read_csv(path, header=None, nrows=1, dtype=str, **kind).iloc[0])
    kind |= {"skiprows": range(1, 1 + annotation), "na_values": _MISSING, "decimal": decimal}
    frame = pd.read_csv(path, low_memory=False, **kind, **_EXACTLY)
    _check_as_wide_as_header(frame)
    return frame


def annotation_lines(path):
    """Return the lines after the header in which Perseus says what the columns are."""
    with _opened(path, _encoding(path)) as file:
        return list(itertools.takewhile(lambda line: line.startswith(_ANNOTATION), itertools.islice(file, 1, None)))


def is_perseus(path):
    """Tell whether Perseus wrote a file: the lines after its header say what the columns are."""
    return kind_of(path)[0] in DELIMITERS and any(line.startswith("#!{Type}") for line in annotation_lines(path))


def _encoding(path):
    """Tell UTF-16, in which spreadsheets save Unicode text, from UTF-8 by its first bytes."""
    with _opened(path) as file:
        start = file.read(4)
    if start.startswith(_WORKBOOKS):
        raise ValueError(f"it is no text but a workbook.{WORKBOOK}")
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def _opened(path, encoding=None):
    """Open a file, packed or not, as text if the encoding is given."""
    open_file = gzip.open if kind_of(path)[1] else open
    return open_file(path, "rb") if encoding is None else open_file(path, "rt", encoding=encoding, newline="")


def _delimiter(lines, delimiters):
    """Choose the delimiter that cuts both lines alike, of those the most frequent one in the header line.

    Counting alone would be misled by headings such as ``P02768;P02769`` or ``LFQ intensity 01``.
    """

    def fitness(delimiter):
        widths = [_width(line, delimiter) for line in lines]
        # Lines that R writes have one cell more than the header: the name of the row.
        return bool(widths) and widths[0] > 1 and widths[-1] - widths[0] in (0, 1), *widths[:1]

    return max(delimiters, key=fitness)


def _width(line, delimiter):
    """Count the cells of a line."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter), ()))
    except csv.Error:  # a cell larger than any cell should be: not this delimiter
        return 0


def _check_header(names):
    """Refuse names that stand twice, which pandas would tell apart by numbers; several columns may have none."""
    repeated = names[names.duplicated() & (names != "")].unique()
    if len(repeated):
        raise ValueError(f"its header names columns more than once: {some(repeated)}.")


def _check_as_wide_as_header(frame):
    """Refuse lines with more cells than the header, unless their first cells name the samples, as R writes them."""
    if frame.empty or frame.index.equals(pd.RangeIndex(len(frame))):
        return
    if frame.index.nlevels > 1 or not frame.index.is_unique or frame.iloc[:, -1].isna().all():
        raise ValueError(
            f"its lines have more cells than its header has names ({some(frame.columns)}). Is a heading missing, or "
            "does each line end in a delimiter?"
        )
