"""Labels that are missing, and labels that are values of a scale."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure

from skvae.plot import ComparisonDisplay, LatentSpaceDisplay
from skvae.plot._groups import groups_of

Z = np.random.default_rng(0).normal(size=(60, 2))
VALUES = np.random.default_rng(1).uniform(3, 7, 60)


DAYS = ["2024-01-02", "2023-12-31", "2024-01-01"]
TIMES = ["2023-12-31 08:30:05", "2024-01-01 00:00:00"]


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def color_at(ax, code):
    """Return the colour of the one sample drawn at a code."""
    for drawn in ax.collections:
        found = np.flatnonzero((np.asarray(drawn.get_offsets()) == code).all(axis=1))
        if len(found):
            colors = drawn.get_facecolors()
            return colors[found[0] if len(colors) > 1 else 0]
    raise AssertionError("the sample is not drawn")


@pytest.mark.parametrize(
    ("labels", "legend"),
    [
        (["a", None, "b", np.nan], ["a", "b", "missing"]),
        (np.array(["a", np.nan, "b", None], dtype=object), ["a", "b", "missing"]),
        (pd.Series(["a", "a", None, None], dtype="category"), ["a", "missing"]),
        (pd.Series([10, 2, pd.NA, pd.NA], dtype="Int64"), ["2", "10", "missing"]),
        ([2.5, 1.5, 10.0, np.nan], ["1.5", "2.5", "10.0", "missing"]),
        ([None] * 4, ["missing"]),
        (["b", "a", "a", "a"], ["a", "b"]),
        ([0.0, 10.0, 2.0, np.nan], ["0", "2", "10", "missing"]),
        (pd.Series([1, 0, None, 1]), ["0", "1", "missing"]),
        (pd.Categorical([2.0, 1.0, np.nan, 2.0]), ["1", "2", "missing"]),
        (
            np.array(["2024-01-02", "NaT", "2023-12-31", "2024-01-02"], "M8[ns]"),
            ["2023-12-31", "2024-01-02", "missing"],
        ),
        (pd.to_datetime(["2024-01-01", "2023-12-31 08:30:05", None, None], format="mixed"), [*TIMES, "missing"]),
        (pd.Series(pd.to_datetime([None, *DAYS])).dt.tz_localize("Europe/Berlin"), [*sorted(DAYS), "missing"]),
        ([None, *pd.to_datetime(DAYS)], [*sorted(DAYS), "missing"]),
        (
            pd.Categorical(pd.to_datetime([*DAYS, None]), categories=pd.to_datetime(DAYS), ordered=True),
            [*DAYS, "missing"],
        ),
        (np.array([36, "NaT", 12, 12], "m8[h]"), ["0 days 12:00:00", "1 days 12:00:00", "missing"]),
    ],
)
def test_missing_labels_are_a_grey_group_after_the_others(ax, labels, legend):
    LatentSpaceDisplay(Z[:4], labels).plot(ax)
    assert legend_of(ax) == legend
    known = ~pd.isna(np.array(labels, dtype=object))
    for code, has_label in zip(Z[:4], known, strict=True):
        assert np.ptp(color_at(ax, code)[:3]) > 0.2 if has_label else same_color(color_at(ax, code)[:3], "#D3D3D3")


GRADES = pd.CategoricalDtype(["poor", "fair", "good", "excellent"], ordered=True)


@pytest.mark.parametrize("kind", [pd.Series, lambda labels, dtype: pd.Categorical(labels, dtype=dtype)])
def test_ordered_labels_keep_their_order(ax, kind):
    labels = ["good", "poor", None, "fair"] * 3
    LatentSpaceDisplay(Z[:12], kind(labels, dtype=GRADES)).plot(ax)
    assert legend_of(ax) == ["poor", "fair", "good", "missing"]  # and none for the level that does not occur
    for i, label in enumerate(["good", "poor"]):
        assert same_color(color_at(ax, Z[i])[:3], ("#009E73", "#0072B2")[i]), label
    LatentSpaceDisplay(Z[:12, :1], kind(labels, dtype=GRADES)).plot(strips := Figure().subplots())
    assert [tick.get_text() for tick in strips.get_yticklabels()] == ["poor", "fair", "good", "missing"]


def test_labels_without_order_are_sorted(ax):
    LatentSpaceDisplay(Z[:3], pd.Categorical(["good", "poor", "fair"], categories=["poor", "fair", "good"])).plot(ax)
    assert legend_of(ax) == ["fair", "good", "poor"]


def test_ordered_bins_of_values_are_labels(ax):
    bins = pd.cut(pd.Series(VALUES), [0, 4, 5, 10])
    LatentSpaceDisplay(Z, bins).plot(ax)
    assert legend_of(ax) == ["(0, 4]", "(4, 5]", "(5, 10]"]


def test_many_ordered_numbers_are_labels_unless_asked_for_as_values():
    numbers = pd.Series(VALUES[:30], dtype=pd.CategoricalDtype(np.sort(VALUES[:30])[::-1], ordered=True))
    LatentSpaceDisplay(Z[:30], numbers).plot(ax := Figure().subplots())
    assert len(legend_of(ax)) == 21
    assert legend_of(ax)[0] == "10 others"
    LatentSpaceDisplay(Z[:30], numbers, continuous=True).plot(ax := Figure().subplots())
    assert ax.get_legend() is None


def test_planes_beside_each_other_keep_the_order():
    labels = pd.Series(["good", "poor", "fair"] * 20, dtype=GRADES)
    display = ComparisonDisplay({"a": Z, "b": -Z}, labels).plot(Figure().subplots(1, 2))
    assert legend_of(display.axes_[1]) == ["poor", "fair", "good"]


def test_missing_labels_lie_below_the_others_and_differ_from_the_rarest(ax):
    labels = [*np.repeat(np.arange(20), 2), *range(20, 25), *[None] * 15]
    LatentSpaceDisplay(Z, labels).plot(ax)
    assert legend_of(ax)[0] == "5 others"
    assert legend_of(ax)[-1] == "missing"
    first, *_, last = ax.get_legend().legend_handles
    assert first.get_marker() != last.get_marker()
    below = [drawn for drawn in ax.collections if drawn.get_zorder() < 1]
    assert [len(drawn.get_offsets()) for drawn in below] == [20]  # 5 others and 15 missing
    assert [len(drawn.get_offsets()) for drawn in ax.collections if drawn not in below] == [40]


def test_missing_labels_have_a_strip(ax):
    LatentSpaceDisplay(Z[:4, :1], ["a", None, "b", None]).plot(ax)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b", "missing"]


@pytest.mark.parametrize("kind", [np.float32, object, list])
def test_values_have_the_colours_of_a_bar(ax, kind):
    values = VALUES.tolist() if kind is list else VALUES.astype(kind)
    LatentSpaceDisplay(Z, values).plot(ax)
    assert ax.get_legend() is None
    (bar,) = ax.child_axes
    assert bar.get_ylim() == pytest.approx((VALUES.min(), VALUES.max()))
    shares = (VALUES - VALUES.min()) / np.ptp(VALUES)
    for code, share in zip(Z, shares, strict=True):
        np.testing.assert_allclose(color_at(ax, code)[:3], mpl.colormaps["viridis"](share)[:3], atol=0.02)
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("labels", "is_continuous"),
    [
        (np.arange(60.0), False),
        (np.arange(60), False),
        (np.arange(60) % 20 + 0.5, False),
        (np.arange(60) % 21 + 0.5, True),
        (np.r_[0.5, np.arange(59)], True),
    ],
)
def test_whole_numbers_and_few_numbers_are_labels(labels, is_continuous):
    groups, shades = groups_of(labels, 60)
    assert (shades is not None) == (len(groups) == 1) == is_continuous


def test_values_may_be_missing_infinite_or_held_out(ax):
    values = np.r_[np.nan, np.inf, VALUES[2:]]
    LatentSpaceDisplay(Z, values, held_out=np.arange(60) < 5).plot(ax)
    assert legend_of(ax) == ["missing", "held out"]
    (bar,) = ax.child_axes
    assert bar.get_ylim() == pytest.approx((VALUES[2:].min(), VALUES[2:].max()))
    assert same_color(color_at(ax, Z[0])[:3], "#D3D3D3")
    np.testing.assert_allclose(color_at(ax, Z[1])[:3], to_rgba(mpl.colormaps["viridis"](1.0))[:3])
    ax.figure.draw_without_rendering()
    assert ax.get_legend().get_window_extent().y0 > bar.get_tightbbox().y1


def test_values_along_one_latent_variable_are_a_strip_with_a_bar(ax):
    LatentSpaceDisplay(Z[:, :1], VALUES).plot(ax)
    assert len(ax.child_axes) == 1
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [""]
    points = np.vstack([drawn.get_offsets() for drawn in ax.collections])
    np.testing.assert_array_equal(np.sort(points[:, 0]), np.sort(Z[:, 0]))


def test_one_bar_explains_all_panels():
    axes = Figure(layout="constrained").subplots(1, 2)
    ComparisonDisplay({"a": Z, "b": 2 * Z}, VALUES).plot(axes)
    assert [len(axis.child_axes) for axis in axes] == [0, 1]


def test_outliers_do_not_make_all_other_values_alike(ax):
    values = np.r_[1000.0, VALUES[1:]]
    LatentSpaceDisplay(Z, values).plot(ax)
    (bar,) = ax.child_axes
    low, high = bar.get_ylim()
    assert VALUES.min() <= low < high < 1000
    np.testing.assert_allclose(color_at(ax, Z[0])[:3], mpl.colormaps["viridis"](1.0)[:3])
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("labels", [np.arange(60) % 7, np.arange(60) % 2 == 0, [3, None] * 30])
def test_what_is_continuous_can_be_told(ax, labels):
    LatentSpaceDisplay(Z, labels, continuous=True).plot(ax)
    assert len(ax.child_axes) == 1
    other = Figure().subplots()
    LatentSpaceDisplay(Z, VALUES, continuous=False).plot(other)
    assert not other.child_axes
    assert legend_of(other)[0] == "40 others"


def test_words_are_no_values(ax):
    with pytest.raises(ValueError, match=r"continuous=True needs numbers, but labels hold something else: .*'high'"):
        LatentSpaceDisplay(Z, ["high", "low"] * 30, continuous=True).plot(ax)


def test_values_that_are_all_missing_are_grey(ax):
    LatentSpaceDisplay(Z, np.full(60, np.nan), continuous=True).plot(ax)
    assert legend_of(ax) == ["missing"]
    assert not ax.child_axes


def test_the_name_of_a_series_says_what_colours_are(ax):
    LatentSpaceDisplay(Z, pd.Series(VALUES, name="age")).plot(ax)
    assert ax.child_axes[0].get_ylabel() == "age"
    other = Figure().subplots()
    LatentSpaceDisplay(Z, pd.Series(["a", "b"] * 30, name="grade"), label_name="stage").plot(other)
    assert other.get_legend().get_title().get_text() == "stage"
