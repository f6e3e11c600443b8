"""Centring and scaling inside an estimator."""

import numpy as np
import pytest

from skvae.estimators._scaling import Scaling


def test_standardised_data_have_unit_mean_variance_and_come_back():
    X = np.random.default_rng(0).normal(3.0, 7.0, size=(50, 4))
    scaling = Scaling.of(X, standardizes=True)
    standardised = scaling.apply(X)
    np.testing.assert_allclose(standardised.mean(axis=0), 0, atol=1e-12)
    assert np.mean(standardised**2) == pytest.approx(1)
    np.testing.assert_allclose(scaling.undo(standardised), X)
    assert scaling.log_volume_of(X) == pytest.approx(4 * np.log(scaling.scale))


def test_weights_count_as_repeated_rows():
    """Also where the rows that count lie elsewhere, and closer together."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(5.0, 0.1, size=(20, 4)), rng.normal(size=(20, 4))])
    repeats = np.repeat([7, 1], 20)
    weighted = Scaling.of(X, True, repeats / 3)
    repeated = Scaling.of(np.repeat(X, repeats, axis=0), True)
    np.testing.assert_allclose(weighted.mean, repeated.mean)
    assert weighted.scale == pytest.approx(repeated.scale)


def test_far_offsets_lose_no_digits_in_float32():
    X = np.random.default_rng(0).normal(size=(1000, 3))
    far = Scaling.of((X + 3000).astype(np.float32), standardizes=True)
    assert far.scale == pytest.approx(Scaling.of(X, standardizes=True).scale, rel=1e-3)


def test_identity_leaves_data_and_type_alone():
    X = np.ones((3, 2), np.float32)
    scaling = Scaling.of(X, standardizes=False)
    assert scaling.apply(X) is X
    assert scaling.log_volume_of(X) == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [4.0, 0.1, 0.0, 1e6 / 3])
def test_constant_data_are_divided_by_one(value, dtype):
    assert Scaling.of(np.full((10, 3), value, dtype), standardizes=True).scale == 1.0


@pytest.mark.parametrize("sample_weight", [None, np.arange(1.0, 51)])
def test_mean_and_scale_are_of_float64_whatever_the_data(sample_weight):
    X = np.random.default_rng(0).normal(3.0, 7.0, size=(50, 4)).astype(np.float32)
    scaling = Scaling.of(X, True, sample_weight)
    assert scaling.mean.dtype == np.float64
    assert type(scaling.scale) is float
    assert scaling.apply(X).dtype == scaling.undo(X).dtype == np.float32


def test_a_small_scale_is_kept():
    X = np.random.default_rng(0).normal(size=(50, 4)) * 1e-9
    assert Scaling.of(X, standardizes=True).scale == pytest.approx(1e-9, rel=0.1)
    assert Scaling.of(X, standardizes=False).scale == 1


@pytest.mark.parametrize(("mean", "scale", "is_identity"), [(0.0, 1.0, True), (0.0, 2.0, False), (1.0, 1.0, False)])
def test_identity_is_neither_shift_nor_scale(mean, scale, is_identity):
    scaling = Scaling(np.array([0.0, mean]), scale)
    assert scaling.is_identity == is_identity
    np.testing.assert_array_equal(scaling.apply(np.array([[4.0, 5.0]])), [[4 / scale, (5 - mean) / scale]])
    np.testing.assert_array_equal(scaling.undo(np.array([[4.0, 5.0]])), [[4 * scale, 5 * scale + mean]])


def test_overflow_is_explained():
    with pytest.raises(ValueError, match=r"too large.*overflows"):
        Scaling.of(np.array([[1e300], [-1e300]]), standardizes=True)


def test_scale_below_float32_divides_rows_of_float32():
    scaling = Scaling(np.full(2, 3.0), 1e-60)
    with np.errstate(all="raise", over="ignore"):
        np.testing.assert_array_equal(scaling.apply(np.array([[3.0, 4.0]], np.float32)), [[0.0, np.inf]])


def test_missing_values_are_left_out():
    X = np.random.default_rng(0).normal(3.0, 7.0, size=(50, 4))
    X[np.random.default_rng(1).random(X.shape) < 0.3] = np.nan
    scaling = Scaling.of(X, standardizes=True)
    np.testing.assert_allclose(scaling.mean, np.nanmean(X, axis=0))
    assert scaling.scale == pytest.approx(np.sqrt(np.nanmean(np.square(X - np.nanmean(X, axis=0)))))
    n_known = (~np.isnan(X)).sum(axis=1)
    np.testing.assert_allclose(scaling.log_volume_of(X), n_known * np.log(scaling.scale))
    repeats = np.repeat([3, 1], 25)
    weighted, repeated = Scaling.of(X, True, repeats / 3), Scaling.of(np.repeat(X, repeats, axis=0), True)
    np.testing.assert_allclose(weighted.mean, repeated.mean)
    assert weighted.scale == pytest.approx(repeated.scale)


@pytest.mark.filterwarnings("error")
def test_columns_without_values_are_at_the_mean_of_the_others():
    scaling = Scaling.of(np.array([[1.0, np.nan, 5.0], [3.0, np.nan, 7.0]]), standardizes=True)
    np.testing.assert_array_equal(scaling.mean, [2.0, 4.0, 6.0])
    assert scaling.scale == 1.0


@pytest.mark.parametrize("standardizes", [True, False])
def test_a_table_without_any_value_is_refused(standardizes):
    with pytest.raises(ValueError, match="X holds no value: every cell is NaN"):
        Scaling.of(np.full((3, 2), np.nan), standardizes)
