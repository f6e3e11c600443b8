"""From an estimator to a tree, and what is refused on the way."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skvae import VAETransformer
from skvae.networks import Dense, Network
from skvae.persistence._decoder import decode
from skvae.persistence._encoder import encode

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(st.characters()),
    st.sampled_from(
        [np.float64(0.1), np.float32(0.1), np.float16(0.1), np.int8(-3), np.uint64(2**64 - 1), np.bool_(True)]
    ),
    st.sampled_from([np.float64("nan"), np.str_("é"), np.dtype("f4"), np.dtype(object), np.float64, np.log1p]),
)
ARRAYS = st.sampled_from(
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(3, dtype="i1"),
        np.zeros((0, 2), dtype="f2"),
        np.array([True, False]),
        np.array([np.nan, np.inf, -0.0]),
        np.array(["a", 1, np.nan, None, np.float32(2)], dtype=object),
        np.array(["ab", "é", ""]),
        np.array([], dtype="U5"),
        np.array([], dtype=object),
    ]
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=5), inner, max_size=4),
        st.tuples(SCALARS, SCALARS, SCALARS).map(
            lambda parts: slice(*(p if isinstance(p, int | str | None) else None for p in parts))
        ),
    ),
    max_leaves=12,
)


def same(a, b):
    """Tell whether two values are alike in type, structure and every bit, all NaN being one."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        if a.dtype == object:
            return same(a.tolist(), b.tolist())
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes() and a.flags.fnc == b.flags.fnc
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return repr(a) == repr(b)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_values_come_back_as_they_were(value):
    """As a parameter that takes any value, through JSON."""
    tree, arrays = encode(PCA(value))
    tree = json.loads(json.dumps(tree, allow_nan=False))
    assert same(decode(tree, arrays, "1.9.1").n_components, value)


def test_names_of_arrays_say_where_they_belong(pipeline):
    assert "Pipeline.steps[0]['standardscaler',1].mean_" in encode(pipeline)[1]


class Subclass(StandardScaler):
    pass


class OwnNetwork(Dense):
    pass


class OtherNetwork(Network):
    def __init__(self):
        pass


# Its methods do not matter here.
OtherNetwork.__abstractmethods__ = frozenset()


def endless():
    steps = []
    steps.append(steps)
    return steps


def endless_dict():
    values = {}
    values["again"] = values
    return values


def endless_pipeline():
    pipeline = Pipeline([("scale", StandardScaler())])
    pipeline.steps.append(("again", pipeline))
    return pipeline


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (KMeans(), "Cannot save the estimator.*KMeans.*VAETransformer"),
        (PCA, "Cannot save the class PCA"),
        (None, "Cannot save the estimator"),
        (Subclass(), "subclass of StandardScaler"),
        (type("PCA", (), {})(), "Cannot save the estimator"),
        (Pipeline([("scale", StandardScaler()), ("cluster", KMeans())]), r"steps\[1\]\['cluster',1\].*KMeans"),
        (Pipeline([("own", Subclass())]), r"\['own',1\].*subclass of StandardScaler"),
        (VAETransformer(encoder=OwnNetwork((3,))), "encoder.*subclass of Dense, and only Dense"),
        (VAETransformer(decoder=OtherNetwork()), "decoder.*OtherNetwork"),
        (VAETransformer(random_state=np.random.RandomState(0)), "random_state.*Set random_state to an int"),
        (PCA(random_state=np.random.default_rng(0)), "random_state.*Set random_state to an int"),
        (FunctionTransformer(np.sin), "func.*only these can be saved: np.exp"),
        (FunctionTransformer(lambda X: X), "func.*only these"),
        (FunctionTransformer(len), "func.*only these"),
        (FunctionTransformer(np.log1p, kw_args={1: 2}), "keys other than str"),
        (ColumnTransformer([("a", "drop", lambda X: [0])]), r"\['a',2\].*only these"),
        (ColumnTransformer([("a", "drop", make_column_selector())]), "Name the columns in a list"),
        (PCA(endless()), "contains itself"),
        (PCA(endless_dict()), "contains itself"),
        (endless_pipeline(), "contains itself"),
        (PCA(-(2**63) - 1), "n_components"),
        (PCA(2**64), "n_components"),
        (PCA(1j), "complex"),
        (PCA({1, 2}), "set"),
        (PCA(b"bytes"), "bytes"),
        (PCA(np.longdouble(1)), "longdouble"),
        (PCA(np.array([1j])), "complex128"),
        (PCA(np.array([1], dtype="M8[s]")), "datetime64"),
        (PCA(np.array([(1, 2)], dtype="i4,i4")), "dimension"),
        (PCA(np.array([[1, "a"]], dtype=object)), r"object with 2 dimension\(s\)"),
        (PCA(np.array([[1], "a"], dtype=object)), "other objects"),
        (PCA(np.ma.array([1])), "MaskedArray"),
        (PCA(np.dtype("M8[s]")), "dtype"),
    ],
)
def test_what_cannot_be_saved(estimator, words):
    with pytest.raises(TypeError, match=words):
        encode(estimator)


def test_a_pandas_index_is_refused_with_advice():
    pandas = pytest.importorskip("pandas")
    columns = pandas.DataFrame({"a": [1]}).columns
    with pytest.raises(TypeError, match=r"columns.tolist\(\)"):
        encode(ColumnTransformer([("a", "drop", columns)]))


def test_attributes_of_ones_own_are_refused(table):
    scaler = StandardScaler().fit(table)
    scaler.transform = lambda X: X
    with pytest.raises(TypeError, match=r"StandardScaler.transform.*only these"):
        encode(make_pipeline(scaler).steps[0][1])


def test_callbacks_stay_behind(table):
    scaler = StandardScaler().fit(table)
    scaler._skl_callbacks = [print]
    assert "_skl_callbacks" not in encode(scaler)[0][3]


def test_what_to_save_instead_is_said():
    with pytest.raises(TypeError, match=r"the class StandardScaler: make an estimator of it, as StandardScaler\(\)"):
        encode(StandardScaler)
    search = GridSearchCV(StandardScaler(), {"with_mean": [True]}, scoring=lambda estimator, X: 0.0).fit(np.eye(6))
    with pytest.raises(TypeError, match=r"Save its best_estimator_.*joblib or skops"):
        encode(search)
