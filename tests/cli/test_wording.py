"""Messages of the package in words of the command, each as it is really raised."""

import re

import numpy as np
import pandas as pd
import pytest

from skvae import VAETransformer, cli
from skvae.cli import _pipelines
from skvae.cli._wording import in_command
from skvae.estimators import _training

pytestmark = pytest.mark.usefixtures("without_xla")
# Parameters, their settings, and names of Python.
OF_PYTHON = r"\b[a-z]+_[a-z_]+\b|\w=|sklearn|skvae\.\w|Scaler\b|Normalizer\b|read_\w+"
FIT = ["fit", "-q", "-o", "m.skvae", "--encoder", "4", "--epochs"]
IMPUTE = ["impute", "-q", "-o", "filled.csv", "--epochs", "2"]
COMPARE = ["compare", "-q", "--repeats", "1", "--epochs", "2"]


@pytest.fixture
def tables(here):
    """Tables that call for a warning, or an error."""
    X = pd.read_csv("plain.csv", index_col=0).set_axis(list("abcd"), axis=1)
    X.to_csv("four.csv")
    (X * [1, 1, 1, 1e4]).to_csv("wild.csv")
    (X - 3).to_csv("negative.csv")
    X.mask(np.random.default_rng(0).uniform(size=X.shape) < 0.1).to_csv("gaps.csv")


@pytest.fixture
def learning(monkeypatch):
    """A function that gives the command's networks parameters for which it has no option."""
    network = _pipelines._network

    def patch(**given):
        monkeypatch.setattr(
            _pipelines, "_network", lambda *args, **kwargs: network(*args, **kwargs).set_params(**given)
        )

    return patch


def told(capsys, *argv):
    """Run the command; return what it says, which must be free of Python."""
    cli.main([*argv])
    said = "\n".join(line for line in capsys.readouterr().err.splitlines() if re.match("skvae: (note|error): ", line))
    assert not re.search(OF_PYTHON, said)
    return said


@pytest.mark.parametrize(
    ("argv", "remedy"),
    [
        ([*FIT, "20", "four.csv", "--beta", "40"], r"2 of 2 .* Lower --n-components, or lower --beta \(now 40\)\."),
        ([*FIT, "2", "four.csv", "--early-stopping"], "was not yet due. Raise --epochs."),
        (
            [*FIT, "2", "wild.csv", "--scaler", "none"],
            "deviation of 'd' .* Scale the columns first, with --scaler stan",
        ),
        (
            [*FIT, "2", "four.csv", "--likelihood", "bernoulli", "--scaler", "none"],
            r"\(--scaler max\), or take --likel",
        ),
        (
            [*FIT, "2", "four.csv", "--likelihood", "poisson"],
            "Give the counts as they are, .*, or take --likelihood gau",
        ),
        (
            [*FIT, "2", "negative.csv", "--likelihood", "bernoulli"],
            "never negative, but some are in 'b', .*--transform e",
        ),
        ([*FIT, "2", "gaps.csv", "--missing", "censored", "--likelihood", "poisson"], "needs --likelihood gaussian"),
        ([*FIT, "2", "gaps.csv", "--missing", "censored", "--model", "autoencoder"], "is for --model vae"),
        ([*FIT, "2", "constant.csv"], "only one|one value only"),
        ([*FIT, "2", "four.csv", "--n-components", "9"], "--n-components 9 is too many: .* 4 at most"),
        ([*FIT, "2", "four.csv", "--layer", "raw"], "leave out --layer 'raw'."),
        ([*FIT, "2", "four.csv", "--software", "diann"], "no table of protein groups from DIA-NN"),
        ([*FIT, "2", "negative.csv", "--transform", "log2"], r"then take none \(--transform none\)"),
        (
            [*FIT, "2", "side.csv", "--metadata", "labels.tsv", "--target", "species"],
            "transpose it, or say --software m",
        ),
        ([*IMPUTE, "gaps.csv", "--n-components", "9"], "--n-components 9 is more than the 4 features"),
        ([*COMPARE, "four.csv", "--n-components", "9"], "--n-components 9 is too many: .* 4 at most"),
    ],
)
def test_remedies_are_options(tables, capsys, argv, remedy):
    assert re.search(remedy, told(capsys, *argv))


@pytest.mark.parametrize(
    ("argv", "remedy"),
    [
        ([*FIT, "20", "four.csv"], "Take --scaler standard, or run fewer --epochs, or try --early-stopping."),
        ([*COMPARE, "four.csv", "--epochs", "20"], "Take --scaler standard, or run fewer --epochs.\n"),
    ],
)
def test_a_training_that_makes_the_loss_worse(tables, learning, capsys, argv, remedy):
    learning(learning_rate=3.0)
    assert f" in the last. {remedy}" in told(capsys, *argv) + "\n"


def test_a_training_that_diverges(tables, learning, capsys):
    learning(learning_rate=30.0)
    said = told(capsys, *FIT, "20", "four.csv")
    assert said.endswith(
        "Look for extreme values (skvae info), or scale the columns (--scaler standard), or lower --beta."
    )


def test_a_network_that_overflows(flowers):
    model = VAETransformer(2, encoder=(4,), epochs=1, learning_rate=1e20, random_state=0)
    with pytest.raises(ValueError, match="the encoder overflows") as raised:  # the command's tables are of float64
        model.fit(flowers[0].astype(np.float32))
    assert in_command(str(raised.value), ["--beta"]).endswith("Look for extreme values (skvae info), or lower --beta.")


def test_out_of_memory(tables, capsys, monkeypatch):
    def exhausted(*_args, **_kwargs):
        raise MemoryError

    monkeypatch.setattr(_training, "_starts", exhausted)
    said = told(capsys, *FIT, "1", "four.csv")
    assert re.search(
        r"Out of memory .*\. Lower --n-components, .*\(--encoder\), or leave out columns \(--drop\)\.", said
    )


@pytest.mark.parametrize(
    "argv",
    [
        ["info", "beta=0.5/model.skvae"],
        ["info", "runs/n_components=3.csv"],
        ["compare", "likelihood='gaussian' needs.csv"],
        ["compare", "plain.csv", "--target", "beta=2"],
        ["compare", "plain.csv", "--target", "Lower learning_rate."],
        ["compare", "plain.csv", "--index", "say (index, --index)"],
    ],
)
def test_what_the_user_wrote_stays_as_it_is(here, fails, argv):
    assert argv[-1] in fails(*argv)


def test_remedies_are_those_that_the_command_has():
    said = "The loss rose. Lower learning_rate."
    assert in_command(said, ["--epochs"]) == "The loss rose. Run fewer --epochs."
    assert in_command(said) == "The loss rose."
