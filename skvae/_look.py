"""The look of all pictures: colours that colour-blind readers can tell apart, thin lines, few ticks."""

import numpy as np

from skvae._optional import import_optional

# Okabe and Ito (2008), with the yellow that fades on white last.
FEW_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4D4D4D", "#E2D000")
INK = "#404040"
_TICKS_OF_AN_INCH = 2.2


def thin(ax):
    """Draw thin spines and few ticks, the fewer the smaller the axes."""
    ticker = import_optional("matplotlib.ticker", extra="plot", purpose="Drawing")
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set(linewidth=0.6, color=INK)
    ax.tick_params(width=0.6, length=3, color=INK, labelsize="small", labelcolor=INK)
    for axis, inches in zip((ax.xaxis, ax.yaxis), inches_of(ax), strict=True):
        n_bins = int(np.clip(_TICKS_OF_AN_INCH * inches, 2, 5))
        axis.set_major_locator(ticker.MaxNLocator(n_bins, steps=[1, 2, 5, 10]))
        axis.label.set_color(INK)


def inches_of(ax):
    """Return width and height of axes, as they are before a layout makes room for words."""
    box = ax.get_window_extent()
    dpi = ax.get_figure(root=True).dpi
    return box.width / dpi, box.height / dpi
