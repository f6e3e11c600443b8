"""ONNX files give in onnxruntime what the estimator gives."""

import json
import sys

import numpy as np
import pytest
from exported_models import COUNTS, HOLES, X, assert_close, exported
from members import AUTOENCODERS
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, QuantileTransformer, StandardScaler
from test_nothing_global import snapshot

from skvae import VAEImputer, VAETransformer
from skvae._compat import InvalidParameterError
from skvae.export import to_onnx
from skvae.networks import Network
from skvae.networks._activations import ACTIVATIONS
from skvae.preprocessing import MaxNormalizer, MeanImputer

pytest.importorskip("tf2onnx")
onnxruntime = pytest.importorskip("onnxruntime")

pytestmark = pytest.mark.usefixtures("without_xla")


def small(**changes):
    return VAETransformer(**{"n_components": 2, "encoder": (4,), "epochs": 2, "random_state": 0} | changes)


@pytest.fixture
def session(tmp_path):
    """Write a part of an estimator, and load it in onnxruntime."""

    def load(estimator, part="encoder"):
        to_onnx(estimator, tmp_path / "model.onnx", part=part)
        return onnxruntime.InferenceSession(tmp_path / "model.onnx")

    return load


def repeated(table, n_rows):
    return np.resize(table, (n_rows, table.shape[1]))


@pytest.mark.parametrize("part", ["encoder", "decoder"])
@pytest.mark.parametrize("name", AUTOENCODERS)
def test_every_member_for_any_number_of_rows(session, name, part):
    model, data, indicators, codes, decoded = exported(name)
    model_session = session(model, part)
    given, expected = ({"data": data}, {"codes": codes}) if part == "encoder" else ({"codes": codes}, {"data": decoded})
    given |= {"covariates": indicators} if indicators.size else {}
    assert {value.name for value in model_session.get_inputs()} == set(given)
    if part == "encoder" and hasattr(model, "posterior"):
        log_variance = model._encode(np.hstack([data, indicators]))[1]
        expected["std"] = np.exp(0.5 * log_variance)
    assert [value.name for value in model_session.get_outputs()] == list(expected)
    for n_rows in (1, 2, 1000):
        found = model_session.run(None, {key: repeated(table, n_rows) for key, table in given.items()})
        for values, table in zip(found, expected.values(), strict=True):
            assert values.dtype == np.float64
            assert_close(values, repeated(table, n_rows))


@pytest.mark.parametrize(
    ("apply", "undo"),
    [
        (np.log2, np.exp2),
        (np.exp2, None),
        (np.log, np.exp),
        (np.log1p, np.expm1),
        (np.expm1, None),
        (np.sqrt, np.square),
        (np.log10, None),
    ],
)
def test_raw_data_go_in_and_come_out(session, apply, undo):
    raw = np.where(np.random.default_rng(0).random(X.shape) < 0.1, np.nan, np.exp2(X / 4))
    function = FunctionTransformer(apply, undo, check_inverse=False)
    pipeline = make_pipeline(function, MeanImputer(), "passthrough", StandardScaler(), small()).fit(raw)
    codes = pipeline.transform(raw)
    assert_close(session(pipeline).run(["codes"], {"data": raw})[0], codes)
    assert_close(session(pipeline, "decoder").run(None, {"codes": codes})[0], pipeline.inverse_transform(codes))


def test_pipelines_within_a_pipeline_are_its_steps(session):
    before = make_pipeline(MinMaxScaler(), make_pipeline(FunctionTransformer(np.log1p, np.expm1), StandardScaler()))
    pipeline = make_pipeline(before, make_pipeline(small())).fit(X)
    codes = pipeline.transform(X)
    assert_close(session(pipeline).run(["codes"], {"data": X})[0], codes)
    assert_close(session(pipeline, "decoder").run(None, {"codes": codes})[0], pipeline.inverse_transform(codes))


def test_values_beyond_the_range_are_clipped(session):
    pipeline = make_pipeline(MinMaxScaler(clip=True), MaxNormalizer(clip=True), small(likelihood="bernoulli")).fit(X)
    beyond = X + np.linspace(-5, 5, 40)[:, np.newaxis]
    assert_close(session(pipeline).run(["codes"], {"data": beyond})[0], pipeline.transform(beyond))


@pytest.mark.parametrize("likelihood", ["gaussian", "poisson"])
def test_data_far_from_zero_keep_their_digits(session, likelihood):
    far = X + 1e7 if likelihood == "gaussian" else 1000 * COUNTS + 10.0**6
    model = small(likelihood=likelihood).fit(far)
    codes = model.transform(far)
    assert_close(session(model).run(["codes"], {"data": far})[0], codes)
    (found,) = session(model, "decoder").run(None, {"codes": codes})
    expected = model.inverse_transform(codes)
    if likelihood == "gaussian":  # the offset is added in float64, and does not hide what the networks say
        found, expected = found - 1e7, expected - 1e7
    assert_close(found, expected)


def test_every_activation_and_a_network_of_ones_own(session):
    class Every(Network):
        def connect(self, inputs):
            from keras import layers

            hidden = layers.Dense(3, dtype="float32")(inputs)
            return layers.Concatenate()([layers.Activation(name)(hidden) for name in sorted(ACTIVATIONS)])

    model = small(encoder=Every(), decoder=Every(), init="random").fit(X)
    assert_close(session(model).run(["codes"], {"data": X})[0], model.transform(X))
    codes = model.transform(X)
    assert_close(session(model, "decoder").run(None, {"codes": codes})[0], model.inverse_transform(codes))


def test_what_onnx_does_not_know_is_named(tmp_path):
    class Inverse(Network):
        def connect(self, inputs):
            from keras import layers, ops

            return ops.erfinv(layers.Dense(3, activation="tanh", dtype="float32")(inputs))

    model = small(encoder=Inverse(), decoder=(), init="random").fit(X)
    with pytest.raises(ValueError, match=r"ONNX does not know, of a network or likelihood of your own: .*Erfinv"):
        to_onnx(model, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_nan_is_nan_unless_it_is_a_missing_value(session):
    holed = X.copy()
    holed[0, 0] = np.nan
    (codes,) = session(small().fit(X)).run(["codes"], {"data": holed})
    assert np.isnan(codes[0]).all()
    assert np.isfinite(codes[1:]).all()
    masked = small(missing="mask").fit(HOLES)
    assert_close(session(masked).run(["codes"], {"data": holed})[0], masked.transform(holed))


def test_the_file_tells_what_its_columns_are(session):
    model, *_ = exported("given limits, covariates")
    told = {key: json.loads(value) for key, value in session(model).get_modelmeta().custom_metadata_map.items()}
    assert told["features"] == list("abcdef")
    assert told["components"] == ["vaetransformer0", "vaetransformer1"]
    assert told["covariates"][0] == {"name": "batch", "levels": ["one", "two"], "shares": [0.5, 0.5]}
    assert told["covariates"][1]["levels"] == [1, 2, 3, 4]


def test_float32_data_are_cast_by_the_caller(session):
    with pytest.raises(Exception, match="float"):
        session(small().fit(X)).run(None, {"data": X.astype(np.float32)})


@pytest.mark.parametrize(
    ("made", "error", "message"),
    [
        (small, NotFittedError, "not fitted"),
        (lambda: make_pipeline(StandardScaler().fit(X), small()), NotFittedError, "not fitted"),
        (
            lambda: make_pipeline(StandardScaler(), small().fit(X)),
            NotFittedError,
            "StandardScaler instance is not fitted",
        ),
        (lambda: PCA(2).fit(X), TypeError, "or a Pipeline that ends in one, but got PCA"),
        (lambda: make_pipeline(small(), LogisticRegression()), TypeError, r"ends in LogisticRegression: cut it behind"),
        (
            lambda: GridSearchCV(small(), {"beta": [1.0]}, cv=2).fit(X),
            TypeError,
            r"GridSearchCV: pass its .best_estimator_",
        ),
        (lambda: VAEImputer(small(missing="mask")).fit(HOLES), TypeError, r"VAEImputer: pass its .estimator_"),
        (
            lambda: Pipeline([("ranks", QuantileTransformer(n_quantiles=5)), ("vae", small())]).fit(X),
            ValueError,
            r"The step 'ranks', QuantileTransformer\(.*\), cannot be exported: .* StandardScaler.*pipeline\[-1\]",
        ),
        (
            lambda: make_pipeline(FunctionTransformer(lambda table: table + 1), small()).fit(X),
            ValueError,
            "The step 'functiontransformer'",
        ),
        (
            lambda: make_pipeline(StandardScaler(), small(covariates=[5])).fit(np.round(X)),
            ValueError,
            r"The steps before a model with covariates cannot be exported with it. .*pipeline\[:-1\]",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_cannot_be_exported_is_told(tmp_path, made, error, message):
    estimator = made()
    (tmp_path / "model.onnx").write_text("old")
    with pytest.raises(error, match=message):
        to_onnx(estimator, tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").read_text() == "old"


def test_wrong_part_and_path(tmp_path):
    model, *_ = exported("vae")
    with pytest.raises(InvalidParameterError, match="'decoder'"):
        to_onnx(model, tmp_path / "model.onnx", part="both")
    with pytest.raises(TypeError, match="PathLike"):
        to_onnx(model, None)
    with pytest.raises(FileNotFoundError):
        to_onnx(model, tmp_path / "no such folder" / "model.onnx")
    with pytest.raises(IsADirectoryError):
        to_onnx(model, tmp_path)


def test_missing_extra_is_named(tmp_path, monkeypatch):
    model, *_ = exported("vae")
    for module in ("tf2onnx", "tf2onnx.convert"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r"Exporting to ONNX needs 'tf2onnx'.*skvae\[onnx\]"):
        to_onnx(model, tmp_path / "model.onnx")


def test_nothing_is_said_and_nothing_of_the_process_changes(tmp_path, capfd):
    model, *_ = exported("counts")
    before = snapshot()
    to_onnx(model, tmp_path / "model.onnx")
    to_onnx(model, tmp_path / "model.onnx", part="decoder")
    assert capfd.readouterr() == ("", "")
    assert snapshot() == before


def test_importing_the_converter_leaves_the_environment(tmp_path):
    import subprocess

    model, *_ = exported("vae")
    import skvae

    skvae.save(model, tmp_path / "model.skvae")
    code = (
        "import os, sys, skvae, skvae.export\nassert not {'tensorflow', 'tf2onnx'} & set(sys.modules)\n"
        "before = dict(os.environ)\n"
        "skvae.export.to_onnx(skvae.load('model.skvae'), 'model.onnx')\nassert dict(os.environ) == before"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    assert done.stdout == b""
    assert onnxruntime.InferenceSession(tmp_path / "model.onnx")
