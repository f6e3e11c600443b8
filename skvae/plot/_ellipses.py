"""How sure the posterior is of each code: ellipses."""

import numpy as np

from skvae._optional import import_optional

#: More would be a blot.
MOST_ELLIPSES = 300
_EDGE_ALPHA, _FACE_ALPHA = 0.6, 0.08


def draw_ellipses(ax, centres, radii, colors):
    """Draw ellipses around at most 300 codes, chosen by chance, the same each time.

    Parameters
    ----------
    ax : matplotlib Axes
    centres, radii : ndarray of shape (n_samples, 2)
        Codes, and how far each ellipse reaches to the right and up.
    colors : ndarray of shape (n_samples, 4)
    """
    known = np.flatnonzero(np.isfinite(centres).all(axis=1) & np.isfinite(radii).all(axis=1))
    rows = np.random.RandomState(0).permutation(known)[:MOST_ELLIPSES]
    if not len(rows):
        return
    collections = import_optional("matplotlib.collections", extra="plot", purpose="Drawing")
    width, height = 2 * radii[rows].T
    edges, faces = (np.column_stack([colors[rows, :3], np.full(len(rows), a)]) for a in (_EDGE_ALPHA, _FACE_ALPHA))
    place = {"units": "xy", "offsets": centres[rows], "offset_transform": ax.transData}
    ellipses = collections.EllipseCollection(width, height, 0, **place, zorder=0.95, lw=0.7)
    ellipses.set(edgecolor=edges, facecolor=faces)
    ax.add_collection(ellipses, autolim=False)
    ax.update_datalim(np.vstack([centres[rows] - radii[rows], centres[rows] + radii[rows]]))
    ax.autoscale_view()
