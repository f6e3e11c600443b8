"""The command ``skvae impute``."""

import io
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from skvae import VAEImputer, VAETransformer, cli
from skvae.cli import _impute
from skvae.datasets import read_table

pytestmark = pytest.mark.usefixtures("without_xla")
TINY = ["--n-components", "2", "--epochs", "3"]


def _vae(**options):
    """The model that the options ask for."""
    return VAETransformer(2, epochs=3, missing=options.pop("missing", "mask"), **options)


def test_holes_are_filled_as_python_does_and_the_rest_stays(here):
    X, _ = read_table("holes.csv")
    assert cli.main(["impute", "holes.csv", "-o", "filled.csv", "-q", *TINY]) == 0
    filled, _ = read_table("filled.csv")
    scaler = StandardScaler().fit(X)
    expected = scaler.inverse_transform(VAEImputer(_vae(), random_state=0).fit_transform(scaler.transform(X)))
    np.testing.assert_array_equal(filled.where(X.notna()), X)
    np.testing.assert_allclose(filled, expected, rtol=1e-5)


def test_options_reach_the_imputer(here, capsys):
    X, _ = read_table("holes.csv")
    argv = ["--scaler", "none", "--missing", "censored", "--sample-posterior", "--seed", "5"]
    assert cli.main(["impute", "holes.csv", "-q", *TINY, *argv]) == 0
    filled = pd.read_csv(io.StringIO(capsys.readouterr().out), index_col=0)
    imputer = VAEImputer(_vae(missing="censored"), sample_posterior=True, random_state=5)
    np.testing.assert_allclose(filled, imputer.fit_transform(X), rtol=1e-5)


def test_labels_go_along(here, flowers, capsys):
    argv = ["--metadata", "labels.tsv", "--target", "species", "-o", "filled.csv", "-q"]
    assert cli.main(["impute", "holes.csv", *argv, *TINY]) == 0
    filled, y = read_table("filled.csv", target="species")
    assert y.tolist() == flowers[1]["species"].tolist()
    assert not filled.isna().any(axis=None)


def test_rows_without_a_label_are_filled_as_well(here, flowers):
    labels = flowers[1]["batch"].where(flowers[1]["species"] != "setosa")
    read_table("holes.csv")[0].assign(batch=labels).to_csv("some.csv")
    assert cli.main(["impute", "some.csv", "--target", "batch", "-o", "filled.csv", "-q", *TINY]) == 0
    filled = pd.read_csv("filled.csv", index_col=0, dtype={"batch": str})
    assert not filled.drop(columns="batch").isna().any(axis=None)
    assert filled["batch"].fillna("").tolist() == labels.map("{:.0f}".format).replace("nan", "").tolist()


def test_a_table_without_holes_is_written_as_it_is(here, capsys):
    assert cli.main(["impute", "plain.csv", "-o", "filled.csv"]) == 0
    assert "note: no value is missing" in capsys.readouterr().err
    pd.testing.assert_frame_equal(read_table("filled.csv")[0], read_table("plain.csv")[0])


def test_ctrl_c_fills_by_the_best_weights_so_far_and_says_so(here, interrupted_fit, capsys):
    assert cli.main(["impute", "holes.csv", "-o", "filled.csv", *TINY, "--epochs", "1000"]) == 130
    message = "skvae: interrupted: the table is filled by the best weights so far\n"
    err = capsys.readouterr().err
    assert err.endswith(message)
    assert err.index("Training interrupted") < err.index("skvae: filled in ")
    assert not read_table("filled.csv")[0].isna().any(axis=None)


def test_ctrl_c_in_the_first_epoch_writes_nothing(here, interrupted_at_once, capsys):
    assert cli.main(["impute", "holes.csv", "-o", "filled.csv", *TINY]) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[1:] == ["skvae: interrupted: no epoch was finished, and nothing is written"]
    assert not (here / "filled.csv").exists()


def test_what_does_no_harm_is_not_told(here, capsys):
    """Ten latent variables are more than twelve columns of three directions need."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)) @ rng.normal(size=(3, 12)) + 0.5 * rng.normal(size=(60, 12))
    X[rng.uniform(size=X.shape) < 0.1] = np.nan
    pd.DataFrame(X).add_prefix("P").to_csv("low.csv", index=False)
    assert cli.main(["impute", "low.csv", "-o", "filled.csv", "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_nothing_but_means_is_told_once(here, capsys):
    X = read_table("holes.csv")[0].iloc[:, :1]  # one column has no structure with others
    X.to_csv("one_column.csv")
    assert cli.main(["impute", "one_column.csv", "-o", "filled.csv", "-q"]) == 0
    told = capsys.readouterr().err
    assert told.startswith("skvae: note: No structure was found between the columns: what is filled in is nearly")
    assert told.count("\n") == 1


def test_raw_intensities_are_told(here, capsys):
    raw = pd.DataFrame(2 ** np.random.default_rng(0).normal(20, 3, size=(20, 100))).add_prefix("P")
    raw.to_csv("raw.csv", index=False)
    assert cli.main(["impute", "raw.csv", "-o", "filled.csv", "-q"]) == 0
    assert "look like raw intensities or counts: perhaps --transform log2?" in capsys.readouterr().err
    assert cli.main(["impute", "raw.csv", "-o", "filled.csv", "-q", "--transform", "log2"]) == 0
    assert "log2" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["holes.csv", "-o", "holes.csv"], "is the file that is read"),
        (["nothing.csv"], "every cell is empty"),
        (["labelled.csv"], "hold something else than numbers"),
    ],
)
def test_bad_input(here, fails, argv, message):
    assert message in fails("impute", *argv)


def test_a_missing_package_is_told_before_the_work(here, fails, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr(_impute, "read_samples", None)  # the first step of the work
    assert "skvae[parquet]" in fails("impute", "holes.csv", "-o", "filled.parquet")
