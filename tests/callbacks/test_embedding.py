"""Latent variables for the Projector: what it reads of them, which rows, and how labels are written."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import AutoencoderTransformer, VAETransformer
from skvae._compat import InvalidParameterError
from skvae.callbacks import TensorBoard
from skvae.callbacks._embedding import Samples

pytestmark = pytest.mark.usefixtures("without_xla")

IRIS = load_iris(as_frame=True)
X = IRIS.data.set_axis([f"flower {i}" for i in range(150)])
NAMES = IRIS.target_names[IRIS.target].astype(object)


def small(cls=VAETransformer, **changes):
    return cls(**{"encoder": (4,), "epochs": 2, "random_state": 0} | changes)


class Projector:
    """The Projector of TensorBoard, asked as its page asks it."""

    def __init__(self, folder):
        pytest.importorskip("tensorboard")
        from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
        from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
        from tensorboard.plugins.base_plugin import TBContext
        from tensorboard.plugins.projector.projector_plugin import ProjectorPlugin

        events = EventMultiplexer().AddRunsFromDirectory(str(folder)).Reload()
        context = TBContext(data_provider=MultiplexerDataProvider(events, str(folder)), logdir=str(folder))
        self.pages = ProjectorPlugin(context).get_plugin_apps()

    def ask(self, page, **query):
        from werkzeug.test import Client

        answer = Client(self.pages[page]).get("/", query_string=query)
        assert answer.status_code == 200, answer.data
        return answer.data

    @property
    def runs(self):
        return json.loads(self.ask("/runs"))

    def codes(self, run):
        (embedding,) = json.loads(self.ask("/info", run=run))["embeddings"]
        return np.frombuffer(self.ask("/tensor", run=run, name="codes"), np.float32).reshape(embedding["tensorShape"])

    def told(self, run):
        lines = self.ask("/metadata", run=run, name="codes").decode().splitlines()
        return [tuple(line.split("\t")) for line in lines]


@pytest.mark.parametrize("estimator", [small(n_components=4), small(AutoencoderTransformer, n_components=3)], ids=repr)
def test_the_projector_shows_codes_labels_and_names(tmp_path, estimator):
    model = clone(estimator).set_callbacks(TensorBoard(tmp_path)).fit(X, NAMES)
    projector = Projector(tmp_path)
    (run,) = projector.runs
    np.testing.assert_allclose(projector.codes(run), model.transform(X), rtol=1e-6)
    header, *rows = projector.told(run)
    assert header == ("label", "sample")
    assert rows == list(zip(NAMES, X.index, strict=True))


@pytest.mark.parametrize("n_components", [1, 2])
def test_the_projector_needs_three_dimensions(tmp_path, n_components):
    model = small(n_components=n_components).set_callbacks(TensorBoard(tmp_path)).fit(X)
    codes = Projector(tmp_path).codes(*Projector(tmp_path).runs)
    np.testing.assert_allclose(codes[:, :n_components], model.transform(X), rtol=1e-6)
    assert codes.shape == (150, 3)
    assert not codes[:, n_components:].any()


def test_it_is_found_from_every_folder(tmp_path):
    pipeline = make_pipeline(StandardScaler(), small(n_init=2).set_callbacks(TensorBoard(tmp_path)))
    pipeline.fit(X, NAMES)
    (run,) = Projector(tmp_path).runs
    outer, inner = run.split("/")
    assert Projector(tmp_path / outer).runs == [inner]
    assert Projector(tmp_path / outer / inner).runs == ["."]
    assert len(Projector(tmp_path / outer / inner).told(".")) == 151
    codes = Projector(tmp_path).codes(run)[:, :2]
    np.testing.assert_allclose(codes, pipeline.transform(X), rtol=1e-6)


def test_each_fit_of_a_search_has_its_own(tmp_path):
    search = GridSearchCV(small().set_callbacks(TensorBoard(tmp_path)), {"beta": [1.0, 0.5]}, cv=2, n_jobs=1)
    search.fit(X, NAMES)
    projector = Projector(tmp_path)
    assert sorted(len(projector.told(run)) for run in projector.runs) == [76] * 4 + [151]


@pytest.mark.parametrize("table", [X.to_numpy(), X.to_numpy().tolist()], ids=["array", "list"])
def test_without_labels_rows_bear_their_names_or_numbers(tmp_path, table):
    small().set_callbacks(TensorBoard(tmp_path / "plain")).fit(table)
    small().set_callbacks(TensorBoard(tmp_path / "named")).fit(X)
    plain, named = Projector(tmp_path / "plain"), Projector(tmp_path / "named")
    assert plain.told(*plain.runs) == [(str(i),) for i in range(150)]
    assert named.told(*named.runs) == [(name,) for name in X.index]


def test_evenly_spaced_rows_stand_for_many(tmp_path):
    model = small().set_callbacks(TensorBoard(tmp_path, n_embedded=4)).fit(X, NAMES)
    projector = Projector(tmp_path)
    (run,) = projector.runs
    assert [name for _, name in projector.told(run)] == ["sample", "flower 0", "flower 49", "flower 99", "flower 149"]
    np.testing.assert_allclose(projector.codes(run)[:, :2], model.transform(X)[[0, 49, 99, 149]], rtol=1e-6)


def test_none_are_written_on_request(tmp_path):
    small().set_callbacks(TensorBoard(tmp_path, n_embedded=0)).fit(X, NAMES[:3])
    assert [path.name.partition(".")[0] for path in tmp_path.rglob("*.*")] == ["events"]


def test_covariates_and_weights_are_no_hindrance(tmp_path):
    table = X.assign(batch=["one", "two"] * 75)
    model = small(covariates=["batch"]).set_callbacks(TensorBoard(tmp_path))
    model.fit(table, NAMES, sample_weight=np.arange(150.0))
    projector = Projector(tmp_path)
    np.testing.assert_allclose(projector.codes(*projector.runs)[:, :2], model.transform(table), rtol=1e-6)


def test_an_embedding_changes_no_bit(tmp_path):
    plain = small().set_callbacks(TensorBoard(tmp_path, n_embedded=0)).fit(X, NAMES)
    shown = small().set_callbacks(TensorBoard(tmp_path)).fit(X, NAMES)
    np.testing.assert_array_equal(plain.transform(X), shown.transform(X))
    assert vars(plain).keys() == vars(shown).keys()


def test_after_an_error_there_is_no_embedding(tmp_path):
    with pytest.raises(ValueError, match="diverged"):
        small(learning_rate=1e30, optimizer="sgd").set_callbacks(TensorBoard(tmp_path)).fit(X, NAMES)
    assert not list(tmp_path.rglob("*.pbtxt"))


def test_labels_of_another_number_are_told_before_the_training(tmp_path):
    model = small().set_callbacks(TensorBoard(tmp_path))
    with pytest.raises(ValueError, match=r"label the 150 rows of X, but has the shape \(3,\)"):
        model.fit(X, NAMES[:3])
    assert not hasattr(model, "history_")


@pytest.mark.parametrize("label", [["a", "b"], np.array(["a"])], ids=repr)
def test_lists_are_no_labels(label):
    y = np.empty(3, dtype=object)
    y[:] = ["a", label, "b"]
    with pytest.raises(ValueError, match=f"one label for each row of X, but row 1 has a {type(label).__name__}"):
        Samples.of(np.zeros((3, 2)), y, most=1)


@pytest.mark.parametrize("table", [None, "text", {"a": [1]}, 3.0, iter([])], ids=lambda table: type(table).__name__)
def test_what_is_no_table_is_told_by_fit(tmp_path, table):
    errors = []
    for model in (small(), small().set_callbacks(TensorBoard(tmp_path))):
        with pytest.raises((TypeError, ValueError)) as caught:
            model.fit(table, NAMES)
        errors.append(str(caught.value))
    assert errors[0] == errors[1]


@pytest.mark.parametrize("number", [-1, 2.5, True, "all"])
def test_number_of_rows_is_checked(tmp_path, number):
    with pytest.raises(InvalidParameterError, match="'n_embedded' of TensorBoard must be an int of at least 0"):
        small().set_callbacks(TensorBoard(tmp_path, n_embedded=number)).fit(X)


def test_tensorboard_is_needed_to_look_only(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    small().set_callbacks(TensorBoard(tmp_path)).fit(X, NAMES)
    assert len(list(tmp_path.rglob("codes.tsv"))) == 1


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (["a\tb", "c\nd", "e\r\u2028f"], ["a\\tb", "c\\nd", "e\\r\\u2028f"]),
        ([1, 2, 3], ["1", "2", "3"]),
        (np.array([0.5, np.nan, 2]), ["0.5", "(missing)", "2.0"]),
        (pd.Series(["a", None, ""]), ["a", "(missing)", "(missing)"]),
        (pd.Categorical(["a", np.nan, "ä"]), ["a", "(missing)", "ä"]),
        (np.array([[1], [2], [3]]), ["1", "2", "3"]),
        ([True, False, None], ["True", "False", "(missing)"]),
        (pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]}), None),
        (sparse.csr_array(np.eye(3)), None),
    ],
    ids=repr,
)
def test_labels_of_any_kind(tmp_path, y, labels):
    samples = Samples.of(np.zeros((3, 2)), y, most=10)
    assert samples.columns.get("label") == labels
    samples.write(tmp_path, np.zeros((3, 2)))
    # As many lines as rows, whatever a reader takes for the end of a line.
    assert len((tmp_path / "metadata.tsv").read_text(encoding="utf-8").splitlines()) == 3 + (labels is not None)
