"""From a tree of JSON values and its arrays back to an estimator."""

import sys

import numpy as np
from sklearn.utils.metadata_routing import MetadataRequest

from skvae.persistence._classes import CLASSES, check_params, check_state
from skvae.persistence._container import ArraySpec
from skvae.persistence._errors import ModelFileError, UnsoundError
from skvae.persistence._words import (
    FUNCTIONS,
    MAX_DEPTH,
    METHODS,
    NUMPY_DTYPES,
    SCALAR_TYPES,
    SCALARS,
)

#: What may go wrong in a class's own check of attributes that no class of this version can have.
_BAD_STATE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def decode(tree, arrays, sklearn_version=None):
    """Turn a tree into an estimator.

    Parameters
    ----------
    tree : list
    arrays : dict of ndarray or ArraySpec
        By name. With ``ArraySpec`` in place of the arrays everything is checked but the arrays' values.
    sklearn_version : str, default=None
        Version of scikit-learn that made the estimators; None leaves them without a check of their own, in the
        middle of being made.

    Returns
    -------
    estimator

    Raises
    ------
    UnsoundError
        If the tree is none that `encode` can have made.
    ModelFileError
        If it has a class that is not in the table, which a newer one may have.
    """
    match tree:
        case ["estimator", str() as name, *_]:
            decoder = _Decoder(arrays, sklearn_version)
            estimator = decoder.decode(tree, (f"{name:.80}",))
        case _:
            raise UnsoundError("It does not hold an estimator.")
    if unused := arrays.keys() - decoder.used:
        raise UnsoundError(f"It holds {len(unused)} array(s) that belong to no attribute, such as {min(unused)!r}.")
    return estimator


class _Decoder:
    """Turns nodes of a tree into values; `where` is the path to a node, put into words only if it is needed."""

    def __init__(self, arrays, sklearn_version):
        self.arrays = arrays
        self.sklearn_version = sklearn_version
        self.used = set()

    def decode(self, node, where):
        """Turn one node into a value."""
        if len(where) > MAX_DEPTH:
            raise UnsoundError(f"{_in_words(where)} is nested too deeply.")
        match node:
            case None | bool() | int() | float() | str():
                return node
            case ["list", *items]:
                return self._items(items, where)
            case ["tuple", *items]:
                return tuple(self._items(items, where))
            case ["dict", dict() as entries]:
                return {key: self.decode(item, (*where, (key,))) for key, item in entries.items()}
            case ["estimator", str() as name, dict() as params, dict() as state]:
                return self._estimator(name, params, state, where)
            case ["array", str() as name, "C" | "F" as order]:
                array = self._array(name, where)
                return np.asfortranarray(array) if order == "F" and isinstance(array, np.ndarray) else array
            case ["float", "nan" | "inf" | "-inf" as word]:
                return float(word)
        return self._other(node, where)

    def _other(self, node, where):
        """Turn a node of a rarer kind into a value."""
        match node:
            case ["scalar", str() as name, item] if name in SCALARS:
                return self._scalar(SCALARS[name], self.decode(item, (*where, 0)), where)
            case ["objects", *items]:
                return _objects(self._scalars(items, where))
            case ["slice", *parts] if len(parts) == 3:
                return slice(*self._scalars(parts, where))
            case ["text", str() as name]:
                return self._text(self._array(name, where), where)
            case ["type", str() as name] if name in SCALARS:
                return SCALARS[name]
            case ["function", str() as name] if name in FUNCTIONS:
                return FUNCTIONS[name]
            case ["dtype", str() as name] if name in NUMPY_DTYPES:
                return NUMPY_DTYPES[name]
        raise UnsoundError(f"{_in_words(where)} is nothing that a model file can hold.")

    def _items(self, items, where):
        """Turn nodes into a list."""
        return [self.decode(item, (*where, i)) for i, item in enumerate(items)]

    def _scalars(self, items, where):
        """Turn nodes into a list that holds no further lists."""
        values = self._items(items, where)
        if not all(isinstance(value, SCALAR_TYPES) for value in values):
            raise UnsoundError(f"{_in_words(where)} holds other things than numbers and str.")
        return values

    def _scalar(self, scalar, item, where):
        """Make a NumPy scalar that is exactly the number in the tree."""
        try:
            with np.errstate(over="ignore"):
                value = scalar(item)
            if type(value.item()) is type(item) and (value.item() == item or item != item):
                return value
        except (TypeError, ValueError, OverflowError):
            pass
        raise UnsoundError(f"{_in_words(where)} is no {scalar.__name__}.")

    def _array(self, name, where):
        """Look an array up, which must not be looked up twice."""
        if name not in self.arrays or name in self.used:
            raise UnsoundError(f"The array of {_in_words(where)} is not there, or belongs to something else as well.")
        self.used.add(name)
        return self.arrays[name]

    def _text(self, codes, where):
        """Turn the code points of each character into an array of str."""
        if codes.dtype != np.uint32 or len(codes.shape) != 2 or codes.shape[1] == 0:
            raise UnsoundError(f"{_in_words(where)} is no array of code points.")
        if isinstance(codes, ArraySpec):
            return ArraySpec(np.dtype("U1"), codes.shape[:1])
        if codes.max(initial=0) > sys.maxunicode:
            raise UnsoundError(f"{_in_words(where)} has code points of no character.")
        return np.ascontiguousarray(codes).view(f"U{codes.shape[1]}")[:, 0]

    def _estimator(self, name, params, state, where):
        """Make an estimator of the table, once its attributes are checked."""
        if name not in CLASSES:
            raise ModelFileError(
                f"{_in_words(where)} is of the class {name!r:.80}, which skvae cannot load. If a newer skvae wrote the "
                "file, upgrade: pip install --upgrade skvae. If not, the file is damaged."
            )
        params, state = (
            {key: self.decode(item, (*where, f".{key}")) for key, item in nodes.items()} for nodes in (params, state)
        )
        try:
            check_params(name, params)
            check_state(name, params, state)
            return self._made(name, params, state)
        except _BAD_STATE as error:
            raise UnsoundError(f"{_in_words(where)} cannot be made: {error}") from error

    def _made(self, name, params, state):
        """Make an estimator; with a version to compare, the way pickle would."""
        entry = CLASSES[name]
        estimator = entry.load(name)(**params)
        if "_metadata_request" in state:
            state["_metadata_request"] = _metadata_request(state["_metadata_request"], estimator)
        if self.sklearn_version is None:
            vars(estimator).update(state)
            return estimator
        if entry.module.startswith("sklearn."):
            state["_sklearn_version"] = self.sklearn_version
        estimator.__setstate__({**vars(estimator), **state})
        return estimator


def _in_words(where):
    """Write a path as Python would: attributes are str, keys 1-tuples, places ints."""
    return "".join(
        label if isinstance(label, str) else f"[{label[0]!a}]" if isinstance(label, tuple) else f"[{label}]"
        for label in where
    )[:200]


def _objects(values):
    """Make an array of objects from a list of them."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _metadata_request(requests, owner):
    """Make the object in which scikit-learn keeps which metadata an estimator asks for."""
    metadata_request = MetadataRequest(owner=owner)
    for method, asked in requests.items():
        if method not in METHODS:
            raise ValueError(f"there is no method {method!r} that takes metadata")
        for param, alias in asked.items():
            getattr(metadata_request, method).add_request(param=param, alias=alias)
    return metadata_request
