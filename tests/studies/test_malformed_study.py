"""A study that is written wrongly says where, before anything runs if that can be seen."""

import dataclasses

import numpy as np
import pytest
import toy_study
from toy_study import STUDY

from skvae.studies import Measured, run


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"full": {"levels": (0,)}}, "The full sizes of the study 'toy' must hold 'replicates'"),
        ({"quick": {"levels": (0,)}}, "The quick sizes of the study 'toy' must hold 'replicates'"),
        ({"quick": {"replicates": 1}}, "full and quick .* must have the same sizes.* 'levels' is not in all"),
        ({"least": {"level": 1}}, "least none beside them, but 'level' is not in all"),
        ({"full": {"replicates": 1, "levels": [0]}}, r"full size 'levels' .* or a tuple of them, but is \[0\]"),
        ({"quick": {"replicates": 1.5, "levels": (0,)}}, "quick size 'replicates' .* whole number .* is 1.5"),
        ({"measure": None}, "measure of the study 'toy' must be a function, but is None"),
        ({"by": "level"}, r"by of the study 'toy' must be a tuple of names, but is 'level'"),
        ({"by": ()}, "by of the study 'toy' must name a column or more"),
        ({"quick": {"replicates": 1, "levels": 0}}, "size 'levels' .* must be of one kind in full and quick"),
        (
            {"full": {"replicates": (1, 2), "levels": (0,)}, "quick": {"replicates": (1,), "levels": (0,)}},
            "needs one number of replicates",
        ),
        ({"shown": (1,)}, r"shown of the study 'toy' must be a tuple of names"),
    ],
)
def test_what_the_study_itself_shows_is_refused_at_once(changed, message):
    with pytest.raises((TypeError, ValueError), match=message):
        dataclasses.replace(STUDY, **changed)


def never(*arguments):
    """Stand for a measure that must not be called."""
    raise AssertionError("a part is run")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"load": lambda samples, sizes: (np.eye(2), ["a", "b"])},
            "load of the study 'toy' must return Samples or None",
        ),
        ({"conditions": lambda samples, sizes: []}, r"conditions of the study 'toy' must return a list of dicts.*\[\]"),
        ({"conditions": lambda samples, sizes: [0, 100]}, r"a list of dicts, but gave \[0, 100\]"),
        ({"conditions": lambda samples, sizes: {"level": 1}}, "a list of dicts, but gave {'level': 1}"),
    ],
)
def test_what_its_functions_show_is_refused_before_a_part_runs(changed, message):
    with pytest.raises(TypeError, match=message):
        run(dataclasses.replace(STUDY, measure=never, **changed))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"full": {"replicates": 0, "levels": (0,)}}, "The size 'replicates' must be at least 1, but is 0"),
        ({"least": {"levels": 50}}, r"Each number of the size 'levels' must be at least 50, but is \(0, 100, 200\)"),
        ({"conditions": lambda samples, sizes: [{"seed": 1}]}, "names two columns of its table 'seed'"),
    ],
)
def test_sizes_and_conditions_of_the_study_itself_are_checked_too(changed, message):
    with pytest.raises(ValueError, match=message):
        run(dataclasses.replace(STUDY, measure=never, **changed))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "measure of the study 'toy' gave no rows"),
        ([{"level": 7, "value": 1.0}], "names two columns of its table 'level'"),
        ([{"value": 1.0}, {"value": 1.0, "replicate": 9}], "names two columns of its table 'replicate'"),
    ],
)
def test_rows_that_would_be_lost_or_write_over_others_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        run(dataclasses.replace(STUDY, measure=lambda *arguments: Measured(rows)))


def test_the_summary_is_in_order_whatever_that_of_the_conditions():
    study = dataclasses.replace(STUDY, conditions=lambda samples, sizes: [{"level": n} for n in (200, 0, 100)])
    assert run(study).summary.index.tolist() == [0, 100, 200]


@pytest.mark.parametrize(
    "measured", [[{"value": 1.0}], {"value": 1.0}, None, Measured({"value": 1.0}), Measured([1.0]), Measured(None)]
)
def test_measure_must_return_measured(measured):
    with pytest.raises(
        TypeError, match=r"measure of the study 'toy' must return Measured\(rows\), rows a list of dicts"
    ):
        run(dataclasses.replace(STUDY, measure=lambda *arguments: measured))


def test_a_column_that_names_the_rows_must_be_there_after_the_first_part(tmp_path):
    calls = []

    def measure(*arguments):
        calls.append(arguments)
        return toy_study.measure(*arguments)

    study = dataclasses.replace(STUDY, measure=measure, by=("level", "leval"))
    with pytest.raises(ValueError, match=r"by 'leval', but .* columns level, replicate, seed, epoch, value, sum"):
        run(study, output=tmp_path / "toy")
    assert len(calls) == 1
    assert not list((tmp_path / "toy" / "parts").iterdir())


@pytest.mark.parametrize("column", ["level", "replicate", "epoch"])
def test_rows_may_be_named_by_the_condition_the_replicate_or_a_measure(column):
    assert run(dataclasses.replace(STUDY, by=(column,))).summary.index.name == column


def test_a_column_to_show_that_no_part_gave_is_warned_of():
    study = dataclasses.replace(STUDY, shown=("value", "vlaue"))
    with pytest.warns(
        UserWarning, match=r"cannot show 'vlaue': .* columns level, replicate, seed, epoch, value"
    ) as seen:
        result = run(study)
    assert seen[0].filename == __file__
    assert list(result.summary) == ["value"]
