"""Whether Ctrl-C has ended a training, which then keeps the best weights so far, if there are any, and only warns."""

import warnings
from contextlib import contextmanager

_ENDED = "Training interrupted by user after "


@contextmanager
def noting_interrupt():
    """Hand on the warnings of a training; the list that is yielded is no longer empty if Ctrl-C has ended it.

    Raises
    ------
    KeyboardInterrupt
        If it was ended before its first epoch was done: nothing has been learned then.

    Examples
    --------
    >>> from skvae.cli._interrupts import noting_interrupt
    >>> with noting_interrupt() as stopped:
    ...     pass  # a training
    >>> bool(stopped)
    False
    """
    stopped: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        yield stopped
    if any(str(warning.message).startswith(f"{_ENDED}0 of ") for warning in caught):
        raise KeyboardInterrupt("no epoch was finished, and nothing is written")
    for warning in caught:
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
        stopped += [text for text in [str(warning.message)] if text.startswith(_ENDED)]
