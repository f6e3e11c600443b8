"""The result of a comparison: what it says, prints, draws and gives to machines."""

import json

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from plain_transformers import Columns
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.exceptions import FitFailedWarning

from skvae.metrics import centroid_distance_scorer
from skvae.model_selection import compare_transformers


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def planted():
    """Two groups apart in the first two of six columns."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 6)), np.repeat(["a", "b"], 60)
    X[:60, :2] += 4
    return X, y


def test_a_truly_better_code_is_called_better(planted):
    signal, noise = {"signal": Columns((0, 1))}, {"noise": Columns((4, 5))}
    found = compare_transformers(noise | signal, *planted, random_state=0)
    turned = compare_transformers(signal | noise, *planted, random_state=0)
    for measure in ("held-out silhouette", "adjusted Rand index", "centroid distance", "nearest-neighbour accuracy"):
        assert f"signal is better than noise: higher {measure} (+" in found.verdict
        assert f"noise is worse than signal: lower {measure} (-" in turned.verdict
    for comparison in (found, turned):
        assert comparison.ranking.index.tolist() == ["signal", "noise"]
        assert len(comparison.verdict.splitlines()) == 5
        assert str(comparison).endswith("\n\n" + comparison.verdict)
        assert repr(comparison) == str(comparison)
    row = found.differences.loc[("adjusted_rand", "signal")]
    assert 0 < row["low"] < row["mean"] < row["high"]
    assert row["p"] < 0.001
    runs = found.runs.pivot(index="split", columns="estimator", values="adjusted_rand")
    assert row["mean"] == pytest.approx((runs["signal"] - runs["noise"]).mean())


class Projection(Columns):
    """Project at random, by the seed of the split and one of its own."""

    def __init__(self, draw, random_state=None):
        self.draw = draw
        self.random_state = random_state

    def transform(self, X):
        return X @ np.random.default_rng([self.draw, self.random_state]).normal(size=(X.shape[1], 2))


@pytest.mark.slow
def test_equals_are_rarely_told_apart():
    """The same estimator twice, with other seeds, on 40 tables."""
    alarms = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(44, 5)), np.arange(44) % 2
        estimators = {"a": Projection(0), "b": Projection(1)}
        comparison = compare_transformers(estimators, X, y, n_repeats=4, random_state=seed)
        alarms += [line.startswith("b is ") for line in comparison.verdict.splitlines()]
    assert len(alarms) == 40 * 5
    assert np.mean(alarms) <= 0.08


def test_which_measures_are_judged(iris):
    comparison = compare_transformers({"a": PCA(1), "b": PCA(2)}, *iris, n_repeats=2, random_state=0)
    assert len(comparison.verdict.splitlines()) == 7
    unjudged = ("inertia", "k-means silhouette", "mutual information", "seconds", "active units")
    assert not [word for word in unjudged if word in comparison.verdict]
    measures = comparison.differences.index.unique("measure")
    assert list(measures) == list(comparison.table.columns.get_level_values(0).unique())


def test_measures_of_the_user(iris):
    X, y = iris
    scoring = {"distance": centroid_distance_scorer, "width": lambda estimator, X, y: estimator.transform(X).shape[1]}
    comparison = compare_transformers({"a": PCA(1), "b": PCA(2)}, X, y, scoring=scoring, n_repeats=2, random_state=0)
    expected = comparison.table["centroid_distance", "mean"]
    assert comparison.table["distance", "mean"].to_numpy() == pytest.approx(expected.to_numpy())
    assert comparison.table["width", "mean"].tolist() == [1.0, 2.0]
    assert "higher distance (+" in comparison.verdict or "worse than a in distance (" in comparison.verdict
    assert "No verdict on b and a in width (+1.0)" in comparison.verdict
    assert comparison.to_dict()["better"]["width"] == "higher"
    headings = [line.split("  ")[0] for line in str(comparison).splitlines()]
    assert headings.index("width") == headings.index("seconds to fit") - 1


def test_judgements_and_sentences_say_the_same(planted):
    """Of each word as many sentences, about the same measure and estimator."""
    begin = {
        "better": "{} is better than a: ",
        "worse": "{} is worse than a: ",
        "the same": "{} and a are the same in ",
    }
    begin |= {"no evidence": "No evidence that {} is ", "no verdict": "No verdict on {} and a in "}
    rivals = {"twin": Columns((0, 4)), "noise": Columns((4, 5)), "other": Columns((0, 1, 2)), "none": PCA(50)}
    with pytest.warns(FitFailedWarning, match="none: fit failed"):
        found = compare_transformers({"a": Columns((0, 4))} | rivals, *planted, n_repeats=3, random_state=0)
    assert found.judgements.columns.tolist() == list(rivals)
    assert found.judgements.index.tolist() == [name for name, measure in found.measures.items() if measure.judged]
    assert found.judgements["none"].isna().all()
    told = iter(found.verdict.splitlines())
    for rival in rivals:
        for name, word in found.judgements[rival].dropna().items():
            sentence = next(told)
            assert sentence.startswith(begin[word].format(rival))
            assert found.measures[name].heading in sentence
    assert next(told, None) is None
    assert {"better", "worse", "the same"} <= set(found.judgements.stack())


def test_what_is_printed_can_be_asked_for(iris):
    comparison = compare_transformers({"PCA": PCA(1), "SVD": TruncatedSVD(1)}, *iris, n_repeats=2, random_state=0)
    summary, table = comparison.summary, comparison.table
    assert list(comparison.measures) == table.columns.unique(level=0).tolist()
    assert summary.columns.tolist() == ["better", "PCA", "SVD"]
    assert summary.index.tolist() == [measure.heading for measure in comparison.measures.values()]
    assert summary["better"].tolist() == [measure.better for measure in comparison.measures.values()]
    mean, std = table.loc["SVD", "trustworthiness"]
    assert summary.loc["trustworthiness", "SVD"] == f"{mean:.3f} ± {std:.3f}"
    printed = str(comparison)
    assert all(cell in printed for cell in summary.to_numpy().ravel())
    assert "\n" + "\n".join(comparison.notes) + "\n" in printed
    assert comparison.notes[0] == "Mean ± standard deviation over 2 splits; 38 of 150 rows held out."


def test_one_estimator_has_no_rival(iris):
    comparison = compare_transformers({"pca": PCA(2)}, *iris, n_repeats=2, random_state=0)
    assert comparison.verdict == ""
    assert comparison.differences.empty
    assert comparison.judgements.empty
    assert comparison.ranking.to_dict() == {"pca": 1.0}


def test_the_same_model_twice_is_the_same(iris):
    comparison = compare_transformers({"pca": PCA(2), "again": PCA(2)}, *iris, n_repeats=2, random_state=0)
    assert all(line.startswith("again and pca are the same in") for line in comparison.verdict.splitlines())
    assert comparison.ranking.to_dict() == {"pca": 1.5, "again": 1.5}


def test_plot_draws_the_codes_of_the_first_split(iris):
    comparison = compare_transformers({"PCA": PCA(2), "SVD": TruncatedSVD(2)}, *iris, n_repeats=1, random_state=0)
    display = comparison.plot(Figure().subplots(1, 2))
    assert [axis.get_title() for axis in display.axes_] == ["PCA", "SVD"]
    legend = [text.get_text() for text in display.axes_[1].get_legend().get_texts()]
    assert legend == ["0", "1", "2", "held out"]


def test_ordered_labels_keep_their_order(iris):
    X, y = iris
    y = pd.Series(y, name="size").map({0: "small", 1: "medium", 2: "large"})
    ordered = y.astype(pd.CategoricalDtype(["small", "medium", "large"], ordered=True))
    found = compare_transformers({"PCA": PCA(2)}, X, ordered, n_repeats=2, random_state=0)
    legend = found.plot([Figure().subplots()]).axes_[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["small", "medium", "large", "held out"]
    plain = compare_transformers({"PCA": PCA(2)}, X, y, n_repeats=2, random_state=0)
    assert found.table.drop(columns=["fit_seconds", "transform_seconds"], level=0).equals(
        plain.table.drop(columns=["fit_seconds", "transform_seconds"], level=0)
    )


def test_notebooks_show_the_same(iris):
    estimators = {"<b>": PCA(1), "PCA": PCA(2)}
    comparison = compare_transformers(estimators, *iris, n_repeats=2, random_state=0)
    shown = comparison._repr_html_()
    assert "<th>reconstruction error</th>" in shown
    assert shown.count("&lt;b&gt;") > 1
    assert "<b>" not in shown
    assert comparison.verdict.splitlines()[0].replace("<b>", "&lt;b&gt;") in shown


def test_seconds_leave_out_first_fits(iris):
    comparison = compare_transformers({"pca": PCA(2)}, *iris, n_repeats=3, random_state=0)
    assert comparison.runs["warm"].tolist() == [False, True, True]
    expected = comparison.runs["fit_seconds"][1:].mean()
    assert comparison.table.loc["pca", ("fit_seconds", "mean")] == pytest.approx(expected)
    single = compare_transformers({"pca": PCA(2)}, *iris, n_repeats=1, random_state=0)
    assert single.table.loc["pca", ("fit_seconds", "mean")] == single.runs["fit_seconds"][0]
    assert "leave out" not in str(single)


def test_printed_table(iris):
    comparison = compare_transformers({"PCA": PCA(2), "three": PCA(3)}, *iris, n_repeats=2, random_state=0)
    head, first, *_ = str(comparison).partition("\n\n")[0].splitlines()
    assert head.split() == ["better", "PCA", "three"]
    assert first.startswith("reconstruction error")
    assert first.count("±") == 2
    assert len(head) == len(first)
    assert "\nSeconds leave out the first fit" in str(comparison)
    assert "over 2 splits; 38 of 150 rows held out.\nClusters (3)" in str(comparison)


def test_printed_table_of_one_split(iris):
    comparison = compare_transformers({"pca": PCA(2)}, *iris, cv=[(np.arange(100), np.arange(100, 150))])
    assert "±" not in str(comparison).partition("Mean")[0]
    assert "over 1 split; 50 of 150 rows held out." in str(comparison)
    assert str(comparison).endswith(
        "Seconds are those of the first fit, which may also load and compile: more splits tell."
    )


def test_to_dict_is_json(iris):
    comparison = compare_transformers({"pca": PCA(2), "plain": Columns()}, *iris, n_repeats=1, random_state=0)
    read = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert read["table"]["plain"]["reconstruction_error"] == {"mean": None, "std": None}
    assert read["better"]["silhouette"] == "higher"
    assert read["better"]["active_units"] is None
    assert [run["estimator"] for run in read["runs"]] == ["pca", "plain"]
    assert read["verdict"] == comparison.verdict.splitlines()
    assert read["ranking"] == comparison.ranking.to_dict()
    assert read["headings"]["silhouette"] == "k-means silhouette"
    assert read["judgements"]["held_out_silhouette"] == {
        "plain": comparison.judgements.loc["held_out_silhouette", "plain"]
    }
    assert read["judgements"]["reconstruction_error"] == {"plain": None}
    assert read["notes"] == comparison.notes
    assert read["differences"]["silhouette"]["plain"]["low"] is None
    mean = comparison.differences.loc[("silhouette", "plain"), "mean"]
    assert read["differences"]["silhouette"]["plain"]["mean"] == mean


def test_that_likelihoods_do_not_compare_is_told(iris):
    without = compare_transformers({"pca": PCA(2), "svd": TruncatedSVD(2)}, *iris, n_repeats=1, random_state=0)
    assert sum(note.startswith("No log-likelihoods: they compare") for note in without.notes) == 1
    beside = compare_transformers({"two": PCA(2), "three": PCA(3)}, *iris, n_repeats=1, random_state=0)
    assert not any("log-likelihoods" in note for note in beside.notes)
