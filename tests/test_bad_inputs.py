"""Bad inputs are answered as ``bad_inputs.py`` lists them; odd but good ones just work."""

import pickle
import re
import tempfile
import warnings
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bad_inputs import ALL, CASES, COUNTS, ESTIMATORS, PAGE, PREPROCESSING, SECTIONS, TABLE, VAE, WHOLE, Elsewhere, page
from scipy import sparse
from sklearn.base import clone

from skvae.likelihoods import LIKELIHOODS

pytestmark = pytest.mark.usefixtures("without_xla")

RUNS = [
    pytest.param(case, *run, id=f"{case.what}-{run[0]}-{run[1]}-{'fitted' if run[2] else 'unfitted'}")
    for case in CASES
    for run in case.runs()
]


@cache
def pickled(taker, fitted):
    """Make an estimator once; each test unpickles its own."""
    estimator = clone(ESTIMATORS[taker])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pickle.dumps(estimator.fit(whole_table(taker)) if fitted else estimator)


def whole_table(taker):
    """Give the table that a taker fits."""
    return WHOLE if taker in COUNTS else TABLE


def good_table(taker, call):
    """Copy the table in the width that a call takes."""
    narrow = call == "inverse_transform" and taker not in PREPROCESSING
    return whole_table(taker).iloc[:, : 2 if narrow else 3].copy()


def snapshot(value):
    """Give what changes when a value does; None for what cannot be copied, such as an iterator."""
    if isinstance(value, dict):
        return {name: snapshot(part) for name, part in value.items()}
    if isinstance(value, pd.DataFrame):
        value = value.dtypes.astype(str).tolist(), value.to_dict("tight")  # pandas' types cache things in themselves
    try:
        return pickle.dumps(value)
    except TypeError:
        return None


def pattern(message):
    """Turn a message with "..." for any text into a pattern."""
    return "(?s)" + ".*".join(re.escape(part) for part in message.split(" ... "))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("case", "taker", "call", "fitted"), RUNS)
def test_bad_input(case, taker, call, fitted):
    estimator = pickle.loads(pickled(taker, fitted))
    codes = estimator.transform(TABLE) if fitted else None
    estimator.set_params(**case.params)
    arguments = case.arguments(good_table(taker, call))
    before, given = snapshot(vars(estimator)), snapshot(arguments)
    if issubclass(case.error, Warning):
        with pytest.warns(case.error, match=pattern(case.message)):
            getattr(estimator, call)(**arguments)
        assert snapshot(arguments) == given
        return
    with pytest.raises(case.error, match=pattern(case.message)):
        getattr(estimator, call)(**arguments)
    assert snapshot(arguments) == given
    assert snapshot(vars(estimator)) == before
    if fitted:
        estimator.set_params(**{name: getattr(ESTIMATORS[taker], name) for name in case.params})
        np.testing.assert_array_equal(estimator.transform(TABLE), codes)


def test_inputs_are_listed_once():
    names = [row.what for rows in SECTIONS.values() for row in rows]
    assert len(set(names)) == len(names)


def test_every_likelihood_with_bounds_has_its_cases():
    listed = " ".join(case.what for case in CASES).lower()
    assert [name for name in LIKELIHOODS if name != "gaussian" and name.replace("_", " ") not in listed] == []


def test_named_tests_elsewhere_exist():
    tests = {row.test for rows in SECTIONS.values() for row in rows if isinstance(row, Elsewhere) and "::" in row.test}
    for path, _, name in (test.partition("::") for test in tests):
        text = (Path(__file__).parents[1] / path).read_text(encoding="utf-8")
        assert f"def {name.rpartition('::')[2]}(" in text


def test_page_shows_the_list():
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python tests/bad_inputs.py"


# Odd, but good

BITS = (TABLE > 0.5).astype(float)


def strided(X):
    """Show every second cell of a larger array, from its end to its start."""
    larger = np.full((2 * len(X), 2 * X.shape[1]), np.nan)
    view = larger[::-2, ::2]
    view[:] = X
    return view


def read_only(X):
    """Take away the right to write."""
    array = X.to_numpy(copy=True)
    array.flags.writeable = False
    return array


def memory_mapped(X):
    """Map a file into memory, for reading only."""
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file, X.to_numpy())
        file.flush()
        return np.load(file.name, mmap_mode="r")


def polars(X):
    """Convert to a frame of Polars."""
    return pytest.importorskip("polars").DataFrame(X.to_dict("list"))


def pyarrow(X):
    """Convert to a table of pyarrow."""
    return pytest.importorskip("pyarrow").table(X.to_dict("list"))


GOOD = {
    "float16": (TABLE, lambda X: X.to_numpy(np.float16)),
    "longdouble": (TABLE, lambda X: X.to_numpy(np.longdouble)),
    "bytes in the other order": (TABLE, lambda X: X.to_numpy().astype(">f8")),
    "int64": (WHOLE, lambda X: X.to_numpy(np.int64)),
    "uint8": (WHOLE, lambda X: X.to_numpy(np.uint8)),
    "bool": (BITS, lambda X: X.to_numpy(bool)),
    "objects": (TABLE, lambda X: X.to_numpy(object)),
    "numeric text": (TABLE, lambda X: X.to_numpy().astype(str)),
    "lists of numeric text": (TABLE, lambda X: X.to_numpy().astype(str).tolist()),
    "a data frame of numeric text": (TABLE, lambda X: X.astype(str)),
    "Decimal": (TABLE, lambda X: [[Decimal(cell) for cell in row] for row in X.to_numpy()]),
    "lists": (TABLE, lambda X: X.to_numpy().tolist()),
    "tuples": (TABLE, lambda X: tuple(map(tuple, X.to_numpy().tolist()))),
    "a list of arrays": (TABLE, lambda X: list(X.to_numpy())),
    "Fortran order": (TABLE, lambda X: np.asfortranarray(X.to_numpy())),
    "strided view": (TABLE, strided),
    "read-only": (TABLE, read_only),
    "read-only memory map": (TABLE, memory_mapped),
    "memoryview": (TABLE, lambda X: memoryview(X.to_numpy(copy=True))),
    "masked array without masked cells": (TABLE, lambda X: np.ma.array(X, mask=np.zeros(X.shape, bool))),
    "pandas": (TABLE, lambda X: X),
    "pandas with another index": (TABLE, lambda X: X.set_axis(list("lkjihgfedcba"), axis=0)),
    "pandas with names of two levels": (TABLE, lambda X: pd.concat({"P": X}, axis=1)),
    "pandas Float64": (TABLE, lambda X: X.astype("Float64")),
    "pandas Int64": (WHOLE, lambda X: X.astype("Int64")),
    "pandas boolean": (BITS, lambda X: X.astype(bool).astype("boolean")),
    "pandas of mixed numbers": (WHOLE, lambda X: X.astype({"a": "Int64", "b": "uint8", "c": "Float64"})),
    "pandas over pyarrow": (TABLE, lambda X: X.astype("double[pyarrow]")),
    "pandas over pyarrow, whole numbers": (WHOLE, lambda X: X.astype("int64[pyarrow]")),
    "pandas categories of numbers": (TABLE, lambda X: X.astype({"b": "category"})),
    "pandas with one sparse column": (TABLE, lambda X: X.astype({"b": pd.SparseDtype(float, 0.0)})),
    "polars": (TABLE, polars),
    "pyarrow": (TABLE, pyarrow),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("taker", ALL)
@pytest.mark.parametrize(("table", "convert"), GOOD.values(), ids=list(GOOD))
def test_odd_but_good_tables_just_work(taker, table, convert):
    X, fitted = convert(table), pickle.loads(pickled(taker, False)).fit(table.to_numpy())
    given, codes = snapshot(X), fitted.transform(table.to_numpy())
    odd = pickle.loads(pickled(taker, False)).fit(X)
    for estimator in (odd, fitted):
        np.testing.assert_allclose(estimator.transform(X), codes, rtol=1e-6, atol=1e-6)
    decoded = fitted.inverse_transform(X if taker != VAE else codes)
    np.testing.assert_allclose(decoded, fitted.inverse_transform(table if taker != VAE else codes), rtol=1e-6)
    assert snapshot(X) == given
    assert odd.transform(X).dtype == np.float64


@pytest.mark.parametrize("taker", PREPROCESSING)
@pytest.mark.parametrize(
    "convert",
    [
        lambda X: X.astype("Float64"),
        lambda X: X.astype("double[pyarrow]"),
        lambda X: X.astype(object).where(X.notna(), None),
        lambda X: np.ma.masked_invalid(X.to_numpy()).filled(np.nan),
        lambda X: polars(X.astype(object).where(X.notna(), None)),
    ],
    ids=["pandas.NA", "null of pyarrow", "None", "filled masked array", "null of Polars"],
)
def test_missing_values_of_every_kind_are_nan_to_the_preprocessing(taker, convert):
    table = TABLE.where(TABLE > 0.2)
    expected = pickle.loads(pickled(taker, False)).fit_transform(table)
    X = convert(table)
    given = snapshot(X)
    np.testing.assert_array_equal(pickle.loads(pickled(taker, False)).fit_transform(X), expected)
    assert snapshot(X) == given


@pytest.mark.parametrize("taker", PREPROCESSING)
@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array, sparse.dok_array])
def test_sparse_tables_just_work_where_they_are_supported(taker, container):
    X = container(TABLE.to_numpy())
    before = X.toarray()
    Z = pickle.loads(pickled(taker, False)).fit_transform(X)
    np.testing.assert_array_equal(Z.toarray(), pickle.loads(pickled(taker, False)).fit_transform(TABLE))
    np.testing.assert_array_equal(X.toarray(), before)
