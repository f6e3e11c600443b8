"""Samples along a single latent variable."""

import numpy as np

from skvae.plot._points import draw_points
from skvae.plot._style import name_axes, name_points, tidy


def draw_strips(ax, codes, groups, held_out):
    """Draw a strip for each group, or a histogram of all samples.

    Parameters
    ----------
    ax : matplotlib Axes
    codes : DataFrame of shape (n_samples, 1)
    groups : list of Group
    held_out : ndarray of bool of shape (n_samples,)
    """
    z = codes.to_numpy(dtype=np.float64)[:, 0]
    tidy(ax)
    if len(groups) == 1 and isinstance(groups[0].color, str):
        ax.hist(z, bins="auto", color=groups[0].color, alpha=0.85)
        name_axes(ax, codes.columns[0], "samples")
        return
    rows = np.random.RandomState(0).uniform(-0.3, 0.3, size=len(z))
    for row, group in enumerate(groups):
        rows[group.rows] += row
    draw_points(ax, z, rows, groups, held_out)
    names = [group.name for group in groups]
    ax.set_yticks(range(len(groups)), names, fontsize=name_points(ax, names))
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    name_axes(ax, codes.columns[0])
