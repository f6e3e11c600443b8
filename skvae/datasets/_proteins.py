"""Read a table of protein groups as the programs of proteomics write them."""

import logging
import os
import warnings
from pathlib import Path

import pandas as pd

from skvae._compat import StrOptions, validate_params
from skvae._tables._columns import NoColumnError, check_columns, some
from skvae._tables._files import is_perseus
from skvae._tables._numbers import as_numbers, transformed
from skvae._tables._programs import PROGRAMS, is_of_program, recognise
from skvae._tables._samples import check_target, joined, read_indexed, read_rows, refuse_samples_in_rows, with_labels
from skvae.datasets._alphabase import read_program
from skvae.datasets._matrix import read_matrix
from skvae.datasets._perseus import read_perseus

_logger = logging.getLogger("skvae.datasets")

_SOFTWARE = (*PROGRAMS, "perseus", "matrix")
_ADVICE = "Leave cells of missing values empty; remove columns that are no samples."


@validate_params(
    {
        "path": [str, os.PathLike],
        "software": [StrOptions(set(_SOFTWARE)), None],
        "quantity": [str, None],
        "names": [StrOptions({"proteins", "genes"})],
        "log2": ["boolean"],
        "zero_is_missing": ["boolean", None],
        "metadata": [str, os.PathLike, None],
        "target": [str, None],
        "index": [str, None],
        "unlabelled": [StrOptions({"drop", "keep"})],
    },
    prefer_skip_nested_validation=True,
)
def read_proteins(
    path,
    *,
    software=None,
    quantity=None,
    names="proteins",
    log2=False,
    zero_is_missing=None,
    metadata=None,
    target=None,
    index=None,
    unlabelled="drop",
):
    """Read a table of protein groups as it comes from a search program: samples in rows, protein groups in columns.

    Decoys, contaminants, groups that are only identified by site, and groups without any value are left out.

    Parameters
    ----------
    path : str or path-like
        ``proteinGroups.txt`` of MaxQuant, ``report.pg_matrix.tsv`` of DIA-NN, ``combined_protein.tsv`` of
        FragPipe, a report of Spectronaut (pivot, or a row for each run and group), text of Perseus, or a plain
        matrix with proteins in rows. Text may be packed (``.gz``), and in UTF-8 or UTF-16; its numbers may have
        decimal commas, as said of :func:`read_table`.
    software : {"maxquant", "diann", "fragpipe", "spectronaut", "perseus", "matrix"}, default=None
        What wrote the table. None finds it out by the columns, but for ``"matrix"``: a first column of names of
        proteins, and columns of numbers for the samples (with `metadata`, those columns that it knows).
    quantity : str, default=None
        Which of the quantities of a sample: of MaxQuant ``"lfq"``, ``"ratio"``, ``"reporter"``, ``"raw"``,
        ``"ibaq"``; of FragPipe ``"lfq"``, ``"raw"``, ``"razor"``, ``"unique"``, ``"total"``, ``"lfq_unique"``,
        ``"lfq_total"``; of Spectronaut ``"quantity"``, ``"ibaq"``, ``"ms1"``, ``"ms2"``. None takes the first
        of these that is there.
    names : {"proteins", "genes"}, default="proteins"
        What the columns are called: by the identifiers of their group, such as ``"P02768;P02769"``, or by its
        gene, with the identifiers where several groups have it, and by these alone where it is unknown.
    log2 : bool, default=False
        Whether to take logarithms. Intensities range over many powers of ten, and should have it; tables of
        Perseus often hold logarithms already.
    zero_is_missing : bool, default=None
        Whether 0 means that nothing was measured. None means True for the four search programs, of which it is
        so, and False for Perseus and a matrix, where it may be a logarithm.
    metadata : str or path-like, default=None
        A second table with a row for each sample. It is joined by the names of the samples; paths, endings such
        as ``.raw``, and the name of the quantity may stand around them.
    target : str, default=None
        Name of the column of `metadata` with the labels; without `metadata`, of an annotation row of Perseus.
    index : str, default=None
        Name of the column of `metadata` with the names of the samples; by default as in :func:`read_table`.
    unlabelled : {"drop", "keep"}, default="drop"
        Samples without a label: left out of `X` and `y`, with a warning, as scores need a label for each sample; or
        kept, with a missing label in `y`, as a fit has no need of labels. Samples without any row in `metadata` are
        such ones, with a warning, unless half of the samples or more have none.

    Returns
    -------
    X : DataFrame of shape (n_samples, n_protein_groups)
        The values, as float64, NaN where missing. ``X.attrs`` tells the ``"software"``, the ``"quantity"``, and
        how many groups were left out for which reason (``"left_out"``); the logger ``skvae.datasets`` tells the
        same.
    y : Series of shape (n_samples,) or None
        The labels, None without `target`. Whole numbers are int64, or pandas' Int64 where labels are missing.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the table cannot be read, is of another program or of peptides, or lacks what is asked for; if a column of a
        sample holds something else than numbers; if a protein group, sample or other column is named twice, or half
        of the samples have no row in `metadata`; if values have decimal commas and points; if logarithms are taken of
        negative values.
    ImportError
        If the table is of one of the four programs and alphabase is not installed.

    See Also
    --------
    read_table : Read a table with samples in rows.
    make_protein_groups : Make a table to try this on.

    Examples
    --------
    >>> import tempfile
    >>> from skvae.datasets import make_protein_groups, read_proteins
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table, annotation = make_protein_groups(folder, n_samples=6, n_proteins=50, random_state=0)
    ...     X, y = read_proteins(table, log2=True, metadata=annotation, target="group")
    >>> X.shape
    (6, 46)
    >>> X.attrs["left_out"]
    {'decoys': 2, 'contaminants': 2, 'only identified by site': 1, 'without any value': 4}
    """
    path = Path(path)
    check_target(target, metadata)
    labels = None if metadata is None else _read_labels(Path(metadata), target, index)
    groups, software, quantity = _read_groups(path, software, quantity, labels, metadata)
    groups.values = as_numbers(groups.values, path, _ADVICE)
    if software in PROGRAMS if zero_is_missing is None else zero_is_missing:
        groups.values = groups.values.mask(groups.values == 0)
    groups, left_out = groups.cleaned()
    X = _features(groups, names, path)
    X = transformed(X, "log2") if log2 else X
    X.attrs.update(software=software, quantity=quantity, left_out=left_out)
    _tell(X, path)
    return with_labels(X, _labels_of(X, labels, groups.annotation, target, path, metadata), target, unlabelled)


def _read_labels(metadata, target, index):
    """Read the labels from the second table."""
    second = read_indexed(metadata, index, reserved=(target,), of_samples=(index, target))
    check_columns([target], second, metadata)
    return second[target]


def _read_groups(path, software, quantity, labels, metadata):
    """Read the protein groups; return them, what wrote them, and the quantity."""
    frame = read_rows(path)
    if software is None and is_perseus(path):
        software = "perseus"
    if labels is not None and (software == "matrix" or (software is None and not is_of_program(frame.columns))):
        refuse_samples_in_rows(frame, labels, path, metadata)
    if software not in ("perseus", "matrix"):
        software = recognise(list(frame.columns), software, path)
        groups, quantity = read_program(frame, software, quantity, path)
        return groups, software, quantity
    if quantity is not None:
        raise ValueError(
            f"Only tables of {', '.join(PROGRAMS)} have several quantities: leave out quantity={quantity!r}."
        )
    groups = read_perseus(frame, path) if software == "perseus" else read_matrix(frame, path, labels, metadata)
    return groups, software, None


def _features(groups, names, path):
    """Return samples in rows, protein groups in columns, each by a name of its own."""
    if groups.values.empty:
        raise ValueError(f"{path} has no protein group left: all are decoys, contaminants or without any value.")
    columns = pd.Index(groups.names(names == "genes", path).astype(str).tolist())
    X = groups.values.set_axis(columns, axis=0).T.rename_axis("sample")
    empty = X.index[X.isna().all(axis=1)]
    if len(empty):
        warnings.warn(f"{len(empty)} samples of {path} have no value at all: {some(empty)}.", UserWarning, stacklevel=4)
    return X


def _labels_of(X, labels, annotation, target, path, metadata):
    """Find the labels of the samples in the second table, or in the table's own lines about the samples."""
    if target is None:
        return None
    if metadata is not None:
        return joined(labels, X, path, metadata)
    if annotation.empty:
        raise NoColumnError(f"{path} holds no labels such as {target!r}: say which table does (metadata, --metadata).")
    check_columns([target], annotation, path)
    return annotation[target].set_axis(X.index)


def _tell(X, path):
    """Log what was read and what was left out."""
    quantity = f" ({X.attrs['quantity']})" if X.attrs["quantity"] else ""
    counts = ", ".join(f"{count} {reason}" for reason, count in X.attrs["left_out"].items())
    _logger.info(
        "%s: %s%s, %d samples, %d protein groups; left out: %s", path, X.attrs["software"], quantity, *X.shape, counts
    )
