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


@pytest.fixture
def with_sparse(here, flowers):
    """A table with columns of which 75, 74 and 3 of the 150 cells are known."""
    X, labels = flowers
    filled = {f"known{n}": X["petal_length"].where(np.arange(150) < n) for n in (75, 74, 3)}
    table = X.assign(**filled).join(labels["species"])
    table.to_csv("sparse.csv")
    return table


ONLY_READ = {
    "compare": ["--repeats", "1"],
    "fit": ["--model", "pca", "-o", "m.skvae"],
    "search": ["--rounds", "0", "--population", "1", "--cv", "2", "-o", "m.skvae", *TINY[:2]],
    "impute": ["-o", "filled.csv", *TINY[:2]],
    "report": ["--repeats", "0", "--refits", "0"],
}


@pytest.fixture
def until_fitted(monkeypatch):
    """Let each command end once its table is read."""
    from skvae.cli import _compare, _fit, _impute, _report, _search

    def stop(*_args, **_kwargs):
        raise ValueError("all is read")

    for module in (_compare, _fit, _impute, _report, _search):
        monkeypatch.setattr(module, "size_of" if hasattr(module, "size_of") else "_title", stop)


@pytest.mark.parametrize("command", ONLY_READ)
def test_sparse_columns_are_left_out_if_asked_to_and_else_told(with_sparse, until_fitted, capsys, command):
    argv = [command, "sparse.csv", "--target", "species", *ONLY_READ[command]]
    cli.main(argv)
    err = capsys.readouterr().err
    assert "note: 2 of 7 columns are known in less than half of the rows; --min-known 0.5 leaves them out.\n" in err
    cli.main([*argv, "--min-known", "0.5"])
    err = capsys.readouterr().err
    assert "note: 2 of 7 columns are known in less than 0.5 of the rows and left out, such as 'known74'.\n" in err
    assert err.count("known in") == 1
    cli.main([*argv, "--min-known", "0"])
    assert "known in" not in capsys.readouterr().err


def test_a_model_takes_tables_with_the_columns_that_it_did_not_learn(with_sparse, capsys):
    argv = ["sparse.csv", "--target", "species", "--min-known", "0.5", "-o", "m.skvae", "--model", "pca", "-q"]
    assert cli.main(["fit", *argv]) == 0
    assert list(skvae.load("m.skvae").feature_names_in_) == list(with_sparse.columns[:5])
    assert cli.main(["transform", "m.skvae", "sparse.csv", "-o", "codes.csv", "-q"]) == 0
    codes, _ = read_table("codes.csv")
    np.testing.assert_array_equal(codes, skvae.load("m.skvae").transform(with_sparse.iloc[:, :5]))


def test_shares_are_of_the_rows_that_are_fitted(with_sparse, capsys):
    """Rows without a label are left out by compare; of the others known74 is known in most."""
    labels = with_sparse["species"].where(np.arange(150) < 100)
    with_sparse.assign(species=labels).to_csv("some.csv")
    argv = ["some.csv", "--target", "species", "--min-known", "0.5", "--repeats", "1", "--epochs", "2"]
    assert cli.main(["compare", *argv]) == 0
    out, err = capsys.readouterr()
    assert "100 rows, 6 columns" in out
    assert "1 of 7 columns is known in less than 0.5 of the rows and left out, such as 'known3'" in err


def test_a_share_that_no_column_reaches(with_sparse, fails):
    with_sparse[["known75", "known3"]].to_csv("few.csv")
    told = fails("fit", "few.csv", "-o", "m.skvae", "--min-known", "0.7")
    assert "--min-known 0.7 leaves no column: the fullest is known in 0.5 of the rows" in told


@pytest.mark.parametrize("share", ["50", "-0.1", "half", "nan"])
def test_shares_are_from_0_to_1(share, capsys):
    with pytest.raises(SystemExit):
        cli.main(["fit", "t.csv", "-o", "m.skvae", f"--min-known={share}"])
    assert f"needs a share from 0 to 1, such as 0.5, but got '{share}'" in capsys.readouterr().err


def test_a_model_knows_its_columns(here, fails):
    told = fails("report", "pca.skvae", "--data", "plain.csv", "--min-known", "0.5")
    assert "--min-known belongs to a TABLE that is fitted to" in told


def test_info_hints_at_sparse_columns(with_sparse, capsys):
    assert cli.main(["info", "sparse.csv"]) == 0
    assert "2 columns known in less than half of the rows: perhaps --min-known 0.5" in capsys.readouterr().out
