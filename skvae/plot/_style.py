"""The look that all displays share: colours that colour-blind readers can tell apart, thin lines, few ticks."""

from itertools import zip_longest

import numpy as np

from skvae._optional import import_optional

# Colour-blind readers can tell both palettes apart: Okabe and Ito (2008), with the yellow that fades on white
# last, and Tol's "muted" for more groups. Beyond ten groups the colours begin again with another marker.
_FEW_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4D4D4D", "#E2D000")
_MANY_COLORS = (
    *("#332288", "#CC6677", "#44AA99", "#DDCC77", "#88CCEE", "#AA4499", "#117733", "#882255", "#999933"),
    "#8C8C8C",
)
_MARKERS = ("o", "^")
_MOST_GROUPS = len(_MANY_COLORS) * len(_MARKERS)
_INK = "#404040"
# A legend has another column beyond these.
_ENTRIES_OF_A_COLUMN = 14
# Letters that a long label keeps of its beginning and its end; and if it must show a piece between that tells it from
# others, of these and before the first letter that differs.
_ENDS = (11, 10)
_NARROW_ENDS = (7, 6)
_BEFORE = 5


def _new_ax(width, height):
    """Make a figure of pyplot with one axes, by inches."""
    pyplot = import_optional("matplotlib.pyplot", extra="plot", purpose="Drawing")
    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def _look(i, n_groups):
    """Return the colour and marker of the i-th of so many groups."""
    colors = _FEW_COLORS if n_groups <= len(_FEW_COLORS) else _MANY_COLORS
    return colors[i % len(colors)], _MARKERS[i // len(colors)]


def _shortened(names):
    """Leave out the middle of long labels, but for where those begin to differ that would become alike."""
    names = [str(name) for name in names]
    kept = {name: _ends(name, *_ENDS) for name in names}
    while alike := _alike(kept):
        for group in alike:
            first = next(i for i, letters in enumerate(zip_longest(*group)) if len(set(letters)) > 1)
            for name in group:
                # With each turn more letters both ways, so that it ends: names may differ in length alone.
                turn = len(kept[name]) - 1
                piece = (max(0, first - _BEFORE - turn), first + turn)
                kept[name] = [*_ends(name, *_NARROW_ENDS), *kept[name][2:], piece]
    return [_with_gaps(name, kept[name]) for name in names]


def _ends(name, head, tail):
    """Return the pieces at both ends of a name, from one letter to another."""
    return [(0, head), (len(name) - tail, len(name))]


def _alike(kept):
    """List the groups of different names whose labels are the same."""
    groups: dict[str, list[str]] = {}
    for name, pieces in kept.items():
        groups.setdefault(_with_gaps(name, pieces), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def _with_gaps(name, pieces):
    """Write the pieces of a name, with an ellipsis for more than a letter between."""
    label, end = "", 0
    for start, stop in sorted(pieces):
        label += "…" + name[start:stop] if start > end + 1 else name[end:stop]
        end = max(end, stop)
    return label


def _point_size(n_samples):
    """Return how large a sample is drawn."""
    return np.clip(14000 / n_samples, 9, 44)


def _tidy(ax):
    """Make the axes square, with few ticks and thin spines."""
    ax.set_box_aspect(1)
    _thin(ax)


def _thin(ax):
    """Draw few ticks and thin spines."""
    ticker = import_optional("matplotlib.ticker", extra="plot", purpose="Drawing")
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set(linewidth=0.6, color=_INK)
    ax.tick_params(width=0.6, length=3, color=_INK, labelsize="small", labelcolor=_INK)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(ticker.MaxNLocator(5, steps=[1, 2, 5, 10]))
        axis.label.set_color(_INK)


def _explain(ax, handles, **spacing):
    """Set a legend right of the axes."""
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.02, 1.0),
        borderaxespad=0,
        frameon=False,
        fontsize="small",
        labelcolor=_INK,
        ncols=-(-len(handles) // _ENTRIES_OF_A_COLUMN),
        columnspacing=1.0,
        **spacing,
    )


def _legend_inches(names):
    """Return about how wide a legend is."""
    return -(-len(names) // _ENTRIES_OF_A_COLUMN) * (0.35 + 0.085 * max(map(len, names), default=0))


def _colorbar(ax, colored, label="", **place):
    """Explain the colours of a picture beside it."""
    bar = ax.figure.colorbar(colored, ax=ax, **place)
    bar.set_label(label, color=_INK)
    bar.outline.set_visible(False)
    bar.ax.tick_params(width=0.6, length=3, color=_INK, labelsize="small", labelcolor=_INK)
