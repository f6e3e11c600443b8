"""Rules by which one list of layer sizes becomes another."""

from numbers import Integral

from skvae.model_selection._architectures import random_size


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
        The changed sizes.

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


def vary_layers(layers, random_state, n_changes=3):
    """Change a list some times: drop a layer, insert one, or vary the size of one, each as likely.

    A new layer has 8 to 256 units, with a uniform logarithm; a size varies by a factor between 1/2 and 2, so that wide
    layers change by more units than narrow ones. The only layer is not dropped but varied.

    Parameters
    ----------
    layers : tuple of int or float
        Layer sizes.
    random_state : RandomState
        Where the draws come from.
    n_changes : int, default=3
        How many changes. Three find more in a few dozen architectures, one in hundreds:
        ``mutation=functools.partial(vary_layers, n_changes=1)``.

    Returns
    -------
    layers : tuple of int or float
        The changed sizes.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.model_selection import vary_layers
    >>> vary_layers((64, 0.5), np.random.RandomState(1))
    (64, 0.5, 255)
    """
    changed = list(layers)
    for _ in range(n_changes):
        action = random_state.choice(["drop", "insert", "vary"])
        if action == "insert" or not changed:
            changed.insert(random_state.randint(len(changed) + 1), random_size(random_state))
        elif action == "drop" and len(changed) > 1:
            del changed[random_state.randint(len(changed))]
        else:
            k = random_state.randint(len(changed))
            changed[k] = _varied(changed[k], random_state)
    return tuple(changed)


def _varied(size, random_state):
    """Make a layer narrower or wider; units stay units, and shares stay shares."""
    changed = size * 2 ** random_state.uniform(-1, 1)
    return max(1, round(changed)) if isinstance(size, Integral) else changed
