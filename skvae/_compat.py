"""The one place that touches private and experimental names of scikit-learn and Keras: a change is mended here."""

from contextlib import contextmanager

from sklearn.base import _fit_context as fit_context
from sklearn.callback import CallbackSupportMixin
from sklearn.utils._param_validation import (
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_params,
)
from sklearn.utils.validation import _check_sample_weight as check_sample_weight

__all__ = [
    "CALLBACK_ATTRIBUTES",
    "IMPUTER_DTYPES",
    "CallbackSupportMixin",
    "Interval",
    "InvalidParameterError",
    "StrOptions",
    "begin_fit_task",
    "check_sample_weight",
    "fit_context",
    "has_callbacks",
    "keras_names_kept",
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


def has_callbacks(estimator):
    """Tell whether callbacks are set on an estimator, or handed down to it for this fit."""
    return hasattr(estimator, "_skl_callbacks")


def begin_fit_task(estimator, max_subtasks):
    """Open the context of the callbacks for a call of `fit`."""
    return estimator._init_callback_context(max_subtasks=max_subtasks)
