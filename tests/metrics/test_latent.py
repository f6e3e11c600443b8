"""Scores of latent arrays: what they are blind to, what they tell apart, and where they are undefined."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_blobs
from sklearn.exceptions import UndefinedMetricWarning

from skvae._compat import InvalidParameterError
from skvae.metrics import (
    centroid_distance_score,
    kmeans_inertia_score,
    kmeans_silhouette_score,
    nearest_neighbor_accuracy,
)

KMEANS = pytest.mark.parametrize("score", [kmeans_silhouette_score, kmeans_inertia_score])


def two_groups(n_first, n_second, *, gap=4.0, deviations=(1.0, 1.0), seed=0, n_components=2):
    """Draw two normal groups whose centroids lie `gap` apart along the first latent variable."""
    rng = np.random.default_rng(seed)
    first = rng.normal(scale=deviations[0], size=(n_first, n_components))
    second = rng.normal(scale=deviations[1], size=(n_second, n_components))
    second[:, 0] += gap
    return np.vstack([first, second]), np.repeat(["a", "b"], [n_first, n_second])


def mean_pooled_score(n_first, n_second, deviations=(1.0, 1.0), n_draws=200):
    """Average the pooled score over draws."""
    draws = (two_groups(n_first, n_second, deviations=deviations, seed=seed) for seed in range(n_draws))
    return np.mean([centroid_distance_score(Z, labels, scale="pooled") for Z, labels in draws])


class TestCentroidDistance:
    def test_raw_is_the_euclidean_distance(self):
        Z = [[0, 0], [0, 2], [3, 4], [3, 6]]
        assert centroid_distance_score(Z, [0, 0, 1, 1]) == 5.0

    def test_more_groups_average_over_pairs(self):
        assert centroid_distance_score([[0.0], [1.0], [5.0]], ["a", "b", "c"]) == pytest.approx((1 + 5 + 4) / 3)

    def test_pooled_is_cohens_d_in_one_dimension(self):
        Z = np.array([[0.0], [2.0], [10.0], [16.0]])  # variances 2 and 18
        score = centroid_distance_score(Z, [0, 0, 1, 1], scale="pooled")
        assert score == pytest.approx(12 / np.sqrt(10))

    def test_score_is_a_python_float(self):
        assert type(centroid_distance_score(np.float32([[0], [1]]), [0, 1])) is float

    @pytest.mark.parametrize("sizes", [(10, 1000), (1000, 10), (500, 500)])
    @pytest.mark.parametrize("deviations", [(1.0, 1.0), (0.5, 1.0), (1.0, 0.5)])
    def test_pooled_means_the_same_under_imbalance(self, sizes, deviations):
        expected = 4.0 / np.sqrt(np.mean(np.square(deviations)))  # degrees of freedom as weights: up to 8
        assert mean_pooled_score(*sizes, deviations) == pytest.approx(expected, rel=0.08)

    @pytest.mark.parametrize("seed", range(5))
    def test_pooled_ignores_units_signs_and_origin(self, seed):
        Z, labels = two_groups(12, 30, seed=seed, n_components=3)
        rng = np.random.default_rng(seed)
        factors = 10.0 ** rng.uniform(-4, 4, size=3) * rng.choice([-1, 1], size=3)
        expected = centroid_distance_score(Z, labels, scale="pooled")
        changed = Z * factors + rng.normal(size=3) * factors
        assert centroid_distance_score(changed, labels, scale="pooled") == pytest.approx(expected, rel=1e-9)

    def test_pooled_tells_separated_from_overlapping_groups_where_raw_does_not(self):
        near, labels = two_groups(50, 50, gap=4.0, deviations=(0.1, 0.1))
        wide, _ = two_groups(50, 50, gap=4.0, deviations=(4.0, 4.0))
        raw = [centroid_distance_score(Z, labels) for Z in (near, wide)]
        pooled = [centroid_distance_score(Z, labels, scale="pooled") for Z in (near, wide)]
        assert raw[0] == pytest.approx(raw[1], rel=0.5)
        assert pooled[0] > 10 * pooled[1]

    def test_five_samples_and_collinear_codes(self):
        Z = np.array([[0.0], [1.0], [2.0], [8.0], [9.0]]) @ [[1.0, 2.0]]  # singular covariance
        score = centroid_distance_score(Z, list("aaabb"), scale="pooled")
        assert score == pytest.approx(np.sqrt(2) * 7.5 / np.sqrt((1 + 0.5) / 2))

    def test_a_single_member_adds_no_spread(self):
        score = centroid_distance_score([[0.0], [2.0], [11.0]], ["a", "a", "b"], scale="pooled")
        assert score == pytest.approx(10 / np.sqrt(2))

    @pytest.mark.parametrize("constant", [0.0, 0.1, 1e9 / 3])
    def test_a_collapsed_variable_adds_nothing(self, constant):
        Z, labels = two_groups(7, 13)
        collapsed = np.column_stack([Z, np.full(len(Z), constant)])
        expected = centroid_distance_score(Z, labels, scale="pooled")
        assert centroid_distance_score(collapsed, labels, scale="pooled") == pytest.approx(expected)
        assert centroid_distance_score(collapsed[:, [2]], labels, scale="pooled") == 0.0

    def test_groups_without_spread_are_infinitely_far_apart(self):
        Z = np.column_stack([np.repeat([0.1, 0.7], 3), [0, 1, 2] * 2])  # the mean of three 0.1 is not 0.1
        assert centroid_distance_score(Z, [0, 0, 0, 1, 1, 1], scale="pooled") == np.inf

    def test_groups_of_one_sample_have_no_pooled_spread(self):
        with pytest.raises(ValueError, match="single sample"):
            centroid_distance_score([[0.0], [1.0]], [0, 1], scale="pooled")

    def test_one_group_is_refused(self):
        with pytest.raises(ValueError, match=r"all 3 labels are 'a'.*StratifiedKFold"):
            centroid_distance_score(np.eye(3), ["a"] * 3)

    @pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
    def test_missing_labels_are_refused(self, missing):
        with pytest.raises(ValueError, match="1 of 3 labels are missing"):
            centroid_distance_score(np.eye(3), pd.Series(["a", missing, "b"], dtype=object))

    def test_masked_cells_are_refused(self):
        with pytest.raises(ValueError, match=r"^labels: 1 masked cell"):
            centroid_distance_score(np.eye(3), np.ma.array(["a", "b", "b"], mask=[True, False, False]))
        with pytest.raises(ValueError, match=r"^Z: 3 masked cell"):
            centroid_distance_score(np.ma.masked_equal(np.eye(3), 1), ["a", "b", "b"])

    def test_labels_of_many_kinds_agree(self):
        Z, labels = two_groups(5, 8)
        expected = centroid_distance_score(Z, labels)
        kinds = [list(labels), pd.Series(labels), pd.Series(labels).astype("category"), labels == "a"]
        assert [centroid_distance_score(Z, kind) for kind in kinds] == [expected] * 4

    def test_frames_are_taken_and_bad_input_is_refused(self):
        Z, labels = two_groups(5, 8)
        assert centroid_distance_score(pd.DataFrame(Z), labels) == centroid_distance_score(Z, labels)
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            centroid_distance_score(Z, labels[1:])
        with pytest.raises(ValueError, match="Z contains NaN"):
            centroid_distance_score(np.where(Z > 0, Z, np.nan), labels)
        with pytest.raises(InvalidParameterError, match="scale"):
            centroid_distance_score(Z, labels, scale="within")


class TestKMeansScores:
    @pytest.fixture
    def blobs(self):
        return make_blobs(60, centers=[[0, 0], [8, 0], [0, 8]], cluster_std=0.5, random_state=0)

    def test_separate_clusters_score_better_than_noise(self, blobs):
        Z, labels = blobs
        noise = np.random.default_rng(0).normal(size=Z.shape)
        assert kmeans_silhouette_score(Z, labels) > 0.8 > 0.5 > kmeans_silhouette_score(noise, labels)
        assert kmeans_inertia_score(Z, labels) < 0.05 < 0.15 < kmeans_inertia_score(noise, labels)

    @KMEANS
    def test_labels_only_count_the_clusters(self, score, blobs):
        Z, labels = blobs
        shuffled = np.random.default_rng(0).permutation(labels)
        assert score(Z, labels) == score(Z, shuffled) == score(Z, n_clusters=3)
        assert score(Z, labels, n_clusters=4) == score(Z, n_clusters=4)

    @KMEANS
    def test_standardized_codes_have_no_scale(self, score, blobs):
        Z, labels = blobs
        scaled = Z * [1.0, 1000.0] + 5
        assert score(scaled, labels) == pytest.approx(score(Z, labels))
        assert score(scaled, labels, standardize=False) != pytest.approx(score(Z, labels), rel=0.01)

    @KMEANS
    def test_collapsed_variables_do_not_count(self, score, blobs):
        Z, labels = blobs
        collapsed = np.column_stack([Z, np.full(len(Z), 0.1)])
        assert score(collapsed, labels) == score(Z, labels)

    @KMEANS
    @pytest.mark.parametrize("standardize", [True, False])
    def test_constant_codes_are_undefined(self, score, standardize):
        with pytest.warns(UndefinedMetricWarning, match="collapsed") as record:
            assert np.isnan(score(np.full((6, 2), 0.1), n_clusters=2, standardize=standardize))
        assert [entry.filename for entry in record] == [__file__]

    @KMEANS
    def test_codes_may_be_lists_but_hold_no_nan(self, score, blobs):
        Z, labels = blobs
        assert score(Z.tolist(), labels.tolist()) == score(Z, labels)
        with pytest.raises(ValueError, match="Z contains NaN"):
            score([[np.nan], [1.0], [2.0]], n_clusters=2)

    @KMEANS
    def test_the_seed_is_0_unless_given(self, score):
        noise = np.random.default_rng(0).normal(size=(300, 5))
        first, same, other = (
            score(noise, n_clusters=30, **seed) for seed in ({}, {"random_state": 0}, {"random_state": 1})
        )
        assert first == same != other

    @KMEANS
    @pytest.mark.parametrize("n_clusters", [2, 3])
    def test_as_many_clusters_as_there_can_be(self, score, n_clusters):
        """Both ends of what the silhouette is defined for, at four samples."""
        assert np.isfinite(score([[0.0], [1.0], [5.0], [7.0]], n_clusters=n_clusters))

    def test_silhouette_by_hand(self):
        # Within: 1. To the other pair: 9.5 and 8.5.
        expected = (1 - 1 / 9.5 + 1 - 1 / 8.5) / 2
        assert kmeans_silhouette_score([[0.0], [1.0], [9.0], [10.0]], n_clusters=2) == pytest.approx(expected)

    def test_inertia_is_a_share_of_the_variance(self, blobs):
        Z, _ = blobs
        assert kmeans_inertia_score(Z, n_clusters=1) == pytest.approx(1.0)
        assert kmeans_inertia_score(Z, n_clusters=len(Z)) == pytest.approx(0.0, abs=1e-12)
        twice = np.vstack([Z, Z])
        assert kmeans_inertia_score(twice, n_clusters=3) == pytest.approx(kmeans_inertia_score(Z, n_clusters=3))

    def test_inertia_by_hand(self):
        Z = [[0.0], [1.0], [9.0], [10.0]]
        assert kmeans_inertia_score(Z, n_clusters=2, standardize=False) == pytest.approx(1 / 82)

    @KMEANS
    def test_the_number_of_clusters_must_be_known(self, score):
        with pytest.raises(ValueError, match="pass labels"):
            score(np.eye(4))

    @pytest.mark.parametrize("n_clusters", [1, 4])
    def test_silhouette_needs_two_clusters_and_a_larger_table(self, n_clusters):
        with pytest.raises(ValueError, match="defined for 2 to 3"):
            kmeans_silhouette_score(np.eye(4), n_clusters=n_clusters)

    def test_inertia_needs_a_sample_per_cluster(self):
        with pytest.raises(ValueError, match=r"5 cluster.* 4 samples"):
            kmeans_inertia_score(np.eye(4), n_clusters=5)

    @KMEANS
    def test_bad_input_is_refused(self, score):
        with pytest.raises(InvalidParameterError, match="n_clusters"):
            score(np.eye(4), n_clusters=2.0)
        with pytest.raises(ValueError, match="inconsistent"):
            score(np.eye(4), [0, 1, 1])
        with pytest.raises(ValueError, match="2 of 4 labels are missing"):
            score(np.eye(4), ["a", None, "b", None])


class TestNearestNeighborAccuracy:
    def test_counts_right_votes(self):
        Z_train, y_train = [[0.0], [1.0], [2.0], [9.0], [10.0], [11.0]], list("aaabbb")
        accuracy = nearest_neighbor_accuracy(Z_train, y_train, [[1.5], [9.5], [3.0]], list("abb"), n_neighbors=3)
        assert accuracy == pytest.approx(2 / 3)

    def test_neighbors_are_capped_at_the_training_codes(self):
        assert nearest_neighbor_accuracy([[0.0], [1.0], [5.0]], [0, 0, 1], [[5.0]], [0], n_neighbors=50) == 1.0

    def test_more_neighbors_outvote_a_stray_one(self):
        Z_train, y_train = [[0.0], [0.2], [0.3]], ["stray", "a", "a"]
        scores = [nearest_neighbor_accuracy(Z_train, y_train, [[0.0]], ["a"], n_neighbors=k) for k in (1, 3)]
        assert scores == [0.0, 1.0]

    def test_bad_input_is_named(self):
        with pytest.raises(ValueError, match="1 of 2 y_train are missing"):
            nearest_neighbor_accuracy(np.eye(2), ["a", None], np.eye(2), ["a", "b"])
        with pytest.raises(ValueError, match="Z_test contains NaN"):
            nearest_neighbor_accuracy(np.eye(2), ["a", "b"], np.full((2, 2), np.nan), ["a", "b"])
        with pytest.raises(ValueError, match="3 features"):
            nearest_neighbor_accuracy(np.eye(2), ["a", "b"], np.ones((2, 3)), ["a", "b"])
        with pytest.raises(InvalidParameterError, match="n_neighbors"):
            nearest_neighbor_accuracy(np.eye(2), ["a", "b"], np.eye(2), ["a", "b"], n_neighbors=0)
