"""Keras models as functions of their weights."""

import numpy as np
import pytest

from skvae.estimators._stateless import Stateless
from skvae.networks import Dense, Encoder, Inputs


@pytest.fixture
def body():
    return Encoder(Dense((6,), "tanh", dropout=0.5, normalization="batch"), Inputs(3), 2, 3, True)


def weights_of(body, order):
    weights = body.initial_weights(np.random.default_rng(0))
    return [np.float32(weights[name]) if name in weights else np.float32(np.nan) for name in order]


def test_any_order_of_weights_with_others_between_gives_what_numpy_gives(body):
    order = [None, *reversed(body.weights()), None]
    inputs = np.random.default_rng(1).normal(size=(5, 3)).astype("float32")
    outputs, _ = Stateless(body, order)(weights_of(body, order), inputs, (0, 0), training=False)
    expected = body.apply(body.initial_weights(np.random.default_rng(0)), inputs)
    for ours, values in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(ours, values, rtol=1e-4, atol=1e-6)


def test_moved_weights_are_told_by_their_place(body):
    order = list(body.weights())
    inputs = np.ones((5, 3), "float32")
    _, moved = Stateless(body, order)(weights_of(body, order), inputs, (0, 0), training=True)
    assert {order[i] for i in moved} == {"norm0/moving_mean", "norm0/moving_variance"}


def test_random_layers_follow_the_seed_and_the_stream(body):
    order = list(body.weights())
    inputs = np.random.default_rng(1).normal(size=(50, 3)).astype("float32")
    models = [Stateless(body, order, stream) for stream in (0, 0, 1)]

    def drawn(model, seed):
        return np.asarray(model(weights_of(body, order), inputs, seed, training=True)[0][0])

    np.testing.assert_array_equal(drawn(models[0], (3, 4)), drawn(models[1], (3, 4)))
    for model, seed in [(models[0], (3, 5)), (models[0], (4, 4)), (models[2], (3, 4))]:
        assert not np.allclose(drawn(model, seed), drawn(models[0], (3, 4)))
