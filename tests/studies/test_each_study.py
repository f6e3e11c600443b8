"""Each study runs from end to end, at sizes that find nothing."""

import dataclasses

import numpy as np
import pytest

from skvae.studies import STUDIES, Samples, load_study, run

TINY = {
    "quantity": {"rows_per_group": (10,), "epochs": (1, 2, 3)},
    "imbalance": {"few": 5, "many": 10, "epochs": 2},
    "noise": {"rows_per_group": 10, "epochs": (1, 2)},
    "informative": {
        "features": 12, "small": 8, "large": 9, "informative_small": (0, 3), "informative_large": (0, 2), "epochs": 2,
    },
    "tumour_normal": {"tumours": 9, "normals": 4, "held_out": 2, "made_up_features": 12, "epochs": (1, 2)},
    "three_studies": {"made_up_rows": 8, "made_up_features": 12, "epochs": (1, 2)},
    "pca_or_autoencoder": {"rows": 200, "epochs": 2},
}  # fmt: skip
N_ROWS = {
    "quantity": 3, "imbalance": 3, "noise": 4, "informative": 6, "tumour_normal": 2, "three_studies": 2,
    "pca_or_autoencoder": 3,
}  # fmt: skip


def tiny(name, **arguments):
    """Run one replicate of a study."""
    return run(name, quick=True, sizes=TINY[name] | {"replicates": 1}, **arguments)


@pytest.fixture(scope="module")
def groups():
    """Rows of three labels that lie far apart."""
    y = np.repeat(["x", "y", "z"], 12)
    rng = np.random.default_rng(0)
    means = np.eye(3)[np.repeat([0, 1, 2], 12)]
    return Samples((means @ np.ones((3, 9)) * means.argmax(1)[:, None] + rng.random((36, 9))).astype(np.float32), y)


@pytest.mark.usefixtures("without_xla")
@pytest.mark.parametrize("name", STUDIES)
def test_study_runs_and_repeats(name, tmp_path):
    pytest.importorskip("matplotlib")
    result = tiny(name, output=tmp_path / name)
    assert len(result.table) == N_ROWS[name]
    assert np.isfinite(result.table.select_dtypes("number").drop(columns="clusters_are_studies", errors="ignore")).all(
        axis=None
    )
    assert (tmp_path / name / "figure.png").stat().st_size > 10_000
    summary = (tmp_path / name / "summary.txt").read_text(encoding="utf-8")
    assert summary.count("\n- ") == len(result.findings) >= 2
    assert set(result.study.shown) <= set(result.table.columns)
    again = tiny(name)
    assert again.table.equals(result.table)


@pytest.mark.parametrize("name", STUDIES)
def test_study_is_well_formed(name):
    study = load_study(name)
    assert study.name == name
    assert set(study.full) == set(study.quick)
    assert study.full["replicates"] == 10
    assert study.question.endswith("?")
    with pytest.raises(dataclasses.FrozenInstanceError):
        study.version = 2


@pytest.mark.usefixtures("without_xla")
@pytest.mark.parametrize("name", ["quantity", "tumour_normal", "three_studies"])
def test_samples_of_the_user(name, groups):
    result = tiny(name, data=groups)
    assert "the samples given (9 features; " in result.data
    assert len(result.table) == N_ROWS[name]


@pytest.mark.usefixtures("without_xla")
def test_sizes_beyond_the_samples_are_left_out_and_told(groups):
    sizes = {"rows_per_group": (10, 13, 400), "epochs": (1,), "replicates": 1}
    result = run("quantity", data=groups, sizes=sizes)
    assert result.table["rows_per_group"].unique().tolist() == [10]
    assert "the samples given, too few for 13, 400 per group" in result.data


@pytest.mark.parametrize("name", ["informative", "pca_or_autoencoder"])
def test_studies_that_make_their_data_take_none(name, groups):
    with pytest.raises(ValueError, match="makes its own"):
        tiny(name, data=groups)


@pytest.mark.parametrize(
    ("name", "sizes", "message"),
    [
        ("quantity", {"rows_per_group": (500,)}, "The smaller group has 12 rows, fewer than any"),
        ("imbalance", {"few": 50}, "few=50 should be below the rows of the other group, 12"),
        ("tumour_normal", {"tumours": 40}, "needs 40 samples of the larger group.*but the groups have 12 and 12"),
        ("tumour_normal", {"held_out": 12, "tumours": 12}, "12 of them held out"),
    ],
)
def test_sizes_that_the_samples_do_not_allow(groups, name, sizes, message):
    with pytest.raises(ValueError, match=message):
        run(name, data=groups, sizes=sizes)


def test_two_labels_are_no_three_studies(groups):
    two = groups._replace(X=groups.X[:25], y=groups.y[:25])  # of the third a single sample
    with pytest.raises(ValueError, match="must name 3 studies of two samples or more, but name 2"):
        tiny("three_studies", data=two)


def test_informative_features_cannot_be_more_than_there_are():
    sizes = {"features": 4, "informative_small": (0, 5), "small": 5, "epochs": 1}
    with pytest.raises(ValueError, match="5 informative features are more than all 4"):
        run("informative", quick=True, sizes=sizes)
    with pytest.raises(ValueError, match="must begin at 0"):
        run("informative", sizes={"informative_large": (1, 2)})
