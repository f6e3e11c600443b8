"""Keras models of what was fitted take and give data as the estimator does."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from small_models import small

from skvae import VAETransformer
from skvae.likelihoods import LIKELIHOODS, Gaussian
from skvae.networks import Dense

pytestmark = pytest.mark.usefixtures("without_xla")

EVERY = [*(LIKELIHOODS[name]() for name in sorted(LIKELIHOODS)), Gaussian("per_feature")]


def check(model, X):
    """Compare with what the Keras models give for rows of data and indicators."""
    d = len(model.mean_)
    rows = model._validated(X).astype("float32")
    mean, log_variance = (np.asarray(values) for values in model.encoder_(rows))
    expected, std = model.posterior(X)
    np.testing.assert_allclose(mean, expected, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(np.exp(0.5 * log_variance), std, rtol=1e-3)
    decoded = np.asarray(model.decoder_(np.hstack([expected, rows[:, d:]]).astype("float32")))
    ours = model.inverse_transform(
        model.transform(X), **({} if model.covariates is None else {"covariates": X["batch"]})
    )
    np.testing.assert_allclose(decoded, ours, rtol=2e-3, atol=1e-3 * np.abs(ours).mean())


@pytest.fixture(scope="module")
def counts():
    return np.random.default_rng(0).poisson([1.0, 3.0, 9.0, 0.2], size=(60, 4)).astype(float)


def suited(likelihood, counts):
    return counts if "means" in likelihood.constants else counts / counts.max()


@pytest.mark.parametrize("missing", ["error", "mask"])
@pytest.mark.parametrize("likelihood", EVERY, ids=str)
def test_every_likelihood_and_mask(counts, likelihood, missing):
    X = suited(likelihood, counts)
    if missing == "mask":
        X = np.where(np.random.default_rng(1).random(X.shape) < 0.2, np.nan, X)
    check(small(likelihood=likelihood, missing=missing, encoder=(5, 4), activation="tanh", epochs=3).fit(X), X)


@pytest.mark.parametrize("missing", ["error", "mask"])
@pytest.mark.parametrize("likelihood", ["gaussian", "poisson"])
def test_covariates_stand_behind_the_data(counts, likelihood, missing):
    frame = pd.DataFrame(counts).assign(batch=["a", "b", "c"] * 20)
    frame.columns = frame.columns.astype(str)
    model = small(likelihood=likelihood, missing=missing, covariates=["batch"], epochs=3).fit(frame)
    assert model.encoder_.inputs[0].shape == (None, 4 + 3)
    assert model.decoder_.inputs[0].shape == (None, 2 + 3)
    check(model, frame)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "selu", "gelu", "silu", "softplus", "elu", "sigmoid", "linear"])
def test_keras_models_carry_the_fitted_weights(likelihood, activation):
    unit_data = np.random.default_rng(0).random((200, 12))
    model = small(encoder=(5, 4), activation=activation, likelihood=likelihood, epochs=3).fit(unit_data)
    mean, log_variance = model.encoder_(unit_data.astype("float32"))
    expected, std = model.posterior(unit_data)
    np.testing.assert_allclose(np.asarray(mean), expected, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(np.exp(0.5 * np.asarray(log_variance)), std, rtol=1e-3)
    decoded = np.asarray(model.decoder_(expected.astype("float32")))
    np.testing.assert_allclose(decoded, model.inverse_transform(expected), rtol=1e-3, atol=1e-5)


def test_keras_dtype_policy_is_the_users_own(iris):
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    try:
        model = VAETransformer(2, encoder=(3,), epochs=2, random_state=0).fit(iris)
        mean, _ = model.encoder_(iris.astype("float32"))
        assert keras.config.dtype_policy().name == "float64"
    finally:
        keras.config.set_dtype_policy(before)
    np.testing.assert_allclose(np.asarray(mean), model.transform(iris), rtol=1e-3, atol=1e-5)


def test_paper_settings_have_the_papers_parameter_counts():
    X = np.random.default_rng(0).random((20, 784))
    model = VAETransformer(
        2,
        encoder=(120, 120, 16),
        decoder=Dense((1.0,)),
        likelihood="bernoulli",
        beta=10,
        init="random",
        epochs=1,
        random_state=0,
    ).fit(X)
    assert model.encoder_.count_params() == 110_724
    assert model.decoder_.count_params() == 617_792


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("missing", ["error", "mask"])
def test_scale_of_the_data_is_known(scale, missing):
    X = load_iris().data * scale
    check(small(epochs=3, missing=missing).fit(X), X)
