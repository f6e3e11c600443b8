"""Whether Ctrl-C has ended a training, which then keeps the best weights so far and only warns."""

import warnings
from contextlib import contextmanager


@contextmanager
def noting_interrupt():
    """Hand on the warnings of a training; the list that is yielded is no longer empty if Ctrl-C has ended it.

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
    for warning in caught:
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
        stopped += [text for text in [str(warning.message)] if text.startswith("Training interrupted")]
