"""Curves of trainings, and where these have led."""

import numpy as np

from skvae._active import ACTIVE_NATS
from skvae._look import INK, inches_of, thin

DASHES = (0, (3, 1.5))
#: So few epochs have dots.
FEW_EPOCHS = 10
# The least nats that a logarithm shows.
_LEAST_KL = 1e-4
# Narrower axes have no room for a remark.
_LEAST_INCHES = 1.2
# The beginning is one of so many parts of the epochs; cut off if with it the loss reaches so many times as far.
_PARTS, _MOST_ROOM = 10, 8


def draw_curve(ax, values, style, dashes):
    """Draw one value for each epoch; a single one as a dot.

    Parameters
    ----------
    ax : matplotlib Axes
    values : array-like of shape (n_epochs,)
    style : dict
        Of the line.
    dashes : matplotlib line style
    """
    values = np.asarray(values, dtype=float)
    if len(values) == 1:
        style = {"marker": "o"} | style
    ax.plot(np.arange(1, len(values) + 1), values, ls=dashes, markevery=max(1, len(values) // 8), **style)


def cut_off_the_beginning(ax):
    """Leave out what the first epochs have above the others, if it would take nearly all of the room, and say so.

    Parameters
    ----------
    ax : matplotlib Axes
        With curves drawn.
    """
    curves = [line.get_ydata() for line in ax.lines]
    later = np.concatenate([values[-(-len(values) // _PARTS) :] for values in curves])
    every = np.concatenate(curves)
    later, every = later[np.isfinite(later)], every[np.isfinite(every)]
    if not len(later):
        return
    low = every.min()
    room = later.max() - low
    if every.max() - low <= _MOST_ROOM * room:  # what lies far below, as of curves that rise, is no excess
        return
    room = room or 0.05 * abs(low) or 1.0  # curves that do not move any more
    top = low + 1.4 * room
    if every.max() <= top:
        return
    ax.set_ylim(low - 0.05 * room, top)
    n_cut = max(int(np.flatnonzero(values > top)[-1]) + 1 for values in curves if (values > top).any())
    if inches_of(ax)[0] < _LEAST_INCHES:
        return
    epochs = "epoch 1 lies" if n_cut == 1 else f"epochs 1 to {n_cut} lie"
    style = {"ha": "right", "va": "top", "fontsize": "x-small", "color": INK}
    ax.text(0.99, 0.99, f"{epochs} above,\nup to {every.max():.3g}", transform=ax.transAxes, **style)


def draw_end(ax, kl_per_component, styles):
    """Draw the KL divergence of each latent variable, from the largest to the least.

    Parameters
    ----------
    ax : matplotlib Axes
    kl_per_component : dict of str to ndarray of shape (n_components,)
        By training, in nats.
    styles : dict of str to dict
        Of the line of each training.
    """
    for name, kl in kl_per_component.items():
        values = np.sort(np.asarray(kl, dtype=float))[::-1]
        style = {"marker": "o"} | styles[name] | {"ms": np.clip(60 / len(values), 2.5, 5), "lw": 0.8}
        ax.plot(np.arange(1, len(values) + 1), np.maximum(values, _LEAST_KL), **style)
    thin(ax)
    ax.set_yscale("log")
    ax.axhline(ACTIVE_NATS, color=INK, lw=0.8, ls=DASHES)
    if inches_of(ax)[0] >= _LEAST_INCHES:
        below = {"ha": "right", "va": "top", "fontsize": "x-small", "color": INK}
        ax.text(0.99, 0.9 * ACTIVE_NATS, "collapsed", transform=ax.get_yaxis_transform(), **below)
    ax.set_title(_title_of_end(list(kl_per_component.values())), fontsize="medium", color=INK)
    ax.set_xlabel("latent variable, by rank", color=INK)
    ax.set_ylim(bottom=min(0.5 * ACTIVE_NATS, ax.get_ylim()[0]))
    ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)


def _title_of_end(ends):
    """Say of a single training how many latent variables are active."""
    if len(ends) > 1:
        return "KL at the end"
    return f"KL at the end: {int(np.sum(np.asarray(ends[0]) >= ACTIVE_NATS))} of {len(ends[0])} active"
