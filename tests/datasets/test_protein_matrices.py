"""Plain tables with proteins in rows."""

import warnings

import numpy as np
import pandas as pd
import protein_tables as tables
import pytest

from skvae.datasets import read_proteins, read_table

SAMPLES = {"A1": "A1", "B1": "B1"}


@pytest.fixture
def second(tmp_path):
    path = tmp_path / "annotation.csv"
    path.write_text("sample,group\nB1,y\nA1,x\n")
    return path


@pytest.mark.parametrize(("name", "sep"), [("m.csv", ","), ("m.tsv", "\t"), ("m.csv", ";")])
def test_text_is_annotation_and_numbers_are_samples(tmp_path, name, sep):
    text = tables.MATRIX.replace("P1;P2", '"P1;P2"')
    path = tables.write(tmp_path, text, name, sep)
    X, _ = read_proteins(path, software="matrix")
    expected = tables.slowly_read(path, "Protein", SAMPLES, zero_is_missing=False, sep=sep)
    pd.testing.assert_frame_equal(X, pd.DataFrame(expected).rename_axis("sample"), check_exact=True)
    assert read_proteins(path, software="matrix", names="genes")[0].columns.tolist() == ["ALB", "TP53", "P6"]


def test_row_names_as_r_writes_them(tmp_path):
    X, _ = read_proteins(tables.write(tmp_path, "A1|B1\nP1|1|2\nP2|3|4\n", "m.tsv"), software="matrix")
    assert X.to_dict() == {"P1": {"A1": 1.0, "B1": 2.0}, "P2": {"A1": 3.0, "B1": 4.0}}


def test_true_and_false_are_no_samples(tmp_path):
    text = "Protein|A1|Reviewed|Isoform\nP1|1|True|False\nP2|3|False|\n"
    X, _ = read_proteins(tables.write(tmp_path, text, "m.tsv"), software="matrix")
    assert X.index.tolist() == ["A1"]


def test_metadata_say_which_columns_are_samples(tmp_path, second):
    path = tables.write(tmp_path, "Protein|Length|A1|B1|Peptides\nP1|99|1|2|5\nP2|98|3|4|6\n", "m.tsv")
    with pytest.warns(
        UserWarning, match=r"2 columns of numbers of .*m\.tsv .* left out: 'Length', 'Peptides'"
    ) as caught:
        X, y = read_proteins(path, software="matrix", metadata=second, target="group")
    assert X.index.tolist() == ["A1", "B1"]
    assert y.tolist() == ["x", "y"]
    assert caught[0].filename == __file__


def test_names_may_differ_by_spaces_or_by_the_ending_of_the_raw_file(tmp_path):
    (tmp_path / "annotation.csv").write_text("sample,group\nB1.raw,y\nA1.raw,x\n")
    path = tables.write(tmp_path, "Protein|A1 |B1\nP1|1|2\nP2|3|4\n", "m.tsv")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, y = read_proteins(path, software="matrix", metadata=tmp_path / "annotation.csv", target="group")
    assert y.tolist() == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Protein|C1|D1\nP1|1|2\n",
            "2 of the 2 samples .* have no row in .*: 'C1', 'D1'; of the names there no sample has 'B1', 'A1'",
        ),
        ("sample|P1|P2\nA1|1|2\nB1|3|4\n", r"The rows of .* are the samples of .*, such as 'A1'.*read by read_table"),
        ("number|A1|B1\n1|1|2\n", "the first column, 'number', holds numbers.*names of the proteins"),
        ("Protein|A1|B1\nP1|x|y\n", "no column of numbers for a sample; its columns are 'A1', 'B1'"),
        (
            "Protein|A1|B1\nP1|1|2\nP2|1|2\nP3|n.d.|2\n",
            r"something else than numbers: 'A1' \(such as 'n\.d\.' in 'A1'\)",
        ),
        ("Protein|A1|B1\nP1|1|2\nP1|1|2\n", "names protein groups more than once: 'P1'"),
    ],
)
def test_bad_matrices_say_what_is_wrong(tmp_path, second, text, message):
    path = tables.write(tmp_path, text, "m.tsv")
    with pytest.raises(ValueError, match=message):
        read_proteins(path, software="matrix", metadata=second, target="group")


@pytest.mark.parametrize("software", [None, "matrix"])
@pytest.mark.parametrize("names", [("A1", "B1"), (1, 2)])
def test_samples_in_the_rows_are_told(tmp_path, software, names):
    (tmp_path / "annotation.csv").write_text(f"sample,group\n{names[0]},y\n{names[1]},x\n")
    path = tables.write(tmp_path, f"sample|P1|P2\n{names[0]}|1|2\n{names[1]}|3|4\n", "m.tsv")
    with pytest.raises(ValueError, match=rf"The rows of .* are the samples of .*, such as '{names[0]}'.*read_table"):
        read_proteins(path, software=software, metadata=tmp_path / "annotation.csv", target="group")


def test_a_report_with_a_row_for_each_run_has_samples_in_its_first_column(tmp_path, second):
    text = "R.FileName|PG.ProteinGroups|PG.Quantity\nA1|P1|1\nA1|P2|2\nB1|P1|3\nB1|P2|4\n"
    path = tables.write(tmp_path, text, "report.tsv")
    pytest.importorskip("alphabase")
    assert read_proteins(path, metadata=second, target="group")[1].to_dict() == {"A1": "x", "B1": "y"}


def test_a_real_table_on_its_side(tmp_path, shared_data):
    source, metadata = (shared_data / "proteomics" / f"septic_aki_plasma.{kind}" for kind in ("X.csv.gz", "meta.csv"))
    X, y = read_table(source, metadata=metadata, target="group")
    X.T.to_csv(tmp_path / "m.csv")
    turned, labels = read_proteins(tmp_path / "m.csv", software="matrix", metadata=metadata, target="group")
    np.testing.assert_array_equal(turned, X)
    assert turned.columns.tolist() == X.columns.tolist()
    assert labels.to_dict() == y.to_dict()


def test_read_table_tells_of_matrices(tmp_path, second):
    path = tables.write(tmp_path, "Protein|A1|B1\nP1|1|2\nP2|3|4\n", "m.tsv")
    with pytest.raises(ValueError, match=r"lies on its side.*read_proteins\(\.\.\., software='matrix'\)"):
        read_table(path, metadata=second, target="group")
