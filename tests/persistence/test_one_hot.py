"""Encoders that would write where they have no column are refused; compiled code would do it."""

import copy

import numpy as np
import pytest
from sklearn.preprocessing import OneHotEncoder

import skvae

TEXT = np.array([["a", "x"], ["b", "x"], ["c", "y"], ["c", "z"]], dtype=object)
NUMBERS = np.array([[1.0, 5.0], [2.0, 5.0], [2.0, np.nan], [3.0, 6.0]])
PLAIN = OneHotEncoder().fit(TEXT)
DROPPING = OneHotEncoder(drop="first").fit(TEXT)
NUMERIC = OneHotEncoder().fit(NUMBERS)
RARE = OneHotEncoder(min_frequency=2, handle_unknown="infrequent_if_exist").fit(TEXT)


def objects(*items):
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


@pytest.mark.parametrize(
    ("encoder", "changes", "words"),
    [
        (PLAIN, {"_n_features_outs": [3, 2]}, "_n_features_outs"),
        (PLAIN, {"_n_features_outs": [1, 1]}, "_n_features_outs"),
        (PLAIN, {"categories_": [objects("a", "a", "c"), objects("x", "y", "z")]}, "categories_"),
        (PLAIN, {"categories_": [objects("a", "b", "c"), objects()]}, "categories_"),
        (PLAIN, {"categories_": [np.array(["a", "b", "b"]), objects("x", "y", "z")]}, "categories_"),
        (PLAIN, {"drop_idx_": objects(7, None)}, "drops categories"),
        (PLAIN, {"drop_idx_": objects(0)}, "drops categories"),
        (PLAIN, {"drop_idx_": np.zeros(2)}, "drop_idx_ should be"),
        (PLAIN, {"_infrequent_enabled": True}, "does not say which categories are infrequent"),
        (DROPPING, {"_drop_idx_after_grouping": objects(-5, 0)}, "drops categories"),
        (DROPPING, {"_drop_idx_after_grouping": objects("a", 0)}, "drops categories"),
        (DROPPING, {"_drop_idx_after_grouping": None}, "_n_features_outs"),
        (NUMERIC, {"categories_": [np.array([3.0, 1.0, 2.0]), NUMERIC.categories_[1]]}, "categories_"),
        (NUMERIC, {"categories_": [np.array([1.0, 1.0, 2.0]), NUMERIC.categories_[1]]}, "categories_"),
        (NUMERIC, {"categories_": [np.array([1.0, 2.0, 3.0]), np.array([np.nan, 5.0, 6.0])]}, "categories_"),
        (RARE, {"_default_to_infrequent_mappings": [np.array([9, 1, 0]), np.array([0, 1, 1])]}, "mapping"),
        (RARE, {"_default_to_infrequent_mappings": [np.array([1]), np.array([0, 1, 1])]}, "agree with its categories"),
        (RARE, {"_default_to_infrequent_mappings": [None, np.array([0, 1, 1])]}, "agree with its categories"),
        (RARE, {"_infrequent_indices": [np.array([0, 0]), np.array([1, 2])]}, "mapping"),
        (RARE, {"_infrequent_indices": [np.array([0, 8]), np.array([1, 2])]}, "mapping"),
        (RARE, {"_n_features_outs": [3, 3]}, "_n_features_outs"),
    ],
)
def test_impossible_encoders(forge, encoder, changes, words):
    forged = copy.deepcopy(encoder)
    vars(forged).update(changes)
    with pytest.raises(skvae.ModelFileError, match=words):
        skvae.load(forge(forged))


@pytest.mark.parametrize("encoder", [PLAIN, DROPPING, NUMERIC, RARE])
def test_encoders_of_every_kind_pass(forge, encoder):
    table = NUMBERS if encoder is NUMERIC else TEXT
    np.testing.assert_array_equal(
        skvae.load(forge(encoder)).transform(table).toarray(), encoder.transform(table).toarray()
    )
