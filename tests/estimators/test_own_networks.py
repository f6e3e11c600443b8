"""Dropout, normalization, and networks and likelihoods of users' own, as estimators use them."""

import pickle
import subprocess
import sys
from collections import OrderedDict

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from small_models import small

import skvae
from skvae import VAETransformer
from skvae._compat import InvalidParameterError
from skvae.likelihoods import Likelihood, Linearization
from skvae.networks import Dense, Network
from skvae.training import _engine

pytestmark = pytest.mark.usefixtures("without_xla")


class Gated(Network):
    """Statistics of batches, random layers, and two ways through."""

    def __init__(self, units=4, rate=0.2):
        self.units = units
        self.rate = rate

    def mirrored(self):
        return Gated(self.units, self.rate)

    def connect(self, inputs):
        from keras import layers

        hidden = layers.BatchNormalization(momentum=0.5)(layers.Dense(self.units)(inputs))
        hidden = layers.Dropout(self.rate)(layers.Activation("gelu")(hidden))
        return layers.Concatenate()([hidden, layers.Dense(2, activation="sigmoid")(inputs)])


class Cube(Gated):
    def connect(self, inputs):
        from keras import layers

        return layers.Reshape((-1, 1))(inputs)


class Nothing(Gated):
    def connect(self, inputs):
        """Forget to return what the layers give."""


class Several(Gated):
    def connect(self, inputs):
        return [inputs]


class OneWay(Network):
    def connect(self, inputs):
        return inputs


class Laplace(Likelihood):
    """Heavy tails."""

    standardizes = True

    def check_support(self, X, feature_names):
        pass

    def log_density(self, x, outputs, weights, known=None, xp=np):
        return -xp.abs(x - outputs) - float(np.log(2))

    def mean(self, outputs, weights, xp=np):
        return outputs

    def sample(self, outputs, weights, rng):
        return rng.laplace(outputs).astype(outputs.dtype)


class Exponential(Likelihood):
    """Waiting times, whose logarithm is expected; it says where to start."""

    def check_support(self, X, feature_names):
        pass

    def log_density(self, x, outputs, weights, known=None, xp=np):
        return -outputs - x * xp.exp(-outputs)

    def mean(self, outputs, weights, xp=np):
        return xp.exp(outputs)

    def view(self, x, weights, known=None, xp=np):
        return xp.log1p(x)

    def sample(self, outputs, weights, rng):
        return rng.exponential(self.mean(outputs, weights)).astype(outputs.dtype)

    def linearize(self, view, weights, n_components, sample_weight=None):
        return Linearization(np.nanmean(view, axis=0), np.ones(view.shape[1]), None)

    def link(self, center, weights):
        return np.log(np.expm1(center))


@pytest.fixture(scope="module")
def own(iris):
    return small(encoder=Gated(), epochs=10).fit(iris)


@pytest.mark.parametrize(
    "network",
    [Dense((6,), dropout=0.5), Dense((6,), normalization="batch"), Dense((6, 3), "tanh", 0.2, "layer"), Gated()],
    ids=str,
)
@pytest.mark.parametrize("init", ["pca", "random"])
def test_keras_models_are_the_fitted_model(iris, network, init):
    model = small(encoder=network, init=init, epochs=5).fit(iris)
    mean, log_variance = (np.asarray(values) for values in model.encoder_(iris.astype("float32")))
    np.testing.assert_allclose(mean, model.transform(iris), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(np.exp(0.5 * log_variance), model.posterior(iris)[1], rtol=1e-3)
    decoded = np.asarray(model.decoder_(mean))
    np.testing.assert_allclose(decoded, model.inverse_transform(mean), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("network", [Dense((6,), dropout=0.5), Dense((6,), normalization="batch"), Gated()], ids=str)
def test_inference_repeats_although_training_draws(iris, network):
    model = small(encoder=network, epochs=5).fit(iris)
    np.testing.assert_array_equal(model.transform(iris), model.transform(iris))
    np.testing.assert_array_equal(model.score_samples(iris), model.score_samples(iris))
    again = clone(model).fit(iris)
    np.testing.assert_array_equal(again.transform(iris), model.transform(iris))
    other = clone(model).set_params(random_state=1).fit(iris)
    assert not np.array_equal(other.transform(iris), model.transform(iris))


@pytest.mark.parametrize(("dropout", "differs"), [(0.0, False), (0.5, True)])
def test_dropout_is_felt_in_training_alone(iris, dropout, differs):
    """The weights hardly move: all that differs is what the steps leave out."""
    model = small(encoder=Dense((30,), "tanh", dropout), init="random", epochs=3, learning_rate=1e-12).fit(iris)
    without = small(encoder=Dense((30,), "tanh"), init="random", epochs=3, learning_rate=1e-12).fit(iris)
    assert np.allclose(model.history_["loss"], without.history_["loss"], rtol=1e-5) is not differs
    np.testing.assert_allclose(model.transform(iris), without.transform(iris), rtol=1e-5, atol=1e-6)
    assert model.score(iris) == pytest.approx(without.score(iris), rel=1e-5)


@pytest.mark.parametrize("batch_size", [150, 50, 64])
def test_statistics_of_batches_are_those_that_keras_would_have(iris, batch_size):
    """Weights hardly move, so that the statistics come from the same hidden units at each step."""
    import keras

    network = Dense((6,), normalization="batch")
    options = {"encoder": network, "init": "random", "epochs": 40, "learning_rate": 1e-12}
    model = small(batch_size=batch_size, **options).fit(iris)
    weights = model._weights["encoder"]
    hidden = (iris - model.mean_) / model.scale_ @ weights["hidden0/kernel"] + weights["hidden0/bias"]
    layer = keras.layers.BatchNormalization(momentum=0.9)
    for _ in range(model.n_iter_):
        layer(hidden.astype("float32"), training=True)
    tolerance = 1e-4 if batch_size == 150 else 0.35
    np.testing.assert_allclose(weights["norm0/moving_mean"], np.asarray(layer.moving_mean), atol=tolerance)
    np.testing.assert_allclose(
        weights["norm0/moving_variance"], np.asarray(layer.moving_variance), rtol=tolerance, atol=1e-5
    )


@pytest.mark.parametrize("normalization", ["batch", "layer"])
def test_start_at_pca_is_that_without_normalization(iris, normalization):
    at_start = {"epochs": 1, "learning_rate": 1e-12}
    normalized = small(encoder=Dense((6,), normalization=normalization), **at_start).fit(iris)
    plain = small(encoder=Dense((6,)), **at_start).fit(iris)
    np.testing.assert_allclose(normalized.transform(iris), plain.transform(iris), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("n_rows", [1, 2, 127, 128, 129, 150])
def test_codes_have_the_same_bits_whatever_rows_stand_beside(iris, own, n_rows):
    whole = own.transform(iris)
    np.testing.assert_array_equal(own.transform(iris[:n_rows]), whole[:n_rows])
    np.testing.assert_array_equal(own.transform(iris[150 - n_rows :]), whole[150 - n_rows :])
    decoded = own.inverse_transform(whole)
    np.testing.assert_array_equal(own.inverse_transform(whole[:n_rows]), decoded[:n_rows])
    np.testing.assert_array_equal(own.score_samples(iris[:n_rows]), own.score_samples(iris)[:n_rows])


def test_own_network_learns(iris, own):
    trained = clone(own).set_params(epochs=100).fit(iris)
    start = clone(own).set_params(epochs=1, learning_rate=1e-12).fit(iris)
    assert trained.score(iris) > start.score(iris)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_own_network_keeps_the_float_type(iris, dtype):
    model = small(encoder=Gated(), epochs=2).fit(iris.astype(dtype))
    assert model.transform(iris.astype(dtype)).dtype == dtype


def test_own_network_in_copies_warm_starts_and_streams(iris, own):
    for again in (pickle.loads(pickle.dumps(own)), clone(own).fit(iris)):
        np.testing.assert_array_equal(again.transform(iris), own.transform(iris))
    assert clone(own).set_params(warm_start=True).fit(iris).fit(iris).n_iter_ == 20
    stream = small(encoder=Gated()).partial_fit(iris[:70]).partial_fit(iris[70:])
    assert np.isfinite(stream.transform(iris)).all()


def test_own_network_as_decoder_with_masks_and_covariates(iris):
    X = np.column_stack([np.where(iris > 1.5, np.nan, iris), np.arange(150) % 2])
    model = small(encoder=Gated(), decoder=Gated(3), missing="mask", covariates=[4], epochs=3).fit(X)
    assert np.isfinite(model.score(X))
    assert model.reconstruct(X, covariates=1).shape == (150, 4)


def test_own_network_is_searched_by_its_parameters(iris):
    search = GridSearchCV(small(encoder=Gated(), epochs=2), {"encoder__units": [2, 5]}, cv=2).fit(iris)
    assert len(set(search.cv_results_["mean_test_score"])) == 2
    assert search.best_estimator_.encoder.units == search.best_params_["encoder__units"]


def test_later_changes_of_an_own_network_do_not_reach_a_fit(iris):
    network = Gated()
    model = small(encoder=network, epochs=2).fit(iris)
    before = model.transform(iris)
    network.set_params(units=9)
    np.testing.assert_array_equal(model.transform(iris), before)


def test_networks_of_equal_parameters_share_a_program(iris, monkeypatch):
    monkeypatch.setattr(_engine, "_programs", OrderedDict())
    for seed in range(2):
        small(encoder=Gated(), epochs=1, random_state=seed).fit(iris).transform(iris)
    keys = list(_engine._programs)
    assert len(keys) == 2, keys  # the training, and the inference of the encoder
    small(encoder=Gated(5), epochs=1).fit(iris)
    assert len(_engine._programs) > 2


class Shifted(Network):
    """A table of values, longer than NumPy shows."""

    def __init__(self, table):
        self.table = table

    def connect(self, inputs):
        from keras import ops

        return inputs + ops.convert_to_tensor(self.table[700:704], "float32")


def test_networks_of_other_long_arrays_share_no_program(iris):
    table = np.zeros(2000)
    other = table.copy()
    other[700] = 3.0
    options = {"decoder": (3,), "init": "random", "epochs": 1, "learning_rate": 1e-12}
    first, second = (small(encoder=Shifted(own), **options).fit(iris) for own in (table, other))
    mean = np.asarray(second.encoder_(iris.astype("float32"))[0])
    np.testing.assert_allclose(second.transform(iris), mean, rtol=1e-4, atol=1e-5)
    assert not np.allclose(first.transform(iris), second.transform(iris))
    with pytest.raises(ValueError, match="encoder changed"):
        first.set_params(encoder=Shifted(other), warm_start=True).fit(iris)


def test_inference_of_many_networks_is_no_retracing():
    """In a process of its own: TensorFlow counts all that a process has traced."""
    program = """
import numpy as np
from skvae import VAETransformer
from skvae.networks import Conv

X = np.random.default_rng(0).normal(size=(12, 16))
for n_filters in range(1, 8):
    network = Conv((n_filters,), hidden_layer_sizes=(), image_shape=(4, 4))
    model = VAETransformer(2, encoder=network, epochs=1, init="random").fit(X)
    model.inverse_transform(model.transform(X))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    assert "retracing" not in done.stderr


def test_errors_of_own_networks_are_told(iris):
    with pytest.raises(InvalidParameterError, match=r"Cube.connect must return .*\(n_samples, n_units\)"):
        small(encoder=Cube()).fit(iris)
    with pytest.raises(InvalidParameterError, match=r"Nothing.connect must return a Keras tensor, .*returns NoneType"):
        small(encoder=Nothing()).fit(iris)
    with pytest.raises(InvalidParameterError, match=r"Several.connect must return a Keras tensor, .*returns list"):
        small(encoder=Several()).fit(iris)
    with pytest.raises(InvalidParameterError, match=r"OneWay .*decoder=.*mirrored\(\)"):
        small(encoder=OneWay()).fit(iris)
    assert np.isfinite(small(encoder=OneWay(), decoder=(3,), epochs=1).fit(iris).score(iris))


def test_own_networks_are_not_saved(iris, own, tmp_path):
    with pytest.raises((TypeError, ValueError), match="Gated"):
        skvae.save(own, tmp_path / "model.skvae")
    assert not (tmp_path / "model.skvae").exists()


def test_own_networks_leave_nothing_global(iris, own):
    """Neither Keras' counters of names, nor Python's stream of random numbers."""
    import random

    import keras

    random.seed(1)
    name, state = keras.layers.Dense(1).name, random.getstate()
    small(encoder=Gated(), epochs=1).fit(iris).transform(iris)
    own.transform(iris), own.score(iris), own.encoder_
    assert random.getstate() == state
    number = int(name.partition("_")[2] or 0)
    assert keras.layers.Dense(1).name == f"dense_{number + 1}"


def test_own_likelihood_trains_and_decodes(iris):
    model = small(likelihood=Laplace(), init="random", epochs=200, learning_rate=1e-2).fit(iris)
    start = small(likelihood=Laplace(), init="random", epochs=1, learning_rate=1e-12).fit(iris)
    assert model.score(iris) > start.score(iris)
    assert model.sample(5).shape == (5, 4)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).transform(iris), model.transform(iris))
    with pytest.raises(NotImplementedError, match="init='random'"):
        small(likelihood=Laplace()).fit(iris)
    with pytest.raises(AttributeError, match="gaussian"):
        _ = model.noise_variance_


class Summed(Laplace):
    def log_density(self, x, outputs, weights, known=None, xp=np):
        return xp.sum(super().log_density(x, outputs, weights, known, xp), axis=-1)


class Averaged(Laplace):
    def mean(self, outputs, weights, xp=np):
        return xp.mean(outputs, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("likelihood", "match"),
    [
        (Summed(), r"Summed\.log_density .*\(n_samples, n_features\), .* \(2, 4\) its shape is \(2,\)"),
        (Averaged(), r"Averaged\.mean .*\(n_samples, n_features\), .* \(2, 4\) its shape is \(2, 1\)"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("missing", ["error", "mask"])
def test_own_likelihoods_need_a_value_for_each_cell(iris, likelihood, match, method, missing):
    model = small(likelihood=likelihood, init="random", missing=missing)
    with pytest.raises(ValueError, match=match):
        getattr(model, method)(iris)


def test_own_likelihood_starts_at_a_regression_on_codes_of_pca():
    rng = np.random.default_rng(0)
    X = rng.exponential(np.exp(0.7 * rng.normal(size=(300, 1)) @ rng.normal(size=(1, 20)) + 2))
    model = small(likelihood=Exponential(), n_components=1, epochs=1, learning_rate=1e-12).fit(X)
    without = Exponential().log_prob(X, np.broadcast_to(np.log(X.mean(axis=0)), X.shape), {}).mean()
    assert model.score(X) > without + 2
    assert small(likelihood=Exponential(), n_components=1, epochs=100).fit(X).score(X) > model.score(X)


def test_likelihoods_are_searched_by_their_parameters(iris):
    search = GridSearchCV(
        VAETransformer(1, encoder=(3,), epochs=1, likelihood=skvae.likelihoods.Gaussian(), random_state=0),
        {"likelihood__variance": ["shared", "per_feature"]},
        cv=2,
    ).fit(iris)
    assert len(set(search.cv_results_["mean_test_score"])) == 2
