"""The commands ``skvae transform``, ``reconstruct`` and ``sample``."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from tiny import TINY

import skvae
from skvae import VAETransformer, cli
from skvae.cli._reading import read_labelled_for
from skvae.datasets import read_table, write_table
from skvae.preprocessing import MeanImputer


def table_on_stdout(capsys):
    """Read what a command wrote on stdout."""
    return pd.read_csv(io.StringIO(capsys.readouterr().out), index_col=0)


def test_codes_are_those_of_the_model_and_samples_keep_their_names(here_fitted, flowers, capsys):
    X, _ = flowers
    assert cli.main(["transform", "vae.skvae", "plain.csv"]) == 0
    codes = table_on_stdout(capsys)
    assert codes.columns.tolist() == ["vaetransformer0", "vaetransformer1"]
    assert codes.index.equals(X.index)
    np.testing.assert_array_equal(codes, skvae.load("vae.skvae").transform(X))


@pytest.mark.parametrize("name", ["codes.tsv", "codes.csv.gz", "codes.parquet"])
def test_codes_go_to_a_file_of_the_kind_its_name_says(here_fitted, flowers, capsys, name):
    assert cli.main(["transform", "vae.skvae", "plain.csv", "-o", name]) == 0
    assert capsys.readouterr().out == f"Codes: 150 rows, 2 columns, written to {name}\n"
    codes, _ = read_table(name)
    np.testing.assert_array_equal(codes, skvae.load("vae.skvae").transform(flowers[0]))


def test_columns_are_matched_by_name_and_others_ignored(here_fitted, flowers, capsys):
    assert cli.main(["transform", "vae.skvae", "reversed.csv", "-o", "codes.csv"]) == 0
    note = "note: 1 column that the model does not know ignored, such as 'colour'."
    assert note in capsys.readouterr().err
    codes, _ = read_table("codes.csv")
    np.testing.assert_array_equal(codes, skvae.load("vae.skvae").transform(flowers[0].iloc[::-1]))


def test_expected_values_come_in_the_units_of_the_table(here_fitted, flowers, capsys):
    X, labels = flowers
    assert cli.main(["reconstruct", "given.skvae", "labelled.csv"]) == 0
    own = table_on_stdout(capsys)
    columns, vae = skvae.load("given.skvae")
    prepare = columns.named_transformers_["features"]
    scaled = columns.transform(X.join(labels))
    np.testing.assert_allclose(own, prepare.inverse_transform(vae.reconstruct(scaled)), rtol=1e-6)
    assert own.columns.tolist() == X.columns.tolist()
    # Covariates from a second table; a level in place of the rows' own.
    argv = ["plain.csv", "--metadata", "labels.tsv", "--as", "batch=2"]
    assert cli.main(["reconstruct", "given.skvae", *argv]) == 0
    as_if = prepare.inverse_transform(vae.reconstruct(scaled, covariates={"batch": 2}))
    np.testing.assert_allclose(table_on_stdout(capsys), as_if, rtol=1e-6)


def test_pca_decodes_as_well(here, flowers, capsys):
    assert cli.main(["reconstruct", "pca.skvae", "plain.csv"]) == 0
    pca = skvae.load("pca.skvae")
    expected = pca.inverse_transform(pca.transform(flowers[0]))
    np.testing.assert_allclose(table_on_stdout(capsys), expected)


def test_rows_are_drawn_by_the_seed(here_fitted, flowers, capsys):
    argv = ["sample", "given.skvae", "-n", "5", "--as", "batch=1", "species=setosa", "--seed"]
    assert cli.main([*argv, "3"]) == 0
    drawn = table_on_stdout(capsys)
    assert drawn.index.tolist() == [f"drawn{i}" for i in range(1, 6)]
    assert drawn.columns.tolist() == flowers[0].columns.tolist()
    columns, vae = skvae.load("given.skvae")
    scaled = vae.sample(5, random_state=3, covariates={"batch": 1, "species": "setosa"})
    np.testing.assert_allclose(drawn, columns.named_transformers_["features"].inverse_transform(scaled), rtol=1e-12)
    cli.main([*argv, "4"])
    assert not np.allclose(drawn, table_on_stdout(capsys))


def test_json_says_what_was_written(here_fitted, capsys):
    assert cli.main(["transform", "vae.skvae", "plain.csv", "-o", "c.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"output": "c.csv", "rows": 150, "columns": 2}


def test_a_model_without_names_goes_by_the_number_of_columns(here, fails, capsys, flowers):
    assert cli.main(["transform", "unnamed.skvae", "plain.csv"]) == 0
    np.testing.assert_allclose(table_on_stdout(capsys), skvae.load("pca.skvae").transform(flowers[0]), atol=1e-12)
    assert "has 6 columns, but the model was fitted on 4" in fails("transform", "unnamed.skvae", "labelled.csv")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["transform", "vae.skvae", "renamed.csv"], "lacks 1 of the 4 columns of the model: 'sepal_width'. Is 'sepal"),
        (["transform", "vae.skvae", "side.csv"], "lies on its side"),
        (["transform", "vae.skvae", "holes.csv"], "Fit it with --missing mask"),
        (["transform", "vae.skvae", "none.csv"], "There is no file none.csv"),
        (["transform", "given.skvae", "plain.csv"], "It is a covariate: if it stands in a second table"),
        (["transform", "plain.csv", "vae.skvae"], "a model file comes first"),
        (["transform", "none.skvae", "plain.csv"], "There is no file none.skvae"),
        (["transform", ".", "plain.csv"], "is a folder"),
        (["transform", "text.skvae", "plain.csv"], "and no model file"),
        (["transform", "unfitted.skvae", "plain.csv"], "holds a PCA that is not fitted"),
        (["transform", "network.skvae", "plain.csv"], "it has no transform"),
        (["transform", "vae.skvae", "plain.csv", "-o", "plain.csv"], "is the file that is read"),
        (["transform", "vae.skvae", "plain.csv", "-o", "codes.xls"], "unknown kind of table '.xls'"),
        (["transform", "vae.skvae", "plain.csv", "-o", "codes.doc"], "unknown kind of table"),
        (["transform", "vae.skvae", "plain.csv", "-o", "no/codes.csv"], "there is no folder no"),
        (["transform", "vae.skvae", "plain.csv", "--json"], "give --output FILE"),
        (["reconstruct", "normalized.skvae", "plain.csv"], "Normalizer, a step of the model, has no inverse"),
        (["reconstruct", "vae.skvae", "plain.csv", "--as", "lab=A"], "'lab' is no covariate"),
        (["reconstruct", "given.skvae", "labelled.csv", "--as", "batch=9"], "knows no batch=9; it knows 1, 2, 3"),
        (["sample", "pca.skvae"], "PCA cannot draw new rows"),
    ],
)
def test_bad_input(here_fitted, fails, argv, message):
    before = (here_fitted / "plain.csv").read_bytes()
    assert message in fails(*argv)
    assert (here_fitted / "plain.csv").read_bytes() == before


@pytest.mark.parametrize("model", ["given.skvae", "log.skvae"])
@pytest.mark.parametrize(
    ("value", "message"),
    [(-1.0, "some are negative in 'petal_width'"), (0.0, "some are zero in 'petal_width'. If zero means")],
)
def test_logarithms_that_cannot_be_taken_are_no_missing_values(here_fitted, fails, flowers, model, value, message):
    X, labels = flowers
    log = FunctionTransformer(np.log2, np.exp2, feature_names_out="one-to-one")
    skvae.save(make_pipeline(log, MeanImputer(), PCA(2)).fit(X), "log.skvae")
    X.assign(petal_width=value).join(labels).to_csv("other.csv")
    told = fails("transform", model, "other.csv")
    assert "The model begins with log2" in told
    assert message in told


def test_zeros_that_mean_missing_may_have_logarithms(here, flowers):
    log = FunctionTransformer(np.log2, np.exp2, feature_names_out="one-to-one")
    skvae.save(make_pipeline(log, MeanImputer(), PCA(2)).fit(flowers[0]), "log.skvae")
    flowers[0].assign(petal_width=0.0).to_csv("other.csv")
    assert cli.main(["transform", "log.skvae", "other.csv", "--zero-is-missing", "-o", "codes.csv"]) == 0


def test_levels_go_by_how_they_are_written(here, flowers, without_xla):
    """A table with levels 1 and 2 only holds numbers for them, one with 1, 2 and QC text."""
    X, labels = flowers
    X.assign(batch=labels["batch"].astype(str).replace("3", "QC")).to_csv("first.csv")
    assert cli.main(["fit", "first.csv", "--covariates", "batch", "-o", "m.skvae", "-q", *TINY]) == 0
    pd.read_csv("first.csv", index_col=0).query("batch != 'QC'").to_csv("second.csv")
    for name in ("first.csv", "second.csv"):
        assert cli.main(["transform", "m.skvae", name, "-o", f"codes-{name}"]) == 0
    first, second = (read_table(f"codes-{name}")[0] for name in ("first.csv", "second.csv"))
    np.testing.assert_array_equal(first.loc[second.index], second)


def test_labels_may_be_a_covariate_or_a_feature(here_fitted, flowers):
    X, labels = flowers
    model = skvae.load("given.skvae")
    for target, expected in (("batch", labels["batch"]), ("petal_width", X["petal_width"])):
        arguments = cli._parser().parse_args(["report", "given.skvae", "--data", "labelled.csv", "--target", target])
        arguments.table = arguments.data
        table, y = read_labelled_for(model, arguments)
        assert table.columns.tolist() == model.feature_names_in_.tolist()
        np.testing.assert_array_equal(y, expected)


def test_what_cannot_be_written_leaves_the_old_file(here_fitted, fails, monkeypatch):
    from skvae.datasets import _writing

    (here_fitted / "codes.csv").write_text("old")

    def full(path, chunks):
        raise OSError("No space left on device")

    monkeypatch.setattr(_writing, "replace_file", full)
    assert "No space left" in fails("transform", "vae.skvae", "plain.csv", "-o", "codes.csv")
    assert (here_fitted / "codes.csv").read_text() == "old"


def test_missing_groups_of_proteins_count_as_missing(here, flowers, capsys):
    """A search program leaves a protein group out that no sample has; other tables must have all columns."""
    from skvae.cli._matching import matched

    X = flowers[0].drop(columns="petal_width")
    model = skvae.load("pca.skvae")
    table = matched(X, [], model, "proteinGroups.txt", may_lack=True)
    assert table["petal_width"].isna().all()
    assert "note: 1 column of the model not in proteinGroups.txt, taken for missing" in capsys.readouterr().err
    with pytest.raises(ValueError, match="lacks 1 of the 4"):
        matched(X, [], model, "table.csv")
    with pytest.raises(ValueError, match="lacks 3 of the 4"):  # no table of the same kind
        matched(X[["sepal_width"]], [], model, "proteinGroups.txt", may_lack=True)
    with pytest.raises(ValueError, match="no column of the model"):
        matched(X.add_prefix("other_"), [], model, "proteinGroups.txt", may_lack=True)


def test_a_written_table_is_read_again(here_fitted, flowers):
    write_table(flowers[0], "again.parquet")
    assert cli.main(["transform", "vae.skvae", "again.parquet", "-o", "codes.csv", "-q"]) == 0
    np.testing.assert_array_equal(read_table("codes.csv")[0], skvae.load("vae.skvae").transform(flowers[0]))


def test_anndata_comes_and_goes(here_fitted, flowers):
    pytest.importorskip("anndata")
    X, labels = flowers
    write_table(X.join(labels.astype(str)), "cells.h5ad")  # the labels in obs
    assert cli.main(["fit", "cells.h5ad", "-o", "m.skvae", "-q", "--model", "pca", "--target", "species"]) == 0
    assert cli.main(["transform", "m.skvae", "cells.h5ad", "-o", "codes.h5ad"]) == 0
    codes, _ = read_table("codes.h5ad")
    np.testing.assert_array_equal(codes, skvae.load("m.skvae").transform(X))
    assert codes.index.tolist() == X.index.tolist()


def test_covariates_by_position_are_found_by_name_or_not_at_all(here, flowers, fails, capsys, without_xla):
    X, labels = flowers
    X.assign(batch=labels["batch"]).to_csv("t.csv")
    vae = VAETransformer(2, covariates=[4], encoder=(4,), epochs=1, random_state=0)
    table = read_table("t.csv")[0]
    skvae.save(vae.fit(table), "named.skvae")
    assert cli.main(["transform", "named.skvae", "t.csv", "-o", "codes.csv"]) == 0
    np.testing.assert_allclose(read_table("codes.csv")[0], vae.transform(table), rtol=1e-5)
    capsys.readouterr()
    skvae.save(vae.fit(table.to_numpy()), "bare.skvae")
    assert "knows its covariates by position only (4)" in fails("transform", "bare.skvae", "t.csv")
