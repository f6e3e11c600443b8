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
    "evolution": {"rows": 40, "epochs": 1, "population": 1, "rounds": 1},
}  # fmt: skip
N_ROWS = {
    "quantity": 3, "imbalance": 3, "noise": 4, "informative": 6, "tumour_normal": 2, "three_studies": 2,
    "pca_or_autoencoder": 3, "evolution": 4,
}  # fmt: skip


def tiny(name, **arguments):
    """Run one replicate of a study."""
    return run(name, quick=True, sizes=TINY[name] | {"replicates": 1}, **arguments)


def never(*arguments):
    """Stand for a measure that must not be called."""
    raise AssertionError("a part is run")


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
    # Of the sizes, numbers of informative features alone may be 0.
    assert {name for name in study.full if not name.startswith("informative_")} == {"replicates", *study.least}
    assert all(
        np.min(sizes[name]) >= least for sizes in (study.full, study.quick) for name, least in study.least.items()
    )
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


@pytest.mark.parametrize(
    ("name", "sizes", "message"),
    [
        ("quantity", {"rows_per_group": (1, 10)}, r"number of the size 'rows_per_group' must be at least 2.*\(1, 10\)"),
        ("noise", {"epochs": [0, 2]}, r"Each number of the size 'epochs' must be at least 1, but is \[0, 2\]"),
        ("imbalance", {"few": 1}, "The size 'few' must be at least 2, but is 1"),
        ("tumour_normal", {"held_out": 0}, "The size 'held_out' must be at least 1, but is 0"),
        ("tumour_normal", {"normals": 0}, "The size 'normals' must be at least 2, but is 0"),
        ("three_studies", {"made_up_features": 0}, "The size 'made_up_features' must be at least 1"),
        ("pca_or_autoencoder", {"rows": 8}, "The size 'rows' must be at least 9"),
        ("informative", {"small": 1}, "The size 'small' must be at least 2"),
        ("informative", {"small": 200}, "sizes 'small' and 'large' are both 200, but must differ"),
        ("informative", {"informative_large": (1, 2)}, "must begin at 0.* 1, 2 does not"),
        ("informative", {"informative_small": (0,)}, "must begin at 0.* and go on: 0 does not"),
        ("informative", {"features": 4}, "16 informative features are more than all 4"),
        ("evolution", {"rows": 32}, "from 2 groups on, and fewer than the 10 rows of a fold, but there are 10"),
    ],
)
def test_sizes_that_a_study_cannot_use_are_told_before_anything_trains(name, sizes, message):
    with pytest.raises(ValueError, match=message):
        run(dataclasses.replace(load_study(name), measure=never), quick=True, sizes=sizes)


def test_a_group_of_one_row_is_told_before_anything_trains(groups):
    two = groups._replace(X=groups.X[:13], y=groups.y[:13])
    with pytest.raises(ValueError, match="two rows or more of each group, but of 'y' there is one"):
        run(dataclasses.replace(load_study("noise"), measure=never), quick=True, data=two)


@pytest.mark.parametrize("name", ["quantity", "imbalance", "noise", "tumour_normal", "three_studies", "evolution"])
def test_negative_values_are_refused_before_anything_trains_by_what_divides(name, groups):
    study = dataclasses.replace(load_study(name), measure=never)
    with pytest.raises(ValueError, match=r"the samples given holds negative values.*Undo logarithms .*transform exp2"):
        run(study, quick=True, data=(groups.X - 1, groups.y))


def test_two_labels_are_no_three_studies(groups):
    two = groups._replace(X=groups.X[:25], y=groups.y[:25])  # of the third a single sample
    with pytest.raises(ValueError, match="must name 3 studies of two samples or more, but name 2"):
        tiny("three_studies", data=two)
