"""Encoder and decoder: NumPy against Keras, and the linear path."""

import numpy as np
import pytest

from skvae.networks import Decoder, Dense, Encoder


@pytest.mark.parametrize("linear_path", [True, False])
@pytest.mark.parametrize("sizes", [(), (5,), (6, 0.5)])
@pytest.mark.parametrize("body", [Encoder, Decoder])
def test_numpy_and_keras_agree(body, sizes, linear_path):
    part = body(Dense(sizes, "tanh"), 8, 2, linear_path)
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(size=np.shape(w)) for name, w in part.initial_weights(rng).items()}
    model = part.keras_model()
    assert {v.path for v in model.weights} == set(weights)
    model.set_weights([weights[v.path] for v in model.weights])
    inputs = rng.normal(size=(3, part.n_inputs)).astype("float32")
    outputs = model(inputs)
    for expected, ours in zip(
        outputs if isinstance(outputs, list) else [outputs], part.apply(weights, inputs), strict=True
    ):
        np.testing.assert_allclose(ours, np.asarray(expected), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("sizes", [(), (5, 4)])
def test_linear_path_is_all_there_is_at_the_start(sizes):
    part = Encoder(Dense(sizes), 8, 2, True)
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(8, 2))
    weights = part.with_linear_path(
        part.initial_weights(rng), kernel, {"mean": np.array([1.0, 2.0]), "log_variance": np.array([-1.0, 0.0])}
    )
    X = rng.normal(size=(5, 8))
    mean, log_variance = part.apply(weights, X)
    np.testing.assert_allclose(mean, X @ kernel + [1.0, 2.0])
    np.testing.assert_array_equal(log_variance, np.tile([-1.0, 0.0], (5, 1)))


def test_networks_without_hidden_layers_need_no_second_linear_path():
    assert "linear/kernel" not in Encoder(Dense(()), 8, 2, True).initial_weights(np.random.default_rng(0))


def test_the_linear_path_of_an_untrained_model_begins_at_zero():
    weights = Encoder(Dense((5,)), 8, 2, True).initial_weights(np.random.default_rng(0))
    assert weights["linear/kernel"].shape == (8, 2)
    assert not weights["linear/kernel"].any()
    assert all(weights[name].all() for name in ("hidden0/kernel", "mean/kernel", "log_variance/kernel"))


@pytest.mark.parametrize("change", [(Dense((5,)), 9, 2, True), (Dense((5,)), 8, 3, True), (Dense((5,)), 8, 2, False)])
def test_keys_tell_architectures_apart(change):
    assert Encoder(*change).key() != Encoder(Dense((5,)), 8, 2, True).key()
    assert Encoder(*change).key() != Decoder(*change).key()
    assert Encoder(*change).key() == Encoder(*change).key()


def test_setting_the_linear_path_leaves_the_given_weights_alone():
    part = Decoder(Dense((5,)), 8, 2, True)
    before = part.initial_weights(np.random.default_rng(0))
    kept = {name: w.copy() for name, w in before.items()}
    part.with_linear_path(before, np.ones((2, 8)), {"outputs": np.ones(8)})
    for name, w in before.items():
        np.testing.assert_array_equal(w, kept[name])
