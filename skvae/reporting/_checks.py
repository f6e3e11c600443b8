"""What about a table is likely to mislead: sentences, each with what it means or how to mend it."""

import warnings

import numpy as np

from skvae._constant import constant_columns
from skvae._raw import raw_reach
from skvae.reporting._words import count, few, number, share

# Standard deviations of features, largest over median, from which the largest rule what is not standardised.
_WILD = 100.0
# A value that so many of the known cells of a feature share makes it nearly constant.
_NEARLY_ALL = 0.95
# Interquartile ranges above the upper quartile: Tukey's "far out".
_FAR_OUT = 3.0
# Features with values in a smaller share of the rows are called mostly missing.
_MOSTLY = 0.5
# Groups of so many more rows than the smallest one are called unbalanced.
_UNBALANCED = 5.0
_FEW_ROWS = 5


def remarks_on_table(data, is_scaled=False):
    """List what is remarkable about a table, the most misleading first.

    Parameters
    ----------
    data : Data
    is_scaled : bool, default=False
        Whether the models bring the features to one scale themselves.

    Returns
    -------
    remarks : list of (str, str)
        What was found, and what it means.
    """
    with warnings.catch_warnings():  # of features with less than two known values
        warnings.simplefilter("ignore", RuntimeWarning)
        found = [_raw_intensities(data), _different_scales(data, is_scaled), *(check(data) for check in _CHECKS)]
    return [remark for remark in found if remark]


def outlying_rows(values):
    """Find rows that are far from the others in many features.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_features)
        NaN is left out.

    Returns
    -------
    rows : ndarray of int
        The farthest first.
    distances : ndarray of shape (n_samples,)
        Root mean square of a row's distances from the medians, in interquartile ranges of the features.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.reporting._checks import outlying_rows
    >>> outlying_rows(np.append(np.linspace(-1, 1, 30), 50.0).reshape(-1, 1))[0]
    array([30])
    """
    low, middle, high = np.nanquantile(values, [0.25, 0.5, 0.75], axis=0)
    known = high > low
    if not known.any():
        return np.empty(0, int), np.zeros(len(values))
    units = (values[:, known] - middle[known]) / (high - low)[known]
    distances = np.nan_to_num(np.sqrt(np.nanmean(np.square(units), axis=1)))
    first, third = np.quantile(distances, [0.25, 0.75])
    rows = np.argsort(-distances, kind="stable")
    return rows[distances[rows] > third + _FAR_OUT * max(third - first, 1e-9 * third)], distances


def _raw_intensities(data):
    """Tell of values that look like intensities or counts before a logarithm."""
    reach = raw_reach(data.values)
    if reach is None:
        return None
    return (
        f"Raw intensities or counts? No value is negative; the positive ones reach from {number(reach.low)} to "
        f"{number(reach.high)} (1st to 99th percentile), those of a usual feature over {number(reach.fold, 2)}-fold.",
        "A few large values rule such a table. Take logarithms (--transform log2), or for counts a count likelihood.",
    )


def _different_scales(data, is_scaled):
    """Tell of features whose spread is far above the others'."""
    spread = np.nanstd(data.values, axis=0)
    varying = spread[spread > 0]
    wild = np.flatnonzero(spread > _WILD * np.median(varying)) if len(varying) else varying
    if not len(wild):
        return None
    names = few([data.features[i] for i in wild])
    return (
        f"Very different scales: the standard deviation of {names} is more than {_WILD:.0f} times the median one.",
        "The models of this page bring all features to one scale, so that these rule nothing here; elsewhere "
        "standardise, or they are nearly all that is learned."
        if is_scaled
        else "Standardise, or these features are nearly all that is learned.",
    )


def _constant(data):
    """Tell of features with one value."""
    columns = np.flatnonzero(constant_columns(data.values))
    if not len(columns):
        return None
    names = few([data.features[i] for i in columns])
    return (
        f"{count(len(columns), 'feature')} with one value only: {names}.",
        "They tell nothing about the rows: drop them.",
    )


def _nearly_constant(data):
    """Tell of features nearly all of whose values are the same, the median then."""
    values, known = data.values, np.isfinite(data.values).sum(axis=0)
    same = (values == np.nanmedian(values, axis=0)).sum(axis=0) / np.maximum(known, 1)
    columns = np.flatnonzero((same >= _NEARLY_ALL) & ~constant_columns(values))
    if not len(columns):
        return None
    names = few([data.features[i] for i in columns])
    return (
        f"{count(len(columns), 'feature')} with the same value in {share(_NEARLY_ALL)} of the rows or more: {names}.",
        "Standardising blows up the few other values.",
    )


def _zeros(data):
    """Tell of exact zeros among values that are never negative."""
    zeros = np.count_nonzero(data.values == 0) / data.values.size
    if not zeros or np.nanmin(data.values) < 0:
        return None
    return (
        f"Exactly 0 are {share(zeros)} of the cells, and none is negative.",
        "If 0 means that nothing was measured, mark them as missing (--zero-is-missing).",
    )


def _outlying(data):
    """Tell of rows far from the others."""
    rows, distances = outlying_rows(data.values)
    if not len(rows):
        return None
    names = few([f"{data.samples[i]} ({number(distances[i], 2)})" for i in rows], limit=5)
    usual = number(np.median(distances), 2)
    return (
        f"{count(len(rows), 'row')} far from the others: {names}; the median row has {usual}.",
        "Root mean square distance from the medians, in interquartile ranges of the features. Look whether they are "
        "what they should be: they pull at both models.",
    )


def _empty_features(data):
    """Tell of features without any value."""
    columns = np.flatnonzero(np.isnan(data.values).all(axis=0))
    if not len(columns):
        return None
    names = few([data.features[i] for i in columns])
    return f"{count(len(columns), 'feature')} without any value: {names}.", "Nothing is learned of them: drop them."


def _mostly_missing(data):
    """Tell of features known in a few rows."""
    known = np.isfinite(data.values).mean(axis=0)
    columns = np.flatnonzero((known > 0) & (known < _MOSTLY))
    if not len(columns):
        return None
    emptiest = columns[np.argsort(known[columns], kind="stable")]
    names = few([f"{data.features[i]} ({share(known[i])})" for i in emptiest])
    which = "is" if len(columns) == 1 else "are"
    return (
        f"{count(len(columns), 'feature')} of {len(known):,} {which} known in less than half of the rows: {names}.",
        "What is known of their spread comes from few values, by which they may rule likelihoods and reconstruction "
        "errors: look whether the comparison is the same without them.",
    )


def _empty_rows(data):
    """Tell of rows without any value."""
    rows = np.flatnonzero(np.isnan(data.values).all(axis=1))
    if not len(rows):
        return None
    names = few([data.samples[i] for i in rows])
    return f"{count(len(rows), 'row')} without any value: {names}.", "Nothing is known of them: leave them out."


def _repeated_rows(data):
    """Tell of rows that stand there twice."""
    n_unique = len({row.tobytes() for row in np.ascontiguousarray(data.values)})
    if n_unique == len(data.values):
        return None
    n_repeated = len(data.values) - n_unique
    return (
        f"{count(n_repeated, 'row')} repeated: equal to an earlier one in every feature.",
        "A copy among the training rows makes held-out rows look easier than new ones.",
    )


def _unbalanced(data):
    """Tell of groups of very different size."""
    sizes = _group_sizes(data)
    if not sizes or min(sizes.values()) * _UNBALANCED > max(sizes.values()):
        return None
    largest, smallest = max(sizes.values()), min(sizes.values())
    return (
        f"Unbalanced groups: the largest has {count(largest, 'row')}, the smallest {smallest}.",
        "Accuracies mostly tell of the large groups.",
    )


def _small_groups(data):
    """Tell of groups of a handful of rows."""
    small = {name: size for name, size in _group_sizes(data).items() if size < _FEW_ROWS}
    if not small:
        return None
    names = few([f"{name} ({size})" for name, size in small.items()])
    return f"{count(len(small), 'group')} of fewer than {_FEW_ROWS} rows: {names}.", "Figures of so few rows are rough."


def _group_sizes(data):
    """Count the rows of each label; none if most rows have a label of their own."""
    if data.labels is None:
        return {}
    names, sizes = np.unique(data.labels.astype(str), return_counts=True)
    return dict(zip(names.tolist(), sizes.tolist(), strict=True)) if len(names) <= len(data.labels) / 2 else {}


_CHECKS = (
    _constant,
    _nearly_constant,
    _zeros,
    _empty_features,
    _mostly_missing,
    _empty_rows,
    _outlying,
    _repeated_rows,
    _unbalanced,
    _small_groups,
)
