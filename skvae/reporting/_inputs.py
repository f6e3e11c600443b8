"""What a report is about: the table and the model, checked before anything is computed."""

import itertools
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d
from sklearn.utils.validation import check_is_fitted

from skvae._compat import column_names
from skvae._constant import constant_columns
from skvae._decoded import DecodedFeatures
from skvae._validation import advising, check_table, refuse_masked
from skvae.estimators import VAEImputer
from skvae.reporting._log import READING
from skvae.reporting._words import count, few, printable

#: What the name of a page ends in.
PAGES = (".html", ".htm")
# From `_warn_of_another_order` through scikit-learn's wrapper to the user.
_TO_USER = 7
_NO_NUMBER = "Leave out the columns that are no numbers; labels go into y."


@dataclass(frozen=True)
class Data:
    """A table with its labels.

    Attributes
    ----------
    X : array-like or DataFrame of shape (n_samples, n_columns)
        As estimators get it.
    values : ndarray of shape (n_samples, n_features)
        The columns that are encoded and decoded, that is without covariates; NaN is a missing value.
    features : list of str
    samples : list of str
    labels : ndarray of shape (n_samples,) or None
    label_name : str
        What the labels are called.
    """

    X: Any
    values: np.ndarray
    features: list[str]
    samples: list[str]
    labels: np.ndarray | None
    label_name: str


def check_kinds(X, estimator):
    """Raise if arguments are in each other's places, or there is none."""
    if hasattr(X, "fit") or isinstance(X, type):
        raise TypeError(
            f"X is {_kind(X)}, but must be a table. Give the estimator by its name: "
            "skvae.report(X, y, estimator=model), or without data skvae.report(estimator=model)."
        )
    if isinstance(X, str | os.PathLike):
        raise TypeError(
            f"X is the text {str(X)[:60]!r}, but must be a table: read it with skvae.datasets.read_table, or if it is "
            "a model, with skvae.load."
        )
    if X is None and estimator is None:
        raise TypeError("There is nothing to report on: give a table X, a fitted estimator, or both.")


def checked_model(estimator):
    """Return the fitted transformer to report on, the best one of a search.

    Raises
    ------
    TypeError
        If it is no transformer, or one that gives no codes.
    NotFittedError
        If it is not fitted.
    """
    if isinstance(estimator, type) or not hasattr(estimator, "fit"):
        raise TypeError(f"estimator must be a fitted transformer or Pipeline, but is {_kind(estimator)}.")
    kind = type(estimator).__name__
    check_is_fitted(
        estimator, msg=f"This {kind} is not fitted: fit it first, or leave it out, and the report fits PCA and a VAE."
    )
    model = getattr(estimator, "best_estimator_", estimator)
    if isinstance(last_step(model), VAEImputer):
        raise TypeError(f"{kind} gives filled tables, not codes: report on its model, estimator=imputer.estimator_.")
    if not hasattr(model, "transform"):
        raise TypeError(f"{kind} has no transform, so there are no codes to report on: give a transformer.")
    return model


def last_step(model):
    """Return the estimator that makes the codes."""
    while hasattr(model, "steps"):
        model = model.steps[-1][1]
    return model


def refuse_repeated_names(X):
    """Raise if two columns of a data frame have the same name: warnings, loadings and models go by names."""
    if not hasattr(X, "columns"):
        return
    names = pd.Series([str(name) for name in X.columns])
    repeated = names[names.duplicated()].unique()
    if len(repeated):
        raise ValueError(f"X names columns more than once: {few(repeated)}. Give each column a name of its own.")


def table_alone(X, y, log):
    """Check a table of numbers, leave out columns that tell nothing, and make it a DataFrame.

    Returns
    -------
    data : Data
    """
    values = _numbers(X)
    names = np.asarray(_feature_names(X, values.shape[1]), dtype=object)
    is_empty, is_constant = np.isnan(values).all(axis=0), constant_columns(values)
    varies = ~(is_empty | is_constant)
    if not varies.any():
        what = "holds no value at all: every cell is missing" if is_empty.all() else "has no column that varies"
        raise ValueError(f"X {what}.")
    for which, what in ((is_empty, "without any value"), (is_constant, "with one value only")):
        if which.any():
            left_out = f"{count(which.sum(), 'column')} {what} left out: {few(names[which])}."
            log.note(READING, left_out)
    values, kept = values[:, varies], list(names[varies])
    frame = pd.DataFrame(values, columns=kept, index=X.index if hasattr(X, "iloc") else None)
    return Data(frame, values, [printable(name) for name in kept], _samples(X, len(values)), *_labels(y, X))


def table_of_model(model, X, y):
    """Check a table that a fitted model is to encode.

    Returns
    -------
    data : Data
    Z : ndarray of shape (n_samples, n_components)
        Its codes.
    """
    X = X if hasattr(X, "shape") else np.asarray(X)
    try:
        Z = check_table(model.transform(X), dtype=np.float64, input_name="The code")
    except ValueError as error:
        raise ValueError(f"X and the estimator do not fit each other. {error}") from error
    covariates = getattr(last_step(model), "covariate_columns_", [])
    features = DecodedFeatures.of(model, np.shape(X)[1] - len(covariates), X)
    names = [printable(name) for name in features.names]
    return Data(X, features.values_of(X), names, _samples(X, len(Z)), *_labels(y, X)), Z


def checked_path(path):
    """Find out where the page goes, and that it can, before minutes are spent on it.

    Raises
    ------
    ValueError
        If the name is not that of a page, but perhaps of a table or script that would be replaced.
    OSError
        If it cannot be written: ``FileNotFoundError``, ``IsADirectoryError``, ``PermissionError``.
    """
    if path is None:
        return None
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"The report cannot be written to {path}: it is a folder. Give the name of a file.")
    if path.suffix.lower() not in PAGES:
        raise ValueError(f"The report cannot be written to {path}: the name of a page ends in {' or '.join(PAGES)}.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"The report cannot be written to {path}: there is no folder {path.parent}.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise PermissionError(f"The report cannot be written to {path}: there is no permission.")
    return path


def _kind(value):
    """Say what something is: the class itself, or one of its instances."""
    return f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"


def _numbers(X):
    """Check that a table holds numbers."""
    with advising({"convert string": _NO_NUMBER}):
        return check_table(X, dtype=np.float64, ensure_all_finite="allow-nan", input_name="X")


def _feature_names(X, n_features):
    """List the names of the columns, also of those that have numbers for names."""
    names = [str(name) for name in X.columns] if hasattr(X, "iloc") else column_names(X)
    return [f"x{i}" for i in range(n_features)] if names is None else list(names)


def _samples(X, n_samples):
    """List what the rows are called."""
    names = X.index if hasattr(X, "iloc") else range(n_samples)
    return [printable(name) for name in names]


def _labels(y, X):
    """Check labels as far as pictures need it; return them and their name."""
    if y is None:
        return None, ""
    refuse_masked(y, "The target y", "Leave those samples out.")
    _warn_of_another_order(y, X)
    labels = column_or_1d(y)
    if len(labels) != np.shape(X)[0]:
        raise ValueError(f"y has {count(len(labels), 'label')}, but X has {count(np.shape(X)[0], 'row')}.")
    if pd.isna(labels).any():
        raise ValueError(f"The target y has {pd.isna(labels).sum()} missing labels: leave those samples out.")
    return _printable_labels(labels), printable(getattr(y, "name", None) or "label")


def _warn_of_another_order(y, X):
    """Warn if labels bear the names of the rows, but in another order: they are taken in the order that they have."""
    names, rows = getattr(y, "index", None), getattr(X, "index", None)
    if not isinstance(names, pd.Index) or not isinstance(rows, pd.Index) or len(names) != len(rows):
        return
    if not names.equals(rows) and names.isin(rows).all() and rows.isin(names).all():
        warnings.warn(
            "The index of y holds the names of the rows of X in another order. Labels are taken by position: give "
            "y.loc[X.index] if they belong to the names.",
            UserWarning,
            stacklevel=_TO_USER,
        )


def _printable_labels(labels):
    """Write labels that are text as a page can hold them; those that would become equal get numbers."""
    unprintable = [label for label in dict.fromkeys(labels) if isinstance(label, str) and printable(label) != label]
    if not unprintable:
        return labels
    names, taken = {}, set(labels)
    for label in unprintable:
        name = printable(label)
        numbered = (f"{name} ({i})" for i in itertools.count(2))
        names[label] = next(free for free in itertools.chain([name], numbered) if free not in taken)
        taken.add(names[label])
    return np.array([names.get(label, label) for label in labels], dtype=object)
