"""Strategies for tables of every shape, magnitude, memory layout and container."""

import io
import tempfile
from decimal import Decimal
from fractions import Fraction
from functools import partial

import numpy as np
import pandas as pd
import polars
import pyarrow
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

MAX_ROWS = 60


# Kinds of tables, each from a generator and a shape


def _normal(rng, shape):
    return rng.standard_normal(shape)


def _low_rank(rng, shape):
    return rng.standard_normal((shape[0], 2)) @ rng.standard_normal((2, shape[1])) + 0.1 * rng.standard_normal(shape)


def _intensities(rng, shape):
    return rng.gamma(2.0, size=shape)


def _whole_numbers(rng, shape):
    return rng.integers(0, 9, shape).astype(float)


def _bits(rng, shape):
    return rng.integers(0, 2, shape).astype(float)


def _zeros(rng, shape):
    return np.zeros(shape)


KINDS = [_normal, _low_rank, _intensities, _whole_numbers, _bits, _zeros]


# What spoils a table, each from a generator and the table


def _constant_column(rng, X):
    X[:, rng.integers(X.shape[1])] = rng.choice([0.0, 0.1, -7.0, 1e5])
    return X


def _duplicates(rng, X):
    return X[rng.integers(len(X), size=len(X))]


def _outlier(rng, X):
    X[rng.integers(len(X)), rng.integers(X.shape[1])] = 10.0 ** rng.integers(3, 9)
    return X


def _far_offset(rng, X):
    return X + 10.0 ** rng.integers(2, 13)


def _wild_scales(rng, X):
    return X * 10.0 ** rng.integers(-8, 8, X.shape[1])


def _magnitude(rng, X):
    return X * 10.0 ** rng.integers(-30, 30)


def _extreme_magnitude(rng, X):
    return X * 10.0 ** rng.integers(-300, 300)


def _extreme_cell(rng, X):
    X[rng.integers(len(X)), rng.integers(X.shape[1])] = 10.0 ** rng.integers(-323, 308)
    return X


def _denormal(rng, X):
    return X * 1e-320


MILD = [_constant_column, _duplicates]
HARSH = [*MILD, _outlier, _far_offset, _wild_scales, _magnitude, _extreme_magnitude, _extreme_cell, _denormal]

CELLS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 1.0, 0.5, 5e-324, 1e300, 1e-300])


@st.composite
def tables(draw, n_features, *, at_least=1, changes=HARSH, kinds=KINDS):
    """Draw a table of float64 by its kind and what is done to it: small examples shrink to few rows of a plain kind."""
    n_rows = draw(st.integers(at_least, MAX_ROWS))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    X = draw(st.sampled_from(kinds))(rng, (n_rows, n_features))
    for change in draw(st.lists(st.sampled_from(changes), max_size=2, unique=True)) if changes else []:
        X = change(rng, X)
    return X


@st.composite
def small_tables(draw, n_features, *, at_least=1, cells=CELLS):
    """Draw each cell of a small table."""
    return draw(hnp.arrays(np.float64, (draw(st.integers(at_least, 6)), n_features), elements=cells))


def any_tables(n_features, at_least=1):
    """Draw finite tables of every kind, up to the largest float."""
    return tables(n_features, at_least=at_least) | small_tables(n_features, at_least=at_least)


def moderate_tables(n_features, at_least=8):
    """Draw tables that nobody would think odd, except perhaps for a constant column or repeated rows."""
    return tables(n_features, at_least=at_least, changes=MILD, kinds=KINDS[:-1])


def in_unit_interval(X):
    """Bring a finite table to [0, 1], for a Bernoulli likelihood."""
    low, high = X.min() / 2, X.max() / 2  # halves: the span of the largest floats overflows
    return np.clip((X / 2 - low) / (high - low), 0, 1) if high > low else np.zeros_like(X)


def counted(X):
    """Bring a finite table to counts."""
    return np.round(np.abs(X))


# Memory layouts, each from an array to another with the same numbers


def strided(X):
    """Show every second cell of a larger array."""
    larger = np.full((2 * X.shape[0], 2 * X.shape[1]), np.nan, X.dtype)
    larger[::2, ::2] = X
    return larger[::2, ::2]


def negative_strides(X):
    """Show an array from its end to its start."""
    return X[::-1, ::-1].copy()[::-1, ::-1]


def read_only(X):
    """Take away the right to write."""
    X = X.copy()
    X.flags.writeable = False
    return X


def memory_mapped(X, mode="r"):
    """Map a file into memory."""
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file, X)
        file.flush()
        return np.load(file.name, mmap_mode=mode)


def unaligned(X):
    """Start a byte beside where the processor likes it."""
    buffer = np.zeros(X.nbytes + 1, np.uint8)
    view = buffer[1:].view(X.dtype).reshape(X.shape)
    view[:] = X
    return view


LAYOUTS = {
    "C": np.ascontiguousarray,
    "Fortran": np.asfortranarray,
    "strided": strided,
    "negative strides": negative_strides,
    "read-only": read_only,
    "memory map": memory_mapped,
    "Fortran memory map": lambda X: memory_mapped(np.asfortranarray(X), "c"),
    "unaligned": unaligned,
    "other byte order": lambda X: X.astype(X.dtype.newbyteorder()),
}

# Containers and types that hold every float64


def _frame(X):
    return pd.DataFrame(X, columns=[f"P{i}" for i in range(X.shape[1])])


def _cells(X, make):
    return [[make(cell) for cell in row] for row in X.tolist()]


OF_FLOATS = {
    "list": lambda X: X.tolist(),
    "tuple": lambda X: tuple(map(tuple, X.tolist())),
    "list of arrays": list,
    "longdouble": lambda X: X.astype(np.longdouble),
    "objects": lambda X: X.astype(object),
    "text": lambda X: np.array(_cells(X, repr)),
    "lists of text": lambda X: _cells(X, repr),
    "Fraction": lambda X: _cells(X, Fraction),
    "Decimal": lambda X: _cells(X, Decimal),
    "memoryview": lambda X: memoryview(X.copy()),
    "masked array without masked cells": lambda X: np.ma.array(X, mask=np.zeros(X.shape, bool)),
    "pandas": _frame,
    "pandas by columns": lambda X: pd.DataFrame(dict(enumerate(X.T.copy()))),
    "pandas Float64": lambda X: _frame(X).astype("Float64"),
    "pandas over pyarrow": lambda X: _frame(X).astype("double[pyarrow]"),
    "pandas objects": lambda X: _frame(X).astype(object),
    "pandas with a repeated index": lambda X: _frame(X).set_axis([0] * len(X), axis=0),
    "polars": lambda X: polars.DataFrame(X, schema=[f"P{i}" for i in range(X.shape[1])]),
    "pyarrow": lambda X: pyarrow.table({f"P{i}": column for i, column in enumerate(X.T)}),
}


def _of_type(dtype):
    return partial(np.ndarray.astype, dtype=dtype)


# and those that hold small whole numbers
OF_WHOLE_NUMBERS = {
    **{np.dtype(dtype).name: _of_type(dtype) for dtype in ("f2", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")},
    "ints as objects": lambda X: X.astype(int).astype(object),
    "lists of ints": lambda X: X.astype(int).tolist(),
    "pandas Int8": lambda X: _frame(X).astype("Int8"),
    "pandas UInt32": lambda X: _frame(X).astype("UInt32"),
    "pandas ints over pyarrow": lambda X: _frame(X).astype("int64[pyarrow]"),
    "pandas of mixed types": lambda X: _frame(X).astype({"P0": "Int64"}),
    "pandas categories": lambda X: _frame(X).astype("category"),
    "polars ints": lambda X: polars.DataFrame(X.astype(np.int16)),
}
# and those of zeros and ones
OF_BITS = {
    "bool": _of_type(bool),
    "bools as objects": lambda X: X.astype(bool).astype(object),
    "lists of bools": lambda X: X.astype(bool).tolist(),
    "pandas bool": lambda X: _frame(X.astype(bool)),
    "pandas boolean": lambda X: _frame(X.astype(bool)).astype("boolean"),
    "polars Boolean": lambda X: polars.DataFrame(X.astype(bool)),
}

# Containers in which cells are missing, from an array with NaN
OF_MISSING = {
    "None": lambda X: np.where(np.isnan(X), None, X.astype(object)),
    "lists with None": lambda X: np.where(np.isnan(X), None, X.astype(object)).tolist(),
    "pandas NaN": _frame,
    "pandas NA": lambda X: _frame(X).astype("Float64"),
    "pandas over pyarrow": lambda X: _frame(X).astype("double[pyarrow]"),
    "polars null": lambda X: polars.DataFrame(X).fill_nan(None),
    "longdouble": lambda X: X.astype(np.longdouble),
}


@st.composite
def twins(draw, n_features, at_least=8):
    """Draw a table, and the same numbers in another layout, container or type that holds them exactly."""
    kind, containers = draw(
        st.sampled_from(
            [
                (_normal, LAYOUTS | OF_FLOATS),
                (_intensities, LAYOUTS | OF_FLOATS),
                (_whole_numbers, LAYOUTS | OF_FLOATS | OF_WHOLE_NUMBERS),
                (_bits, LAYOUTS | OF_FLOATS | OF_WHOLE_NUMBERS | OF_BITS),
            ]
        )
    )
    X = draw(tables(n_features, at_least=at_least, changes=[_duplicates], kinds=[kind]))
    return X, containers[draw(st.sampled_from(sorted(containers)))](X)


@st.composite
def with_gaps(draw, strategy):
    """Draw a table of which cells are NaN, and perhaps whole rows or columns."""
    X = draw(strategy).copy()
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    X[rng.random(X.shape) < draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]))] = np.nan
    if draw(st.booleans()):
        X[:, rng.integers(X.shape[1])] = np.nan
    return X


@st.composite
def with_few_gaps(draw, strategy):
    """Draw a table in which each feature has a value, but perhaps some row has none."""
    X = draw(strategy).copy()
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    hidden = rng.random(X.shape) < draw(st.sampled_from([0.0, 0.1, 0.5, 0.9]))
    hidden[rng.integers(len(X), size=draw(st.integers(0, 2)))] = True
    hidden[rng.integers(len(X), size=X.shape[1]), np.arange(X.shape[1])] = False
    X[hidden] = np.nan
    return X


@st.composite
def with_levels(draw, X, levels=("early", "late")):
    """Draw a frame that has the same data, and among them a column of batches."""
    frame = _frame(X)
    column = np.resize(np.array(levels, dtype=object), len(X))
    np.random.default_rng(draw(st.integers(0, 99))).shuffle(column)
    frame.insert(1, "batch", column)
    return frame


# Weights of rows

WEIGHTS = st.sampled_from([0.0, 0.0, 1.0, 1.0, 0.5, 3, 1e-3, 1e3])
ODD_WEIGHTS = st.sampled_from([0.0, 5e-324, 1e-300, 1e-30, 1e-6, 1.0, 7, 1e30, 1e300, -1.0, np.nan, np.inf])


@st.composite
def weights(draw, n_rows, values=WEIGHTS):
    """Draw weights of rows."""
    return np.random.default_rng(draw(st.integers(0, 99))).choice(
        draw(st.lists(values, min_size=1, max_size=3)), size=n_rows
    )


def content(X):
    """Give what changes when a table does."""
    if isinstance(X, pd.DataFrame):
        return X.dtypes.astype(str).tolist(), list(X.columns), list(X.index), X.to_dict("tight").__repr__()
    if isinstance(X, polars.DataFrame):
        return X.schema, X.rows()
    if isinstance(X, pyarrow.Table):
        return X.schema, X.to_pylist()
    if isinstance(X, np.ndarray) and X.dtype != object:
        stream = io.BytesIO()
        np.save(stream, np.ma.getdata(X))
        return stream.getvalue(), X.strides, X.flags.writeable
    return repr(X.tolist() if isinstance(X, memoryview | np.ndarray) else X)
