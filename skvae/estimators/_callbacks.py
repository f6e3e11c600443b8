"""The epochs of a training as tasks of scikit-learn's callbacks."""

from typing import Any


class EpochTasks:
    """Tells callbacks of each epoch of a training, and hands them a usable estimator.

    Parameters
    ----------
    training : FitTask
        Each epoch becomes a task under it.
    attributes : callable
        From weights and history to the fitted attributes of an estimator that stopped there.
    is_start : bool
        Whether the training is one start among several, a task that begins and ends here.
    """

    def __init__(self, training, attributes, is_start):
        self.training, self.attributes, self.is_start = training, attributes, is_start
        self.epoch: Any = None

    def naming(self, by_name):
        """Return the same for weights in a list, which `by_name` names."""
        return EpochTasks(
            self.training, lambda weights, history: self.attributes(by_name(weights), history), self.is_start
        )

    def __enter__(self):
        """Open the task of a start."""
        if self.is_start:
            self.training.begin()

    def __exit__(self, *_):
        """Close what an interrupt or a divergence has left open, and the task of a start."""
        if self.epoch is not None:
            self.epoch.end()
        if self.is_start:
            self.training.end()

    def epoch_begins(self):
        """Open the task of an epoch."""
        self.epoch = self.training.subtask("epoch")
        self.epoch.begin()

    def epoch_ends(self, weights, history):
        """Close the task, and tell whether a callback wants to stop."""
        epoch, self.epoch = self.epoch, None
        return epoch.end(lambda: self.attributes(weights(), history()))
