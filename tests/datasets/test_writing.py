"""What write_table writes, read_table gives back."""

import errno
import os
import sys

import numpy as np
import pandas as pd
import pytest

from skvae.datasets import read_table, write_table

TEXTS = ["t.csv", "t.tsv", "t.txt", "t.csv.gz", "T.TSV.GZ"]
KINDS = [*TEXTS, "t.parquet", "t.h5ad"]


@pytest.fixture
def frame():
    """Numbers of every size, one of them missing, under names that delimiters could cut, and a label."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(5, 4)) * 10.0 ** rng.integers(-9, 12, size=(5, 4))
    values[1, 2] = np.nan
    columns = ["P1;P2;P3;P4", "P5,P6", 'a "quoted" name', "two\nlines"]
    index = pd.Index([f"sample {i}; first" for i in range(5)], name="sample")
    return pd.DataFrame(values, index, columns).assign(group=list("xyxyx"))


@pytest.mark.parametrize("name", KINDS)
def test_comes_back_to_the_last_bit(tmp_path, frame, name):
    write_table(frame, tmp_path / name)
    X, y = read_table(tmp_path / name, target="group")
    pd.testing.assert_frame_equal(X, frame.drop(columns="group"), check_exact=True)
    assert y.tolist() == list("xyxyx")
    assert y.index.equals(X.index)


@pytest.mark.parametrize("name", [kind for kind in KINDS if kind != "t.h5ad"])
def test_an_index_that_counts_is_left_out(tmp_path, name):
    frame = pd.DataFrame({"a": [1.5, 2.5, 3.5], "b": [0.0, 1.0, 4.0]})
    write_table(frame, tmp_path / name)
    pd.testing.assert_frame_equal(read_table(tmp_path / name)[0], frame)


@pytest.mark.parametrize(("heading", "back"), [(None, "index"), ("patient", "index"), ("patient_id", "patient_id")])
def test_whole_numbers_stay_the_names_of_samples(tmp_path, heading, back):
    frame = pd.DataFrame({"a": [1.5, 2.5, 3.5]}, index=pd.Index([7, 8, 9], name=heading))
    write_table(frame, tmp_path / "t.csv")
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv")[0], frame.rename_axis(back))


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_numbers_from_elsewhere_on_stay_the_names_of_samples(tmp_path, name):
    frame = pd.DataFrame({"a": [1.5, 2.5, 3.5]})[1:]
    write_table(frame, tmp_path / name)
    assert read_table(tmp_path / name)[0]["a"].to_dict() == {1: 2.5, 2: 3.5}


def test_dates_become_text(tmp_path):
    days = pd.to_datetime(["2020-01-01", "2020-03-05", None])
    pytest.importorskip("anndata")
    write_table(pd.DataFrame({"a": [1.5, 2.5, 3.5], "day": days}, list("xyz")), tmp_path / "t.h5ad")
    with pytest.warns(UserWarning, match="1 of 3 samples have no label"):
        _, y = read_table(tmp_path / "t.h5ad", target="day")
    assert [label[:10] for label in y] == ["2020-01-01", "2020-03-05"]


def test_numbers_as_names_of_columns(tmp_path):
    write_table(pd.DataFrame([[1.0, 2.0]], index=["s"]), tmp_path / "t.parquet")
    assert list(read_table(tmp_path / "t.parquet")[0].columns) == ["0", "1"]


@pytest.mark.parametrize("name", ["t.csv.gz", "t.parquet"])
def test_the_same_table_gives_the_same_bytes(tmp_path, frame, monkeypatch, name):
    write_table(frame, tmp_path / name)
    first = (tmp_path / name).read_bytes()
    monkeypatch.setattr("time.time", lambda: 1e9)
    write_table(frame, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first


@pytest.mark.parametrize("name", KINDS)
def test_a_failure_leaves_the_old_file(tmp_path, frame, monkeypatch, name):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / name).write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_table(frame, tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"old"
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize(
    ("frame", "name", "message"),
    [
        (pd.DataFrame({"a": [1.0]}), "t.xlsx", r"unknown kind of table '\.xlsx'; known are \.csv"),
        (pd.DataFrame({"a": [1.0]}), "t.xls", r"unknown kind of table '\.xls'; known are \.csv"),
        (pd.DataFrame({"a": [1.0]}), "t.parquet.gz", r"unknown kind of table '\.parquet\.gz'"),
        (pd.DataFrame({"a": []}), "t.csv", "nothing to write: the table has 0 rows and 1 columns"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "t.csv", "Some columns have the same name: 'a'"),
        (pd.DataFrame([[1, 2]], columns=["1", 1]), "t.csv", "Some columns have the same name: '1'"),
        (pd.DataFrame({"a": [1, 2]}, index=["s", "s"]), "t.csv", "Some rows have the same name: 's'"),
        (pd.DataFrame([[1]], columns=[["a"], ["b"]]), "t.csv", "columns have names of 2 levels"),
    ],
)
def test_what_cannot_be_read_again_is_not_written(tmp_path, frame, name, message):
    with pytest.raises(ValueError, match=message):
        write_table(frame, tmp_path / name)
    assert not os.listdir(tmp_path)


def test_only_data_frames_are_written(tmp_path):
    with pytest.raises(ValueError, match="'frame' parameter of write_table must be an instance of"):
        write_table(np.zeros((2, 2)), tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("name", "module", "extra"), [("t.parquet", "pyarrow", "parquet"), ("t.h5ad", "anndata", "anndata")]
)
def test_an_absent_package_is_named_with_its_extra(tmp_path, frame, monkeypatch, name, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"skvae\[{extra}\]"):
        write_table(frame, tmp_path / name)
