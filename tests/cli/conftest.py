"""Tables of iris in many states, and model files made of them once."""

import shutil
import signal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler
from tiny import TINY

import skvae
from skvae import cli


def _flowers():
    """The iris table with names, and a text column for the species and a number for the batch."""
    X, y = load_iris(return_X_y=True, as_frame=True)
    X.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    index = pd.Index([f"flower{i}" for i in range(len(X))], name="flower")
    labels = {"species": load_iris().target_names[y], "batch": np.arange(len(X)) % 3 + 1}
    return X.set_axis(index), pd.DataFrame(labels, index=index)


@pytest.fixture(scope="session")
def flowers():
    """Features and labels."""
    return _flowers()


@pytest.fixture(scope="session")
def made(tmp_path_factory, flowers):
    """A folder with tables and model files, which no test may change."""
    folder = tmp_path_factory.mktemp("made")
    X, labels = flowers
    holes = np.random.RandomState(0).uniform(size=X.shape) < 0.1
    tables = {
        "plain.csv": X,
        "labelled.csv": X.join(labels),
        "labels.tsv": labels.iloc[::-1],
        "holes.csv": X.mask(holes),
        "reversed.csv": X.iloc[::-1, ::-1].assign(colour="blue"),
        "renamed.csv": X.rename(columns={"sepal_width": "sepalwidth"}),
        "side.csv": X.T.rename_axis("feature"),
        "one.csv": X.iloc[:1],
        "void.csv": X.assign(void=np.nan),
        "nothing.csv": X.mask(X > 0),
        "constant.csv": X * 0 + 1,
    }
    for name, table in tables.items():
        table.to_csv(folder / name, sep="\t" if name.endswith(".tsv") else ",")
    models = {
        "pca": PCA(2).fit(X),
        "normalized": make_pipeline(StandardScaler(), Normalizer(), PCA(2)).fit(X),
        "unnamed": PCA(2).fit(X.to_numpy()),
        "unfitted": PCA(2),
        "network": skvae.networks.Dense((3,)),
    }
    for name, model in models.items():
        skvae.save(model, folder / f"{name}.skvae")
    (folder / "evidence.txt").write_text("Sequence\tLength\tRaw file\tIntensity\nPEPTIDE\t7\trun1\t1000\n")
    (folder / "text.skvae").write_text("no model at all")
    return folder


@pytest.fixture(scope="session")
def fitted(made):
    """Fit two models by the command: of the plain table, and of logarithms given species and batch."""
    from skvae.estimators import _training

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_training, "prefers_xla", lambda n_weights: False)
        assert cli.main(["fit", f"{made}/plain.csv", "-o", f"{made}/vae.skvae", "-q", *TINY]) == 0
        given = ["--covariates", "species", "batch", "--transform", "log2", "-o", f"{made}/given.skvae"]
        assert cli.main(["fit", f"{made}/labelled.csv", "-q", *given, *TINY]) == 0
    return made


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    """A copy of the tables and models that are made without a fit, as the current folder."""
    return _moved(made, tmp_path, monkeypatch)


@pytest.fixture
def here_fitted(fitted, tmp_path, monkeypatch):
    """The same with the fitted models."""
    return _moved(fitted, tmp_path, monkeypatch)


def _moved(folder, tmp_path, monkeypatch):
    """Copy a folder, and go there."""
    shutil.copytree(folder, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def fails(capsys):
    """A function that runs a command that must fail, and returns its message."""

    def run(*argv):
        assert cli.main([*map(str, argv)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        last = err.splitlines()[-1]
        assert last.startswith("skvae: error: ")
        return last

    return run


@pytest.fixture
def interrupted_at_once(monkeypatch):
    """Let Ctrl-C come in the first epoch of a fit."""
    from skvae.cli import _progress

    def begin(self, estimator, context):
        if context.task_name == "epoch":
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(_progress.Steps, "on_fit_task_begin", begin)


@pytest.fixture
def interrupted_fit(monkeypatch):
    """Let Ctrl-C come at the end of the second epoch of a fit."""
    from skvae.cli import _progress

    def show(n_done):
        if n_done == 2:
            signal.raise_signal(signal.SIGINT)

    display = SimpleNamespace(start=lambda: None, show=show, stop=lambda: None)
    monkeypatch.setattr(_progress, "_display", lambda epochs: display)
