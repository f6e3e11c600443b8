"""What an attribute of an estimator may be."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from skvae.persistence import _kinds as kinds
from skvae.persistence._container import ArraySpec

BESIDE = {"n_features_in_": 3, "n": 2}


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (kinds.COUNT, [0, 5, np.int64(3)], [-1, True, 2.0, None, "1", np.array(3)]),
        (kinds.INT, [-1, np.int8(3)], [False, 1.0]),
        (kinds.REAL, [1, 0.5, np.float32(2), float("inf")], [True, float("nan"), "1", None]),
        (kinds.BOOL, [True, np.bool_(False)], [0, None]),
        (kinds.STR, ["a", np.str_("a")], [b"a", None]),
        (kinds.NONE, [None], [0, False]),
        (kinds.NONE | kinds.STR, [None, "a"], [0]),
        (kinds.choice("a", "b"), ["a"], ["c", None, ["a"]]),
        (kinds.FUNCTION, [np.log1p], [len, "log1p"]),
        (kinds.SLICE, [slice(None), slice(1, 9, 2)], [(1, 9, 2), 1, None]),
        (kinds.ANY, [None, 1, "a", [{}]], []),
        (kinds.estimator("PCA"), [PCA()], ["PCA", PCA, None]),
        (kinds.DTYPE, [np.dtype(float)], [float, "float64"]),
        (kinds.sequence(list, kinds.STR), [[], ["a"]], [("a",), [1], "a"]),
        (kinds.sequence(list, kinds.STR, "n"), [["a", "b"]], [["a"]]),
        (kinds.record(kinds.STR, kinds.COUNT), [("a", 1)], [("a",), ["a", 1], (1, "a"), ("a", 1, 2)]),
        (kinds.mapping(kinds.COUNT), [{}, {"a": 1}], [{"a": "b"}, {1: 1}, []]),
        (kinds.mapping(kinds.COUNT, keys=("a",)), [{"a": 1}], [{"b": 1}]),
        (
            kinds.NAMES,
            [np.array(["a", "b", "c"], object)],
            [np.array(["a", "b"], object), np.array(["a", "b", "c"]), None],
        ),
        (kinds.array("f", 3), [np.ones(3), np.ones(3, "f4"), ArraySpec(np.dtype("f8"), (3,))], [np.ones(2), [1.0] * 3]),
        (kinds.array("fi", "n", None), [np.ones((2, 9)), np.ones((2, 1), int)], [np.ones((3, 9)), np.ones(2)]),
        (kinds.array("f", "absent"), [], [ArraySpec(np.dtype("i8"), (3,)), np.ones((3, 3))]),
        (
            kinds.array("f", None, values=kinds.finite),
            [np.ones(3), np.zeros(0)],
            [np.array([np.nan]), np.array([np.inf])],
        ),
        (kinds.array("f", None, values=kinds.positive), [np.ones(3), np.array([np.nan])], [np.zeros(1)]),
        (kinds.array("f", None, values=kinds.nonnegative), [np.zeros(3), np.array([np.nan])], [np.array([-1.0])]),
        (kinds.array("i", None, values=kinds.features), [np.array([0, 2])], [np.array([3]), np.array([-1])]),
    ],
)
def test_kinds(kind, good, bad):
    assert all(kind.accepts(value, BESIDE) for value in good)
    assert not any(kind.accepts(value, BESIDE) for value in bad)


def test_words_say_what_was_expected():
    kind = kinds.array("fi", "n", None, values=kinds.finite) | kinds.NONE
    assert kind.words == "an array of float or int of shape (n, any) with finite values or None"
