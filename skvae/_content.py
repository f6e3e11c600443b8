"""Keys of parameters: equal for equal content, and for nothing else."""

from types import BuiltinFunctionType, FunctionType

import joblib
from sklearn.base import BaseEstimator


def content_key(value):
    """Return what tells a parameter from others, hashable; a copy has the same.

    The representation of a value would not do: NumPy's leaves out most of a long array, and rounds the rest.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae._content import content_key
    >>> content_key({"table": np.zeros(5000)}) == content_key({"table": np.zeros(5000)})
    True
    >>> content_key(1) == content_key(1.0)
    False
    """
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return kind, repr(value)
    if isinstance(value, type | FunctionType | BuiltinFunctionType):
        return value  # copies are the same object, while two of one name need not be alike
    if isinstance(value, BaseEstimator):
        return kind, content_key(value.get_params(deep=False))
    if isinstance(value, dict):
        return kind, tuple((content_key(name), content_key(part)) for name, part in value.items())
    if isinstance(value, list | tuple):
        return kind, tuple(content_key(part) for part in value)
    return kind, _digest(value)


def _digest(value):
    """Hash what pickle knows; what it does not, such as a partial of a lambda, stands for itself."""
    try:
        return joblib.hash(value)
    except Exception:
        return value
