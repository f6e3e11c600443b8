"""Samples as points: as large as their number allows, and in an order in which no group hides another."""

import numpy as np

from skvae._look import inches_of
from skvae._optional import import_optional

# The area of a point, in square points, of so many samples on axes of so many inches; fewer are not drawn larger.
_AREA, _MANY, _SIDE = 44, 150, 3.7
_DECLINE = 0.52
# Beyond so many samples, vector formats get a picture of the points.
_MOST_VECTORS = 5000
# Smaller points have no white edge, which would leave nothing of them.
_LEAST_EDGED = 12
_RAREST_ALPHA, _COMMON_ALPHA = 0.9, 0.5


def point_area(ax, n_samples):
    """Return the area of a point, in square points.

    Parameters
    ----------
    ax : matplotlib Axes
    n_samples : int

    Returns
    -------
    area : float
    """
    of_axes = np.clip(min(inches_of(ax)) / _SIDE, 0.45, 1.5)
    return _AREA * min(1.0, (_MANY / max(1, n_samples)) ** _DECLINE) * of_axes**2


def point_alpha(n_samples):
    """Return how opaque a point is."""
    return float(np.clip(12 / max(1, n_samples) ** 0.4, _COMMON_ALPHA, _RAREST_ALPHA))


def draw_points(ax, x, y, groups, held_out, alpha=None):
    """Draw the samples of all groups, in layers: the background, the others, those held out.

    Within a layer the order is random, and the same each time.

    Parameters
    ----------
    ax : matplotlib Axes
    x, y : ndarray of shape (n_samples,)
    groups : list of Group
        Each sample is in one.
    held_out : ndarray of bool of shape (n_samples,)
        Drawn with a dark edge.
    alpha : float, default=None
        How opaque points are; None lets their number say.
    """
    n_samples = len(x)
    colors, markers = looks_of(groups, n_samples)
    lies_below = np.zeros(n_samples, bool)
    for group in groups:
        lies_below[group.rows] = group.is_background
    order, area = np.random.RandomState(0).permutation(n_samples), point_area(ax, n_samples)
    style = {"s": area, "alpha": point_alpha(n_samples) if alpha is None else alpha}
    style["rasterized"] = n_samples > _MOST_VECTORS
    seen, held = (
        {"edgecolor": "white", "lw": 0.3 if area >= _LEAST_EDGED else 0.0},
        {"edgecolor": "black", "lw": np.clip(area / 50, 0.1, 0.8)},
    )
    for zorder, of_layer in ((0.9, lies_below), (1.0, ~lies_below)):
        for chosen, edge in ((of_layer & ~held_out, seen), (of_layer & held_out, held)):
            if chosen.any():
                rows = order[chosen[order]]
                drawn = ax.scatter(x[rows], y[rows], color=colors[rows], zorder=zorder, **edge, **style)
                _give_markers(drawn, markers[rows])


def looks_of(groups, n_samples):
    """Return the colour and the marker of each sample.

    Parameters
    ----------
    groups : list of Group
    n_samples : int

    Returns
    -------
    colors : ndarray of shape (n_samples, 4)
    markers : ndarray of str of shape (n_samples,)
    """
    to_rgba = import_optional("matplotlib.colors", extra="plot", purpose="Drawing").to_rgba_array
    colors, markers = np.zeros((n_samples, 4)), np.full(n_samples, "o")
    for group in groups:
        colors[group.rows], markers[group.rows] = to_rgba(group.color), group.marker
    return colors, markers


def _give_markers(drawn, markers):
    """Give each point its marker: a scatter has one for all, and one for each marker would hide the others'."""
    kinds, of_point = np.unique(markers, return_inverse=True)
    if len(kinds) == 0 or list(kinds) == ["o"]:
        return
    styles = import_optional("matplotlib.markers", extra="plot", purpose="Drawing")
    marks = [styles.MarkerStyle(kind) for kind in kinds]
    paths = [mark.get_path().transformed(mark.get_transform()) for mark in marks]
    drawn.set_paths(paths if len(paths) == 1 else [paths[i] for i in of_point])
