"""The logarithm of the gamma function against scipy's."""

import numpy as np
import pytest
from scipy.special import gammaln

from skvae.likelihoods._special import log_gamma, log_gamma_beyond, log_gamma_increase

POINTS = np.concatenate([np.geomspace(1e-6, 1e8, 400), np.arange(1.0, 200), [8 - 1e-9, 8.0, 8 + 1e-9]])


@pytest.mark.filterwarnings("error")
def test_float64_has_all_its_digits():
    np.testing.assert_allclose(log_gamma(POINTS, np), gammaln(POINTS), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("backend", ["numpy", "keras"])
def test_float32_has_nearly_all_its_digits(backend):
    from keras import ops

    points = POINTS.astype(np.float32)
    ours = np.asarray(log_gamma(points, np if backend == "numpy" else ops))
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, gammaln(points.astype(float)), rtol=3e-6, atol=1e-5)


def test_gradient_is_finite_and_that_of_scipy():
    import tensorflow as tf
    from keras import ops
    from scipy.special import digamma

    points = tf.constant(np.geomspace(1e-4, 1e6, 60), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(log_gamma(points, ops))
    np.testing.assert_allclose(tape.gradient(total, points).numpy(), digamma(points.numpy()), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("error")
def test_increase_loses_no_digits_to_huge_values(dtype):
    x, by = np.meshgrid(np.geomspace(1e-2, 1e6, 60), [0.0, 1.0, 3.0, 40.0, 1e4])
    x, by = x.astype(dtype), by.astype(dtype)
    # The logarithm of x * (x + 1) * ...: whole numbers of factors need no gamma function.
    pairs = zip(x.ravel().astype(float), by.ravel(), strict=True)
    expected = np.reshape([np.log(start + np.arange(int(n))).sum() for start, n in pairs], x.shape)
    tolerance = {"rtol": 2e-6, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-11, "atol": 1e-11}
    np.testing.assert_allclose(log_gamma_increase(x, by, np), expected, **tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_stirlings_formula_leaves_keeps_its_digits(dtype):
    points = np.geomspace(8, 1e4, 50).astype(dtype)
    exact = points.astype(float)
    expected = gammaln(exact + 1) - (exact * np.log(exact) - exact)
    tolerance = 1e-6 if dtype == np.float32 else 1e-10
    np.testing.assert_allclose(log_gamma_beyond(points, np), expected, rtol=tolerance)
    assert log_gamma_beyond(dtype(1e9), np) == pytest.approx(0.5 * np.log(2 * np.pi * 1e9), rel=1e-6)
