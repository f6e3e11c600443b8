"""Normal distributions with limits of detection, against numerical integration."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from skvae._compat import InvalidParameterError
from skvae.likelihoods import CensoredGaussian

WEIGHTS = {
    "log_variance": np.log(0.49),
    "limits": np.array([-1.0, 0.5]),
    "log_width": np.log(0.4),
    "random_logit": np.log(0.1 / 0.9),
}


def missing_probability(y, limit):
    random = 1e-4 + (1 - 2e-4) * expit(WEIGHTS["random_logit"])
    return random + (1 - random) * norm.cdf((limit - y) / 0.4)


def integral(function, mean):
    return quad(lambda y: function(y) * norm.pdf(y, mean, 0.7), mean - 8, mean + 8)[0]


@pytest.mark.parametrize("mean", [-2.0, 0.0, 3.0])
def test_what_is_missing_adds_the_probability_that_it_is(mean):
    likelihood, outputs = CensoredGaussian(), np.full((1, 2), mean)
    density = likelihood.log_prob(np.zeros((1, 2)), outputs, WEIGHTS, np.zeros((1, 2)))
    expected = sum(np.log(integral(lambda y, a=a: missing_probability(y, a), mean)) for a in WEIGHTS["limits"])
    assert density[0] == pytest.approx(expected, rel=1e-8)


def test_what_is_known_adds_its_density_and_the_probability_that_it_is_known():
    x, outputs = np.array([[0.3, -0.2]]), np.array([[1.0, 0.0]])
    density = CensoredGaussian().log_prob(x, outputs, WEIGHTS, np.ones((1, 2)))
    known = 1 - missing_probability(x[0], WEIGHTS["limits"])
    assert density[0] == pytest.approx(np.sum(norm.logpdf(x[0], outputs[0], 0.7) + np.log(known)), rel=1e-8)


def test_all_that_can_be_has_probability_one():
    """A feature is known at some value, or missing."""
    for i, limit in enumerate(WEIGHTS["limits"]):
        weights = WEIGHTS | {"limits": np.array([limit])}

        def density(y, known=1.0, weights=weights):
            x = np.array([[y]])
            return np.exp(CensoredGaussian().log_prob(x, np.array([[0.2]]), weights, np.array([[known]])))[0]

        assert quad(density, -8, 8)[0] + density(0.0, 0.0) == pytest.approx(1, abs=1e-7), i


@pytest.mark.parametrize("mean", [-2.0, 0.0, 3.0])
def test_expectation_and_draws_of_what_is_missing(mean):
    likelihood, outputs = CensoredGaussian(), np.full((100_000, 2), mean)
    drawn = likelihood.sample_of_missing(outputs, WEIGHTS, np.random.default_rng(0))
    for i, limit in enumerate(WEIGHTS["limits"]):
        total = integral(lambda y, a=limit: missing_probability(y, a), mean)
        moments = [integral(lambda y, a=limit, p=p: y**p * missing_probability(y, a), mean) / total for p in (1, 2)]
        assert likelihood.mean_of_missing(outputs[:1], WEIGHTS)[0, i] == pytest.approx(moments[0], abs=1e-6)
        assert drawn[:, i].mean() == pytest.approx(moments[0], abs=0.01)
        assert np.square(drawn[:, i]).mean() == pytest.approx(moments[1], abs=0.05)


@pytest.mark.parametrize("known", [0.0, 1.0])
def test_numpy_and_keras_agree(known):
    from keras import ops

    rng = np.random.default_rng(0)
    x, outputs = (4 * rng.standard_normal((50, 2)) for _ in range(2))
    mask = np.full((50, 2), known)
    as_float32 = [array.astype("float32") for array in (x, outputs, mask)]
    own = {name: np.float32(w) for name, w in WEIGHTS.items()}
    keras = CensoredGaussian().log_prob(*as_float32[:2], own, as_float32[2], ops)
    np.testing.assert_allclose(keras, CensoredGaussian().log_prob(x, outputs, WEIGHTS, mask), rtol=1e-4, atol=1e-6)


def test_given_limits_are_on_the_scale_of_the_data():
    class Half:
        def apply(self, X):
            return X / 2

    X = np.random.default_rng(0).normal(size=(20, 3))
    given = CensoredGaussian(limit=[2.0, 4.0, 6.0])
    np.testing.assert_array_equal(given.initial_weights(X, scaling=Half())["limits"], [1, 2, 3])
    assert given.constants == ("limits",)
    np.testing.assert_array_equal(CensoredGaussian().initial_weights(X)["limits"], X.min(axis=0))
    assert CensoredGaussian().constants == ()
    assert CensoredGaussian().key() != given.key() == CensoredGaussian(limit=1.0).key()


@pytest.mark.parametrize("limit", [np.nan, [1.0, np.inf], "a", ["a"], [[1.0]], [None], {}, [10**400]])
def test_limits_are_finite_numbers(limit):
    with pytest.raises(InvalidParameterError, match="detection_limit must be a finite number, or one for each feature"):
        CensoredGaussian(limit=limit).validate()
    for sound in (None, 1, -2.5, np.float32(1), [1, 2], np.ones(3)):
        CensoredGaussian(limit=sound).validate()


def test_limits_are_as_many_as_features():
    with pytest.raises(InvalidParameterError, match=r"one for each of the 3 features. Got \[1.0, 2.0\]"):
        CensoredGaussian(limit=[1.0, 2.0]).initial_weights(np.ones((4, 3)))


def test_limits_in_another_unit_are_refused():
    with pytest.raises(InvalidParameterError, match="in the unit of the data"):
        CensoredGaussian(limit=1e300).initial_weights(np.zeros((5, 3)))
