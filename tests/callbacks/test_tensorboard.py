"""The callback that writes for TensorBoard: what stands in its files, where they lie, and that it changes nothing."""

import os
import pickle
import re
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import AutoencoderTransformer, VAEImputer, VAETransformer
from skvae.callbacks import TensorBoard, _tensorboard
from skvae.training import Program


@pytest.fixture(scope="module")
def X():
    return load_iris().data


def small(cls=VAETransformer, **changes):
    return cls(**({"encoder": (4,), "epochs": 3, "random_state": 0} | changes))


def runs_in(log_dir):
    """Read the scalars of each folder that holds an event file: steps and values by name, by folder."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    runs = {}
    for file in sorted(log_dir.rglob("*tfevents*")):
        events = accumulator.EventAccumulator(str(file.parent)).Reload()
        scalars = {tag: events.Scalars(tag) for tag in events.Tags()["scalars"]}
        name = file.parent.relative_to(log_dir).as_posix()
        assert name not in runs, "two files in one folder"
        runs[name] = {tag: ([e.step for e in found], [e.value for e in found]) for tag, found in scalars.items()}
    return runs


def assert_tells(run, history):
    """A run tells a history, as far as float32 does."""
    assert set(run) == set(history)
    for name, values in history.items():
        steps, written = run[name]
        assert steps == list(range(1, len(values) + 1))
        np.testing.assert_array_equal(np.float32(written), values.astype(np.float32))


@pytest.mark.filterwarnings("ignore:The training has not converged")
@pytest.mark.parametrize(
    "estimator", [small(), small(early_stopping=True), small(AutoencoderTransformer)], ids=["vae", "validated", "plain"]
)
def test_each_epoch_is_written_as_in_the_history(without_xla, X, tmp_path, estimator):
    log_dir = tmp_path / "made" / "if need be"
    model = clone(estimator).set_callbacks(TensorBoard(log_dir)).fit(X)
    (name, run), *others = runs_in(log_dir).items()
    assert not others
    assert re.fullmatch(rf"\d{{8}}-\d{{6}}-{type(model).__name__}-[0-9a-f]{{8}}", name)
    assert_tells(run, model.history_)


def test_watching_changes_no_bit(X, tmp_path):
    plain, watched = small(epochs=30).fit(X), small(epochs=30).set_callbacks(TensorBoard(str(tmp_path))).fit(X)
    np.testing.assert_array_equal(plain.transform(X), watched.transform(X))
    for name in ("loss", "reconstruction", "kl"):
        np.testing.assert_array_equal(plain.history_[name], watched.history_[name])


def test_fits_one_after_the_other_do_not_mix_and_a_warm_start_goes_on(without_xla, X, tmp_path):
    model = small(warm_start=True).set_callbacks(TensorBoard(tmp_path)).fit(X)
    first = {name: values.copy() for name, values in model.history_.items()}
    model.fit(X)
    one, other = sorted(runs_in(tmp_path).values(), key=lambda run: run["loss"][0])
    assert_tells(one, first)
    assert other["loss"][0] == [4, 5, 6]
    np.testing.assert_array_equal(np.float32(other["loss"][1]), model.history_["loss"][3:].astype(np.float32))


def test_each_start_has_a_folder(without_xla, X, tmp_path):
    model = small(n_init=3).set_callbacks(TensorBoard(tmp_path)).fit(X)
    runs = runs_in(tmp_path)
    fit, *starts = runs
    assert starts == [f"{fit}/start-{i}" for i in range(3)]
    assert not runs.pop(fit)  # there lie the latent variables of the best
    losses = [np.float32(run["loss"][1]) for run in runs.values()]
    assert [len(loss) for loss in losses] == [3, 3, 3]
    assert sum(np.array_equal(loss, model.history_["loss"].astype(np.float32)) for loss in losses) == 1


def test_a_step_of_a_pipeline_is_named_by_it(without_xla, X, tmp_path):
    vae, y = small().set_callbacks(TensorBoard(tmp_path)), load_iris().target
    pipeline = make_pipeline(StandardScaler(), vae, LogisticRegression()).fit(X, y)
    ((name, run),) = runs_in(tmp_path).items()
    assert re.fullmatch(r"[\d-]+-Pipeline-[0-9a-f]{8}/fit-transform-vaetransformer-1", name)
    assert_tells(run, pipeline[1].history_)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_fits_of_a_search_do_not_mix(without_xla, X, tmp_path, n_jobs):
    pipeline = make_pipeline(StandardScaler(), small().set_callbacks(TensorBoard(tmp_path)))
    search = GridSearchCV(pipeline, {"vaetransformer__beta": [1.0, 0.5]}, cv=2, n_jobs=n_jobs).fit(X)
    runs = runs_in(tmp_path)
    assert len(runs) == 2 * 2 + 1
    assert all(run["loss"][0] == [1, 2, 3] for run in runs.values())
    assert len({tuple(run["loss"][1]) for run in runs.values()}) == 5
    refitted = [run for name, run in runs.items() if "candidate" not in name]
    assert_tells(refitted[0], search.best_estimator_[1].history_)


def test_the_model_of_an_imputer_is_watched(without_xla, X, tmp_path):
    X = np.where(X > 6, np.nan, X)
    imputer = VAEImputer(small(missing="mask").set_callbacks(TensorBoard(tmp_path))).fit(X)
    ((_, run),) = runs_in(tmp_path).items()
    assert_tells(run, imputer.estimator_.history_)


def test_files_are_closed_after_an_interrupt_and_hold_what_was_trained(without_xla, X, tmp_path, monkeypatch):
    callback, real, n_calls = TensorBoard(tmp_path), Program.train, iter(range(100))
    kept = []  # what nobody holds would be closed by itself

    class Kept(_tensorboard._EventFile):
        def __init__(self, folder):
            super().__init__(folder)
            kept.append(self)

    def train(self, *args):
        if next(n_calls) == 2:
            raise KeyboardInterrupt
        return real(self, *args)

    monkeypatch.setattr(Program, "train", train)
    monkeypatch.setattr(_tensorboard, "_EventFile", Kept)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = small(epochs=9).set_callbacks(callback).fit(X)
    assert_tells(next(iter(runs_in(tmp_path).values())), model.history_)
    assert model.n_iter_ == 2
    assert not callback._files
    assert len(kept) == 1
    assert not open_files_below(tmp_path)


def test_an_error_of_the_training_leaves_nothing_open(without_xla, X, tmp_path):
    callback, n_threads = TensorBoard(tmp_path), threading.active_count()
    with pytest.raises(ValueError, match="diverged"):
        small(learning_rate=1e30, optimizer="sgd").set_callbacks(callback).fit(X)
    assert not callback._files
    assert not open_files_below(tmp_path)
    assert threading.active_count() == n_threads


def open_files_below(folder):
    """List the files below a folder that the process holds open; empty where that cannot be known."""
    links = Path("/proc/self/fd")
    targets = [os.readlink(link) for link in links.iterdir() if link.is_symlink()] if links.is_dir() else []
    return [target for target in targets if target.startswith(str(folder))]


def test_files_are_open_and_readable_while_it_trains(without_xla, X, tmp_path):
    seen = []

    class Looker(TensorBoard):
        def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
            super().on_fit_task_end(estimator, context, fitted_estimator=fitted_estimator)
            if context.task_name == "epoch":
                seen.extend(run["loss"][0] for run in runs_in(tmp_path).values())

    small().set_callbacks(Looker(tmp_path)).fit(X)
    assert seen == [[1], [1, 2], [1, 2, 3]]


def test_copies_know_the_folder_and_no_fit(without_xla, X, tmp_path):
    callback = TensorBoard(tmp_path)
    model = pickle.loads(pickle.dumps(small().set_callbacks(callback).fit(X)))
    model.fit(X)
    assert len(runs_in(tmp_path)) == 2
    copied = pickle.loads(pickle.dumps(TensorBoard(tmp_path, n_embedded=7)))
    assert (copied.log_dir, copied.n_embedded) == (tmp_path, 7)


def test_without_an_epoch_nothing_is_written(X, tmp_path):
    with pytest.raises(ValueError, match="NaN"):
        small().set_callbacks(TensorBoard(tmp_path)).fit(np.full_like(X, np.nan))
    assert not list(tmp_path.iterdir())


def test_tasks_without_a_fitted_estimator_write_nothing(tmp_path):
    class Task:
        task_name = "epoch"

    callback = TensorBoard(tmp_path)
    assert callback.on_fit_task_begin(small(), Task()) is None
    assert callback.on_fit_task_end(small(), Task(), fitted_estimator=None) is None
    assert not list(tmp_path.iterdir())


def test_it_is_set_on_what_trains(X, tmp_path):
    pipeline = make_pipeline(PCA(2), small()).set_callbacks(TensorBoard(tmp_path))
    with pytest.raises(
        TypeError, match=r"was set on a Pipeline: set it on the step that trains, such as pipeline\[-1\]"
    ):
        pipeline.fit(X)


def test_a_folder_that_cannot_be_is_told_before_the_training(X, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError):
        small().set_callbacks(TensorBoard(tmp_path / "file")).fit(X)
    with pytest.raises(TypeError, match="PathLike"):
        small().set_callbacks(TensorBoard(None)).fit(X)
