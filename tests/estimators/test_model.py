"""Networks and likelihood joined."""

import numpy as np
import pytest

from skvae.estimators._model import MAX_LOG_VARIANCE, Model
from skvae.likelihoods import LIKELIHOODS, Gaussian, Poisson
from skvae.networks import CodeEncoder, Dense

RECIPE = {
    "encoder": Dense((4,), "tanh"),
    "decoder": Dense((3,)),
    "n_components": 2,
    "linear_path": True,
    "likelihood": "gaussian",
}


@pytest.mark.parametrize("name", sorted(LIKELIHOODS))
def test_only_kernels_that_pca_does_without_decay(name):
    model = Model.of(RECIPE | {"likelihood": name}, 5)
    decaying = {
        (part, name)
        for part, named in model.weight_shapes().items()
        for name in named
        if model.is_nonlinear(part, name)
    }
    assert decaying == {
        ("encoder", "hidden0/kernel"),
        ("encoder", "mean/kernel"),
        ("encoder", "log_variance/kernel"),
        ("decoder", "hidden0/kernel"),
        ("decoder", "outputs/kernel"),
    }


def test_recipes_of_earlier_versions_are_plain_variational_models():
    model = Model.of(RECIPE, 5)
    assert model.is_variational
    assert not model.encoder.inputs.is_masked
    assert model.encoder.inputs.width == 5
    assert model.decoder.inputs.width == 2
    later = {"is_variational": True, "is_masked": False, "n_covariates": 0}
    assert model.key() == Model.of(RECIPE | later, 5).key()


def test_keys_tell_models_apart():
    changes = [
        {},
        {"encoder": Dense((5,))},
        {"decoder": Dense((4,))},
        {"n_components": 3},
        {"linear_path": False},
        {"likelihood": "bernoulli"},
        {"likelihood": Gaussian("per_feature")},
        {"is_variational": False, "likelihood": "squared_error"},
        {"is_masked": True},
        {"n_covariates": 2},
    ]
    keys = [Model.of(RECIPE | change, 5).key() for change in changes]
    assert len(set(keys)) == len(keys)
    assert Model.of(RECIPE | {"likelihood": Gaussian()}, 5).key() == keys[0]


def test_rows_are_taken_apart():
    rows = np.array([[1.0, np.nan, 3.0, 0.0, 1.0], [4.0, 5.0, np.nan, 1.0, 0.0]])
    batch = Model.of(RECIPE | {"is_masked": True, "n_covariates": 2}, 3).taken_apart(rows)
    np.testing.assert_array_equal(batch.x, [[1, 0, 3], [4, 5, 0]])
    np.testing.assert_array_equal(batch.known, [[1, 0, 1], [1, 1, 0]])
    np.testing.assert_array_equal(batch.covariates, rows[:, 3:])
    plain = Model.of(RECIPE, 5).taken_apart(np.ones((2, 5)))
    assert plain.known is plain.covariates is None


def test_encoder_sees_view_mask_and_covariates_side_by_side():
    model = Model.of(RECIPE | {"is_masked": True, "n_covariates": 2, "likelihood": "poisson"}, 3)
    rows = np.array([[1.0, np.nan, 3.0, 0.0, 1.0]])
    batch, own = model.taken_apart(rows), {"means": np.array([2.0, 2.0, 2.0])}
    seen = model.seen(batch, own)
    np.testing.assert_array_equal(seen[:, :3], Poisson().view(batch.x, own, batch.known))
    np.testing.assert_array_equal(seen[:, 3:], [[1, 0, 1, 0, 1]])


def test_log_variances_are_held():
    model = Model.of(RECIPE, 5)
    weights = model.initial_weights(np.random.default_rng(0), np.zeros((1, 5)))
    weights["encoder"]["log_variance/bias"] = np.array([1e3, -1e3])
    _, log_variance = model.encode(weights, np.zeros((1, 5)))
    np.testing.assert_array_equal(log_variance, [[MAX_LOG_VARIANCE, -MAX_LOG_VARIANCE]])


def test_codes_without_distributions_are_one_head():
    model = Model.of(RECIPE | {"is_variational": False, "likelihood": "squared_error"}, 5)
    assert isinstance(model.encoder, CodeEncoder)
    weights = model.initial_weights(np.random.default_rng(0), np.zeros((1, 5)))
    [codes] = model.encode(weights, np.zeros((3, 5)))
    assert codes.shape == (3, 2)


def test_linearity_and_size():
    model = Model.of(RECIPE, 5)
    encoder = 5 * 4 + 4 + 2 * (4 * 2 + 2) + 5 * 2
    assert model.n_weights == encoder + 2 * 3 + 3 + 3 * 5 + 5 + 2 * 5 + 1
    assert not model.is_linear
    assert Model.of(RECIPE | {"encoder": Dense(()), "decoder": Dense(())}, 5).is_linear
    assert model.n_features == 5


def test_linear_models_have_no_hidden_layer_in_either_network():
    for encoder, decoder in [((), (4,)), ((4,), ())]:
        recipe = RECIPE | {"encoder": Dense(encoder), "decoder": Dense(decoder)}
        assert not Model.of(recipe, 5).is_linear


def test_numbers_and_shapes_of_weights_are_those_that_are_drawn():
    model = Model.of(RECIPE, 5)
    weights = model.initial_weights(np.random.default_rng(0), np.zeros((2, 5)))
    assert model.n_weights == sum(np.size(w) for named in weights.values() for w in named.values())
    shapes = {part: {name: np.shape(w) for name, w in named.items()} for part, named in weights.items()}
    assert shapes == model.weight_shapes()
