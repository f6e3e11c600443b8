"""Samples as small images at their codes."""

import numpy as np

from skvae._look import inches_of
from skvae._optional import import_optional
from skvae.plot._images import draw_image

# The longer side of a thumbnail, in inches and as shares of the axes, and the least distance between two, in sides.
_SIDE_INCHES, _SIDES, _APART = 0.24, (0.055, 0.12), 1.1
# A picture is full long before it has tried so many.
_MOST_TRIED = 5000


def draw_thumbnails(ax, codes, images, colors):
    """Draw as many images as find room, in frames of the samples' colours; the choice is random, the same each time.

    The limits of the axes stay as they are from then on, since the room depends on them.

    Parameters
    ----------
    ax : matplotlib Axes
    codes : ndarray of shape (n_samples, 2)
    images : ndarray of shape (n_samples, height, width) or (n_samples, height, width, n_channels)
    colors : ndarray of shape (n_samples, 4)
    """
    patches = import_optional("matplotlib.patches", extra="plot", purpose="Drawing")
    side = np.clip(_SIDE_INCHES / min(inches_of(ax)), *_SIDES)
    ax.margins(0.05 + side / 2)
    ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())
    reach = np.ptp([ax.get_xlim(), ax.get_ylim()], axis=1)
    height, width = images.shape[1:3]
    size = side * reach * np.minimum(1, [width / height, height / width])
    known = images[np.isfinite(images)]
    limits = (known.min(), known.max()) if len(known) else (0, 1)
    for row in _apart(codes, _APART * size):
        left, bottom = corner = codes[row] - size / 2
        place = (left, left + size[0], bottom, bottom + size[1])
        draw_image(ax, images[row], limits, extent=place, aspect="auto", zorder=2)
        ax.add_patch(patches.Rectangle(corner, *size, fill=False, edgecolor=colors[row], lw=1.2, zorder=2.1))


def _apart(codes, distance):
    """Choose samples in random order, each at least so far from all chosen ones, to the side or up."""
    order = np.random.RandomState(0).permutation(np.flatnonzero(np.isfinite(codes).all(axis=1)))
    chosen = np.empty((0, 2))
    rows = []
    for row in order[:_MOST_TRIED]:
        if (np.abs(chosen - codes[row]) >= distance).any(axis=1).all():
            rows.append(row)
            chosen = np.vstack([chosen, codes[row]])
    return rows
