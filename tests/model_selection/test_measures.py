"""What is measured on one split, against scikit-learn and the metrics by hand."""

import numpy as np
import pandas as pd
import pytest
from plain_transformers import Columns
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline

from skvae.metrics import (
    active_units,
    kmeans_adjusted_rand_score,
    kmeans_normalized_mutual_info_score,
    kmeans_silhouette_score,
)
from skvae.model_selection import _measures, compare_transformers

X, y = load_iris(return_X_y=True)
TRAIN, TEST = next(StratifiedShuffleSplit(1, test_size=0.4, random_state=0).split(X, y))


@pytest.fixture(scope="module")
def comparison():
    return compare_transformers({"pca": PCA(2)}, X, y, cv=[(TRAIN, TEST)], random_state=0)


def test_clusters_of_the_training_codes_judge_the_held_out_ones(comparison):
    record, Z = comparison.runs.loc[0], comparison.codes["pca"].to_numpy()
    options = {"Z_train": Z[TRAIN], "random_state": int(record["seed"])}
    assert record["held_out_silhouette"] == pytest.approx(kmeans_silhouette_score(Z[TEST], n_clusters=3, **options))
    assert record["adjusted_rand"] == pytest.approx(kmeans_adjusted_rand_score(Z[TEST], y[TEST], **options))
    information = kmeans_normalized_mutual_info_score(Z[TEST], y[TEST], **options)
    assert record["normalized_mutual_info"] == pytest.approx(information)
    assert record["active_units"] == active_units(Z) == 2


def test_trustworthiness_of_held_out_rows_in_training_spreads():
    far = X * [1.0, 1000.0, 1.0, 1.0]
    comparison = compare_transformers({"first": Columns((0, 1))}, far, y, cv=[(TRAIN, TEST)])
    expected = trustworthiness(far[TEST] / far[TRAIN].std(axis=0), far[TEST][:, :2])
    assert comparison.runs["trustworthiness"][0] == pytest.approx(expected)
    assert abs(expected - trustworthiness(far[TEST], far[TEST][:, :2])) > 0.05


def test_trustworthiness_of_few_and_of_many_rows(monkeypatch):
    few = _measures.neighborhood_measures(X[:4], X[:4, ::-1], seed=0)
    assert few == {"trustworthiness": pytest.approx(1.0)}
    assert _measures.neighborhood_measures(X[:2], X[:2], seed=0) == {}
    monkeypatch.setattr(_measures, "_MOST_ROWS_OF_PAIRS", 100)
    many, again, other = (_measures.neighborhood_measures(X, X[:, :1], seed=seed) for seed in (0, 0, 1))
    assert many == again != other
    assert many["trustworthiness"] == pytest.approx(trustworthiness(X, X[:, :1]), abs=0.05)


def test_trustworthiness_leaves_missing_values_out():
    holes = np.where(np.random.default_rng(0).uniform(size=X.shape) < 0.05, np.nan, X)
    units = _measures.Units.of(holes[TRAIN])
    found = _measures.neighborhood_measures(units.express(holes[TEST]), X[TEST], seed=0)["trustworthiness"]
    assert 0.85 < found < trustworthiness(X[TEST] / X[TRAIN].std(axis=0), X[TEST])


def test_rows_without_any_value_have_no_neighbors():
    whole = _measures.neighborhood_measures(X[10:], X[10:, :1], seed=0)
    holes = np.where(np.arange(150)[:, np.newaxis] < 10, np.nan, X)
    assert _measures.neighborhood_measures(holes, X[:, :1], seed=0) == whole
    assert _measures.neighborhood_measures(holes[:12], X[:12, :1], seed=0) == {}
    assert _measures.neighborhood_measures(holes[:10], X[:10, :1], seed=0) == {}


def test_with_fewer_training_rows_than_clusters_their_clusters_are_left_out():
    rows = np.arange(30)
    comparison = compare_transformers({"pca": PCA(2)}, X[:30], cv=[(rows[:6], rows[6:])], n_clusters=8)
    assert "held_out_silhouette" not in comparison.runs
    assert np.isfinite(comparison.runs["silhouette"]).all()


def test_held_out_codes_in_one_cluster_have_no_silhouette():
    table = np.repeat([0.0, 1.0, 9.0], 10)[:, np.newaxis] + np.linspace(0, 0.1, 30)[:, np.newaxis]
    rows = np.arange(30)
    comparison = compare_transformers({"one": Columns((0,))}, table, cv=[(rows[:20], rows[20:])], n_clusters=2)
    assert not {"held_out_silhouette", "error"} & set(comparison.runs)


class Conditional(Columns):
    """Decode to all columns but one, which conditions the codes."""

    covariate_columns_ = np.array([1])

    def fit(self, X, y=None):  # as pipelines call it
        self.is_fitted_ = True
        return self

    def inverse_transform(self, Z):
        return np.column_stack([Z, np.full(len(Z), X[TRAIN, 3].mean())])


@pytest.mark.parametrize("wrap", [lambda step: step, lambda step: make_pipeline("passthrough", step)])
@pytest.mark.parametrize("container", [np.asarray, pd.DataFrame])
def test_columns_that_condition_the_codes_are_not_to_be_given_back(wrap, container):
    estimators = {"conditional": wrap(Conditional((0, 2)))}
    comparison = compare_transformers(estimators, container(X), y, cv=[(TRAIN, TEST)])
    assert "error" not in comparison.runs
    spread = ((X[TEST] - X[TRAIN].mean(axis=0)) / X[TRAIN].std(axis=0)) ** 2
    expected = spread[:, 3].sum() / spread[:, [0, 2, 3]].sum()
    assert comparison.runs["reconstruction_error"][0] == pytest.approx(expected)
