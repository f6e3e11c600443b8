"""What a mutation does to a list of layer sizes."""

from functools import partial

import numpy as np
import pytest

from skvae.model_selection import drop_or_widen, vary_layers


def many(mutation, layers, n=2000):
    """Mutate a list often, and return what came out and how often."""
    rng = np.random.RandomState(0)
    children = [mutation(layers, rng) for _ in range(n)]
    return {child: children.count(child) / n for child in children}


def test_a_list_of_more_than_four_loses_any_layer():
    found = many(drop_or_widen, (5, 6, 7, 8, 9))
    assert set(found) == {(6, 7, 8, 9), (5, 7, 8, 9), (5, 6, 8, 9), (5, 6, 7, 9), (5, 6, 7, 8)}
    np.testing.assert_allclose(list(found.values()), 0.2, atol=0.04)


def test_layer_k_of_a_shorter_list_gains_k_units():
    found = many(drop_or_widen, (5, 6, 7, 8))
    assert set(found) == {(6, 6, 7, 8), (5, 8, 7, 8), (5, 6, 10, 8), (5, 6, 7, 12)}
    np.testing.assert_allclose(list(found.values()), 0.25, atol=0.04)


def test_no_layers_stay_no_layers():
    assert set(many(drop_or_widen, (), n=3)) == {()}


def test_shares_have_no_units_to_gain():
    with pytest.raises(ValueError, match=r"counts units, but .* shares of the features"):
        drop_or_widen((0.5, 8), np.random.RandomState(0))


one_change = partial(vary_layers, n_changes=1)


def test_layers_are_dropped_inserted_and_varied_as_often():
    found = many(one_change, (100, 1000), n=3000)
    by_depth = [sum(share for child, share in found.items() if len(child) == depth) for depth in (1, 2, 3)]
    np.testing.assert_allclose(by_depth, 1 / 3, atol=0.04)
    assert {child for child in found if len(child) == 1} == {(100,), (1000,)}
    varied = np.array([child for child in found if len(child) == 2])
    assert (np.sum(varied != (100, 1000), axis=1) <= 1).all()
    for k, size in enumerate((100, 1000)):
        factors = varied[varied[:, k] != size, k] / size
        assert 0.5 <= factors.min() < 0.55
        assert 1.9 < factors.max() <= 2
        assert 0.3 < np.mean(factors < 1) < 0.7
    new = {(child[:k] + child[k + 1 :], k): child[k] for child in found if len(child) == 3 for k in range(3)}
    places = {k for (others, k) in new if others == (100, 1000)}
    assert places == {0, 1, 2}
    sizes = [size for (others, _), size in new.items() if others == (100, 1000)]
    assert 8 <= min(sizes) <= max(sizes) <= 256


def test_three_changes_are_made():
    depths = np.array([len(child) for child in many(vary_layers, (64,) * 9, n=300)])
    assert (depths.min(), depths.max()) == (6, 12)


def test_the_last_layer_is_not_dropped():
    assert set(map(len, many(one_change, (7,), n=200))) == {1, 2}
    assert all(min(child) >= 1 for child in many(one_change, (1,), n=200))


def test_no_layers_become_one():
    assert set(map(len, many(one_change, (), n=20))) == {1}


def test_units_stay_units_and_shares_shares():
    for child in many(one_change, (8, 0.5), n=200):
        assert {type(size) for size in child} <= {int, float}
        assert all(0.25 <= size <= 1 for size in child if type(size) is float)
        assert all(4 <= size <= 256 for size in child if type(size) is int)
