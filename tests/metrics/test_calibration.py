"""P-values on pure noise are uniform, whatever the sizes of the groups."""

import numpy as np
import pytest
from scipy import stats
from sklearn.decomposition import PCA

from skvae.metrics import CalibratedScore, centroid_distance_test, kmeans_silhouette_test
from skvae.metrics._calibration import calibrated


@pytest.mark.parametrize("sizes", [(30, 30), (10, 100)])
@pytest.mark.parametrize("scale", ["raw", "pooled"])
def test_labels_drawn_at_random_have_uniform_p_values(sizes, scale):
    rng, n_permutations = np.random.default_rng(0), 99
    p_values = []
    for seed in range(200):
        Z = PCA(2).fit_transform(rng.normal(size=(sum(sizes), 20)))
        labels = rng.permutation(np.repeat(["a", "b"], sizes))
        test = centroid_distance_test(Z, labels, scale=scale, n_permutations=n_permutations, random_state=seed)
        # They are multiples of 1 / 100; with less than that taken off at random they are uniform without steps.
        p_values.append(test.p_value - rng.uniform() / (n_permutations + 1))
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


def test_normal_codes_have_uniform_p_values_of_the_silhouette():
    rng = np.random.default_rng(0)
    mixed = np.array([[1.0, 0.5], [0.0, 0.4]])
    p_values = []
    for seed in range(40):
        Z = rng.normal(size=(12, 2)) @ mixed
        test = kmeans_silhouette_test(Z, n_clusters=2, n_draws=9, random_state=seed)
        p_values.append(test.p_value - rng.uniform() / 10)
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


def test_scores_beside_chance():
    result = calibrated(3.0, 0.25, np.array([0.0, 2.0]))
    assert (result.statistic, result.p_value, result.z_score) == (3.0, 0.25, 2.0)
    assert repr(result) == "CalibratedScore(statistic=3.0, p_value=0.25, z_score=2.0)"
    assert isinstance(result, CalibratedScore)
    with pytest.raises(AttributeError):
        result.p_value = 0.0


@pytest.mark.parametrize("null", [[0.3, 0.1 + 0.2, 0.3], [2.0, 2.0], [1.0, np.inf], [np.inf, np.inf], [0.0, 0.0]])
@pytest.mark.parametrize("statistic", [0.3, 2.0])
def test_among_scores_that_vary_by_rounding_there_is_no_distance(null, statistic):
    assert np.isnan(calibrated(statistic, 1.0, np.array(null)).z_score)


def test_small_differences_between_scores_by_chance_count():
    assert calibrated(1 + 3e-6, 1.0, np.array([1 - 1e-6, 1 + 1e-6])).z_score == pytest.approx(3, rel=1e-6)
