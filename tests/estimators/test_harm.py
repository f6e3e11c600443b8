"""Harm that training does to few rows, and good fits of them, whose loss rises for the prior of the noise."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import StandardScaler
from small_models import small

from skvae import VAETransformer

pytestmark = pytest.mark.usefixtures("without_xla")


def few_rows(shape, n_directions, noise, seed):
    """Make a table of factors and noise, and 1000 rows more."""
    rng = np.random.default_rng(seed)
    n_samples, n_features = shape
    factors = rng.normal(size=(n_samples + 1000, n_directions)) @ rng.normal(size=(n_directions, n_features))
    X = StandardScaler().fit_transform(factors + noise * rng.normal(size=factors.shape))
    return X[:n_samples], X[n_samples:]


@pytest.mark.parametrize(
    ("shape", "n_components", "noise", "seed"), [((30, 8), 5, 0.3, 3), ((30, 8), 5, 0.2, 2), ((12, 4), 3, 0.05, 0)]
)
def test_harm_to_few_rows_is_told_although_the_noise_grows(shape, n_components, noise, seed):
    """The noise takes what the codes have lost, which pleases its prior."""
    X, unseen = few_rows(shape, min(shape[1], 4) - 1, noise, seed)
    options = {"n_components": n_components, "encoder": (20,), "epochs": 120, "random_state": seed}
    with pytest.warns(ConvergenceWarning, match=r"made the loss worse.*Lower learning_rate"):
        harmed = VAETransformer(learning_rate=0.1, **options).fit(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = VAETransformer(**options).fit(X)
    assert harmed.score(unseen) < model.score(unseen) - 1


@pytest.mark.filterwarnings("ignore:Posterior collapse")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["whole", "holes", "weighted"])
@pytest.mark.parametrize(
    ("shape", "n_components", "n_directions", "noise"),
    [((12, 4), 3, 2, 0.6), ((10, 5), 3, 2, 0.4), ((25, 10), 8, 3, 0.3)],
)
def test_good_fits_of_few_rows_give_no_warning_of_harm(shape, n_components, n_directions, noise, kind, seed):
    X, _ = few_rows(shape, n_directions, noise, seed)
    rng = np.random.default_rng(seed)
    if kind == "holes":
        X[rng.random(X.shape) < 0.15] = np.nan
    weights = 0.2 + rng.random(len(X)) if kind == "weighted" else None
    model = small(n_components=n_components, epochs=300, missing="mask" if kind == "holes" else "error")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        model.fit(X, sample_weight=weights)


@pytest.mark.filterwarnings("ignore:Posterior collapse")
@pytest.mark.parametrize("kind", ["holes", "weighted"])
def test_harm_to_incomplete_and_weighted_rows_is_told(kind):
    X, _ = few_rows((30, 8), 3, 0.2, 0)
    rng = np.random.default_rng(0)
    if kind == "holes":
        X[rng.random(X.shape) < 0.15] = np.nan
    weights = 0.2 + rng.random(len(X)) if kind == "weighted" else None
    options = {"n_components": 5, "epochs": 120, "missing": "mask" if kind == "holes" else "error"}
    with pytest.warns(ConvergenceWarning, match="made the loss worse"):
        small(learning_rate=0.1, **options).fit(X, sample_weight=weights)
