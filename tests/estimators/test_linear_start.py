"""Where models start, for each likelihood, beside models that know less."""

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.decomposition import FactorAnalysis
from sklearn.preprocessing import StandardScaler
from small_models import small
from threadpoolctl import threadpool_info, threadpool_limits

from skvae.estimators import _linear_start
from skvae.likelihoods import Gaussian

pytestmark = pytest.mark.usefixtures("without_xla")

AT_START = {"epochs": 1, "learning_rate": 1e-12}


@pytest.fixture(scope="module")
def counts():
    """300 rows of 15 counts, of which two directions change the shares; rows differ in size."""
    rng = np.random.default_rng(0)
    rates = np.exp(0.6 * rng.normal(size=(300, 2)) @ rng.normal(size=(2, 15)) + rng.normal(size=15) + 2)
    return rng.poisson(rates * rng.uniform(0.3, 3, size=(300, 1))).astype(float)


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("load", [load_breast_cancer, load_wine])
def test_noise_of_each_feature_starts_at_factor_analysis(load, k):
    X = StandardScaler().fit_transform(load().data)
    start = small(n_components=k, likelihood=Gaussian("per_feature"), **AT_START).fit(X)
    oracle = FactorAnalysis(k, max_iter=3000).fit(X)
    assert oracle.score(X) - 0.2 < start.score(X) < oracle.score(X) + 0.01
    assert start.noise_variance_.shape == (X.shape[1],)


def test_noise_of_each_feature_trains_on():
    X = StandardScaler().fit_transform(load_wine().data)
    start, trained = (
        small(likelihood=Gaussian("per_feature"), **options).fit(X) for options in (AT_START, {"epochs": 100})
    )
    assert trained.score(X) > start.score(X)


def sizes_of(X):
    return X.sum(axis=1, keepdims=True) / X.sum(axis=1).mean()


def test_poisson_start_explains_more_than_shares_alone(counts):
    """The model without latent structure is that in which all rows have the same shares."""
    without = stats.poisson(sizes_of(counts) * counts.mean(axis=0)).logpmf(counts).sum(axis=1).mean()
    start = small(likelihood="poisson", **AT_START).fit(counts)
    bare = small(likelihood="poisson", init="random", **AT_START).fit(counts)
    trained = small(likelihood="poisson", epochs=60).fit(counts)
    assert start.score(counts) > without + 5
    assert start.score(counts) > bare.score(counts) + 5
    assert trained.score(counts) > start.score(counts)


def test_negative_binomial_start_explains_more_than_shares_alone(counts):
    model = small(likelihood="negative_binomial", **AT_START).fit(counts)
    expected = sizes_of(counts) * counts.mean(axis=0)
    excess = (np.square(counts - expected) - expected).mean(axis=0)
    dispersion = np.clip(excess / np.square(expected).mean(axis=0), 1e-4, 1e2)
    without = stats.nbinom(1 / dispersion, 1 / (1 + expected * dispersion)).logpmf(counts).sum(axis=1).mean()
    assert model.score(counts) > without
    trained = small(likelihood="negative_binomial", epochs=60).fit(counts)
    assert trained.score(counts) > model.score(counts)


@pytest.mark.parametrize("likelihood", ["poisson", "negative_binomial"])
def test_doubled_counts_of_a_row_change_its_code_little(counts, likelihood):
    """Its shares are the same; twice the counts only tell them better."""
    model = small(likelihood=likelihood, epochs=40).fit(counts)
    Z, doubled = model.transform(counts), model.transform(2 * counts)
    for j in range(2):
        assert np.corrcoef(Z[:, j], doubled[:, j])[0, 1] > 0.97
    other_shares = model.transform(counts[:, ::-1])
    assert np.abs(doubled - Z).mean() < 0.5 * np.abs(other_shares - Z).mean()


def test_counts_are_decoded_for_rows_of_size_one(counts):
    """So doubling all rows doubles nothing but what an average row is."""
    one, two = (small(likelihood="poisson", encoder=(), **AT_START).fit(X) for X in (counts, 2 * counts))
    Z = one.transform(counts)
    sizes = counts.sum(axis=1, keepdims=True) / counts.sum(axis=1).mean()
    np.testing.assert_allclose((sizes * one.inverse_transform(Z)).mean(axis=0), counts.mean(axis=0), rtol=0.05)
    np.testing.assert_allclose(two.inverse_transform(Z * 0), 2 * one.inverse_transform(Z * 0), rtol=0.1)
    drawn = small(likelihood="poisson", epochs=5).fit(counts).sample(200, random_state=0)
    np.testing.assert_array_equal(drawn, np.round(drawn))
    assert drawn.min() >= 0


@pytest.mark.parametrize("likelihood", ["poisson", "negative_binomial"])
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_rows_and_columns_without_counts_are_borne(counts, likelihood):
    X = counts.copy()
    X[3], X[:, 4] = 0, 0
    X[5, 5] = 1e6
    model = small(likelihood=likelihood, epochs=5).fit(X)
    assert np.isfinite(model.score_samples(X)).all()
    assert np.isfinite(model.reconstruct(X)).all()


def test_continuous_bernoulli_starts_above_a_model_without_structure():
    rng = np.random.default_rng(0)
    X = 1 / (1 + np.exp(-2 * rng.normal(size=(200, 2)) @ rng.normal(size=(2, 12))))
    start, bare, trained = (
        small(likelihood="continuous_bernoulli", **options).fit(X).score(X)
        for options in (AT_START, {"init": "random", **AT_START}, {"epochs": 60})
    )
    assert max(bare + 1, 0) < start < trained  # the uniform density scores 0


@pytest.mark.parametrize("likelihood", ["poisson", "negative_binomial"])
def test_counts_are_reconstructed_for_rows_of_their_own_size(counts, likelihood):
    model = small(likelihood=likelihood, epochs=80).fit(counts)
    errors = [
        np.square(found - counts).sum() / np.square(counts - counts.mean(axis=0)).sum()
        for found in (model.reconstruct(counts), model.inverse_transform(model.transform(counts)))
    ]
    assert errors[0] < 0.25 < errors[1]


def test_noise_of_each_feature_weighs_rows_as_repeated_ones():
    X = StandardScaler().fit_transform(load_wine().data)
    counts = np.where(load_wine().target == 0, 9, 1)
    options = {"likelihood": Gaussian("per_feature"), **AT_START}
    weighted = small(**options).fit(X, sample_weight=counts)
    repeated = small(**options).fit(np.repeat(X, counts, axis=0))
    np.testing.assert_allclose(weighted.noise_variance_, repeated.noise_variance_, rtol=0.02)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_start_is_found_with_one_thread_of_blas(monkeypatch, likelihood):
    """With more, its last bits would depend on how many there are."""
    numbers = set()

    def spy(name):
        original = getattr(_linear_start, name)

        def spied(*args):
            numbers.update(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")
            return original(*args)

        monkeypatch.setattr(_linear_start, name, spied)

    for name in ("_linear_model", "_offsets", "_codes", "_regressed_outputs"):
        spy(name)
    X = np.random.default_rng(0).integers(0, 2, size=(40, 5)).astype(float)
    with threadpool_limits(2):
        small(covariates=[0], likelihood=likelihood, **AT_START).fit(X)
    assert numbers == {1}
