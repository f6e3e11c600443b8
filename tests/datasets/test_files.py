"""Text with whatever delimiter and encoding."""

import csv

import numpy as np
import pandas as pd
import pytest

from skvae.datasets import read_table


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


def test_workbooks_are_named(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"PK\x03\x04" + bytes(50))
    with pytest.raises(ValueError, match=r"cannot be read as a \.csv table: it is no text but a workbook"):
        read_table(tmp_path / "t.csv")
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match=r"unknown kind of table '\.xlsx'.*Save the sheet of a workbook as \.csv"):
        read_table(tmp_path / "t.xlsx")
