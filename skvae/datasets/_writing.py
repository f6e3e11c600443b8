"""Write a table as `read_table` reads it."""

import gzip
import io
import os
from pathlib import Path

import pandas as pd

from skvae._compat import validate_params
from skvae._optional import import_optional
from skvae._replacement import replace_file
from skvae._tables._anndata import h5ad_bytes
from skvae._tables._columns import some
from skvae._tables._kinds import kind_of
from skvae._tables._samples import is_numbered, names_samples

_DELIMITER = {".csv": ",", ".tsv": "\t", ".txt": "\t"}


@validate_params({"frame": [pd.DataFrame], "path": [str, os.PathLike]}, prefer_skip_nested_validation=True)
def write_table(frame, path):
    """Write a table so that `read_table` gives it back.

    Parameters
    ----------
    frame : DataFrame of shape (n_samples, n_columns)
        Samples in rows, named by the index; features and labels in columns. An index that only counts from
        0 is left out, but of ``.h5ad``, where its numbers become names: there each sample has one.
    path : str or path-like
        Where to, and by its suffix what: ``.csv``, ``.tsv``, ``.txt`` (tabs between the cells; each also with
        ``.gz``), ``.parquet`` or ``.h5ad`` (numbers in ``X``, all other columns, as text, in ``obs``). An existing
        file is replaced, as a whole or not at all: a crash or a full disk leaves the old one.

    Raises
    ------
    ValueError
        If the suffix is none of these, if the table is empty, or if samples or columns are named twice.
    OSError
        If the file cannot be written.
    ImportError
        If pyarrow (``.parquet``) or anndata (``.h5ad``) is needed and not installed.

    See Also
    --------
    read_table : Read it again.

    Notes
    -----
    Numbers come back to the last bit. Text cannot tell names of samples such as ``007`` from numbers, and a column
    of names under a heading that says nothing of it comes back under the heading ``index``; ``.parquet`` keeps both.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from skvae.datasets import read_table, write_table
    >>> codes = pd.DataFrame({"vae0": [0.1, -1.2]}, index=pd.Index(["s1", "s2"], name="sample"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_table(codes, Path(folder, "codes.tsv.gz"))
    ...     X, _ = read_table(Path(folder, "codes.tsv.gz"))
    >>> X.equals(codes)
    True
    """
    path = Path(path)
    suffix, packed = kind_of(path, to_write=True)
    _check_writable(frame)
    frame = frame.set_axis(frame.columns.astype(str), axis=1)
    content = _CONTENT[suffix](frame) if suffix in _CONTENT else _text(frame, _DELIMITER[suffix])
    # Without the time of writing: the same table gives the same bytes.
    replace_file(os.fspath(path), [gzip.compress(content, mtime=0) if packed else content])


def _check_writable(frame):
    """Raise if the table could not be read again."""
    if frame.empty:
        raise ValueError(
            f"There is nothing to write: the table has {frame.shape[0]} rows and {frame.shape[1]} columns."
        )
    for axis, noun in ((frame.index, "rows"), (frame.columns, "columns")):
        if axis.nlevels > 1:
            raise ValueError(f"The {noun} have names of {axis.nlevels} levels; join them to one first.")
        names = axis.astype(str)
        if not names.is_unique:
            raise ValueError(f"Some {noun} have the same name: {some(names[names.duplicated()].unique())}.")


def _text(frame, delimiter):
    """Return the table as delimited text."""
    if is_numbered(frame):
        return frame.to_csv(sep=delimiter, index=False).encode()
    name = str(frame.index.name or "")
    heading = name if names_samples(frame.index.to_series(name=name)) else ""
    return frame.to_csv(sep=delimiter, index_label=heading).encode()


def _parquet(frame):
    """Return the table as the content of a parquet file."""
    import_optional("pyarrow", extra="parquet", purpose="Writing a .parquet table")
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


_CONTENT = {".parquet": _parquet, ".h5ad": h5ad_bytes}
