"""A callback that looks at a model after chosen epochs of its training."""

from collections.abc import Callable
from typing import Any


class Observer:
    """Looks at the model after chosen epochs, and ends the training with the last of them.

    A curve over the epochs so costs one training. scikit-learn's ``ScoringMonitor`` scores every epoch, for which the
    weights are copied each time; this one copies them for the chosen epochs alone (docs/studies.md has the times).

    Parameters
    ----------
    epochs : iterable of int
        When to look; the first epoch is 1.
    look : callable
        From a fitted estimator, X and y to a dict of values.

    Attributes
    ----------
    rows : list of dict
        What `look` returned, each with its ``epoch``.
    """

    def __init__(self, epochs, look):
        self.epochs, self.look = frozenset(epochs), look
        self.rows = []
        self.on_fit_task_end: Callable[..., Any] = self._pass

    def setup(self, estimator, context):
        """Do nothing; scikit-learn asks for it."""

    def teardown(self, estimator, context):
        """Do nothing; scikit-learn asks for it."""

    def on_fit_task_begin(self, estimator, context):
        """Choose what is called at the end of the task.

        scikit-learn makes a fitted estimator only for hooks whose signature names one.
        """
        observed = context.task_name == "epoch" and context.task_id + 1 in self.epochs
        self.on_fit_task_end = self._look if observed else self._pass

    def _pass(self, estimator, context):
        """Let the training go on."""

    def _look(self, estimator, context, *, X=None, y=None, fitted_estimator=None):
        """Look, and tell whether that was the last time."""
        self.on_fit_task_end = self._pass  # the end of the whole fit is no epoch
        epoch = context.task_id + 1
        self.rows.append({"epoch": epoch, **self.look(fitted_estimator, X, y)})
        return epoch == max(self.epochs)
