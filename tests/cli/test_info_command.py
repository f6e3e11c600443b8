"""The command ``skvae info``."""

import json

import numpy as np
import pytest

import skvae
from skvae import cli
from skvae.datasets import make_protein_groups, read_proteins, write_table


def info(capsys, *argv):
    """Return what is told, as JSON and in words."""
    assert cli.main(["info", *map(str, argv), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert cli.main(["info", *map(str, argv)]) == 0
    return told, capsys.readouterr().out


def test_a_model_is_described_by_what_it_is(here_fitted, capsys):
    told, words = info(capsys, "vae.skvae")
    model = skvae.load("vae.skvae")
    assert told["kind"] == "StandardScaler > VAETransformer"
    assert told["steps"][1]["parameters"] == {"encoder": [4], "epochs": 3, "random_state": 0}
    assert told["features"] == model.feature_names_in_.tolist()
    assert told["written_by"]["skvae"] == skvae.__version__
    assert told["bytes"] == (here_fitted / "vae.skvae").stat().st_size
    assert told["last_epoch"] == {name: values[-1] for name, values in model[-1].history_.items()}
    assert told["kl_per_component"] == model[-1].kl_per_component_.tolist()
    assert (told["rows_seen"], told["epochs"], told["fitted"]) == (150, 3, True)
    for part in ("sepal_length, sepal_width", "fitted to    150 rows", "2 of 2 active", "epoch 3", "epochs=3"):
        assert part in words


def test_covariates_and_the_steps_beside_them(here_fitted, capsys):
    told, words = info(capsys, "given.skvae")
    assert told["kind"] == "FunctionTransformer > StandardScaler > VAETransformer"
    assert told["covariates"] == {"species": ["setosa", "versicolor", "virginica"], "batch": ["1", "2", "3"]}
    assert "covariate    batch: 1, 2, 3" in words
    assert "covariates=['species', 'batch']" in words
    assert told["n_features"] == len(told["features"]) == 4
    assert "features     4: sepal_length" in words
    assert "func='log2'" in words


def test_models_of_other_classes(here, capsys):
    assert info(capsys, "pca.skvae")[0]["rows_seen"] == 150
    assert "PCA, not fitted" in info(capsys, "unfitted.skvae")[1]
    assert "Dense, not fitted" in info(capsys, "network.skvae")[1]
    assert "4, without names" in info(capsys, "unnamed.skvae")[1]


def test_a_table_is_measured(here, flowers, capsys):
    told, words = info(capsys, "holes.csv")
    holes = skvae.datasets.read_table("holes.csv")[0]
    known = holes.to_numpy()[holes.notna().to_numpy()]
    assert (told["rows"], told["columns"], told["samples"]) == (150, 4, "flower")
    assert told["missing"] == pytest.approx(holes.isna().to_numpy().mean())
    assert told["range"] == [known.min(), known.max()]
    assert told["percentiles_1_50_99"] == pytest.approx(np.percentile(known, [1, 50, 99]))
    assert "10.7 % of the values" in words
    assert any("skvae impute" in hint for hint in told["hints"])


def test_text_columns_are_listed_not_refused(here, capsys):
    told, words = info(capsys, "labelled.csv")
    assert told["text_columns"] == {"species": 3}
    assert "'species', 3 different" in words
    assert "--covariates" in words


def test_useless_columns_are_counted(here, capsys):
    assert info(capsys, "void.csv")[0]["empty_columns"] == 1
    assert info(capsys, "nothing.csv")[0]["hints"][0] == "It holds no number."


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        (lambda rng: 2.0 ** rng.normal(20, 4, (30, 100)), "--transform log2"),
        (lambda rng: rng.normal(size=(30, 4)), "negative values"),
        (lambda rng: rng.poisson(3, (30, 4)), "--likelihood negative_binomial"),
        (lambda rng: rng.poisson(1, (30, 4)) * 0.5, "--zero-is-missing"),
        (lambda rng: rng.normal(50, 1, (30, 4)) * [1, 1, 1, 1000], "--scaler standard"),
        (lambda rng: rng.normal(50, 1, (3, 400)), "far more columns"),
    ],
)
def test_hints_go_by_the_scale(tmp_path, capsys, values, hint):
    import pandas as pd

    frame = pd.DataFrame(values(np.random.default_rng(0))).add_prefix("p").rename(index="s{}".format)
    write_table(frame, tmp_path / "t.csv")
    told, _ = info(capsys, tmp_path / "t.csv")
    hints = [text for text in told["hints"] if hint in text]
    assert len(hints) == 1
    clean = pd.DataFrame(np.random.default_rng(0).normal(20, 3, (30, 4))).add_prefix("p").rename(index="s{}".format)
    write_table(clean, tmp_path / "clean.csv")
    assert info(capsys, tmp_path / "clean.csv")[0]["hints"] == []


def test_a_table_of_proteins_lies_as_the_models_need_it(tmp_path, capsys):
    pytest.importorskip("alphabase")
    table, _ = make_protein_groups(tmp_path, n_samples=6, n_proteins=40, random_state=0)
    X, _ = read_proteins(table)
    told, _ = info(capsys, table)
    assert (told["rows"], told["columns"]) == X.shape
    assert told["missing"] == pytest.approx(X.isna().to_numpy().mean())


@pytest.mark.parametrize(
    ("path", "message"),
    [("none.csv", "There is no file"), (".", "is a folder"), ("text.skvae", "no model file")],
)
def test_bad_input(here, fails, path, message):
    assert message in fails("info", path)
