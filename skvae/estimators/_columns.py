"""Columns of a table that are covariates, and their indicators."""

import warnings
from collections.abc import Mapping
from types import NoneType
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.preprocessing import OneHotEncoder

from skvae._compat import column_names, column_positions, safe_indexing
from skvae._validation import listed

# What a level may be; a file holds nothing else.
_LEVELS = (NoneType, bool, int, float, str, np.generic)
_ONE_KIND = "Each covariate needs levels of one kind, text or numbers: turn them into text, by .astype(str)."
# From `Covariates.of` through fit and scikit-learn's wrapper to the user.
_TO_USER = 6


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
        table = _without_na(_levels(X, columns))
        # It must not obey a global `transform_output`.
        try:
            encoder = OneHotEncoder(sparse_output=False).set_output(transform="default").fit(table)
        except TypeError as error:
            raise TypeError(f"{_ONE_KIND} {error}") from error
        known = dict(zip(_names_of(X, columns), encoder.categories_, strict=True))
        _refuse_other_objects(known)
        _warn_of_many_levels(known, len(table))
        return cls(columns, encoder, np.average(encoder.transform(table), axis=0, weights=sample_weight))

    @property
    def n_indicators(self):
        """Number of levels of all covariates."""
        return len(self.shares)

    def parted(self, X, is_stream=False):
        """Part a table, which may be a batch of a stream, into the data and the indicators of the covariates."""
        others = np.setdiff1d(np.arange(X.shape[1]), self.columns)
        return safe_indexing(X, others, axis=1), self._encoded(_levels(X, self.columns), is_stream)

    def indicators(self, covariates, n_samples, names=None, own=None):
        """Return the indicators of given levels.

        Parameters
        ----------
        covariates : array-like, data frame, dict, level or None
            One set of levels stands for all rows, None for the usual shares.
        n_samples : int
        names : list of str, default=None
            Names of the covariates; None if fit saw none.
        own : ndarray of shape (n_samples, n_indicators), default=None
            Indicators of levels that stay where a dict gives none; None if it must give all.
        """
        if covariates is None:
            return np.tile(self.shares, (n_samples, 1))
        if isinstance(covariates, Mapping):
            return self._encoded(self._levels_by_name(covariates, n_samples, names, own))
        table = np.asarray(_in_order(covariates, names), dtype=object)
        if table.ndim < 2:
            table = table.reshape(-1, 1) if len(self.columns) == 1 else table.reshape(1, -1)
        if len(table) not in (1, n_samples) or table.shape[1] != len(self.columns):
            raise ValueError(
                f"covariates must give {len(self.columns)} level(s) for each of the {n_samples} rows, or once for all, "
                f"but have the shape {table.shape}."
            )
        return np.broadcast_to(self._encoded(table), (n_samples, self.n_indicators))

    def _levels_by_name(self, given, n_samples, names, own):
        """Turn a dict into a table of levels."""
        if names is None:
            raise ValueError(
                "covariates must be given by their order, not in a dict, as fit saw no names of columns: pass a list "
                "or an array."
            )
        _refuse_other_names(list(given), names, may_lack=own is not None)
        kept = {} if own is None else dict(zip(names, self.encoder.inverse_transform(own).T, strict=True))
        levels = kept | dict(given)
        return np.column_stack([_column(name, levels[name], n_samples) for name in names])

    def _encoded(self, table, is_stream=False):
        """Turn levels into indicators."""
        try:
            return self.encoder.transform(_without_na(table))
        except ValueError as error:
            known = "; ".join(", ".join(map(str, levels[:10])) for levels in self.encoder.categories_)
            remedy = (
                "The first batch of a stream sets the levels, or the fit before it: begin anew with one that holds a "
                "row of each. "
            )
            raise ValueError(
                f"The covariates hold levels that fit has not seen. Known are: {known}. {remedy if is_stream else ''}"
                f"{str(error)[:200]}"
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


def _without_na(table):
    """Turn pandas' NA, which equals nothing, into NaN."""
    return np.frompyfunc(lambda level: np.nan if level is pd.NA else level, 1, 1)(table)


def _names_of(X, columns):
    """Name columns of a table, or number them where it has no names."""
    names = column_names(X)
    return columns.tolist() if names is None else names[columns].tolist()


def _refuse_other_objects(known):
    """Raise a TypeError unless all levels, in a dict by covariate, are such as files can hold."""
    for name, levels in known.items():
        for level in levels:
            if not isinstance(level, _LEVELS) or isinstance(level, np.datetime64 | np.timedelta64):
                raise TypeError(f"{_ONE_KIND} Column {name!r} holds {type(level).__name__}: {level}.")


def _warn_of_many_levels(known, n_samples):
    """Warn of covariates, in a dict with their levels, that hardly put two rows together."""
    for name, levels in known.items():
        if len(levels) > max(2, n_samples / 2):  # two levels are a factor, however few the rows
            warnings.warn(
                f"The covariate {name!r} has {len(levels)} levels in {n_samples} rows: as a number or an identifier it "
                "takes from the rows what tells them apart. Cut numbers into a few ranges, such as by "
                "pandas.cut(...).astype(str), or drop the column.",
                UserWarning,
                stacklevel=_TO_USER,
            )


def _in_order(covariates, names):
    """Bring a data frame of levels into the order of the covariates; what has no names is in order."""
    given = None if names is None else column_names(covariates)
    if given is None:
        return covariates
    _refuse_other_names(given.tolist(), names)
    return safe_indexing(covariates, names, axis=1)


def _refuse_other_names(given, names, may_lack=False):
    """Raise a ValueError unless the given names are those of the covariates, or some of them."""
    unknown = [name for name in given if name not in names]
    missing = [] if may_lack else [name for name in names if name not in given]
    faults = [f"{what} {listed(those)}" for what, those in (("lack", missing), ("also name", unknown)) if those]
    if faults:
        raise ValueError(f"covariates must give levels of {listed(names)}, but {' and '.join(faults)}.")


def _column(name, levels, n_samples):
    """Turn one level, or one for each row, into a column."""
    levels = np.asarray(levels, dtype=object)
    if levels.shape not in ((), (1,), (n_samples,)):
        raise ValueError(
            f"covariates must give one level of {name!r}, or one for each of the {n_samples} rows, but have the shape "
            f"{levels.shape} there."
        )
    return np.broadcast_to(levels, n_samples)
