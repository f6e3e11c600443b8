import json
import logging
import os
import signal
import subprocess
import sys
import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA

from skvae import VAETransformer, __version__, cli
from skvae.cli import _compare
from skvae.datasets import make_protein_groups, read_proteins
from skvae.reporting import _models


@pytest.fixture
def iris(tmp_path, monkeypatch):
    """The iris table as a file of the current folder."""
    monkeypatch.chdir(tmp_path)
    frame = load_iris(as_frame=True).frame
    frame["species"] = load_iris().target_names[frame.pop("target")]
    frame.index = pd.Index([f"flower{i}" for i in range(len(frame))], name="flower")
    frame.to_csv("iris.csv")
    return frame


@pytest.fixture
def stand_in(monkeypatch):
    """Put a PCA where the VAE stands, for tests of all but the VAE."""
    monkeypatch.setattr(_compare, "make_vae", lambda arguments: PCA(arguments.n_components, whiten=True))


FEW = ["--repeats", "2"]


def fails(capsys, *argv):
    """Run a command that must fail; return its message."""
    assert cli.main([*map(str, argv)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    last = err.splitlines()[-1]
    assert last.startswith("skvae: error: ")
    return last


def test_compare_prints_a_table_and_draws(iris, stand_in, capsys, tmp_path):
    assert cli.main(["compare", "iris.csv", "--target", "species", *FEW]) == 0
    out, err = capsys.readouterr()
    assert "150 rows, 4 columns, 3 labels in 'species'" in out
    assert "nearest-neighbour accuracy" in out
    assert out.count("±") >= 14
    assert "How to read it" in out
    assert out.endswith("Picture: iris-pca-or-vae.png\n")
    assert (tmp_path / "iris-pca-or-vae.png").read_bytes().startswith(b"\x89PNG")
    fits = [line for line in err.splitlines() if "split" in line]
    assert [line.partition(" fitted")[0] for line in fits] == [
        "skvae: split 1 of 2: PCA",
        "skvae: split 1 of 2: VAE",
        "skvae: split 2 of 2: PCA",
        "skvae: split 2 of 2: VAE",
    ]


def test_quiet_prints_no_progress_and_leaves_no_handler(iris, stand_in, capsys):
    assert cli.main(["compare", "iris.csv", "--target", "species", "-q", *FEW]) == 0
    assert capsys.readouterr().err == ""
    assert logging.getLogger("skvae").handlers == []


def test_json_is_all_that_stands_on_stdout(iris, stand_in, capsys, tmp_path):
    picture = tmp_path / "plane.svg"
    arguments = ["--target", "species", "--json", "--output", str(picture), "--seed", "3", *FEW]
    assert cli.main(["compare", "iris.csv", *arguments]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["picture"] == str(picture)
    assert picture.exists()
    assert answer["settings"]["seed"] == 3
    assert answer["settings"]["scaler"] == "standard"
    assert set(answer["table"]) == {"PCA", "VAE"}
    assert len(answer["runs"]) == 4


def test_same_seed_same_numbers(iris, stand_in, capsys):
    answers = []
    for seed in "001":
        cli.main(["compare", "iris.csv", "--target", "species", "--json", "--seed", seed, *FEW])
        answers.append(json.loads(capsys.readouterr().out)["table"]["PCA"]["reconstruction_error"])
    assert answers[0] == answers[1] != answers[2]


@pytest.mark.slow
def test_fits_in_other_processes_are_as_quiet(iris, stand_in, capfd):
    cli.main(["compare", "iris.csv", "--target", "species", "--json", "-q", "--n-jobs", "2", *FEW])
    parallel, err = capfd.readouterr()
    assert err == ""
    cli.main(["compare", "iris.csv", "--target", "species", "--json", "-q", *FEW])
    alone = capfd.readouterr().out
    errors = [json.loads(out)["table"]["PCA"]["reconstruction_error"] for out in (parallel, alone)]
    assert errors[0] == errors[1]


def test_a_note_that_each_fit_repeats_is_said_once(iris, monkeypatch, capsys):
    class Talkative(PCA):
        def fit(self, X, y=None):
            warnings.warn("the same each time", UserWarning, stacklevel=1)
            return super().fit(X, y)

    monkeypatch.setattr(_compare, "make_vae", lambda arguments: Talkative(arguments.n_components))
    assert cli.main(["compare", "iris.csv", "--target", "species", *FEW]) == 0
    assert capsys.readouterr().err.count("skvae: note: the same each time") == 1


def test_without_target_the_measures_of_labels_are_left_out(iris, stand_in, capsys):
    assert cli.main(["compare", "iris.csv", "--drop", "species", *FEW]) == 0
    out = capsys.readouterr().out
    assert "reconstruction error" in out
    assert "centroid distance" not in out


def test_metadata_missing_values_and_transform(iris, stand_in, capsys):
    labels = iris.pop("species")
    labels.iloc[0] = None
    labels.iloc[::-1].to_csv("meta.tsv", sep="\t")
    holes = np.random.RandomState(0).uniform(size=iris.shape) < 0.1
    iris.mask(holes).assign(empty=np.nan).to_csv("t.csv.gz")
    options = ["--metadata", "meta.tsv", "--target", "species", "--transform", "log2", "--scaler", "none"]
    assert cli.main(["compare", "t.csv.gz", *options, *FEW]) == 0
    out, err = capsys.readouterr()
    assert "149 rows, 4 columns" in out
    assert "note: 1 of 150 samples have no label in 'species' and are left out." in err
    assert "note: 1 column without any value left out, such as 'empty'." in err


def test_protein_groups_are_known_by_their_header(stand_in, tmp_path, monkeypatch, capsys):
    pytest.importorskip("alphabase")
    monkeypatch.chdir(tmp_path)
    table, annotation = make_protein_groups(tmp_path, n_samples=12, n_proteins=40, random_state=0)
    X, _ = read_proteins(table, log2=True)
    argv = ["--metadata", str(annotation), "--target", "group", "--transform", "log2", *FEW]
    assert cli.main(["compare", str(table), *argv]) == 0
    out, err = capsys.readouterr()
    assert f"12 rows, {X.shape[1]} columns, 2 labels in 'group'" in out
    assert "maxquant (lfq), 12 samples" in err


def test_constant_columns_are_left_out_as_in_reports(iris, stand_in, capsys):
    iris.assign(one=1.0, two=2.0).to_csv("t.csv")
    assert cli.main(["compare", "t.csv", "--target", "species", *FEW]) == 0
    out, err = capsys.readouterr()
    assert err.count("note: 2 columns with one value only left out, such as 'one'.") == 1
    assert "150 rows, 4 columns" in out


def test_reports_compare_by_the_same_figures(iris, capsys, monkeypatch, without_xla):
    """Missing values and a constant column included: one set of steps."""
    small = {"encoder": (4,), "epochs": 3}
    monkeypatch.setattr(_compare, "make_vae", lambda arguments: VAETransformer(arguments.n_components, **small))
    monkeypatch.setattr(_models, "VAETransformer", partial(VAETransformer, **small))
    features = iris.columns[:4]
    iris[features] = iris[features].mask(np.random.RandomState(0).uniform(size=(150, 4)) < 0.1)
    iris.assign(one=1.0).to_csv("t.csv")
    options = ["t.csv", "--target", "species", "--json", "-q", "--seed", "3", *FEW]
    assert cli.main(["compare", *options]) == 0
    compared = json.loads(capsys.readouterr().out)["table"]
    assert cli.main(["report", *options, "--refits", "0"]) == 0
    reported = json.loads(capsys.readouterr().out)["comparison"]["table"]
    for name in ("PCA", "VAE"):
        for measure in set(compared[name]) - {"fit_seconds", "transform_seconds"}:
            assert compared[name][measure] == reported[name][measure]


def test_raw_intensities_are_told_to_have_no_logarithm(stand_in, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    logarithms = np.random.default_rng(0).normal(20, 3, size=(20, 100))
    pd.DataFrame(2**logarithms).add_prefix("P").to_csv("raw.csv", index=False)
    told = []
    for transform in ("none", "log2"):
        assert cli.main(["compare", "raw.csv", "--transform", transform, *FEW]) == 0
        told.append("look like raw intensities or counts: perhaps --transform log2?" in capsys.readouterr().err)
    assert told == [True, False]


def test_a_column_empty_among_training_rows_does_no_harm(iris, stand_in, capsys):
    iris["rare"] = np.nan
    iris.iloc[5, -1] = 1.0
    iris.to_csv("t.csv")
    assert cli.main(["compare", "t.csv", "--target", "species", "--repeats", "5"]) == 0
    out, err = capsys.readouterr()
    assert "nan" not in out
    assert "MeanImputer" not in err


@pytest.mark.parametrize("scaler", ["standard", "max", "none"])
def test_both_pipelines_differ_in_the_last_step_only(scaler, stand_in):
    arguments = cli._parser().parse_args(["demo", "--scaler", scaler])
    pca, vae = _compare._pipelines(arguments).values()
    assert repr(pca[:-1]) == repr(vae[:-1])


def test_demo_has_its_own_labels(stand_in, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["demo", "--repeats", "1"]) == 0
    out = capsys.readouterr().out
    assert "digits: 1797 rows, 64 columns, 10 labels in 'digit'" in out
    assert (tmp_path / "digits-pca-or-vae.png").exists()


def test_without_matplotlib_the_table_is_printed(iris, stand_in, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert cli.main(["compare", "iris.csv", "--target", "species", *FEW]) == 0
    out, err = capsys.readouterr()
    assert "Picture" not in out
    assert "no picture is drawn" in err
    assert "pip install 'skvae[plot]'" in err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["none.csv"], "There is no file none.csv"),
        (["iris.csv", "--target", "specis"], "did you mean 'species'"),
        (["iris.csv"], "hold something else than numbers: 'species'"),
        (["iris.csv", "--index", "name"], "no column 'name'"),
        (["iris.csv", "--metadata", "none.csv", "--target", "species"], "There is no file none.csv"),
        (["iris.csv", "--target", "species", "--n-components", "5"], "allow 4 at most"),
        (
            ["iris.csv", "--target", "species", "--drop", "species"],
            "--target asks for the column 'species', but --drop",
        ),
        (["iris.csv", "--target", "species", "--output", "no/folder.png"], "there is no folder no"),
        (["iris.csv", "--target", "species", "--output", "plane.txt"], "must end in .png"),
        (["iris.csv", "--target", "species", "--output", "folder.png"], "cannot be written"),
        (["iris.csv", "--target", "sepal width (cm)", "--drop", "species"], "must be labels"),
        (
            ["iris.csv", "--target", "species", "--likelihood", "bernoulli", "--scaler", "standard"],
            "use --scaler max",
        ),
        (["empty.csv"], "is empty"),
        (["void.csv"], "every cell is empty"),
        (
            ["wide.csv", "--n-components", "8"],
            "20 columns and three quarters of 12 rows allow 7 at most (centring and the noise take two).",
        ),
        (["one.csv"], "has 1 row, but comparing models needs 8 at least"),
        (["inf.csv"], "infinite values in 'A'"),
        (["single.csv", "--target", "g"], "'g' is 'x' in all rows"),
        (["garbage.csv"], "cannot be read as a .csv table"),
        (["negative.csv", "--scaler", "max"], "undo these (--transform exp2)"),
        (["negative.csv", "--transform", "log2"], "some are negative"),
    ],
)
def test_bad_input(iris, stand_in, capsys, tmp_path, argv, message):
    (tmp_path / "folder.png").mkdir()
    rows = "\n".join(f"{i},{i * i % 7},x" for i in range(12))
    for name, text in {
        "empty.csv": "",
        "wide.csv": pd.DataFrame(np.random.default_rng(0).normal(size=(12, 20))).add_prefix("P").to_csv(index=False),
        "void.csv": "A,B\n,\n,\n",
        "one.csv": "A,B\n1,2\n",
        "inf.csv": "A,B\n1,2\ninf,3\n",
        "single.csv": f"A,B,g\n{rows}\n",
        "negative.csv": "A,B\n" + "\n".join(f"{i - 3},{i}" for i in range(12)),
    }.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "garbage.csv").write_bytes(np.random.RandomState(0).bytes(300))
    assert message in fails(capsys, "compare", *argv)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(iris, stand_in, capsys, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "cannot be written" in fails(capsys, "compare", "iris.csv", "--output", "locked/p.png")


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["guess"],
        ["compare"],
        ["compare", "t.csv", "--repeats", "0"],
        ["compare", "t.csv", "--n-components", "two"],
        ["compare", "t.csv", "--seed", "-1"],
        ["compare", "t.csv", "--transform", "sqrt"],
    ],
)
def test_bad_arguments(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(argv)
    assert stop.value.code == 2
    assert "usage: skvae" in capsys.readouterr().err


def test_ctrl_c_ends_with_130(iris, monkeypatch, capsys):
    class Interrupted(PCA):
        def fit(self, X, y=None):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(_compare, "make_vae", lambda arguments: Interrupted(arguments.n_components))
    assert cli.main(["compare", "iris.csv", "--target", "species", *FEW]) == 130
    assert capsys.readouterr().err.endswith("skvae: interrupted\n")


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"skvae {__version__}\n"


def test_help_is_light():
    code = (
        "import sys\nfrom skvae.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print({'numpy', 'pandas', 'sklearn', 'tensorflow', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_compare_with_the_vae(iris, capfd, without_xla):
    argv = ["compare", "iris.csv", "--target", "species", "--epochs", "5", "--json", *FEW]
    assert cli.main(argv) == 0
    out, err = capfd.readouterr()
    table = json.loads(out)["table"]
    # It starts at PCA, so a few epochs leave it near.
    pca, vae = (table[name]["reconstruction_error"]["mean"] for name in ("PCA", "VAE"))
    assert vae == pytest.approx(pca, abs=0.02)
    assert "log_likelihood" in table["VAE"]
    assert [line for line in err.splitlines() if not line.startswith("skvae: ")] == []


def test_compare_with_a_bernoulli_vae(iris, capsys, without_xla):
    argv = ["compare", "iris.csv", "--target", "species", "--epochs", "5", "--likelihood", "bernoulli"]
    assert cli.main([*argv, "--repeats", "1"]) == 0
    out = capsys.readouterr().out
    assert "reconstruction error" in out
    assert "log-likelihood (nats)" not in out


def test_a_picture_that_cannot_be_written_does_not_cost_the_table(iris, monkeypatch, capsys):
    def full(*arguments):
        raise OSError("No space left on device")

    monkeypatch.setattr(_compare, "make_vae", lambda arguments: PCA(arguments.n_components))
    monkeypatch.setattr(_compare, "_draw", full)
    assert cli.main(["compare", "iris.csv", "--target", "species", *FEW]) == 2
    out, err = capsys.readouterr()
    assert "reconstruction error" in out
    assert "No space left" in err


def test_python_m_skvae_is_the_command():
    done = subprocess.run([sys.executable, "-m", "skvae", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"skvae {__version__}\n"


def test_level_of_the_logger_is_put_back():
    logging.getLogger("skvae").setLevel(logging.NOTSET)
    before = logging.getLogger("skvae").level
    assert cli.main(["compare", "no_such_table.csv"]) == 2
    assert logging.getLogger("skvae").level == before
