"""Keras models of what was fitted take and give data as the estimator does."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from small_models import small

from skvae.likelihoods import LIKELIHOODS, Gaussian

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
    ours = model.reconstruct(X)
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


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("missing", ["error", "mask"])
def test_scale_of_the_data_is_known(scale, missing):
    X = load_iris().data * scale
    check(small(epochs=3, missing=missing).fit(X), X)
