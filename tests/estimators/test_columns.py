"""Columns that are covariates, and their indicators."""

import datetime
import warnings

import numpy as np
import pandas as pd
import pytest

from skvae.estimators._columns import Covariates

FRAME = pd.DataFrame(
    {"a": [1.0, 2.0, 3.0, 4.0], "batch": ["x", "y", "y", "y"], "b": [5.0, 6.0, 7.0, 8.0], "run": [2, 1, 3, 3]}
)
BATCH = [[1, 0], [0, 1], [0, 1], [0, 1]]
RUN = [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]

# Four rows hardly need three runs.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The covariate 'run' has 3 levels", "ignore:The covariate 3 has 3 levels"
)


@pytest.mark.filterwarnings("ignore:The covariate 'batch' has 3 levels")
def test_na_of_pandas_is_a_level_as_nan_is():
    with_na = FRAME.assign(batch=pd.array(["x", None, "y", None], dtype="string"))
    with_nan = FRAME.assign(batch=np.array(["x", np.nan, "y", np.nan], dtype=object))
    for learnt in (with_na, with_nan):
        covariates = Covariates.of(learnt, ["batch"])
        for X in (with_na, with_nan):
            np.testing.assert_array_equal(covariates.parted(X)[1], [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]])
        np.testing.assert_array_equal(covariates.indicators(pd.NA, 1), [[0, 0, 1]])


@pytest.mark.parametrize(
    ("X", "names"),
    [
        (FRAME, ["batch", "run"]),
        (FRAME.to_numpy(object), [1, 3]),
        (FRAME.to_numpy(object), np.array([1, -1])),
        (FRAME.astype({"batch": "category"}), ("batch", "run")),
    ],
)
def test_data_and_indicators_are_parted(X, names):
    covariates = Covariates.of(X, names)
    data, indicators = covariates.parted(X)
    np.testing.assert_array_equal(np.asarray(data, float), FRAME[["a", "b"]])
    np.testing.assert_array_equal(indicators, np.hstack([BATCH, RUN]))
    np.testing.assert_array_equal(covariates.columns, [1, 3])
    np.testing.assert_allclose(covariates.shares, [0.25, 0.75, 0.25, 0.25, 0.5])
    assert covariates.n_indicators == 5


def test_order_of_the_parameter_counts():
    indicators = Covariates.of(FRAME, ["run", "batch"]).parted(FRAME)[1]
    np.testing.assert_array_equal(indicators, np.hstack([RUN, BATCH]))


@pytest.mark.parametrize(
    ("names", "match"),
    [
        ([], "at least one column"),
        (["batch", "batch"], "none twice"),
        (["a", "batch", "b", "run"], "no data are left"),
        (["plate"], "plate"),
    ],
)
def test_bad_columns_are_refused(names, match):
    with pytest.raises(ValueError, match=match):
        Covariates.of(FRAME, names)


@pytest.mark.parametrize(
    "given",
    [
        "y",
        ["y"],
        [["y"]],
        np.array(["y"]),
        ["y", "y", "y"],
        [["y"]] * 3,
        pd.Series(["y"] * 3),
        pd.DataFrame({"batch": ["y"] * 3}),
    ],
)
def test_levels_are_given_once_or_for_each_row(given):
    np.testing.assert_array_equal(Covariates.of(FRAME, ["batch"]).indicators(given, 3), [[0, 1]] * 3)


@pytest.mark.parametrize("given", [["y", 3], [["y", 3]], [["y", 3]] * 4, [("y", 3)] * 4])
def test_several_levels_are_given_once_or_for_each_row(given):
    np.testing.assert_array_equal(Covariates.of(FRAME, ["batch", "run"]).indicators(given, 4), [[0, 1, 0, 0, 1]] * 4)


def polars(levels):
    """Convert to a frame of Polars."""
    return pytest.importorskip("polars").DataFrame(levels.to_dict("list"))


def pyarrow(levels):
    """Convert to a table of pyarrow."""
    return pytest.importorskip("pyarrow").table(levels.to_dict("list"))


@pytest.mark.parametrize("order", [["batch", "run"], ["run", "batch"]])
@pytest.mark.parametrize("container", [pd.DataFrame, polars, pyarrow])
def test_frames_of_levels_go_by_their_names(container, order):
    covariates = Covariates.of(FRAME, ["batch", "run"])
    given = container(FRAME[order])
    np.testing.assert_array_equal(covariates.indicators(given, 4, ["batch", "run"]), np.hstack([BATCH, RUN]))


def test_what_has_no_names_goes_by_its_order():
    covariates = Covariates.of(FRAME, ["batch", "run"])
    given = FRAME[["batch", "run"]]
    for unnamed, names in [(given.set_axis([0, 1], axis=1), ["batch", "run"]), (given.to_numpy(), ["batch", "run"])]:
        np.testing.assert_array_equal(covariates.indicators(unnamed, 4, names), np.hstack([BATCH, RUN]))
    other = given.set_axis(["p", "q"], axis=1)  # fit saw no names to compare them with
    np.testing.assert_array_equal(covariates.indicators(other, 4, None), np.hstack([BATCH, RUN]))


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (FRAME[["batch"]], r"levels of 'batch', 'run', but lack 'run'\."),
        (FRAME[["batch", "run", "a"]], r"levels of 'batch', 'run', but also name 'a'\."),
        (FRAME[["batch", "a"]], r"lack 'run' and also name 'a'\."),
        ({"batch": "x"}, "lack 'run'"),
        ({"batch": "x", "run": 1, "plate": 2}, "also name 'plate'"),
        ({"batch": ["x", "y"], "run": 1}, r"one level of 'batch', or one for each of the 4 rows, .* shape \(2,\)"),
    ],
)
def test_levels_of_other_names_are_refused(given, match):
    with pytest.raises(ValueError, match=match):
        Covariates.of(FRAME, ["batch", "run"]).indicators(given, 4, ["batch", "run"])


@pytest.mark.parametrize(
    "given",
    [
        {"run": 3, "batch": "y"},
        {"run": [3], "batch": "y"},
        {"batch": ["y"] * 4, "run": 3},
        {"batch": pd.Series(["y"] * 4, index=list("dcba")), "run": np.full(4, 3)},
    ],
)
def test_levels_are_given_by_name(given):
    covariates = Covariates.of(FRAME, ["batch", "run"])
    np.testing.assert_array_equal(covariates.indicators(given, 4, ["batch", "run"]), [[0, 1, 0, 0, 1]] * 4)
    with pytest.raises(ValueError, match="fit saw no names"):
        covariates.indicators(given, 4)


def test_levels_that_are_not_named_may_stay():
    covariates = Covariates.of(FRAME, ["batch", "run"])
    own = covariates.parted(FRAME)[1]
    moved = covariates.indicators({"batch": "x"}, 4, ["batch", "run"], own)
    np.testing.assert_array_equal(moved, np.hstack([[[1, 0]] * 4, RUN]))
    with pytest.raises(ValueError, match="also name 'plate'"):
        covariates.indicators({"plate": 1}, 4, ["batch", "run"], own)


@pytest.mark.parametrize(
    "levels",
    [
        pd.to_datetime(["2026-01-01", "2026-01-02"] * 2),
        np.array([datetime.date(2026, 1, 1), datetime.date(2026, 1, 2)] * 2),
        pd.cut([1, 2, 1, 2], 2),
        [b"x", b"y"] * 2,
    ],
    ids=["timestamps", "dates", "intervals", "bytes"],
)
def test_levels_that_files_cannot_hold_are_refused(levels):
    with pytest.raises(
        TypeError, match=r"text or numbers: turn them into text, by \.astype\(str\)\. Column 'batch' holds"
    ):
        Covariates.of(FRAME.assign(batch=levels), ["batch"])
    Covariates.of(FRAME.assign(batch=pd.Series(levels).astype(str)), ["batch"])


def test_dates_of_numpy_are_no_levels():
    X = np.array([[1.0, np.datetime64("2026-01-01")], [2.0, np.datetime64("2026-01-02")]], dtype=object)
    with pytest.raises(TypeError, match=r"\.astype\(str\)\. Column 1 holds datetime64"):
        Covariates.of(X, [1])


def test_a_level_for_nearly_each_row_is_told():
    rows = np.arange(10)
    frame = pd.DataFrame({"a": rows, "id": rows // 5 * 5 + rows % 5 // 2, "lab": rows % 5, "two": rows % 2})
    with pytest.warns(UserWarning, match=r"The covariate 'id' has 6 levels in 10 rows.*drop the column") as caught:
        Covariates.of(frame, ["id", "lab", "two"])
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Covariates.of(frame[:2], ["two"])


def test_nothing_given_stands_for_the_usual_shares():
    np.testing.assert_allclose(Covariates.of(FRAME, ["batch"]).indicators(None, 2), [[0.25, 0.75]] * 2)


@pytest.mark.parametrize("given", [["x", "y"], [["x", 1]] * 3, np.zeros((3, 0))])
def test_levels_of_another_number_are_refused(given):
    with pytest.raises(ValueError, match=r"1 level\(s\) for each of the 3 rows, or once for all"):
        Covariates.of(FRAME, ["batch"]).indicators(given, 3)


def test_unseen_levels_are_told_beside_the_known_ones():
    covariates = Covariates.of(FRAME, ["batch"])
    for call in (lambda: covariates.indicators("z", 2), lambda: covariates.parted(FRAME.replace("x", "z"))):
        with pytest.raises(ValueError, match=r"fit has not seen\. Known are: x, y\. .*'z'"):
            call()


def test_unseen_levels_of_a_stream_are_told_with_what_sets_them():
    covariates, other = Covariates.of(FRAME, ["batch"]), FRAME.replace("x", "z")
    with pytest.raises(
        ValueError, match=r"fit has not seen\. Known are: x, y\. The first batch of a stream sets .*'z'"
    ):
        covariates.parted(other, is_stream=True)
    with pytest.raises(ValueError, match=r"x, y\. Found unknown"):
        covariates.parted(other)
