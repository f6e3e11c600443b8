"""Labels of pictures: short, and never alike."""

import numpy as np
import pytest

from skvae.plot._labels import shortened, written

GRADES = [f"Endometrioid carcinoma, grade {i}, MSI-{kind}" for i in (1, 2, 3, 10, 11) for kind in ("high", "low")]


def test_names_that_differ_in_the_middle_show_where():
    assert shortened(GRADES[:6:2]) == [f"Endomet…grade {i}…I-high" for i in (1, 2, 3)]
    sites = [f"AHNAK_HUMAN_phospho_S500{i}_VSAPEVDVNMK" for i in (0, 1)]
    assert shortened(sites) == [f"AHNAK_H…o_S500{i}…VDVNMK" for i in (0, 1)]


def test_short_names_and_names_told_apart_by_their_ends_are_not_lengthened():
    names = ["a" * 22, "b" * 11 + "c" * 12, "a" * 30 + "1", "a" * 30 + "2"]
    assert shortened(names) == ["a" * 22, "b" * 11 + "…" + "c" * 10, *(f"{'a' * 11}…{'a' * 9}{i}" for i in (1, 2))]


@pytest.mark.parametrize(
    "names",
    [
        GRADES,
        [f"a rather long group name number {i} of thirty long ones" for i in range(30)],
        ["x" * n for n in range(15, 60)],
        ["ab" * n for n in range(9, 40)],
        ["-" * i + "o" + "-" * (50 - i) + "o" for i in range(51)],
        ["a" * 11 + "…" + "b" * 10, "a" * 15 + "b" * 15, "a" * 16 + "b" * 15],
        [i * 10**25 for i in range(1, 12)],
    ],
)
def test_different_names_stay_different(names):
    labels = shortened(names)
    assert len(set(labels)) == len(labels) == len(names)
    assert all(len(label) <= len(str(name)) for label, name in zip(labels, names, strict=True))


def test_a_name_that_is_there_twice_has_one_label():
    assert shortened([GRADES[0], GRADES[2], GRADES[0]])[::2] == ["Endomet…grade 1…I-high"] * 2


def test_groups_of_ids_keep_the_first_and_count_the_others():
    groups = [";".join(f"P{1000 * i + j:05}" for j in range(10)) for i in range(3)]
    assert shortened(groups) == ["P00000 +9", "P01000 +9", "P02000 +9"]
    assert shortened(["P04637;P04638"]) == ["P04637;P04638"]  # short enough


def test_groups_of_ids_that_begin_alike_show_where_they_differ():
    first, second, other = "P04637;P04638;P04639;P04640", "P04637;P14638;P04639;P04640", "P1;P2;P3;P4;P5;P6;P7;P8;P9"
    labels = shortened([first, second, other])
    assert labels[2] == "P1 +8"
    assert len(set(labels)) == 3
    assert "P04637 +3" not in labels
    assert shortened(["a; b", "a long sentence; with a semicolon, and no ids;"])[1].startswith("a long sent…")


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([0.0, -1.0], ["0", "-1"]),
        ([0.0, 0.5], ["0.0", "0.5"]),
        (np.float32([0.1, 0.25]), ["0.1", "0.25"]),
        ([1.0, np.inf], ["1.0", "inf"]),
        ([1.0, 2.0**60], ["1.0", "1.152921504606847e+18"]),
        ([1, 2.5, "a"], ["1", "2.5", "a"]),
        ([True, False], ["True", "False"]),
        ([], []),
    ],
)
def test_only_numbers_that_are_all_whole_lose_their_decimals(values, names):
    assert written(values).tolist() == names
