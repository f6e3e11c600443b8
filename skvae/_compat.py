"""The one place that touches private and experimental names of scikit-learn and Keras: a change is mended here."""

from contextlib import contextmanager

from sklearn.base import _fit_context as fit_context
from sklearn.callback import CallbackSupportMixin
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._indexing import _get_column_indices as column_positions
from sklearn.utils._param_validation import (
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_params,
)
from sklearn.utils.validation import _check_sample_weight as check_sample_weight
from sklearn.utils.validation import _get_feature_names as column_names

__all__ = [
    "CALLBACK_ATTRIBUTES",
    "IMPUTER_DTYPES",
    "CallbackSupportMixin",
    "FitTask",
    "Interval",
    "InvalidParameterError",
    "StrOptions",
    "check_sample_weight",
    "column_names",
    "column_positions",
    "fit_context",
    "has_callbacks",
    "keras_names_kept",
    "safe_indexing",
    "validate_params",
]

#: What scikit-learn's callbacks leave on an estimator: belongs to a run, not to a fitted model.
CALLBACK_ATTRIBUTES = ("_skl_callbacks", "_skl_callbacks_to_teardown", "_callback_fit_ctx", "_parent_callback_ctx")
#: Attributes of SimpleImputer that hold a dtype, which skops trusts only when told to.
IMPUTER_DTYPES = ("_fit_dtype", "_fill_dtype")


@contextmanager
def keras_names_kept():
    """Put back the counters by which Keras names the user's layers; each new tensor moves them."""
    from keras.src.backend.common import global_state

    before = global_state.get_global_attribute("object_name_uids")
    before = before if before is None else before.copy()
    try:
        yield
    finally:
        global_state.set_global_attribute("object_name_uids", before)


class FitTask:
    """A task of scikit-learn's callbacks, which are experimental in 1.9: a fit, one of its starts, or an epoch.

    Parameters
    ----------
    estimator : estimator
    context : CallbackContext
    data : dict
        ``X``, ``y`` and ``metadata``, as given to `fit`.
    """

    def __init__(self, estimator, context, data):
        self.estimator, self.context, self.data = estimator, context, data

    @classmethod
    def open(cls, estimator, max_subtasks, data):
        """Open the task of a call of `fit`."""
        return cls(estimator, estimator._init_callback_context(max_subtasks=max_subtasks), data)

    def subtask(self, name, max_subtasks=0):
        """Make a task under this one."""
        context = self.context.subcontext(task_name=name, max_subtasks=max_subtasks)
        return FitTask(self.estimator, context, self.data)

    def begin(self):
        """Tell the callbacks that the task begins."""
        self.context.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def end(self, attributes=None):
        """Tell them that it ends, with the fitted attributes or what gives them; True if one wants to stop."""
        return self.context.call_on_fit_task_end(
            estimator=self.estimator, reconstruction_attributes=attributes, **self.data
        )

    def is_part_of_search(self):
        """Tell whether a search over candidates began the task, so that its early end would not be seen."""
        context = self.context
        while context.parent is not None:
            context = context.parent
            if "Search" in context.estimator_name:
                return True
        return False


def has_callbacks(estimator):
    """Tell whether callbacks are set on an estimator, or handed down to it for this fit."""
    return hasattr(estimator, "_skl_callbacks")
