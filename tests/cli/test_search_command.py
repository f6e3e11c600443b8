"""The command ``skvae search``."""

import json
import signal

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae import VAETransformer, cli
from skvae.datasets import read_table
from skvae.metrics import silhouette_scorer
from skvae.model_selection import EvolutionarySearchCV, _evolution

pytestmark = pytest.mark.usefixtures("without_xla")
TINY = ["-o", "best.skvae", "--population", "1", "--cv", "2", "--epochs", "2"]
LABELS = ["--metadata", "labels.tsv", "--target", "species"]


def test_the_ranking_is_that_of_python(here, capsys):
    argv = ["--rounds", "1", "--scoring", "silhouette", "--json", "-q", *LABELS, *TINY]
    assert cli.main(["search", "plain.csv", *argv]) == 0
    out, err = capsys.readouterr()
    ranking = json.loads(out)["ranking"]
    X, y = read_table("plain.csv", metadata="labels.tsv", target="species")
    search = EvolutionarySearchCV(
        make_pipeline(StandardScaler(), VAETransformer(2, epochs=2, random_state=0)),
        population_size=1,
        n_rounds=1,
        scoring=silhouette_scorer,
        cv=StratifiedKFold(2, shuffle=True, random_state=0),
        random_state=0,
    ).fit(X, y)
    of_networks = [row for row in ranking if row["encoder"] is not None]
    assert [row["rank"] for row in ranking] == sorted(row["rank"] for row in ranking)
    assert sorted(row["score"] for row in of_networks) == sorted(search.cv_results_["mean_test_score"].tolist())
    assert tuple(of_networks[0]["encoder"]) == search.best_params_["vaetransformer__encoder"]
    assert len(ranking) == len(of_networks) + 1  # PCA, to compare with
    np.testing.assert_array_equal(skvae.load("best.skvae").transform(X), search.transform(X))
    assert err == ""


def test_the_ranking_in_words_and_progress(here, capsys):
    assert cli.main(["search", "holes.csv", "--rounds", "1", *TINY]) == 0
    out, err = capsys.readouterr()
    assert "rank      score ± std" in out
    assert out.endswith("Model: best.skvae (the best, fitted on all rows)\n")
    assert "PCA" not in out  # which cannot leave missing values out
    assert [line for line in err.splitlines() if "round" in line] == ["skvae: round 1/1, 0 s left"]
    assert skvae.load("best.skvae")[-1].missing == "mask"


def test_ctrl_c_leaves_the_best_of_the_finished_rounds(here, capsys, monkeypatch):
    mutated = []

    def interrupted(layers, random_state):
        mutated.append(layers)
        if len(mutated) > 1:  # one for each round of a population of one
            signal.raise_signal(signal.SIGINT)
        return (*layers, 3)

    monkeypatch.setattr(_evolution, "vary_layers", interrupted)
    assert cli.main(["search", "plain.csv", "--rounds", "9", "--json", *TINY]) == 130
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["interrupted"], told["rounds"], len(mutated)) == (True, 1, 2)
    assert f"the best of the {len(told['ranking'])} models tried so far is in best.skvae" in err
    assert hasattr(skvae.load("best.skvae"), "n_features_in_")


def test_ctrl_c_before_the_first_round_saves_nothing(here, capsys, monkeypatch):
    monkeypatch.setattr(EvolutionarySearchCV, "_found", lambda *_: signal.raise_signal(signal.SIGINT))
    assert cli.main(["search", "plain.csv", "-q", *TINY]) == 130
    assert capsys.readouterr().err == "skvae: interrupted: no round was finished, and nothing is saved\n"
    assert not (here / "best.skvae").exists()


def test_other_processes_speak_as_the_command_does(here, capfd):
    argv = ["--rounds", "0", "--beta", "40", "--n-jobs", "2", "-q", *TINY]
    assert cli.main(["search", "plain.csv", *argv]) == 0
    said = capfd.readouterr().err.splitlines()
    assert any("Lower --n-components, or lower --beta (now 40)." in line for line in said)
    assert [line for line in said if not line.startswith("skvae: note: ")] == []


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["plain.csv", "--scoring", "silhouette"], "needs labels: give --target"),
        (["plain.csv", "--cv", "1"], "holds nothing out"),
        (["plain.csv", "--cv", "80"], "80 folds need 160 rows"),
        (["one.csv"], "has 1 row"),
        (["plain.csv", "-o", "m.txt"], "must end in .skvae"),
    ],
)
def test_bad_input(here, fails, argv, message):
    assert message in fails("search", *TINY, *argv)
