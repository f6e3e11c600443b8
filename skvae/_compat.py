"""The one place that touches private names of scikit-learn and Keras, so that a change there is mended here."""

from sklearn.base import _fit_context as fit_context
from sklearn.utils._param_validation import (
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_params,
)

__all__ = ["Interval", "InvalidParameterError", "StrOptions", "fit_context", "validate_params"]
