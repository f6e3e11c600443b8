"""The command ``skvae study``."""

import dataclasses
import json
import signal

import numpy as np
import pytest
import toy_study

from skvae import cli
from skvae.studies import STUDIES


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A study without models, and an empty current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(STUDIES, "toy", "toy_study")
    return tmp_path


def test_a_study_is_run_printed_and_written(toy, capsys):
    assert cli.main(["study", "toy", "--quick"]) == 0
    out, err = capsys.readouterr()
    assert "values rise with the level: confirmed" in out
    assert out.endswith("Table, picture and manifest: study-toy-quick\n")
    assert sum(line.startswith("skvae: toy ") for line in err.splitlines()) == 4
    assert (toy / "study-toy-quick" / "table.csv").exists()


def test_json_has_the_findings_and_the_table(toy, capsys):
    assert cli.main(["study", "toy", "--quick", "--json", "-q"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["findings"][0]["claim"] == "values rise with the level"
    assert told["findings"][0]["holds"] is True
    rows = (toy / "study-toy-quick" / "table.csv").read_text().splitlines()
    assert len(told["table"]) == len(rows) - 1
    assert told["output"] == "study-toy-quick"


def test_options_reach_the_study(toy, capsys):
    argv = ["study", "toy", "--replicates", "1", "--seed", "5", "--n-jobs", "1", "--output", "here", "-q"]
    assert cli.main(argv) == 0
    assert capsys.readouterr().err == ""
    manifest = json.loads((toy / "here" / "manifest.json").read_text())
    assert manifest["sizes"] == {"replicates": 1, "levels": [0, 100, 200]}
    assert manifest["seed"] == int(np.random.RandomState(5).randint(np.iinfo(np.int32).max))
    assert manifest["n_jobs"] == 1


def test_data_are_images_or_a_table(toy, capsys):
    np.savez("one.npz", X=np.ones((2, 3, 3), np.uint8), y=[0, 1])
    assert cli.main(["study", "toy", "--data", "one.npz", "one.npz", "--output", "images"]) == 0
    assert "one.npz + one.npz (9 features; 2 of 0, 2 of 1)" in " ".join(capsys.readouterr().out.split())
    (toy / "t.csv").write_text("s,A,B\na,1,2\nb,3,4\n")
    (toy / "meta.csv").write_text("s,lab\na,x\nb,y\n")
    argv = ["--data", "t.csv", "--metadata", "meta.csv", "--target", "lab", "--transform", "exp2"]
    assert cli.main(["study", "toy", *argv, "--output", "table"]) == 0
    assert "t.csv (2 features; 1 of x, 1 of y)" in capsys.readouterr().out


def test_ctrl_c_says_how_to_go_on(toy, monkeypatch, capsys):
    def measure(samples, condition, sizes, seed):
        if condition["level"] == 100:
            signal.raise_signal(signal.SIGINT)
        return toy_study.measure(samples, condition, sizes, seed)

    monkeypatch.setattr(toy_study, "STUDY", dataclasses.replace(toy_study.STUDY, measure=measure))
    assert cli.main(["study", "toy", "-q"]) == 130
    message = "skvae: interrupted: 3 of 9 parts are kept in study-toy; the same call goes on from there\n"
    assert capsys.readouterr().err == message


def test_another_seed_is_told_as_it_was_given(toy, capsys):
    assert cli.main(["study", "toy", "--quick", "-q"]) == 0
    assert cli.main(["study", "toy", "--quick", "-q", "--seed", "3"]) == 2
    assert "which cannot be gone on from: --seed was 0 and is 3. Give another folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--data", "none.npz"], "There is no file none.npz"),
        (["--data", "t.csv"], "which column holds the labels"),
        (["--output", "no/such"], "there is no folder no"),
        (["--output", "."], "holds other files"),
        (["--output", "t.csv/results"], "t.csv is a file, but a folder is needed"),
    ],
)
def test_bad_input(toy, capsys, argv, message):
    (toy / "t.csv").write_text("s,A,B\na,1,2\nb,3,4\n")
    assert cli.main(["study", "toy", *argv]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1].startswith("skvae: error: ")
    assert message in err


@pytest.mark.parametrize("argv", [["study"], ["study", "unheard_of"], ["study", "noise", "--replicates", "0"]])
def test_bad_arguments(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(argv)
    assert stop.value.code == 2
    assert "usage: skvae" in capsys.readouterr().err


def test_help_lists_the_studies(capsys):
    with pytest.raises(SystemExit):
        cli.main(["study", "--help"])
    out = capsys.readouterr().out
    assert all(name in out for name in STUDIES)
