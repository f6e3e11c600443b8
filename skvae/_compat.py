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
    "IMPUTER_DTYPES",
    "Interval",
    "InvalidParameterError",
    "StrOptions",
    "fit_context",
    "validate_params",
]

#: Attributes of SimpleImputer that hold a dtype, which skops trusts only when told to.
IMPUTER_DTYPES = ("_fit_dtype", "_fill_dtype")
#: What scikit-learn's callbacks leave on an estimator: belongs to a run, not to a fitted model.
CALLBACK_ATTRIBUTES = ("_skl_callbacks", "_skl_callbacks_to_teardown", "_callback_fit_ctx", "_parent_callback_ctx")
