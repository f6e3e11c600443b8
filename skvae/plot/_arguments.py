"""What all displays ask of their arguments: axes to draw on, and estimators with names."""

from collections.abc import Mapping

import numpy as np

from skvae._optional import import_optional


def check_ax(ax):
    """Check that a picture gets one axes, or None.

    Raises
    ------
    TypeError
        If it is something else, such as the array that ``plt.subplots`` gives.
    """
    if ax is None or _is_axes(ax):
        return
    if np.ndim(ax):
        found = "is empty" if np.size(ax) == 0 else f"holds {np.size(ax)}"
        raise TypeError(f"This picture has one panel, so ax must be one matplotlib Axes, but it {found}: give one.")
    raise TypeError(f"ax must be one matplotlib Axes, but is {_kind(ax)}.{_hint(ax)}")


def several_axes(ax, numbers, what):
    """Return the axes given for a picture of several panels, in one dimension.

    Parameters
    ----------
    ax : matplotlib Axes or array-like of them
    numbers : collection of int
        As many there may be.
    what : str
        The panels in words.

    Returns
    -------
    axes : ndarray of matplotlib Axes

    Raises
    ------
    TypeError
        If something is no axes.
    ValueError
        If there are not as many.
    """
    axes = np.ravel(np.asarray(ax, dtype=object))
    for one in axes:
        if not _is_axes(one):
            raise TypeError(f"ax must be an array of matplotlib Axes, but holds {_kind(one)}.{_hint(one)}")
    if len(axes) not in numbers:
        raise ValueError(f"{what} need as many axes, but ax holds {len(axes)}.")
    return axes


def check_named(named, argument, values="estimator"):
    """Check that a picture of several gets them by their names.

    Raises
    ------
    TypeError
        If it is no dictionary.
    """
    if not isinstance(named, Mapping):
        raise TypeError(
            f"{argument} must be a dict from a name to its {values}, such as {{'PCA': ..., 'VAE': ...}}, but is "
            f"{_kind(named)}."
        )


def _is_axes(ax):
    """Tell whether something is a matplotlib Axes."""
    return isinstance(ax, import_optional("matplotlib.axes", extra="plot", purpose="Drawing").Axes)


def _kind(value):
    """Say what something is."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"


def _hint(value):
    """Say what helps where a figure stands in the place of axes."""
    return " Give figure.subplots(...)." if hasattr(value, "subplots") else ""
