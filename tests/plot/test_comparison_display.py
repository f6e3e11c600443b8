import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, TruncatedSVD

from skvae.model_selection import compare_transformers
from skvae.plot import ComparisonDisplay


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


def test_from_estimators_draws_a_panel_for_each(iris):
    X, y = iris
    estimators = {"PCA": PCA(2).fit(X), "SVD": TruncatedSVD(2).fit(X)}
    axes = Figure(layout="constrained").subplots(1, 2)
    display = ComparisonDisplay.from_estimators(estimators, X, y, ax=axes)
    assert display.figure_ is axes[0].figure
    assert [axis.get_title() for axis in display.axes_] == ["PCA", "SVD"]
    assert [axis.get_xlabel() for axis in display.axes_] == ["pca0", "truncatedsvd0"]
    assert [axis.get_legend() is None for axis in display.axes_] == [True, False]
    display.figure_.draw_without_rendering()


def test_panels_are_equally_large_and_do_not_overlap(iris):
    X, y = iris
    axes = Figure(figsize=(9.8, 4.3), layout="constrained").subplots(1, 2)
    codes = {"a": PCA(2).fit_transform(X), "b": 1000 * PCA(2).fit_transform(X)}
    figure = ComparisonDisplay(codes, y).plot(axes).figure_
    figure.draw_without_rendering()
    first, second = (axis.get_window_extent() for axis in axes)
    assert first.width == pytest.approx(second.width)
    assert first.height == pytest.approx(second.height) == pytest.approx(first.width)
    assert axes[0].get_tightbbox().x1 < axes[1].get_tightbbox().x0
    assert axes[1].get_legend().get_window_extent().x0 > second.x1


def test_codes_of_a_comparison_can_be_drawn(iris):
    X, y = iris
    comparison = compare_transformers({"PCA": PCA(2), "SVD": TruncatedSVD(2)}, X, y, n_repeats=1, random_state=0)
    display = ComparisonDisplay(comparison.codes, y, held_out=comparison.held_out)
    display.plot(Figure().subplots(1, 2))
    legend = [text.get_text() for text in display.axes_[1].get_legend().get_texts()]
    assert legend == ["0", "1", "2", "held out"]


def test_by_default_three_panels_in_a_row(iris):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = ComparisonDisplay(dict.fromkeys("abcd", iris[0]), iris[1]).plot()
    pyplot.close(display.figure_)
    assert len(display.figure_.axes) == 4
    assert [axis.get_legend() is not None for axis in display.axes_] == [False, False, True, False]
    grid = display.axes_[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == (2, 3)
    assert [axis.get_title() for axis in display.axes_] == list("abcd")


@pytest.mark.parametrize("n_panels", [1, 2, 3])
def test_new_figures_have_room_for_panels_and_legend(iris, n_panels):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = ComparisonDisplay(dict.fromkeys("abc"[:n_panels], iris[0]), iris[1]).plot()
    pyplot.close(display.figure_)
    display.figure_.draw_without_rendering()
    widths = [axis.get_window_extent().width / display.figure_.dpi for axis in display.axes_]
    assert len(display.displays_) == n_panels
    assert min(widths) == pytest.approx(max(widths))
    assert min(widths) > 2.5


def test_held_out_samples_of_estimators_are_marked(iris):
    X, y = iris
    display = ComparisonDisplay.from_estimators(
        {"PCA": PCA(2).fit(X)}, X, y, held_out=np.arange(len(X)) < 9, ax=Figure().subplots()
    )
    assert [text.get_text() for text in display.axes_[0].get_legend().get_texts()] == ["0", "1", "2", "held out"]


def test_bad_input():
    with pytest.raises(ValueError, match="no codes"):
        ComparisonDisplay({}).plot()
    with pytest.raises(ValueError, match="1 panels need as many axes, but ax holds 2"):
        ComparisonDisplay({"a": np.eye(2)}).plot(Figure().subplots(1, 2))
