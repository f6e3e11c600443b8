"""From an estimator to a tree of JSON values, with the arrays beside it."""

import math
import reprlib
from types import NoneType

import numpy as np

from skvae._compat import CALLBACK_ATTRIBUTES
from skvae.persistence._classes import CLASSES, name_of
from skvae.persistence._words import FUNCTIONS, MAX_DEPTH, METHODS, NUMPY_DTYPES, SCALAR_TYPES, SCALARS

_ADVICE = {
    "RandomState": "Set random_state to an int, or to None.",
    "Generator": "Set random_state to an int, or to None.",
    "make_column_selector": "Name the columns in a list.",
    "Index": "Pass the columns as a list: columns.tolist().",
}


def encode(estimator):
    """Turn an estimator into a tree.

    Parameters
    ----------
    estimator : estimator

    Returns
    -------
    tree : list
        What JSON can hold.
    arrays : dict of ndarray
        By the name that the tree gives them.

    Raises
    ------
    TypeError
        If it holds, at any place, what the tables do not have.
    """
    if isinstance(estimator, type):
        raise TypeError(
            f"Cannot save the class {estimator.__name__}: make an estimator of it, as {estimator.__name__}()."
        )
    if name_of(type(estimator)) is None:
        raise _unsupported(estimator, "the estimator")
    encoder = _Encoder()
    return encoder.encode(estimator, type(estimator).__name__), encoder.arrays


class _Encoder:
    """Turns values into nodes of a tree, and sets their arrays aside."""

    def __init__(self):
        self.arrays = {}

    def encode(self, value, where, depth=0):
        """Turn one value into a node; `where` says which value it is."""
        if depth > MAX_DEPTH:
            raise TypeError(f"Cannot save {where}: it is nested too deeply, or contains itself.")
        kind = type(value)
        if kind in (NoneType, bool, str) or (kind is int and -(2**63) <= value < 2**64):
            return value
        if kind is float:
            return value if math.isfinite(value) else ["float", str(value)]
        if kind in (list, tuple):
            return [kind.__name__, *self._items(value, where, depth)]
        if kind is dict:
            return self._dict(value, where, depth)
        if kind is slice:
            return ["slice", *(self.encode(part, where, depth + 1) for part in (value.start, value.stop, value.step))]
        if kind in (np.ndarray, np.memmap):
            return self._array(value, where, depth)
        if name_of(kind) is not None:
            return self._estimator(value, where, depth)
        return self._from_numpy(value, where, depth)

    def _items(self, values, where, depth):
        """Turn the items of a list or tuple into nodes, those of a named step under its name."""
        named = type(values) is tuple and values and type(values[0]) is str
        for i, item in enumerate(values):
            yield self.encode(item, f"{where}[{values[0]!a},{i}]" if named and i else f"{where}[{i}]", depth + 1)

    def _dict(self, values, where, depth):
        """Turn a dict into a node."""
        if not all(type(key) is str for key in values):
            raise TypeError(f"Cannot save {where}: it is a dict with keys other than str.")
        return ["dict", {key: self.encode(item, f"{where}[{key!a}]", depth + 1) for key, item in values.items()}]

    def _array(self, array, where, depth):
        """Set an array of numbers aside; turn one of objects or str into a node as a whole."""
        if array.dtype.name in NUMPY_DTYPES and array.dtype != object:
            self.arrays[where] = array
            # BLAS rounds by the memory layout, which therefore is kept as far as pickle keeps it.
            return ["array", where, "F" if array.flags.fnc else "C"]
        if array.ndim != 1 or array.dtype.kind not in "OU":
            raise TypeError(f"Cannot save {where}: an array of {array.dtype} with {array.ndim} dimension(s).")
        if array.dtype.kind == "U":
            text = np.array(array, dtype=array.dtype.newbyteorder("="))
            self.arrays[where] = text.view(np.uint32).reshape(len(text), text.itemsize // 4)
            return ["text", where]
        if not all(isinstance(item, SCALAR_TYPES) for item in array):
            raise TypeError(f"Cannot save {where}: an array of other objects than numbers and str.")
        return ["objects", *(self.encode(item, where, depth + 1) for item in array)]

    def _estimator(self, estimator, where, depth):
        """Turn an estimator of the table into a node: its parameters, and its other attributes."""
        params = estimator.get_params(deep=False)
        state = {key: item for key, item in vars(estimator).items() if key not in params}
        for key in CALLBACK_ATTRIBUTES:
            state.pop(key, None)
        if "_metadata_request" in state:
            state["_metadata_request"] = _requests(state["_metadata_request"])
        nodes = [
            {key: self.encode(item, f"{where}.{key}", depth + 1) for key, item in values.items()}
            for values in (params, state)
        ]
        return ["estimator", name_of(type(estimator)), *nodes]

    def _from_numpy(self, value, where, depth):
        """Turn a scalar, type or function of NumPy into a node."""
        for name, scalar in SCALARS.items():
            if type(value) is scalar:
                return ["scalar", name, self.encode(value.item(), where, depth + 1)]
            if value is scalar:
                return ["type", name]
        for name, function in FUNCTIONS.items():
            if value is function:
                return ["function", name]
        for name, dtype in NUMPY_DTYPES.items():
            if isinstance(value, np.dtype) and value == dtype:
                return ["dtype", name]
        raise _unsupported(value, where)


def _requests(metadata_request):
    """Return which metadata an estimator asks for: a dict from method to a dict from parameter to alias."""
    requests = {method: dict(getattr(metadata_request, method).requests) for method in METHODS}
    return {method: asked for method, asked in requests.items() if asked}


def _unsupported(value, where):
    """Return the error of a value that the tables do not have."""
    kind = type(value)
    bases = [base.__name__ for base in kind.__mro__[1:] if name_of(base)]
    if bases:
        advice = f"It is a subclass of {bases[0]}, and only {bases[0]} itself can be saved."
    elif hasattr(value, "get_params"):
        best = "Save its best_estimator_. " if hasattr(value, "best_estimator_") else ""
        advice = f"{best}These classes can be saved: {', '.join(CLASSES)}. For others take joblib or skops."
    elif kind.__name__ not in _ADVICE and callable(value):
        advice = f"Of functions and types only these can be saved: np.{', np.'.join([*FUNCTIONS, *NUMPY_DTYPES])}."
    else:
        advice = _ADVICE.get(
            kind.__name__, "A model file holds numbers, str, arrays, and lists, tuples and dicts of them."
        )
    return TypeError(
        f"Cannot save {where}, {reprlib.repr(value)} of the type {kind.__module__}.{kind.__name__}. {advice}"
    )
