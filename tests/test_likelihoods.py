"""Densities against scipy's."""

import numpy as np
import pytest
from scipy import stats

from skvae.likelihoods import LIKELIHOODS, MIN_NOISE_VARIANCE, Bernoulli, Gaussian


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_gaussian_density_is_scipys(rng):
    x, outputs = rng.normal(size=(2, 6, 4))
    expected = stats.norm(outputs, np.sqrt(0.3)).logpdf(x).sum(axis=1)
    np.testing.assert_allclose(Gaussian().log_prob(x, outputs, {"log_variance": np.log(0.3)}), expected)


def test_bernoulli_density_is_scipys(rng):
    logits = 3 * rng.normal(size=(6, 4))
    x = (rng.random((6, 4)) < 0.5).astype(float)
    expected = stats.bernoulli(1 / (1 + np.exp(-logits))).logpmf(x).sum(axis=1)
    np.testing.assert_allclose(Bernoulli().log_prob(x, logits, {}), expected)


def test_bernoulli_takes_extreme_logits():
    values = Bernoulli().log_prob(np.array([[1.0], [0.0]]), np.array([[800.0], [800.0]]), {})
    np.testing.assert_array_equal(values, [0.0, -800.0])
    np.testing.assert_array_equal(Bernoulli().mean(np.array([-800.0, 800.0])), [0.0, 1.0])


@pytest.mark.parametrize("name", sorted(LIKELIHOODS))
def test_keras_ops_and_numpy_agree(name, rng):
    from keras import ops

    likelihood = LIKELIHOODS[name]()
    x, outputs = rng.random((5, 3)).astype("float32"), rng.normal(size=(5, 3)).astype("float32")
    weights = {key: w.astype("float32") for key, w in likelihood.initial_weights().items()}
    np.testing.assert_allclose(
        np.asarray(likelihood.log_prob(x, outputs, weights, ops)),
        likelihood.log_prob(x, outputs, weights),
        rtol=1e-5,
    )


@pytest.mark.parametrize(("name", "weights"), [("gaussian", {"log_variance": np.log(0.25)}), ("bernoulli", {})])
def test_samples_have_the_mean(name, weights):
    likelihood = LIKELIHOODS[name]()
    outputs = np.tile([-1.0, 0.5, 2.0], (40000, 1))
    drawn = likelihood.sample(outputs, weights, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.mean(axis=0), likelihood.mean(outputs[0]), atol=0.015)


def test_gaussian_samples_have_the_variance():
    drawn = Gaussian().sample(np.zeros((40000, 1)), {"log_variance": np.log(0.25)}, np.random.default_rng(1))
    assert drawn.var() == pytest.approx(0.25, rel=0.03)


def test_noise_of_gaussian_has_a_floor():
    """Data that the components explain wholly would drive the density to infinity."""
    assert Gaussian().noise_variance({"log_variance": np.log(1e-9)}) == MIN_NOISE_VARIANCE
    assert Gaussian().noise_variance({"log_variance": np.log(0.3)}) == pytest.approx(0.3)


def test_gaussian_is_its_own_linear_model(rng):
    X, likelihood = rng.normal(size=(6, 3)), Gaussian()
    center, spread, noise = likelihood.linearize(X)
    np.testing.assert_array_equal((X - center) / spread, X)
    assert noise is None
    np.testing.assert_array_equal(likelihood.link(X), X)
    np.testing.assert_array_equal(likelihood.link_scale(spread), 1)
    assert likelihood.noise_variance(likelihood.weights_at(0.3)) == pytest.approx(0.3)
    assert likelihood.noise_variance(likelihood.initial_weights()) == 1


def test_only_gaussian_data_are_standardised():
    assert Gaussian.standardizes
    assert not Bernoulli.standardizes


def test_bernoulli_centres_by_weight():
    """Half an observation of one and of zero keep the mean off the ends."""
    X, weights = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 1.0]]), np.array([2.0, 1.0, 0.0])
    center, spread, noise = Bernoulli().linearize(X, weights)
    np.testing.assert_allclose(center, [(3 / 3 + 0.5) / 4, (3 + 0.5) / 4])
    np.testing.assert_allclose(spread, np.sqrt(center * (1 - center)))
    assert noise == 1
    np.testing.assert_allclose(Bernoulli().mean(Bernoulli().link(center)), center)


def test_bernoulli_names_the_first_columns_outside():
    low, high = np.full((1, 6), -0.5), np.full((1, 6), 1.5)
    for X, names in [(low, "0, 1, 2, 3, 4, ...[.]"), (high[:, :5], "0, 1, 2, 3, 4[.]")]:
        with pytest.raises(
            ValueError, match=f"{X.shape[1]} of {X.shape[1]} columns hold others, from .* to .*: {names}"
        ):
            Bernoulli().check_support(X, range(6))


@pytest.mark.parametrize(("value", "bound"), [(-2e-6, "from -2e-06 to 1"), (1 + 2e-6, "from 0 to 1")])
def test_bernoulli_forgives_no_more_than_rounding(value, bound):
    Bernoulli().check_support(np.array([[0.5 * (value > 0) + 0.5e-6 * np.sign(value)]]), ["x"])
    with pytest.raises(ValueError, match=bound):
        Bernoulli().check_support(np.array([[value], [0.0], [1.0]]), ["x"])


def test_bernoulli_names_the_columns_outside():
    with pytest.raises(ValueError, match=r"2 of 3 columns.*low, high.*MaxNormalizer"):
        Bernoulli().check_support(np.array([[-0.1, 0.5, 1.0], [0.0, 0.5, 1.1]]), ["low", "fine", "high"])


def test_linear_expansion_of_bernoulli_is_its_own_second_order():
    """The likelihood around the mean is that of unit noise on the residuals, up to third order."""
    X = np.random.default_rng(0).random((200, 1))
    likelihood = Bernoulli()
    center, spread, noise = likelihood.linearize(X)
    step = 1e-3
    logits = likelihood.link(center)
    values = [likelihood.log_prob(X[:1], logits + s * likelihood.link_scale(spread), {})[0] for s in (-step, 0, step)]
    slope, curvature = (values[2] - values[0]) / (2 * step), (values[0] - 2 * values[1] + values[2]) / step**2
    assert slope == pytest.approx(((X[0] - center) / spread).item(), rel=1e-4)
    assert -curvature == pytest.approx(noise, rel=1e-3)


def test_bernoulli_forgives_rounding():
    Bernoulli().check_support(np.array([[-1e-12], [1 + 1e-12]]), ["x"])
