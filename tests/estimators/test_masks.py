"""Models of tables in which values are missing."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import multivariate_normal
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.estimator_checks import parametrize_with_checks
from small_models import small

import skvae
from skvae import VAETransformer

pytestmark = pytest.mark.usefixtures("without_xla")

AT_START = {"epochs": 1, "learning_rate": 1e-12}


@pytest.fixture(scope="module")
def holes(linear_data):
    """200 rows x 12 features, a quarter missing; a row and most of another without any value."""
    rng = np.random.default_rng(0)
    X = np.where(rng.random((200, 12)) < 0.25, np.nan, linear_data[:200])
    X[5], X[6, 1:] = np.nan, np.nan
    return X


EXPECTED_FAILURES = {"check_sample_weight_equivalence_on_dense_data": "minibatches are drawn by row"}


@parametrize_with_checks([VAETransformer(missing="mask")], expected_failed_checks=lambda _: EXPECTED_FAILURES)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def linear_model_of(model, d):
    """Read center and covariance of the data off a model without hidden layers."""
    k = model.n_components
    center = model.inverse_transform(np.zeros((1, k)))
    W = model.inverse_transform(np.eye(k)) - center
    return center[0], W.T @ W + np.diag(np.broadcast_to(model.noise_variance_, d))


@pytest.mark.parametrize("encoder", [(), (8,)])
@pytest.mark.parametrize("variance", ["shared", "per_feature"])
def test_score_at_the_start_is_the_density_of_the_known_values(holes, variance, encoder):
    """With one latent variable the posterior of the linear model is exact, and so the bound."""
    likelihood = skvae.likelihoods.Gaussian(variance)
    model = small(n_components=1, encoder=encoder, likelihood=likelihood, missing="mask", **AT_START).fit(holes)
    center, covariance = linear_model_of(model, 12)
    scores = model.score_samples(holes)
    for row, score in zip(holes, scores, strict=True):
        known = ~np.isnan(row)
        if known.any():
            exact = multivariate_normal(center[known], covariance[np.ix_(known, known)]).logpdf(row[known])
            assert score == pytest.approx(exact, abs=1e-3)
    assert scores[5] == pytest.approx(0, abs=1e-9)


def test_score_with_several_latent_variables_approaches_the_density_from_below(holes):
    model = small(n_components=3, encoder=(), missing="mask", **AT_START).fit(holes)
    center, covariance = linear_model_of(model, 12)
    rows = holes[:50]
    known = [~np.isnan(row) for row in rows]
    exact = np.array(
        [
            multivariate_normal(center[own], covariance[np.ix_(own, own)]).logpdf(row[own]) if own.any() else 0.0
            for own, row in zip(known, rows, strict=True)
        ]
    )
    few, many = (model.score_samples(rows, n_draws=n).mean() for n in (1, 4096))
    assert few < many <= exact.mean() + 0.01
    assert many == pytest.approx(exact.mean(), abs=0.1)


@pytest.mark.parametrize("k", [1, 2])
def test_whole_tables_start_at_pca(linear_data, k):
    X = linear_data[:300]
    model = small(n_components=k, missing="mask", **AT_START).fit(X)
    assert model.score(X) == pytest.approx(PCA(k).fit(X).score(X), abs=0.02)
    for ours, expected in zip(model.transform(X).T, PCA(k).fit_transform(X).T, strict=True):
        assert abs(np.corrcoef(ours, expected)[0, 1]) > 0.9999


def test_codes_of_rows_with_holes_are_near_those_of_the_whole_rows(linear_data, holes):
    model = small(n_components=3, missing="mask").fit(holes)
    whole, masked = model.transform(linear_data[10:200]), model.transform(holes[10:])
    for j in range(3):
        assert np.corrcoef(whole[:, j], masked[:, j])[0, 1] > 0.85
    spread, spread_with_holes = (model.posterior(X)[1] for X in (linear_data[10:200], holes[10:]))
    assert np.mean(spread_with_holes > spread) > 0.9


def test_missing_values_are_reconstructed(linear_data, holes):
    model = small(n_components=3, missing="mask").fit(holes)
    missing = np.isnan(holes)
    missing[5:7] = False
    error = np.square(model.reconstruct(holes) - linear_data[:200])[missing].mean()
    by_mean = np.square(np.nanmean(holes, axis=0) - linear_data[:200])[missing].mean()
    assert error < 0.3 * by_mean


def test_a_row_without_values_is_at_the_prior(holes):
    mean, std = small(missing="mask", **AT_START).fit(holes).posterior(holes[5:6])
    np.testing.assert_allclose(mean, 0, atol=1e-6)
    np.testing.assert_allclose(std, 1, atol=1e-6)


def test_training_improves_the_score(holes):
    start, trained = (small(missing="mask", **options).fit(holes) for options in (AT_START, {"epochs": 60}))
    assert trained.score(holes) > start.score(holes)


@pytest.mark.parametrize("likelihood", ["bernoulli", "continuous_bernoulli", "poisson", "negative_binomial"])
@pytest.mark.parametrize("init", ["pca", "random"])
def test_every_likelihood_bears_holes(likelihood, init):
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(80, 1)) * [1.0, -1.0, 0.5, 0.0, 1.0]
    is_count = likelihood in ("poisson", "negative_binomial")
    X = rng.poisson(np.exp(signal + 1.5)).astype(float) if is_count else expit(4 * signal)
    X[rng.random(X.shape) < 0.2] = np.nan
    model = small(n_components=1, likelihood=likelihood, init=init, missing="mask", epochs=60)
    start = clone(model).set_params(**AT_START).fit(X)
    model.fit(X)
    assert model.score(X) > start.score(X)
    assert np.isfinite(model.score_samples(X)).all()
    assert np.isfinite(model.reconstruct(X)).all()
    assert np.isfinite(model.history_["loss"]).all()


def test_holes_are_an_error_by_default(holes):
    for model in (small(), small(missing="mask").fit(holes).set_params(missing="error")):
        with pytest.raises(ValueError, match="NaN"):
            model.fit(holes)
    assert not np.isnan(small(missing="mask").fit(holes).set_params(missing="error").transform(holes)).any()
    with pytest.raises(ValueError, match="infinity"):
        small(missing="mask").fit(np.where(np.isnan(holes), np.inf, holes))


@pytest.mark.parametrize("spare", ["column", "row"])
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_columns_and_rows_without_values_are_borne(holes, spare):
    X = np.insert(holes, 3, np.nan, axis=1 if spare == "column" else 0)
    model = small(missing="mask", epochs=2).fit(X)
    assert np.isfinite(model.transform(X)).all()
    assert np.isfinite(model.score(X))


def test_copies_files_and_searches(holes, tmp_path):
    model = small(missing="mask", epochs=3).fit(holes)
    skvae.save(model, tmp_path / "model.skvae")
    for again in (clone(model).fit(holes), pickle.loads(pickle.dumps(model)), skvae.load(tmp_path / "model.skvae")):
        np.testing.assert_array_equal(again.transform(holes), model.transform(holes))
        np.testing.assert_array_equal(again.score_samples(holes), model.score_samples(holes))
    frame = pd.DataFrame(holes, columns=list("abcdefghijkl"))
    named = clone(model).set_output(transform="pandas").fit(frame)
    assert list(named.transform(frame)) == ["vaetransformer0", "vaetransformer1"]
    np.testing.assert_array_equal(named.transform(frame), model.transform(holes))
    assert np.isfinite(cross_val_score(small(missing="mask", epochs=2), holes, cv=2)).all()
    search = GridSearchCV(small(missing="mask", epochs=2), {"beta": [0.5, 1.0]}, cv=2).fit(holes)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_warm_start_goes_on(holes):
    model = small(missing="mask", warm_start=True, epochs=20).fit(holes)
    first = model.score(holes)
    assert model.fit(holes).n_iter_ == 40
    assert model.score(holes) > first
    with pytest.raises(ValueError, match="missing changed"):
        model.set_params(missing="error").fit(np.nan_to_num(holes))


@pytest.mark.parametrize(("before", "after"), [(-1.0, -2.0), ([-1.0] * 12, [-2.0] * 12), (-1.0, [-1.0] * 3)])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_training_does_not_go_on_with_other_limits(holes, before, after, method):
    model = small(missing="censored", detection_limit=before, warm_start=True, epochs=1).fit(holes)
    codes = model.transform(holes)
    with pytest.raises(ValueError, match=r"but detection_limit changed \(from .*warm_start=False"):
        getattr(model.set_params(detection_limit=after), method)(holes)
    np.testing.assert_array_equal(model.transform(holes), codes)
    assert getattr(model.set_params(detection_limit=before), method)(holes).n_iter_ == 2


def test_streams_keep_first_rows_with_their_holes(holes):
    still = small(missing="mask", learning_rate=1e-12)
    stream, whole = clone(still), clone(still).partial_fit(holes)
    for i in range(0, 200, 50):
        stream = pickle.loads(pickle.dumps(stream.partial_fit(holes[i : i + 50])))
    np.testing.assert_allclose(stream.transform(holes), whole.transform(holes), atol=1e-6)
    whole.set_params(learning_rate=1e-3)
    before = whole.score(holes)
    for _ in range(20):
        whole.partial_fit(holes)
    assert whole.score(holes) > before


def test_batches_far_away_are_told_although_values_are_missing(holes):
    stream = small(missing="mask").partial_fit(holes)
    with pytest.warns(UserWarning, match="times as far from the mean"):
        stream.partial_fit(holes[:20] + 1e5)


def test_float32_stays(holes):
    X = holes.astype(np.float32)
    model = small(missing="mask", epochs=2).fit(X)
    assert model.transform(X).dtype == model.reconstruct(X).dtype == np.float32


@pytest.mark.parametrize("early_stopping", [True, False])
def test_losses_are_on_the_scale_of_the_data(holes, early_stopping):
    """The known values alone, not all, make densities of another unit."""
    options = AT_START | {"missing": "mask", "early_stopping": early_stopping}
    with np.errstate(all="raise", under="ignore"):
        one, milli = (small(**options).fit(X).history_["loss"][0] for X in (holes, 1000 * holes))
    share = (~np.isnan(holes)).sum(axis=1).mean()
    assert milli - one == pytest.approx(share * np.log(1000), abs=0.2 if early_stopping else 0.01)
