"""How far a fit is, on stderr, with the time left: a bar on a terminal, elsewhere a line now and then.

scikit-learn's own ProgressBar writes on stdout, where answers go, and gives a pipeline a bar for each step.
"""

import sys
import time

from skvae._optional import import_optional
from skvae.cli._console import say

# Seconds between two lines about epochs.
_PAUSE = 5.0


class Steps:
    """A callback of scikit-learn that counts the tasks of one name, such as epochs.

    Parameters
    ----------
    task_name : str
        Name of the tasks.
    display : Lines or Bar
        Shows how many are done.
    """

    def __init__(self, task_name, display):
        self.task_name, self.display, self.n_done = task_name, display, 0

    def setup(self, estimator, context):
        """Begin."""
        self.display.start()

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: tasks count when they end."""

    def on_fit_task_end(self, estimator, context):
        """Count."""
        if context.task_name == self.task_name:
            self.n_done += 1
            self.display.show(self.n_done)

    def teardown(self, estimator, context):
        """End, also after an error or an interrupt."""
        self.display.stop()


class Lines:
    """Lines such as ``epoch 40/200, 12 s left``.

    Parameters
    ----------
    noun : str
    n_tasks : int
        How many there will be at most.
    pause : float
        Least seconds between two lines.
    """

    def __init__(self, noun, n_tasks, pause):
        self.noun, self.n_tasks, self.pause = noun, n_tasks, pause

    def start(self):
        """Begin to measure the time."""
        self.first_ended, self.said = None, time.monotonic()

    def show(self, n_done):
        """Say how far it is, if it is time to."""
        now = time.monotonic()
        # The first task compiles, and tells nothing of the others.
        self.first_ended = now if self.first_ended is None else self.first_ended
        if n_done > 1 and now - self.said >= self.pause:
            self.said = now
            self.say(n_done, (now - self.first_ended) / (n_done - 1) * (self.n_tasks - n_done))

    def say(self, n_done, seconds_left):
        """Say how many are done."""
        say(f"{self.noun} {n_done}/{self.n_tasks}, {in_words(seconds_left)} left")

    def stop(self):
        """Do nothing: nothing is open."""


class Bar:
    """A bar of rich.

    Parameters
    ----------
    noun : str
    n_tasks : int
    """

    def __init__(self, noun, n_tasks):
        import_optional("rich", extra="progress", purpose="The progress bar")
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = TextColumn(noun), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("left")
        self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self.task = self.progress.add_task(noun, total=n_tasks)

    def start(self):
        """Draw the empty bar."""
        self.progress.start()

    def show(self, n_done):
        """Move it."""
        self.progress.update(self.task, completed=n_done)

    def stop(self):
        """Take it away."""
        self.progress.stop()


def show_epochs(vae, quiet):
    """Set a callback on a model that shows how far its training is, if it has epochs; return the model."""
    if quiet or not hasattr(vae, "epochs"):
        return vae
    return vae.set_callbacks(Steps("epoch", _display(vae.epochs)))


class Rounds(Lines):
    """Lines such as ``round 1/5, 9 s left`` of evolution, which begins after a first round."""

    def __init__(self, n_rounds):
        super().__init__("round", n_rounds + 1, pause=0)

    def say(self, n_done, seconds_left):
        """Count the rounds of evolution."""
        say(f"round {n_done - 1}/{self.n_tasks - 1}, {in_words(seconds_left)} left")


def show_rounds(search, n_rounds, quiet):
    """Set a callback on a search that shows how far it is, of so many rounds after the first; return the search."""
    # Not a bar: the callback goes to other processes, and rounds are few.
    return search if quiet else search.set_callbacks(Steps("round", Rounds(n_rounds)))


def _display(epochs):
    """Choose the bar where it is seen and rich is installed."""
    if sys.stderr.isatty():
        try:
            return Bar("epoch", epochs)
        except ImportError:
            pass
    return Lines("epoch", epochs, _PAUSE)


def in_words(seconds):
    """Write a duration.

    Examples
    --------
    >>> from skvae.cli._progress import in_words
    >>> in_words(12.4), in_words(200), in_words(9000)
    ('12 s', '3 min', '2.5 h')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
