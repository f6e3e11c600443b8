"""The features of a table, ranked by how much of their variance a reconstruction loses."""

import numpy as np

from skvae._look import FEW_COLORS, INK, inches_of, thin
from skvae.plot._labels import shortened
from skvae.plot._style import name_points, new_ax, wrapped

_BEST, _WORST = FEW_COLORS[:2]
_ROW_INCHES = 0.23
_UNIT = "lost variance (1: no better than the mean)"


def draw_ranking(ax, shares, names, n_features):
    """Draw the worst and the best features as dots, with the quartiles of those between.

    Parameters
    ----------
    ax : matplotlib Axes or None
        None makes a figure of pyplot.
    shares : ndarray of shape (n_all,)
        Lost variance.
    names : list of str
    n_features : int
        How many to draw, half of them the worst.

    Returns
    -------
    ax : matplotlib Axes
    """
    known = np.flatnonzero(np.isfinite(shares))
    if not len(known):
        raise ValueError(
            "No feature of X varies, so that there is no variance to lose. Give at least two rows that differ."
        )
    ranked = known[np.argsort(-shares[known], kind="stable")]
    n_others = max(0, len(ranked) - n_features)
    n_worst = -(-n_features // 2) if n_others else len(ranked)
    worst, others, best = np.split(ranked, [n_worst, n_worst + n_others])
    labels = shortened(names[i] for i in (*worst, *best))
    ax = new_ax(5.2, 0.9 + _ROW_INCHES * (len(ranked) - n_others + bool(n_others))) if ax is None else ax
    _draw_dots(ax, shares[worst], 0, _WORST if n_others else _BEST)
    if n_others:
        _draw_quartiles(ax, shares[others], n_worst)
        _draw_dots(ax, shares[best], n_worst + 1, _BEST)
        labels.insert(n_worst, f"{n_others} others")
    thin(ax)
    ax.set_yticks(range(len(labels)), labels, fontsize=name_points(ax, labels))
    ax.axvline(1, color=INK, lw=0.8, ls=(0, (3, 1.5)), zorder=0)
    ax.set(ylim=(len(labels) - 0.4, -0.6), xlim=(0, 1.05 * max(1, shares[ranked[0]])))
    # To the left it has the room below the names.
    ax.set_xlabel(wrapped(_UNIT, 1.2 * inches_of(ax)[0]), color=INK, loc="right")
    return ax


def _draw_dots(ax, values, first, color):
    """Draw a line with a dot for each feature."""
    y = first + np.arange(len(values))
    ax.hlines(y, 0, values, color=color, lw=1.2, alpha=0.45)
    ax.plot(values, y, "o", color=color, ms=6)


def _draw_quartiles(ax, values, y):
    """Draw median and quartiles of the features between."""
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75])
    ax.hlines(y, low, high, color=INK, lw=4, alpha=0.35)
    ax.plot(median, y, "D", color="white", mec=INK, ms=6)
