"""Text with whatever delimiter, encoding and decimal sign."""

import csv

import numpy as np
import pandas as pd
import pytest

from skvae.datasets import read_table
from skvae.datasets._numbers import with_points


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("s,P1;P2;P3,P4\na,1,2\nb,3,4\n", "t.csv"),
        ("s;P1,P2,P3;P4\na;1;2\nb;3;4\n", "t.csv"),
        ("s\tLFQ intensity 1 of A\tP4\na\t1\t2\nb\t3\t4\n", "t.txt"),
        ('s,"P1,P2;P3",P4\na,1,2\nb,3,4\n', "t.csv"),
        ("P1;P2;P3,P4\na,1,2\nb,3,4\n", "t.csv"),
    ],
)
def test_delimiters_in_headings_do_not_mislead(tmp_path, text, name):
    (tmp_path / name).write_text(text)
    X, _ = read_table(tmp_path / name)
    assert X.index.tolist() == ["a", "b"]
    np.testing.assert_array_equal(X, [[1, 2], [3, 4]])


def test_a_header_longer_than_a_cell_may_be(tmp_path):
    frame = pd.DataFrame(np.arange(600.0).reshape(2, -1), ["a", "b"], [f"protein {i:500d}" for i in range(300)])
    assert len(",".join(frame.columns)) > csv.field_size_limit()
    frame.to_csv(tmp_path / "t.csv")
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv")[0], frame.rename_axis("index"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path, encoding, end):
    bom = b"\xff\xfe" if encoding == "utf-16-le" else b""
    (tmp_path / "t.csv").write_bytes(bom + "sämple,A\na,1\nb,2\n".replace("\n", end).encode(encoding))
    X, _ = read_table(tmp_path / "t.csv", index="sämple")
    assert X["A"].to_dict() == {"a": 1.0, "b": 2.0}


@pytest.mark.parametrize(
    ("cells", "points"),
    [
        (["1,5", "-2,25", "3"], ["1.5", "-2.25", "3"]),
        (["1,5e3", ",5", None], ["1.5e3", ".5", None]),
        (["1,234", "2,500"], ["1,234", "2,500"]),  # thousands, or decimals
        (["1,234", "2,5"], ["1.234", "2.5"]),
        (["1.234,5", "n. a."], ["1.234,5", "n. a."]),
    ],
)
def test_decimal_commas_become_points_where_they_can_be_nothing_else(cells, points):
    assert with_points(pd.DataFrame({"a": cells, "b": 1.0}))["a"].to_list()[:2] == points[:2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s;A;B\na;1,5;2\nb;2,25;3\n", {"A": [1.5, 2.25], "B": [2, 3]}),
        ("s;A;B\na;0,1;-2,5e-3\nb;1,234;\n", {"A": [0.1, 1.234], "B": [-2.5e-3, np.nan]}),
        ("A;B\n,5;2\n1,5;NA\n", {"A": [0.5, 1.5], "B": [2, np.nan]}),
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.txt"])
def test_decimal_commas_between_semicolons(tmp_path, text, expected, name):
    (tmp_path / name).write_text(text)
    np.testing.assert_array_equal(read_table(tmp_path / name)[0], pd.DataFrame(expected))


def test_labels_with_decimal_commas_are_numbers_and_other_text_stays(tmp_path):
    (tmp_path / "t.csv").write_text("s;A;dose;note\na;1,5;0,5;1,2\nb;2,5;10;A,1\nc;3,5;2;none\n")
    X, y = read_table(tmp_path / "t.csv", target="dose", drop=["note"])
    assert y.tolist() == [0.5, 10.0, 2.0]
    assert X["A"].tolist() == [1.5, 2.5, 3.5]
    assert read_table(tmp_path / "t.csv", target="note", drop=["dose"])[1].tolist() == ["1,2", "A,1", "none"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("s;A\na;1,234\nb;2,345\n", "'1,234' in 'A'"),  # may part thousands
        ("s;A;B\na;1,5;2.5\nb;2,5;3\n", "'1,5' in 'A'"),  # points elsewhere
        ("s;A\na;1,5\nb;2.5\n", "'1,5' in 'A'"),
        ("s;A\na;1.234,5\nb;2,5\nc;3,5\n", r"'1\.234,5' in 'A'"),
        ("s;A\na;n.d.\nb;2,5\nc;3,5\n", r"'n\.d\.' in 'A'"),
        ("s\tA\na\t1,5\nb\t2,5\n", "'1,5' in 'A'"),
    ],
)
def test_commas_that_may_be_something_else_are_no_decimals(tmp_path, text, named):
    (tmp_path / "t.txt").write_text(text)
    with pytest.raises(ValueError, match=rf"hold something else than numbers: 'A' \(such as {named}\)"):
        read_table(tmp_path / "t.txt")


def test_workbooks_are_named(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"PK\x03\x04" + bytes(50))
    with pytest.raises(ValueError, match=r"cannot be read as a \.csv table: it is no text but a workbook"):
        read_table(tmp_path / "t.csv")
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match=r"unknown kind of table '\.xlsx'.*Save the sheet of a workbook as \.csv"):
        read_table(tmp_path / "t.xlsx")
