"""The reconstruction error: per cell, as a share of what the mean leaves, and of each feature."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import r2_score

from skvae.metrics import lost_variance, reconstruction_error


def test_averages_over_cells():
    assert reconstruction_error([[1.0, 2.0], [3.0, 6.0]], [[1.0, 3.0], [3.0, 3.0]]) == 2.5


def test_share_equals_what_pca_does_not_explain():
    X = load_iris().data
    pca = PCA(n_components=2).fit(X)
    share = reconstruction_error(X, pca.inverse_transform(pca.transform(X)), baseline=pca.mean_)
    assert share == pytest.approx(1 - pca.explained_variance_ratio_.sum())
    assert type(share) is float


def test_the_baseline_itself_scores_one():
    X = np.random.default_rng(0).normal(size=(20, 3))
    assert reconstruction_error(X, np.tile(X.mean(axis=0), (20, 1)), baseline=X.mean(axis=0)) == pytest.approx(1)


def test_missing_cells_are_left_out():
    X, X_reconstructed = np.array([[1.0, np.nan], [3.0, 5.0]]), np.array([[2.0, 99.0], [3.0, 5.0]])
    assert reconstruction_error(X, X_reconstructed) == pytest.approx(1 / 3)
    assert reconstruction_error(X, X_reconstructed, baseline=[2.0, 4.0]) == pytest.approx(1 / 3)


def test_frames_are_taken():
    X = pd.DataFrame({"P1": [1.0, 2.0], "P2": [0.0, 1.0]})
    assert reconstruction_error(X, X + 1) == 1.0
    assert reconstruction_error(X, X, baseline=X.mean()) == 0.0


def test_float32_is_summed_in_float64():
    X = np.full((1000, 100), 1e4, dtype=np.float32)
    assert reconstruction_error(X, X + np.float32(1)) == 1.0


def test_a_perfect_baseline_leaves_the_share_undefined():
    with pytest.warns(UndefinedMetricWarning, match="equals the baseline") as record:
        assert np.isnan(reconstruction_error(np.ones((3, 2)), np.zeros((3, 2)), baseline=[1.0, 1.0]))
    assert [entry.filename for entry in record] == [__file__]


def test_shapes_must_match():
    with pytest.raises(ValueError, match=r"shape \(3, 1\), but X has \(3, 2\)"):
        reconstruction_error(np.ones((3, 2)), np.ones((3, 1)))
    with pytest.raises(ValueError, match="one value for each of the 2 features"):
        reconstruction_error(np.ones((3, 2)), np.ones((3, 2)), baseline=[1.0])
    with pytest.raises(ValueError, match="one value for each"):
        reconstruction_error(np.ones((3, 2)), np.ones((3, 2)), baseline=np.ones((3, 2)))


@pytest.mark.parametrize("bad", ["X_reconstructed", "baseline"])
def test_nan_is_refused_outside_of_the_table(bad):
    arguments = {"X_reconstructed": np.ones((3, 2)), "baseline": np.zeros(2)}
    arguments[bad] = arguments[bad] * np.nan
    with pytest.raises(ValueError, match=f"{bad} contains NaN"):
        reconstruction_error(np.ones((3, 2)), **arguments)


@pytest.mark.parametrize("bad", ["X", "X_reconstructed", "baseline"])
def test_dates_and_masks_are_refused(bad):
    arguments = {"X": np.ones((3, 2)), "X_reconstructed": np.ones((3, 2)), "baseline": np.zeros(2)}
    with pytest.raises(TypeError, match=f"^{bad} holds dates"):
        reconstruction_error(**arguments | {bad: arguments[bad].astype("datetime64[s]")})
    with pytest.raises(ValueError, match=f"^{bad}: . masked cell"):
        reconstruction_error(**arguments | {bad: np.ma.array(arguments[bad], mask=True)})


def test_a_table_of_nan_alone_is_refused():
    with pytest.raises(ValueError, match="Every cell of X is NaN"):
        reconstruction_error(np.full((3, 2), np.nan), np.ones((3, 2)))


def test_what_each_feature_loses_is_what_its_r2_lacks():
    X = load_iris().data
    pca = PCA(n_components=2).fit(X)
    rebuilt = pca.inverse_transform(pca.transform(X))
    np.testing.assert_allclose(lost_variance(X, rebuilt), 1 - r2_score(X, rebuilt, multioutput="raw_values"))


def test_missing_cells_of_a_feature_are_left_out():
    X = load_iris().data.copy()
    X[::3, 1] = np.nan
    known, rebuilt = ~np.isnan(X[:, 1]), np.full_like(X, 3.0)
    assert lost_variance(pd.DataFrame(X), rebuilt)[1] == pytest.approx(1 - r2_score(X[known, 1], rebuilt[known, 1]))


def test_features_without_variance_or_reconstruction_have_no_share():
    X = np.column_stack([np.full(7, 0.1), np.full(7, np.nan), np.arange(7), np.arange(7), np.arange(7)])
    rebuilt = X + np.eye(5)[0] + np.eye(5)[4]
    rebuilt[0, 2], rebuilt[3, 3] = np.nan, np.inf
    np.testing.assert_array_equal(np.isnan(lost_variance(X, rebuilt)), [True, True, True, True, False])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e200, 1e-200, 1e307, 1e-310, 3.0])
@pytest.mark.parametrize("offset", [0.0, 1e10])
def test_shares_do_not_depend_on_the_size_of_the_values(size, offset):
    """Against fractions, which neither overflow nor round."""
    rng = np.random.default_rng(0)
    X = size * rng.uniform(-10, 10, (12, 3)) if offset == 0 else size * (1 + rng.uniform(size=(12, 3)) / offset)
    rebuilt = X * (1 + rng.normal(size=(12, 3)) / max(offset, 10))
    X[rng.random(X.shape) < 0.2] = np.nan

    def lost(column, reconstruction):
        pairs = [(Fraction(x), Fraction(r)) for x, r in zip(column, reconstruction, strict=True) if np.isfinite(x)]
        mean = sum(x for x, _ in pairs) / len(pairs)
        return float(sum((x - r) ** 2 for x, r in pairs) / sum((x - mean) ** 2 for x, _ in pairs))

    expected = [lost(column, reconstruction) for column, reconstruction in zip(X.T, rebuilt.T, strict=True)]
    np.testing.assert_allclose(lost_variance(X, rebuilt), expected, rtol=1e-12)


@pytest.mark.filterwarnings("error")
def test_features_lost_beyond_the_largest_number_lose_infinitely_much():
    X = np.array([[1e-200, -1.7e308], [2e-200, 1.7e308]])
    np.testing.assert_allclose(lost_variance(X, np.array([[1e200, 1.7e308], [2e-200, 1.7e308]])), [np.inf, 2])


def test_shares_need_a_counterpart_for_each_cell():
    with pytest.raises(ValueError, match=r"shape \(3, 1\), but X has \(3, 2\)"):
        lost_variance(np.ones((3, 2)), np.ones((3, 1)))
    with pytest.raises(ValueError, match="X contains infinity"):
        lost_variance([[np.inf], [1.0]], [[1.0], [1.0]])
