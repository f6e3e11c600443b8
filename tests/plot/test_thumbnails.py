"""Images as thumbnails at their codes."""

import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from skvae.plot import LatentSpaceDisplay


@pytest.fixture(scope="module")
def digits():
    return load_digits(return_X_y=True)


def draw(*args, size=(6, 5), **options):
    axes = Figure(figsize=size, layout="constrained").subplots()
    return LatentSpaceDisplay.from_estimator(*args, ax=axes, **options)


def boxes_of(ax):
    return np.array([image.get_extent() for image in ax.images])


def overlap(box, other):
    return min(box[1], other[1]) > max(box[0], other[0]) and min(box[3], other[3]) > max(box[2], other[2])


@pytest.mark.parametrize("size", [(3, 2.5), (6, 5), (12, 9)])
def test_thumbnails_stand_at_their_codes_and_do_not_overlap(digits, size):
    X, y = digits
    pca = PCA(2).fit(X)
    ax = draw(pca, X, y, image_shape=(8, 8), size=size).ax_
    boxes, Z = boxes_of(ax), pca.transform(X)
    assert 15 < len(boxes) < 300
    for i, box in enumerate(boxes):
        assert not any(overlap(box, other) for other in boxes[:i])
        nearest = np.square(Z - [box[:2].mean(), box[2:].mean()]).sum(axis=1).argmin()
        np.testing.assert_array_equal(ax.images[i].get_array(), X[nearest].reshape(8, 8))
        frame = ax.get_legend().legend_handles[y[nearest]].get_color()
        assert same_color(ax.patches[i].get_edgecolor()[:3], frame)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    assert left < boxes[:, 0].min() < boxes[:, 1].max() < right
    assert bottom < boxes[:, 2].min() < boxes[:, 3].max() < top
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("shape", [(16, 4), (4, 16)])
def test_thumbnails_keep_their_proportions(digits, shape):
    X = digits[0][:50]
    ax = draw(PCA(2).fit(X), X, image_shape=shape).ax_
    ax.figure.draw_without_rendering()
    left, right, bottom, top = ax.images[0].get_extent()
    (x0, y0), (x1, y1) = ax.transData.transform([(left, bottom), (right, top)])
    assert (y1 - y0) / (x1 - x0) == pytest.approx(shape[0] / shape[1])


def test_all_of_few_samples_that_lie_apart_have_one():
    codes = np.array([[0, 0], [1, 0], [0, 1], [1, 1.0]])
    ax = Figure().subplots()
    LatentSpaceDisplay(codes, images=np.random.default_rng(0).random((4, 3, 3))).plot(ax)
    assert len(ax.images) == 4
    np.testing.assert_array_equal(np.sort(np.mean(boxes_of(ax)[:, :2], axis=1)).round(9), [0, 0, 1, 1])


@pytest.mark.parametrize("scale", [1, 255])
def test_colours_are_drawn(scale):
    images = scale * np.random.default_rng(0).random((3, 4, 4, 3))
    ax = Figure().subplots()
    LatentSpaceDisplay(np.eye(3), images=images).plot(ax)
    drawn = {image.get_array().data.round(6).tobytes() for image in ax.images}
    assert drawn <= {(image / scale).round(6).tobytes() for image in images}


@pytest.mark.parametrize(
    ("codes", "images", "message"),
    [
        (np.eye(3), np.zeros((2, 4, 4)), "inconsistent numbers of samples"),
        (np.eye(3)[:, :1], np.zeros((3, 4, 4)), "need a plane of two latent variables"),
    ],
)
def test_bad_input(codes, images, message):
    with pytest.raises(ValueError, match=message):
        LatentSpaceDisplay(codes, images=images).plot(Figure().subplots())


def test_images_of_another_size_are_refused(digits):
    X, _ = digits
    with pytest.raises(ValueError, match="63 pixels, but rows 64"):
        LatentSpaceDisplay.from_estimator(PCA(2).fit(X), X, image_shape=(9, 7))
