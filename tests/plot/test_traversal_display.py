"""Traversals as images in a row, or as lines."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_digits, load_iris
from sklearn.decomposition import PCA

from skvae.inspection import latent_traversal
from skvae.plot import TraversalDisplay


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


def test_images_stand_above_their_values(ax):
    X, _ = load_digits(return_X_y=True)
    pca = PCA(2).fit(X)
    display = TraversalDisplay.from_estimator(pca, X, "pca1", n_steps=3, image_shape=(8, 8), ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert ax.get_xlabel() == "pca1"
    traversal = latent_traversal(pca, X, "pca1", n_steps=3)
    drawn = np.asarray(ax.images[0].get_array())
    assert drawn.shape == (8, 8 * 3 + 2)
    for i, tick in enumerate(ax.get_xticks()):
        left = round(tick - 3.5)
        np.testing.assert_allclose(drawn[:, left : left + 8], traversal.iloc[i].to_numpy().reshape(8, 8))
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [f"{value:.1f}" for value in traversal.index]


def test_colours_are_drawn(ax):
    TraversalDisplay(np.random.default_rng(0).random((2, 12)), image_shape=(2, 2, 3)).plot(ax)
    assert np.asarray(ax.images[0].get_array()).shape == (2, 5, 3)
    TraversalDisplay(np.random.default_rng(0).random((2, 4)), image_shape=(2, 2, 1)).plot(ax)
    assert np.asarray(ax.images[1].get_array()).shape == (2, 5)


def test_lines_are_the_features_that_range_most_widely(ax):
    iris = load_iris(as_frame=True).data
    pca = PCA(2).fit(iris)
    TraversalDisplay.from_estimator(pca, iris, 0, n_features=3, ax=ax)
    traversal = latent_traversal(pca, iris, 0, scale="standardized")
    widest = np.ptp(traversal, axis=0)
    lines = {line.get_label(): line for line in ax.lines}
    assert set(lines) == set(traversal.columns[np.argsort(-widest)[:3]])
    for name, line in lines.items():
        np.testing.assert_allclose(line.get_xydata(), np.column_stack([traversal.index, traversal[name]]))
    ends = [line.get_ydata()[-1] for line in ax.lines]
    assert ends == sorted(ends, reverse=True)  # as the legend lists them
    assert ax.get_xlabel() == "pca0"


def test_new_figures_are_of_pyplot():
    mpl.use("Agg")
    from matplotlib import pyplot

    for display in (TraversalDisplay(np.eye(3, 4)), TraversalDisplay(np.eye(3, 4), image_shape=(2, 2))):
        assert display.plot().figure_ is pyplot.gcf()
        pyplot.close(display.figure_)
        display.figure_.draw_without_rendering()


@pytest.mark.parametrize(
    ("traversal", "options", "message"),
    [
        (np.eye(3, 4), {"image_shape": (3, 2)}, r"image_shape=\(3, 2\) have 6 pixels, but rows 4"),
        (np.eye(3, 4), {"image_shape": (4,)}, "must be .height, width."),
        (np.eye(3, 8), {"image_shape": (2, 2, 2)}, "must be .height, width."),
        (np.eye(3, 4), {"n_features": 0}, "n_features must be 1 to 8"),
        (np.eye(3, 4), {"n_features": 9}, "n_features must be 1 to 8"),
        (np.eye(3, 4), {"n_features": "all"}, "n_features must be 1 to 8 lines, but is 'all'"),
        (np.eye(3, 4), {"n_features": 1.5}, "n_features must be 1 to 8 lines, but is 1.5"),
        (np.eye(3, 4), {"image_shape": 2}, r"image_shape must be \(height, width\).* but is \(2,\)"),
        (pd.DataFrame([[1, np.nan]]), {}, "traversal contains NaN"),
    ],
)
def test_bad_input(ax, traversal, options, message):
    with pytest.raises(ValueError, match=message):
        TraversalDisplay(traversal, **options).plot(ax)


def test_values_below_narrow_images_do_not_touch():
    mpl.use("Agg")
    from matplotlib import pyplot

    traversal = pd.DataFrame(np.random.default_rng(0).random((9, 80)), index=np.linspace(-123.4, 123.4, 9))
    figure = TraversalDisplay(traversal, image_shape=(40, 2)).plot().figure_
    pyplot.close(figure)
    figure.draw_without_rendering()
    boxes = [tick.get_window_extent() for tick in figure.axes[0].get_xticklabels()]
    assert 2 <= len(boxes) < 9
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_values_have_decimals_in_common(ax):
    TraversalDisplay(pd.DataFrame(np.eye(4), index=[-0.051, 0.0, 0.949, 10.0]), image_shape=(2, 2)).plot(ax)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["-0.051", "0.000", "0.949", "10.000"]
