"""What all likelihoods have in common: one formula for NumPy and Keras, masks, columns that are named."""

import numpy as np
import pytest
from sklearn.base import clone

from skvae.likelihoods import LIKELIHOODS, Gaussian, average
from skvae.likelihoods._base import Likelihood, softplus

EVERY = [*(LIKELIHOODS[name]() for name in sorted(LIKELIHOODS)), Gaussian("per_feature")]


@pytest.fixture(params=EVERY, ids=str)
def likelihood(request):
    return request.param


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def data_for(likelihood, rng, shape=(6, 4)):
    """Draw data that the likelihood bears."""
    if likelihood.name == "gaussian":
        return rng.normal(size=shape)
    return rng.poisson(3.0, size=shape).astype(float) if "means" in likelihood.constants else rng.random(shape)


def any_weights(likelihood, x, rng):
    """Take the weights that the data give, and move those that are learned."""
    weights = likelihood.initial_weights(x)
    return {
        name: w if name in likelihood.constants else w + 0.3 * rng.normal(size=np.shape(w))
        for name, w in weights.items()
    }


@pytest.mark.parametrize("is_masked", [False, True])
def test_keras_ops_and_numpy_agree(likelihood, rng, is_masked):
    from keras import ops

    x = data_for(likelihood, rng).astype("float32")
    weights = {name: np.float32(w) for name, w in any_weights(likelihood, x, rng).items()}
    outputs = rng.normal(size=x.shape).astype("float32")
    known = (rng.random(x.shape) < 0.6).astype("float32") if is_masked else None
    known_x = x if known is None else x * known
    for method in (likelihood.log_prob, likelihood.log_density):
        ours = method(known_x, outputs, weights, known)
        assert ours.dtype == np.float32
        np.testing.assert_allclose(np.asarray(method(known_x, outputs, weights, known, ops)), ours, rtol=2e-5)
    ours = likelihood.view(known_x, weights, known)
    np.testing.assert_allclose(np.asarray(likelihood.view(known_x, weights, known, ops)), ours, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        np.asarray(likelihood.mean(outputs, weights, ops)), likelihood.mean(outputs, weights), rtol=1e-5
    )


def test_missing_values_add_nothing(likelihood, rng):
    """The log-probability of a row is that of its known values alone, wherever those stand."""
    x = data_for(likelihood, rng)
    weights, outputs = any_weights(likelihood, x, rng), rng.normal(size=x.shape)
    known = rng.random(x.shape) < 0.6
    known[0] = False
    masked = likelihood.log_prob(np.where(known, x, 0.0), outputs, weights, known.astype(float))
    assert masked[0] == 0
    for i in range(1, len(x)):
        own = {name: w if np.ndim(w) == 0 else w[known[i]] for name, w in weights.items()}
        alone = likelihood.log_prob(x[i : i + 1, known[i]], outputs[i : i + 1, known[i]], own)
        assert masked[i] == pytest.approx(alone[0], rel=1e-12)


def test_nothing_missing_is_as_no_mask(likelihood, rng):
    x = data_for(likelihood, rng)
    weights, outputs = any_weights(likelihood, x, rng), rng.normal(size=x.shape)
    for method, arguments in ((likelihood.log_prob, (x, outputs)), (likelihood.view, (x,))):
        np.testing.assert_allclose(
            method(*arguments, weights, known=np.ones(x.shape)), method(*arguments, weights), rtol=1e-12
        )


def test_encoder_sees_zeros_where_values_are_missing(likelihood, rng):
    x = data_for(likelihood, rng)
    known = (rng.random(x.shape) < 0.5).astype(float)
    assert not likelihood.view(x * known, likelihood.initial_weights(x), known)[known == 0].any()


def test_weights_have_the_shapes_that_are_told(likelihood, rng):
    x = data_for(likelihood, rng)
    shapes = likelihood.weight_shapes(4)
    drawn = likelihood.initial_weights(x)
    assert {name: np.shape(w) for name, w in drawn.items()} == shapes
    near = likelihood.linearize(likelihood.view(x, drawn), drawn, 2)
    moved = likelihood.weights_at(drawn, near, 0.3)
    assert {name: np.shape(w) for name, w in moved.items()} == shapes
    assert set(likelihood.constants) <= set(shapes)


def test_weights_of_rows_count_as_repeated_rows(likelihood, rng):
    x, repeats = data_for(likelihood, rng), np.array([1, 2, 3, 1, 1, 4])
    x[0, 1] = np.nan
    weighted = likelihood.initial_weights(x, repeats / 3)
    repeated = likelihood.initial_weights(np.repeat(x, repeats, axis=0))
    for name in weighted:
        np.testing.assert_allclose(weighted[name], repeated[name])


def test_clone_has_the_key_and_another_class_has_not(likelihood):
    assert clone(likelihood).key() == likelihood.key()
    hash(likelihood.key())
    assert len({other.key() for other in EVERY}) == len(EVERY)


def test_samples_have_the_mean(likelihood):
    outputs = np.tile([-1.0, 0.05, 2.0], (40000, 1))
    weights = {name: np.full(shape, -1.0) for name, shape in likelihood.weight_shapes(3).items()}
    drawn = likelihood.sample(outputs, weights, np.random.default_rng(1))
    expected = likelihood.mean(outputs[0], weights)
    np.testing.assert_allclose(drawn.mean(axis=0), expected, atol=5 * drawn.std(axis=0).max() / 200)
    np.testing.assert_array_equal(likelihood.mean_of_missing(outputs[:1], weights)[0], expected)


def test_type_of_samples_is_that_of_the_outputs(likelihood):
    outputs = np.zeros((3, 2), np.float32)
    weights = {name: np.zeros(shape, np.float32) for name, shape in likelihood.weight_shapes(2).items()}
    assert likelihood.mean(outputs, weights).dtype == np.float32
    assert likelihood.sample(outputs, weights, np.random.default_rng(0)).dtype == np.float32


OUTSIDE = {"bernoulli": 1.5, "continuous_bernoulli": -0.5, "poisson": 0.5, "negative_binomial": -1.0}


@pytest.mark.parametrize("name", sorted(OUTSIDE))
@pytest.mark.filterwarnings("error")
def test_columns_outside_the_support_are_named(name):
    X = np.ones((3, 8))
    X[0] = np.nan
    likelihood, names = LIKELIHOODS[name](), list("abcdefgh")
    likelihood.check_support(X, names)
    X[1, 2] = X[2, 5] = OUTSIDE[name]
    with pytest.raises(ValueError, match=rf"'{name}' needs .*2 of 8 columns .*: c, f\. "):
        likelihood.check_support(X, names)
    X[1, 1:] = OUTSIDE[name]
    with pytest.raises(ValueError, match=r"7 of 8 columns .*: b, c, d, e, f, \.\.\.\. "):
        likelihood.check_support(X, names)


@pytest.mark.parametrize("name", sorted(OUTSIDE))
def test_rounding_is_forgiven(name):
    LIKELIHOODS[name]().check_support(np.array([[-1e-12], [1 + 1e-12]]), ["x"])


def test_average_leaves_missing_values_out():
    X = np.array([[1.0, np.nan, np.nan], [3.0, 4.0, np.nan], [5.0, 6.0, np.nan]])
    np.testing.assert_array_equal(average(X), [3.0, 5.0, 0.0])
    np.testing.assert_allclose(average(X, np.array([2.0, 1.0, 3.0])), [20 / 6, 22 / 4, 0.0])
    np.testing.assert_array_equal(average(X[:, :1], np.array([2.0, 1.0, 1.0])), [2.5])


def test_softplus_neither_overflows_nor_loses_digits():
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(softplus(np.array([-1000.0, 0.0, 1000.0])), [0.0, np.log(2), 1000.0])
    assert softplus(np.array(-30.0)) == pytest.approx(np.exp(-30), rel=1e-12)


class Laplace(Likelihood):
    """Heavy tails."""

    standardizes = True

    def __init__(self, scale=1.0):
        self.scale = scale

    def check_support(self, X, feature_names):
        pass

    def log_density(self, x, outputs, weights, known=None, xp=np):
        return -xp.abs(x - outputs) / self.scale - np.log(2 * self.scale)

    def mean(self, outputs, weights, xp=np):
        return outputs

    def sample(self, outputs, weights, rng):
        return rng.laplace(outputs, self.scale).astype(outputs.dtype)


def test_key_knows_every_digit_of_long_arrays():
    scale = np.linspace(1, 2, 2000)
    other = scale.copy()
    other[700] += 1e-12
    assert Laplace(scale).key() == Laplace(scale.copy()).key() != Laplace(other).key()
    hash(Laplace(scale).key())


def test_own_likelihood_needs_four_methods():
    assert Laplace(2.0).key() != Laplace().key() == clone(Laplace()).key()
    assert Laplace().initial_weights(np.ones((3, 2))) == Laplace().weight_shapes(2) == {}
    assert Laplace().log_prob(np.ones((1, 2)), np.zeros((1, 2)), {})[0] == pytest.approx(-2 - 2 * np.log(2))
    with pytest.raises(NotImplementedError, match=r"Laplace .*init='random'"):
        Laplace().linearize(np.ones((3, 2)), {}, 1)
