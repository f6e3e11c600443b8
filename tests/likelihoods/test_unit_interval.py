"""Values between zero and one, against scipy and numerical integration."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from skvae.likelihoods import Bernoulli, ContinuousBernoulli

# Both sides of where the series ends, and where exp() of them overflows.
LOGITS = [0.0, 1e-9, 1e-4, 0.05, 0.0999999, 0.1000001, 0.5, 3.0, 20.0, 200.0]
LOGITS = sorted({sign * value for sign in (-1, 1) for value in LOGITS})


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_bernoulli_density_is_scipys(rng):
    logits = 3 * rng.normal(size=(6, 4))
    x = (rng.random((6, 4)) < 0.5).astype(float)
    expected = stats.bernoulli(1 / (1 + np.exp(-logits))).logpmf(x).sum(axis=1)
    np.testing.assert_allclose(Bernoulli().log_prob(x, logits, {}), expected)


def test_bernoulli_takes_extreme_logits():
    values = Bernoulli().log_prob(np.array([[1.0], [0.0]]), np.array([[800.0], [800.0]]), {})
    np.testing.assert_array_equal(values, [0.0, -800.0])
    np.testing.assert_array_equal(Bernoulli().mean(np.array([-800.0, 800.0]), {}), [0.0, 1.0])


def integral(logit, function):
    """Integrate over the unit interval; for large logits all the mass is at one end."""
    ends = {"points": [min(1, 1 / abs(logit)), max(0, 1 - 1 / abs(logit))]} if abs(logit) > 1 else {}
    return quad(function, 0, 1, epsabs=1e-13, epsrel=1e-12, limit=500, **ends)[0]


@pytest.mark.parametrize("logit", LOGITS)
def test_continuous_bernoulli_has_a_density_with_this_mean(logit):
    likelihood = ContinuousBernoulli()

    def density(x):
        return np.exp(likelihood.log_density(np.array(x), np.array(logit), {}))

    assert integral(logit, density) == pytest.approx(1, rel=1e-9)
    assert likelihood.mean(np.array(logit), {}) == pytest.approx(integral(logit, lambda x: x * density(x)), rel=1e-8)
    # In proportion to exp(logit * x), as the definition says.
    slope = likelihood.log_density(np.array(0.75), np.array(logit), {}) - likelihood.log_density(
        np.array(0.25), np.array(logit), {}
    )
    assert slope == pytest.approx(logit / 2, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("logit", [-200.0, -3.0, -1e-9, 0.0, 0.05, 0.5, 40.0])
def test_continuous_bernoulli_samples_have_the_distribution(logit):
    drawn = ContinuousBernoulli().sample(np.full(3000, logit), {}, np.random.default_rng(2))
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    # An exponential distribution that ends at one; it falls towards zero for positive logits.
    size = abs(logit)
    oracle = stats.uniform() if size < 1e-6 else stats.truncexpon(size, scale=1 / size)
    assert stats.kstest(1 - drawn if logit > 0 else drawn, oracle.cdf).pvalue > 1e-3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("error")
def test_continuous_bernoulli_takes_extreme_logits(dtype):
    logits = np.array([-800.0, 800.0], dtype)
    likelihood = ContinuousBernoulli()
    ends = np.array([0.0, 1.0], dtype)
    np.testing.assert_allclose(likelihood.log_density(ends, logits, {}), np.log(800), rtol=1e-4)
    np.testing.assert_allclose(likelihood.mean(logits, {}), [1 / 800, 1 - 1 / 800], rtol=1e-6)


@pytest.mark.parametrize("method", ["mean", "log_density"])
def test_continuous_bernoulli_has_finite_gradients_everywhere(method):
    """Of the two branches that join at zero neither may spoil the other."""
    import tensorflow as tf
    from keras import ops

    logits = tf.constant([*LOGITS, 80.0, -80.0], tf.float32)
    likelihood = ContinuousBernoulli()
    with tf.GradientTape() as tape:
        tape.watch(logits)
        if method == "mean":
            total = tf.reduce_sum(likelihood.mean(logits, {}, ops))
        else:
            total = tf.reduce_sum(likelihood.log_density(tf.fill(logits.shape, 0.3), logits, {}, xp=ops))
    gradient = tape.gradient(total, logits).numpy()
    assert np.isfinite(gradient).all()
    if method == "log_density":
        np.testing.assert_allclose(gradient, 0.3 - likelihood.mean(logits.numpy().astype(float), {}), atol=1e-5)


@pytest.mark.parametrize("Likelihood", [Bernoulli, ContinuousBernoulli])
def test_columns_outside_learn_which_scaler_to_take(Likelihood):
    with pytest.raises(ValueError, match=r"2 of 3 columns.*low, high.*MaxNormalizer"):
        Likelihood().check_support(np.array([[-0.1, 0.5, 1.0], [0.0, 0.5, 1.1]]), ["low", "fine", "high"])


def test_linear_expansion_of_bernoulli_is_its_own_second_order():
    """The likelihood around the mean is that of unit noise on the residuals, up to third order."""
    X = np.random.default_rng(0).random((200, 1))
    likelihood = Bernoulli()
    center, spread, noise = likelihood.linearize(X, {}, 1)
    step = 1e-3
    logits, change = likelihood.link(center, {}), 1 / spread
    values = [likelihood.log_prob(X[:1], logits + s * change, {})[0] for s in (-step, 0, step)]
    slope, curvature = (values[2] - values[0]) / (2 * step), (values[0] - 2 * values[1] + values[2]) / step**2
    assert slope == pytest.approx(((X[0] - center) / spread).item(), rel=1e-4)
    assert -curvature == pytest.approx(noise, rel=1e-3)


def test_means_at_the_ends_leave_finite_logits():
    center = Bernoulli().linearize(np.column_stack([np.zeros(9), np.ones(9)]), {}, 1).center
    np.testing.assert_allclose(center, [0.05, 0.95])
    np.testing.assert_allclose(Bernoulli().mean(Bernoulli().link(center, {}), {}), center)


def test_bernoulli_centres_by_weight():
    """Half an observation of one and of zero keep the mean off the ends."""
    X, weights = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 1.0]]), np.array([2.0, 1.0, 0.0])
    center, spread, noise = Bernoulli().linearize(X, {}, 1, weights)
    np.testing.assert_allclose(center, [(3 / 3 + 0.5) / 4, (3 + 0.5) / 4])
    np.testing.assert_allclose(spread, np.sqrt(center * (1 - center)))
    assert noise == 1
    np.testing.assert_allclose(Bernoulli().mean(Bernoulli().link(center, {}), {}), center)


def test_first_columns_outside_are_named():
    low, high = np.full((1, 6), -0.5), np.full((1, 6), 1.5)
    for X, names in [(low, "0, 1, 2, 3, 4, ...[.]"), (high[:, :5], "0, 1, 2, 3, 4[.]")]:
        with pytest.raises(
            ValueError, match=f"{X.shape[1]} of {X.shape[1]} columns hold others, from .* to .*: {names}"
        ):
            Bernoulli().check_support(X, range(6))


@pytest.mark.parametrize(("value", "bound"), [(-2e-6, "from -2e-06 to 1"), (1 + 2e-6, "from 0 to 1")])
def test_no_more_than_rounding_is_forgiven(value, bound):
    Bernoulli().check_support(np.array([[0.5 * (value > 0) + 0.5e-6 * np.sign(value)]]), ["x"])
    with pytest.raises(ValueError, match=bound):
        Bernoulli().check_support(np.array([[value], [0.0], [1.0]]), ["x"])
