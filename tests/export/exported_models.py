"""The members of the family, fitted to tables that have something to say, with what must come out of their files."""

import contextlib
import functools
import warnings
from unittest import mock

import members
import numpy as np
import pandas as pd
from sklearn.base import clone

from skvae.estimators._model import Model

_rng = np.random.default_rng(5)
_signal = _rng.normal(size=(40, 2)) @ _rng.normal(size=(2, 6)) * 2
X = _signal + 0.3 * _rng.normal(size=(40, 6)) + 7
HOLES = np.where(_rng.random(X.shape) < 0.2, np.nan, X)
COUNTS = _rng.poisson(np.exp(1 + 0.5 * _signal)).astype(float)
SHARES = 1 / (1 + np.exp(-_signal))
#: A table of the same kind as each of the members', but with structure, so that their codes differ from row to row.
_TABLES = {
    id(members.X): X,
    id(members.HOLES): HOLES,
    id(members.COUNTS): COUNTS,
    id(members.SHARES): SHARES,
    id(members.ONES): np.round(SHARES),
    id(members.CODED): np.column_stack([X, np.arange(40) % 3]),
    id(members.FRAME): pd.DataFrame(HOLES, columns=list("abcdef")).assign(
        batch=["one", "two"] * 20, run=[1, 2, 3, 4] * 10
    ),
}


def _table_for(name):
    """Return a table that suits a member."""
    table = members.MEMBERS[name][1]
    return _TABLES[id(table)] if id(table) in _TABLES else np.where(COUNTS > 9, np.nan, COUNTS)


@contextlib.contextmanager
def _nothing_compiled():
    """Train without a graph: to trace one would take longer than the few steps do."""
    import tensorflow as tf

    with warnings.catch_warnings(), mock.patch.object(Model, "suits_xla", False):
        warnings.simplefilter("ignore")
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)


@functools.cache
def exported(name):
    """Fit a member; return it, what goes into its files, and what is to come out of them."""
    model, table = clone(members.MEMBERS[name][0]).set_params(epochs=5), _table_for(name)
    with _nothing_compiled():
        model.fit(table)
    rows, d = model._validated(table), len(model.mean_)
    data, indicators = rows[:, :d], rows[:, d:]
    codes = model.transform(table)
    assert np.ptp(codes) > 0.1
    return model, data, indicators, codes, model._decoded(codes, indicators if indicators.size else None)


def assert_close(found, expected, tolerance=1e-5):
    """Compare arrays on the scale of the expected one."""
    assert np.shape(found) == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * np.abs(expected).max())
