"""What holds for every estimator, network and likelihood: float types, rows, threads, memory maps, output formats."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from members import AUTOENCODERS, MEMBERS, fit, fitted, told_by

BY_KERAS = {
    *product(("convolutions", "masked convolutions", "lstm of grey values"), ("transform", "inverse_transform")),
    ("gru, covariates", "inverse_transform"),
}


def narrowed(table):
    """Turn the data of a table into float32; what a frame has of other types stays."""
    if isinstance(table, pd.DataFrame):
        return table.astype({name: np.float32 for name in table if table[name].dtype == np.float64})
    return table.astype(np.float32)


def assert_same(told, expected):
    assert told.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(told[name], values, err_msg=name)


@pytest.mark.parametrize("name", MEMBERS)
def test_float_types_are_kept(name):
    model, table = fitted(name)
    for X, dtype in ((table, np.float64), (narrowed(table), np.float32)):
        told = told_by(model, X)
        for method in ("transform", "reconstruct", "inverse_transform", "deviations"):
            assert method not in told or told[method].dtype == dtype
        assert all(np.isfinite(values).all() for values in told.values())


@pytest.mark.parametrize("name", AUTOENCODERS)
def test_rows_do_not_look_at_each_other(name):
    """What Keras infers has the same bits; BLAS adds up in another order for other numbers of rows."""
    model, table = fitted(name)
    whole = told_by(model, table)
    for method, given in (("transform", table), ("inverse_transform", whole["transform"])):
        alone = np.concatenate([getattr(model, method)(given[i : i + 1]) for i in range(3)])
        tolerance = 0 if (name, method) in BY_KERAS else 1e-12
        np.testing.assert_allclose(alone, whole[method][:3], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", MEMBERS)
def test_threads_infer_at_once(name):
    model, table = fitted(name)
    expected = told_by(model, table)
    with ThreadPoolExecutor(4) as pool:
        for told in pool.map(lambda _: told_by(model, table), range(8)):
            assert_same(told, expected)


@pytest.mark.parametrize("name", MEMBERS)
def test_weights_may_be_read_only_memory_maps(name, tmp_path):
    model, table = fitted(name)
    joblib.dump(model, tmp_path / "model.joblib")
    mapped = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    assert_same(told_by(mapped, table), told_by(model, table))


@pytest.mark.parametrize("name", MEMBERS)
def test_inference_adds_no_attribute_and_changes_no_data(name):
    model, table = fitted(name)
    before = set(vars(model)), joblib.hash(table)
    told_by(model, table)
    assert (set(vars(model)), joblib.hash(table)) == before


@pytest.mark.parametrize("output", ["pandas", "polars"])
@pytest.mark.parametrize("name", ["masked autoencoder, covariates", "imputer"])
def test_parts_do_not_obey_a_global_output_format(name, output):
    """The model is the same, whatever format its user wants for tables."""
    model, table = fitted(name)
    with sklearn.config_context(transform_output=output):
        other = fit(name)
        frame = other.transform(table)
    assert type(frame).__module__.startswith(output)
    assert list(frame.columns) == list(other.get_feature_names_out())
    np.testing.assert_array_equal(frame.to_numpy(), model.transform(table))
    if name != "imputer":
        assert type(other.covariate_shares_) is np.ndarray
