"""What PCA and VAE begin with, and how small a table may be, against the comparison itself."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from skvae.model_selection import check_size, compare_transformers, with_steps_before


def is_refused(shape, n_components, is_compared=True):
    try:
        check_size(shape, n_components, is_compared)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("n_samples", [8, 9, 11, 12])
def test_refused_is_what_has_no_likelihood(n_samples):
    X = np.random.default_rng(0).normal(size=(n_samples, 20))
    for k in range(1, n_samples - 3):
        runs = compare_transformers({"PCA": PCA(k)}, X, n_repeats=1, random_state=0).runs
        assert is_refused(X.shape, k) is not bool(np.isfinite(runs["log_likelihood"]).all())


def test_limits_by_rows_and_columns():
    assert [is_refused((n, 4), 1) for n in (7, 8)] == [True, False]
    assert [is_refused((n, 4), 1, is_compared=False) for n in (1, 2)] == [True, False]
    assert [is_refused((50, 4), k) for k in (4, 5)] == [False, True]
    assert [is_refused((5, 9), k, is_compared=False) for k in (4, 5)] == [False, True]


def test_steps_before_fill_scale_and_keep_names():
    X = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [4.0, 5.0, 9.0]})
    model = with_steps_before({"PCA": PCA(1)}, StandardScaler)["PCA"].fit(X)
    assert model[-1].feature_names_in_.tolist() == ["a", "b"]
    np.testing.assert_allclose(model[:-1].transform(X)["a"], np.sqrt(1.5) * np.array([-1, 0, 1]))
    assert "passthrough" in with_steps_before({"PCA": PCA(1)}, lambda: "passthrough")["PCA"].named_steps.values()
