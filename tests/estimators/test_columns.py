"""Columns that are covariates, and their indicators."""

import numpy as np
import pandas as pd
import pytest

from skvae.estimators._columns import Covariates

FRAME = pd.DataFrame(
    {"a": [1.0, 2.0, 3.0, 4.0], "batch": ["x", "y", "y", "y"], "b": [5.0, 6.0, 7.0, 8.0], "run": [2, 1, 3, 3]}
)
BATCH = [[1, 0], [0, 1], [0, 1], [0, 1]]
RUN = [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]


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
