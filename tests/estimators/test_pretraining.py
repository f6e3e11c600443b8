"""Training layer by layer."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skvae import AutoencoderTransformer
from skvae.networks import ACTIVATIONS

pytestmark = pytest.mark.usefixtures("without_xla")


@pytest.fixture(scope="module")
def digits():
    X = load_digits().data[:400] / 16
    return X[:, X.std(axis=0) > 0.05]


def stacked(**changes):
    return AutoencoderTransformer(
        2, **({"encoder": (30, 10), "activation": "tanh", "init": "random", "epochs": 30, "random_state": 0} | changes)
    )


@pytest.mark.parametrize("loss", ["squared_error", "binary_crossentropy"])
def test_what_layers_have_learned_is_where_the_whole_begins(digits, loss):
    """The whole begins, and ends, with a lower loss than from random weights."""
    whole, bare = (stacked(pretraining=how, loss=loss, epochs=150).fit(digits) for how in ("layerwise", None))
    assert whole.history_["loss"][0] < 0.85 * bare.history_["loss"][0]
    assert whole.history_["loss"][-1] < bare.history_["loss"][-1]


def test_each_layer_reconstructs_what_it_sees(digits):
    """The first layer, taken out of the stack before it is trained on."""
    import skvae.estimators._autoencoder as module

    kept = {}

    def keeping(model, rows, plan, optimizer):
        kept["weights"], kept["X"] = original(model, rows, plan, optimizer), rows.X
        return kept["weights"]

    original, module.pretrained_weights = module.pretrained_weights, keeping
    try:
        stacked(pretraining="layerwise", epochs=100).fit(digits)
    finally:
        module.pretrained_weights = original
    encoder, decoder, X = kept["weights"]["encoder"], kept["weights"]["decoder"], kept["X"]
    hidden = ACTIVATIONS["tanh"](X @ encoder["hidden0/kernel"] + encoder["hidden0/bias"])
    back = hidden @ decoder["outputs/kernel"] + decoder["outputs/bias"]
    assert np.mean(np.square(back - X)) < 0.2 * np.mean(np.square(X))
    second = ACTIVATIONS["tanh"](hidden @ encoder["hidden1/kernel"] + encoder["hidden1/bias"])
    back = second @ decoder["hidden1/kernel"] + decoder["hidden1/bias"]
    assert np.mean(np.square(back - hidden)) < 0.4 * hidden.var()


def test_seeds_repeat(digits):
    first, second = (stacked(pretraining="layerwise", epochs=3).fit(digits).transform(digits) for _ in range(2))
    np.testing.assert_array_equal(first, second)
