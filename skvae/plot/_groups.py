"""Groups of samples that look alike in a picture."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from skvae._look import FEW_COLORS
from skvae._optional import import_optional
from skvae.plot._labels import shortened, written
from skvae.plot._style import MOST_GROUPS, look_of

_GREY = "#D3D3D3"
_SHADES = "viridis"
_EMPTY = "(empty)"
# The colours reach over all values, unless these reach so much farther than 98 % of them.
_SHARES, _OUTLYING = (0.01, 0.99), 1.5


@dataclass(frozen=True)
class Group:
    """Samples that look alike in the picture.

    Attributes
    ----------
    name : str
        Empty where a legend has nothing to say.
    rows : ndarray of int
    color : str or ndarray of shape (n_rows, 4)
        One for all, or one for each row.
    marker : str
    is_background : bool
        Whether the others lie above.
    """

    name: str
    rows: np.ndarray
    color: str | np.ndarray
    marker: str = "o"
    is_background: bool = False


def groups_of(labels, n_samples, continuous=None, levels=None):
    """Give each label its look; the rarest beyond what can be told apart share one, and so do missing labels.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,) or None
    n_samples : int
    continuous : bool or None
        Whether labels are values of a scale; None finds out.
    levels : list, default=None
        The labels that there may be, in their order; None sorts them.

    Returns
    -------
    groups : list of Group
    shades : matplotlib ScalarMappable or None
        What the colours stand for, if the labels are continuous: more different numbers than can be told apart, and
        not whole ones.

    Raises
    ------
    ValueError
        If labels that are to be values of a scale are no numbers.
    """
    if labels is None:
        return [Group("", np.arange(n_samples), FEW_COLORS[0])], None
    is_missing = pd.isna(labels)
    rows, known = np.flatnonzero(~is_missing), pd.Series(labels[~is_missing]).infer_objects()
    if (levels is None and _is_continuous(known.to_numpy())) if continuous is None else continuous:
        shades, groups = _shaded(rows, known.to_numpy())
    else:
        shades, groups = None, _labelled(rows, known, levels)
    if is_missing.any():
        groups.append(Group("missing", np.flatnonzero(is_missing), _GREY, "s", is_background=True))
    return groups, shades


def _is_continuous(labels):
    """Tell whether labels are values of a scale rather than names."""
    if not np.issubdtype(labels.dtype, np.floating):
        return False
    values = np.unique(labels[np.isfinite(labels)])
    return len(values) > MOST_GROUPS and bool((values % 1 != 0).any())


def _shaded(rows, values):
    """Make one group with a scale of colours over the values, and this scale."""
    try:
        values = values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"continuous=True needs numbers, but labels hold something else: {error}.") from error
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None, [Group("", rows, np.zeros((len(rows), 4)))]
    mpl, colors = (
        import_optional(name, extra="plot", purpose="Drawing") for name in ("matplotlib", "matplotlib.colors")
    )
    cm = import_optional("matplotlib.cm", extra="plot", purpose="Drawing")
    low, high = _limits(finite)
    shading = mpl.colormaps[_SHADES].copy()
    below, above = finite.min() < low, finite.max() > high
    shading.colorbar_extend = {(0, 0): False, (1, 0): "min", (0, 1): "max", (1, 1): "both"}[below, above]
    shades = cm.ScalarMappable(colors.Normalize(low, high), shading)
    return shades, [Group("", rows, shades.to_rgba(values))]


def _limits(values):
    """Return the values at the ends of the colours: a few outliers do not make all others alike."""
    low, high = np.quantile(values, _SHARES)
    if np.ptp(values) <= _OUTLYING * (high - low) or low == high:
        return values.min(), values.max()
    return low, high


def _labelled(rows, labels, levels):
    """Make a group of each label, in their order."""
    names, of_row = _sorted(labels) if levels is None else _in_order(labels, levels)
    counts = np.bincount(of_row)
    frequent = np.sort(np.argsort(-counts, kind="stable")[:MOST_GROUPS])
    groups = [
        Group(name or _EMPTY, rows[of_row == label], *look_of(i, len(frequent)))
        for i, (label, name) in enumerate(zip(frequent, shortened(names[frequent]), strict=True))
    ]
    others = rows[~np.isin(of_row, frequent)]
    if len(others):
        groups.insert(0, Group(f"{len(names) - len(frequent)} others", others, _GREY, is_background=True))
    return groups


def _sorted(labels):
    """List the names in their natural order, and say which is whose."""
    # Numbers are in the order of numbers, 2 before 10, and times in that of times.
    is_word = labels.dtype == object or pd.api.types.is_string_dtype(labels.dtype)
    of_row, values = pd.factorize(labels.to_numpy().astype(str) if is_word else labels, sort=True)
    return written(values), of_row


def _in_order(labels, levels):
    """List the names in the order of the levels, those that occur, and say which is whose."""
    codes = pd.Categorical(labels, categories=levels).codes
    occurring, of_row = np.unique(codes, return_inverse=True)
    return written([levels[i] for i in occurring]), of_row
