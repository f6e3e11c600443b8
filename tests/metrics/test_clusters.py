"""Scores of k-means clusters: what they are blind to, and where they are undefined."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info

from skvae import _kmeans
from skvae._compat import InvalidParameterError
from skvae.metrics import (
    _silhouette,
    kmeans_adjusted_rand_score,
    kmeans_inertia_score,
    kmeans_normalized_mutual_info_score,
    kmeans_silhouette_score,
    kmeans_silhouette_test,
)

AGREEMENT = pytest.mark.parametrize(
    ("score", "oracle"),
    [
        (kmeans_adjusted_rand_score, adjusted_rand_score),
        (kmeans_normalized_mutual_info_score, normalized_mutual_info_score),
    ],
)
KMEANS = pytest.mark.parametrize("score", [kmeans_silhouette_score, kmeans_inertia_score])


@pytest.fixture
def blobs():
    return make_blobs(60, centers=[[0, 0], [8, 0], [0, 8]], cluster_std=0.5, random_state=0)


def test_separate_clusters_score_better_than_noise(blobs):
    Z, labels = blobs
    noise = np.random.default_rng(0).normal(size=Z.shape)
    assert kmeans_silhouette_score(Z, labels) > 0.8 > 0.5 > kmeans_silhouette_score(noise, labels)
    assert kmeans_inertia_score(Z, labels) < 0.05 < 0.15 < kmeans_inertia_score(noise, labels)


@KMEANS
def test_labels_only_count_the_clusters(score, blobs):
    Z, labels = blobs
    shuffled = np.random.default_rng(0).permutation(labels)
    assert score(Z, labels) == score(Z, shuffled) == score(Z, n_clusters=3)
    assert score(Z, labels, n_clusters=4) == score(Z, n_clusters=4)


@KMEANS
def test_standardized_codes_have_no_scale(score, blobs):
    Z, labels = blobs
    scaled = Z * [1.0, 1000.0] + 5
    assert score(scaled, labels) == pytest.approx(score(Z, labels))
    assert score(scaled, labels, standardize=False) != pytest.approx(score(Z, labels), rel=0.01)


@KMEANS
def test_collapsed_variables_do_not_count(score, blobs):
    Z, labels = blobs
    collapsed = np.column_stack([Z, np.full(len(Z), 0.1)])
    assert score(collapsed, labels) == score(Z, labels)


@KMEANS
@pytest.mark.parametrize("standardize", [True, False])
def test_constant_codes_are_undefined(score, standardize):
    with pytest.warns(UndefinedMetricWarning, match="collapsed") as record:
        assert np.isnan(score(np.full((6, 2), 0.1), n_clusters=2, standardize=standardize))
    assert [entry.filename for entry in record] == [__file__]


@KMEANS
def test_codes_may_be_lists_but_hold_no_nan(score, blobs):
    Z, labels = blobs
    assert score(Z.tolist(), labels.tolist()) == score(Z, labels)
    with pytest.raises(ValueError, match="Z contains NaN"):
        score([[np.nan], [1.0], [2.0]], n_clusters=2)


@KMEANS
def test_the_seed_is_0_unless_given(score):
    noise = np.random.default_rng(0).normal(size=(300, 5))
    first, same, other = (
        score(noise, n_clusters=30, **seed) for seed in ({}, {"random_state": 0}, {"random_state": 1})
    )
    assert first == same != other


@KMEANS
@pytest.mark.parametrize("n_clusters", [2, 3])
def test_as_many_clusters_as_there_can_be(score, n_clusters):
    """Both ends of what the silhouette is defined for, at four samples."""
    assert np.isfinite(score([[0.0], [1.0], [5.0], [7.0]], n_clusters=n_clusters))


def test_silhouette_by_hand():
    # Within: 1. To the other pair: 9.5 and 8.5.
    expected = (1 - 1 / 9.5 + 1 - 1 / 8.5) / 2
    assert kmeans_silhouette_score([[0.0], [1.0], [9.0], [10.0]], n_clusters=2) == pytest.approx(expected)


def test_inertia_is_a_share_of_the_variance(blobs):
    Z, _ = blobs
    assert kmeans_inertia_score(Z, n_clusters=1) == pytest.approx(1.0)
    assert kmeans_inertia_score(Z, n_clusters=len(Z)) == pytest.approx(0.0, abs=1e-12)
    twice = np.vstack([Z, Z])
    assert kmeans_inertia_score(twice, n_clusters=3) == pytest.approx(kmeans_inertia_score(Z, n_clusters=3))


def test_inertia_by_hand():
    Z = [[0.0], [1.0], [9.0], [10.0]]
    assert kmeans_inertia_score(Z, n_clusters=2, standardize=False) == pytest.approx(1 / 82)


@KMEANS
def test_the_number_of_clusters_must_be_known(score):
    with pytest.raises(ValueError, match="pass labels"):
        score(np.eye(4))


@pytest.mark.parametrize("n_clusters", [1, 4])
def test_silhouette_needs_two_clusters_and_a_larger_table(n_clusters):
    with pytest.raises(ValueError, match="defined for 2 to 3"):
        kmeans_silhouette_score(np.eye(4), n_clusters=n_clusters)


def test_inertia_needs_a_sample_per_cluster():
    with pytest.raises(ValueError, match=r"5 cluster.* 4 samples"):
        kmeans_inertia_score(np.eye(4), n_clusters=5)


@KMEANS
def test_bad_input_is_refused(score):
    with pytest.raises(InvalidParameterError, match="n_clusters"):
        score(np.eye(4), n_clusters=2.0)
    with pytest.raises(ValueError, match="inconsistent"):
        score(np.eye(4), [0, 1, 1])
    with pytest.raises(ValueError, match="2 of 4 labels are missing"):
        score(np.eye(4), ["a", None, "b", None])


def three_groups(seed, n_samples=45):
    return make_blobs(n_samples, centers=[[0, 0], [4, 0], [0, 4]], random_state=seed)


def test_held_out_codes_fall_to_the_clusters_of_the_training_codes():
    (Z_train, _), (Z, _) = three_groups(0), three_groups(1, n_samples=21)
    scaler = StandardScaler().fit(Z_train)
    clusters = KMeans(3, n_init=10, random_state=0).fit(scaler.transform(Z_train)).predict(scaler.transform(Z))
    expected = silhouette_score(scaler.transform(Z), clusters)
    assert kmeans_silhouette_score(Z, n_clusters=3, Z_train=Z_train) == pytest.approx(expected)
    assert kmeans_silhouette_score(Z_train, n_clusters=3, Z_train=Z_train) == pytest.approx(
        kmeans_silhouette_score(Z_train, n_clusters=3)
    )


def test_held_out_codes_decide_nothing():
    """Two far groups are one cluster where the training codes have their two clusters within the first."""
    Z_train, Z = [[0.0], [1.0], [0.0], [1.0]], [[0.1], [0.2], [50.0], [51.0]]
    by_hand = np.mean([1 - 0.1 / 50.4, 1 - 0.1 / 50.3, 1 - 1 / 49.85, 1 - 1 / 50.85])
    assert kmeans_silhouette_score(Z, n_clusters=2, Z_train=Z_train) == pytest.approx(by_hand)
    with pytest.warns(UndefinedMetricWarning, match="into one cluster"):
        assert np.isnan(kmeans_silhouette_score(Z[2:], n_clusters=2, Z_train=Z_train))
    with pytest.warns(UndefinedMetricWarning, match="collapsed"):
        assert np.isnan(kmeans_silhouette_score(Z, n_clusters=2, Z_train=np.zeros((4, 1))))


@AGREEMENT
def test_agreement_is_that_of_kmeans_on_standardized_codes(score, oracle):
    Z, labels = three_groups(0)
    Z *= [1.0, 30.0]
    for shown, standardize in ((StandardScaler().fit_transform(Z), True), (Z, False)):
        clusters = KMeans(3, n_init=10, random_state=0).fit_predict(shown)
        assert score(Z, labels, standardize=standardize) == pytest.approx(oracle(labels, clusters))
    assert score(Z, labels, standardize=True) > score(Z, labels, standardize=False) + 0.1


@AGREEMENT
def test_agreement_of_held_out_samples(score, oracle):
    (Z_train, _), (Z, labels) = three_groups(0), three_groups(1, n_samples=21)
    clusters = KMeans(4, n_init=10, random_state=0).fit(Z_train).predict(Z)
    found = score(Z, labels, Z_train=Z_train, n_clusters=4, standardize=False)
    assert found == pytest.approx(oracle(labels, clusters))


@AGREEMENT
def test_agreement_of_classes_of_any_kind(score, oracle, blobs):
    Z, labels = blobs
    names = np.array(["x", "y", "z"])[labels]
    assert score(Z, names) == score(Z.tolist(), labels.tolist()) == pytest.approx(1.0)
    assert score(Z, names, n_clusters=2) < 0.8
    assert type(score(Z, names)) is float


@AGREEMENT
def test_codes_that_are_one_point_agree_with_nothing(score, oracle):
    assert score(np.full((6, 2), 0.1), [0, 0, 0, 1, 1, 1]) == 0.0


def test_agreement_by_chance_is_0_for_the_rand_index_only():
    rng = np.random.default_rng(0)
    tables = [(rng.normal(size=(30, 2)), rng.integers(0, 5, 30)) for _ in range(60)]
    rand, information = (
        np.array([score(Z, labels) for Z, labels in tables])
        for score in (kmeans_adjusted_rand_score, kmeans_normalized_mutual_info_score)
    )
    assert abs(rand.mean()) < 3 * rand.std() / np.sqrt(60)
    assert information.mean() > 0.1


@AGREEMENT
def test_bad_input_of_agreement(score, oracle):
    Z = np.arange(8.0).reshape(4, 2)
    with pytest.raises(InvalidParameterError, match="labels"):
        score(Z, None)
    with pytest.raises(ValueError, match=r"1 cluster\(s\) for 4 samples: the score is defined for 2 to 4"):
        score(Z, ["a"] * 4)
    with pytest.raises(ValueError, match="2 to 3"):
        score(Z, ["a", "b"] * 2, n_clusters=4, Z_train=Z[:3])
    with pytest.raises(ValueError, match="inconsistent"):
        score(Z, ["a", "b"])
    with pytest.raises(ValueError, match="1 of 4 labels are missing"):
        score(Z, ["a", "b", "a", None])
    with pytest.raises(ValueError, match="Z_train has 1 latent variables, but Z has 2"):
        score(Z, ["a", "b"] * 2, Z_train=Z[:, :1])
    with pytest.raises(ValueError, match="Z_train contains NaN"):
        score(Z, ["a", "b"] * 2, Z_train=np.full((4, 2), np.nan))


def test_silhouette_beside_that_of_a_normal_cloud():
    Z, _ = three_groups(0)
    result = kmeans_silhouette_test(Z, n_clusters=3, n_draws=19)
    assert result.statistic == kmeans_silhouette_score(Z, n_clusters=3, random_state=0) > 0.4
    assert result.p_value == 1 / 20
    assert result.z_score > 3


@pytest.mark.parametrize("standardize", [True, False])
def test_the_normal_cloud_has_the_covariance_of_the_codes(standardize):
    """Flat codes have higher silhouettes than round ones, so that the reference must be as flat."""
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(60, 2)) @ [[1.0, 0.95], [0.0, 0.1]] + 5
    result = kmeans_silhouette_test(Z, n_clusters=2, n_draws=40, standardize=standardize)
    others = [
        kmeans_silhouette_score(rng.normal(size=(60, 2)) @ [[1.0, 0.95], [0.0, 0.1]], n_clusters=2) for _ in range(40)
    ]
    assert result.null_distribution.mean() == pytest.approx(np.mean(others), abs=0.02)
    assert result.null_distribution.mean() > 0.45
    assert result.p_value > 0.05


def test_draws_have_the_mean_and_covariance_of_the_codes():
    for shape in ((30, 3), (4, 6)):
        rng = np.random.RandomState(0)
        Z = rng.normal(size=shape) @ rng.normal(size=(shape[1], shape[1])) + 5
        for draw in _silhouette._normal_codes(Z, 3, rng):
            np.testing.assert_allclose(draw.mean(axis=0), Z.mean(axis=0))
            np.testing.assert_allclose(np.cov(draw, rowvar=False), np.cov(Z, rowvar=False), atol=1e-9)
            assert abs(draw - Z).max() > 0.1


def test_seeds_and_constant_variables_of_the_silhouette_test():
    Z, labels = three_groups(0)
    first, same, wider, other = (
        kmeans_silhouette_test(codes, labels, n_draws=4, random_state=seed)
        for codes, seed in ((Z, 0), (Z, 0), (np.column_stack([Z, np.zeros(45)]), 0), (Z, 1))
    )
    np.testing.assert_array_equal(first.null_distribution, same.null_distribution)
    np.testing.assert_allclose(first.null_distribution, wider.null_distribution)
    assert not np.array_equal(first.null_distribution, other.null_distribution)


def test_undefined_and_bad_silhouette_tests():
    with pytest.warns(UndefinedMetricWarning, match="collapsed") as record:
        result = kmeans_silhouette_test(np.full((6, 2), 0.1), n_clusters=2)
    assert [entry.filename for entry in record] == [__file__]
    assert np.isnan([result.statistic, result.p_value, result.z_score]).all()
    with pytest.raises(ValueError, match="pass labels"):
        kmeans_silhouette_test(np.eye(4))
    with pytest.raises(ValueError, match="defined for 2 to 3"):
        kmeans_silhouette_test(np.eye(4), n_clusters=4)
    with pytest.raises(InvalidParameterError, match="n_draws"):
        kmeans_silhouette_test(np.eye(4), n_clusters=2, n_draws=0)


@AGREEMENT
def test_codes_that_are_one_point_are_one_cluster(score, oracle):
    Z = np.full((6, 2), 0.1)
    for labels, expected in ((np.repeat(["a", "b"], 3), 0.0), (np.repeat("a", 6), 1.0)):
        assert score(Z, labels, n_clusters=2) == oracle(labels, np.zeros(6)) == expected


def test_k_means_does_not_wait_for_threads(monkeypatch):
    """On small codes, threads of a busy machine took 40 times as long as one."""
    seen = []

    class Spy(KMeans):
        def fit(self, X):
            seen.append({pool["num_threads"] for pool in threadpool_info()})
            return super().fit(X)

    monkeypatch.setattr(_kmeans, "KMeans", Spy)
    before = threadpool_info()
    kmeans_silhouette_score(np.random.default_rng(0).normal(size=(50, 2)), n_clusters=2)
    assert seen == [{1}]
    assert threadpool_info() == before
