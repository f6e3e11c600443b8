"""Read a table: rows are samples, columns are features, labels stand beside them or in a second table."""

import os
from pathlib import Path

from skvae._compat import StrOptions, validate_params
from skvae._tables._columns import check_columns
from skvae._tables._features import features_of
from skvae._tables._numbers import TRANSFORMS, transformed
from skvae._tables._programs import refuse_protein_groups
from skvae._tables._samples import find_labels, read_indexed, with_labels


@validate_params(
    {
        "path": [str, os.PathLike],
        "target": [str, None],
        "index": [str, None],
        "metadata": [str, os.PathLike, None],
        "drop": ["array-like"],
        "transform": [StrOptions(set(TRANSFORMS))],
        "zero_is_missing": ["boolean"],
        "layer": [str, None],
        "unlabelled": [StrOptions({"drop", "keep"})],
    },
    prefer_skip_nested_validation=True,
)
def read_table(
    path,
    *,
    target=None,
    index=None,
    metadata=None,
    drop=(),
    transform="none",
    zero_is_missing=False,
    layer=None,
    unlabelled="drop",
):
    """Read a table of samples and, if wished, their labels.

    Rows are samples and columns are features. Empty cells (and ``NA``, ``N/A``, ``NaN``, ``null``, ``#N/A``, ``<NA>``)
    are missing values and come back as NaN; ``None`` is text, such as a treatment. Numbers may have decimal commas
    where the features leave no doubt, see Notes.

    Parameters
    ----------
    path : str or path-like
        A table ``.csv``, ``.tsv`` or ``.txt`` (each also with ``.gz``; the delimiter of ``.csv`` and ``.txt`` is seen
        from the first two lines), ``.parquet``, or ``.h5ad``, of which ``X`` (made dense) holds the features and
        ``obs`` the labels.
    target : str, default=None
        Name of the column with the labels: looked up in `metadata` first, then in the table.
    index : str, default=None
        Name of the column with the names of the samples. By default the first column is taken if it has no
        heading, or if it tells the samples apart by text, or by whole numbers under a heading such as ``id``
        or ``sample_id``; otherwise the samples are numbered.
    metadata : str or path-like, default=None
        A second table that holds the labels. It is joined by the names of the samples, compared as text; rows
        of it that the first table lacks are ignored.
    drop : sequence of str, default=()
        Columns of the table that are no features.
    transform : {"none", "log2", "exp2"}, default="none"
        Applied to every cell: ``"log2"`` for intensities, ``"exp2"`` (``2 ** x``) to undo it.
    zero_is_missing : bool, default=False
        Whether a cell of exactly 0 means that nothing was measured, as in many tables of intensities.
    layer : str, default=None
        Name of the layer of an ``.h5ad`` file to take in place of its ``X``.
    unlabelled : {"drop", "keep"}, default="drop"
        Samples without a label: left out of `X` and `y`, with a warning, as scores need a label for each sample; or
        kept, with a missing label in `y`, as a fit has no need of labels. Samples without any row in `metadata` are
        such ones, with a warning, unless half of the samples or more have none.

    Returns
    -------
    X : DataFrame of shape (n_samples, n_features)
        The features, as float64, NaN where missing.
    y : Series of shape (n_samples,) or None
        The labels, None without `target`; of categories, ordered or not, what they are called. Whole numbers are
        int64, or pandas' Int64 where labels are missing.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the table cannot be read, is empty, or holds something else than numbers; if a column is not there;
        if samples or columns are named twice, or half of the samples have no row in `metadata`; if numbers have decimal
        commas and points; if `transform` does not fit the values; if a sparse table would not fit into memory.
    ImportError
        If the table is a ``.parquet`` file and pyarrow is not installed, or an ``.h5ad`` file and anndata is not.

    See Also
    --------
    read_proteins : Read a table of protein groups as search programs write it, with samples in columns.
    write_table : Write one.

    Notes
    -----
    The commas of features are decimal signs if a column of numbers has one that cannot part thousands, such as
    ``0,5``. Points beside them are an error, for ``10.000`` may be ten thousand. Without such a comma, ``1,234`` is an
    error, and points are decimal. Names of samples, labels and `drop` play no part in it, and stay as they are.

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
    path = Path(path)
    of_samples = (index, *drop) if metadata is not None else (index, target, *drop)
    table = read_indexed(path, index, reserved=(target, *drop), of_samples=of_samples, layer=layer)
    refuse_protein_groups(table, path)
    labels, table = find_labels(table, path, target=target, index=index, metadata=metadata)
    check_columns(drop, table, path)
    X = _features(table, path, list(drop), transform, zero_is_missing)
    return with_labels(X, labels, target, unlabelled)


def _features(table, path, drop, transform, zero_is_missing):
    """Take the features of a table as numbers, and transform them."""
    return transformed(features_of(table.drop(columns=drop), path, zero_is_missing), transform)
