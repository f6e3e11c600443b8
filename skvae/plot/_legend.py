"""What the colours of a plane of samples mean: in a legend, or in names on the data."""

import numpy as np

from skvae._look import INK, inches_of
from skvae._optional import import_optional
from skvae.plot._explain import explain

_NAME_POINTS = 8.5
# Width and height of a letter, in font sizes, with the room around a name.
_LETTER = (0.6, 1.35)
_TURNS = 100


def draw_legend(ax, groups, held_out, title="", *, is_shared=False):
    """Explain colours and edges.

    Parameters
    ----------
    ax : matplotlib Axes
    groups : list of Group
        Those without a name are left out.
    held_out : ndarray of bool of shape (n_samples,)
        Explained, if there are any.
    title : str, default=""
        What the names are.
    is_shared : bool, default=False
        Whether it holds for the axes on the left, too.
    """
    entries = [(group.name, group.color, group.marker, "white") for group in groups if group.name]
    title = title if entries else ""
    if held_out.any():
        entries.append(("held out", "white", "o", "black"))
    if not entries:
        return
    lines = import_optional("matplotlib.lines", extra="plot", purpose="Drawing")
    handles = [
        lines.Line2D([], [], ls="", ms=7, color=color, marker=marker, mec=edge, label=name)
        for name, color, marker, edge in entries
    ]
    explain(ax, handles, is_shared=is_shared, handletextpad=0.2, title=title or None)


def write_names(ax, codes, groups):
    """Write the name of each label at the median of its samples.

    Names that would touch are moved apart, up or down.

    Parameters
    ----------
    ax : matplotlib Axes
        Whose limits hold the samples.
    codes : ndarray of shape (n_samples, 2)
    groups : list of Group

    Returns
    -------
    groups : list of Group
        Those whose name has no place on the data.
    """
    effects = import_optional("matplotlib.patheffects", extra="plot", purpose="Drawing")
    named = [group for group in groups if group.name and not group.is_background]
    medians = [np.nanmedian(codes[group.rows].astype(np.float64), axis=0) for group in named]
    if not named or not np.isfinite(medians).all():
        return groups
    points = _NAME_POINTS if min(inches_of(ax)) > 2.5 else 0.75 * _NAME_POINTS
    of_letter = points * np.array(_LETTER) / 72 / inches_of(ax)
    sizes = np.array([[len(group.name), 1] for group in named]) * of_letter
    ax.get_xlim(), ax.get_ylim()  # only who asks gets limits that hold what was drawn
    to_axes = ax.transData - ax.transAxes
    places = to_axes.inverted().transform(_moved_apart(to_axes.transform(medians), sizes))
    halo = [effects.withStroke(linewidth=2.5, foreground="white", alpha=0.85)]
    style = {"fontsize": points, "fontweight": "bold", "color": INK, "path_effects": halo, "zorder": 3}
    for group, place in zip(named, places, strict=True):
        ax.text(*place, group.name, ha="center", va="center", **style)
    return [group for group in groups if group.is_background]


def _moved_apart(places, sizes):
    """Move boxes that overlap, by their middles and sizes, up and down until they do not, or hardly."""
    places = places.copy()
    for _ in range(_TURNS):
        moves = np.zeros(len(places))
        for i in range(len(places)):
            for j in range(i):
                across, up = (sizes[i] + sizes[j]) / 2 - np.abs(places[i] - places[j])
                if across > 0 and up > 1e-9:
                    above = 1 if places[i, 1] >= places[j, 1] else -1
                    moves[i] += above * up / 2
                    moves[j] -= above * up / 2
        if not moves.any():
            break
        places[:, 1] += 0.5 * moves
    return places
