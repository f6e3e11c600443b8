"""Votes of neighbours, counted by hand."""

import numpy as np
import pytest

from skvae._compat import InvalidParameterError
from skvae.metrics import nearest_neighbor_accuracy


def test_counts_right_votes():
    Z_train, y_train = [[0.0], [1.0], [2.0], [9.0], [10.0], [11.0]], list("aaabbb")
    accuracy = nearest_neighbor_accuracy(Z_train, y_train, [[1.5], [9.5], [3.0]], list("abb"), n_neighbors=3)
    assert accuracy == pytest.approx(2 / 3)


def test_neighbors_are_capped_at_the_training_codes():
    assert nearest_neighbor_accuracy([[0.0], [1.0], [5.0]], [0, 0, 1], [[5.0]], [0], n_neighbors=50) == 1.0


def test_more_neighbors_outvote_a_stray_one():
    Z_train, y_train = [[0.0], [0.2], [0.3]], ["stray", "a", "a"]
    scores = [nearest_neighbor_accuracy(Z_train, y_train, [[0.0]], ["a"], n_neighbors=k) for k in (1, 3)]
    assert scores == [0.0, 1.0]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="1 of 2 y_train are missing"):
        nearest_neighbor_accuracy(np.eye(2), ["a", None], np.eye(2), ["a", "b"])
    with pytest.raises(ValueError, match="Z_test contains NaN"):
        nearest_neighbor_accuracy(np.eye(2), ["a", "b"], np.full((2, 2), np.nan), ["a", "b"])
    with pytest.raises(ValueError, match="3 features"):
        nearest_neighbor_accuracy(np.eye(2), ["a", "b"], np.ones((2, 3)), ["a", "b"])
    with pytest.raises(InvalidParameterError, match="n_neighbors"):
        nearest_neighbor_accuracy(np.eye(2), ["a", "b"], np.eye(2), ["a", "b"], n_neighbors=0)
