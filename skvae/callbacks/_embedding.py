"""Latent variables with labels, as files that TensorBoard's Projector shows."""

import os
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from skvae._compat import safe_indexing

_CONFIG = """embeddings {
  tensor_name: "codes"
  tensor_path: "codes.tsv"
  metadata_path: "metadata.tsv"
}
"""
# What ends a cell or a line for one reader or another.
_ESCAPED = {ord(c): repr(c)[1:-1] for c in "\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"}
_UNKNOWN = "(missing)"
# The Projector draws in three dimensions, and nothing at all if there are fewer.
_LEAST_COLUMNS = 3


class Samples(NamedTuple):
    """The rows that are shown, of those of a fit.

    Attributes
    ----------
    rows : ndarray of int
        Their positions, evenly spaced: no random stream is touched, and sorted tables are seen as a whole.
    columns : dict
        What is told of them: from a name to a list of str.
    """

    rows: np.ndarray
    columns: dict[str, list[str]]

    @classmethod
    def of(cls, X, y, most):
        """Choose at most so many rows of `X`, and name and label them; `y` without labels is `X` itself.

        Raises
        ------
        ValueError
            If `y` has another number of labels than `X` has rows, or lists or arrays for labels.
        """
        n_samples = number_of_rows(X)
        rows = np.linspace(0, n_samples - 1, min(n_samples, most)).astype(int)
        labels = {} if y is None or y is X else _labels_of(y, n_samples, rows)
        names = X.index[rows] if hasattr(X, "iloc") else rows
        return cls(rows, labels | {"sample": _cells(names)})

    def write(self, folder, codes):
        """Write the latent variables of the rows, and what is told of them."""
        os.makedirs(folder, exist_ok=True)
        codes = np.pad(codes, [(0, 0), (0, max(0, _LEAST_COLUMNS - codes.shape[1]))])
        np.savetxt(os.path.join(folder, "codes.tsv"), codes, fmt="%.9g", delimiter="\t")
        lines = list(zip(*self.columns.values(), strict=True))
        if len(self.columns) > 1:  # a single column has no header, as the Projector wants it
            lines.insert(0, tuple(self.columns))
        _write(folder, "metadata.tsv", "".join("\t".join(line) + "\n" for line in lines))
        _write(folder, "projector_config.pbtxt", _CONFIG)  # last: it announces the others

    def taken_from(self, X):
        """Return these rows of a table."""
        return safe_indexing(X, self.rows)


def number_of_rows(X):
    """Count the rows of a table; None if it is none, as `fit` will tell."""
    if getattr(X, "shape", ()):
        return X.shape[0]
    return len(X) if isinstance(X, list | tuple) else None


def _labels_of(y, n_samples, rows):
    """Return the labels of some rows; several columns of `y` are no labels."""
    if sparse.issparse(y):
        return {}
    y = np.asarray(y, dtype=object)
    if y.ndim == 0 or len(y) != n_samples:
        raise ValueError(f"y must label the {n_samples} rows of X, but has the shape {y.shape}.")
    if y.size != n_samples:
        return {}
    labels = y.ravel()
    for row, label in enumerate(labels):
        if np.ndim(pd.isna(label)):
            raise ValueError(f"y must hold one label for each row of X, but row {row} has a {type(label).__name__}.")
    return {"label": _cells(labels[rows])}


def _cells(values):
    """Write values as cells of a table: one line each, never empty."""
    return [_UNKNOWN if pd.isna(value) else str(value).translate(_ESCAPED).strip() or _UNKNOWN for value in values]


def _write(folder, name, text):
    """Write a file of text, with the same ends of lines everywhere."""
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
