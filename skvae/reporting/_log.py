"""What happens while a report is made: seconds of each step, and the warnings."""

import logging
import time
import warnings
from collections import Counter
from contextlib import contextmanager

from sklearn.exceptions import ConvergenceWarning

_logger = logging.getLogger("skvae.reporting")
# What tells users of their data and fits; others, such as of deprecated functions, are for developers.
_TOLD = (UserWarning, RuntimeWarning, ConvergenceWarning)


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
