"""The runner: parts, seeds, outputs, going on, interrupts."""

import dataclasses
import json
import logging
import sys

import numpy as np
import pandas as pd
import pytest
import toy_study
from toy_study import STUDY

from skvae.studies import Measured, _folder, run


def interrupted_at(number):
    """Return the toy study, interrupted in one of its parts."""
    calls = iter(range(100))

    def measure(*arguments):
        if next(calls) == number:
            raise KeyboardInterrupt
        return toy_study.measure(*arguments)

    return dataclasses.replace(STUDY, measure=measure)


def never(*arguments):
    """Stand for a measure that must not be called."""
    raise AssertionError("a part that is there is run again")


def files(folder):
    """Return what the files of a run hold."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_table_has_a_row_for_each_epoch_of_each_replicate_of_each_condition():
    table = run(STUDY).table
    assert list(table.columns) == ["level", "replicate", "seed", "epoch", "value", "sum"]
    assert table["level"].tolist() == [level for level in (0, 100, 200) for _ in range(6)]
    assert table["replicate"].tolist() == [0, 0, 1, 1, 2, 2] * 3
    assert table["epoch"].tolist() == [1, 2] * 9
    assert table["seed"].nunique() == 9
    rng = np.random.default_rng(table["seed"].iloc[-1])
    assert table["value"].tolist()[-2:] == [200 + rng.normal(), 200 + rng.normal()]


def test_a_part_does_not_depend_on_the_others():
    full, quick = run(STUDY).table, run(STUDY, quick=True).table
    same = full.merge(quick, on=["level", "replicate", "epoch"])
    assert len(same) == len(quick) == 8
    assert (same["value_x"] == same["value_y"]).all()


def test_seeds():
    tables = [run(STUDY, random_state=seed).table for seed in (0, 0, 1, np.random.RandomState(0))]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[0], tables[3])
    assert not set(tables[0]["value"]) & set(tables[2]["value"])


def test_results_are_the_same_to_the_bit_whatever_n_jobs(tmp_path):
    run(STUDY, output=tmp_path / "one")
    run(STUDY, output=tmp_path / "many", n_jobs=2)
    one, many = files(tmp_path / "one"), files(tmp_path / "many")
    assert one["table.csv"] == many["table.csv"]
    assert one["codes.csv"] == many["codes.csv"]
    assert one["summary.txt"] == many["summary.txt"]


def test_outputs(tmp_path):
    pytest.importorskip("matplotlib")
    result = run(STUDY, output=str(tmp_path / "toy"), n_jobs=1)
    found = files(tmp_path / "toy")
    assert set(found) == {"table.csv", "codes.csv", "summary.txt", "figure.png", "manifest.json"}
    # What is read back is what was measured, to the last bit.
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "toy" / "table.csv", float_precision="round_trip"), result.table, check_exact=True
    )
    assert found["summary.txt"].decode() == f"{result}\n"
    assert found["figure.png"].startswith(b"\x89PNG")
    manifest = json.loads(found["manifest.json"])
    assert manifest["sizes"] == {"replicates": 3, "levels": [0, 100, 200]}
    assert set(manifest["versions"]) == {"skvae", "python", "numpy", "scikit-learn", "tensorflow", "keras"}
    assert manifest["finished"] is True
    assert manifest["n_jobs"] == 1
    assert manifest["n_parts"] == 9
    assert len(manifest["data"]) == 32
    assert manifest["seconds"] >= 0


def test_results_compare_as_objects():
    first, second = run(STUDY, quick=True), run(STUDY, quick=True)
    assert first != second
    assert len({first, second}) == 2


def test_summary_says_what_was_found():
    text = str(run(STUDY, quick=True))
    assert "toy: Do values rise with the level?" in text
    assert "two rows (2 features; 1 of a, 1 of b)" in text
    assert "Sizes (quick, to look at only): replicates 2, levels 0 100." in text
    assert "- values rise with the level: confirmed (" in text
    assert "- the moon is round: not judged (nobody looked)" in text
    assert "±" in text


def test_a_study_without_the_figure_of_matplotlib(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.warns(UserWarning, match=r"No figure is drawn. .*pip install 'skvae\[plot\]'"):
        run(STUDY, output=tmp_path / "toy")
    assert "figure.png" not in files(tmp_path / "toy")
    assert "table.csv" in files(tmp_path / "toy")


def test_interrupt_keeps_what_has_ended_and_the_next_run_goes_on(tmp_path, caplog):
    folder, whole = tmp_path / "toy", run(STUDY).table
    with pytest.raises(KeyboardInterrupt, match=r"4 of 9 parts are kept in .*toy; the same call goes on from there"):
        run(interrupted_at(4), output=folder)
    assert json.loads((folder / "manifest.json").read_text())["finished"] is False
    assert not (folder / "table.csv").exists()
    with caplog.at_level(logging.INFO, "skvae.studies"):
        table = run(STUDY, output=folder).table
    assert "4 of 9 parts are there already" in caplog.text
    assert sum("s" in record.message and " of 9: level" in record.message for record in caplog.records) == 5
    pd.testing.assert_frame_equal(table, whole, check_exact=True)


def test_a_finished_run_is_only_written_again(tmp_path):
    first = run(STUDY, output=tmp_path / "toy")
    again = run(dataclasses.replace(STUDY, measure=never), output=tmp_path / "toy")
    pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)
    pd.testing.assert_frame_equal(first.codes, again.codes, check_exact=True)
    assert first.seconds == again.seconds


def test_a_part_half_written_is_none(tmp_path, monkeypatch):
    """A crash while a part is written leaves no file of that part."""

    def crash(*arguments):
        raise OSError("No space left on device")

    monkeypatch.setattr(_folder.os, "replace", crash)
    with pytest.raises(OSError, match="No space left"):
        run(STUDY, output=tmp_path / "toy")
    assert [path for path in (tmp_path / "toy").rglob("*") if path.is_file()] == []


def test_without_a_folder_an_interrupt_says_that_nothing_is_kept():
    with pytest.raises(KeyboardInterrupt, match="nothing is kept, for want of an output folder"):
        run(interrupted_at(4))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"random_state": 1}, r"random_state was 0 and is 1\."),
        ({"random_state": np.random.RandomState(1)}, r"seed was \d+ and is \d+"),
        ({"sizes": {"levels": [0, 7]}}, r"sizes levels was \[0, 100, 200\] and is \[0, 7\]"),
        ({"quick": True}, "sizes replicates was 3 and is 2; sizes levels"),
        ({"data": ([[1.0, 2.0], [0.0, 5.0]], ["a", "b"])}, "data was"),
        ({"study": dataclasses.replace(STUDY, version=2)}, "study_version was 1 and is 2"),
    ],
)
def test_a_folder_of_another_run_is_refused_and_left_as_it_is(tmp_path, changed, message):
    run(STUDY, output=tmp_path / "toy")
    before = files(tmp_path / "toy")
    with pytest.raises(ValueError, match=rf"holds another run, which cannot be gone on from: {message}.*delete"):
        run(**{"study": STUDY, "output": tmp_path / "toy"} | changed)
    assert files(tmp_path / "toy") == before


def test_a_folder_without_a_finished_part_is_begun_anew(tmp_path):
    with pytest.raises(KeyboardInterrupt, match="0 of 9 parts are kept"):
        run(interrupted_at(0), output=tmp_path / "toy")
    again = run(STUDY, output=tmp_path / "toy", random_state=3)
    pd.testing.assert_frame_equal(again.table, run(STUDY, random_state=3).table)
    manifest = json.loads((tmp_path / "toy" / "manifest.json").read_text())
    assert (manifest["finished"], manifest["random_state"]) == (True, 3)


@pytest.mark.parametrize("text", ["[]", "{}", '{"name": "an app", "study": "x"}'])
def test_a_manifest_of_something_else_is_left_as_it_is(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ValueError, match="holds another run"):
        run(STUDY, output=tmp_path)
    assert (tmp_path / "manifest.json").read_text() == text


def test_a_run_with_other_versions_is_not_gone_on_from(tmp_path, monkeypatch):
    run(STUDY, output=tmp_path / "toy")
    monkeypatch.setattr(_folder, "version", lambda name: "0.0")
    with pytest.raises(ValueError, match=r"versions tensorflow was .* and is '0\.0'"):
        run(STUDY, output=tmp_path / "toy")


def test_same_data_under_another_name_are_the_same(tmp_path):
    arrays = np.eye(2), ["a", "b"]
    np.savez(tmp_path / "rows.npz", X=arrays[0], y=arrays[1])
    run(STUDY, data=arrays, output=tmp_path / "toy")
    run(dataclasses.replace(STUDY, measure=never), data=tmp_path / "rows.npz", output=tmp_path / "toy")


def test_a_study_of_ones_own_may_take_negative_values():
    assert (run(STUDY, data=(-np.eye(2), ["a", "b"])).table["sum"] == -2).all()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (b"garbage", "cannot be read: delete it, and its part is run again"),
        (b"\xff", "cannot be read: delete it"),
        (b"[]", "holds no part of a study: delete it, and its part is run again"),
        (b'{"rows": []}', "holds no part of a study"),
    ],
)
def test_a_damaged_part_is_named_and_can_be_run_again(tmp_path, damage, message):
    whole, part = run(STUDY, output=tmp_path / "toy").table, tmp_path / "toy" / "parts" / "0001.json"
    part.write_bytes(damage)
    with pytest.raises(ValueError, match=rf"parts.0001\.json {message}"):
        run(STUDY, output=tmp_path / "toy")
    part.unlink()
    pd.testing.assert_frame_equal(run(STUDY, output=tmp_path / "toy").table, whole, check_exact=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"study": "quantitiy"}, "There is no study 'quantitiy'; did you mean 'quantity'"),
        ({"study": "xyz"}, "there are quantity, imbalance"),
        ({"study": 3}, "The 'study' parameter of run must be"),
        ({"sizes": {"level": (1,)}}, "has no size 'level'; it has replicates, levels"),
        ({"sizes": {"levels": 3.5}}, "'levels' must be a list of whole numbers, but is 3.5"),
        ({"sizes": {"levels": []}}, "'levels' must be a list of whole numbers"),
        ({"sizes": {"levels": "12"}}, "'levels' must be a list of whole numbers"),
        ({"sizes": {"replicates": True}}, "'replicates' must be a whole number, but is True"),
        ({"sizes": {"replicates": 0}}, "'replicates' must be at least 1, but is 0"),
        ({"sizes": {"levels": [-1, 3]}}, r"Each number of the size 'levels' must be at least 0, but is \[-1, 3\]"),
        ({"output": "no/such"}, "there is no folder no"),
        ({"output": "file"}, "is a file, but must be a folder"),
        ({"output": "."}, "holds other files"),
        ({"output": "broken"}, "cannot be read: delete the folder"),
        ({"n_jobs": "two"}, "The 'n_jobs' parameter"),
        ({"data": 3}, "The 'data' parameter"),
        ({"data": "none.npz"}, "There is no file none.npz"),
    ],
)
def test_bad_arguments(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{")
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        run(**{"study": STUDY} | arguments)


def test_errors_of_a_part_reach_the_caller_and_keep_the_others(tmp_path):
    def measure(samples, condition, sizes, seed):
        if condition["level"] == 200:
            raise ValueError("diverged")
        return Measured([{"value": 1.0}])

    with pytest.raises(ValueError, match="diverged"):
        run(dataclasses.replace(STUDY, measure=measure), output=tmp_path / "toy")
    assert len(list((tmp_path / "toy" / "parts").iterdir())) == 6


def test_quiet_unless_asked(capfd):
    run(STUDY)
    assert capfd.readouterr() == ("", "")
