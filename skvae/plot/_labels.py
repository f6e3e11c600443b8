"""Names as short labels that stay different."""

from itertools import zip_longest

import numpy as np
import pandas as pd

# Letters that a long label keeps of its beginning and its end; and if it must show a piece between that tells it from
# others, of these and before the first letter that differs.
_ENDS = (11, 10)
_NARROW_ENDS = (7, 6)
_BEFORE = 5
# Between the proteins of a group, whose first one is the leading one.
_JOINT = ";"
# Larger ones have not all of their digits.
_MOST_WHOLE = 2**53


def shortened(names):
    """Shorten long names; different ones stay different.

    Of groups of ids the first one is kept, and the number of the others. Other long names lose their middle, but for
    where those begin to differ that would become alike.

    Parameters
    ----------
    names : iterable of object

    Returns
    -------
    labels : list of str

    Examples
    --------
    >>> from skvae.plot._labels import shortened
    >>> shortened(["P04637;P04638;P04639;P04640", "Endometrioid carcinoma, grade 1"])
    ['P04637 +3', 'Endometrioi…a, grade 1']
    """
    names = [str(name) for name in names]
    kept = {name: _ends(name, *_ENDS) for name in names}
    while alike := _alike({name: _with_gaps(name, pieces) for name, pieces in kept.items()}):
        for group in alike:
            first = next(i for i, letters in enumerate(zip_longest(*group)) if len(set(letters)) > 1)
            for name in group:
                # With each turn more letters both ways, so that it ends: names may differ in length alone.
                turn = len(kept[name]) - 1
                piece = (max(0, first - _BEFORE - turn), first + turn)
                kept[name] = [*_ends(name, *_NARROW_ENDS), *kept[name][2:], piece]
    labels = {name: _with_gaps(name, pieces) for name, pieces in kept.items()}
    by_leader = labels | {name: _led(name) for name in labels if labels[name] != name and _led(name)}
    clashes = {name for group in _alike(by_leader) for name in group}
    return [labels[name] if name in clashes else by_leader[name] for name in names]


def written(values):
    """Write values: whole numbers without decimals, and times without zone, those at midnight as dates.

    Parameters
    ----------
    values : list or array-like of shape (n_values,)

    Returns
    -------
    names : ndarray of str of shape (n_values,)

    Examples
    --------
    >>> from skvae.plot._labels import written
    >>> written([0.0, 2.0]).tolist()
    ['0', '2']
    """
    values = pd.Index(values)
    if isinstance(values, pd.DatetimeIndex):
        values = values.tz_localize(None)
    elif pd.api.types.is_float_dtype(values.dtype) and (values % 1 == 0).all() and (abs(values) < _MOST_WHOLE).all():
        values = values.astype(np.int64)
    is_time = isinstance(values, pd.DatetimeIndex | pd.TimedeltaIndex)
    return np.array([*values.astype(str)] if is_time else [str(value) for value in values.to_numpy()], dtype=str)


def _led(name):
    """Return the first of a group of ids and the number of the others; empty if it is none, or too long."""
    leader, *others = name.split(_JOINT)
    label = f"{leader} +{len(others)}"
    return label if others and all(others) and leader and len(label) <= sum(_ENDS) + 1 else ""


def _ends(name, head, tail):
    """Return the pieces at both ends of a name, from one letter to another."""
    return [(0, head), (len(name) - tail, len(name))]


def _alike(labels):
    """List the groups of different names whose labels are the same."""
    groups: dict[str, list[str]] = {}
    for name, label in labels.items():
        groups.setdefault(label, []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def _with_gaps(name, pieces):
    """Write the pieces of a name, with an ellipsis for more than a letter between."""
    label, end = "", 0
    for start, stop in sorted(pieces):
        label += "…" + name[start:stop] if start > end + 1 else name[end:stop]
        end = max(end, stop)
    return label
