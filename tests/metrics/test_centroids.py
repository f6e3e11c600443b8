"""Distances between groups: what they are blind to, what they tell apart, and where they are undefined."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from skvae._compat import InvalidParameterError
from skvae.metrics import _centroids, centroid_distance_score, centroid_distance_test


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


def test_raw_is_the_euclidean_distance():
    Z = [[0, 0], [0, 2], [3, 4], [3, 6]]
    assert centroid_distance_score(Z, [0, 0, 1, 1]) == 5.0


def test_more_groups_average_over_pairs():
    assert centroid_distance_score([[0.0], [1.0], [5.0]], ["a", "b", "c"]) == pytest.approx((1 + 5 + 4) / 3)


def test_pooled_is_cohens_d_in_one_dimension():
    Z = np.array([[0.0], [2.0], [10.0], [16.0]])  # variances 2 and 18
    score = centroid_distance_score(Z, [0, 0, 1, 1], scale="pooled")
    assert score == pytest.approx(12 / np.sqrt(10))


def test_score_is_a_python_float():
    assert type(centroid_distance_score(np.float32([[0], [1]]), [0, 1])) is float


@pytest.mark.parametrize("sizes", [(10, 1000), (1000, 10), (500, 500)])
@pytest.mark.parametrize("deviations", [(1.0, 1.0), (0.5, 1.0), (1.0, 0.5)])
def test_pooled_means_the_same_under_imbalance(sizes, deviations):
    expected = 4.0 / np.sqrt(np.mean(np.square(deviations)))  # degrees of freedom as weights: up to 8
    assert mean_pooled_score(*sizes, deviations) == pytest.approx(expected, rel=0.08)


@pytest.mark.parametrize("seed", range(5))
def test_pooled_ignores_units_signs_and_origin(seed):
    Z, labels = two_groups(12, 30, seed=seed, n_components=3)
    rng = np.random.default_rng(seed)
    factors = 10.0 ** rng.uniform(-4, 4, size=3) * rng.choice([-1, 1], size=3)
    expected = centroid_distance_score(Z, labels, scale="pooled")
    changed = Z * factors + rng.normal(size=3) * factors
    assert centroid_distance_score(changed, labels, scale="pooled") == pytest.approx(expected, rel=1e-9)


def test_pooled_tells_separated_from_overlapping_groups_where_raw_does_not():
    near, labels = two_groups(50, 50, gap=4.0, deviations=(0.1, 0.1))
    wide, _ = two_groups(50, 50, gap=4.0, deviations=(4.0, 4.0))
    raw = [centroid_distance_score(Z, labels) for Z in (near, wide)]
    pooled = [centroid_distance_score(Z, labels, scale="pooled") for Z in (near, wide)]
    assert raw[0] == pytest.approx(raw[1], rel=0.5)
    assert pooled[0] > 10 * pooled[1]


def test_five_samples_and_collinear_codes():
    Z = np.array([[0.0], [1.0], [2.0], [8.0], [9.0]]) @ [[1.0, 2.0]]  # singular covariance
    score = centroid_distance_score(Z, list("aaabb"), scale="pooled")
    assert score == pytest.approx(np.sqrt(2) * 7.5 / np.sqrt((1 + 0.5) / 2))


def test_a_single_member_adds_no_spread():
    score = centroid_distance_score([[0.0], [2.0], [11.0]], ["a", "a", "b"], scale="pooled")
    assert score == pytest.approx(10 / np.sqrt(2))


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e9 / 3])
def test_a_collapsed_variable_adds_nothing(constant):
    Z, labels = two_groups(7, 13)
    collapsed = np.column_stack([Z, np.full(len(Z), constant)])
    expected = centroid_distance_score(Z, labels, scale="pooled")
    assert centroid_distance_score(collapsed, labels, scale="pooled") == pytest.approx(expected)
    assert centroid_distance_score(collapsed[:, [2]], labels, scale="pooled") == 0.0


def test_groups_without_spread_are_infinitely_far_apart():
    Z = np.column_stack([np.repeat([0.1, 0.7], 3), [0, 1, 2] * 2])  # the mean of three 0.1 is not 0.1
    assert centroid_distance_score(Z, [0, 0, 0, 1, 1, 1], scale="pooled") == np.inf


def test_groups_of_one_sample_have_no_pooled_spread():
    with pytest.raises(ValueError, match="single sample"):
        centroid_distance_score([[0.0], [1.0]], [0, 1], scale="pooled")


def test_one_group_is_refused():
    with pytest.raises(ValueError, match=r"all 3 labels are 'a'.*StratifiedKFold"):
        centroid_distance_score(np.eye(3), ["a"] * 3)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_labels_are_refused(missing):
    with pytest.raises(ValueError, match="1 of 3 labels are missing"):
        centroid_distance_score(np.eye(3), pd.Series(["a", missing, "b"], dtype=object))


def test_masked_cells_are_refused():
    with pytest.raises(ValueError, match=r"^labels: 1 masked cell"):
        centroid_distance_score(np.eye(3), np.ma.array(["a", "b", "b"], mask=[True, False, False]))
    with pytest.raises(ValueError, match=r"^Z: 3 masked cell"):
        centroid_distance_score(np.ma.masked_equal(np.eye(3), 1), ["a", "b", "b"])


def test_labels_of_many_kinds_agree():
    Z, labels = two_groups(5, 8)
    expected = centroid_distance_score(Z, labels)
    kinds = [list(labels), pd.Series(labels), pd.Series(labels).astype("category"), labels == "a"]
    assert [centroid_distance_score(Z, kind) for kind in kinds] == [expected] * 4


def test_frames_are_taken_and_bad_input_is_refused():
    Z, labels = two_groups(5, 8)
    assert centroid_distance_score(pd.DataFrame(Z), labels) == centroid_distance_score(Z, labels)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        centroid_distance_score(Z, labels[1:])
    with pytest.raises(ValueError, match="Z contains NaN"):
        centroid_distance_score(np.where(Z > 0, Z, np.nan), labels)
    with pytest.raises(InvalidParameterError, match="scale"):
        centroid_distance_score(Z, labels, scale="within")


def test_the_statistic_of_the_test_is_the_score():
    Z, labels = two_groups(7, 13, n_components=3)
    labels[-4:] = "c"
    for scale in ("raw", "pooled"):
        result = centroid_distance_test(Z, labels, scale=scale, n_permutations=9, random_state=0)
        assert result.statistic == centroid_distance_score(Z, labels, scale=scale)
        assert result.null_distribution.shape == (9,)


@pytest.mark.parametrize("scale", ["raw", "pooled"])
def test_few_samples_are_tested_exactly(scale):
    Z, labels = two_groups(3, 3, gap=1.0, seed=1)
    scores = [centroid_distance_score(Z, order, scale=scale) for order in permutations(labels)]
    expected = np.mean(np.array(scores) >= centroid_distance_score(Z, labels, scale=scale) - 1e-12)
    result = centroid_distance_test(Z, labels, scale=scale)
    assert result.p_value == pytest.approx(expected)
    np.testing.assert_allclose(np.sort(result.null_distribution), np.sort(scores))


def test_many_samples_are_tested_against_permuted_labels():
    Z, labels = two_groups(10, 60, gap=0.7, deviations=(1.0, 3.0))
    result = centroid_distance_test(Z, labels, n_permutations=2000, random_state=0)
    rng = np.random.default_rng(1)
    null = np.array([centroid_distance_score(Z, rng.permutation(labels), scale="pooled") for _ in range(2000)])
    assert result.null_distribution.mean() == pytest.approx(null.mean(), rel=0.03)
    assert result.p_value == pytest.approx(np.mean(null >= result.statistic), abs=0.04)
    assert result.z_score == pytest.approx((result.statistic - null.mean()) / null.std(), abs=0.1)
    above = np.count_nonzero(result.null_distribution >= result.statistic)
    assert result.p_value == (above + 1) / 2001


def test_groups_apart_have_the_least_p_value_under_imbalance_too():
    for sizes in ((30, 30), (10, 100)):
        result = centroid_distance_test(*two_groups(*sizes, gap=3.0), random_state=0)
        assert result.p_value == 0.001
        assert result.z_score > 5


def test_permutations_have_no_units():
    Z, labels = two_groups(8, 25, gap=1.0, n_components=3)
    expected = centroid_distance_test(Z, labels, random_state=0)
    scaled = centroid_distance_test(Z * [1e-4, -1.0, 1e4] + 7, labels, random_state=0)
    assert (scaled.p_value, scaled.z_score) == (expected.p_value, pytest.approx(expected.z_score))
    raw, tenfold = (centroid_distance_test(Z * f, labels, scale="raw", random_state=0) for f in (1, 10))
    assert (tenfold.p_value, tenfold.z_score) == (raw.p_value, pytest.approx(raw.z_score))
    assert tenfold.statistic == pytest.approx(10 * raw.statistic)


def test_codes_without_spread_are_tested():
    Z = np.repeat([[0.1], [0.7]], 5, axis=0)
    apart = centroid_distance_test(Z, np.repeat([0, 1], 5), random_state=0)
    assert apart.statistic == np.inf
    assert apart.p_value < 0.05
    assert np.isnan(apart.z_score)
    collapsed = centroid_distance_test(np.full((10, 2), 0.1), np.repeat([0, 1], 5), random_state=0)
    assert (collapsed.statistic, collapsed.p_value) == (0.0, 1.0)
    assert np.isnan(collapsed.z_score)


def test_seeds_of_permutations_and_batches(monkeypatch):
    Z, labels = two_groups(8, 25)

    def null(seed):
        return centroid_distance_test(Z, labels, n_permutations=20, random_state=seed).null_distribution

    expected = null(0)
    np.testing.assert_array_equal(null(np.random.RandomState(0)), expected)
    assert not np.array_equal(null(1), expected)
    monkeypatch.setattr(_centroids, "_CELLS_AT_A_TIME", 3 * Z.size)
    np.testing.assert_array_equal(null(0), expected)


def test_bad_input_of_the_test():
    Z, labels = two_groups(5, 8)
    with pytest.raises(ValueError, match="Pass samples of two groups"):
        centroid_distance_test(Z, ["a"] * 13)
    with pytest.raises(ValueError, match="2 of 13 labels are missing"):
        centroid_distance_test(Z, [None, np.nan, *labels[2:]])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        centroid_distance_test(Z, labels[1:])
    with pytest.raises(ValueError, match="single sample"):
        centroid_distance_test(np.eye(2), [0, 1])
    with pytest.raises(InvalidParameterError, match="n_permutations"):
        centroid_distance_test(Z, labels, n_permutations=0)


def test_no_random_seed_unless_asked():
    """As the k-means scores have it: the same call gives the same figures."""
    Z, labels = two_groups(8, 25)
    expected = centroid_distance_test(Z, labels, n_permutations=20, random_state=0).null_distribution
    np.testing.assert_array_equal(centroid_distance_test(Z, labels, n_permutations=20).null_distribution, expected)


@pytest.mark.parametrize(
    ("sizes", "n_permutations", "n_taken"), [((2, 2), 24, 24), ((2, 2), 23, 23), ((4, 3), 999, 999)]
)
def test_all_permutations_are_taken_if_they_are_no_more(sizes, n_permutations, n_taken):
    result = centroid_distance_test(*two_groups(*sizes), n_permutations=n_permutations)
    assert len(result.null_distribution) == n_taken
