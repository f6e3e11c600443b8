"""What is checked and said of a user's table."""

import warnings

from skvae._count import count

# A column known in a smaller share of the rows is told of; nearly empty ones rule the likelihood of held-out rows.
_USUALLY_KNOWN = 0.5


def without_empty_columns(X):
    """Leave out columns without any value."""
    empty = X.columns[X.isna().all()]
    if len(empty) == X.shape[1]:
        raise ValueError("The table holds no value at all: every cell is empty.")
    if len(empty):
        warnings.warn(f"{count(len(empty), 'column')} without any value left out, such as {empty[0]!r}.", stacklevel=2)
    return X.drop(columns=empty)


def without_sparse_columns(X, least):
    """Leave out columns known in a smaller share of the rows than `least`."""
    known = X.notna().mean()
    sparse = X.columns[known < least]
    if len(sparse) == X.shape[1]:
        raise ValueError(
            f"--min-known {least:g} leaves no column: the fullest is known in {known.max():.3g} of the rows. Lower it."
        )
    if len(sparse):
        told = f"{_known_in_less(sparse, X)} {least:g} of the rows and left out, such as {sparse[0]!r}."
        warnings.warn(told, stacklevel=2)
    return X.drop(columns=sparse)


def hint_at_sparse_columns(X):
    """Warn of columns that few rows know, and say how to leave them out."""
    sparse = X.columns[X.notna().mean() < _USUALLY_KNOWN]
    if len(sparse):
        them = "it" if len(sparse) == 1 else "them"
        remedy = f"--min-known {_USUALLY_KNOWN:g} leaves {them} out"
        warnings.warn(f"{_known_in_less(sparse, X)} half of the rows; {remedy}.", stacklevel=2)


def _known_in_less(sparse, X):
    """Begin a sentence on columns that few rows know."""
    return f"{len(sparse)} of {count(X.shape[1], 'column')} {'is' if len(sparse) == 1 else 'are'} known in less than"


def is_constant(X):
    """Tell which columns hold one value only."""
    from skvae._constant import constant_columns

    return constant_columns(X.to_numpy(dtype=float))


def tell_of_constant_columns(X):
    """Warn of columns with one value only."""
    constant = X.columns[is_constant(X)]
    if len(constant):
        warnings.warn(f"{count(len(constant), 'column')} with one value only, such as {constant[0]!r}.", stacklevel=2)


def without_constant_columns(X):
    """Leave out columns with one value only, as reports do, unless no other is left."""
    constant = is_constant(X)
    if not constant.any() or constant.all():
        return X
    names = X.columns[constant]
    warnings.warn(f"{count(len(names), 'column')} with one value only left out, such as {names[0]!r}.", stacklevel=2)
    return X.drop(columns=names)


def hint_at_logarithms(X, arguments):
    """Warn of values that look like intensities, if no logarithm is taken and no likelihood of counts was chosen."""
    from skvae._raw import raw_reach

    counts = getattr(arguments, "likelihood", None) in ("poisson", "negative_binomial")
    if arguments.transform == "none" and not counts and raw_reach(X.to_numpy(dtype=float)):
        warnings.warn("The values look like raw intensities or counts: perhaps --transform log2?", stacklevel=2)


def size_of(X):
    """Say how large a table is, and how much of it is missing."""
    words, missing = f"{count(len(X), 'row')}, {count(X.shape[1], 'column')}", share_missing(X)
    return f"{words}, {missing} of the values missing" if missing else words


def share_missing(X):
    """Write the share of missing values; nothing if there are none."""
    missing = float(X.isna().to_numpy().mean())
    return f"{100 * missing:.1f} %" if missing else ""
