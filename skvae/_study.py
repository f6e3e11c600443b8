"""Whether a fit is part of a study, which a half-trained model among the others would spoil."""

from contextlib import contextmanager
from contextvars import ContextVar

_within_study = ContextVar("within_study", default=False)


@contextmanager
def within_study():
    """Let Ctrl-C end the study: fits inside raise ``KeyboardInterrupt`` instead of keeping the weights so far."""
    token = _within_study.set(True)
    try:
        yield
    finally:
        _within_study.reset(token)


def is_within_study():
    """Tell whether the caller is part of a study."""
    return _within_study.get()
