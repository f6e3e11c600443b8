"""Missing values filled in."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from more_checks import MORE_CHECKS
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skvae import VAEImputer, VAETransformer, load, save
from skvae._compat import InvalidParameterError
from skvae.networks import Conv

pytestmark = pytest.mark.usefixtures("without_xla")


def small(n_components=2, missing="mask", **changes):
    return VAETransformer(n_components, encoder=(8,), epochs=20, missing=missing, **changes)


@parametrize_with_checks([VAEImputer()])
def test_scikit_learns_checks(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        check(estimator)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("check", MORE_CHECKS)
def test_checks_that_scikit_learns_suite_leaves_out(check):
    check("VAEImputer", VAEImputer(VAETransformer(missing="mask", encoder=(4,), epochs=2)))


@pytest.fixture(scope="module")
def factors():
    """200 x 20 of rank 2 with a little noise, complete and with a fifth missing."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 2)) @ rng.standard_normal((2, 20)) + 0.1 * rng.standard_normal((200, 20)) + 3
    return X, np.where(rng.random(X.shape) < 0.2, np.nan, X)


def error(filled, X, with_holes):
    missing = np.isnan(with_holes)
    return np.sqrt(np.mean(np.square(filled - X)[missing]))


def test_it_fills_what_the_factors_tell(factors):
    X, with_holes = factors
    filled = VAEImputer(small(), random_state=0).fit_transform(with_holes)
    np.testing.assert_array_equal(filled[~np.isnan(with_holes)], X[~np.isnan(with_holes)])
    assert error(filled, X, with_holes) < 0.13
    assert error(SimpleImputer().fit_transform(with_holes), X, with_holes) > 1


def test_untrained_it_is_probabilistic_pca(factors):
    """Conditional expectation of the missing values given the others, under the normal distribution of the model."""
    _, with_holes = factors
    imputer = VAEImputer(small(learning_rate=1e-30), random_state=0).fit(with_holes)
    model = imputer.estimator_
    loadings = model.inverse_transform(np.eye(2)) - model.inverse_transform(np.zeros((1, 2)))
    mean = model.inverse_transform(np.zeros((1, 2)))[0]
    covariance = loadings.T @ loadings + model.noise_variance_ * np.eye(20)
    for row, filled in zip(with_holes[:20], imputer.transform(with_holes[:20]), strict=True):
        o = ~np.isnan(row)
        expected = mean[~o] + covariance[np.ix_(~o, o)] @ np.linalg.solve(covariance[np.ix_(o, o)], row[o] - mean[o])
        np.testing.assert_allclose(filled[~o], expected, atol=2e-3)


def test_draws_vary_as_much_as_the_data_do(factors):
    _, with_holes = factors
    draws = [
        VAEImputer(small(random_state=0), sample_posterior=True, random_state=seed).fit_transform(with_holes)
        for seed in range(6)
    ]
    missing = np.isnan(with_holes)
    spread = np.std(draws, axis=0, ddof=1)
    assert np.all(spread[~missing] < 1e-12)
    assert 0.08 < np.sqrt(np.mean(np.square(spread[missing]))) < 0.25
    again = VAEImputer(small(random_state=0), sample_posterior=True, random_state=0).fit_transform(with_holes)
    np.testing.assert_array_equal(again, draws[0])


@pytest.mark.parametrize("seed", range(3))
def test_draws_from_few_known_values_vary_as_the_model_says(seed):
    """Untrained, it is a linear model: the conditional variance of what is missing is known."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((300, 3)) @ rng.standard_normal((3, 20)) + 0.5 * rng.standard_normal((300, 20))
    start = small(3, learning_rate=1e-30, random_state=0).set_params(encoder=(), epochs=1)
    imputer = VAEImputer(start, sample_posterior=True).fit(X)
    model = imputer.estimator_
    mean = model.inverse_transform(np.zeros((1, 3)))[0]
    loadings = model.inverse_transform(np.eye(3)) - mean
    covariance = loadings.T @ loadings + model.noise_variance_ * np.eye(20)
    with_holes = np.where(rng.random(X.shape).argsort(axis=1) < 4, X, np.nan)
    draws = np.array([imputer.set_params(random_state=i).transform(with_holes) for i in range(20)])
    found, exact = [], []
    for i, row in enumerate(with_holes):
        o = ~np.isnan(row)
        effect = np.linalg.solve(covariance[np.ix_(o, o)], covariance[np.ix_(o, ~o)]).T
        found.append(np.mean(np.square(draws[:, i, ~o] - mean[~o] - effect @ (row[o] - mean[o])), axis=0))
        exact.append(np.diag(covariance[np.ix_(~o, ~o)] - effect @ covariance[np.ix_(o, ~o)]))
    assert np.sum(found) / np.sum(exact) == pytest.approx(1, abs=0.1)
    assert np.median(np.mean(found, axis=1) / np.mean(exact, axis=1)) == pytest.approx(1, abs=0.1)


def test_low_values_are_filled_low():
    """Below a limit nothing is seen: with it in the model, what is filled lies below, without it above."""
    rng = np.random.default_rng(0)
    X = 20 + rng.standard_normal((300, 1)) * np.ones(6) + 0.5 * rng.standard_normal((300, 6))
    with_holes = np.where(X < 19.5, np.nan, X)
    with_holes[np.isnan(with_holes).all(axis=1), 0] = 19.5
    missing = np.isnan(with_holes)
    bias = {}
    for how in ("mask", "censored"):
        model = small(1, how, random_state=0).set_params(epochs=200)
        bias[how] = np.mean((VAEImputer(model).fit_transform(with_holes) - X)[missing])
    assert bias["mask"] > 0.3
    assert abs(bias["censored"]) < 0.5 * bias["mask"]
    given = small(1, "censored", detection_limit=19.5, random_state=0)
    filled = VAEImputer(given).fit_transform(with_holes)
    assert np.mean(filled[missing] < 19.5) > 0.8


def test_columns_without_values(factors):
    _, with_holes = factors
    with_holes = with_holes.copy()
    with_holes[:, 3] = np.nan
    frame = pd.DataFrame(with_holes).rename(columns="p{}".format)
    with pytest.warns(UserWarning, match=r"VAEImputer drops feature\(s\) without any value in fit: 'p3'\.") as caught:
        imputer = VAEImputer(small(), random_state=0).set_output(transform="pandas").fit(frame)
    assert caught[0].filename == __file__
    dropped = imputer.transform(frame)
    assert list(dropped.columns) == [f"p{i}" for i in range(20) if i != 3]
    kept = VAEImputer(small(), keep_empty_features=True, random_state=0).fit(frame)
    assert kept.get_feature_names_out().tolist() == list(frame.columns)
    assert (kept.transform(frame)[:, 3] == 0).all()
    with pytest.raises(ValueError, match="found no value in any feature"):
        VAEImputer().fit(np.full((5, 3), np.nan))


def test_indicators_say_what_was_missing(factors):
    _, with_holes = factors
    with_holes = with_holes.copy()
    with_holes[:, 0] = 1.0
    with_holes[::7, 1] = 2.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        imputer = VAEImputer(small(), add_indicator=True, random_state=0).fit(with_holes)
    filled = imputer.transform(with_holes)
    assert filled.shape == (200, 20 + 19)
    np.testing.assert_array_equal(filled[:, 20:], np.isnan(with_holes)[:, 1:])
    assert imputer.get_feature_names_out()[[0, 20]].tolist() == ["x0", "missingindicator_x1"]


def test_columns_without_values_are_named_where_the_network_misses_them(factors):
    with_holes = factors[1].copy()
    with_holes[:, 3] = np.nan
    network = Conv((2,), image_shape=(4, 5))
    with pytest.raises(ValueError, match="image_shape") as raised:
        VAEImputer(VAETransformer(2, encoder=network, missing="mask")).fit(
            pd.DataFrame(with_holes).rename(columns="p{}".format)
        )
    assert raised.value.__notes__ == ["VAEImputer left out column(s) 'p3', which hold no value."]


def test_limits_of_columns_without_values_are_left_out(factors):
    with_holes = np.insert(factors[1], 3, np.nan, axis=1)
    limits = np.arange(21.0) / 21
    imputer = VAEImputer(small(missing="censored", detection_limit=limits, random_state=0)).fit(with_holes)
    alone = small(missing="censored", detection_limit=np.delete(limits, 3), random_state=0)
    np.testing.assert_array_equal(imputer.transform(with_holes), VAEImputer(alone).fit_transform(factors[1]))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("n_features", "n_components"), [(1, 1), (2, 1), (4, 3), (12, 10)])
def test_the_default_model_compresses(factors, n_features, n_components):
    X = np.insert(factors[1][:, :n_features], 0, np.nan, axis=1)
    imputer = VAEImputer(keep_empty_features=True, random_state=0)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "VAEImputer found no structure")  # in one feature
        imputer.fit(X)
    assert imputer.estimator_.n_components == n_components


def test_some_inactive_latent_variables_are_not_told():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 1)) * np.ones((1, 5)) + 0.1 * rng.normal(size=(200, 5))
    X[::10, 0] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        imputer = VAEImputer(small(5), random_state=0).fit(X)
    assert 0 < imputer.estimator_.active_components_.sum() < 5


def test_filling_by_nearly_the_mean_is_told():
    X = np.random.default_rng(0).normal(size=(300, 4))
    X[::3, 1] = np.nan
    imputer = VAEImputer(small(1, beta=10.0), random_state=0)
    with pytest.warns(UserWarning, match="no structure between the features.*nearly the mean") as caught:
        imputer.fit(X)
    assert [warning.filename for warning in caught] == [__file__]
    np.testing.assert_allclose(imputer.transform(X)[::3, 1], np.nanmean(X[:, 1]), atol=0.1)


def test_it_stands_in_a_pipeline(factors):
    _, with_holes = factors
    model = make_pipeline(StandardScaler(), VAEImputer(small(), random_state=0), PCA(2)).fit(with_holes)
    assert np.isfinite(model.transform(with_holes)).all()


def test_copies_and_files_give_the_same_bits(factors, tmp_path):
    _, with_holes = factors
    for imputer in (
        VAEImputer(small(), add_indicator=True, random_state=0),
        VAEImputer(small(2, "censored"), random_state=0),
    ):
        filled = imputer.fit(with_holes).transform(with_holes)
        save(imputer, tmp_path / "imputer.skvae")
        for copy in (pickle.loads(pickle.dumps(imputer)), load(tmp_path / "imputer.skvae")):
            np.testing.assert_array_equal(copy.transform(with_holes), filled)
        np.testing.assert_array_equal(clone(imputer).fit_transform(with_holes), filled)


def test_new_rows_are_filled_by_what_was_learned(factors):
    _, with_holes = factors
    imputer = VAEImputer(small(), random_state=0).fit(with_holes[:150])
    np.testing.assert_array_equal(imputer.transform(with_holes[150:]), imputer.transform(with_holes)[150:])
    only = np.full((1, 20), np.nan)
    np.testing.assert_allclose(imputer.transform(only)[0], np.nanmean(with_holes[:150], axis=0), atol=0.6)


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (VAETransformer(), "missing='mask' or 'censored'"),
        (small(covariates=[0]), "no covariates"),
        (PCA(), "estimator"),
        (small(likelihood="poisson", missing="censored"), "missing='censored' needs likelihood='gaussian'"),
    ],
)
def test_other_models_are_refused(factors, estimator, words):
    imputer = VAEImputer(estimator)
    with pytest.raises(InvalidParameterError, match=words):
        imputer.fit(factors[1])
    assert not hasattr(imputer, "n_features_in_")


@pytest.mark.parametrize("sample_posterior", [False, True])
@pytest.mark.parametrize("likelihood", ["poisson", "negative_binomial"])
def test_counts_are_filled_in_proportion_to_the_size_of_their_row(likelihood, sample_posterior):
    rng = np.random.default_rng(0)
    depth = np.repeat([0.2, 5.0], 100)[:, None]
    X = rng.poisson(depth * rng.gamma(9.0, 4.0, size=12)).astype(float)
    with_holes = np.where(rng.random(X.shape) < 0.2, np.nan, X)
    imputer = VAEImputer(small(likelihood=likelihood), sample_posterior=sample_posterior, random_state=0)
    filled, missing = imputer.fit_transform(with_holes), np.isnan(with_holes)
    for rows in (slice(0, 100), slice(100, 200)):
        assert filled[rows][missing[rows]].sum() == pytest.approx(X[rows][missing[rows]].sum(), rel=0.1)


@pytest.mark.filterwarnings("error")
def test_values_that_overflow_are_refused(factors):
    imputer = VAEImputer(small(missing="censored"), random_state=0).fit(factors[1])
    imputer.estimator_._weights["likelihood"]["log_variance"] += 3e3
    with pytest.raises(ValueError, match="so large that the networks overflow"):
        imputer.transform(factors[1])
