"""What all displays share: looks of groups, names of axes and rows, and colour bars."""

from textwrap import fill

from skvae._look import FEW_COLORS, INK, inches_of, thin
from skvae._optional import import_optional

# Tol's "muted", for more groups than there are few colours. Beyond ten groups the colours begin again with another
# marker.
_MANY_COLORS = (
    *("#332288", "#CC6677", "#44AA99", "#DDCC77", "#88CCEE", "#AA4499", "#117733", "#882255", "#999933"),
    "#8C8C8C",
)
MARKERS = ("o", "^")
MOST_GROUPS = len(_MANY_COLORS) * len(MARKERS)
LETTER_INCHES = 0.085
# Of names beside rows, in points; the height of a line and the mean width of a letter, in font sizes.
_SMALLEST_POINTS, _LARGEST_POINTS = 4.5, 8.3
_LINE_HEIGHT, _LETTER_POINTS = 1.2, 0.55
_NAMES_SHARE = 0.65


def new_ax(width, height):
    """Make a figure of pyplot with one axes, by inches."""
    pyplot = import_optional("matplotlib.pyplot", extra="plot", purpose="Drawing")
    return pyplot.subplots(figsize=(width, height), layout="constrained")[1]


def look_of(i, n_groups):
    """Return the colour and marker of the i-th of so many groups."""
    colors = FEW_COLORS if n_groups <= len(FEW_COLORS) else _MANY_COLORS
    return colors[i % len(colors)], MARKERS[i // len(colors)]


def tidy(ax):
    """Make the axes square, with few ticks and thin spines."""
    ax.set_box_aspect(1)
    thin(ax)


def name_axes(ax, x="", y=""):
    """Name the axes, with names that are longer than these in several lines."""
    for inches, name, put in zip(inches_of(ax), (x, y), (ax.set_xlabel, ax.set_ylabel), strict=True):
        put(wrapped(name, inches), color=INK)


def wrapped(text, inches):
    """Break a text of medium size into lines of about so many inches."""
    width = max(12, int(inches / LETTER_INCHES))
    return "\n".join(fill(line, width, break_long_words=False) for line in str(text).splitlines())


def name_points(ax, names):
    """Return a font size, in points, in which the names of rows do not touch, and leave room for the axes."""
    width, height = (72 * inches for inches in inches_of(ax))
    longest = max(map(len, names), default=0)
    of_width = _NAMES_SHARE * width / (_LETTER_POINTS * max(1, longest))
    return min(_LARGEST_POINTS, height / max(1, len(names)) / _LINE_HEIGHT, max(_SMALLEST_POINTS, of_width))


def draw_colorbar(ax, colored, label="", **place):
    """Explain the colours of a picture beside it."""
    bar = ax.figure.colorbar(colored, ax=ax, **place)
    bar.set_label(wrapped(label, 0.8 * inches_of(ax)[1]), color=INK)
    bar.outline.set_visible(False)
    bar.ax.tick_params(width=0.6, length=3, color=INK, labelsize="small", labelcolor=INK)
