import logging
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.datasets import load_iris
from sklearn.decomposition import NMF, PCA, FactorAnalysis, TruncatedSVD
from sklearn.exceptions import FitFailedWarning
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GroupKFold, KFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

from skvae._compat import InvalidParameterError
from skvae.metrics import centroid_distance_scorer
from skvae.model_selection import compare_transformers


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


def scaled(step):
    return make_pipeline(StandardScaler(), step)


class Recorder(TransformerMixin, BaseEstimator):
    """A transformer that tells in its code what it was given."""

    def __init__(self, random_state=None, inner=None):
        self.random_state = random_state
        self.inner = inner

    def fit(self, X, y=None):
        assert y is None
        self.seed_, self.inner_seed_, self.first_ = self.random_state, self.inner.random_state, X[0, 0]
        return self

    def transform(self, X):
        return np.column_stack([X[:, 0], X[:, 1] + 1e-9 * self.seed_ + self.first_ * 1e-6])


def test_measures_of_a_table_with_labels(iris):
    comparison = compare_transformers({"one": scaled(PCA(1)), "two": scaled(PCA(2))}, *iris, random_state=0)
    assert list(comparison.table.columns.get_level_values(0).unique()) == [
        "reconstruction_error",
        "log_likelihood",
        "trustworthiness",
        "kmeans_inertia",
        "silhouette",
        "held_out_silhouette",
        "adjusted_rand",
        "normalized_mutual_info",
        "centroid_distance",
        "nearest_neighbor_accuracy",
        "active_units",
        "fit_seconds",
        "transform_seconds",
    ]
    means = comparison.table.xs("mean", axis=1, level=1)
    assert means.loc["two", "reconstruction_error"] < means.loc["one", "reconstruction_error"]
    assert means.loc["two", "log_likelihood"] > means.loc["one", "log_likelihood"]
    assert (means["nearest_neighbor_accuracy"] > 0.8).all()
    assert comparison.n_clusters == 3
    assert comparison.scored_rows == "held-out"
    assert comparison.held_out.sum() == 38


def test_reconstruction_error_is_the_share_of_variance_in_training_spreads():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(60, 4)) * [1, 10, 100, 1000]
    comparison = compare_transformers({"none": scaled(PCA(4)), "raw": PCA(1)}, X, n_repeats=2, random_state=0)
    error = comparison.table["reconstruction_error", "mean"]
    assert error["none"] == pytest.approx(0, abs=1e-12)
    # PCA of the raw table sees the last feature only: three of four equally heavy ones are lost.
    assert error["raw"] == pytest.approx(0.75, abs=0.05)


def test_reconstruction_error_by_hand(iris):
    X = iris[0]
    (train, test), *_ = splits = list(KFold(3, shuffle=True, random_state=0).split(X))
    comparison = compare_transformers({"pca": PCA(2)}, X, cv=splits)
    pca = PCA(2).fit(X[train])
    residuals = (X[test] - pca.inverse_transform(pca.transform(X[test]))) / X[train].std(axis=0)
    deviations = (X[test] - X[train].mean(axis=0)) / X[train].std(axis=0)
    expected = (residuals**2).sum() / (deviations**2).sum()
    assert comparison.runs["reconstruction_error"][0] == pytest.approx(expected)


def test_neighbors_of_held_out_rows_are_training_rows():
    """Two labels side by side on a line, of which the one split trains on few rows."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 2)), rng.integers(0, 2, 120)
    X[:, 0] += y
    train, test = np.arange(30), np.arange(30, 120)
    comparison = compare_transformers({"plain": Plain()}, X, y, cv=[(train, test)])
    expected = KNeighborsClassifier(5).fit(X[train], y[train]).score(X[test], y[test])
    assert comparison.runs["nearest_neighbor_accuracy"][0] == expected


def test_missing_values_and_features_without_variation_do_not_count(iris):
    X, y = iris
    holes = np.random.RandomState(0).uniform(size=X.shape) < 0.1
    X = np.column_stack([np.where(holes, np.nan, X), np.full(len(X), 7.0)])
    pipeline = make_pipeline(InvertibleImputer(), StandardScaler(), PCA(2))
    comparison = compare_transformers({"pca": pipeline}, X, y, random_state=0, n_repeats=2)
    assert comparison.table["reconstruction_error", "mean"].between(0, 0.5).all()


def test_a_column_without_a_value_among_the_training_rows_is_left_out_quietly(iris):
    X = iris[0].copy()
    X[:100, 0] = np.nan
    pipeline = make_pipeline(InvertibleImputer(keep_empty_features=True), PCA(2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        comparison = compare_transformers({"pca": pipeline}, X, cv=[(np.arange(100), np.arange(100, 150))])
    assert comparison.runs["reconstruction_error"].between(0, 1).all()


class InvertibleImputer(SimpleImputer):
    def inverse_transform(self, X):
        return X


def test_every_estimator_gets_the_same_split_and_seed_and_no_labels(iris):
    estimators = {name: Recorder(inner=PCA()) for name in "ab"}
    comparison = compare_transformers(estimators, *iris, n_repeats=3, random_state=0)
    runs = comparison.runs.set_index(["estimator", "split"])
    measured = ["seed", "kmeans_inertia", "silhouette", "centroid_distance"]
    pd.testing.assert_frame_equal(runs.loc["a"][measured], runs.loc["b"][measured])
    assert runs["seed"].nunique() == 3
    assert estimators["a"].random_state is None
    assert not hasattr(estimators["a"], "seed_")


def test_same_random_state_same_numbers_whatever_n_jobs(iris):
    estimators = {"svd": TruncatedSVD(2, algorithm="randomized"), "pca": PCA(2)}
    options = {"n_repeats": 2, "scoring": {"distance": centroid_distance_scorer}}
    first = compare_transformers(estimators, *iris, random_state=3, **options)
    second = compare_transformers(estimators, *iris, random_state=3, n_jobs=2, **options)
    varying = ["fit_seconds", "transform_seconds", "warm"]
    pd.testing.assert_frame_equal(first.runs.drop(columns=varying), second.runs.drop(columns=varying))
    pd.testing.assert_frame_equal(first.codes["svd"], second.codes["svd"])
    other = compare_transformers(estimators, *iris, random_state=4, **options)
    assert (other.runs["seed"] != first.runs["seed"]).all()


def test_without_labels(iris):
    comparison = compare_transformers({"pca": PCA(2)}, iris[0], n_repeats=2, random_state=0)
    assert not {"centroid_distance", "nearest_neighbor_accuracy"} & set(comparison.runs)
    assert comparison.n_clusters == 8
    small = compare_transformers({"pca": PCA(2)}, iris[0][::10], n_repeats=2, random_state=0)
    assert small.n_clusters == 3
    assert compare_transformers({"pca": PCA(2)}, iris[0], n_clusters=4, n_repeats=1).n_clusters == 4


def test_few_rows_of_a_label_are_measured_on_all_rows(iris):
    X, y = iris[0][:54], np.repeat(["tumor", "normal"], [49, 5])
    comparison = compare_transformers({"pca": PCA(2)}, X, y, random_state=0)
    assert comparison.scored_rows == "all"
    assert "measured on all rows" in str(comparison)
    assert y[comparison.held_out].tolist().count("normal") == 1


def test_measures_of_all_rows_have_no_verdict():
    """Splits that score the same rows are no samples: on noise, every fourth pair of equals seemed to differ."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((30, 20)), rng.permutation(30) % 2
    equals = {
        name: make_pipeline(FunctionTransformer(half), PCA(2))
        for name, half in (("first", lambda X: X[:, :10]), ("last", lambda X: X[:, 10:]))
    }
    with pytest.warns(FitFailedWarning, match="which of them belong together is unknown"):
        comparison = compare_transformers(equals, X, y, random_state=0)
    assert comparison.scored_rows == "all"
    judged = comparison.differences.xs("last", level="estimator")[["low", "high", "p"]].notna().all(axis=1)
    without = ["kmeans_inertia", "silhouette", "adjusted_rand", "normalized_mutual_info", "centroid_distance"]
    assert not judged[without].any()
    assert judged[["held_out_silhouette", "nearest_neighbor_accuracy", "trustworthiness"]].all()
    assert "No verdict on last and first in centroid distance (" in comparison.verdict
    assert "all rows, on which each split measures it, are one sample" in comparison.verdict
    assert comparison.to_dict()["differences"]["centroid_distance"]["last"]["low"] is None


def test_a_first_estimator_that_fails_leaves_no_verdict(iris):
    with pytest.warns(FitFailedWarning, match="NMF"):
        comparison = compare_transformers({"NMF": NMF(2), "PCA": PCA(2)}, iris[0] - 5, n_repeats=2, random_state=0)
    assert comparison.verdict == "No verdict: NMF, with which the others are compared, has no measures."


def test_a_label_that_occurs_once_falls_back_to_plain_splits(iris):
    X, y = iris
    y = y.astype(str)
    y[0] = "rare"
    comparison = compare_transformers({"pca": PCA(2)}, X, y, n_repeats=2, random_state=0)
    assert comparison.n_clusters == 4
    assert np.isfinite(comparison.table["centroid_distance", "mean"]).all()


def test_data_frames_keep_names(iris):
    X = load_iris(as_frame=True).data.rename(index="s{}".format)
    estimators = {"pca": PCA(2), "plain": Plain(), "pipeline": make_pipeline(FunctionTransformer(), PCA(2))}
    comparison = compare_transformers(estimators, X, n_repeats=1, random_state=0)
    assert list(comparison.codes["pca"].columns) == ["pca0", "pca1"]
    assert list(comparison.codes["plain"].columns) == ["latent0", "latent1"]
    assert list(comparison.codes["pipeline"].columns) == ["pca0", "pca1"]
    assert comparison.codes["pca"].index.equals(X.index)


class Plain(BaseEstimator):
    """A transformer with the least there can be."""

    def fit(self, X):
        return self

    def transform(self, X):
        return np.asarray(X)[:, :2]


def test_what_an_estimator_cannot_do_is_left_blank(iris):
    comparison = compare_transformers({"pca": PCA(2), "plain": Plain()}, *iris, n_repeats=2, random_state=0)
    assert "log_likelihood" not in comparison.runs
    assert np.isnan(comparison.table.loc["plain", ("reconstruction_error", "mean")])
    assert " -\n" in str(comparison).partition("k-means inertia")[0]
    only = compare_transformers({"plain": Plain()}, *iris, n_repeats=2, random_state=0)
    assert "reconstruction_error" not in only.runs


class Binary(PCA):
    likelihood = "bernoulli"


def test_log_likelihoods_of_two_are_compared_beside_others_that_have_none(iris):
    estimators = {"pca": PCA(2), "plain": Plain(), "factors": FactorAnalysis(2)}
    comparison = compare_transformers(estimators, *iris, n_repeats=1, random_state=0)
    assert comparison.runs["log_likelihood"].notna().tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("other", "compared"),
    [
        (scaled(FactorAnalysis(2)), True),
        (make_pipeline(MinMaxScaler(), PCA(2)), False),
        (scaled(Binary(2)), False),
        (PCA(2), False),
    ],
)
def test_log_likelihood_only_where_it_is_comparable(iris, other, compared):
    estimators = {"pca": scaled(PCA(2)), "other": other}
    comparison = compare_transformers(estimators, *iris, n_repeats=1, random_state=0)
    assert ("log_likelihood" in comparison.runs) == compared


def test_collapsed_codes_are_reported_not_raised(iris):
    class Collapsed(Plain):
        def transform(self, X):
            return np.zeros((len(X), 2))

    with pytest.warns(UserWarning, match="all codes are the same point"):
        comparison = compare_transformers({"c": Collapsed()}, *iris, n_repeats=2, random_state=0)
    assert "silhouette" not in comparison.runs
    assert comparison.table["centroid_distance", "mean"].eq(0).all()


def test_progress_is_logged(iris, caplog):
    with caplog.at_level(logging.INFO, logger="skvae.model_selection"):
        compare_transformers({"pca": PCA(2)}, *iris, n_repeats=2, random_state=0)
    assert [record.getMessage()[:29] for record in caplog.records] == [
        "split 1 of 2: pca fitted in 0",
        "split 2 of 2: pca fitted in 0",
    ]


@pytest.mark.parametrize(
    ("estimators", "y", "error", "message"),
    [
        ({}, None, ValueError, "no estimator"),
        ({"km": StandardScaler}, None, TypeError, r"'km' is a class: give an instance, StandardScaler\(\)"),
        ({1: PCA(2)}, None, TypeError, "names of estimators must be strings, but 1 is none"),
        ({"lda": object()}, None, TypeError, "'lda' .* has no fit"),
        ({"pca": PCA(2)}, np.zeros(150), ValueError, "at least two different labels"),
        ({"pca": PCA(2)}, np.linspace(0, 1, 150), ValueError, "must be labels"),
        ({"pca": PCA(2)}, np.arange(150), ValueError, "must be labels"),
        ({"pca": PCA(2)}, np.array([None] + ["a", "b"] * 74 + ["a"]), ValueError, "missing labels"),
        ({"pca": PCA(2)}, np.ma.array(["a", "b"] * 75, mask=[True] + [False] * 149), ValueError, "1 masked cell"),
        ({"pca": PCA(2)}, np.zeros(3), ValueError, "inconsistent numbers of samples"),
    ],
)
def test_bad_input(iris, estimators, y, error, message):
    with pytest.raises(error, match=message):
        compare_transformers(estimators, iris[0], y)


def test_a_table_that_does_not_vary_is_refused():
    X = np.ones((20, 3))
    X[3, 0] = X[:, 1] = np.nan
    with pytest.raises(ValueError, match="No column of X varies"):
        compare_transformers({"pca": PCA(1)}, X)


@pytest.mark.filterwarnings("ignore:invalid value")  # scikit-learn's share of no variance
def test_without_variance_among_training_rows_there_is_no_reconstruction_error():
    X, rows = np.ones((60, 3)), np.arange(60)
    X[40:] = np.random.default_rng(0).normal(size=(20, 3))
    comparison = compare_transformers({"svd": TruncatedSVD(2)}, X, cv=[(rows[:40], rows[40:])], random_state=0)
    assert "reconstruction_error" not in comparison.runs
    assert "reconstruction error" not in str(comparison)
    assert np.isfinite(comparison.table.loc["svd", ("silhouette", "mean")])


def test_dates_and_masked_cells_are_refused(iris):
    frame = pd.DataFrame(iris[0]).assign(day=pd.Timestamp("2026-01-01"))
    with pytest.raises(TypeError, match=r"column\(s\) 'day'"):
        compare_transformers({"pca": PCA(2)}, frame)
    with pytest.raises(ValueError, match="masked cell"):
        compare_transformers({"pca": PCA(2)}, np.ma.masked_less(iris[0], 1))


def test_too_few_rows(iris):
    with pytest.raises(ValueError, match="minimum of 8"):
        compare_transformers({"pca": PCA(2)}, iris[0][:1])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_clusters": 150}, ValueError, "n_clusters=150 needs more rows than the 150 of X"),
        ({"scoring": {"silhouette": len}}, ValueError, "'silhouette' is a column of runs anyhow; give yours another"),
        ({"scoring": {"fit_seconds": len}}, ValueError, "'fit_seconds' is a column of runs anyhow"),
        (
            {"cv": [(np.ones(9, bool), np.ones(150, bool))]},
            ValueError,
            "A mask of cv has 9 entries, but X has 150 rows",
        ),
        ({"cv": []}, ValueError, "cv has no splits"),
        ({"cv": GroupKFold(3)}, ValueError, r"GroupKFold needs groups: .* cv=list\(cv.split\(X, y, groups\)\)"),
        ({"scoring": {"mine": "no_such_scorer"}}, ValueError, "no_such_scorer"),
        ({"scoring": centroid_distance_scorer}, InvalidParameterError, "scoring"),
    ],
)
def test_bad_options(iris, options, error, message):
    with pytest.raises(error, match=message):
        compare_transformers({"pca": PCA(2)}, *iris, **options)


@pytest.mark.parametrize("order", [1, -1])
def test_one_split_that_is_too_small_has_all_measured_on_all_rows(iris, order):
    rows = np.random.default_rng(0).permutation(150)
    cv = [(rows[n:], rows[:n]) for n in (75, 6)][::order]
    assert compare_transformers({"pca": PCA(2)}, *iris, cv=cv, random_state=0).scored_rows == "all"
    assert (
        compare_transformers({"pca": PCA(2)}, *iris, cv=[cv[::order][0]] * 2, random_state=0).scored_rows == "held-out"
    )


def test_splits_may_be_masks(iris):
    held_out = np.arange(150) % 4 == 0
    positions = [(np.flatnonzero(~held_out), np.flatnonzero(held_out))]
    found, expected = (
        compare_transformers({"pca": PCA(2)}, *iris, cv=cv, random_state=0)
        for cv in ([(~held_out, held_out.tolist())], positions)
    )
    assert (found.runs["n_train"][0], found.runs["n_test"][0]) == (112, 38)
    varying = ["fit_seconds", "transform_seconds"]
    pd.testing.assert_frame_equal(found.runs.drop(columns=varying), expected.runs.drop(columns=varying))
    np.testing.assert_array_equal(found.held_out, held_out)


def test_measures_of_the_user_cannot_take_the_name_of_a_column(iris):
    """Whatever a run records, also where it fails."""
    with pytest.warns(FitFailedWarning):
        columns = compare_transformers({"pca": PCA(2), "bad": PCA(9)}, *iris, n_repeats=1).runs.columns
    assert {"estimator", "split", "warm", "error"} < set(columns)
    for name in columns:
        with pytest.raises(ValueError, match=f"scoring: '{name}' is a column of runs anyhow"):
            compare_transformers({"pca": PCA(2)}, *iris, scoring={name: centroid_distance_scorer})
