"""The epochs of a training as tasks of scikit-learn's callbacks."""


class EpochTasks:
    """Tells callbacks of each epoch, and hands them a usable estimator.

    Parameters
    ----------
    estimator : estimator
    context : CallbackContext
        Of the training; each epoch becomes a task under it.
    data : dict
        ``X``, ``y`` and ``metadata``, as given to `fit`.
    attributes : callable
        From weights and history to the fitted attributes of an estimator that stopped there.
    """

    def __init__(self, estimator, context, data, attributes):
        self.estimator, self.context, self.data, self.attributes = estimator, context, data, attributes

    def epoch_begins(self):
        """Open the task of an epoch."""
        self.task = self.context.subcontext(task_name="epoch")
        self.task.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def epoch_ends(self, weights, history):
        """Close the task, and tell whether a callback wants to stop."""
        return self.task.call_on_fit_task_end(
            estimator=self.estimator,
            reconstruction_attributes=lambda: self.attributes(weights(), history()),
            **self.data,
        )


def in_search(context):
    """Tell whether a fit belongs to more than itself and the pipeline around it, so that its end would not be seen."""
    while context.parent is not None:
        context = context.parent
        if context.estimator_name != "Pipeline":
            return True
    return False
