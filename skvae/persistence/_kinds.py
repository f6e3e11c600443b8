"""What an attribute of an estimator may be: small tests that the table of classes is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

from skvae.persistence._container import ArraySpec

_WORDS = {"f": "float", "i": "int", "u": "unsigned int", "b": "bool", "O": "object", "U": "str"}


@dataclass(frozen=True)
class Kind:
    """What an attribute may be.

    Attributes
    ----------
    words : str
        For messages.
    accepts : callable
        Takes the value and, by name, the attributes beside it, of which those named in the table before it have been
        accepted. An :class:`ArraySpec` stands for an array that is not read yet.
    """

    words: str
    accepts: Callable[[Any, Mapping[str, Any]], bool]

    def __or__(self, other):
        """Return the kind of what is of either kind."""
        return Kind(
            f"{self.words} or {other.words}",
            lambda value, beside: self.accepts(value, beside) or other.accepts(value, beside),
        )


def array(types, *shape, values=None):
    """Make the kind of an array.

    Parameters
    ----------
    types : str
        NumPy's letters of the types it may have, such as ``"fi"``.
    *shape : int, str or None
        Lengths. A string is the attribute that holds the length; None is any length.
    values : callable, default=None
        Takes the array and the attributes beside it, and tells whether the values are possible.
    """

    def accepts(value, beside):
        if not isinstance(value, np.ndarray | ArraySpec) or value.dtype.kind not in types:
            return False
        expected = tuple(beside.get(length) if isinstance(length, str) else length for length in shape)
        if len(value.shape) != len(expected) or any(
            e not in (None, n) for e, n in zip(expected, value.shape, strict=True)
        ):
            return False
        return values is None or isinstance(value, ArraySpec) or bool(values(value, beside))

    lengths = ", ".join("any" if length is None else str(length) for length in shape)
    limits = f" with {values.__name__} values" if values else ""
    return Kind(f"an array of {' or '.join(_WORDS[t] for t in types)} of shape ({lengths}){limits}", accepts)


def estimator(class_name):
    """Make the kind of a fitted estimator of one class of the table."""
    return Kind(f"a {class_name}", lambda value, beside: type(value).__name__ == class_name)


def choice(*options):
    """Make the kind of a string that is one of a few."""
    return Kind(f"one of {options}", lambda value, beside: isinstance(value, str) and value in options)


def sequence(container, item, length=None):
    """Make the kind of a list or tuple whose items are of one kind; `length` is an attribute that holds its length."""

    def accepts(value, beside):
        if type(value) is not container or not all(item.accepts(part, beside) for part in value):
            return False
        return length is None or len(value) == beside.get(length)

    return Kind(f"a {container.__name__} of which each is {item.words}", accepts)


def record(*fields):
    """Make the kind of a tuple whose fields are of these kinds."""

    def accepts(value, beside):
        if type(value) is not tuple or len(value) != len(fields):
            return False
        return all(field.accepts(part, beside) for field, part in zip(fields, value, strict=True))

    return Kind(f"a tuple ({', '.join(field.words for field in fields)})", accepts)


def mapping(item, keys=None):
    """Make the kind of a dict from str to one kind, perhaps with few possible keys."""

    def accepts(value, beside):
        if type(value) is not dict or not all(isinstance(key, str) and (not keys or key in keys) for key in value):
            return False
        return all(item.accepts(part, beside) for part in value.values())

    return Kind(f"a dict of which each value is {item.words}", accepts)


def finite(values, beside):
    """Tell whether neither NaN nor infinity is there."""
    return np.isfinite(values).all()


def nonnegative(values, beside):
    """Tell whether nothing is below zero; NaN may be there."""
    return not (values < 0).any()


def positive(values, beside):
    """Tell whether all is above zero; NaN may be there."""
    return not (values <= 0).any()


def features(values, beside):
    """Tell whether all are numbers of features."""
    return ((values >= 0) & (values < beside["n_features_in_"])).all()


def _is_count(value, beside):
    """Tell whether a value is an int from 0 on."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 0


def _is_real(value, beside):
    """Tell whether a value is a number other than NaN."""
    return isinstance(value, Real) and not isinstance(value, bool) and value == value


def _are_names(value, beside):
    """Tell whether a value is an array with a name for each feature."""
    if not isinstance(value, np.ndarray) or value.dtype != object or value.shape != (beside.get("n_features_in_"),):
        return False
    return all(type(name) is str for name in value)


ANY = Kind("anything", lambda value, beside: True)
INT = Kind("an int", lambda value, beside: isinstance(value, Integral) and not isinstance(value, bool))
NONE = Kind("None", lambda value, beside: value is None)
BOOL = Kind("a bool", lambda value, beside: isinstance(value, bool | np.bool_))
COUNT = Kind("an int from 0 on", _is_count)
REAL = Kind("a number", _is_real)
STR = Kind("a str", lambda value, beside: isinstance(value, str))
SLICE = Kind("a slice", lambda value, beside: isinstance(value, slice))
DTYPE = Kind("a dtype", lambda value, beside: isinstance(value, np.dtype))
FUNCTION = Kind("a NumPy function", lambda value, beside: isinstance(value, np.ufunc))
NAMES = Kind("an array with a str for each feature", _are_names)
