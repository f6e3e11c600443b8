"""Keys of parameters."""

from functools import partial

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skvae._content import content_key


def renamed(factor):
    """Make a function that is like others in all but what it does."""

    def act(x):
        return factor * x

    return act


LONG = np.arange(5000.0)
CHANGED = np.where(LONG == 2500, 0.5, LONG)
ACT = renamed(1)
UNALIKE = [
    None,
    "1",
    1,
    1.0,
    True,
    0.1 + 0.2,
    0.3,
    (1, 2),
    [1, 2],
    {"a": 1},
    {"a": 2},
    {1, 2},
    LONG,
    CHANGED,
    LONG.astype("float32"),
    LONG.reshape(50, 100),
    [LONG],
    [CHANGED],
    {"a": {"b": LONG}},
    {"a": {"b": CHANGED}},
    ACT,
    renamed(2),
    partial(ACT, 1),
    partial(renamed(2), 1),
    len,
    StandardScaler,
    StandardScaler(),
    StandardScaler(with_mean=False),
    FunctionTransformer(ACT, kw_args={"table": LONG}),
    FunctionTransformer(ACT, kw_args={"table": CHANGED}),
]


def test_keys_of_unlike_values_differ():
    keys = [content_key(value) for value in UNALIKE]
    assert len(set(keys)) == len(UNALIKE)


@pytest.mark.parametrize("value", UNALIKE, ids=range(len(UNALIKE)))
def test_copies_have_the_key(value):
    copy = clone(value, safe=False)
    is_itself = isinstance(value, partial)  # that of a local function, which pickle does not know
    assert (content_key(copy) == content_key(value)) is not is_itself
    assert content_key(value) == content_key(value)
