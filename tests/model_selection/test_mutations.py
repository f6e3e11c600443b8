"""What a mutation does to a list of layer sizes."""

import numpy as np
import pytest

from skvae.model_selection import drop_or_widen


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
