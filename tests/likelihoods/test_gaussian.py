"""Normal distributions against scipy's, and factor analysis as a start."""

import numpy as np
import pytest
from scipy import optimize, stats
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import FactorAnalysis
from sklearn.preprocessing import StandardScaler

from skvae._compat import InvalidParameterError
from skvae.likelihoods import MIN_NOISE_VARIANCE, Gaussian


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(("variance", "values"), [("shared", 0.3), ("per_feature", [0.3, 2.0, 1e-3, 5.0])])
def test_density_is_scipys(rng, variance, values):
    x, outputs = rng.normal(size=(2, 6, 4))
    weights = {"log_variance": np.log(values)}
    likelihood = Gaussian(variance)
    expected = stats.norm(outputs, np.sqrt(values)).logpdf(x)
    np.testing.assert_allclose(likelihood.log_density(x, outputs, weights), expected)
    np.testing.assert_allclose(likelihood.log_prob(x, outputs, weights), expected.sum(axis=1))
    np.testing.assert_allclose(likelihood.noise_variance(weights), values)
    known = rng.random(x.shape) < 0.5
    np.testing.assert_allclose(likelihood.log_prob(x, outputs, weights, known), (expected * known).sum(axis=1))


def test_samples_have_the_variances():
    weights = {"log_variance": np.log([0.25, 4.0])}
    drawn = Gaussian("per_feature").sample(np.zeros((40000, 2)), weights, np.random.default_rng(1))
    np.testing.assert_allclose(drawn.var(axis=0), [0.25, 4.0], rtol=0.03)


def test_variance_has_a_floor():
    weights = {"log_variance": -100.0}
    assert Gaussian().noise_variance(weights) == MIN_NOISE_VARIANCE
    floor = Gaussian().log_prob(np.zeros((1, 1)), np.zeros((1, 1)), {"log_variance": np.log(MIN_NOISE_VARIANCE)})
    assert Gaussian().log_prob(np.zeros((1, 1)), np.zeros((1, 1)), weights) == floor


@pytest.mark.parametrize("variance", ["diagonal", 1.0])
def test_bad_variance_is_refused(variance):
    with pytest.raises(InvalidParameterError, match=r"'variance' .*shared.*per_feature"):
        Gaussian(variance).validate()


def test_shared_variance_leaves_the_features_as_they_are(rng):
    view = rng.normal(size=(30, 4)) * [1, 2, 3, 4]
    center, spread, noise = Gaussian().linearize(view, {}, 2)
    assert noise is None
    np.testing.assert_array_equal(center, 0)
    np.testing.assert_array_equal(spread, 1)
    view[3, 2] = np.nan
    np.testing.assert_allclose(Gaussian().linearize(view, {}, 2).center, np.nanmean(view, axis=0))


def test_variances_of_features_are_those_of_factor_analysis(rng):
    noise = np.array([0.3, 0.5, 1.0, 2.0, 0.3, 1.5] * 2)
    view = 1.5 * rng.normal(size=(5000, 2)) @ rng.normal(size=(2, 12)) + np.sqrt(noise) * rng.normal(size=(5000, 12))
    view -= view.mean(axis=0)
    likelihood = Gaussian("per_feature")
    near = likelihood.linearize(view, {}, 2)
    assert near.noise_variance == 1.0
    np.testing.assert_allclose(near.spread**2, noise, rtol=0.2)
    np.testing.assert_allclose(near.spread**2, FactorAnalysis(2).fit(view).noise_variance_, rtol=0.1)
    weights = likelihood.weights_at({}, near, near.noise_variance)
    np.testing.assert_allclose(likelihood.noise_variance(weights), near.spread**2)


def test_no_feature_is_explained_wholly():
    """Two copies of a feature: maximum likelihood would give them no noise at all."""
    X = StandardScaler().fit_transform(load_breast_cancer().data)
    X[:, 1] = X[:, 0]
    near = Gaussian("per_feature").linearize(X, {}, 3)
    assert np.all(near.spread**2 >= 0.000999)


@pytest.mark.filterwarnings("error")
def test_features_without_variance_have_a_least_one():
    linearization = Gaussian("per_feature").linearize(np.zeros((6, 3)), {}, 2)
    np.testing.assert_allclose(linearization.spread, 1e-3)


@pytest.mark.parametrize("variance", ["shared", "per_feature"])
def test_prior_raises_the_best_variance_by_the_freedom_used(rng, variance):
    """The variances of greatest posterior, found by scipy, are the errors' mean squares over the freedom left."""
    x, outputs = rng.normal(size=(2, 9, 3)) * [1, 2, 3]
    known = (rng.random(x.shape) < 0.7).astype(float)
    likelihood, left = Gaussian(variance), 0.6

    def loss(log_variance):
        weights = {"log_variance": log_variance if variance == "per_feature" else log_variance[0]}
        prior = likelihood.log_prior_of_weights(x, weights, known)
        return -(likelihood.log_prob(x, outputs, weights, known) + (1 - left) * prior).sum()

    axis = 0 if variance == "per_feature" else None
    expected = (known * (x - outputs) ** 2).sum(axis=axis) / known.sum(axis=axis) / left
    found = optimize.minimize(loss, np.zeros(np.size(expected))).x
    np.testing.assert_allclose(np.exp(found), np.ravel(expected), rtol=1e-4)
