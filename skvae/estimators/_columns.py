"""Columns of a table that are covariates, and their indicators."""

from typing import NamedTuple

import numpy as np
from sklearn.preprocessing import OneHotEncoder

from skvae._compat import column_positions, safe_indexing


class Covariates(NamedTuple):
    """Which columns are covariates, and what they hold.

    Attributes
    ----------
    columns : int array
        Their positions in the table.
    encoder : OneHotEncoder
        Fitted to their levels.
    shares : ndarray of shape (n_indicators,)
        Share of the training rows at each level, by their weights.
    """

    columns: np.ndarray
    encoder: OneHotEncoder
    shares: np.ndarray

    @classmethod
    def of(cls, X, names, sample_weight=None):
        """Look the columns up in a table, and learn their levels."""
        columns = np.array(column_positions(X, list(names)), dtype=np.int64)
        if len(columns) == 0 or len(set(columns.tolist())) < len(columns):
            raise ValueError(f"covariates must name at least one column, and none twice, but are {names!r}.")
        if len(columns) >= X.shape[1]:
            raise ValueError("All columns of X are covariates: no data are left to learn from.")
        table = _levels(X, columns)
        # It must not obey a global `transform_output`.
        try:
            encoder = OneHotEncoder(sparse_output=False).set_output(transform="default").fit(table)
        except TypeError as error:
            raise TypeError(
                "Each covariate needs levels of one kind, text or numbers: turn them into text, by .astype(str). "
                f"{error}"
            ) from error
        return cls(columns, encoder, np.average(encoder.transform(table), axis=0, weights=sample_weight))

    @property
    def n_indicators(self):
        """Number of levels of all covariates."""
        return len(self.shares)

    def parted(self, X):
        """Part a table into the data and the indicators of the covariates."""
        others = np.setdiff1d(np.arange(X.shape[1]), self.columns)
        return safe_indexing(X, others, axis=1), self._encoded(_levels(X, self.columns))

    def indicators(self, covariates, n_samples):
        """Return the indicators of given levels; one set of levels stands for all rows, None for the usual shares."""
        if covariates is None:
            return np.tile(self.shares, (n_samples, 1))
        table = np.asarray(covariates, dtype=object)
        if table.ndim < 2:
            table = table.reshape(-1, 1) if len(self.columns) == 1 else table.reshape(1, -1)
        if len(table) not in (1, n_samples) or table.shape[1] != len(self.columns):
            raise ValueError(
                f"covariates must give {len(self.columns)} level(s) for each of the {n_samples} rows, or once for all, "
                f"but have the shape {table.shape}."
            )
        return np.broadcast_to(self._encoded(table), (n_samples, self.n_indicators))

    def _encoded(self, table):
        """Turn levels into indicators."""
        try:
            return self.encoder.transform(table)
        except ValueError as error:
            known = "; ".join(", ".join(map(str, levels[:10])) for levels in self.encoder.categories_)
            raise ValueError(
                f"The covariates hold levels that fit has not seen. Known are: {known}. {str(error)[:200]}"
            ) from error


def refuse_other_covariates(covariates, X, names):
    """Raise a ValueError unless the names are those of the columns that training began with."""
    was = [] if covariates is None else covariates.columns.tolist()
    now = [] if names is None else np.array(column_positions(X, list(names)), dtype=np.int64).tolist()
    if was != now:
        raise ValueError(
            f"Training goes on only with the covariates it began with, but covariates changed (from columns {was} to "
            f"{now}): start anew by fit with warm_start=False, or set it back."
        )


def _levels(X, columns):
    """Take the covariates out of a table, as objects, whatever their types."""
    return np.asarray(safe_indexing(X, columns, axis=1), dtype=object)
