"""Trustworthiness where values are missing, against scikit-learn's and one by hand."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.manifold import trustworthiness
from sklearn.metrics.pairwise import nan_euclidean_distances
from sklearn.preprocessing import FunctionTransformer

from skvae._trustworthiness import gappy_trustworthiness
from skvae.metrics import trustworthiness_scorer

X = load_iris().data
FIRST = FunctionTransformer(lambda X: np.nan_to_num(X)[:, :1])


def by_definition(distances, Z, n_neighbors):
    """Count how far the intruders among the neighbours of each code are from being neighbours in the table."""
    n, penalty = len(Z), 0
    for i in range(n):
        others = np.delete(np.arange(n), i)
        ranks = dict(zip(others[np.argsort(distances[i, others], kind="stable")], range(1, n), strict=True))
        near = others[np.argsort(abs(Z[others, 0] - Z[i, 0]), kind="stable")][:n_neighbors]
        penalty += sum(max(0, ranks[j] - n_neighbors) for j in near)
    return 1 - penalty * 2 / (n * n_neighbors * (2 * n - 3 * n_neighbors - 1))


def test_whole_tables_are_scored_as_by_scikit_learn():
    assert gappy_trustworthiness(X, X[:, :1], 5) == pytest.approx(trustworthiness(X, X[:, :1]), abs=1e-12)


def test_rows_without_any_value_are_left_out():
    holes = X.copy()
    holes[::7] = np.nan
    known = np.arange(150) % 7 > 0
    expected = trustworthiness(X[known], X[known, :1])
    assert gappy_trustworthiness(holes, X[:, :1], 5) == pytest.approx(expected)
    assert trustworthiness_scorer(FIRST, holes) == pytest.approx(expected)


def test_rows_without_a_common_feature_are_far_apart():
    """Two labs that measured other features."""
    rng = np.random.default_rng(0)
    table, Z = rng.normal(size=(40, 6)), rng.normal(size=(40, 1))
    table[:12, :3] = table[12:, 3:] = np.nan
    distances = nan_euclidean_distances(table)
    assert np.isnan(distances).any()
    expected = by_definition(np.where(np.isnan(distances), 1e9, distances), Z, 5)
    assert gappy_trustworthiness(table, Z, 5) == pytest.approx(expected, abs=0.01)
    assert abs(trustworthiness(table, Z, metric="nan_euclidean") - expected) > 0.02


def test_too_few_rows_with_a_value_are_refused():
    holes = X[:14].copy()
    holes[:6] = np.nan
    with pytest.raises(ValueError, match="needs 11 samples with a value or more, but there are 8"):
        trustworthiness_scorer(FIRST, holes)
