"""How far a fit is, on stderr, with the time left: scikit-learn's bars on a terminal, else a line now and then."""

import sys
import time

from skvae._optional import import_optional
from skvae.cli._console import say

# Seconds between two lines.
_PAUSE = 5.0


class StepLines:
    """A callback of scikit-learn that says how far a sequence of tasks is.

    Parameters
    ----------
    task_name : str
        Name of the tasks, such as ``"epoch"``.
    n_tasks : int
        How many there will be at most.
    pause : float, default=5.0
        Seconds between two lines.

    Examples
    --------
    >>> from skvae.cli._progress import words_of_time
    >>> words_of_time(12.4), words_of_time(200)
    ('12 s', '3 min')
    """

    def __init__(self, task_name, n_tasks, pause=_PAUSE):
        self.task_name, self.n_tasks, self.pause = task_name, n_tasks, pause
        self.n_done, self.first_ended, self.said = 0, None, time.monotonic()

    def setup(self, estimator, context):
        """Do nothing: counting began when the callback was made."""

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: what is said is said at the end of a task."""

    def on_fit_task_end(self, estimator, context):
        """Count, and say so if it is time."""
        if context.task_name != self.task_name:
            return
        now = time.monotonic()
        self.n_done += 1
        # The first task compiles, and tells nothing of the others.
        self.first_ended = now if self.first_ended is None else self.first_ended
        if now - self.said >= self.pause and self.n_done > 1:
            self.said = now
            say(f"{self.task_name} {self.n_done}/{self.n_tasks}, {words_of_time(self._seconds_left(now))} left")

    def teardown(self, estimator, context):
        """Do nothing: nothing is open."""

    def _seconds_left(self, now):
        """Tell how long the other tasks will take, if they are like those before."""
        return (now - self.first_ended) / (self.n_done - 1) * (self.n_tasks - self.n_done)


def words_of_time(seconds):
    """Write a duration."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def show_epochs(estimator, quiet):
    """Set a callback on an estimator that shows how far its training is; return the estimator."""
    if quiet or not hasattr(estimator, "set_callbacks"):
        return estimator
    return estimator.set_callbacks(_bar() or StepLines("epoch", estimator.epochs))


def _bar():
    """Make scikit-learn's progress bar on stderr, None where it would not be seen or rich is not installed."""
    if not sys.stderr.isatty():
        return None
    try:
        rich = import_optional("rich", extra="progress", purpose="The progress bar")
    except ImportError:
        return None
    from sklearn.callback import ProgressBar

    rich.reconfigure(stderr=True)  # the bar would stand on stdout, where answers go
    return ProgressBar()
