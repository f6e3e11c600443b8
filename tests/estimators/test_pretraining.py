"""Training layer by layer."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from skvae import AutoencoderTransformer
from skvae.networks import ACTIVATIONS
from skvae.training import Program

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

    def keeping(model, rows, *others):
        kept["weights"], kept["X"] = original(model, rows, *others), rows.X
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


def test_each_start_is_pretrained_from_its_own_seed(digits, monkeypatch):
    import skvae.estimators._autoencoder as module

    kept, original = [], module.pretrained_weights
    monkeypatch.setattr(module, "pretrained_weights", lambda *args: kept.append(original(*args)) or kept[-1])
    stacked(pretraining="layerwise", epochs=2, n_init=3).fit(digits)
    stacked(pretraining="layerwise", epochs=2).fit(digits)
    first, *others, alone = (weights["encoder"]["hidden1/kernel"] for weights in kept)
    np.testing.assert_array_equal(first, alone)
    assert len(others) == 2
    assert not any(np.allclose(first, other) for other in others)
    assert not np.allclose(*others)


def interrupted_at(monkeypatch, n):
    """Let the n-th call of the compiled functions, one for each epoch, be ended by Ctrl-C; return who was called."""
    real, callers = Program.train, []

    def train(self, *args):
        callers.append(self)
        if len(callers) == n:
            raise KeyboardInterrupt
        return real(self, *args)

    monkeypatch.setattr(Program, "train", train)
    monkeypatch.setattr(Program, "steps_per_look", lambda self: 1)
    return callers


@pytest.mark.parametrize("n_init", [1, 2])
def test_interrupt_ends_the_fit_and_keeps_what_there_is(digits, monkeypatch, n_init):
    """In the second layer: the first one is trained, none after it is."""
    callers = interrupted_at(monkeypatch, 8)
    with pytest.warns(ConvergenceWarning, match="Training interrupted by user after 0 of 5 epochs"):
        model = stacked(pretraining="layerwise", epochs=5, batch_size=400, n_init=n_init).fit(digits)
    assert len(callers) == 8
    assert model.n_iter_ == 0
    assert np.isfinite(model.transform(digits)).all()


def test_interrupt_in_a_search_stops_the_search(digits, monkeypatch):
    callers = interrupted_at(monkeypatch, 8)
    search = GridSearchCV(stacked(pretraining="layerwise", epochs=5, batch_size=400), {"noise": [None]}, cv=2)
    with pytest.raises(KeyboardInterrupt):
        search.fit(digits)
    assert len(callers) == 8


def test_streams_are_not_pretrained(digits):
    fitted = stacked(pretraining="layerwise", epochs=1).fit(digits)
    for model in (stacked(pretraining="layerwise"), fitted):
        before = dict(vars(model))
        with pytest.raises(ValueError, match=r"partial_fit cannot pretrain layers.*set pretraining=None"):
            model.partial_fit(digits)
        assert vars(model) == before
