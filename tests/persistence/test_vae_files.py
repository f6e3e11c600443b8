"""The VAE in a file: it comes back bit by bit, goes on training, and no impossible one is loaded."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae import VAETransformer
from skvae.likelihoods import Gaussian
from skvae.networks import Conv, Dense, Recurrent

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("without_xla")]
X = np.random.default_rng(0).normal(size=(40, 5))
PARAMS, STATE = 2, 3
LINEAR = {"encoder": (), "epochs": 2, "random_state": 0}
SMALL = {"encoder": (4,), "epochs": 2, "random_state": 0}
HOLES = np.where(X > 1, np.nan, X)
COUNTS = np.random.default_rng(1).poisson(3.0, size=(40, 5)).astype(float)
FRAME = pd.DataFrame(HOLES, columns=list("abcde")).assign(batch=["one", "two"] * 20, f=[1, 2, 3, 4] * 10)
MODELS = {
    "default": (VAETransformer(epochs=2, random_state=0), X),
    "float32": (VAETransformer(encoder=(4,), epochs=2, random_state=0), X.astype(np.float32)),
    "linear": (VAETransformer(**LINEAR), X),
    "networks": (VAETransformer(3, encoder=Dense((1.0, 3), "tanh"), decoder=Dense((2,)), epochs=2, random_state=0), X),
    "bernoulli": (VAETransformer(encoder=(4,), likelihood="bernoulli", init="random", epochs=2, random_state=0), X > 0),
    "masked": (VAETransformer(**SMALL, missing="mask"), HOLES),
    "noise of each feature": (VAETransformer(**SMALL, likelihood=Gaussian("per_feature")), X),
    "counts": (VAETransformer(**SMALL, likelihood="poisson"), COUNTS),
    "scattered counts": (VAETransformer(**SMALL, likelihood="negative_binomial"), COUNTS),
    "grey values": (VAETransformer(**SMALL, likelihood="continuous_bernoulli"), COUNTS / COUNTS.max()),
    "covariates": (VAETransformer(**SMALL, missing="mask", covariates=["batch", "f"]), FRAME),
    "convolutions": (VAETransformer(encoder=Conv((2,), image_shape=(5, 1)), epochs=2, random_state=0), X),
    "recurrence": (VAETransformer(encoder=Recurrent(3, (5, 1)), epochs=2, random_state=0), X),
    "limits of detection": (VAETransformer(**SMALL, missing="censored"), HOLES),
    "given limits": (VAETransformer(**SMALL, missing="censored", detection_limit=np.ones(5)), HOLES),
    "normalization": (VAETransformer(encoder=Dense((4,), "elu", 0.2, "batch"), epochs=2, random_state=0), X),
    "early stopping": (VAETransformer(encoder=(4,), epochs=5, early_stopping=True, random_state=0), X),
    "numpy's numbers": (VAETransformer(np.int64(2), encoder=(4,), beta=np.float32(0.5), epochs=2, random_state=0), X),
}


@pytest.fixture(scope="module")
def linear():
    return VAETransformer(**LINEAR).fit(X)


@pytest.mark.parametrize("name", MODELS)
def test_round_trip(path, name):
    model, table = MODELS[name]
    model = clone(model).fit(table)
    skvae.save(model, path)
    loaded = skvae.load(path)
    assert repr(loaded) == repr(model)
    assert list(vars(loaded)) == list(vars(model))
    Z = model.transform(table)
    for method in ("transform", "reconstruct", "score_samples"):
        a, b = getattr(model, method)(table), getattr(loaded, method)(table)
        assert a.dtype == b.dtype
        assert a.tobytes() == b.tobytes()
    assert loaded.inverse_transform(Z).tobytes() == model.inverse_transform(Z).tobytes()
    assert loaded.sample(3, random_state=1).tobytes() == model.sample(3, random_state=1).tobytes()
    assert list(loaded.get_feature_names_out()) == list(model.get_feature_names_out())
    np.testing.assert_array_equal(loaded.history_["loss"], model.history_["loss"])
    # As a copy does, a loaded model forgets nothing of how it was asked to train.
    assert clone(loaded).fit(table).transform(table).tobytes() == Z.tobytes()
    skvae.save(loaded, path.with_suffix(".again"))
    assert path.with_suffix(".again").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("n_batches", [1, 6])
def test_a_stream_goes_on_where_it_was_saved(path, n_batches):
    """Before and after there are rows enough to start from."""
    model = VAETransformer(encoder=(4,), random_state=0)
    for _ in range(n_batches):
        model.partial_fit(X, sample_weight=np.arange(1.0, 41.0))
    skvae.save(model, path)
    loaded = skvae.load(path)
    for _ in range(6):
        model.partial_fit(X)
        loaded.partial_fit(X)
    assert loaded.transform(X).tobytes() == model.transform(X).tobytes()


def test_a_stream_of_masked_rows_with_covariates_goes_on_where_it_was_saved(path):
    model = clone(MODELS["covariates"][0]).partial_fit(FRAME[:30])
    skvae.save(model, path)
    loaded = skvae.load(path)
    for _ in range(6):
        model.partial_fit(FRAME)
        loaded.partial_fit(FRAME)
    assert loaded.transform(FRAME).tobytes() == model.transform(FRAME).tobytes()


def test_a_warm_start_goes_on_where_it_was_saved(path):
    model = VAETransformer(encoder=(4,), epochs=2, warm_start=True, random_state=0).fit(X)
    skvae.save(model, path)
    loaded = skvae.load(path)
    assert loaded.fit(X).transform(X).tobytes() == model.fit(X).transform(X).tobytes()


def test_loading_and_transforming_do_without_tensorflow(path, linear):
    skvae.save(make_pipeline(StandardScaler().fit(X), linear), path)
    code = (
        f"import sys, numpy, skvae\nmodel = skvae.load({str(path)!r})\nmodel.transform(numpy.ones((2, 5)))\n"
        f"skvae.save(model, {str(path)!r})\nassert not {{'tensorflow', 'keras'}} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_flipped_bit_is_noticed(path, linear):
    skvae.save(linear, path)
    content = bytearray(path.read_bytes())
    step = 7
    with open(path, "r+b", buffering=0) as file:
        for bit in range(0, 8 * len(content), step):
            for flipped in (1 << bit % 8, 0):
                file.seek(bit // 8)
                file.write(bytes([content[bit // 8] ^ flipped]))
                if flipped:
                    with pytest.raises(skvae.ModelFileError):
                        skvae.load(path)
    skvae.load(path)


def weight(name, array):
    def change(tree, arrays):
        arrays[f"VAETransformer._weights{name}"] = array

    return change


def entry(name, node):
    def change(tree, arrays):
        tree[STATE][name] = node

    return change


def architecture(**changes):
    def change(tree, arrays):
        tree[STATE]["_architecture"][1] |= changes

    return change


def network(sizes, activation="relu"):
    return ["estimator", "Dense", {"hidden_layer_sizes": sizes, "activation": activation}, {}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (weight("['encoder']['mean/kernel']", np.full((5, 2), np.nan)), "encoder/mean/kernel holds NaN"),
        (weight("['encoder']['mean/kernel']", np.full((5, 2), np.inf)), "encoder/mean/kernel holds NaN or infinity"),
        (
            weight("['encoder']['mean/kernel']", np.ones((2, 5))),
            r"encoder/mean/kernel must be an array of shape \(5, 2\)",
        ),
        (weight("['encoder']['mean/kernel']", np.ones((5, 2), int)), "encoder/mean/kernel must be"),
        (weight("['encoder']['more']", np.ones(3)), "belong to no attribute"),
        (entry("_weights", ["dict", {}]), "_weights has other parts"),
        (entry("_weights", ["list"]), "_weights has other parts"),
        (entry("n_features_in_", 4), "must be an array of shape"),
        (entry("n_features_in_", 2**60), "must be an array of shape"),
        (entry("n_iter_", 3), "history_"),
        (entry("scale_", 0.0), "scale_ must be a positive float"),
        (entry("scale_", ["float", "nan"]), "scale_ must be a positive float"),
        (entry("_seed", -1), "_seed must be"),
        (entry("_stream", ["dict", {}]), "_stream has other entries"),
        (entry("_fitted_model", 1), "_fitted_model.*does not know"),
        (architecture(likelihood="cauchy"), "likelihood is unknown"),
        (architecture(n_components=3), "must be an array of shape"),
        (architecture(encoder=network(["tuple", 2**30])), "the encoder has other weights"),
        (architecture(encoder=network(["tuple", 2**60])), "hidden_layer_sizes"),
        (architecture(is_masked=True), "the encoder has other weights"),
        (architecture(is_masked=1), "is_masked must be True or False"),
        (architecture(is_variational=False), "the encoder is that of another class"),
        (architecture(n_covariates=1), "the covariates have other levels"),
        (architecture(encoder=network(["tuple", -1])), "hidden_layer_sizes"),
        (architecture(encoder=network(["tuple", ["float", "inf"]])), "hidden_layer_sizes"),
        (architecture(encoder=network(["tuple"], "exec")), "activation"),
        (architecture(encoder=["estimator", "PCA", {}, {}]), "the encoder is no network"),
        (architecture(encoder=["tuple", 3]), "the encoder is no network"),
        (architecture(more=1), "_architecture has other entries"),
    ],
)
def test_hostile_states(forge, linear, change, words):
    path = forge(linear, change)
    tracemalloc.start()
    with pytest.raises(skvae.ModelFileError, match=words):
        skvae.load(path)
    assert tracemalloc.get_traced_memory()[1] < 2e6
    tracemalloc.stop()


def test_a_model_with_a_broken_weight_is_not_saved(path, linear):
    skvae.save(linear, path)
    before = path.read_bytes()
    broken = skvae.load(path)
    broken._weights["encoder"]["mean/kernel"][0, 0] = np.nan
    with pytest.raises(ValueError, match="encoder/mean/kernel holds NaN"):
        skvae.save(broken, path)
    assert path.read_bytes() == before


def test_callbacks_stay_behind(path):
    from sklearn.callback import ProgressBar

    model = VAETransformer(**LINEAR).set_callbacks(ProgressBar())
    skvae.save(model, path)
    assert not hasattr(skvae.load(path), "_skl_callbacks")
