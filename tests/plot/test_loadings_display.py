"""Bars of the features with the largest loadings."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA

from skvae.inspection import loadings, top_features
from skvae.plot import LoadingsDisplay


@pytest.fixture(scope="module")
def iris():
    return load_iris(as_frame=True).data


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    names = [f"a protein with a long name, isoform {i}" for i in range(40)]
    return pd.DataFrame(rng.normal(size=(40, 10)), index=names, columns=[f"latent{i}" for i in range(10)])


def labels_of(ax):
    return [tick.get_text() for tick in ax.get_yticklabels()]


def test_bars_are_the_top_features(iris):
    pca = PCA(2).fit(iris)
    axes = Figure(layout="constrained").subplots(1, 2)
    display = LoadingsDisplay.from_estimator(pca, iris, n_features=3, ax=axes)
    assert display.figure_ is axes[0].figure
    assert [axis.get_title() for axis in display.axes_] == ["pca0", "pca1"]
    top = top_features(loadings(pca, iris), 3)
    for axis, (_, expected) in zip(axes, top.groupby("component"), strict=True):
        assert labels_of(axis) == list(expected["feature"])
        assert [bar.get_width() for bar in axis.patches] == pytest.approx(expected["loading"].to_list())
        assert axis.get_ylim()[0] > axis.get_ylim()[1]  # the largest above
    assert axes[0].get_xlim() == axes[1].get_xlim()


def test_signs_have_colours():
    axis = Figure().subplots()
    LoadingsDisplay(pd.DataFrame({"z": [2.0, -1.0, 0.5]}, index=["a", "b", "c"])).plot(axis)
    colors = [bar.get_facecolor() for bar in axis.patches]
    assert same_color(colors[0], colors[2])
    assert not same_color(colors[0], colors[1])


def test_ten_panels_with_long_names_do_not_overlap(table):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = LoadingsDisplay(table, unit="correlation").plot()
    pyplot.close(display.figure_)
    display.figure_.draw_without_rendering()
    assert len(display.axes_) == 10
    assert labels_of(display.axes_[0])[0].startswith("a protein w…")
    boxes = [axis.get_tightbbox() for axis in display.axes_]
    assert all(first.x1 <= second.x0 + 1 for first, second in pairwise(boxes[:5]))
    assert all(above.y0 >= below.y1 - 1 for above, below in zip(boxes[:5], boxes[5:], strict=True))
    assert display.figure_.get_supxlabel() == "correlation"
    assert min(axis.get_window_extent().width / display.figure_.dpi for axis in display.axes_) > 0.8


def test_the_unit_is_told(iris):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = LoadingsDisplay.from_estimator(PCA(3).fit(iris), iris, scale="raw")
    pyplot.close(display.figure_)
    assert display.figure_.get_supxlabel().startswith("units of the data")
    assert len(display.figure_.axes) == 3


def test_bad_input(table):
    with pytest.raises(ValueError, match="10 latent variables need as many axes, but ax holds 2"):
        LoadingsDisplay(table).plot(Figure().subplots(1, 2))
    with pytest.raises(ValueError, match="loadings contains NaN"):
        LoadingsDisplay(table.where(table > 0)).plot()
    with pytest.raises(ValueError, match="n_features"):
        LoadingsDisplay(table, n_features=0).plot()


def test_panels_that_do_not_fill_their_rows_leave_a_gap(table):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = LoadingsDisplay(table.iloc[:, :7], n_features=2).plot()
    pyplot.close(display.figure_)
    assert len(display.figure_.axes) == len(display.axes_) == 7
    grid = display.axes_[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == (2, 4)


def test_features_whose_long_names_are_alike_are_told_apart(table):
    sites = table.iloc[:12, :2].set_axis([f"AHNAK_HUMAN_phospho_S50{i:02}_VSAPEVDVNMK" for i in range(12)])
    axes = Figure().subplots(1, 2)
    LoadingsDisplay(sites, n_features=8).plot(axes)
    shown = [labels_of(axis) for axis in axes]
    tops = [list(top["feature"]) for _, top in top_features(sites, 8).groupby("component", sort=False)]
    label_of = dict(zip(np.ravel(tops), np.ravel(shown), strict=True))
    assert len(set(label_of.values())) == len(label_of)
    assert [[label_of[name] for name in top] for top in tops] == shown  # a feature is called alike in both panels


@pytest.mark.parametrize("size", [(3, 2.5), (6, 3), (12, 8)])
def test_names_fit_beside_the_bars_in_axes_of_any_size(table, size):
    axes = Figure(figsize=size, layout="constrained").subplots(1, 2)
    LoadingsDisplay(table.iloc[:, :2]).plot(axes)
    axes[0].figure.draw_without_rendering()
    for axis in axes:
        boxes = [tick.get_window_extent() for tick in axis.get_yticklabels()]
        assert all(above.y0 >= below.y1 - 1 for above, below in pairwise(boxes))
        assert axis.get_window_extent().width > 0.2 * axes[0].figure.bbox.width / 2
    assert axes[0].get_tightbbox().x1 <= axes[1].get_tightbbox().x0 + 1
