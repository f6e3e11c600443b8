"""scikit-learn's callbacks: a task for each epoch, on the estimator, in a pipeline, in a search."""

import io
import itertools
import sys
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.training import DivergedError, Program


def small(**changes):
    return VAETransformer(**({"encoder": (8,), "epochs": 5, "random_state": 0} | changes))


def likelihood(estimator, X, y, sample_weight=None):
    """The estimator's own score; the monitor of scikit-learn 1.9.1 fails at ``scoring=None``."""
    return {"score": estimator.score(X, y, sample_weight=sample_weight)}


class Recorder:
    """Writes down what it is told, and stops where it is asked to."""

    def __init__(self, stop_after=None):
        self.stop_after = stop_after
        self.begun, self.ended, self.snapshots, self.data = [], [], [], []
        self.n_setups = self.n_teardowns = 0

    def setup(self, estimator, context):
        self.n_setups += 1

    def teardown(self, estimator, context):
        self.n_teardowns += 1

    def on_fit_task_begin(self, estimator, context):
        self.begun.append((context.task_name, context.task_id))

    def on_fit_task_end(self, estimator, context, *, X=None, y=None, metadata=None, fitted_estimator=None):
        self.ended.append((context.task_name, context.task_id))
        self.data.append((X, y, metadata))
        self.snapshots.append(fitted_estimator)
        return context.task_name == "epoch" and context.task_id + 1 == self.stop_after


class Propagated(Recorder):
    """As `Recorder`, but handed down from pipelines and searches."""

    max_propagation_depth = None


def test_one_task_per_epoch(iris):
    recorder = Recorder()
    small().set_callbacks(recorder).fit(iris)
    epochs = [("epoch", i) for i in range(5)]
    assert recorder.begun == [("fit", 0), *epochs]
    assert recorder.ended == [*epochs, ("fit", 0)]
    assert recorder.n_setups == recorder.n_teardowns == 1


def test_callbacks_change_nothing(iris):
    watched = small().set_callbacks(Recorder()).fit(iris)
    np.testing.assert_array_equal(watched.transform(iris), small().fit(iris).transform(iris))


def test_snapshots_are_usable_estimators_of_their_epoch(iris):
    recorder = Recorder()
    model = small().set_callbacks(recorder).fit(iris)
    assert [len(snapshot.history_["loss"]) for snapshot in recorder.snapshots] == [1, 2, 3, 4, 5, 5]
    codes = [snapshot.transform(iris) for snapshot in recorder.snapshots]
    assert all(not np.array_equal(one, other) for one, other in itertools.pairwise(codes[:5]))
    np.testing.assert_array_equal(codes[-1], model.transform(iris))
    np.testing.assert_array_equal(codes[-2], model.transform(iris))
    # The first epoch is that of a fit of as many steps, up to its learning rates; here they are equal.
    assert np.isfinite(recorder.snapshots[0].score(iris))
    assert recorder.snapshots[0].get_feature_names_out().tolist() == ["vaetransformer0", "vaetransformer1"]


def test_callback_stops_the_training(iris):
    model = small().set_callbacks(Recorder(stop_after=2)).fit(iris)
    assert model.n_iter_ == len(model.history_["loss"]) == 2
    assert np.isfinite(model.score(iris))


def test_callback_sees_best_weights_under_early_stopping(iris):
    """Where training only does harm, every snapshot is the start."""
    recorder = Recorder()
    small(early_stopping=True, learning_rate=0.9).set_callbacks(recorder).fit(iris)
    first, *others = (snapshot.transform(iris) for snapshot in recorder.snapshots)
    for other in others:
        np.testing.assert_array_equal(first, other)


def test_callbacks_see_the_data_as_given(iris):
    recorder, weights, labels = Recorder(), np.arange(150.0), load_iris().target
    small().set_callbacks(recorder).fit(iris, labels, sample_weight=weights)
    for X, y, metadata in recorder.data:
        assert X is iris
        assert y is labels
        assert metadata["sample_weight"] is weights


def test_without_y_the_data_are_what_is_to_be_predicted(iris):
    recorder = Recorder()
    small().set_callbacks(recorder).fit(iris)
    assert all(y is iris for _, y, _ in recorder.data)


def test_each_start_has_its_epochs(iris):
    recorder = Recorder()
    small(n_init=2).set_callbacks(recorder).fit(iris)
    assert recorder.begun.count(("epoch", 0)) == 2
    assert [name for name, _ in recorder.begun if name != "epoch"] == ["fit", "start", "start"]
    assert sorted(recorder.begun) == sorted(recorder.ended)


@pytest.mark.parametrize("error", [KeyboardInterrupt, DivergedError])
def test_tasks_that_were_begun_end_whatever_happens(iris, monkeypatch, error):
    recorder, real, n_calls = Recorder(), Program.train, iter(range(100))

    def train(self, *args):
        if next(n_calls) == 3:
            raise error
        return real(self, *args)

    monkeypatch.setattr(Program, "train", train)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        small(n_init=2).set_callbacks(recorder).fit(iris)
    assert sorted(recorder.begun) == sorted(recorder.ended)


def test_callbacks_are_torn_down_after_bad_input(iris):
    recorder = Recorder()
    model = small().set_callbacks(recorder)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(np.full((10, 3), np.nan))
    assert recorder.n_teardowns == 1
    assert set(vars(model)) == {*vars(small()), "_skl_callbacks"}


@pytest.mark.parametrize("task", ["epoch", "fit"])
def test_error_of_a_callback_leaves_an_earlier_fit_intact(iris, task):
    class Faulty(Recorder):
        def on_fit_task_end(self, estimator, context):
            if context.task_name == task:
                raise RuntimeError("full disk")

    model = small().fit(iris)
    before = model.transform(iris)
    with pytest.raises(RuntimeError, match="full disk"):
        model.set_params(epochs=3).set_callbacks(Faulty()).fit(iris)
    np.testing.assert_array_equal(model.transform(iris), before)
    assert model.n_iter_ == 5


def test_without_callbacks_nothing_is_paid(iris, monkeypatch):
    """Epochs go through the compiled function in calls of many, and no snapshot is taken."""
    small(epochs=60).fit(iris)
    n_calls, real = [], Program.train
    monkeypatch.setattr(Program, "train", lambda self, *args: n_calls.append(1) or real(self, *args))
    small(epochs=60).fit(iris)
    assert len(n_calls) <= 2
    n_calls.clear()
    small(epochs=60).set_callbacks(Recorder()).fit(iris)
    assert len(n_calls) == 60


def test_clone_keeps_callbacks_and_fitted_models_pickle(iris):
    import pickle

    recorder = Recorder()
    copy = clone(small().set_callbacks(recorder)).fit(iris)
    assert recorder.n_setups == 1
    assert pickle.loads(pickle.dumps(copy)).n_iter_ == 5


# scikit-learn's own


def test_scoring_monitor_logs_the_score_of_each_epoch(iris):
    monitor = ScoringMonitor(scoring=likelihood)
    model = small().set_callbacks(monitor).fit(iris)
    log = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert len(log) == 5
    assert log[-1]["score"] == pytest.approx(model.score(iris))
    assert len({row["score"] for row in log}) == 5


def test_scoring_monitor_passes_weights_on(iris):
    monitor, weights = ScoringMonitor(scoring=likelihood), np.r_[np.ones(50), np.full(100, 1e-3)]
    model = small().set_callbacks(monitor).fit(iris, sample_weight=weights)
    last = [row["score"] for row in monitor.get_logs().data if row["task_name"] == "epoch"][-1]
    assert last == pytest.approx(model.score(iris, sample_weight=weights))


@pytest.mark.parametrize("depth", [0, 1])
@pytest.mark.parametrize("n_init", [1, 2])
@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_progress_bar_counts_epochs(iris, monkeypatch, depth, n_init):
    pytest.importorskip("rich")
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    small(n_init=n_init).set_callbacks(ProgressBar(max_propagation_depth=depth)).fit(iris)
    assert "VAETransformer" in out.getvalue()
    assert "100%" in out.getvalue()


def test_callbacks_reach_the_model_through_a_pipeline(iris):
    recorder = Propagated()
    pipeline = make_pipeline(StandardScaler(), small()).set_callbacks(recorder)
    pipeline.fit(iris)
    assert sum(name == "epoch" for name, _ in recorder.ended) == 5
    assert recorder.n_setups == recorder.n_teardowns == 1
    assert not hasattr(pipeline[-1], "_skl_callbacks")


def test_callback_of_a_step_works_within_a_pipeline(iris):
    recorder = Recorder(stop_after=3)
    pipeline = make_pipeline(StandardScaler(), small().set_callbacks(recorder)).fit(iris)
    assert pipeline[-1].n_iter_ == 3


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_callbacks_work_in_a_search(iris, n_jobs):
    monitor = ScoringMonitor(scoring=likelihood)
    pipeline = make_pipeline(StandardScaler(), small(epochs=3).set_callbacks(monitor))
    search = GridSearchCV(pipeline, {"vaetransformer__beta": [1.0, 2.0]}, cv=2, n_jobs=n_jobs).fit(iris)
    epochs = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert len(epochs) == (2 * 2 + 1) * 3
    assert all(np.isfinite(row["score"]) for row in epochs)
    assert np.isfinite(search.best_score_)


def test_progress_bar_works_in_a_search(iris, monkeypatch):
    pytest.importorskip("rich")
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    search = GridSearchCV(small(epochs=2), {"beta": [1.0, 2.0]}, cv=2).set_callbacks(ProgressBar())
    search.fit(iris)
    assert "GridSearchCV" in out.getvalue()
    assert "VAETransformer" in out.getvalue()


def test_scorers_of_other_kinds_watch_the_training(iris):
    def spread(estimator, X, y):
        return float(estimator.transform(X).std())

    monitor = ScoringMonitor(scoring={"spread": spread})
    small().set_callbacks(monitor).fit(iris)
    assert all(row["spread"] > 0 for row in monitor.get_logs().data)


def test_only_callbacks_are_taken():
    with pytest.raises(TypeError, match="FitCallback"):
        small().set_callbacks(PCA())
