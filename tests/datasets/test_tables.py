import gzip
import warnings

import numpy as np
import pandas as pd
import pytest

from skvae.datasets import read_proteins, read_table


@pytest.fixture
def frame():
    """Four samples, two proteins with a missing value, one label."""
    return pd.DataFrame(
        {"A": [1.0, 2.0, 4.0, 8.0], "B": [1.5, np.nan, 2.5, 3.5], "group": ["x", "y", "x", "y"]},
        index=pd.Index(["s1", "s2", "s3", "s4"], name="sample"),
    )


def write(folder, text, name="table.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "sep"),
    [("t.csv", ","), ("t.csv", ";"), ("t.tsv", "\t"), ("t.csv.gz", ","), ("t.TSV.gz", "\t"), ("t.txt", " ")],
)
def test_reads_every_kind_of_text(tmp_path, frame, name, sep):
    frame.to_csv(tmp_path / name, sep=sep, na_rep="NA")
    X, y = read_table(tmp_path / name, target="group")
    pd.testing.assert_frame_equal(X, frame[["A", "B"]])
    assert y.tolist() == ["x", "y", "x", "y"]
    assert y.index.equals(X.index)


def test_reads_parquet_with_its_index(tmp_path, frame):
    frame.to_parquet(tmp_path / "t.parquet")
    X, _ = read_table(str(tmp_path / "t.parquet"), target="group")
    pd.testing.assert_frame_equal(X, frame[["A", "B"]])


def test_the_index_of_parquet_can_be_asked_for_by_name(tmp_path, frame):
    frame.to_parquet(tmp_path / "t.parquet")
    X, _ = read_table(tmp_path / "t.parquet", target="group", index="sample")
    pd.testing.assert_frame_equal(X, frame[["A", "B"]])


def test_parquet_without_pyarrow_names_the_extra(tmp_path, frame, monkeypatch):
    frame.to_parquet(tmp_path / "t.parquet")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"skvae\[parquet\]"):
        read_table(tmp_path / "t.parquet")


def test_reads_what_r_writes(tmp_path):
    X, _ = read_table(write(tmp_path, '"A"\t"B"\n"s1"\t1\t2\n"s2"\t3\tNA\n', "t.tsv"))
    assert X.index.tolist() == ["s1", "s2"]
    np.testing.assert_array_equal(X, [[1, 2], [3, np.nan]])


@pytest.mark.parametrize(
    ("header", "cells", "is_index"),
    [
        ("sample", ["s1", "s2"], True),
        ("", ["0", "1"], True),
        ("sample_id", ["7", "8"], True),
        ("ID", ["7", "8"], True),
        ("grid", ["7", "8"], False),
        ("A", ["7.5", "8"], False),
        ("id", ["7.5", "7.5"], False),
    ],
)
def test_the_first_column_is_the_index_if_it_names_samples(tmp_path, header, cells, is_index):
    path = write(tmp_path, f"{header},B\n{cells[0]},1\n{cells[1]},2\n")
    X, _ = read_table(path)
    assert (list(X.columns) == ["B"]) == is_index


def test_a_first_column_of_numbers_and_a_stray_text_is_a_spoilt_feature(tmp_path):
    with pytest.raises(ValueError, match=r"1 of 2 columns hold something else than numbers: 'A' \(such as 'x'"):
        read_table(write(tmp_path, "A,B\n1,1\n2,2\n3,3\nx,4\n"))
    X, _ = read_table(write(tmp_path, "A,B\n1,1\ny,2\nz,3\nx,4\n"))
    assert X.index.tolist() == ["1", "y", "z", "x"]


def test_index_can_be_any_column(tmp_path):
    X, _ = read_table(write(tmp_path, "A,B,code\n1,2,11\n3,4,12\n"), index="code")
    assert X.index.tolist() == [11, 12]
    assert list(X.columns) == ["A", "B"]


def test_a_first_column_that_is_dropped_is_no_index(tmp_path):
    X, _ = read_table(write(tmp_path, "name,A,B\ns1,1,2\ns2,3,4\n"), drop=["name"])
    assert list(X.columns) == ["A", "B"]
    assert X.index.tolist() == [0, 1]


def test_a_first_column_of_labels_is_the_target(tmp_path):
    X, y = read_table(write(tmp_path, "group,A\nx,1\ny,2\n"), target="group")
    assert y.tolist() == ["x", "y"]
    assert isinstance(X.index, pd.RangeIndex)


def test_numbers_in_any_guise_become_floats(tmp_path):
    frame = pd.DataFrame({"a": [True, False], "b": ["1.5", None], "c": pd.array([1, None], dtype="Int64")})
    frame.to_parquet(tmp_path / "t.parquet")
    X, _ = read_table(tmp_path / "t.parquet")
    np.testing.assert_array_equal(X, [[1, 1.5, 1], [0, np.nan, np.nan]])
    assert (X.dtypes == "float64").all()


def test_metadata_is_joined_by_name_whatever_its_order(tmp_path, frame):
    frame.drop(columns="group").to_csv(tmp_path / "t.csv")
    labels = frame[["group"]].iloc[::-1].rename_axis("Sample.ID")
    pd.concat([labels, pd.DataFrame({"group": ["z"]}, index=["s9"])]).to_csv(tmp_path / "m.csv")
    X, y = read_table(tmp_path / "t.csv", metadata=tmp_path / "m.csv", target="group", index="sample")
    assert y.to_dict() == frame["group"].to_dict()
    assert y.index.equals(X.index)


def test_metadata_is_joined_as_text(tmp_path):
    table, labels = write(tmp_path, "id,A\n1,5\n2,6\n"), write(tmp_path, "id,g\n2,b\n1 ,a\nx,c\n", "m.csv")
    _, y = read_table(table, metadata=labels, target="g")
    assert y.tolist() == ["a", "b"]


def test_target_may_stand_in_the_table_though_metadata_is_given(tmp_path, frame):
    frame.to_csv(tmp_path / "t.csv")
    labels = write(tmp_path, "sample,other\ns1,1\ns2,1\ns3,1\ns4,1\n", "m.csv")
    X, y = read_table(tmp_path / "t.csv", metadata=labels, target="group")
    assert list(X.columns) == ["A", "B"]
    assert y.tolist() == ["x", "y", "x", "y"]


def test_unmatched_samples_are_listed(tmp_path, frame):
    frame.drop(columns="group").to_csv(tmp_path / "t.csv")
    labels = write(tmp_path, "sample,group\ns1,x\nt2,y\n", "m.csv")
    with pytest.raises(
        ValueError, match=r"3 of the 4 samples .* 's2', 's3', 's4'; of the names there no sample has 't2' \(is 't2"
    ):
        read_table(tmp_path / "t.csv", metadata=labels, target="group")


def test_a_join_needs_names(tmp_path):
    table, labels = write(tmp_path, "A,B\n1,2\n3,4\n"), write(tmp_path, "sample,g\ns1,x\ns2,y\n", "m.csv")
    with pytest.raises(ValueError, match="no column that names its samples"):
        read_table(table, metadata=labels, target="g")


def test_a_table_that_lies_on_its_side_is_told(tmp_path):
    (tmp_path / "t.csv").write_text("protein,s1,s2,s3\nA,1,2,3\nB,4,5,7\n")
    (tmp_path / "m.csv").write_text("sample,g\ns1,x\ns2,y\ns3,y\n")
    with pytest.raises(ValueError, match=r"columns of .*t.csv are the samples of .*m.csv, such as 's1'.*transpose it"):
        read_table(tmp_path / "t.csv", metadata=tmp_path / "m.csv", target="g", index="protein")
    for header in ("gene,s1,s2,s3", "gene,LFQ intensity s1,LFQ intensity s2,LFQ intensity s3"):
        # Names of genes that repeat name no sample.
        table = write(tmp_path, f"{header}\nA,1,2,3\nA,4,5,7\nB,6,7,8\n")
        with pytest.raises(ValueError, match=r"such as 's1'.* lies on its\s+side"):
            read_table(table, metadata=tmp_path / "m.csv", target="g")
    table = write(tmp_path, "protein,gene,name,length,mass,s1,s2,s3\nA,a,n,1,2,1,2,3\nB,b,m,3,4,4,5,7\n")
    with pytest.raises(ValueError, match=r"such as 's1'.* lies on its\s+side"):
        read_table(table, metadata=tmp_path / "m.csv", target="g")
    # Distances have the same names on both sides: there a label is missing.
    (tmp_path / "d.csv").write_text("sample,s1,s2,s4\ns1,0,1,2\ns2,1,0,2\ns4,2,2,0\n")
    with pytest.warns(UserWarning, match=r"1 of the 3 samples of .*d.csv have no row in"):
        read_table(tmp_path / "d.csv", metadata=tmp_path / "m.csv", target="g", index="sample")


def test_labels_in_the_first_column_of_metadata_do_not_name_the_samples(tmp_path):
    table = write(tmp_path, "sample,A\ns1,1\ns2,3\n")
    labels = write(tmp_path, "g,sample\nx,s1\ny,s2\n", "m.csv")
    with pytest.raises(ValueError, match=r"m\.csv has no column that names its samples"):
        read_table(table, metadata=labels, target="g")
    assert read_table(table, metadata=labels, target="g", index="sample")[1].tolist() == ["x", "y"]
    other = write(tmp_path, "g,name\nx,s1\ny,s2\n", "other.csv")
    with pytest.raises(ValueError, match=r"other\.csv has no column that names its samples"):
        read_table(table, metadata=other, target="g", index="sample")


def test_samples_without_a_label_are_left_out_with_a_warning(tmp_path):
    table = write(tmp_path, "sample,A,group\ns1,1,1\ns2,2,\ns3,3,2\n")
    with pytest.warns(UserWarning, match="1 of 3 samples have no label in 'group'"):
        X, y = read_table(table, target="group")
    assert X.index.tolist() == ["s1", "s3"]
    assert y.tolist() == [1, 2]
    assert y.dtype == "int64"


@pytest.mark.parametrize("cells", [("1", "2"), ("1.0", "2.0"), ("1.5", "2"), ("x", "y")])
def test_labels_are_of_one_kind_whether_some_are_missing_or_not(tmp_path, cells):
    full, holed = (
        "sample,A,g\ns1,1,{}\ns2,2,{}\ns3,3,{}\n".format(*labels)
        for labels in (cells + cells[:1], (cells[0], "", cells[1]))
    )
    whole = read_table(write(tmp_path, full), target="g")[1]
    kept = read_table(write(tmp_path, holed), target="g", unlabelled="keep")[1]
    with pytest.warns(UserWarning, match="no label"):
        left = read_table(write(tmp_path, holed), target="g")[1]
    assert whole.dtype == left.dtype
    assert kept.dropna().tolist() == left.tolist()
    assert [type(label) for label in kept.dropna().tolist()] == [type(label) for label in left.tolist()]
    assert kept.dtype == ("Int64" if left.dtype == "int64" else left.dtype)
    assert kept.isna().tolist() == [False, True, False]


@pytest.mark.parametrize("dtype", ["int32", "Int64", "uint64", "float64", "Float64"])
def test_whole_labels_of_whatever_dtype_are_of_one(tmp_path, dtype):
    table = pd.DataFrame({"A": [1.0, 2.0], "g": pd.array([3, 5], dtype=dtype)}, index=["s1", "s2"])
    table.to_parquet(tmp_path / "t.parquet")
    y = read_table(tmp_path / "t.parquet", target="g")[1]
    assert y.dtype == "int64"
    assert y.tolist() == [3, 5]
    table.assign(g=np.array([3, 2**64 - 1], dtype="uint64")).to_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet", target="g")[1].tolist() == [3, 2**64 - 1]


@pytest.mark.parametrize("unlabelled", ["drop", "keep"])
def test_samples_that_the_second_table_lacks_count_as_unlabelled(tmp_path, unlabelled):
    table = write(tmp_path, "sample,A\ns1,1\ns2,2\ns3,3\n")
    metadata = write(tmp_path, "sample,g\ns3,1\nt2,7\ns1,0\n", "m.csv")
    message = (
        r"1 of the 3 samples .*: 's2'; of the names there no sample has 't2' \(is 't2' meant to be 's2'\?\); they count"
    )
    with pytest.warns(UserWarning, match=message):
        X, y = read_table(table, metadata=metadata, target="g", unlabelled=unlabelled)
    assert list(X.index) == (["s1", "s3"] if unlabelled == "drop" else ["s1", "s2", "s3"])
    assert y.dropna().to_dict() == {"s1": 0, "s3": 1}
    assert y.dtype == ("int64" if unlabelled == "drop" else "Int64")


def test_an_annotation_that_is_short_is_so_for_both_ways_to_lie(tmp_path):
    rows = pd.DataFrame(np.arange(12.0).reshape(4, 3), index=["s1", "s2", "s3", "s4"], columns=["P1", "P2", "P3"])
    rows.to_csv(tmp_path / "rows.csv", index_label="sample")
    rows.T.to_csv(tmp_path / "columns.csv", index_label="protein")
    labels = {"metadata": write(tmp_path, "sample,g\ns4,x\ns2,y\ns1,y\n", "m.csv"), "target": "g"}
    with pytest.warns(UserWarning, match="'s3'"):
        X, y = read_table(tmp_path / "rows.csv", **labels)
    with pytest.warns(UserWarning, match="'s3'"):
        of_matrix, y_of_matrix = read_proteins(tmp_path / "columns.csv", software="matrix", **labels)
    pd.testing.assert_frame_equal(X, of_matrix)
    pd.testing.assert_series_equal(y, y_of_matrix)


def test_other_names_are_an_error_also_where_unlabelled_ones_are_kept(tmp_path):
    table = write(tmp_path, "sample,A\ns1,1\ns2,2\n")
    metadata = write(tmp_path, "sample,g\ns1,x\n", "m.csv")
    with pytest.raises(ValueError, match=r"1 of the 2 samples .* have no row in .*: 's2'\."):
        read_table(table, metadata=metadata, target="g", unlabelled="keep")


def test_samples_without_a_label_can_be_kept(tmp_path):
    table = write(tmp_path, "sample,A,group\ns1,1,x\ns2,2,\ns3,3,y\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        X, y = read_table(table, target="group", unlabelled="keep")
        none, missing = read_table(write(tmp_path, "A,g\n1,\n2,\n", "none.csv"), target="g", unlabelled="keep")
    assert X.index.tolist() == y.index.tolist() == ["s1", "s2", "s3"]
    assert y.dropna().to_dict() == {"s1": "x", "s3": "y"}
    assert len(none) == missing.isna().sum() == 2
    with pytest.raises(ValueError, match="'unlabelled' parameter of read_table must be"):
        read_table(table, target="group", unlabelled="all")


@pytest.mark.parametrize("labels", [["low", "high", "mid"], [1, 3, 2]])
@pytest.mark.parametrize("ordered", [True, False])
def test_categories_are_read_as_what_they_are_called(tmp_path, labels, ordered):
    categories = pd.Categorical(labels, [labels[0], labels[2], labels[1]], ordered=ordered)
    annotation = pd.DataFrame({"g": categories}, index=pd.Index(["s1", "s2", "s3"], name="sample"))
    table = write(tmp_path, "sample,A\ns1,1\ns2,2\ns3,3\n")
    annotation.to_parquet(tmp_path / "m.parquet")
    y = read_table(table, metadata=tmp_path / "m.parquet", target="g")[1]
    assert y.tolist() == labels
    assert not isinstance(y.dtype, pd.CategoricalDtype)
    annotation.loc["s2", "g"] = None
    annotation.to_parquet(tmp_path / "m.parquet")
    with pytest.warns(UserWarning, match="1 of 3 samples have no label"):
        y = read_table(table, metadata=tmp_path / "m.parquet", target="g")[1]
    assert y.to_dict() == {"s1": labels[0], "s3": labels[2]}
    y = read_table(table, metadata=tmp_path / "m.parquet", target="g", unlabelled="keep")[1]
    assert y.dropna().to_dict() == {"s1": labels[0], "s3": labels[2]}
    assert y.isna().tolist() == [False, True, False]


def test_none_is_a_treatment(tmp_path):
    table = write(tmp_path, "sample,A,group\ns1,1,None\ns2,null,drug\ns3,NA,drug\ns4,N/A,None\n")
    X, y = read_table(table, target="group")
    assert y.tolist() == ["None", "drug", "drug", "None"]
    assert X["A"].isna().tolist() == [False, True, True, True]


def test_labels_that_are_no_whole_numbers_for_sure_stay_floats(tmp_path):
    _, y = read_table(write(tmp_path, "sample,A,g\ns1,1,1e300\ns2,2,5\n"), target="g")
    assert y.tolist() == [1e300, 5.0]


def test_several_headings_may_be_empty(tmp_path):
    X, _ = read_table(write(tmp_path, ",A,,\ns1,1,2,3\ns2,3,4,5\n"))
    assert X.shape == (2, 3)
    assert X.index.tolist() == ["s1", "s2"]


def test_log2_undoes_exp2(tmp_path, frame):
    frame.to_csv(tmp_path / "t.csv")
    plain, _ = read_table(tmp_path / "t.csv", target="group")
    powers, _ = read_table(tmp_path / "t.csv", target="group", transform="exp2")
    logs, _ = read_table(tmp_path / "t.csv", target="group", transform="log2")
    pd.testing.assert_frame_equal(powers, 2**plain)
    pd.testing.assert_frame_equal(2**logs, plain)


def test_zero_can_mean_missing(tmp_path):
    table = write(tmp_path, "A,B\n0,2\n4,0\n")
    X, _ = read_table(table, transform="log2", zero_is_missing=True)
    np.testing.assert_array_equal(X, [[np.nan, 1], [2, np.nan]])


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "is empty"),
        ("A,B\n", {}, "is empty"),
        ("A,B,group\n1,2,x\n", {"target": "Group"}, "no column 'Group'; did you mean 'group'"),
        ("A,B,group\n1,2,x\n", {"target": "gruop"}, "no column 'gruop'; did you mean 'group'"),
        ("A,B,group\n1,2,x\n", {"target": "zzzz"}, "its columns are 'A', 'B', 'group'"),
        ("A,B\n1,2\n", {"index": "C"}, "no column 'C'"),
        ("A,B\n1,2\n", {"drop": ["C"]}, "no column 'C'"),
        ("A,B\n1,2\n", {"drop": ["A", "B"]}, "no column of numbers left"),
        ("A,B\n1,2\n", {"metadata": "m.csv"}, "which of its columns is the target"),
        (",A\nx,1\nx,2\n", {}, r"the first column \(without a heading\) names samples more than once: 'x'"),
        ("s,A\nx,1\nx,2\n", {"index": "s"}, "names samples more than once: 'x'"),
        ("s,A\n7,1\n7,2\n", {"index": "s"}, "names samples more than once: '7'"),
        ("s,A\nx,1\n,2\n", {"index": "s"}, "1 rows have no name in the index column 's'"),
        (
            "id,A\n1,1\n1,2\n2,3\n",
            {},
            "'id' names samples more than once: '1'.*what does .index, --index.*drop, --drop",
        ),
        ("sample_id,A\n007,1\n7,2\n", {}, "'sample_id' names samples more than once: '7'"),
        ("patient_id,A\n1,1\n,2\n", {}, "1 rows have no name in the index column 'patient_id'"),
        ("sample,A\ns1,1\nNA,2\n", {}, "1 rows have no name in the index column 'sample': .* such as NA"),
        ("s,a,b,a\nx,1,2,3\n", {}, "header names columns more than once: 'a'"),
        ("A,B\n1,x y\n2,3\n", {}, r"1 of 2 columns .* 'B' \(such as 'x y' in 'B'\)"),
        ("A,B\n1,inf\n2,3\n", {}, "infinite values in 'B'"),
        (f"A,B\n1,1{'0' * 400}\n2,3\n", {}, "too large or infinite values in 'B'"),
        ("A,B\n1,2,\n3,4,\n", {}, "lines have more cells than its header .* end in a delimiter"),
        ("A,B\n1,2,3\n1,2\n", {}, "lines have more cells than its header"),
        ("A,B\n1,2,3,4\n5,6,7,8\n", {}, "lines have more cells than its header has names .'A', 'B'"),
        ("A,B\n1,0\n2,3\n", {"transform": "log2"}, r"zero in 'B'. .*zero_is_missing"),
        ("A,B\n1,0\n-2,3\n", {"transform": "log2"}, "negative in 'A'. .*logarithms already"),
        ("A,B\n1,2000\n2,3\n", {"transform": "exp2"}, r"exp2 overflows .* 'B'"),
        ("A,g\n1,\n2,\n", {"target": "g"}, "holds no label at all"),
        ("A,B\n1,2,3,4\n1\n5,6,7,8,9\n", {}, "cannot be read as a .csv table"),
    ],
)
def test_bad_tables_say_what_is_wrong(tmp_path, text, options, message):
    with pytest.raises(ValueError, match=message):
        read_table(write(tmp_path, text), **options)


def test_many_bad_columns_are_named_in_short_and_can_be_dropped(tmp_path):
    table = write(tmp_path, "A,b,c,d,e\n1,x,x,x,x\n2,x,x,x,x\n")
    with pytest.raises(ValueError, match="'b', 'c', 'd' and 1 more"):
        read_table(table)
    assert list(read_table(table, drop=["b", "c", "d", "e"])[0].columns) == ["A"]


def test_dates_are_no_numbers(tmp_path):
    pd.DataFrame({"A": [1.0], "day": pd.to_datetime(["2020-01-01"])}).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(ValueError, match="'day'"):
        read_table(tmp_path / "t.parquet")


def test_missing_files_and_unknown_kinds(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*none\.csv"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(ValueError, match=r"unknown kind of table '.xlsx'; known are .csv"):
        read_table(write(tmp_path, "", "t.xlsx"))


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.csv.gz", "t.parquet"])
def test_garbage_is_refused(tmp_path, name):
    garbage = np.random.RandomState(0).bytes(400)
    (tmp_path / name).write_bytes(garbage)
    with pytest.raises(ValueError, match="cannot be read as a"):
        read_table(tmp_path / name)


def test_a_truncated_gz_is_refused(tmp_path, frame):
    packed = gzip.compress(frame.to_csv().encode())
    (tmp_path / "t.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(ValueError, match=r"cannot be read as a \.csv table"):
        read_table(tmp_path / "t.csv.gz")


def test_reads_a_real_table(shared_data):
    path, metadata = (shared_data / "proteomics" / f"septic_aki_plasma.{kind}" for kind in ("X.csv.gz", "meta.csv"))
    X, y = read_table(path, metadata=metadata, target="group")
    assert X.shape == (197, 554)
    assert X.isna().to_numpy().mean() == pytest.approx(0.371, abs=1e-3)
    assert y.value_counts().to_dict() == {1: 74, 2: 123}


def test_possible_names_taken_for_a_feature_are_noted(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text("patient,a\n1000,0.5\n1001,0.7\n1002,0.1\n")
    with pytest.warns(UserWarning, match="'patient'.*--index"):
        X, _ = read_table(path)
    assert list(X.columns) == ["patient", "a"]


def test_values_too_large_to_square_are_named(tmp_path):
    path = tmp_path / "large.csv"
    path.write_text("a,b\n1.0,1e300\n2.5,1.0\n")
    with pytest.raises(ValueError, match="too large or infinite values in 'b'"):
        read_table(path)


def test_folder_is_no_table(tmp_path):
    with pytest.raises(FileNotFoundError, match="is a folder, not a table"):
        read_table(tmp_path)


def test_other_encodings_are_named(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes("gène,b\n1,2\n2,3\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"not encoded as UTF-8\. Save it so"):
        read_table(path)


def test_metadata_go_before_the_table(tmp_path):
    (tmp_path / "t.csv").write_text("sample,A,group\ns1,1,5\ns2,2,6\n")
    (tmp_path / "m.csv").write_text("sample,group\ns1,u\ns2,v\n")
    X, y = read_table(tmp_path / "t.csv", metadata=tmp_path / "m.csv", target="group")
    assert y.tolist() == ["u", "v"]
    assert list(X.columns) == ["A", "group"]
