"""The user's tables: read, cleared of what cannot be learned from, matched to a model by the names of the columns."""

import difflib
import warnings
from typing import Any, NamedTuple

from skvae.cli._arguments import table_options
from skvae.cli._console import say


class Samples(NamedTuple):
    """A table as a command fits it.

    Attributes
    ----------
    X : DataFrame of shape (n_samples, n_features)
        Features, NaN where missing; none is empty.
    y : Series or None
        Labels.
    covariates : DataFrame of shape (n_samples, n_covariates) or None
        Levels.
    """

    X: Any
    y: Any = None
    covariates: Any = None

    @property
    def table(self):
        """Features and covariates, side by side."""
        return self.X if self.covariates is None else self.X.join(self.covariates)


def read_samples(arguments, is_raw=False):
    """Read the user's table with its labels, if any, and leave out empty columns.

    Parameters
    ----------
    arguments : Namespace
        With ``table``, the options of `add_table_options`, and possibly ``covariates``.
    is_raw : bool, default=False
        Whether to leave logarithms to the model; that they can be taken is checked nevertheless.

    Returns
    -------
    Samples
    """
    from skvae.datasets._numbers import transformed

    options = table_options(arguments)
    transform = options.pop("transform")
    X, y, covariates = _read_labelled(arguments.table, getattr(arguments, "covariates", None) or (), **options)
    transformed_X = transformed(X, transform)
    return Samples(without_empty_columns(X if is_raw else transformed_X), y, covariates)


def _read_labelled(path, covariates, **options):
    """Read a table, its labels and its covariates."""
    from skvae.datasets import read_table

    if covariates:
        return _read_with_covariates(path, list(covariates), **options)
    return *read_table(path, **options), None


def _read_with_covariates(path, names, *, target, index, metadata, drop, zero_is_missing, layer):
    """Read a table of which some columns are levels."""
    from skvae.datasets._columns import check_columns
    from skvae.datasets._numbers import as_numbers
    from skvae.datasets._samples import find_labels, read_indexed, with_labels

    wanted = [*names, *([target] if target else [])]
    of_samples = (index, *drop) if metadata is not None else (index, *wanted, *drop)
    frame = read_indexed(path, index, reserved=(*wanted, *drop), of_samples=of_samples, layer=layer)
    levels = {}
    for name in wanted:
        levels[name], frame = find_labels(frame, path, target=name, index=index, metadata=metadata)
    check_columns(drop, frame, path)
    X = as_numbers(frame.drop(columns=drop), path)
    X = X.mask(X == 0) if zero_is_missing else X
    for name in wanted:
        X, levels[name] = with_labels(X, levels[name].loc[X.index], name)
    chosen = {name: column.loc[X.index] for name, column in levels.items()}
    return X, chosen.get(target), X[[]].assign(**{name: chosen[name] for name in names})


def without_empty_columns(X):
    """Leave out columns without any value."""
    empty = X.columns[X.isna().all()]
    if len(empty) == X.shape[1]:
        raise ValueError("The table holds no value at all: every cell is empty.")
    if len(empty):
        warnings.warn(f"{count(len(empty), 'column')} without any value left out, such as {empty[0]!r}.", stacklevel=2)
    return X.drop(columns=empty)


def tell_of_constant_columns(X):
    """Warn of columns with one value only."""
    constant = X.columns[X.min() == X.max()]
    if len(constant):
        warnings.warn(f"{count(len(constant), 'column')} with one value only, such as {constant[0]!r}.", stacklevel=2)


def size_of(X):
    """Say how large a table is, and how much of it is missing."""
    words, missing = f"{count(len(X), 'row')}, {count(X.shape[1], 'column')}", share_missing(X)
    return f"{words}, {missing} of the values missing" if missing else words


def share_missing(X):
    """Write the share of missing values; nothing if there are none."""
    missing = float(X.isna().to_numpy().mean())
    return f"{100 * missing:.1f} %" if missing else ""


def count(number, noun):
    """Write a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def read_for(model, arguments):
    """Read a table and bring its columns into the model's order, matched by name.

    Parameters
    ----------
    model : fitted estimator
    arguments : Namespace
        With ``table``, and the options of `add_naming_options`.

    Returns
    -------
    DataFrame of shape (n_samples, model.n_features_in_)
    """
    from skvae.cli._models import covariates_of
    from skvae.datasets._samples import find_labels, read_indexed

    path, levels = arguments.table, covariates_of(model)
    of_samples = (arguments.index, *([] if arguments.metadata is not None else levels))
    frame = read_indexed(path, arguments.index, tuple(levels), of_samples=of_samples, layer=arguments.layer)
    if arguments.metadata is not None:
        for name in levels:
            column, frame = find_labels(frame, path, target=name, index=arguments.index, metadata=arguments.metadata)
            frame = frame.assign(**{name: column})
    frame = _matched(frame, levels, model, path)
    return _as_numbers(frame, levels, arguments)


def _matched(frame, levels, model, path):
    """Select the model's columns."""
    names = list(getattr(model, "feature_names_in_", ()))
    if not names:
        return _counted(frame, model, path)
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise ValueError(_missing_message(missing, names, levels, frame, path))
    extra = frame.shape[1] - len(names)
    if extra:
        example = next(name for name in frame.columns if name not in set(names))
        say(f"note: {count(extra, 'column')} that the model does not know ignored, such as {example!r}.")
    return frame[names]


def _counted(frame, model, path):
    """Check the number of columns for a model that was fitted without names."""
    if frame.shape[1] != model.n_features_in_:
        raise ValueError(
            f"{path} has {count(frame.shape[1], 'column')}, but the model was fitted on {model.n_features_in_} without "
            "names. Leave out the others, or fit the model anew on a table with names."
        )
    return frame.set_axis(range(frame.shape[1]), axis=1)


def _missing_message(missing, names, levels, frame, path):
    """Say which of the model's columns a table lacks, and what may have been meant."""
    if len(missing) == len(names):
        return (
            f"{path} has no column of the model: that knows {_some(names)}; the table has {_some(frame.columns)}. Is "
            "it another table, or one that lies on its side (rows must be samples)?"
        )
    others = [str(name) for name in frame.columns if name not in set(names)]
    near = difflib.get_close_matches(missing[0], others, n=1, cutoff=0.6)
    hint = f" Is {near[0]!r} meant to be {missing[0]!r}? Rename it." if near else ""
    hint = " It is a covariate: if it stands in a second table, give --metadata." if missing[0] in levels else hint
    return f"{path} lacks {len(missing)} of the {len(names)} columns of the model: {_some(missing)}.{hint}"


def _as_numbers(frame, levels, arguments):
    """Turn all but levels of covariates into numbers."""
    from skvae.datasets._numbers import as_numbers

    features = [name for name in frame.columns if name not in levels]
    X = as_numbers(frame[features], arguments.table)
    X = X.mask(X == 0) if arguments.zero_is_missing else X
    return X.join(frame[list(levels)])[list(frame.columns)] if levels else X


def _some(names):
    """List the first few names."""
    from skvae.datasets._columns import some

    return some(names)
