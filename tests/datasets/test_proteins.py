"""Tables of protein groups as they come, against a slow reader."""

import gzip
import logging

import numpy as np
import pandas as pd
import protein_tables as tables
import pytest

from skvae.datasets import read_proteins, read_table


def maxquant(folder, name="proteinGroups.txt"):
    return tables.write(folder, tables.MAXQUANT, name)


def annotation(folder, text="sample,group\nA1,x\nB1,y\n"):
    path = folder / "annotation.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "name", "software", "quantity", "identifier", "samples", "left_out"),
    [
        (
            tables.MAXQUANT,
            "proteinGroups.txt",
            "maxquant",
            "lfq",
            "Majority protein IDs",
            {"A1": "LFQ intensity A1", "B1": "LFQ intensity B1"},
            ["P4", "REV__P7", "CON__P8", "P10"],
        ),
        (
            tables.DIANN,
            "report.pg_matrix.tsv",
            "diann",
            "lfq",
            "Protein.Group",
            {"A1": "D:\\data\\2024\\A1.raw", "B1": "/data/B1.raw.dia"},
            ["Cont_P8", "P6"],
        ),
        (
            tables.DIANN_2,
            "report.pg_matrix.tsv",
            "diann",
            "lfq",
            "Protein.Group",
            {"A1": "/x/A1.mzML", "B1": "/x/B1.d"},
            [],
        ),
        (
            tables.FRAGPIPE,
            "combined_protein.tsv",
            "fragpipe",
            "lfq",
            "Protein ID",
            {"A_1": "A_1 MaxLFQ Intensity", "B_1": "B_1 MaxLFQ Intensity"},
            ["P8", "P9"],
        ),
        (
            tables.SPECTRONAUT,
            "Report.xls",
            "spectronaut",
            "quantity",
            "PG.ProteinGroups",
            {"A1": "[1] A1.raw.PG.Quantity", "B1": "[2] B1.raw.PG.Quantity"},
            ["CON__P8"],
        ),
        (
            tables.PERSEUS,
            "perseus.txt",
            "perseus",
            None,
            "Majority protein IDs",
            {"A1": "LFQ intensity A1", "B1": "LFQ intensity B1"},
            ["REV__P7", "CON__P8"],
        ),
    ],
)
def test_reads_what_each_program_writes(tmp_path, text, name, software, quantity, identifier, samples, left_out):
    path = tables.write(tmp_path, text, name)
    expected = tables.slowly_read(path, identifier, samples, left_out, zero_is_missing=software != "perseus")
    for said in (None, software):
        X, y = read_proteins(path, software=said)
        pd.testing.assert_frame_equal(X, pd.DataFrame(expected).rename_axis("sample"), check_exact=True)
        assert y is None
        assert (X.attrs["software"], X.attrs["quantity"]) == (software, quantity)


def test_what_is_left_out_is_counted_and_logged(tmp_path, caplog):
    with caplog.at_level(logging.INFO, "skvae.datasets"):
        X, _ = read_proteins(maxquant(tmp_path))
    assert X.attrs["left_out"] == {
        "decoys": 1,
        "contaminants": 1,
        "only identified by site": 1,
        "without any value": 1,
    }
    assert "maxquant (lfq), 2 samples, 3 protein groups; left out: 1 decoys, 1 contaminants" in caplog.text


@pytest.mark.parametrize(
    ("quantity", "values"), [("raw", [100, 50, 30, 3]), ("ibaq", [3, 4, 3, 3]), ("lfq", [110.5, 33, 3.5])]
)
def test_quantity_chooses_another(tmp_path, quantity, values):
    X, _ = read_proteins(maxquant(tmp_path), quantity=quantity)
    assert X.index.tolist() == ["A1", "B1"]
    np.testing.assert_array_equal(X.loc["A1"], values)


def test_quantities_of_fragpipe(tmp_path):
    kinds = {
        "lfq": "MaxLFQ Intensity",
        "raw": "Intensity",
        "razor": "Razor Intensity",
        "unique": "Unique Intensity",
        "total": "Total Intensity",
        "lfq_unique": "MaxLFQ Unique Intensity",
        "lfq_total": "MaxLFQ Total Intensity",
    }
    header = "|".join(f"{sample} {kind}" for kind in kinds.values() for sample in "AB")
    cells = "|".join(map(str, range(1, 15)))
    path = tables.write(tmp_path, f"Protein ID|{header}\nP1|{cells}\n", "combined_protein.tsv")
    for number, quantity in enumerate(kinds):
        X, _ = read_proteins(path, quantity=quantity)
        assert X["P1"].to_dict() == {"A": 2 * number + 1.0, "B": 2 * number + 2.0}


def test_quantities_of_spectronaut(tmp_path):
    path = tables.write(tmp_path, tables.SPECTRONAUT, "report.tsv")
    assert read_proteins(path, quantity="ibaq")[0]["P4"].dropna().to_dict() == {"B1": 4.0}
    bare = tables.write(tmp_path, "PG.ProteinGroups|[1] A.raw|[2] B.raw\nP1|1|2\n", "bare.tsv")
    assert read_proteins(bare)[0]["P1"].to_dict() == {"A": 1.0, "B": 2.0}


def test_quantities_of_labelled_samples(tmp_path):
    silac = tables.write(
        tmp_path,
        "Protein IDs|Ratio H/L A|Ratio H/L normalized A|Ratio H/L normalized B|Intensity A|Intensity L|Intensity L A|"
        "Intensity H A\nP1|2|1.5|0.5|10|4|4|6\n",
        "silac.txt",
    )
    X, _ = read_proteins(silac)
    assert (X["P1"].to_dict(), X.attrs["quantity"]) == ({"A": 1.5, "B": 0.5}, "ratio")
    assert read_proteins(silac, quantity="raw")[0]["P1"].to_dict() == {"A": 10.0}
    called_h = "Protein IDs|Ratio H/L normalized H|Intensity H|Intensity L H\nP1|2|5|4\n"
    assert read_proteins(tables.write(tmp_path, called_h, "h.txt"))[0]["P1"].to_dict() == {"H": 2.0}
    tmt = tables.write(
        tmp_path,
        "Protein IDs|Reporter intensity corrected 1|Reporter intensity corrected 1 mix|"
        "Reporter intensity corrected 2 mix|Reporter intensity 1 mix|Intensity mix\nP1|9|3|6|4|50\n",
        "tmt.txt",
    )
    X, _ = read_proteins(tmt)
    assert (X["P1"].to_dict(), X.attrs["quantity"]) == ({"1 mix": 3.0, "2 mix": 6.0}, "reporter")


@pytest.mark.parametrize("quantity", ["LFQ intensity", "Intensity", "iBAQ"])
def test_samples_without_labels_may_be_called_as_labels_are(tmp_path, quantity):
    names = ["L", "M", "H", "L 1", "H 1", "A"]
    header = "|".join(f"{quantity} {name}" for name in names)
    path = tables.write(tmp_path, f"Protein IDs|{header}\nP1|1|2|3|4|5|6\n", "proteinGroups.txt")
    assert read_proteins(path)[0]["P1"].to_dict() == dict(zip(names, range(1, 7), strict=True))


def test_zero_is_missing_where_the_program_means_it(tmp_path):
    assert np.isnan(read_proteins(maxquant(tmp_path))[0].loc["B1", "P6"])
    assert read_proteins(maxquant(tmp_path), zero_is_missing=False)[0].loc["B1", "P6"] == 0
    matrix = tables.write(tmp_path, tables.MATRIX, "m.csv", sep=",")
    assert read_proteins(matrix, software="matrix")[0].loc["A1", "P6"] == 0
    assert np.isnan(read_proteins(matrix, software="matrix", zero_is_missing=True)[0].loc["A1", "P6"])


def test_log2_on_request(tmp_path):
    plain, logs = (read_proteins(maxquant(tmp_path), log2=log2)[0] for log2 in (False, True))
    pd.testing.assert_frame_equal(logs, np.log2(plain))
    assert logs.attrs == plain.attrs
    with pytest.raises(ValueError, match=r"some are negative in 'P1;P2'.*log2=False"):
        read_proteins(tables.write(tmp_path, tables.PERSEUS, "perseus.txt"), log2=True)


def test_genes_as_names_fall_back_to_identifiers(tmp_path):
    X, _ = read_proteins(maxquant(tmp_path), names="genes")
    assert X.columns.tolist() == ["ALB (P1;P2)", "ALB (P5)", "P6"]
    X, _ = read_proteins(tables.write(tmp_path, tables.FRAGPIPE, "combined_protein.tsv"), names="genes")
    assert X.columns.tolist() == ["ALB", "TP53"]


def test_marks_are_in_columns(tmp_path):
    text = "Protein IDs|LFQ intensity A|Reverse|Contaminant\nP1|1||\nP2|2|+|\nP3|3||+\nP4|4|+|+\n"
    X, _ = read_proteins(tables.write(tmp_path, text, "proteinGroups.txt"))
    assert X.columns.tolist() == ["P1"]
    assert (X.attrs["left_out"]["decoys"], X.attrs["left_out"]["contaminants"]) == (2, 1)


def test_marks_may_stand_in_two_columns(tmp_path):
    text = "A|Contaminant|Potential contaminant|T\n#!{Type}E|C|C|T\n1|||P1\n2|+||P2\n3||+|P3\n4|+|+|P4\n"
    X, _ = read_proteins(tables.write(tmp_path, text, "perseus.txt"))
    assert X.columns.tolist() == ["P1"]
    assert X.attrs["left_out"]["contaminants"] == 3


def test_contaminants_are_known_by_prefix_where_no_column_tells(tmp_path):
    bodies = ["P1", "P2;CON__P3", "rev_P4", "contam_P5", "cRAP-P6", "Cont_P7", "DECOY_P8", "P9;REV__P9", "REV_HV1H2"]
    path = tables.write(tmp_path, "Protein.Group|A1\n" + "".join(f"{body}|1\n" for body in bodies), "report.tsv")
    X, _ = read_proteins(path)
    assert X.columns.tolist() == ["P1", "REV_HV1H2"]
    assert (X.attrs["left_out"]["decoys"], X.attrs["left_out"]["contaminants"]) == (3, 4)


def test_labels_join_from_a_second_table_whatever_its_order(tmp_path):
    X, y = read_proteins(maxquant(tmp_path), metadata=annotation(tmp_path, "s,g\nC,z\nB1,y\nA1,x\n"), target="g")
    assert y.to_dict() == {"A1": "x", "B1": "y"}
    assert y.index.equals(X.index)


@pytest.mark.parametrize("names", [("A1.raw", "B1.raw"), ("C:\\x\\A1.raw", "C:\\x\\B1.raw"), ("/y/A1.d", "B1")])
def test_labels_may_stand_at_the_names_of_raw_files(tmp_path, names):
    second = annotation(tmp_path, f"file,g\n{names[1]},y\n{names[0]},x\n")
    path = tables.write(tmp_path, tables.DIANN, "report.pg_matrix.tsv")
    assert read_proteins(path, metadata=second, target="g")[1].to_dict() == {"A1": "x", "B1": "y"}


def test_numbers_as_names_of_samples(tmp_path):
    path = tables.write(tmp_path, "Protein IDs|LFQ intensity 01|LFQ intensity 10|LFQ intensity x\nP1|1|2|3\n", "p.txt")
    second = annotation(tmp_path, "id,g\n10,y\n1,x\n7,z\n")
    with pytest.warns(UserWarning, match=r"1 of the 3 samples .*: 'x'; of the names there no sample has '7'; they"):
        read_proteins(path, metadata=second, target="g")
    path = tables.write(tmp_path, "Protein IDs|LFQ intensity 01|LFQ intensity 10\nP1|1|2\n", "p.txt")
    assert read_proteins(path, metadata=second, target="g")[1].to_dict() == {"01": "x", "10": "y"}


def test_labels_may_stand_at_the_headings(tmp_path):
    second = annotation(tmp_path, "column,g\nLFQ intensity B1,y\nLFQ intensity A1,x\n")
    assert read_proteins(maxquant(tmp_path), metadata=second, target="g")[1].to_dict() == {"A1": "x", "B1": "y"}


def test_index_names_the_column_of_samples_in_the_second_table(tmp_path):
    second = annotation(tmp_path, "patient,g,run\np1,x,A1\np2,y,B1\n")
    assert read_proteins(maxquant(tmp_path), metadata=second, target="g", index="run")[1].tolist() == ["x", "y"]
    with pytest.raises(ValueError, match="no column 'rum'; did you mean 'run'"):
        read_proteins(maxquant(tmp_path), metadata=second, target="g", index="rum")


def test_samples_without_a_label_are_left_out(tmp_path):
    with pytest.warns(UserWarning, match="1 of 2 samples have no label in 'group'") as caught:
        X, y = read_proteins(maxquant(tmp_path), metadata=annotation(tmp_path, "s,group\nA1,x\nB1,\n"), target="group")
    assert X.index.tolist() == y.index.tolist() == ["A1"]
    assert caught[0].filename == __file__


def test_samples_without_a_label_can_be_kept(tmp_path):
    second = annotation(tmp_path, "s,group\nA1,x\nB1,\n")
    X, y = read_proteins(maxquant(tmp_path), metadata=second, target="group", unlabelled="keep")
    assert X.index.tolist() == y.index.tolist() == ["A1", "B1"]
    assert y.dropna().to_dict() == {"A1": "x"}
    path = tables.write(tmp_path, tables.PERSEUS.replace("treated", ""), "perseus.txt")
    assert read_proteins(path, target="Grouping", unlabelled="keep")[1].dropna().to_dict() == {"A1": "control"}


def test_perseus_holds_labels_itself(tmp_path):
    path = tables.write(tmp_path, tables.PERSEUS, "perseus.txt")
    assert read_proteins(path, target="Grouping")[1].to_dict() == {"A1": "control", "B1": "treated"}
    assert read_proteins(path, target="Dose")[1].to_dict() == {"A1": 0.0, "B1": 2.5}
    with pytest.raises(ValueError, match="no column 'grouping'; did you mean 'Grouping'"):
        read_proteins(path, target="grouping")


def test_perseus_may_write_flags_beside_its_values(tmp_path):
    text = "A|B|T\n#!{Type}E|E|T\n1.5;True;0|2;False;3|P1\n-2;False;|NaN;False;|P2\n"
    X, _ = read_proteins(tables.write(tmp_path, text, "perseus.txt"))
    np.testing.assert_array_equal(X, [[1.5, -2], [2, np.nan]])


def test_a_report_of_spectronaut_by_runs_is_pivoted(tmp_path):
    path = tables.write(tmp_path, tables.SPECTRONAUT_LONG, "report.tsv")
    X, _ = read_proteins(path, names="genes")
    pd.testing.assert_frame_equal(
        X, pd.DataFrame({"ALB": [110.5, 190], "TP53": [np.nan, 44.5]}, pd.Index(["A1", "B1"], name="sample"))
    )
    path.write_text(path.read_text() + "y\tB1.raw\tP4\tTP53\t45.5\t_RRK_.3\n")
    with pytest.raises(ValueError, match=r"several values of the protein group 'P4' in the run 'B1\.raw'"):
        read_proteins(path)


def test_names_of_samples_stay_whole_where_short_ones_would_be_the_same(tmp_path):
    path = tables.write(tmp_path, "Protein.Group|/a/x.raw|/b/x.raw\nP1|1|2\n", "report.tsv")
    assert read_proteins(path)[0].index.tolist() == ["/a/x.raw", "/b/x.raw"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("t.txt", lambda text: text.replace(b"\n", b"\r\n")),
        ("t.txt", lambda text: b"\xef\xbb\xbf" + text),
        ("t.txt", lambda text: text.decode().encode("utf-16")),
        ("t.txt.gz", gzip.compress),
        ("t.tsv.gz", lambda text: gzip.compress(text.decode().replace("\n", "\r\n").encode("utf-16"))),
    ],
)
@pytest.mark.parametrize("program", ["MAXQUANT", "PERSEUS"])
def test_encodings_line_ends_and_packing_make_no_difference(tmp_path, program, name, change):
    path = tables.write(tmp_path, getattr(tables, program), "perseus.txt")
    expected = read_proteins(path)[0]
    (tmp_path / name).write_bytes(change(path.read_bytes()))
    pd.testing.assert_frame_equal(read_proteins(tmp_path / name)[0], expected)


def test_semicolons_part_cells_though_groups_have_them_too(tmp_path):
    path = maxquant(tmp_path)
    (tmp_path / "t.csv").write_bytes(tables.with_semicolons(path.read_bytes()))
    pd.testing.assert_frame_equal(read_proteins(tmp_path / "t.csv")[0], read_proteins(path)[0])


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "is empty"),
        ("Protein IDs|LFQ intensity A\n", {}, "is empty"),
        (
            "x|y\n1|2\n",
            {},
            "not recognised.*MaxQuant: 'Majority protein IDs' or 'Protein IDs'; DIA-NN: 'Protein.Group'",
        ),
        ("x|y\n1|2\n", {}, "Perseus: a second line .*Its columns are 'x', 'y'.*software='matrix'.*read_table"),
        (tables.MAXQUANT, {"software": "diann"}, "no table of protein groups from DIA-NN: no column 'Protein.Group'"),
        (tables.MAXQUANT, {"software": "diann"}, "It looks like one of MaxQuant .software='maxquant'"),
        (tables.DIANN, {"software": "maxquant"}, "no column 'Majority protein IDs' nor 'Protein IDs'"),
        (tables.DIANN, {"software": "maxquant"}, "its nearest is 'Protein.Ids'.*software='diann'"),
        (tables.MAXQUANT, {"software": "perseus"}, "no text of Perseus: no line after its header"),
        (
            tables.MAXQUANT,
            {"quantity": "maxlfq"},
            "it has 'lfq', 'raw', 'ibaq'. MaxQuant has lfq, ratio, reporter, raw",
        ),
        (tables.MAXQUANT, {"quantity": "reporter"}, "no quantity 'reporter'; it has 'lfq', 'raw', 'ibaq'"),
        (tables.MATRIX, {"software": "matrix", "quantity": "lfq"}, "several quantities: leave out quantity='lfq'"),
        (
            "Protein IDs|Intensity|LFQ intensty A\nP1|5|5\n",
            {},
            "no column of a sample, such as 'LFQ intensity <sample>'",
        ),
        (
            "Protein IDs|Intensity|LFQ intensty A\nP1|5|5\n",
            {},
            "nearest is 'LFQ intensty A'.*proteinGroups.txt, of named",
        ),
        ("Protein IDs|LFQ intensity A|LFQ intensity A\nP1|5|6\n", {}, "columns more than once: 'LFQ intensity A'"),
        ("Sequence|Raw file|Intensity\nAAK|a|5\n", {}, "evidence.txt; what is needed is proteinGroups.txt"),
        ("Sequence|Proteins|Intensity A\nAAK|P1|5\n", {}, "peptides.txt; what is needed is proteinGroups.txt"),
        ("Run|Protein.Group|Precursor.Id\na|P1|AAK2\n", {}, "main report of DIA-NN.* is report.pg_matrix.tsv"),
        ("Protein.Group|Precursor.Id|a.raw\nP1|AAK2|5\n", {}, "report.pr_matrix.tsv; .* is report.pg_matrix.tsv"),
        ("Peptide Sequence|Protein ID|A Intensity\nAAK|P1|5\n", {}, "combined_peptide.tsv; .* is combined_protein.tsv"),
        (
            "PG.ProteinGroups|EG.PrecursorId|[1] a.EG.TotalQuantity\nP1|A|5\n",
            {},
            "report of precursors from Spectronaut",
        ),
        ("R.FileName|PG.Quantity\na|1\n", {"software": "spectronaut"}, "no column 'PG.ProteinGroups'"),
        ("Protein.Group|a.raw\nP1|1\nP1|2\n", {}, "names protein groups more than once: 'P1'"),
        ("Protein.Group|a.raw\nP1|1\n|2\n", {}, "1 rows with values, but without an identifier"),
        ("Protein.Group|a.raw\nCON__P1|1\nP2|0\n", {}, "no protein group left"),
        ("Protein.Group|a.raw|note\nP1|1|fine\n", {}, "else than numbers: 'note' .such as 'fine'.*remove columns"),
        ("Protein.Group|a.raw\nP1|1\n", {"names": "genes"}, "no column of genes: none of 'Gene names'"),
        (tables.MAXQUANT, {"target": "group"}, "holds no labels such as 'group': say which table does .metadata"),
        (tables.MAXQUANT, {"metadata": "m.csv"}, "which of its columns is the target"),
        ("A|T\n#!{Type}N|T\n1|P1\n", {}, "no main column, E in its line"),
        ("A|B\n#!{Type}E|N\n1|2\n", {}, "no column of identifiers: none of 'Majority protein IDs'.*are 'B'"),
    ],
)
def test_bad_tables_say_what_is_wrong(tmp_path, text, options, message):
    with pytest.raises(ValueError, match=message):
        read_proteins(tables.write(tmp_path, text, "perseus.txt"), **options)


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        (
            "s,group\nA1,x\nC1,y\n",
            "group",
            r"1 of the 2 samples .*: 'B1'; of the names there no sample has 'C1' \(is 'C1' meant to be 'B1'",
        ),
        ("s,group\nA1,x\nB1,y\n", "grup", "no column 'grup'; did you mean 'group'"),
        ("group,s\nx,A1\nx,B1\n", "group", r"has no column that names its samples to join by: say which \(index"),
        ("s,group\nA1,x\nA1 ,z\nB1,y\n", "group", r"annotation\.csv names samples more than once: 'A1'"),
    ],
)
def test_bad_metadata_say_what_is_wrong(tmp_path, text, target, message):
    with pytest.raises(ValueError, match=message):
        read_proteins(maxquant(tmp_path), metadata=annotation(tmp_path, text), target=target)


def test_a_sample_without_any_value_is_told(tmp_path):
    path = tables.write(tmp_path, "Protein.Group|a.raw|b.raw\nP1|1|\nP2|2|0\n", "report.tsv")
    with pytest.warns(UserWarning, match="1 samples of .* have no value at all: 'b'") as caught:
        assert read_proteins(path)[0].shape == (2, 2)
    assert caught[0].filename == __file__


def test_workbooks_and_other_files_that_are_no_text(tmp_path):
    for start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        (tmp_path / "t.xls").write_bytes(start + bytes(100))
        with pytest.raises(ValueError, match=r"no text but a workbook\. Save the sheet of a workbook as \.csv"):
            read_proteins(tmp_path / "t.xls")
    with pytest.raises(FileNotFoundError, match="There is no file"):
        read_proteins(tmp_path / "none.txt")
    (tmp_path / "t.txt").write_bytes(np.random.RandomState(0).bytes(300))
    with pytest.raises(ValueError, match=r"cannot be read as a \.txt table"):
        read_proteins(tmp_path / "t.txt")


def test_alphabase_is_an_extra_that_perseus_and_matrices_do_without(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "alphabase.pg_reader", None)
    with pytest.raises(ImportError, match=r"Reading tables of proteins needs 'alphabase'.*skvae\[proteomics\]"):
        read_proteins(maxquant(tmp_path))
    assert read_proteins(tables.write(tmp_path, tables.PERSEUS, "perseus.txt"))[0].shape == (2, 3)
    assert read_proteins(tables.write(tmp_path, tables.MATRIX, "m.tsv"), software="matrix")[0].shape == (2, 3)


@pytest.mark.parametrize("text", [tables.MAXQUANT, tables.DIANN, tables.FRAGPIPE, tables.SPECTRONAUT])
def test_read_table_sends_tables_of_programs_here(tmp_path, text):
    with pytest.raises(ValueError, match=r"protein groups from .*: its rows are no samples\. read_proteins reads it"):
        read_table(tables.write(tmp_path, text, "table.tsv"))


@pytest.mark.parametrize("options", [{"software": "openms"}, {"names": "gene"}, {"log2": "yes"}, {"metadata": 3}])
def test_parameters_are_checked(tmp_path, options):
    with pytest.raises(ValueError, match=rf"The '{next(iter(options))}' parameter of read_proteins must be"):
        read_proteins(maxquant(tmp_path), **options)
