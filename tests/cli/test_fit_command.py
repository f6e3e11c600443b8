"""The command ``skvae fit``."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tiny import TINY

import skvae
from skvae import AutoencoderTransformer, VAETransformer, cli
from skvae.datasets import read_table
from skvae.metrics import reconstruction_error

pytestmark = pytest.mark.usefixtures("without_xla")


def test_the_model_is_the_pipeline_of_python_bit_by_bit(fitted):
    X, _ = read_table(fitted / "plain.csv")
    python = make_pipeline(StandardScaler(), VAETransformer(2, encoder=(4,), epochs=3, random_state=0)).fit(X)
    np.testing.assert_array_equal(skvae.load(fitted / "vae.skvae").transform(X), python.transform(X))


def test_the_summary_tells_what_python_measures(here, flowers, capsys):
    X, _ = flowers
    assert cli.main(["fit", "plain.csv", "-o", "m.skvae", "--json", "--seed", "3", *TINY]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    vae = skvae.load("m.skvae")
    scaled = vae[:-1].transform(X)
    assert told["log_likelihood"] == vae.score(X)
    assert told["variance_lost"] == pytest.approx(reconstruction_error(scaled, vae[-1].reconstruct(scaled)), rel=1e-6)
    assert told["active_components"] == vae[-1].active_components_.sum()
    assert (told["rows"], told["columns"], told["epochs"], told["interrupted"]) == (150, 4, 3, False)
    assert told["settings"]["seed"] == 3
    assert told["bytes"] == (here / "m.skvae").stat().st_size
    assert err == "skvae: plain.csv: 150 rows, 4 columns\n"


def test_summary_in_words(here, capsys):
    assert cli.main(["fit", "holes.csv", "-o", "m.skvae", "-q", *TINY]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("VAE with 2 latent variables of holes.csv: 150 rows, 4 columns\n")
    assert "missing          10.7 % of the values, left out of the likelihood" in out
    assert "nats per row" in out
    assert "Model: m.skvae (" in out
    assert err == ""


@pytest.mark.parametrize(
    ("options", "missing", "first"),
    [([], "mask", StandardScaler), (["--missing", "mean"], "error", skvae.preprocessing.MeanImputer)],
)
def test_missing_values_are_masked_unless_asked_otherwise(here, options, missing, first):
    assert cli.main(["fit", "holes.csv", "-o", "m.skvae", "-q", *TINY, *options]) == 0
    model = skvae.load("m.skvae")
    assert model[-1].missing == missing
    assert isinstance(model[0], first)


def test_what_is_lost_is_measured_on_known_values_only(here, flowers, capsys):
    assert cli.main(["fit", "holes.csv", "-o", "m.skvae", "-q", "--model", "pca", "--json"]) == 0
    told, model = json.loads(capsys.readouterr().out), skvae.load("m.skvae")
    holes = pd.read_csv("holes.csv", index_col=0)
    scaled = model[:-1].transform(holes)
    truth = np.where(holes.isna(), np.nan, scaled)
    rebuilt = model[-1].inverse_transform(model[-1].transform(scaled))
    baseline = np.nanmean(truth, axis=0)
    assert told["variance_lost"] == pytest.approx(reconstruction_error(truth, rebuilt, baseline=baseline))
    assert isinstance(model[-1], PCA)


def test_logarithms_are_a_step_of_the_model(here, flowers):
    X, _ = flowers
    assert cli.main(["fit", "plain.csv", "-o", "m.skvae", "-q", "--transform", "log2", "--model", "pca"]) == 0
    python = make_pipeline(StandardScaler(), PCA(2, random_state=0)).fit(np.log2(X))
    model = skvae.load("m.skvae")
    np.testing.assert_allclose(model.transform(X), python.transform(np.log2(X)), rtol=1e-9)
    expected = 2 ** python.inverse_transform(python.transform(np.log2(X)))
    np.testing.assert_allclose(model.inverse_transform(model.transform(X)), expected)


def test_covariates_condition_the_codes_and_are_not_decoded(fitted, flowers):
    X, labels = flowers
    scaled = pd.DataFrame(StandardScaler().fit_transform(np.log2(X)), X.index, X.columns)
    vae = VAETransformer(2, encoder=(4,), epochs=3, random_state=0, covariates=["species", "batch"])
    expected = vae.fit_transform(scaled.join(labels))
    np.testing.assert_allclose(skvae.load(fitted / "given.skvae").transform(X.join(labels)), expected, rtol=1e-5)


def test_covariates_stand_in_a_second_table_too(here, fitted, flowers):
    X, labels = flowers
    argv = ["--metadata", "labels.tsv", "--covariates", "species", "batch", "--transform", "log2", "-o", "m.skvae"]
    assert cli.main(["fit", "plain.csv", "-q", *argv, *TINY]) == 0
    codes = [skvae.load(path).transform(X.join(labels)) for path in ("m.skvae", fitted / "given.skvae")]
    np.testing.assert_array_equal(*codes)


def test_an_autoencoder_has_no_likelihood(here, capsys):
    assert cli.main(["fit", "plain.csv", "-o", "m.skvae", "-q", "--model", "autoencoder", *TINY]) == 0
    assert isinstance(skvae.load("m.skvae")[-1], AutoencoderTransformer)
    assert "likelihood" not in capsys.readouterr().out


def test_parameters_reach_the_model(here):
    argv = ["--n-components", "3", "--beta", "0.5", "--early-stopping", "--likelihood", "continuous_bernoulli"]
    assert cli.main(["fit", "plain.csv", "-o", "m.skvae", "-q", *argv, *TINY]) == 0
    model = skvae.load("m.skvae")
    assert (model[-1].n_components, model[-1].beta, model[-1].early_stopping) == (3, 0.5, True)
    assert model[-1].likelihood == "continuous_bernoulli"
    assert model[0].clip  # the scaler that suits it, also for rows beyond the training maximum


def test_empty_columns_are_left_out_with_a_note(here, capsys):
    assert cli.main(["fit", "void.csv", "-o", "m.skvae", "--model", "pca"]) == 0
    assert "note: 1 column without any value left out, such as 'void'." in capsys.readouterr().err
    assert "void" not in skvae.load("m.skvae").feature_names_in_


@pytest.mark.parametrize(("n_rows", "is_told"), [(7, True), (8, False)])
def test_of_few_rows_little_is_learned(here, flowers, capsys, n_rows, is_told):
    flowers[0].iloc[::20].iloc[:n_rows].to_csv("few.csv")
    assert cli.main(["fit", "few.csv", "-o", "m.skvae", "--model", "pca", "-q"]) == 0
    told = "note: Of 7 rows little can be learned, whatever the figures say; skvae compare needs 8.\n"
    assert capsys.readouterr().err == f"skvae: {told}" * is_told


def test_rows_without_a_label_are_learned_from(here, flowers, capsys):
    X, labels = flowers
    X.join(labels["species"].where(labels["species"] != "setosa")).to_csv("some.csv")
    argv = ["--target", "species", "-o", "m.skvae", "--model", "pca", "-q"]
    assert cli.main(["fit", "some.csv", *argv]) == 0
    assert "some.csv: 150 rows, 4 columns" in capsys.readouterr().out
    python = make_pipeline(StandardScaler(), PCA(2, random_state=0)).fit(X)
    np.testing.assert_allclose(skvae.load("m.skvae").transform(X), python.transform(X))


def test_ctrl_c_saves_the_best_weights_so_far(here, capsys, interrupted_fit):
    assert cli.main(["fit", "plain.csv", "-o", "m.skvae", "--json", *TINY, "--epochs", "1000"]) == 130
    out, err = capsys.readouterr()
    assert json.loads(out)["interrupted"] is True
    assert err.endswith("skvae: interrupted: the best weights so far are saved in m.skvae\n")
    assert skvae.load("m.skvae")[-1].n_iter_ < 5


def test_ctrl_c_in_the_first_epoch_saves_nothing(here, capsys, interrupted_at_once):
    assert cli.main(["fit", "plain.csv", "-o", "m.skvae", *TINY]) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[1:] == ["skvae: interrupted: no epoch was finished, and nothing is written"]
    assert not (here / "m.skvae").exists()


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["labelled.csv"], "hold something else than numbers: 'species'"),
        (["constant.csv"], "constant.csv: each of the 4 columns holds one value only"),
        (["evidence.txt"], "a table of peptides from MaxQuant, such as evidence.txt; what is needed is proteinGroups"),
        (["one.csv"], "one.csv has 1 row, but a model needs 2"),
        (["nothing.csv"], "every cell is empty"),
        (["none.csv"], "There is no file none.csv"),
        (["labelled.csv", "--target", "specie"], "did you mean 'species'"),
        (
            ["labelled.csv", "--covariates", "species", "--drop", "species"],
            "--covariates asks for the column 'species', b",
        ),
        (["labelled.csv", "--covariates", "specie"], "did you mean 'species'"),
        (["plain.csv", "--n-components", "5"], "allow 4 at most"),
        (["plain.csv", "--model", "pca", "--beta", "2"], "--beta is an option of --model vae, not of pca"),
        (["plain.csv", "--model", "pca", "--early-stopping"], "--early-stopping is an option"),
        (["plain.csv", "--likelihood", "bernoulli", "--scaler", "standard"], "use --scaler max, or none"),
        (["plain.csv", "--likelihood", "poisson", "--scaler", "max"], "counts: use --scaler none"),
        (["plain.csv", "--likelihood", "poisson"], "needs counts"),
        (["plain.csv", "--output", "no/m.skvae"], "there is no folder no"),
        (["plain.csv", "--output", "m.pkl"], "must end in .skvae"),
    ],
)
def test_bad_input(here, fails, argv, message):
    assert message in fails("fit", "-o", "m.skvae", *argv)
    assert not (here / "m.skvae").exists()


def test_without_safetensors_nothing_is_fitted(here, fails, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "safetensors.numpy", None)
    assert "pip install 'skvae[files]'" in fails("fit", "plain.csv", "-o", "m.skvae")
