"""Decimal commas, and what else a comma or a point in a number may be."""

import warnings

import numpy as np
import pandas as pd
import protein_tables as tables
import pytest

from skvae.datasets import read_proteins, read_table


@pytest.fixture
def written(tmp_path):
    def write(text, name="t.csv"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s;A;B\na;1,5;2\nb;2,25;3\n", {"A": [1.5, 2.25], "B": [2, 3]}),
        ("s;A;B\na;0,1;-2,5e-3\nb;1,25;\n", {"A": [0.1, 1.25], "B": [-2.5e-3, np.nan]}),
        ("A;B\n,5;2\n1,5;NA\n", {"A": [0.5, 1.5], "B": [2, np.nan]}),
        ("s;A\na;0,512\nb;1,5\nc;1,234\n", {"A": [0.512, 1.5, 1.234]}),
        ("s;A;B\na;1.234;2\nb;2.5;3\n", {"A": [1.234, 2.5], "B": [2, 3]}),
    ],
)
@pytest.mark.parametrize(("name", "sep"), [("t.csv", ";"), ("t.txt", ";"), ("t.tsv", "\t")])
def test_numbers_are_read_as_written(written, text, expected, name, sep):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        X, _ = read_table(written(text.replace(";", sep), name))
    np.testing.assert_array_equal(X, pd.DataFrame(expected))


def test_digits_are_those_of_the_text(written):
    values = np.random.default_rng(0).normal(size=(20, 3)) * 1e-3
    frame = pd.DataFrame(values, [f"s{i}" for i in range(20)], list("ABC"))
    X, _ = read_table(written(frame.to_csv(sep=";", decimal=",", index_label="sample")))
    np.testing.assert_array_equal(X, values)


@pytest.mark.parametrize("cells", ["10.000", "1.234", "1.234.567", "1.234,5", "2.5"])
def test_points_beside_decimal_commas_are_refused(written, cells):
    path = written(f"id;cells;dose\na;{cells};0,5\nb;50;1,5\nc;5;2,5\n")
    with pytest.raises(
        ValueError, match=rf"decimal commas \('0,5' in 'dose'\) and also points \('{cells}' in 'cells'\)"
    ):
        read_table(path)
    with pytest.raises(ValueError, match="Write all numbers with decimal points"):
        read_table(path)


def test_points_and_commas_in_one_column_are_refused(written):
    with pytest.raises(ValueError, match=r"also points \('10\.000' in 'A'\)"):
        read_table(written("id;A\na;10.000\nb;0,5\nc;1,5\n"))


@pytest.mark.parametrize("other", ["text 1,5|b|c", "2,3|1,2|x"])
@pytest.mark.parametrize("role", ["drop", "target", "index"])
def test_what_is_no_feature_says_nothing_of_commas(written, other, role):
    cells = other.replace("text ", "").split("|")
    rows = "".join(f"{value};{cell}\n" for value, cell in zip(["1,234", "2,345", "3,456"], cells, strict=True))
    options = {role: ["other"] if role == "drop" else "other"}
    with pytest.raises(ValueError, match=r"'1,234' in 'intensity'.*decimals with a point and thousands without a sign"):
        read_table(written("intensity;other\n" + rows), **options)


@pytest.mark.parametrize("dose", ["1,5;2,5;3,5", "1.5;2.5;3.5"])
def test_labels_names_and_what_is_dropped_stay_as_they_are(written, dose):
    doses = dose.split(";")
    lines = [f"{n};{d};{y};7.5\n" for n, d, y in zip(["1,5", "2,5", "3,5"], doses, ["2,3", "1,2", "1"], strict=True)]
    X, y = read_table(written("name;dose;label;note\n" + "".join(lines)), index="name", target="label", drop=["note"])
    assert X["dose"].to_dict() == {"1,5": 1.5, "2,5": 2.5, "3,5": 3.5}
    assert y.tolist() == ["2,3", "1,2", "1"]


def test_commas_that_might_part_thousands_beside_such_that_do_not_are_told(written):
    path = written("s;A;B\na;1,5;1,234\nb;2,5;2,345\n")
    with pytest.warns(UserWarning, match=r"as '1,5' in 'A' shows.*thousands: 'B' \(such as '1,234'\)") as caught:
        X, _ = read_table(path)
    assert caught[0].filename == __file__
    assert X["B"].tolist() == [1.234, 2.345]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("s;A\na;1,234\nb;2,345\n", "'1,234' in 'A'"),
        ("s;A\na;1,234,567\nb;2,345,678\n", "'1,234,567' in 'A'"),
        ("s;A\na;n.d.\nb;2,5\nc;3,5\n", r"'n\.d\.' in 'A'"),
        ("s;A\na;2,5\nb;n.d.\nc;3,5\n", r"'n\.d\.' in 'A'"),
        ("s;A;B\na;x;1\nb;1,5;2\nc;y;3\n", "'x' in 'A'"),
        ("s;A;B\na;x;1.5\nb;1,5;2\nc;y;3\n", "'x' in 'A'"),
    ],
)
def test_what_is_no_number_is_named(written, text, named):
    with pytest.raises(ValueError, match=rf"hold something else than numbers: 'A' \(such as {named}\)"):
        read_table(written(text))


MATRIX = "Protein;Note;A1;B1\nP1;1,5;{};0,5\nP2;x;50;1,5\nP3;y;5;2,5\n"


def test_matrices_of_proteins(written):
    X, _ = read_proteins(written(MATRIX.format("7,25")), software="matrix")
    np.testing.assert_array_equal(X, [[7.25, 50, 5], [0.5, 1.5, 2.5]])
    with pytest.raises(ValueError, match=r"\('0,5' in 'B1'\) and also points \('10\.000' in 'A1'\)"):
        read_proteins(written(MATRIX.format("10.000")), software="matrix")


def test_text_beside_the_samples_says_nothing_of_commas(written):
    path = written("Protein;Note;A1\nP1;1,5;1,234\nP2;x;2,345\nP3;y;3,456\n")
    with pytest.raises(ValueError, match="'1,234' in 'A1'"):
        read_proteins(path, software="matrix")


def test_what_is_left_out_is_said_once(tmp_path, written):
    (tmp_path / "annotation.csv").write_text("sample,group\nA1,x\nB1,y\n")
    path = written("Protein;Length;A1;B1\nP1;99;1,5;2\nP2;98;3;4\n")
    with pytest.warns(UserWarning, match="'Length'") as caught:
        read_proteins(path, software="matrix", metadata=tmp_path / "annotation.csv", target="group")
    assert len(caught) == 1


def test_programs(tmp_path):
    pytest.importorskip("alphabase")
    text = tables.SPECTRONAUT.replace(".5", ",5").replace("0.7", "0,7").replace("0.8", "0,8")
    X = read_proteins(tables.write(tmp_path, tables.SPECTRONAUT, "points.tsv"))[0]
    pd.testing.assert_frame_equal(read_proteins(tables.write(tmp_path, text, "commas.tsv"))[0], X)
    mixed = tables.write(tmp_path, text.replace("190", "10.000"), "mixed.tsv")
    with pytest.raises(ValueError, match=r"decimal commas .* and also points \('10\.000'"):
        read_proteins(mixed)


@pytest.mark.parametrize("hole", ["", "NaN", "Filtered"])
def test_programs_beside_what_is_missing(tmp_path, hole):
    pytest.importorskip("alphabase")
    text = f"PG.ProteinGroups|[1] A.PG.Quantity|[2] B.PG.Quantity\nP1|1,5|2,25\nP2|{hole}|3,75\n"
    X, _ = read_proteins(tables.write(tmp_path, text, "report.tsv"))
    np.testing.assert_array_equal(X, [[1.5, np.nan], [2.25, 3.75]])


def test_cells_of_perseus_with_flags(tmp_path):
    text = "Protein IDs|A|B\n#!{Type}T|E|E\nP1|21,5;False;0|1,5;True;0\nP2|20;False;0|NaN;True;0\n"
    X, _ = read_proteins(tables.write(tmp_path, text, "perseus.txt"))
    np.testing.assert_array_equal(X, [[21.5, 20], [1.5, np.nan]])
