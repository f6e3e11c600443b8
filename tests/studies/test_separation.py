"""How far groups of codes lie apart."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from skvae.metrics import centroid_distance_score
from skvae.studies._separation import counted, in_most, is_apart, neighbor_accuracy, separation


def codes(shift, n=(12, 12), seed=0):
    rng = np.random.default_rng(seed)
    y = np.repeat(["a", "b"], n)
    return rng.standard_normal((sum(n), 2)) + shift * (y == "b")[:, None], y


def test_neighbours_are_those_of_a_left_out_sample():
    Z, y = codes(1.5, (20, 8))
    called = cross_val_predict(KNeighborsClassifier(3), Z, y, cv=LeaveOneOut())
    assert neighbor_accuracy(Z, y) == pytest.approx(balanced_accuracy_score(y, called))
    assert 0.5 < neighbor_accuracy(Z, y) < 1


def test_groups_far_apart():
    Z, y = codes(20)
    found = separation(Z, y, seed=0)
    assert found["p_value"] == 1 / 200
    assert found["neighbor_accuracy"] == 1.0
    assert found["centroid_distance"] == centroid_distance_score(Z, y)
    assert found["pooled_distance"] == centroid_distance_score(Z, y, scale="pooled")


def test_p_values_of_noise_are_uniform():
    p = np.array([separation(*codes(0, seed=seed), seed)["p_value"] for seed in range(30)])
    assert (p <= 0.05).sum() <= 5  # 1.5 expected; more than 5 in 3 of 1000
    assert 0.33 < p.mean() < 0.67  # three standard errors


def test_collapsed_codes_are_not_apart():
    Z, y = np.ones((20, 2)), np.repeat(["a", "b"], 10)
    found = separation(Z, y, seed=0)
    assert found["pooled_distance"] == 0.0
    assert found["p_value"] == 1.0
    assert found["neighbor_accuracy"] == 0.5


def test_same_seed_same_p_value():
    Z, y = codes(0.5)
    assert separation(Z, y, 3) == separation(Z, y, 3)


def test_counting_replicates():
    table = pd.DataFrame({"neighbor_accuracy": [0.95] * 9 + [0.4]})
    assert in_most(is_apart(table))
    assert counted(is_apart(table)) == "9 of 10"
    assert not in_most(is_apart(table.iloc[1:]))
