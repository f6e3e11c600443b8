"""Counts against scipy, with sizes of rows worked out by hand."""

import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from scipy import stats

from skvae.likelihoods import NegativeBinomial, Poisson

MEANS = np.array([2.0, 0.5, 10.0])
X = np.array([[4.0, 1.0, 20.0], [0.0, 0.0, 0.0], [1.0, 0.0, 5.25]])
# By hand: sums of 25, 0 and 6.25 counts, where 12.5 are expected; a row without counts is taken to have half a one.
SIZES = np.array([[2.0], [0.04], [0.5]])
DISPERSION = np.array([0.5, 2.0, 0.01])
WEIGHTS = {Poisson: {"means": MEANS}, NegativeBinomial: {"means": MEANS, "log_dispersion": np.log(DISPERSION)}}
# By hand: the last feature is missing in the first row, the first two in the second, and all in the third.
KNOWN = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
KNOWN_SIZES = np.array([[5 / 2.5], [0.5 / 10], [1.0]])


@pytest.fixture
def outputs():
    return np.log(MEANS) + np.random.default_rng(0).normal(size=X.shape)


def of_scipy(likelihood, expected):
    """Distribution of counts with these expectations."""
    if likelihood is Poisson:
        return stats.poisson(expected)
    return stats.nbinom(1 / DISPERSION, 1 / (1 + expected * DISPERSION))


@pytest.fixture(params=[Poisson, NegativeBinomial])
def Likelihood(request):
    return request.param


def test_sizes_are_sums_beside_those_of_an_average_row(Likelihood):
    likelihood, weights = Likelihood(), WEIGHTS[Likelihood]
    np.testing.assert_allclose(likelihood.sizes(X, weights), SIZES)
    np.testing.assert_allclose(likelihood.sizes(X * KNOWN, weights, KNOWN), KNOWN_SIZES)


def test_density_is_scipys(Likelihood, outputs):
    counts = np.round(X)
    likelihood, weights = Likelihood(), WEIGHTS[Likelihood]
    sizes = np.array([[2.0], [0.04], [6 / 12.5]])
    expected = of_scipy(Likelihood, sizes * np.exp(outputs)).logpmf(counts)
    np.testing.assert_allclose(likelihood.log_density(counts, outputs, weights), expected, rtol=1e-9)
    np.testing.assert_allclose(likelihood.log_prob(counts, outputs, weights), expected.sum(axis=1), rtol=1e-9)


def test_density_of_known_counts_is_scipys(Likelihood, outputs):
    likelihood, weights = Likelihood(), WEIGHTS[Likelihood]
    counts = np.round(X) * KNOWN
    expected = of_scipy(Likelihood, KNOWN_SIZES * np.exp(outputs)).logpmf(counts) * KNOWN
    np.testing.assert_allclose(likelihood.log_prob(counts, outputs, weights, KNOWN), expected.sum(axis=1), rtol=1e-9)


def test_large_counts_keep_their_digits_in_float32(Likelihood):
    counts = np.array([[3e4, 1e5, 2.0]])
    weights = {name: np.float32(w) for name, w in WEIGHTS[Likelihood].items()}
    expected = Likelihood().log_density(counts, np.log(MEANS)[None], WEIGHTS[Likelihood])
    ours = Likelihood().log_density(counts.astype("float32"), np.log(MEANS)[None].astype("float32"), weights)
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=0.2)


def test_huge_outputs_stay_finite(Likelihood):
    likelihood = Likelihood()
    weights = {name: np.float32(w) for name, w in WEIGHTS[Likelihood].items()}
    outputs = np.full((1, 3), 1e4, np.float32)
    for values in (outputs, -outputs):
        assert np.isfinite(likelihood.log_prob(np.ones((1, 3), np.float32), values, weights)).all()
        assert np.isfinite(likelihood.mean(values, weights)).all()


def test_samples_have_mean_and_variance_of_rows_of_size_one(Likelihood):
    outputs = np.tile(np.log(MEANS), (100_000, 1))
    weights = WEIGHTS[Likelihood]
    drawn = Likelihood().sample(outputs, weights, np.random.default_rng(1))
    oracle = of_scipy(Likelihood, MEANS)
    np.testing.assert_allclose(drawn.mean(axis=0), oracle.mean(), rtol=0.03)
    np.testing.assert_allclose(drawn.var(axis=0), oracle.var(), rtol=0.06)
    np.testing.assert_array_equal(drawn, np.round(drawn))
    np.testing.assert_allclose(Likelihood().mean(outputs[0], weights), MEANS)


def test_encoder_sees_pearson_residuals(Likelihood):
    likelihood, weights = Likelihood(), WEIGHTS[Likelihood]
    oracle = of_scipy(Likelihood, SIZES * MEANS)
    expected = (X - oracle.mean()) / oracle.std()
    np.testing.assert_allclose(likelihood.view(X, weights), expected, atol=1e-12)
    rare = np.array([[0.0, 1000.0, 0.0]])
    assert np.abs(likelihood.view(rare, {**weights, "means": np.array([1e4, 1e-3, 1e4])})).max() == 10


def test_means_come_from_the_known_counts(Likelihood):
    counts = np.array([[1.0, np.nan, 0.0], [3.0, 4.0, 0.0]])
    np.testing.assert_array_equal(Likelihood().initial_weights(counts)["means"], [2.0, 4.0, 0.25])


def test_dispersions_start_where_the_variances_point():
    """All rows of one size, so that nothing else makes counts vary."""
    rng = np.random.default_rng(0)
    mean, dispersion = np.full(60, 20.0), np.tile([0.05, 0.5, 2.0], 20)
    counts = rng.poisson(rng.gamma(1 / dispersion, mean * dispersion, size=(3000, 60)))
    found = np.exp(NegativeBinomial().initial_weights(counts.astype(float))["log_dispersion"])
    for value in (0.05, 0.5, 2.0):
        assert found[dispersion == value].mean() == pytest.approx(value, rel=0.25)
    even = NegativeBinomial().initial_weights(np.full((10, 3), 5.0))["log_dispersion"]
    np.testing.assert_allclose(np.exp(even), 1e-4)


def test_negative_binomial_without_dispersion_is_poisson(outputs):
    weights = {"means": MEANS, "log_dispersion": np.full(3, -100.0)}
    np.testing.assert_allclose(
        NegativeBinomial().log_prob(X[:1], outputs[:1], weights),
        Poisson().log_prob(X[:1], outputs[:1], {"means": MEANS}),
        rtol=1e-2,
    )


def test_links_give_the_average_row(Likelihood):
    weights = WEIGHTS[Likelihood]
    np.testing.assert_allclose(Likelihood().mean(Likelihood().link(None, weights), weights), MEANS)


def test_features_without_counts_have_a_dispersion(Likelihood):
    weights = Likelihood().initial_weights(np.array([[np.nan, 0.0, 1.0]]))
    assert all(np.isfinite(w).all() for w in weights.values())


def test_outputs_at_the_size_of_rows_are_those_of_the_density(Likelihood):
    weights = WEIGHTS[Likelihood]
    outputs = Likelihood().outputs_at_size(X, np.log(MEANS)[None], weights)
    np.testing.assert_allclose(Likelihood().mean(outputs, weights), SIZES * MEANS)


@pytest.mark.parametrize("dispersion", [1e-3, 0.3, 1.0, 50.0])
def test_huge_counts_keep_their_digits_and_their_gradients_in_float32(dispersion):
    counts = np.array([[1e6, 1e9, 1e12]])
    outputs = tf.constant(np.log(1.5 * counts), tf.float32)
    weights = {"means": counts[0], "log_dispersion": np.full(3, np.log(dispersion))}
    weights = {name: tf.constant(w, tf.float32) for name, w in weights.items()}
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        density = NegativeBinomial().log_density(tf.constant(counts, tf.float32), outputs, weights, None, ops)
    size, mean = 1 / dispersion, 1.5 * counts
    expected = stats.nbinom(size, size / (size + mean)).logpmf(counts)
    # Beyond 1e9 scipy's own digits are lost.
    np.testing.assert_allclose(density[0, :2], expected[0, :2], rtol=1e-4)
    np.testing.assert_allclose(tape.gradient(density, outputs), size * (counts - mean) / (size + mean), rtol=1e-3)


# Counts alone in their rows, so that sizes are 1 and outputs the logarithms of expectations.
LONELY = np.array([[0.0], [1.0], [2.0], [7.0], [8.0], [9.0], [1e2], [1e3], [1e5], [1e6], [1e7], [1e9]])


@pytest.mark.parametrize("deviations", [-5.0, -1.0, 0.0, 1.0, 5.0, "doubled", "halved"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_poisson_keeps_its_digits_and_gradients_to_huge_counts(dtype, deviations):
    """Near its expectation a count of any size costs a few nats, of which float32 is to know the tenths."""
    factors = {"doubled": 2.0, "halved": 0.5}
    x = LONELY[:, 0]
    mean = x * factors[deviations] if deviations in factors else x + deviations * np.sqrt(x)
    outputs = np.log(np.maximum(mean, 0.3)).astype(dtype)
    mean = np.exp(outputs.astype(float))  # as float32 has rounded it
    found, gradients = zip(*(density_and_gradient(*pair, dtype) for pair in zip(x, outputs, strict=True)), strict=True)
    tolerance = {"rtol": 3e-6, "atol": 0.15} if dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-5}
    np.testing.assert_allclose(found, stats.poisson(mean).logpmf(x), **tolerance)
    scale = np.sqrt(x) + 1
    tolerance = {"rtol": 1e-5, "atol": 0.05} if dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-9}
    np.testing.assert_allclose(gradients / scale, (x - mean) / scale, **tolerance)


def density_and_gradient(count, output, dtype):
    """Return the log-density of one count, the same in NumPy and Keras, and its gradient by the output."""
    x, outputs = np.array([[count]], dtype), np.array([[output]], dtype)
    weights = {"means": np.maximum(x[0], dtype(0.5))}
    inputs = tf.constant(outputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        density = Poisson().log_density(tf.constant(x), inputs, weights, None, ops)
    ours = Poisson().log_density(x, outputs, weights)
    assert ours.dtype == dtype
    np.testing.assert_allclose(density, ours, rtol=1e-4, atol=0.02)
    return ours[0, 0], tape.gradient(density, inputs)[0, 0].numpy()
