"""What the sections say, against slow computations of the same."""

import re
import warnings
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skvae
from skvae.model_selection._measures import MEASURES, SECONDS
from skvae.preprocessing import MeanImputer
from skvae.reporting import _report
from skvae.reporting._blocks import Cell, Picture, Pictures, Table
from skvae.reporting._findings import Findings
from skvae.reporting._inputs import Data, table_alone
from skvae.reporting._log import READING, Log
from skvae.reporting._sections import DRAWN, WRITTEN, _planes, _training
from skvae.reporting._sections._comparison import MEANING
from skvae.reporting._verdict import verdict
from skvae.reporting._words import fixed


@pytest.fixture(scope="module")
def findings():
    """What a report finds of iris, with two PCAs in place of networks."""
    X, y = load_iris(return_X_y=True, as_frame=True)
    found = Findings(Log(), seed=0)
    found.data = table_alone(X, y.map({0: "setosa", 1: "versicolor", 2: "virginica"}), found.log)
    models = {"PCA": PCA(2), "scaled": make_pipeline(StandardScaler(), PCA(2))}
    found.compare(models, n_repeats=4, n_jobs=None)
    for name, model in models.items():
        found.fit(name, model)
        found.refit(name, model, n_repeats=3, n_jobs=None)
    return found


@pytest.fixture(scope="module")
def sections(findings):
    made = [section(findings) for section in (*DRAWN, *WRITTEN)]
    return {section.name: section for section in made if section}


def tables(section):
    return [block for block in section.blocks if isinstance(block, Table)]


def alts(section):
    return [picture.alt for block in section.blocks if isinstance(block, Pictures) for picture in block.pictures]


def text(cell):
    return cell.text if isinstance(cell, Cell) else cell


def test_models_without_a_training_have_no_section_of_it(sections):
    assert "training" not in sections
    assert "model" not in sections


def test_every_measure_has_a_meaning():
    assert set(MEANING) == set(MEASURES | SECONDS)


def test_words_of_the_table_are_those_of_the_verdict(findings, sections):
    words = Counter(findings.comparison.judgements["scaled"].dropna())
    lines = findings.comparison.verdict.splitlines()
    assert words["better"] == sum("scaled is better than PCA" in line for line in lines)
    assert words["worse"] == sum("scaled is worse than PCA" in line for line in lines)
    assert words["no evidence"] == sum(line.startswith("No evidence") for line in lines)
    assert words["better"] + words["worse"] > 0
    (table,) = tables(sections["comparison"])
    assert Counter(text(row[-1]) for row in table.rows if text(row[-1]) != "not judged") == words


def test_the_caption_says_which_rows_were_measured(findings):
    for rows in ("held-out", "all"):
        found = replace(findings, comparison=replace(findings.comparison, scored_rows=rows))
        (table,) = tables(DRAWN[2](found))
        assert ("clusters and centroids on all rows" in table.caption) is (rows == "all")


def test_a_model_alone_was_not_compared():
    X, y = load_iris(return_X_y=True, as_frame=True)
    found = Findings(Log(), seed=0, data=table_alone(X, y, Log()), models={"PCA": PCA(2).fit(X)})
    found.compare({"PCA": PCA(2)}, n_repeats=2, n_jobs=None)
    assert verdict(found).endswith("; it was not compared with another model.")
    (table,) = tables(DRAWN[2](found))
    assert table.columns == ["measure", "PCA"]


def test_a_model_named_as_a_column_of_the_summary_keeps_its_cells():
    X, y = load_iris(return_X_y=True, as_frame=True)
    found = Findings(Log(), seed=0, data=table_alone(X, y, Log()), models={"better": PCA(2).fit(X)})
    found.compare({"better": PCA(2)}, n_repeats=2, n_jobs=None)
    (table,) = tables(DRAWN[2](found))
    assert all(len(row) == 2 for row in table.rows)


def test_the_sentence_on_top_tells_the_same_from_no_evidence():
    X, y = load_iris(return_X_y=True, as_frame=True)
    found = Findings(Log(), seed=0, data=table_alone(X, y, Log()))
    found.compare({"PCA": PCA(2), "twin": PCA(2)}, n_repeats=1, n_jobs=None)
    found.models = {"PCA": PCA(2).fit(X), "twin": PCA(2).fit(X)}
    n_same = Counter(found.comparison.judgements["twin"].dropna())["the same"]
    assert n_same > 1
    assert f"; the same in {n_same}" in verdict(found)
    assert "no evidence" not in verdict(found)


def test_the_planes_say_how_far_the_labels_are_apart(findings, sections):
    for name, alt in zip(("PCA", "scaled"), alts(sections["planes"]), strict=True):
        value = silhouette_score(findings.models[name].transform(findings.data.X), findings.data.labels)
        assert f"silhouette of the labels {value:.2f}" in alt
        assert ("groups lie apart" if value >= 0.5 else "groups touch") in alt


@pytest.fixture
def clouds():
    """Three latent variables, of which the third alone tells the two labels apart."""
    rng = np.random.default_rng(0)
    labels = np.repeat(["a", "b"], 40)
    return rng.normal(size=(80, 3)) * [9, 5, 0.1] + np.outer(labels == "b", [0, 0, 8]), labels


def test_a_plane_is_judged_by_what_it_shows(clouds):
    X, labels = clouds
    found = Findings(Log(), seed=0, data=table_alone(X * [9, 9, 1], labels, Log()))
    found.fit("PCA", PCA(3))
    (alt,) = alts(DRAWN[3](found))
    value = silhouette_score(found.codes["PCA"].iloc[:, :2], labels)
    assert alt == f"PCA, in the plane of two latent variables: groups overlap; silhouette of the labels {fixed(value)}."


@pytest.mark.parametrize(
    ("has_labels", "expected"), [(False, "variable, a histogram."), (True, "variable, by label: ")]
)
def test_one_latent_variable_is_no_plane(clouds, has_labels, expected):
    X, labels = clouds
    found = Findings(Log(), seed=0, data=table_alone(X, labels if has_labels else None, Log()))
    found.fit("PCA", PCA(1))
    (alt,) = alts(DRAWN[3](found))
    assert f"along the one latent {expected}" in alt
    assert "plane" not in alt


def test_the_loss_explains_its_curves(monkeypatch):
    axes = []
    monkeypatch.setattr(_training, "picture", lambda ax, alt: axes.append(ax) or Picture("", alt, (1, 1)))
    model = PCA(2).fit(load_iris().data)
    parts = {"reconstruction": [2.0, 1.5, 1.0], "kl": [1.0, 2.0, np.nan]}
    model.history_ = {"loss": [3.0, 2.5, 2.0], "val_loss": [4.0, 3.0, np.nan]} | parts
    drawn = alts(_training.training(Findings(Log(), seed=0, models={"VAE": model})))
    assert [bool(ax.get_legend() or ax.get_figure().legends) for ax in axes] == [True, False, False]
    assert [ax.get_ylabel() for ax in axes] == ["nats per sample"] * 3
    told = "from 3 to 2 nats per sample in 3 epochs; on rows set aside (dashed) from 4 to no finite number."
    assert drawn[0].endswith(told)
    assert "goes from 1 to no finite number nats" in drawn[2]


def test_the_largest_loadings_are_named(sections):
    first = alts(sections["meaning"])[0]
    assert first.startswith("PCA, pca0: largest loadings petal length (cm) 1.00, petal width (cm) 0.97")
    row = tables(sections["meaning"])[0].rows[0]
    assert [row[0], row[1].text, row[1].detail] == ["pca0", "petal length (cm)", "1.00"]


def test_lost_variance_of_each_feature(findings, sections):
    X = findings.data.X
    (table,) = tables(sections["reconstruction"])
    rebuilt = findings.models["PCA"].inverse_transform(findings.models["PCA"].transform(X))
    for name, pca, _ in table.rows:
        i = list(X.columns).index(name)
        x = X.iloc[:, i].to_numpy()
        assert float(pca) == pytest.approx(sum((x - rebuilt[:, i]) ** 2) / sum((x - x.mean()) ** 2), abs=5e-4)


def test_stability_is_told_with_its_cost(findings, sections):
    (table,) = tables(sections["stability"])
    assert [row[:3] for row in table.rows] == [[name, "other rows and seeds", "3"] for name in ("PCA", "scaled")]
    kept = findings.stability["PCA", "other rows and seeds"].neighbor_agreement
    assert table.rows[0][3].text == f"{100 * kept:.0f} %"
    assert "These 6 fits took" in sections["stability"].blocks[0].text


def test_the_data_are_described(findings, sections):
    scale, labels = tables(sections["data"])
    assert labels.rows == [[name, "50", "33.3 %"] for name in ("setosa", "versicolor", "virginica")]
    medians = findings.data.X.std(ddof=0).median()
    assert scale.rows[1][3] == f"{medians:.3g}"


def test_ordered_labels_keep_their_order(monkeypatch):
    X, y = load_iris(return_X_y=True, as_frame=True)
    kinds = pd.CategoricalDtype(["small\x00", "medium", "large", "giant"], ordered=True)
    y = y.map({0: "small\x00", 1: "medium", 2: "large"}).astype(kinds)
    drawn = []
    monkeypatch.setattr(_planes, "picture", lambda ax, alt: drawn.append(ax) or Picture("", alt, (1, 1)))
    monkeypatch.setattr(_report, "page", lambda title, sentence, facts, sections: sections)
    sections = skvae.report(X[20:], y[20:], estimator=PCA(2).fit(X), n_repeats=2, n_refits=0, random_state=0).html
    labels = tables(next(section for section in sections if section.name == "data"))[-1]
    assert [row[:2] for row in labels.rows] == [["small\ufffd", "30"], ["medium", "50"], ["large", "50"]]
    assert [text.get_text() for text in drawn[0].get_legend().get_texts()] == ["small\ufffd", "medium", "large"]


def test_missing_values_are_counted():
    X, _ = load_iris(return_X_y=True, as_frame=True)
    X.iloc[:30, 0] = np.nan
    X.iloc[0, 1] = np.nan
    page = skvae.report(X, n_repeats=0, n_refits=0, random_state=0)
    assert "Missing are 5.2 % of the cells. Complete are 2 of 4 features and 120 of 150 rows." in page.html
    assert "the emptiest, sepal length (cm), 20.0 %" in page.html


def test_features_without_values_or_reconstruction_are_left_out_of_pictures():
    X = load_iris(as_frame=True).data.assign(empty=np.nan, late=np.nan)
    model = make_pipeline(MeanImputer(), PCA(2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X)
        X["late"] = np.arange(150.0)  # unknown to the model
        X["empty"] = np.nan
        page = skvae.report(X, estimator=model, n_repeats=0, n_refits=0)
    assert "1 feature without any value: empty." in page.html
    assert "How the 5 features differ" in page.html
    assert not [warning for warning in page.warnings if "slice" in warning]
    lost = page.html.partition('id="reconstruction"')[2]
    assert "sepal width (cm)" in lost
    assert "late" not in re.findall(r">\s*([^<>]*?)\s*<", lost)


def test_parameters_that_differ_from_the_default_come_first(sections):
    rows = tables(sections["recipe"])[0].rows
    assert rows[0] == ["pca__n_components", "2", "no"]
    assert {row[2] for row in rows} == {"yes", "no"}
    assert [row[0] for row in rows].count("pca__whiten") == 1
    assert all(row[0] not in ("pca", "steps", "standardscaler") for row in rows)


def test_seconds_and_versions_are_told(findings, sections):
    versions, seconds = tables(sections["recipe"])[1:]
    assert ["skvae", skvae.__version__] in versions.rows
    assert [row[0] for row in seconds.rows][:2] == ["comparing on random splits", "fitting PCA on all rows"]
    assert seconds.rows[-1][0] == "all"


def warned(messages, step="comparing on random splits", data=None):
    """Write the list of warnings."""
    log = Log()
    for message in messages:
        log.note(step, message)
    return WRITTEN[0](Findings(log, seed=0, data=data)).blocks[0].points


def test_warnings_that_differ_in_names_and_figures_only_are_put_together():
    messages = (
        "Posterior collapse: 3 of 10 tell nothing (below 0.01 nats).",
        "Posterior collapse: 4 of 10 tell nothing (below 1e-05 nats).",
        "3 of 64 columns are constant: 0, 32, 39. Drop them.",
        "9 of 64 columns are constant: 0, 32, 40, 41, 44, .... Drop them.",
        "1 of 64 columns are constant: 'P1'. Drop them.",
        "2 of 64 columns are constant: 'P2', 'P3;P3-2'. Drop them.",
        "7 of 64 columns are constant: 'P2', \"P'3\", 'P4', 'P5', 'P6', .... Drop them.",
        "Something else.",
        "Something else.",
    )
    where, alike = "Comparing on random splits", ", with the names and figures of the first):"
    assert warned(messages) == [
        (f"{where} (2 times{alike}", messages[0]),
        (f"{where} (5 times{alike}", messages[2]),
        (f"{where} (2 times):", messages[-1]),
    ]


def test_what_reading_left_out_is_not_put_together():
    messages = ("1 of 9 samples have no label in 'lab'.", "2 of 9 samples have no label in 'batch'.")
    assert [message for _, message in warned(messages, READING)] == list(messages)


@pytest.mark.parametrize(
    ("step", "column", "is_of_parts"),
    [
        ("comparing on random splits", [1.0, 2.0, 2.0], True),
        ("refitting VAE, other rows and seeds", [1.0, 2.0, 2.0], True),
        ("refitting VAE, other seeds", [1.0, 2.0, 2.0], False),
        ("comparing on random splits", [1.0, 1.0, np.nan], False),
        ("comparing on random splits", [np.nan, np.nan, np.nan], False),
    ],
)
def test_columns_constant_in_a_part_of_the_rows_need_no_mending(step, column, is_of_parts):
    values = np.column_stack([[1.0, 2.0, 3.0], column])
    data = Data(values, values, ["a", "b"], list("xyz"), None, "")
    for message in (
        "1 of 2 columns are constant: 'b'. Drop them.",
        "1 of 2 columns hold no value: 'b'. Drop them.",
        "MeanImputer drops feature(s) without any value in fit: 'b'.",
    ):
        (point,) = warned([message], step, data)
        assert point[1].startswith(message)
        assert ("nothing is to be mended" in point[1]) is is_of_parts
    assert warned(["Posterior collapse."], step, data)[0][1] == "Posterior collapse."


def test_apostrophes_hide_nothing():
    messages = (
        "They don't fit: 3 rows. It's the columns' 4 values, such as of 'P1'.",
        "They don't fit: 5 rows. It's the columns' 6 values, such as of 'P2'.",
        "They don't fit: 5 rows. It's the rows' 6 values, such as of 'P2'.",
    )
    assert [message for _, message in warned(messages)] == [messages[0], messages[2]]


def test_many_latent_variables_and_many_labels():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(200, 30)))
    page = skvae.report(X, np.arange(200) % 50, PCA(25).fit(X), n_repeats=0, n_refits=0)
    assert "the first 6 of 25 latent variables" in page.html
    assert "5 others are left out." in page.html
    assert "20 others" in page.html
