"""Bars of what was measured, below the planes."""

import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, TruncatedSVD

from skvae.model_selection import compare_transformers
from skvae.plot import ComparisonDisplay


class Fails(PCA):
    """Cannot be fitted."""

    def fit(self, X, y=None):
        """Fail."""
        raise ValueError("no")


@pytest.fixture(scope="module")
def comparison():
    X, y = load_iris(return_X_y=True)
    estimators = {"PCA": PCA(2), "SVD": TruncatedSVD(2), "broken": Fails(2)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compare_transformers(estimators, X, y, n_repeats=3, random_state=0)


def table_of(means, stds):
    columns = pd.MultiIndex.from_product([["height"], ["mean", "std"]])
    return pd.DataFrame(np.column_stack([means, stds]), index=list("abc")[: len(means)], columns=columns)


def drawn(means, stds, better="higher"):
    """Return the axes of one measure."""
    table = table_of(means, stds)
    axes = Figure(figsize=(6, 4), layout="constrained").subplots(1, len(means) + 1)
    codes = dict.fromkeys(table.index, np.eye(3))
    display = ComparisonDisplay(codes, table=table, better={"height": better}).plot(axes)
    display.figure_.draw_without_rendering()
    return axes[-1]


def names_of(ax):
    return [tick.get_text() for tick in ax.get_yticklabels()]


def whiskers_of(ax):
    return [segment[:, 0].tolist() for segment in ax.collections[-1].get_segments() if len(segment)]


def test_bars_are_means_and_whiskers_standard_deviations():
    ax = drawn([1.0, 2.0, 4.0], [0.5, 0.25, np.nan])
    assert [bar.get_width() for bar in ax.patches] == [1, 2, 4]
    assert whiskers_of(ax)[:2] == [[0.5, 1.5], [1.75, 2.25]]
    assert names_of(ax) == ["a", "b", "c"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first above
    assert ax.get_xlim()[0] <= 0
    assert ax.get_title() == "height"


@pytest.mark.parametrize(
    ("better", "word"), [("lower", "← lower is better"), ("higher", "higher is better →"), ("", "")]
)
def test_axes_say_which_way_is_better(better, word):
    assert drawn([1.0, 2.0], [0.1, 0.1], better).get_xlabel() == word


def test_what_hardly_differs_is_drawn_as_dots_on_axes_without_zero():
    ax = drawn([-100.0, -101.0], [0.2, 0.3])
    assert not ax.patches
    assert ax.lines[0].get_xdata().tolist() == [-100, -101]
    assert ax.get_xlim()[1] < -99
    assert len(drawn([2.0, 2.0], [0.0, 0.0]).patches) == 2


def test_a_comparison_is_drawn_with_the_measures_that_are_judged(comparison):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = ComparisonDisplay.from_comparison(comparison)
    pyplot.close(display.figure_)
    display.figure_.draw_without_rendering()
    titles = [axis.get_title().replace("\n", " ") for axis in display.axes_]
    assert titles[:2] == ["PCA", "SVD"]  # the broken one has no codes
    judged = [name for name, measure in comparison.measures.items() if measure.judged]
    assert len(judged) == 7
    unbroken = [title.replace("- ", "-") for title in titles[2:]]  # lines break after hyphens
    assert unbroken == comparison.summary.index[[name in judged for name in comparison.measures]].tolist()
    assert titles[3] == "log-likelihood (nats)"
    first, second = display.axes_[2:4]
    for axis, measure in ((display.axes_[7], "centroid_distance"), (second, "log_likelihood")):
        means = comparison.table[measure, "mean"].to_numpy()
        drawn = [bar.get_width() for bar in axis.patches] or axis.lines[0].get_xdata()
        np.testing.assert_allclose(drawn, means)
    assert display.axes_[7].patches
    assert first.get_xlabel() == "← lower is better"
    assert second.get_xlabel() == "higher is better →"
    assert names_of(first) == ["PCA", "SVD", "broken"]
    assert names_of(second) == ["", "", ""]  # named once a row
    assert "not measured" in [text.get_text() for text in first.texts]
    legend = [text.get_text() for text in display.axes_[1].get_legend().get_texts()]
    assert legend == ["0", "1", "2", "held out"]


def test_measures_can_be_chosen_and_labels_replaced(comparison):
    axes = Figure(layout="constrained").subplots(2, 2)
    y = np.array(["x", "y"] * 75)
    metrics = ["fit_seconds", "active_units"]
    display = ComparisonDisplay.from_comparison(comparison, y, metrics=metrics, ax=axes)
    assert [axis.get_title() for axis in display.axes_[2:]] == ["seconds to fit", "active units"]
    assert [axis.get_xlabel() for axis in display.axes_[2:]] == ["← lower is better", ""]
    assert names_of(display.axes_[3]) == ["PCA", "SVD", "broken"]
    legend = [text.get_text() for text in display.axes_[1].get_legend().get_texts()]
    assert legend == ["x", "y", "held out"]
    with pytest.raises(ValueError, match="'accuracy' was not measured: metrics may be 'reconstruction_error'"):
        ComparisonDisplay.from_comparison(comparison, metrics=["accuracy"])


def test_axes_for_the_planes_alone_will_do(comparison):
    axes = Figure().subplots(1, 2)
    assert len(ComparisonDisplay.from_comparison(comparison, ax=axes).axes_) == 2
    with pytest.raises(ValueError, match="2 or, with the measures, 9 panels need as many axes, but ax holds 3"):
        ComparisonDisplay.from_comparison(comparison, ax=Figure().subplots(1, 3))
    assert len(ComparisonDisplay.from_comparison(comparison, metrics=[], ax=axes).axes_) == 2


def test_measures_of_your_own_are_drawn():
    X, y = load_iris(return_X_y=True)

    def width(estimator, X, y):
        return float(np.ptp(estimator.transform(X)))

    own = compare_transformers({"PCA": PCA(2)}, X, y, n_repeats=2, scoring={"code_width": width}, random_state=0)
    axes = Figure().subplots(1, 9)
    assert ComparisonDisplay.from_comparison(own, ax=axes[:9]).axes_[-1].get_title() == "code_width"
