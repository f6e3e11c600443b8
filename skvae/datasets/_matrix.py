"""A plain table with proteins in rows and samples in columns."""

import warnings

import pandas as pd
from pandas.api.types import infer_dtype, is_numeric_dtype

from skvae._tables._columns import NoColumnError, some
from skvae._tables._decimals import share_of_numbers, with_decimal_commas
from skvae._tables._samples import known_samples
from skvae.datasets._protein_groups import GENES, ProteinGroups

# Text that reads as numbers to more than this share is a sample with a stray text in it.
_SPOILT = 0.5


def read_matrix(frame, path, labels=None, metadata=None):
    """Take the first column for the proteins and those of numbers for the samples, of which `labels` may know."""
    if isinstance(frame.index, pd.RangeIndex):
        frame = frame.set_index(frame.columns[0])
    ids = frame.index.to_series(index=range(len(frame)))
    if is_numeric_dtype(ids):
        raise ValueError(
            f"{path}: the first column, {ids.name!r}, holds numbers. In a matrix it must hold the names of the "
            "proteins."
        )
    frame = frame.reset_index(drop=True)
    samples = [name for name in frame.columns if _has_numbers(frame[name])]
    if labels is not None:
        samples = _known(samples, labels, path, metadata)
    if not samples:
        raise NoColumnError(f"{path} has no column of numbers for a sample; its columns are {some(frame.columns)}.")
    genes = next((frame[name] for name in GENES if name in frame and name not in samples), None)
    return ProteinGroups(with_decimal_commas(frame[samples], path), ids, genes)


def _has_numbers(cells):
    """Tell whether a column holds numbers, but perhaps for a stray text; True and False are none."""
    if infer_dtype(cells, skipna=True) == "boolean":
        return False
    return share_of_numbers(cells) > _SPOILT


def _known(samples, labels, path, metadata):
    """Keep the samples that have a row among the labels, if any has."""
    columns = pd.Index(samples).str.strip()
    known = known_samples(labels, columns)
    others = columns[~columns.isin(known)]
    if len(others) == len(columns):
        return samples  # joining says what is wrong
    if len(others):
        warnings.warn(
            f"{len(others)} columns of numbers of {path} have no row in {metadata} and are left out: {some(others)}.",
            UserWarning,
            stacklevel=6,
        )
    return [name for name, column in zip(samples, columns, strict=True) if column in set(known)]
