"""Held-out samples stay unseen."""

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from skvae.studies import Samples, _tumour_normal, load_study

# The first feature tells the row; tumours are the first 20.
ROWS = np.column_stack([np.arange(32), np.arange(32) < 20]).astype(np.float32)
SAMPLES = Samples(ROWS, np.repeat(["tumour", "normal"], [20, 12]))
SIZES = {"tumours": 15, "normals": 5, "held_out": 4, "epochs": (1,)}


class Encoder:
    """Gives rows back as their codes, and remembers them."""

    def __init__(self):
        self.seen = []

    def transform(self, X):
        self.seen.append(X[:, 0].tolist())
        return X[:, [1, 1]]


@pytest.fixture
def training(monkeypatch):
    """Put something that trains nothing where the training stands."""
    encoder, scaled_by = Encoder(), []

    def observed_training(X, y, epochs, look, seed, beta):
        assert beta == 10.0
        return [{"epoch": 1, **look(encoder, X, y)}], encoder

    def up_to_one(samples, X):
        scaled_by.append(X[:, 0].tolist())
        return FunctionTransformer()

    monkeypatch.setattr(_tumour_normal, "observed_training", observed_training)
    monkeypatch.setattr(_tumour_normal, "up_to_one", up_to_one)
    return encoder, scaled_by


@pytest.mark.parametrize("seed", range(3))
def test_training_and_scaling_do_not_see_what_is_held_out(training, seed):
    encoder, scaled_by = training
    measured = load_study("tumour_normal").measure(SAMPLES, {}, SIZES, seed)
    train, tumours, normals = (set(rows) for rows in encoder.seen[:3])
    assert set(scaled_by[0]) == train
    assert len(train) == 15 - 4 + 5
    assert len(tumours) == 4
    assert len(normals) == 12 - 5
    assert not train & (tumours | normals)
    assert max(tumours) < 20 <= min(normals)
    # Codes that are the group tell all rows rightly.
    assert measured.rows[0]["held_out_tumours_right"] == measured.rows[0]["held_out_normals_right"] == 1.0
    assert [code["held_out"] for code in measured.codes] == [False] * 16 + [True] * 11


def test_without_normal_samples_to_spare(training):
    row = load_study("tumour_normal").measure(SAMPLES, {}, SIZES | {"normals": 12}, 0).rows[0]
    assert np.isnan(row["held_out_normals_right"])
    assert row["held_out_tumours_right"] == 1.0
