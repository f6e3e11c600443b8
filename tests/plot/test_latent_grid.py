import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_digits, load_iris
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skvae import VAETransformer
from skvae.plot import LatentGridDisplay


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


@pytest.fixture(scope="module")
def digits():
    return load_digits().data


@pytest.fixture(scope="module")
def frame():
    return load_iris(as_frame=True).data


def pixels_at(ax, x, y, shape):
    """Cut the image out of the picture whose middle lies at a point."""
    drawn = ax.images[0]
    left, right, bottom, top = drawn.get_extent()
    picture = np.ma.filled(drawn.get_array(), np.nan)
    column = (x - left) / (right - left) * picture.shape[1] - shape[1] / 2
    row = (top - y) / (top - bottom) * picture.shape[0] - shape[0] / 2
    assert column == pytest.approx(round(column), abs=1e-6)
    assert row == pytest.approx(round(row), abs=1e-6)
    return picture[round(row) : round(row) + shape[0], round(column) : round(column) + shape[1]]


def test_each_image_lies_at_its_code(digits, ax):
    pca = PCA(3).fit(digits)
    extent = (-20, 10, -5, 25)
    options = {"image_shape": (16, 4), "n_cells": 4, "extent": extent, "components": (2, 0)}
    display = LatentGridDisplay.from_estimator(pca, **options, ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("pca2", "pca0")
    for x in np.linspace(-20, 10, 4):
        for y in np.linspace(-5, 25, 4):
            expected = pca.mean_ + x * pca.components_[2] + y * pca.components_[0]
            np.testing.assert_allclose(pixels_at(ax, x, y, (16, 4)), expected.reshape(16, 4))
    display.figure_.draw_without_rendering()


def test_images_keep_their_proportions(digits, ax):
    LatentGridDisplay.from_estimator(PCA(2).fit(digits), X=digits, image_shape=(16, 4), ax=ax)
    ax.figure.draw_without_rendering()
    box, picture = ax.get_window_extent(), ax.images[0].get_array()
    assert box.height / box.width == pytest.approx(picture.shape[0] / picture.shape[1])


def test_a_few_overshooting_pixels_do_not_make_the_paper_grey(digits, ax):
    pca = PCA(2).fit(digits)
    LatentGridDisplay.from_estimator(pca, X=digits, image_shape=(8, 8), ax=ax)
    white, black = ax.images[0].get_clim()
    drawn = np.ma.compressed(np.ma.masked_invalid(ax.images[0].get_array()))
    assert drawn.min() < white < np.quantile(drawn, 0.1)
    assert np.quantile(drawn, 0.9) < black < drawn.max()


def test_contours_of_a_linear_model_are_those_of_its_plane(frame, ax):
    pipeline = make_pipeline(StandardScaler(), PCA(2)).fit(frame)
    name = "petal width (cm)"
    LatentGridDisplay.from_estimator(pipeline, feature=name, extent=(-3, 3, -1, 2), ax=ax)
    scaler, pca = pipeline
    slope = pca.components_[:, 3] * scaler.scale_[3]
    filled = ax.collections[0]
    points = np.vstack([path.vertices for path in filled.get_paths()])
    inside = points[(np.abs(points[:, 0]) < 2.99) & (points[:, 1] > -0.99) & (points[:, 1] < 1.99)]
    assert len(inside) > 20
    values = scaler.mean_[3] + inside @ slope
    assert np.abs(values[:, None] - filled.levels).min(axis=1).max() < 1e-6
    assert ax.figure.axes[1].get_ylabel() == name
    ax.figure.draw_without_rendering()


def test_samples_are_drawn_on_the_contours_in_the_same_colours(frame, ax):
    X = frame.copy()
    X.iloc[0, 2] = np.nan
    pca = PCA(2).fit(frame)

    class Filled:
        def transform(self, X):
            return pca.transform(X.fillna(0))

        def inverse_transform(self, Z):
            return pca.inverse_transform(Z)

    LatentGridDisplay.from_estimator(Filled(), feature=2, X=X, ax=ax)
    filled, dots = ax.collections
    drawn = np.column_stack([dots.get_offsets(), np.ma.filled(dots.get_array(), np.nan)])
    expected = np.column_stack([pca.transform(X.fillna(0)), X.iloc[:, 2]])
    np.testing.assert_allclose(drawn[drawn[:, 0].argsort()], expected[expected[:, 0].argsort()])
    assert dots.norm is filled.norm
    assert dots.cmap is filled.cmap
    assert ax.figure.axes[1].get_ylabel() == f"{frame.columns[2]}\n(dots: measured)"
    ax.figure.draw_without_rendering()


def test_a_vae_needs_no_samples_and_conditions_are_no_features(without_xla, ax):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(60, 3)), columns=["P1", "P2", "P3"])
    X.insert(1, "lab", ["A", "B"] * 30)
    vae = VAETransformer(covariates=["lab"], encoder=(4,), epochs=2, random_state=0).fit(X)
    display = LatentGridDisplay.from_estimator(vae, feature="P2", X=X, n_cells=4, extent=(-2, 2, -2, 2), ax=ax)
    np.testing.assert_array_equal(display.measured, X["P2"])
    corner = vae.inverse_transform(np.array([[-2.0, 2.0]]))
    assert display.decoded[-1, 0] == pytest.approx(corner[0, 1])
    display = LatentGridDisplay.from_estimator(vae, feature="P3", ax=Figure().subplots())
    assert display.extent == (-2, 2, -2, 2)
    assert display.codes is None


@pytest.mark.parametrize("names", [["A", "lab", "B", "C"], None])
def test_dots_of_a_pipeline_around_a_conditional_vae_are_of_the_feature(without_xla, ax, names):
    X = np.random.default_rng(0).normal(size=(60, 4))
    X[:, 1] = np.arange(60) % 2
    X = X if names is None else pd.DataFrame(X, columns=names)
    vae = VAETransformer(covariates=[1], encoder=(4,), epochs=2, random_state=0)
    pipeline = make_pipeline(FunctionTransformer(), vae).fit(X)
    display = LatentGridDisplay.from_estimator(pipeline, feature="x2" if names is None else "B", X=X, n_cells=3, ax=ax)
    np.testing.assert_array_equal(display.measured, np.asarray(X)[:, 2])
    corner = pipeline.inverse_transform(np.array([display.extent[::2]]))
    assert display.decoded[0, 0] == pytest.approx(corner[0, 1])


def test_a_feature_that_the_decoder_does_not_know_is_one_colour(ax):
    LatentGridDisplay(np.full((3, 3), 2.0), (0, 1, 0, 1), label="flat").plot(ax)
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("value", [0.0, 2.0, -7e5])
def test_what_varies_by_rounding_alone_has_contours_that_can_be_read(value):
    ax = Figure().subplots()
    decoded = value * (1 + 1e-13 * np.random.default_rng(0).normal(size=(4, 4)))
    LatentGridDisplay(decoded, (0, 1, 0, 1), label="flat").plot(ax)
    levels = ax.collections[0].levels
    assert np.diff(levels).min() > 1e-3 * max(1, abs(value))
    assert levels[0] < value < levels[-1]


def test_many_samples_do_not_hide_the_contours(ax):
    Z = np.random.default_rng(0).normal(size=(3000, 2))
    LatentGridDisplay(np.ones((3, 3)), (-2, 2, -2, 2), codes=Z, measured=Z[:, 0]).plot(ax)
    offsets = np.asarray(ax.collections[1].get_offsets())
    assert offsets.shape == (1000, 2)
    assert len(np.unique(offsets, axis=0)) == 1000
    np.testing.assert_array_equal(offsets[:, 0], ax.collections[1].get_array())


def test_coloured_images_lie_side_by_side(ax):
    images = np.random.default_rng(0).uniform(0, 255, size=(2, 3, 4, 5, 3))
    LatentGridDisplay(images, (0, 1, 0, 1)).plot(ax)
    picture = ax.images[0].get_array()
    assert picture.shape == (2 * 5 - 1, 3 * 6 - 1, 3)
    np.testing.assert_allclose(picture[:4, :5], images[1, 0] / 255)
    np.testing.assert_array_equal(picture[4], 1.0)  # white between


def test_by_default_a_figure_of_pyplot(digits):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = LatentGridDisplay.from_estimator(PCA(2).fit(digits), X=digits, image_shape=(8, 8))
    assert pyplot.gcf() is display.figure_
    pyplot.close(display.figure_)
    assert display.decoded.shape == (15, 15, 8, 8)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "Say what to draw"),
        ({"image_shape": (2, 2), "feature": 0}, "Say what to draw"),
        ({"image_shape": (2, 3)}, "6 pixels, but rows 4"),
        ({"image_shape": (2, 1, 2)}, r"must be \(height, width\)"),
        ({"image_shape": (2, -2)}, r"must be \(height, width\)"),
        ({"feature": "petal widht (cm)"}, "none of the 4 features.*Did you mean 'petal width"),
        ({"feature": 4}, "no position among 4 features"),
        ({"feature": -1}, "no position among 4 features"),
        ({"feature": 1.5}, "'feature' parameter"),
        ({"feature": 0, "n_cells": 1}, "'n_cells' parameter"),
    ],
)
def test_bad_input(frame, changes, message):
    with pytest.raises(ValueError, match=message):
        LatentGridDisplay.from_estimator(PCA(2).fit(frame), X=frame, **changes)


def test_what_cannot_decode_is_refused(frame):
    with pytest.raises(TypeError, match="OnlyEncodes has no inverse_transform"):
        LatentGridDisplay.from_estimator(OnlyEncodes(), X=frame, feature=0)


class OnlyEncodes:
    def transform(self, X):
        return np.asarray(X)[:, :2]
