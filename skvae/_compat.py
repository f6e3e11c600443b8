"""The one place that touches private names of scikit-learn and Keras, so that a change there is mended here."""

from sklearn.base import _fit_context as fit_context
from sklearn.utils._param_validation import (
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_params,
)

__all__ = [
    "CALLBACK_ATTRIBUTES",
    "Interval",
    "InvalidParameterError",
    "StrOptions",
    "fit_context",
    "validate_params",
]

#: What scikit-learn's callbacks leave on an estimator: belongs to a run, not to a fitted model.
CALLBACK_ATTRIBUTES = ("_skl_callbacks", "_skl_callbacks_to_teardown", "_callback_fit_ctx", "_parent_callback_ctx")
