"""The guard of tables: what scikit-learn lets through, by library and by place of the column."""

import datetime
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.datasets import load_iris
from sklearn.utils.validation import validate_data

from skvae._compat import InvalidParameterError
from skvae._validation import (
    advising,
    check_table,
    is_number,
    listed,
    refuse_float32_overflow,
    refuse_masked,
    validate_table,
)

FLOATS = (np.float64, np.float32)
X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
DAYS = pd.date_range("2026-01-01", periods=3)
SPANS = DAYS - DAYS[0]


class Estimator(BaseEstimator):
    """Something that features are checked for."""


def by_estimator(table, **options):
    return validate_table(Estimator(), table, dtype=FLOATS, **options)


def by_itself(table, **options):
    return check_table(table, dtype=FLOATS, **options)


BOTH = pytest.mark.parametrize("check", [by_estimator, by_itself])


def frame(**columns):
    """Put columns beside one of numbers."""
    return pd.DataFrame({"length": [1.0, 2.0, 3.0], **columns})


def arrow(cells, kind):
    """Make a pandas column whose cells lie in pyarrow."""
    pytest.importorskip("pyarrow")
    return frame(when=pd.Series(cells).astype(f"{kind}[pyarrow]"))


def polars(**columns):
    """Put columns beside one of numbers, in a frame of Polars."""
    return pytest.importorskip("polars").DataFrame({"length": [1.0, 2.0], **columns})


def pyarrow(**columns):
    """Put columns beside one of numbers, in a table of pyarrow."""
    return pytest.importorskip("pyarrow").table({"length": [1.0, 2.0], **columns})


DATE, MOMENT = datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1)
TIMES = {
    "datetime64": (lambda: np.full((3, 2), "2026-01-01", dtype="datetime64[s]"), "0, 1"),
    "timedelta64": (lambda: np.full((3, 2), 7, dtype="timedelta64[s]"), "0, 1"),
    "NaT": (lambda: np.full((3, 1), "NaT", dtype="datetime64[s]"), "0"),
    "object array of datetime64": (lambda: np.array([[1.0, np.datetime64("2026-01-01")]], dtype=object), "1"),
    "object array of timedelta64": (lambda: np.array([[1.0, np.timedelta64(7, "s")]], dtype=object), "1"),
    "object array of datetime": (lambda: np.array([[MOMENT, 1.0]], dtype=object), "0"),
    "list of datetime64": (lambda: [[1.0, np.datetime64("2026-01-01")], [2.0, 3.0]], "1"),
    "list of timedelta": (lambda: [[datetime.timedelta(1)], [1.0]], "0"),
    "list of arrays": (lambda: [X[0].astype("datetime64[D]"), X[0]], "0, 1"),
    "tuple of tuples": (lambda: ((1.0, DATE), (2.0, DATE)), "1"),
    "pandas": (lambda: frame(when=DAYS), "'when'"),
    "pandas, nothing else": (lambda: pd.DataFrame({"a": DAYS, "b": DAYS}), "'a', 'b'"),
    "pandas with zone": (lambda: pd.DataFrame({"when": DAYS.tz_localize("UTC")}), "'when'"),
    "pandas durations": (lambda: frame(since=SPANS), "'since'"),
    "pandas periods": (lambda: frame(month=DAYS.to_period("M")), "'month'"),
    "pandas objects": (lambda: frame(when=np.array(list(DAYS), dtype=object)), "'when'"),
    "pandas objects, NaT": (lambda: frame(when=pd.Series([1.0, pd.NaT, 2.0], dtype=object)), "'when'"),
    "pandas dates": (lambda: frame(when=[DATE] * 3), "'when'"),
    "pandas times of day": (lambda: frame(when=[datetime.time(7)] * 3), "'when'"),
    "pandas categories": (lambda: frame(when=pd.Categorical(DAYS)), "'when'"),
    "pandas, names twice": (lambda: pd.concat([frame(), frame(length=DAYS)], axis=1), "'length'"),
    "pandas without names": (lambda: pd.DataFrame({0: [1.0], 1: [MOMENT]}), "1"),
    "pandas over pyarrow, timestamps": (lambda: arrow(DAYS, "timestamp[us]"), "'when'"),
    "pandas over pyarrow, dates": (lambda: arrow(DAYS, "date32"), "'when'"),
    "pandas over pyarrow, durations": (lambda: arrow(SPANS, "duration[us]")[["when"]], "'when'"),
    "polars dates": (lambda: polars(when=[DATE] * 2), "'when'"),
    "polars datetimes": (lambda: polars(when=[MOMENT] * 2), "'when'"),
    "polars durations": (lambda: polars(since=[datetime.timedelta(1)] * 2), "'since'"),
    "polars times of day": (lambda: polars(at=[datetime.time(1)] * 2), "'at'"),
    "pyarrow timestamps": (lambda: pyarrow(when=[MOMENT] * 2), "'when'"),
    "pyarrow dates": (lambda: pyarrow(when=[DATE] * 2), "'when'"),
    "pyarrow durations": (lambda: pyarrow(since=[datetime.timedelta(1)] * 2), "'since'"),
    "narwhals": (lambda: pytest.importorskip("narwhals").from_native(polars(when=[DATE] * 2)), "'when'"),
}


class TestTimes:
    @BOTH
    @pytest.mark.parametrize(("build", "columns"), TIMES.values(), ids=list(TIMES))
    def test_columns_are_named_with_a_remedy(self, check, build, columns):
        table = build()
        with pytest.raises(TypeError) as caught:
            check(table)
        message = str(caught.value)
        assert message.startswith(f"X holds dates, times or durations in column(s) {columns}: ")
        assert ".astype('int64')" in message
        assert ".dt.total_seconds()" in message

    def test_the_remedies_work(self):
        mended = frame(when=DAYS.astype("int64"), since=pd.Series(SPANS).dt.total_seconds())
        np.testing.assert_array_equal(by_itself(mended)[:, 2], [0, 86400, 172800])
        assert by_itself(frame(month=pd.Series(DAYS.to_period("M")).astype("int64"))).shape == (3, 2)

    def test_negative_values_alone_are_seen(self):
        with pytest.raises(ValueError, match=r"column\(s\) 1: values reach 1e\+39"):
            refuse_float32_overflow(np.array([[0.0, -1e39], [1.0, 2.0]]), range(2))

    def test_many_columns_are_counted(self):
        with pytest.raises(TypeError, match=r"column\(s\) 0, 1, 2, 3, 4 and 3 more:"):
            by_itself(np.zeros((2, 8), dtype="timedelta64[s]"))

    def test_the_name_of_the_table_is_used(self):
        with pytest.raises(TypeError, match=r"^Z holds dates"):
            check_table(X.astype("datetime64[s]"), input_name="Z")
        with pytest.raises(TypeError, match=r"^baseline holds dates"):
            check_table(X[0].astype("datetime64[s]"), input_name="baseline", ensure_2d=False)

    @pytest.mark.parametrize("name", ["date", "time", "period", "dtype", "schema", "iloc", "collect"])
    def test_names_of_columns_do_not_mislead(self, name):
        table = pd.DataFrame({name: [1.0, 2.0], "b": [3.0, 4.0]})
        np.testing.assert_array_equal(by_itself(table), table)


class TestMasks:
    @BOTH
    @pytest.mark.parametrize("kind", [float, np.float32, int])
    def test_masked_cells_are_counted_with_a_remedy(self, check, kind):
        table = np.ma.masked_less(X.astype(kind), 2.5)
        with pytest.raises(ValueError, match=r"^X: 2 masked cell\(s\).*X\.astype\(float\)\.filled.*MeanImputer"):
            check(table)
        expected = np.where(X < 2.5, np.nan, X)
        mended = table.astype(float).filled(np.nan)
        np.testing.assert_array_equal(check(mended, ensure_all_finite="allow-nan"), expected)

    def test_rows_of_a_list_are_looked_at(self):
        with pytest.raises(ValueError, match=r"2 masked cell\(s\)"):
            by_itself([np.ma.masked_less(row, 2.5) for row in X])

    @BOTH
    @pytest.mark.parametrize("mask", [np.ma.nomask, np.zeros(X.shape, bool)])
    def test_without_masked_cells_they_are_arrays(self, check, mask):
        checked = check(np.ma.array(X, mask=mask))
        assert type(checked) is np.ndarray
        np.testing.assert_array_equal(checked, X)

    def test_labels(self):
        refuse_masked(np.ma.array(["a", "b"]), "y", "Leave them out.")
        refuse_masked(None, "y", "Leave them out.")
        with pytest.raises(ValueError, match=r"^y: 1 masked cell\(s\), whose mask would be lost\. Leave them out\.$"):
            refuse_masked(np.ma.array(["a", "b"], mask=[False, True]), "y", "Leave them out.")


class TestSparseFrames:
    @BOTH
    @pytest.mark.parametrize("fill", [0.0, np.nan, 1.0])
    def test_are_refused_where_dense_data_are_needed(self, check, fill):
        table = pd.DataFrame(X).astype(pd.SparseDtype(float, fill))
        with pytest.raises(TypeError, match=r"^X is a DataFrame of sparse columns.*X\.sparse\.to_dense\(\)\.$"):
            check(table)
        np.testing.assert_array_equal(check(table.sparse.to_dense()), X)

    @BOTH
    @pytest.mark.parametrize("kind", [float, np.float32, int, bool])
    def test_stay_sparse_where_an_estimator_can_take_them(self, check, kind):
        dense = np.where(X > 2.5, X, 0).astype(kind)
        checked = check(pd.DataFrame(dense).astype(pd.SparseDtype(kind, kind(0))), accept_sparse=("csr", "csc"))
        assert sparse.issparse(checked)
        assert checked.dtype.type in FLOATS
        np.testing.assert_array_equal(checked.toarray(), dense)

    @BOTH
    @pytest.mark.parametrize("fill", [np.nan, 1.0])
    def test_that_leave_out_other_values_are_refused_everywhere(self, check, fill):
        table = pd.DataFrame(X, columns=["a", "b"])
        table = table.astype({"a": pd.SparseDtype(float, 0.0), "b": pd.SparseDtype(float, fill)})
        with pytest.raises(TypeError, match=r"something else than zeros in column\(s\) 'b'.*to_dense\(\)\.$"):
            check(table, accept_sparse="csr", ensure_all_finite="allow-nan")

    @BOTH
    def test_single_sparse_columns_become_dense(self, check):
        table = pd.DataFrame(X).astype({1: pd.SparseDtype(float, 2.0)})
        with pytest.warns(UserWarning, match="sparse columns"):
            np.testing.assert_array_equal(check(table), X)


class TestOtherContainers:
    @BOTH
    @pytest.mark.parametrize(
        ("build", "remedy"),
        [
            (load_iris, r"a Bunch: pass one of its entries"),
            (lambda: {"a": [1.0], "b": [2.0]}, r"a dict: pass .*pandas\.DataFrame\(X\)"),
            (lambda: {1.0, 2.0}, r"a set: pass a list of rows"),
            (lambda: (row for row in X), r"a generator: pass list\(X\)"),
            (lambda: zip(X[0], X[1], strict=True), r"a zip: pass list\(X\)"),
            (lambda: polars().lazy(), r"a LazyFrame: pass X\.collect\(\)"),
        ],
    )
    def test_are_named_with_a_remedy(self, check, build, remedy):
        with pytest.raises(TypeError, match=rf"^X is no table but {remedy}\.?"):
            check(build())

    def test_generators_are_not_consumed(self):
        rows = (row for row in X)
        with pytest.raises(TypeError):
            by_itself(rows)
        assert len(list(rows)) == 3

    def test_sparse_matrices_of_keys_are_tables(self):
        np.testing.assert_array_equal(by_itself(sparse.dok_array(X), accept_sparse="csr").toarray(), X)


class TestText:
    @BOTH
    @pytest.mark.parametrize(
        ("build", "columns"),
        [
            (lambda: frame(lab=["A", "B", "B"], run=["1", "2", "x"], weight=["1", "2", "3"]), "'lab', 'run'"),
            (lambda: frame(lab=np.array(["A", 1.0, None], dtype=object)), "'lab'"),
            (lambda: frame(lab=pd.Categorical(["A", "B", "B"])), "'lab'"),
            (lambda: pd.DataFrame({"lab": ["A", "B", "B"]}), "'lab'"),
            (lambda: polars(lab=["A", "B"]), "'lab'"),
            (lambda: np.array([[1.0, "A"]], dtype=object), "1"),
            (lambda: [[1.0, "A"]], "1"),
        ],
        ids=["pandas", "objects", "categories", "nothing else", "polars", "array", "list"],
    )
    def test_columns_are_named(self, check, build, columns):
        with pytest.raises(ValueError, match=rf"could not convert string to float: 'A' in column\(s\) {columns}\.$"):
            check(build())

    def test_tables_without_names_are_told_all_the_same(self):
        with pytest.raises(ValueError, match="could not convert string to float: 'A'"):
            by_itself(pyarrow(lab=["A", "B"]))


@BOTH
@pytest.mark.parametrize("convert", [np.asarray, np.ndarray.tolist])
def test_more_dimensions_than_two_are_to_be_reshaped(check, convert):
    images = np.zeros((2, 4, 4))
    with pytest.raises(ValueError, match=r"dim 3, .*\. Make each sample a row: X\.reshape\(len\(X\), -1\)\.$"):
        check(convert(images))
    assert check(images.reshape(len(images), -1)).shape == (2, 16)


def test_advice_follows_the_first_line():
    with pytest.raises(ValueError, match=r"^Bad\. Do this\. Do that\.$"), advising({"Ba": "Do this.", "d": "Do that."}):
        raise ValueError("Bad.\nMuch more.")
    with pytest.raises(InvalidParameterError, match=r"Much more"), advising({"more": "Less."}):
        raise InvalidParameterError("Bad.\nMuch more.")


@BOTH
def test_whole_numbers_beyond_any_float_are_value_errors(check):
    with pytest.raises(ValueError, match="X holds a whole number that is too large for a float"):
        check([[10**400, 1]])


class TestFloat32:
    def test_columns_are_named_with_a_remedy(self):
        table = np.array([[1.0, 1e300, -1e39, np.nan], [2.0, 3.0, 4.0, np.nan]])
        message = r"column\(s\) 'b', 'c': values reach 1e\+300.*constant.*StandardScaler"
        with pytest.raises(ValueError, match=message):
            refuse_float32_overflow(table, np.array(list("abcd"), dtype=object))

    def test_many_columns_are_counted(self):
        with pytest.raises(ValueError, match=r"column\(s\) 0, 1, 2, 3, 4 and 2 more"):
            refuse_float32_overflow(np.full((2, 7), 1e39), range(7))

    @pytest.mark.parametrize("value", [0.0, np.nan, 3.4e38, -3.4e38, 1e-320])
    @pytest.mark.parametrize("dtype", FLOATS)
    def test_what_float32_holds_passes_without_a_warning(self, value, dtype):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            refuse_float32_overflow(np.full((3, 2), value, dtype=dtype), range(2))

    def test_overflow_within_float32_is_seen(self):
        with pytest.raises(ValueError, match=r"column\(s\) 1: values reach inf"):
            refuse_float32_overflow(np.array([[1.0, np.inf]], dtype=np.float32), range(2))


@BOTH
@pytest.mark.parametrize(
    "build",
    [
        lambda: X,
        lambda: X.astype(np.float32),
        lambda: X.astype(object),
        lambda: X.tolist(),
        lambda: list(X),
        lambda: [range(2), range(2)],
        lambda: memoryview(X),
        lambda: pd.DataFrame(X),
        lambda: pd.DataFrame(X).convert_dtypes(),
        lambda: pd.DataFrame(X).astype("double[pyarrow]"),
        lambda: pd.DataFrame({"a": pd.Categorical([10, 20, 30])}),
        lambda: pd.DataFrame(X.astype(str)),
        lambda: X.astype(bytes),
        lambda: [[Decimal("1.5"), Fraction(1, 4)]],
        lambda: polars(b=[Decimal("1.5"), None]),
        lambda: pyarrow(b=[1, None]),
        lambda: sparse.csr_array(X),
    ],
)
def test_tables_of_numbers_come_out_as_from_scikit_learn(check, build):
    options = {"dtype": FLOATS, "ensure_all_finite": "allow-nan", "accept_sparse": True}
    expected = validate_data(Estimator(), build(), **options)
    checked = check(build(), ensure_all_finite="allow-nan", accept_sparse=True)
    assert type(checked) is type(expected)
    assert checked.dtype == expected.dtype
    np.testing.assert_array_equal(*(np.asarray(t.todense() if sparse.issparse(t) else t) for t in (checked, expected)))


def test_features_are_remembered_and_compared():
    estimator = Estimator()
    validate_table(estimator, frame(width=[1.0, 2.0, 3.0]))
    assert list(estimator.feature_names_in_) == ["length", "width"]
    with pytest.raises(ValueError, match="feature names should match"):
        validate_table(estimator, frame(depth=[1.0, 2.0, 3.0]), reset=False)


def test_no_cell_of_a_float_array_is_looked_at():
    """A view of one cell as 10^15 rows is checked in an instant."""
    table = np.broadcast_to(np.float64(1.0), (10**15, 1))
    with pytest.raises(ValueError, match="minimum of"):
        check_table(table, ensure_min_samples=10**16, ensure_all_finite=False)


@BOTH
def test_large_numbers_are_checked_without_warnings(check):
    table = np.array([[1e308] * 8 + [-1e308] * 8] * 8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(check(table), table)


def test_names_are_listed():
    assert listed(["a", 2]) == "'a', 2"
    assert listed(list("abcdef")) == "'a', 'b', 'c', 'd', 'e' and 1 more"


@pytest.mark.parametrize(
    ("n_names", "text"),
    [(1, "'a'"), (5, "'a', 'b', 'c', 'd', 'e'"), (6, "'a', 'b', 'c', 'd', 'e' and 1 more"), (0, "")],
)
def test_the_first_names_are_listed_and_the_others_counted(n_names, text):
    assert listed(list("abcdef"[:n_names])) == text


def test_numbers_are_real_and_no_bools():
    assert all(map(is_number, (1, 0.5, np.float32(1), np.int8(1), Fraction(1, 2), np.nan)))
    assert not any(map(is_number, (True, np.True_, "1", None, 1j, [1])))
