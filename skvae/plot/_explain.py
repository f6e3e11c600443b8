"""Where a legend stands: right of the axes, in them, or below them, and over no other axes."""

import numpy as np

from skvae._look import INK
from skvae._optional import import_optional
from skvae.plot._style import LETTER_INCHES

# A legend has another column beyond these.
ENTRIES_OF_A_COLUMN = 14
# Of an entry, in inches; letters are small ones right of the axes, and smaller in them and below.
_ENTRY_INCHES, _SMALL_LETTER_INCHES, _SMALLER, _SMALLEST = 0.3, 0.044, 7, 6
# Right of the axes a legend takes this share of a figure's width at most, or leaves so many inches.
_LEGEND_SHARE, _ENOUGH_INCHES = 0.36, 4.5
# In the axes it takes these shares of their area and of each side at most.
_AREA_SHARE, _SIDE_SHARE = 0.12, 0.6
# Below the axes it leaves so many points for ticks and name, of which half lie in the margin without a layout; a legend
# of axes that are not alone takes this share of their height at most, and there may be so much wider than they are.
_BELOW_POINTS, _MARGIN_POINTS = -32, 16
_HEIGHT_SHARE, _LAYOUT_FACTOR = 0.45, 1.25
_BAR_INCHES = 0.85


def explain(ax, handles, *, is_shared=False, **spacing):
    """Set a legend.

    Axes alone in their figure have it on their right, or below where it would take too much of the figure's width.
    Others have it inside where it hides little, or else below, in room that their layout or they themselves give it.

    Parameters
    ----------
    ax : matplotlib Axes
    handles : list of matplotlib Artist
        Their labels are the names.
    is_shared : bool, default=False
        Whether it holds for the axes on the left, too: it stands on their right, if nothing else does and a layout
        makes room there.
    **spacing
        Of matplotlib's legend.
    """
    names = [handle.get_label() for handle in handles]
    if _is_alone(ax) or (is_shared and _has_layout(ax) and _is_last(ax)):
        wide, room = legend_inches(names), _figure_inches(ax)[0]
        if wide <= max(_LEGEND_SHARE * room, room - _ENOUGH_INCHES):
            _set_beside(ax, handles, spacing)
        else:
            _set_below(ax, handles, room, spacing)
        return
    legend = _set_inside(ax, handles, spacing)
    if not _hides_little(ax, legend):
        _set_below_among_others(ax, handles, spacing)


def leave_room_for_bar(ax):
    """Let axes that are not alone give a colour bar on their right some of their width, where no layout makes room."""
    if not _is_alone(ax) and not _has_layout(ax):
        slot = _slot_of(ax)
        _set_position(ax, slot.x0, slot.y0, slot.width - _BAR_INCHES / _figure_inches(ax)[0], slot.height)


def legend_inches(names):
    """Return about how wide a legend right of the axes is."""
    return -(-len(names) // ENTRIES_OF_A_COLUMN) * (0.35 + LETTER_INCHES * max(map(len, names), default=0))


def _set_beside(ax, handles, spacing):
    """Set it right of the axes."""
    place = {"loc": "upper left", "bbox_to_anchor": (1.02, 1.0), "fontsize": "small", "title_fontsize": "small"}
    return _set(ax, handles, -(-len(handles) // ENTRIES_OF_A_COLUMN), place, spacing)


def _set_inside(ax, handles, spacing):
    """Set it in the axes, where it hides least, on a ground that lets the samples shine through."""
    place = {"loc": "best", "fontsize": _SMALLER, "title_fontsize": _SMALLER, "labelspacing": 0.3}
    place |= {"frameon": True, "framealpha": 0.8, "edgecolor": "none", "borderaxespad": 0.3}
    return _set(ax, handles, -(-len(handles) // ENTRIES_OF_A_COLUMN), place, spacing)


def _set_below(ax, handles, room, spacing):
    """Set it below the axes, in as many columns as there is room for, in inches."""
    transforms = import_optional("matplotlib.transforms", extra="plot", purpose="Drawing")
    below = transforms.offset_copy(ax.transAxes, ax.get_figure(root=True), 0, _BELOW_POINTS, units="points")
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "bbox_transform": below}
    place |= {"fontsize": _SMALLEST, "title_fontsize": "small"}
    widest = _ENTRY_INCHES + _SMALL_LETTER_INCHES * max(len(handle.get_label()) for handle in handles)
    return _set(ax, handles, int(np.clip(room // widest, 1, len(handles))), place, spacing)


def _set(ax, handles, n_columns, place, spacing):
    """Set it at a place, with the names as they are."""
    style = {"borderaxespad": 0, "frameon": False, "labelcolor": INK, "columnspacing": 1.0, "alignment": "left"}
    legend = ax.legend(handles=handles, ncols=n_columns, **(style | place), **spacing)
    legend.get_title().set_color(INK)
    for text in (legend.get_title(), *legend.get_texts()):
        text.set_parse_math(False)  # names may hold dollars
    return legend


def _set_below_among_others(ax, handles, spacing):
    """Set it below axes that are not alone, with fewer entries where all have no room, and make room for it."""
    has_layout = _has_layout(ax)
    slot = _slot_of(ax)
    room = slot.width * (_LAYOUT_FACTOR if has_layout else 1) * _figure_inches(ax)[0]
    most = _HEIGHT_SHARE * slot.height * ax.figure.bbox.height
    legend, shown = _set_below(ax, handles, room, spacing), len(handles)
    while (height := legend.get_window_extent().height) > most and shown > 2:
        shown = min(shown - 1, max(2, int(shown * most / height)))
        legend = _set_below(ax, [*handles[: shown - 1], _of_others(len(handles) - shown + 1)], room, spacing)
    if not has_layout:
        bottom = height / ax.figure.bbox.height + _MARGIN_POINTS / 72 / _figure_inches(ax)[1]
        _set_position(ax, slot.x0, slot.y0 + bottom, ax.get_position(original=True).width, slot.height - bottom)


def _set_position(ax, *bounds):
    """Set axes at a place in the figure, without leaving a layout that is chosen later."""
    ax.set_position(bounds)
    ax.set_in_layout(True)


def _of_others(n_others):
    """Make an entry that counts those that have none."""
    lines = import_optional("matplotlib.lines", extra="plot", purpose="Drawing")
    return lines.Line2D([], [], ls="", label=f"and {n_others} more")


def _hides_little(ax, legend):
    """Tell whether a legend leaves most of the axes to the data."""
    ax.apply_aspect()
    box, of_legend = ax.get_window_extent(), legend.get_window_extent()
    across, up = of_legend.width / box.width, of_legend.height / box.height
    return max(across, up) <= _SIDE_SHARE and across * up <= _AREA_SHARE


def _is_alone(ax):
    """Tell whether the axes have their figure, or their part of one, for themselves."""
    if ax.figure.axes != [ax] or (ax.figure is not ax.get_figure(root=True) and not _has_layout(ax)):
        return False
    spec = ax.get_subplotspec()  # others may follow
    return spec is None or all((spec.is_first_col(), spec.is_last_col(), spec.is_first_row(), spec.is_last_row()))


def _is_last(ax):
    """Tell whether no axes stand on the right."""
    box = ax.get_position()
    others = [other.get_position() for other in ax.figure.axes if other is not ax]
    return not any(other.x0 >= box.x1 and other.y0 < box.y1 and other.y1 > box.y0 for other in others)


def _has_layout(ax):
    """Tell whether the figure makes room for what stands around its axes."""
    engine = ax.get_figure(root=True).get_layout_engine()
    return engine is not None and not type(engine).__name__.startswith("PlaceHolder")


def _slot_of(ax):
    """Return the place of the axes in the figure, before they gave any of it away."""
    spec = ax.get_subplotspec()
    return ax.get_position(original=True) if spec is None else spec.get_position(ax.figure)


def _figure_inches(ax):
    """Return width and height of the figure, or the part of one, that holds the axes."""
    return ax.figure.bbox.size / ax.get_figure(root=True).dpi
