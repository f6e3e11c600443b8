"""`skvae report`: what it reads, writes and refuses."""

import html
import json
from functools import partial

import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae import VAETransformer, cli
from skvae.datasets import make_protein_groups
from skvae.reporting import _models, _pictures

QUICK = ["--repeats", "2", "--refits", "0", "-q"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table with and one without labels, labels in a second table, and a model."""
    folder = tmp_path_factory.mktemp("report")
    X, y = load_iris(return_X_y=True, as_frame=True)
    X.index = pd.Index([f"flower{i}" for i in range(150)], name="flower")
    species = y.set_axis(X.index).map(dict(enumerate(load_iris().target_names))).rename("species")
    X.to_csv(folder / "plain.csv")
    X[::50].to_csv(folder / "three.csv")
    X.assign(species=species).to_csv(folder / "iris.csv")
    species[::-1].to_csv(folder / "labels.csv")
    model = make_pipeline(StandardScaler(), VAETransformer(2, encoder=(8,), epochs=3, random_state=0)).fit(X)
    skvae.save(model, folder / "model.skvae")
    return folder


@pytest.fixture
def here(folder, without_xla, monkeypatch):
    """Work in that folder, with a VAE that trains in a moment, and pictures that are not drawn."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(_models, "VAETransformer", partial(VAETransformer, encoder=(8,), epochs=3))
    monkeypatch.setattr(_pictures, "_saved", lambda *_, **__: b'<svg viewBox="0 0 9 9"></svg>')
    return folder


def fails(capsys, *argv):
    """Run a command that must fail; return its message."""
    assert cli.main(["report", *argv]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err.splitlines()[-1]


def test_a_table_becomes_a_page(here, capsys):
    assert cli.main(["report", "iris.csv", "--target", "species", *QUICK]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("With 2 latent variables, VAE is better than PCA in")
    assert "Report: iris-report.html (" in out
    page = (here / "iris-report.html").read_text(encoding="utf-8")
    assert "<h1>iris.csv: PCA or VAE?</h1>" in page
    assert "setosa" in page
    assert "labels (species)" in page


@pytest.mark.parametrize("data", [["iris.csv"], ["plain.csv", "--metadata", "labels.csv"]])
def test_a_model_is_described_on_its_data(here, capsys, data):
    arguments = ["--data", *data, "--target", "species", "-o", "on.html", "--title", "My <model>"]
    assert cli.main(["report", "model.skvae", *arguments, *QUICK]) == 0
    page = (here / "on.html").read_text(encoding="utf-8")
    assert "<h1>My &lt;model&gt;</h1>" in page
    assert "Copies of the model were fitted anew" in page
    assert "virginica" in page


def test_a_model_alone(here, capsys):
    assert cli.main(["report", "model.skvae", "-o", "alone.html", "-q"]) == 0
    assert capsys.readouterr().out.startswith("VAE has 2 latent variables; without data")
    assert "Exact parameters" in (here / "alone.html").read_text(encoding="utf-8")


def test_json_holds_the_comparison_and_the_seed_repeats_it(here, capsys):
    answers = []
    for seed in "001":
        cli.main(["report", "plain.csv", "-o", "seed.html", "--json", "--seed", seed, *QUICK])
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0]["output"] == "seed.html"
    assert answers[-1]["bytes"] == (here / "seed.html").stat().st_size
    errors = [answer["comparison"]["table"]["VAE"]["reconstruction_error"] for answer in answers]
    assert errors[0] == errors[1] != errors[2]


def test_what_is_left_out_while_reading_stands_on_the_page(here, capsys):
    X = pd.read_csv("iris.csv", index_col=0).assign(hollow=float("nan"))
    X.loc["flower3":"flower7", "species"] = None
    X.to_csv("gaps.csv")
    arguments = ["gaps.csv", "--target", "species", "-o", "gaps.html", "--json", "--repeats", "0", "--refits", "0"]
    assert cli.main(["report", *arguments]) == 0
    out, err = capsys.readouterr()
    told = (
        "5 of 150 samples have no label in 'species' and are left out.",
        "1 column without any value left out, such as 'hollow'.",
    )
    assert json.loads(out)["warnings"][:2] == [f"reading the table: {message}" for message in told]
    page = html.unescape((here / "gaps.html").read_text(encoding="utf-8"))
    for message in told:
        assert f"skvae: note: {message}" in err
        assert page.count(message) == 2  # to beware of, and among the warnings


def test_proteins_that_are_left_out_stand_on_the_page(here, capsys):
    make_protein_groups(".", n_samples=20, n_proteins=60, random_state=0)
    arguments = ["proteinGroups.txt", "--transform", "log2", "-o", "p.html", "--json", "--repeats", "0"]
    cli.main(["report", *arguments, "--refits", "0", "-q"])
    out, err = capsys.readouterr()
    assert "skvae: proteinGroups" not in err
    assert "left out: 2 decoys" in json.loads(out)["warnings"][0]
    assert "left out: 2 decoys" in (here / "p.html").read_text(encoding="utf-8")


def test_what_was_not_compared_is_no_question(here, capsys):
    assert cli.main(["report", "three.csv", "-o", "three.html", "--repeats", "0", "-q"]) == 0
    assert capsys.readouterr().out.startswith(
        "VAE describes 4 features by 2 latent variables; it was not compared with PCA on held-out rows."
    )
    assert "<h1>three.csv: PCA and VAE</h1>" in (here / "three.html").read_text(encoding="utf-8")


def test_progress_is_told(here, capsys):
    cli.main(["report", "plain.csv", "-o", "told.html", "--repeats", "1", "--refits", "2"])
    err = capsys.readouterr().err
    for step in ("plain.csv: 150 rows, 4 columns", "fitting VAE on all rows", "refitting VAE, other seeds", "drawing"):
        assert f"skvae: {step}" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.csv"], "no file nowhere.csv"),
        (["nowhere.skvae"], "no file nowhere.skvae"),
        (["iris.csv", "--target", "specis"], "did you mean 'species'"),
        (["iris.csv"], "--target"),
        (["iris.csv", "--data", "plain.csv"], "leave --data out"),
        (["model.skvae", "--target", "species"], "give --data TABLE"),
        (["model.skvae", "--data", "iris.csv", "--transform", "log2"], "a model has its own"),
        (["model.skvae", "--data", "labels.csv"], "no column of the model"),
        (["model.skvae", "--data", "iris.csv", "--target", "specis"], "did you mean 'species'"),
        (["plain.csv", "-o", "page.pdf"], "must end in .html or .htm, not '.pdf'"),
        (["three.csv"], "3 rows, but comparing models needs 8 at least. --repeats 0 leaves the comparison out."),
        (["plain.csv", "-o", "nowhere/page.html"], "no folder nowhere"),
        (["plain.csv", "--n-components", "9"], "allow 4 at most"),
    ],
)
def test_what_is_wrong_is_said(here, capsys, arguments, message):
    assert message in fails(capsys, *arguments, "-q")


def test_one_refit_cannot_be_compared(here, capsys):
    with pytest.raises(SystemExit):
        cli.main(["report", "plain.csv", "--refits", "1"])
    assert "needs 2 or more, or 0 for none" in capsys.readouterr().err
