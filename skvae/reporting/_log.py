"""What happens while a report is made: seconds of each step, and the warnings."""

import logging
import time
import warnings
from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar

from sklearn.exceptions import ConvergenceWarning

_logger = logging.getLogger("skvae.reporting")
# What tells users of their data and fits; others, such as of deprecated functions, are for developers.
_TOLD = (UserWarning, RuntimeWarning, ConvergenceWarning)
#: The step before all others, of which a report tells where it tells of the table.
READING = "reading the table"
# What was told of a table before it came to the report.
_told_before: ContextVar[tuple[str, ...]] = ContextVar("told before", default=())


@contextmanager
def told_before(messages):
    """Let reports that are made meanwhile list first what was told while their table was read.

    Parameters
    ----------
    messages : iterable of str

    Examples
    --------
    >>> from skvae.reporting._log import Log, told_before
    >>> with told_before(["1 column without any value left out, such as 'P7'."]):
    ...     log = Log()
    >>> log.told_of_reading
    ["1 column without any value left out, such as 'P7'."]
    """
    token = _told_before.set(tuple(dict.fromkeys(messages)))
    try:
        yield
    finally:
        _told_before.reset(token)


class Log:
    """Seconds and warnings of the steps of a report.

    Attributes
    ----------
    seconds : dict of str to float
        By step, in their order.
    warnings : Counter
        From pairs of step and message to how often it was raised.
    """

    def __init__(self):
        self.seconds: dict[str, float] = {}
        self.warnings: Counter[tuple[str, str]] = Counter()
        for message in _told_before.get():
            self.note(READING, message)

    @property
    def told_of_reading(self):
        """What was left out, or told, while the table was read."""
        return [message for step, message in self.warnings if step == READING]

    @contextmanager
    def step(self, name):
        """Measure a step, and keep its warnings for the page."""
        start = time.perf_counter()
        with warnings.catch_warnings(record=True) as raised:
            warnings.simplefilter("always")
            yield
        self.seconds[name] = time.perf_counter() - start
        self.warnings.update((name, str(w.message)) for w in raised if issubclass(w.category, _TOLD))
        _logger.info("%s: %.1f s", name, self.seconds[name])

    def note(self, step, message):
        """Keep something that is no warning of a fit, but as good as one."""
        self.warnings[step, message] += 1
