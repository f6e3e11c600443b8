"""Measures of several estimators as bars, each measure on axes of its own."""

import numpy as np

from skvae._look import FEW_COLORS, INK, inches_of, thin
from skvae.plot._labels import shortened
from skvae.plot._style import name_points, wrapped

_COLOR = FEW_COLORS[5]
_THICKNESS = 0.62
# Bars begin at 0, unless the estimators would look alike: if they differ by less than this share of the largest.
_LEAST_DIFFERENCE = 0.15
_WORDS = {"lower": "← lower is better", "higher": "higher is better →"}


def draw_measure(ax, name, means, stds, better):
    """Draw a measure of each estimator: bars of the means, with whiskers of one standard deviation.

    Where bars from 0 would hide what differs, dots on axes that do not begin at 0 take their place.

    Parameters
    ----------
    ax : matplotlib Axes
    name : str
    means, stds : Series of shape (n_estimators,)
        NaN where an estimator failed, or nothing spreads.
    better : {"lower", "higher", ""}
        Which way is better.
    """
    rows, means, stds, names = np.arange(len(means)), means.to_numpy(float), stds.to_numpy(float), list(means.index)
    thin(ax)
    if _tells_apart(means):
        ax.barh(rows, means, height=_THICKNESS, color=_COLOR, alpha=0.8)
        ax.axvline(0, color=INK, lw=0.6)
    else:
        ax.plot(means, rows, "o", color=FEW_COLORS[0], ms=6)
        ax.hlines(rows, 0, 1, transform=ax.get_yaxis_transform(), color=INK, lw=0.3, ls=":", zorder=0)
    ax.errorbar(means, rows, xerr=stds, fmt="none", ecolor=INK, elinewidth=1.1, capsize=2.5)
    for row in np.flatnonzero(~np.isfinite(means)):
        word = "infinite" if np.isinf(means[row]) else "not measured"
        ax.text(0.03, row, word, transform=ax.get_yaxis_transform(), va="center", color=INK, size="x-small")
    names = shortened(names)
    ax.set_yticks(rows, names, fontsize=name_points(ax, names))
    ax.set_ylim(len(rows) - 0.45, -0.55)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_title(wrapped(name, inches_of(ax)[0]), fontsize="medium", color=INK)
    ax.set_xlabel(_WORDS.get(better, ""), fontsize="small", color=INK)


def _tells_apart(means):
    """Tell whether bars from 0 can tell the estimators apart."""
    known = means[np.isfinite(means)]
    return len(set(known)) < 2 or np.ptp(known) >= _LEAST_DIFFERENCE * np.abs(known).max()
