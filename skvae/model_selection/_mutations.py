"""Rules by which one list of layer sizes becomes another."""

from numbers import Integral


def drop_or_widen(layers, random_state):
    """Drop one layer of more than four, or else widen layer k by k units.

    Which one is drawn, layers are counted from 1, from the input on.

    Parameters
    ----------
    layers : tuple of int
        Layer sizes; an empty tuple stays as it is.
    random_state : RandomState
        Where the draw comes from.

    Returns
    -------
    layers : tuple of int

    Raises
    ------
    ValueError
        If sizes are shares of the features, which have no units to gain.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.model_selection import drop_or_widen
    >>> drop_or_widen((64, 32), np.random.RandomState(0))
    (65, 32)
    >>> drop_or_widen((64, 32, 16, 8, 4), np.random.RandomState(0))
    (64, 32, 16, 8)
    """
    if not all(isinstance(size, Integral) for size in layers):
        raise ValueError(
            f"drop_or_widen counts units, but {layers} holds shares of the features: pass numbers of units."
        )
    if not layers:
        return ()
    changed, k = list(layers), random_state.randint(len(layers))
    if len(layers) > 4:
        del changed[k]
    else:
        changed[k] += k + 1
    return tuple(changed)
