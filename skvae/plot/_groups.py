"""Groups of samples that look alike in a picture."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from skvae._optional import import_optional
from skvae.plot._style import _FEW_COLORS, _MOST_GROUPS, _look, _shortened

_GREY = "#D3D3D3"
_SHADES = "viridis"


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
    zorder : float
        What lies above what.
    """

    name: str
    rows: np.ndarray
    color: str | np.ndarray
    marker: str = "o"
    zorder: float = 1.0


def groups_of(labels, n_samples):
    """Give each label its look; the rarest beyond what can be told apart share one, and so do missing labels.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,) or None
    n_samples : int

    Returns
    -------
    groups : list of Group
    shades : matplotlib ScalarMappable or None
        What the colours stand for, if the labels are continuous: more different numbers than can be told apart, and
        not whole ones.
    """
    if labels is None:
        return [Group("", np.arange(n_samples), _FEW_COLORS[0])], None
    is_missing = pd.isna(labels)
    rows, known = np.flatnonzero(~is_missing), pd.Series(labels[~is_missing]).infer_objects().to_numpy()
    if _is_continuous(known):
        shades = _shades_of(known)
        groups = [Group("", rows, shades.to_rgba(known))]
    else:
        shades, groups = None, _labelled(rows, known)
    if is_missing.any():
        groups.append(Group("missing", np.flatnonzero(is_missing), _GREY, "s", zorder=0.9))
    return groups, shades


def _is_continuous(labels):
    """Tell whether labels are values of a scale rather than names."""
    if not np.issubdtype(labels.dtype, np.floating):
        return False
    values = np.unique(labels[np.isfinite(labels)])
    return len(values) > _MOST_GROUPS and bool((values % 1 != 0).any())


def _shades_of(values):
    """Make the scale of colours over values."""
    cm, colors = (import_optional(f"matplotlib.{name}", extra="plot", purpose="Drawing") for name in ("cm", "colors"))
    finite = values[np.isfinite(values)]
    return cm.ScalarMappable(colors.Normalize(finite.min(), finite.max()), _SHADES)


def _labelled(rows, labels):
    """Make a group of each label, in their natural order."""
    # Numbers are in the order of numbers: 2 before 10.
    is_number = np.issubdtype(labels.dtype, np.number)
    names, of_row = np.unique(labels if is_number else labels.astype(str), return_inverse=True)
    counts = np.bincount(of_row)
    frequent = np.sort(np.argsort(-counts, kind="stable")[:_MOST_GROUPS])
    groups = [
        Group(name, rows[of_row == label], *_look(i, len(frequent)))
        for i, (label, name) in enumerate(zip(frequent, _shortened(names[frequent]), strict=True))
    ]
    others = rows[~np.isin(of_row, frequent)]
    if len(others):
        # First, so that the others lie below.
        groups.insert(0, Group(f"{len(names) - len(frequent)} others", others, _GREY))
    return groups
