"""Scorers inside scikit-learn's searches and cross-validation, for estimators that are none of ours."""

import functools
import pickle

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.cluster import DBSCAN
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import trustworthiness
from sklearn.metrics import calinski_harabasz_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae._compat import InvalidParameterError
from skvae.metrics import (
    active_units,
    centroid_distance_score,
    centroid_distance_scorer,
    centroid_distance_test,
    kmeans_adjusted_rand_score,
    kmeans_inertia_score,
    kmeans_normalized_mutual_info_score,
    kmeans_silhouette_score,
    make_latent_scorer,
    nearest_neighbor_accuracy,
    silhouette_scorer,
    trustworthiness_scorer,
)

X, y = load_iris(return_X_y=True)
FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)


@pytest.fixture
def pipeline():
    return make_pipeline(StandardScaler(), PCA(n_components=2))


def test_scores_the_code(pipeline):
    Z = pipeline.fit_transform(X)
    assert centroid_distance_scorer(pipeline, X, y) == centroid_distance_score(Z, y, scale="pooled")
    assert silhouette_scorer(pipeline, X, y) == kmeans_silhouette_score(Z, n_clusters=3)


def test_keywords_reach_the_score(pipeline):
    Z = pipeline.fit_transform(X)
    scorer = make_latent_scorer(kmeans_silhouette_score, n_clusters=2, standardize=False)
    assert scorer(pipeline, X) == kmeans_silhouette_score(Z, n_clusters=2, standardize=False)


def test_scores_of_others_are_taken(pipeline):
    Z = pipeline.fit_transform(X)
    assert make_latent_scorer(calinski_harabasz_score)(pipeline, X, y) == calinski_harabasz_score(Z, y)


def test_greater_is_better_turns_the_sign(pipeline):
    pipeline.fit(X)
    plain = make_latent_scorer(kmeans_inertia_score)
    turned = make_latent_scorer(kmeans_inertia_score, greater_is_better=False)
    assert turned(pipeline, X, y) == -plain(pipeline, X, y) < 0


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_frames_are_converted(output, pipeline):
    pytest.importorskip(output)
    expected = centroid_distance_scorer(pipeline.fit(X), X, y)
    pipeline.set_output(transform=output).fit(X)
    received = []

    def record(Z, labels):
        received.append(type(Z))
        return centroid_distance_score(Z, labels, scale="pooled")

    assert make_latent_scorer(record)(pipeline, X, y) == pytest.approx(expected, rel=1e-12)
    assert received == [np.ndarray]


@pytest.mark.parametrize("routing", [False, True])
def test_cross_validate_with_several_scorers(routing, pipeline):
    scoring = {"distance": centroid_distance_scorer, "silhouette": silhouette_scorer}
    with config_context(enable_metadata_routing=routing):
        results = cross_validate(pipeline, X, y, cv=FOLDS, scoring=scoring, error_score="raise")
    assert (results["test_distance"] > 1).all()
    assert (results["test_silhouette"] > 0.3).all()


def test_jobs_do_not_change_scores():
    options = {"cv": FOLDS, "scoring": {"a": centroid_distance_scorer, "b": silhouette_scorer}}
    one, two = (cross_validate(PCA(2), X, y, n_jobs=n_jobs, **options) for n_jobs in (1, 2))
    np.testing.assert_array_equal(one["test_a"], two["test_a"])
    np.testing.assert_array_equal(one["test_b"], two["test_b"])


@pytest.mark.parametrize("scorer", [centroid_distance_scorer, silhouette_scorer])
def test_grid_search_picks_the_best_code(scorer, pipeline):
    grid = {"pca__n_components": [1, 2, 3]}
    search = GridSearchCV(pipeline, grid, scoring=scorer, cv=FOLDS, error_score="raise").fit(X, y)
    best = max(
        cross_validate(clone(pipeline).set_params(pca__n_components=n), X, y, cv=FOLDS, scoring=scorer)[
            "test_score"
        ].mean()
        for n in grid["pca__n_components"]
    )
    assert search.best_score_ == pytest.approx(best)
    assert search.score(X, y) == scorer(search.best_estimator_, X, y)


def test_grid_search_with_several_scorers_and_refit():
    scoring = {"distance": centroid_distance_scorer, "silhouette": silhouette_scorer}
    search = GridSearchCV(PCA(), {"n_components": [1, 2]}, scoring=scoring, refit="silhouette", cv=FOLDS)
    assert set(search.fit(X, y).cv_results_) >= {"mean_test_distance", "mean_test_silhouette"}
    assert search.best_params_ == {"n_components": 1}


def test_grid_search_without_labels():
    scorer = make_latent_scorer(kmeans_silhouette_score, n_clusters=3)
    search = GridSearchCV(PCA(), {"n_components": [1, 2]}, scoring=scorer, cv=3, error_score="raise").fit(X)
    assert np.isfinite(search.best_score_)


def test_missing_labels_are_explained():
    pca = PCA(2).fit(X)
    with pytest.raises(ValueError, match=r"centroid_distance_score .* y is None: pass the labels"):
        centroid_distance_scorer(pca, X)
    with pytest.raises(ValueError, match="pass labels, one cluster for each, or n_clusters"):
        silhouette_scorer(pca, X)


@pytest.mark.parametrize("estimator", [DBSCAN(), make_pipeline(StandardScaler(), LogisticRegression())])
def test_estimators_without_transform_are_refused(estimator):
    with pytest.raises(TypeError, match=f"{type(estimator).__name__} has no transform"):
        centroid_distance_scorer(estimator, X, y)


def test_scores_without_a_name_are_taken(pipeline):
    partial = functools.partial(centroid_distance_score, scale="raw")
    scorer = make_latent_scorer(partial)
    Z = pipeline.fit_transform(X)
    assert scorer(pipeline, X, y) == centroid_distance_score(Z, y, scale="raw")
    assert repr(scorer) == f"make_latent_scorer({partial!r})"
    with pytest.raises(ValueError, match=r"functools.partial\(.* compares codes with labels, but y is None"):
        scorer(pipeline, X)


def test_repr_is_the_call():
    assert repr(centroid_distance_scorer) == "make_latent_scorer(centroid_distance_score, scale='pooled')"
    turned = make_latent_scorer(kmeans_inertia_score, greater_is_better=False)
    assert repr(turned) == "make_latent_scorer(kmeans_inertia_score, greater_is_better=False)"


def test_pickle():
    pca = PCA(2).fit(X)
    copy = pickle.loads(pickle.dumps(centroid_distance_scorer))
    assert copy(pca, X, y) == centroid_distance_scorer(pca, X, y)
    assert repr(copy) == repr(centroid_distance_scorer)


def test_the_score_must_be_callable():
    with pytest.raises(InvalidParameterError, match="score_func"):
        make_latent_scorer("silhouette")


def centroid_z_score(Z, labels):
    return centroid_distance_test(Z, labels, n_permutations=19, random_state=0).z_score


@pytest.fixture(scope="module")
def fitted(without_xla):
    vae = VAETransformer(2, encoder=(4,), epochs=2, random_state=0)
    estimators = {"pca": PCA(2), "pipeline": make_pipeline(StandardScaler(), PCA(2)), "vae": vae}
    return {name: estimator.fit(X) for name, estimator in estimators.items()}


@pytest.mark.parametrize("name", ["pca", "pipeline", "vae"])
@pytest.mark.parametrize(
    "score", [active_units, centroid_z_score, kmeans_adjusted_rand_score, kmeans_normalized_mutual_info_score]
)
def test_every_score_judges_every_transformer(fitted, name, score):
    Z = fitted[name].transform(X)
    expected = score(Z) if score is active_units else score(Z, y)
    assert make_latent_scorer(score)(fitted[name], X, y) == expected > 0


def test_scores_that_take_codes_only_get_no_labels(fitted):
    scorer = make_latent_scorer(active_units, threshold=1.0)
    assert scorer(fitted["pca"], X) == scorer(fitted["pca"], X, y) == 1
    assert make_latent_scorer(active_units, threshold=0.1)(fitted["pca"], X) == 2
    with pytest.raises(ValueError, match="kmeans_adjusted_rand_score compares codes with labels, but y is None"):
        make_latent_scorer(kmeans_adjusted_rand_score)(fitted["pca"], X)


def test_trustworthiness_is_that_of_scikit_learn(fitted):
    for name, estimator in fitted.items():
        expected = trustworthiness(X, estimator.transform(X))
        assert trustworthiness_scorer(estimator, X, y) == pytest.approx(expected, abs=1e-4), name
    results = cross_validate(PCA(2), X, cv=3, scoring=trustworthiness_scorer, error_score="raise")
    assert (results["test_score"] > 0.8).all()


def test_trustworthiness_of_a_table_with_holes_and_frames():
    holes = np.where(np.random.default_rng(0).uniform(size=X.shape) < 0.02, np.nan, X)
    pipeline = make_pipeline(SimpleImputer(), PCA(2)).set_output(transform="pandas").fit(holes)
    score = trustworthiness_scorer(pipeline, holes)
    assert trustworthiness_scorer(PCA(2).fit(X), X) - 0.05 < score < 1


def test_scores_that_need_more_than_codes_and_labels_are_refused():
    with pytest.raises(TypeError, match="nearest_neighbor_accuracy needs Z_test, y_test beside a code and labels"):
        make_latent_scorer(nearest_neighbor_accuracy)
    make_latent_scorer(nearest_neighbor_accuracy, Z_test=X, y_test=y)


@pytest.mark.parametrize("score", [np.zeros(3), "0.5", True, np.bool_(True), None])
def test_what_is_no_number_is_no_score(score):
    with pytest.raises(TypeError, match="A scorer needs a number"):
        make_latent_scorer(lambda Z: score)(PCA(2).fit(X), X)


@pytest.mark.parametrize("score", [0.5, np.float32(0.5), np.array(0.5)])
def test_numbers_of_all_kinds_are_scores(score):
    assert make_latent_scorer(lambda Z: score)(PCA(2).fit(X), X) == 0.5


def test_a_score_must_be_a_number():
    scorer = make_latent_scorer(centroid_distance_test, n_permutations=9)
    with pytest.raises(TypeError, match="centroid_distance_test gives a CalibratedScore"):
        scorer(PCA(2).fit(X), X, y)


def test_trustworthiness_needs_samples_and_a_code():
    with pytest.raises(
        ValueError, match="Trustworthiness of 5 neighbours needs 11 samples with a value or more, but there are 10"
    ):
        trustworthiness_scorer(PCA(2).fit(X), X[:10])
    with pytest.raises(TypeError, match="DBSCAN has no transform"):
        trustworthiness_scorer(DBSCAN(), X)
