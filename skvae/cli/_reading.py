"""The user's table read: features as numbers, labels and covariates beside them."""

import gzip
import re
import zlib
from contextlib import suppress
from typing import Any, NamedTuple

from skvae.cli._matching import matched
from skvae.cli._tables import hint_at_sparse_columns, without_empty_columns, without_sparse_columns

# Enough of a header to know the program that wrote it.
_HEADER_BYTES = 65536


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


def read_samples(arguments, is_raw=False, keeps_unlabelled=False):
    """Read the user's table with its labels, if any, and leave out columns that are empty, or emptier than is wished.

    Parameters
    ----------
    arguments : Namespace
        With ``table``, the options of `add_table_options`, and possibly ``covariates``.
    is_raw : bool, default=False
        Whether to leave logarithms to the model; that they can be taken is checked nevertheless.
    keeps_unlabelled : bool, default=False
        Whether rows without a label stay, because labels play no part.

    Returns
    -------
    Samples
    """
    from skvae._tables._numbers import transformed

    names = list(getattr(arguments, "covariates", None) or ())
    _check_drop(arguments, names)
    read = _read_proteins if is_of_proteins(arguments) else _read_table
    X, y, levels = read(arguments, names, keeps_unlabelled)
    transformed_X = transformed(X, arguments.transform)
    X, covariates = _with_levels(X if is_raw else transformed_X, levels)
    X = without_empty_columns(X)
    if arguments.min_known is None:
        hint_at_sparse_columns(X)
    else:
        X = without_sparse_columns(X, arguments.min_known)
    return Samples(X, None if y is None else y.loc[X.index], covariates)


def _check_drop(arguments, names):
    """Raise if a column that is asked for is to be left out as well."""
    for option, asked in (("--covariates", names), ("--target", [arguments.target]), ("--index", [arguments.index])):
        for name in arguments.drop:
            if name in asked and (arguments.metadata is None or option == "--index"):
                raise ValueError(
                    f"{option} asks for the column {name!r}, but --drop leaves it out: give one of the two."
                )


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
    return read_labelled_for(model, arguments)[0]


def read_labelled_for(model, arguments):
    """Read a table for a model, and its labels where ``arguments.target`` names them; rows without are left out.

    Returns
    -------
    X : DataFrame of shape (n_samples, model.n_features_in_)
    y : Series or None
    """
    from skvae._tables._samples import with_labels
    from skvae.cli._models import check_named, covariates_of, takes_missing, with_known_levels

    check_named(model)
    if getattr(arguments, "min_known", None) is not None:
        raise ValueError("--min-known belongs to a TABLE that is fitted to: a model knows its columns.")
    path, names, target = arguments.table, covariates_of(model), getattr(arguments, "target", None)
    if is_of_proteins(arguments):
        X, y, levels = _read_proteins(arguments, names)
        X = matched(X.assign(**levels), names, model, path, may_lack=takes_missing(model))
    else:
        frame, y = _read_frame(arguments, names, target, kept=getattr(model, "feature_names_in_", ()))
        chosen = matched(frame, names, model, path)
        # Under the names in the file; without names, the model's are numbers.
        named = chosen if hasattr(model, "feature_names_in_") else chosen.set_axis(frame.columns, axis=1)
        X = _as_numbers(named, names, arguments).set_axis(chosen.columns, axis=1)
        X, y = with_labels(X, y, target)
    _check_support(model, X.drop(columns=names))
    return with_known_levels(model, X), y


def _check_support(model, X):
    """Raise if the model begins with a logarithm or power that does not fit the values."""
    from skvae._tables._numbers import transformed
    from skvae.cli._models import transform_of

    transform = transform_of(model)
    try:
        transformed(X, transform)
    except ValueError as error:
        raise ValueError(f"The model begins with {transform}: it takes tables as it was fitted to. {error}") from error


def read_as_it_is(arguments):
    """Read a table with whatever its columns hold."""
    from skvae._tables._decimals import share_of_numbers, with_decimal_commas

    if is_of_proteins(arguments):
        return _read_proteins(arguments, [])[0]
    frame = _read_frame(arguments, [], None)[0]
    features = [name for name in frame.columns if share_of_numbers(frame[name]) == 1]
    frame = frame.assign(**with_decimal_commas(frame[features], arguments.table))
    numbers = frame.select_dtypes("number").columns
    return frame.assign(**frame[numbers].mask(frame[numbers] == 0)) if arguments.zero_is_missing else frame


def is_of_proteins(arguments):
    """Tell whether the table is one that a program of proteomics has written, by its header unless it is said."""
    from skvae._tables._files import is_perseus
    from skvae._tables._kinds import DELIMITERS, kind_of
    from skvae._tables._programs import PROGRAMS, refuse_peptides

    path = arguments.table
    if arguments.software is not None:
        return True
    if not path.is_file() or kind_of(path)[0] not in DELIMITERS:
        return False
    header, of_perseus = [], False
    with suppress(EOFError, OSError, ValueError, zlib.error):  # who reads it says what is wrong
        header, of_perseus = _beginning_of_header(path), is_perseus(path)
    refuse_peptides(header, path)  # else it would be said that some columns hold text
    identifiers = {name for program in PROGRAMS.values() for name in program.ids}
    return not identifiers.isdisjoint(header) or of_perseus


def _beginning_of_header(path):
    """List the first columns of a text, wherever its cells are parted."""
    with (gzip.open if path.suffix.lower() == ".gz" else open)(path, "rb") as file:
        start = file.read(_HEADER_BYTES)
    is_utf_16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    header = start.decode("utf-16" if is_utf_16 else "utf-8-sig", "ignore").partition("\n")[0]
    return [cell.strip().strip('"') for cell in re.split("[\t,;]", header)]


def _read_proteins(arguments, names, keeps_unlabelled=False):
    """Read a table of protein groups; return it with labels and levels."""
    from skvae._tables._columns import check_columns
    from skvae._tables._samples import find_labels
    from skvae.datasets import read_proteins

    path, target = arguments.table, getattr(arguments, "target", None)
    X, y = read_proteins(
        path,
        software=arguments.software,
        quantity=arguments.quantity,
        names=arguments.names,
        zero_is_missing=arguments.zero_is_missing or None,  # by default as the program means it
        metadata=None if target is None else arguments.metadata,
        target=target,
        index=arguments.index,
        unlabelled="keep" if keeps_unlabelled else "drop",
    )
    drop = getattr(arguments, "drop", [])
    check_columns(drop, X, path)
    beside = {"index": arguments.index, "metadata": arguments.metadata}
    levels = {name: find_labels(X, path, target=name, **beside)[0] for name in names}
    return X.drop(columns=drop), y, levels


def _read_table(arguments, names, keeps_unlabelled):
    """Read a table with samples in rows; return it with labels and levels."""
    from skvae._tables._programs import refuse_protein_groups
    from skvae._tables._samples import find_labels, with_labels
    from skvae.cli._arguments import table_options
    from skvae.datasets import read_table

    unlabelled = "keep" if keeps_unlabelled else "drop"
    if not names:
        options = table_options(arguments) | {"transform": "none", "unlabelled": unlabelled}
        return *read_table(arguments.table, **options), {}
    frame, y = _read_frame(arguments, names, arguments.target)
    refuse_protein_groups(frame, arguments.table)
    levels = {}
    for name in names:  # those of the second table stand in the frame as well
        levels[name], frame = find_labels(frame, arguments.table, target=name, index=None, metadata=None)
    X = _as_numbers(frame, (), arguments)
    X, y = with_labels(X, y, arguments.target, unlabelled)
    return X, y, {name: column.loc[X.index] for name, column in levels.items()}


def _read_frame(arguments, names, target, kept=()):
    """Read a table as it is, with levels from where they stand; return it and the labels, which `kept` may name."""
    from skvae._tables._columns import check_columns
    from skvae._tables._samples import find_labels, read_indexed

    path, beside = arguments.table, {"index": arguments.index, "metadata": arguments.metadata}
    wanted, drop = [*names, *([] if target is None else [target])], getattr(arguments, "drop", [])
    of_samples = (arguments.index, *drop, *(wanted if arguments.metadata is None else []))
    frame = read_indexed(path, arguments.index, (*wanted, *drop), of_samples=of_samples, layer=arguments.layer)
    check_columns(drop, frame, path)
    frame = frame.drop(columns=drop)
    found = {name: find_labels(frame, path, target=name, **beside)[0] for name in wanted if arguments.metadata}
    y, rest = (None, frame) if target is None else _taken(frame, target, found, path)
    frame = frame if target in {*names, *kept} else rest
    return frame.assign(**{name: found[name] for name in names if name in found}), y


def _taken(frame, target, found, path):
    """Take the labels out of a table, or out of what was found beside it."""
    from skvae._tables._samples import find_labels

    if target in found:
        return found[target], frame.drop(columns=target, errors="ignore")
    return find_labels(frame, path, target=target, index=None, metadata=None)


def _as_numbers(frame, levels, arguments):
    """Turn all but levels of covariates into numbers."""
    from skvae._tables._features import features_of

    features = [name for name in frame.columns if name not in levels]
    X = features_of(frame[features], arguments.table, arguments.zero_is_missing)
    return X.join(frame[list(levels)])[list(frame.columns)] if levels else X


def _with_levels(X, levels):
    """Leave out samples without a level; return the others and their levels, None if there are no covariates."""
    from skvae._tables._samples import with_labels

    for name in levels:
        X, levels[name] = with_labels(X, levels[name].loc[X.index], name)
    return X, X[[]].assign(**{name: column.loc[X.index] for name, column in levels.items()}) if levels else None
