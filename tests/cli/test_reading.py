"""Tables as the commands read them."""

import json

import numpy as np
import pandas as pd
import pytest
from tiny import TINY

import skvae
from skvae import cli
from skvae.datasets import read_table


@pytest.fixture
def with_commas(here, flowers):
    X, labels = flowers
    X.assign(dose=X.iloc[:, 0].round(1), species=labels["species"]).to_csv("commas.csv", sep=";", decimal=",")
    return X


@pytest.mark.parametrize("model", ["pca", "unnamed"])
def test_models_take_decimal_commas(with_commas, model):
    with_commas.to_csv("four.csv", sep=";", decimal=",")
    assert cli.main(["transform", f"{model}.skvae", "four.csv", "-o", "codes.csv", "-q"]) == 0
    codes, _ = read_table("codes.csv")
    X = with_commas if model == "pca" else with_commas.to_numpy()
    np.testing.assert_array_equal(codes, skvae.load(f"{model}.skvae").transform(X))


def test_features_and_levels_with_commas(with_commas, capsys):
    read = ["commas.csv", "--covariates", "species", "--drop", "dose", "-o", "given.skvae", "-q"]
    assert cli.main(["fit", *read, *TINY]) == 0
    features = skvae.load("given.skvae").named_steps["columntransformer"].named_transformers_["features"]
    scaler = features[-1] if hasattr(features, "steps") else features
    np.testing.assert_allclose(scaler.mean_, with_commas.mean())


def test_info_measures_decimal_commas(with_commas, capsys):
    assert cli.main(["info", "commas.csv", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["numeric_columns"] == 5
    assert told["text_columns"] == {"species": 3}
    assert told["range"] == [with_commas.min(axis=None), with_commas.max(axis=None)]


@pytest.mark.parametrize("command", ["info", "impute"])
def test_points_beside_commas_are_refused(here, fails, command):
    (here / "mixed.csv").write_text("id;cells;dose\na;10.000;0,5\nb;50.000;1,5\nc;5.000;2,5\n")
    argv = [] if command == "info" else ["-o", "out.csv"]
    assert "decimal commas ('0,5' in 'dose') and also points ('10.000' in 'cells')" in fails(
        command, "mixed.csv", *argv
    )


@pytest.mark.parametrize("argv", [["--target", "batch"], ["--covariates", "batch"]])
def test_protein_groups_are_no_samples_also_where_rows_without_a_label_stay(here, fails, argv):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"Protein.Group": ["P1", "P2"], "Genes": ["A", "B"], "S1": [1.0, 2.0], "batch": [1.0, None]})
    frame.to_parquet("pg.parquet")
    assert "is a table of protein groups from DIA-NN" in fails("fit", "pg.parquet", "-o", "model.skvae", *argv)
