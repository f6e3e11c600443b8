"""What a fitted state must look like, wherever it comes from."""

import copy
import json
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from skvae import VAETransformer
from skvae.estimators._state import FITTED, VARIATIONAL
from skvae.networks import Dense


@pytest.fixture(scope="module")
def model(iris):
    return VAETransformer(encoder=(8,), epochs=3, random_state=0).fit(iris)


@pytest.fixture(scope="module")
def streaming(iris):
    return VAETransformer(encoder=(8,), random_state=0).partial_fit(iris[:50], sample_weight=np.arange(1.0, 51))


def changed(state, path, value):
    """Return a deep copy of a state with one entry replaced, or deleted by ``...``."""
    state = copy.deepcopy(state)
    place = state
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return state


def test_state_is_arrays_plain_values_and_recipes_of_networks(model, streaming):
    """Nothing else: so pickle, joblib, copies, workers and safe formats all work by themselves."""

    def plain(value):
        if isinstance(value, np.ndarray):
            return value.dtype.kind in "fb"
        if isinstance(value, Dense):
            return all(plain(parameter) for parameter in value.get_params().values())
        if isinstance(value, dict):
            return all(isinstance(name, str) and plain(entry) for name, entry in value.items())
        if isinstance(value, list | tuple):
            return all(plain(entry) for entry in value)
        return json.dumps(value) is not None

    for estimator in (model, streaming):
        assert set(vars(estimator)) == {*FITTED, *VARIATIONAL, *estimator.get_params(deep=False)}
        assert all(plain(value) for value in vars(estimator).values())


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_are_the_model(model, streaming, iris, again):
    for estimator in (model, streaming):
        np.testing.assert_array_equal(again(estimator).transform(iris), estimator.transform(iris))
    np.testing.assert_array_equal(
        again(streaming).partial_fit(iris).transform(iris), again(streaming).partial_fit(iris).transform(iris)
    )


def test_names_of_features_come_along(iris):
    frame = pd.DataFrame(iris, columns=list("abcd"))
    model = VAETransformer(encoder=(8,), epochs=1, random_state=0).fit(frame)
    again = pickle.loads(pickle.dumps(model))
    assert again.feature_names_in_.tolist() == list("abcd")
    np.testing.assert_array_equal(again.transform(frame), model.transform(frame))
    with pytest.raises(ValueError, match="feature names"):
        again.transform(frame[["b", "a", "c", "d"]])


def test_every_protocol_of_pickle(model, iris):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        other = pickle.loads(pickle.dumps(model, protocol))
        np.testing.assert_array_equal(other.transform(iris), model.transform(iris))


def test_skops_trusts_our_names_only(model, streaming, iris):
    skops = pytest.importorskip("skops.io")
    for estimator in (model, streaming):
        blob = skops.dumps(estimator)
        names = skops.get_untrusted_types(data=blob)
        assert all(name.startswith("skvae.") for name in names), names
        np.testing.assert_array_equal(skops.loads(blob, trusted=names).transform(iris), estimator.transform(iris))


def test_unpickling_and_inference_do_not_import_tensorflow(model, tmp_path):
    joblib.dump(model, tmp_path / "model.joblib")
    code = (
        f"import joblib, sys\nmodel = joblib.load({str(tmp_path / 'model.joblib')!r})\n"
        "model.transform(model.sample(3))\nassert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_later_changes_of_parameters_do_not_reach_a_fit(iris):
    network = Dense((8,))
    model = VAETransformer(encoder=network, epochs=2, random_state=0).fit(iris)
    before = model.transform(iris)
    network.set_params(hidden_layer_sizes=(3,), activation="tanh")
    model.set_params(n_components=5, likelihood="bernoulli", init="random")
    np.testing.assert_array_equal(model.transform(iris), before)
    assert model.get_feature_names_out().tolist() == ["vaetransformer0", "vaetransformer1"]


SPOILED = {
    **{f"{name} missing": ((name,), ...) for name in (*FITTED, *VARIATIONAL)},
    "n_features_in_ of another table": (("n_features_in_",), 5),
    "n_features_in_ no int": (("n_features_in_",), "4"),
    "n_features_in_ a bool": (("n_features_in_",), True),
    "n_iter_ negative": (("n_iter_",), -1),
    "seed negative": (("_seed",), -1),
    "scale_ zero": (("scale_",), 0.0),
    "scale_ NaN": (("scale_",), float("nan")),
    "scale_ infinite": (("scale_",), float("inf")),
    "scale_ no float": (("scale_",), "1"),
    "mean_ of another width": (("mean_",), np.zeros(5)),
    "mean_ of ints": (("mean_",), np.zeros(4, int)),
    "mean_ NaN": (("mean_",), np.full(4, np.nan)),
    "mean_ a list": (("mean_",), [0.0] * 4),
    "names of another number": (("feature_names_in_",), np.array(["a"], object)),
    "weights no dict": (("_weights",), []),
    "a part missing": (("_weights", "decoder"), ...),
    "a weight missing": (("_weights", "encoder", "mean/bias"), ...),
    "a weight too many": (("_weights", "encoder", "other/bias"), np.zeros(2)),
    "a weight of another shape": (("_weights", "encoder", "mean/bias"), np.zeros(3)),
    "a weight transposed": (("_weights", "encoder", "hidden0/kernel"), np.zeros((8, 4))),
    "a weight of objects": (("_weights", "encoder", "mean/bias"), np.array([None, None])),
    "a weight complex": (("_weights", "encoder", "mean/bias"), np.zeros(2, complex)),
    "a weight of long doubles": (("_weights", "encoder", "mean/bias"), np.zeros(2, np.longdouble)),
    "a weight NaN": (("_weights", "encoder", "mean/bias"), np.array([0.0, np.nan])),
    "a weight infinite": (("_weights", "likelihood", "log_variance"), np.array(np.inf)),
    "architecture no dict": (("_architecture",), "dense"),
    "architecture without decoder": (("_architecture", "decoder"), ...),
    "encoder no network": (("_architecture", "encoder"), (8,)),
    "encoder with bad sizes": (("_architecture", "encoder"), Dense((-8,))),
    "encoder of absurd size": (("_architecture", "encoder"), Dense((1e308,))),
    "encoder of another size": (("_architecture", "encoder"), Dense((9,))),
    "n_components zero": (("_architecture", "n_components"), 0),
    "n_components of another model": (("_architecture", "n_components"), 3),
    "linear path no bool": (("_architecture", "linear_path"), 1),
    "linear path denied": (("_architecture", "linear_path"), False),
    "likelihood unknown": (("_architecture", "likelihood"), "cauchy"),
    "likelihood unhashable": (("_architecture", "likelihood"), ["gaussian"]),
    "likelihood of another model": (("_architecture", "likelihood"), "bernoulli"),
    "history no dict": (("history_",), []),
    "history of another length": (("history_", "loss"), np.zeros(4)),
    "history without loss": (("history_", "loss"), ...),
    "history with other entries": (("history_", "__class__"), np.zeros(3)),
    "kl of another width": (("kl_per_component_",), np.zeros(3)),
    "active components no bools": (("active_components_",), np.zeros(2)),
    "stream no dict": (("_stream",), [1]),
    "stream without entries": (("_stream",), {}),
}


@pytest.mark.parametrize("name", SPOILED)
def test_spoiled_states_are_refused(model, name):
    with pytest.raises(ValueError, match=r"does not agree with itself|hidden_layer_sizes"):
        VAETransformer().__setstate__(changed(vars(model), *SPOILED[name]))


@pytest.mark.parametrize("name", ["n_features_in_", "n_iter_", "n_samples_seen_", "_seed", "scale_"])
def test_the_entry_that_is_spoiled_is_named(model, name):
    with pytest.raises(ValueError, match=f"does not agree with itself.* {name} must be"):
        VAETransformer().__setstate__(changed(vars(model), (name,), -1))


def test_the_least_states_pass(model):
    """One feature, one component, one row seen, no epoch done, and the seed 0."""
    least = VAETransformer(1, encoder=(), random_state=0).partial_fit(np.ones((1, 1)))
    assert least.n_samples_seen_ == 1
    for state in (vars(least), changed(vars(model), ("_seed",), 0)):
        VAETransformer().__setstate__(copy.deepcopy(state))
    interrupted = changed(vars(model), ("n_iter_",), 0)
    interrupted["history_"] = {name: values[:0] for name, values in interrupted["history_"].items()}
    VAETransformer().__setstate__(interrupted)
    with pytest.raises(ValueError, match="n_samples_seen_ must be an int of at least 1"):
        VAETransformer().__setstate__(changed(vars(model), ("n_samples_seen_",), 0))


SPOILED_STREAMS = {
    "step negative": (("step",), -1),
    "moments no list": (("moments",), ()),
    "moments missing": (("moments",), [[np.zeros(1)]]),
    "first rows of another width": (("first_rows",), np.zeros((2, 5))),
    "first rows a list": (("first_rows",), [[0.0] * 4]),
    "first rows flat": (("first_rows",), np.zeros(4)),
    "first rows NaN": (("first_rows",), np.full((50, 4), np.nan)),
    "first rows missing": (("first_rows",), None),
    "first weights of another number": (("first_weights",), np.ones(3)),
    "first weights NaN": (("first_weights",), np.full(50, np.nan)),
}


@pytest.mark.parametrize("name", SPOILED_STREAMS)
def test_spoiled_streams_are_refused(streaming, name):
    path, value = SPOILED_STREAMS[name]
    with pytest.raises(ValueError, match="does not agree with itself"):
        VAETransformer().__setstate__(changed(vars(streaming), ("_stream", *path), value))


def test_spoiled_moments_are_refused(streaming, iris):
    state = vars(copy.deepcopy(streaming).partial_fit(np.concatenate([iris, iris])))
    assert state["_stream"]["moments"] is not None
    VAETransformer().__setstate__(copy.deepcopy(state))
    for spoil in (
        lambda moments: moments.pop(),
        lambda moments: moments.__setitem__(0, np.zeros((2, 4, 8))),
        lambda moments: moments[0].append(np.zeros(3)),
        lambda moments: moments.__setitem__(1, []),
        lambda moments: moments[0].__setitem__(0, np.zeros(3)),
        lambda moments: moments[0].__setitem__(0, np.full((4, 8), np.nan)),
    ):
        spoiled = copy.deepcopy(state)
        spoil(spoiled["_stream"]["moments"])
        with pytest.raises(ValueError, match="does not agree with itself"):
            VAETransformer().__setstate__(spoiled)


def test_states_of_unfitted_models_pass():
    model = pickle.loads(pickle.dumps(VAETransformer(3, beta=2.0)))
    assert (model.n_components, model.beta) == (3, 2.0)
    assert isinstance(model, BaseEstimator)
