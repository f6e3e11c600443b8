import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.plot import ReconstructionDisplay


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


@pytest.fixture(scope="module")
def digits():
    return load_digits().data


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(as_frame=True).data


def blocks(image, n_rows, n_columns, shape, gap=1):
    """Cut a picture into its images, of shape (n_rows, n_columns, height, width)."""
    picture = np.ma.filled(image.get_array(), np.nan)
    assert picture.shape == (n_rows * (shape[0] + gap) - gap, n_columns * (shape[1] + gap) - gap)
    rows = [picture[i * (shape[0] + gap) :][: shape[0]] for i in range(n_rows)]
    return np.array([[row[:, j * (shape[1] + gap) :][:, : shape[1]] for j in range(n_columns)] for row in rows])


def dots_of(ax):
    """Collect the values of the dots by the labels of their rows, from the first on."""
    labels = dict(zip(ax.get_yticks(), [tick.get_text() for tick in ax.get_yticklabels()], strict=True))
    lines = [line for line in ax.lines if line.get_marker() not in ("None", None)]
    dots = [(y, x) for line in lines for x, y in zip(*map(np.atleast_1d, line.get_data()), strict=True)]
    return {labels[y]: x for y, x in sorted(dots)}


def test_images_their_reconstructions_and_the_differences(digits, ax):
    pca = PCA(5).fit(digits)
    display = ReconstructionDisplay.from_estimator(pca, digits, image_shape=(8, 8), n_samples=4, ax=ax)
    rows = digits[[0, 599, 1197, 1796]]
    rebuilt = pca.inverse_transform(pca.transform(rows))
    grey, colored = ax.images
    given, back = blocks(grey, 2, 4, (8, 8))
    np.testing.assert_allclose(given, rows.reshape(4, 8, 8))
    np.testing.assert_allclose(back, rebuilt.reshape(4, 8, 8))
    np.testing.assert_allclose(blocks(colored, 1, 4, (8, 8))[0], (rebuilt - rows).reshape(4, 8, 8))
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["original", "reconstruction", "difference"]
    assert display.ax_ is ax
    display.figure_.draw_without_rendering()


def test_greys_are_those_of_the_originals_and_white_is_no_difference(digits, ax):
    ReconstructionDisplay.from_estimator(PCA(5).fit(digits), digits, image_shape=(8, 8), ax=ax)
    grey, colored = ax.images
    assert grey.get_clim() == (0, 16)
    low, high = colored.get_clim()
    assert low == -high
    assert high == np.nanmax(np.abs(colored.get_array()))


def test_noisy_images_are_encoded_and_drawn(digits, ax):
    pca, noisy = PCA(5).fit(digits), digits + np.random.default_rng(0).normal(size=digits.shape)
    ReconstructionDisplay.from_estimator(pca, digits, X_noisy=noisy, image_shape=(8, 8), n_samples=2, ax=ax)
    rows = blocks(ax.images[0], 3, 2, (8, 8))
    np.testing.assert_allclose(rows[0], digits[[0, -1]].reshape(2, 8, 8))
    np.testing.assert_allclose(rows[1], noisy[[0, -1]].reshape(2, 8, 8))
    np.testing.assert_allclose(rows[2], pca.inverse_transform(pca.transform(noisy[[0, -1]])).reshape(2, 8, 8))
    assert len(ax.get_yticks()) == 4


def test_few_images_are_drawn_once_each(digits, ax):
    ReconstructionDisplay.from_estimator(PCA(5).fit(digits), digits[:3].tolist(), image_shape=(4, 16), ax=ax)
    blocks(ax.images[0], 2, 3, (4, 16))


def test_a_perfect_reconstruction_is_white(digits, ax):
    ReconstructionDisplay(digits[:2], digits[:2], image_shape=(8, 8)).plot(ax)
    assert ax.images[1].get_clim() == (-1, 1)


def test_colours_are_drawn_and_differences_are_of_their_mean(ax):
    images = np.random.default_rng(0).random((2, 4, 5, 3))
    X = images.reshape(2, -1)
    ReconstructionDisplay(X, 0.5 * X, image_shape=(4, 5, 3)).plot(ax)
    picture, differences = ax.images[0].get_array(), ax.images[1].get_array()
    assert picture.shape == (4 + 1 + 4, 5 + 1 + 5, 3)
    np.testing.assert_allclose(picture[:4, 6:], images[1])
    np.testing.assert_allclose(picture[5:, :5], 0.5 * images[0])
    np.testing.assert_allclose(np.ma.filled(differences, np.nan)[:, :5], -0.5 * images[0].mean(axis=-1))
    ax.figure.draw_without_rendering()


def test_many_images_make_no_endless_figure(digits):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = ReconstructionDisplay.from_estimator(PCA(5).fit(digits), digits, image_shape=(8, 8), n_samples=60)
    pyplot.close(display.figure_)
    assert display.figure_.get_figwidth() <= 14
    display.figure_.draw_without_rendering()
    (bar,) = display.ax_.child_axes
    assert len(bar.get_yticklabels()) == 1


def test_features_are_ranked_by_what_they_lose(cancer, ax):
    pipeline = make_pipeline(StandardScaler(), PCA(2)).fit(cancer)
    ReconstructionDisplay.from_estimator(pipeline, cancer, n_features=5, ax=ax)
    rebuilt = pipeline.inverse_transform(pipeline.transform(cancer))
    lost = pd.Series(1 - r2_score(cancer, rebuilt, multioutput="raw_values"), cancer.columns).sort_values()
    worst, others, best = lost[::-1][:3], lost[2:-3], lost[:2][::-1]
    dots = dots_of(ax)
    assert list(dots) == [*map(shortened, worst.index), "25 others", *map(shortened, best.index)]
    np.testing.assert_allclose(list(dots.values()), [*worst, others.median(), *best])
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    ax.figure.draw_without_rendering()


def shortened(name):
    return name if len(name) <= 22 else f"{name[:11]}…{name[-10:]}"


def test_all_of_a_few_features_are_drawn(cancer, ax):
    X = cancer.iloc[:, :4].to_numpy()
    ReconstructionDisplay.from_estimator(PCA(1).fit(X), X, n_features=4, ax=ax)
    assert set(dots_of(ax)) == {"x0", "x1", "x2", "x3"}


def test_missing_values_and_conditions_are_left_out(without_xla, ax):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(60, 3)), columns=["P1", "P2", "P3"])
    X.iloc[::5, 1] = np.nan
    X.insert(0, "lab", ["A", "B"] * 30)
    vae = VAETransformer(missing="mask", covariates=["lab"], encoder=(4,), epochs=2, random_state=0).fit(X)
    ReconstructionDisplay.from_estimator(vae, X, ax=ax)
    rebuilt, known = vae.reconstruct(X), X["P2"].notna()
    dots = dots_of(ax)
    assert set(dots) == {"P1", "P2", "P3"}
    assert dots["P2"] == pytest.approx(1 - r2_score(X["P2"][known], rebuilt[known, 1]))


def test_constant_features_have_no_variance_to_lose(ax):
    X = np.column_stack([np.full(5, 0.1), np.arange(5.0)])
    ReconstructionDisplay(X, X + 1).plot(ax)
    assert dots_of(ax) == {"x1": pytest.approx(0.5)}
    with pytest.raises(ValueError, match="No feature of X varies"):
        ReconstructionDisplay(X[:, :1], X[:, :1]).plot(ax)


def test_names_of_many_features_in_small_axes_do_not_overlap(cancer):
    ax = Figure(figsize=(4, 2.5), layout="constrained").subplots()
    ReconstructionDisplay.from_estimator(PCA(2).fit(cancer), cancer, n_features=30, ax=ax)
    ax.figure.draw_without_rendering()
    boxes = [tick.get_window_extent() for tick in ax.get_yticklabels()]
    assert max(box.height for box in boxes) <= 1.5 * abs(boxes[0].y0 - boxes[1].y0)


@pytest.mark.parametrize(("options", "n_rows"), [({"image_shape": (8, 8)}, 3), ({}, 20)])
def test_by_default_a_figure_of_pyplot(digits, options, n_rows):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = ReconstructionDisplay.from_estimator(PCA(5).fit(digits), digits, **options)
    assert pyplot.gcf() is display.figure_
    pyplot.close(display.figure_)
    assert len(display.ax_.get_yticks()) in (n_rows, n_rows + 1)
    display.figure_.draw_without_rendering()


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((np.eye(4), np.eye(3)), {}, "X_reconstructed has shape"),
        ((np.eye(4), np.eye(4)), {"X_noisy": np.eye(4)[:2]}, "X_noisy has shape"),
        ((np.eye(4), np.full((4, 4), np.nan)), {}, "X_reconstructed contains NaN"),
        ((np.eye(4), np.eye(4)), {"feature_names": ["a"]}, "1 feature_names for 4 features"),
        ((np.eye(4), np.eye(4)), {"image_shape": (3, 2)}, "6 pixels, but rows 4"),
    ],
)
def test_bad_tables(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        ReconstructionDisplay(*arguments, **options).plot(Figure().subplots())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_samples": 0}, "'n_samples' parameter"),
        ({"n_features": 0}, "'n_features' parameter"),
        ({"X_noisy": np.eye(64)}, "inconsistent numbers of samples"),
    ],
)
def test_bad_input(digits, options, message):
    with pytest.raises(ValueError, match=message):
        ReconstructionDisplay.from_estimator(PCA(2).fit(digits), digits, **options)


def test_what_cannot_decode_is_refused(digits):
    with pytest.raises(TypeError, match="OnlyEncodes has no inverse_transform"):
        ReconstructionDisplay.from_estimator(OnlyEncodes(), digits)


class OnlyEncodes:
    def transform(self, X):
        return X[:, :2]


@pytest.mark.parametrize("n_samples", [1, 3, 8])
@pytest.mark.parametrize("layout", ["constrained", None])
@pytest.mark.parametrize("size", [(6.4, 4.8), (3, 6), (12, 3)])
def test_the_bar_stands_beside_the_differences_in_axes_of_any_shape(digits, size, layout, n_samples):
    ax = Figure(figsize=size, layout=layout).subplots()
    pca = PCA(5).fit(digits)
    ReconstructionDisplay.from_estimator(pca, digits, image_shape=(8, 8), n_samples=n_samples, ax=ax)
    ax.figure.draw_without_rendering()
    (bar,) = ax.child_axes
    box, row = bar.get_window_extent(), ax.images[1].get_window_extent()
    assert (box.y0, box.y1) == pytest.approx((row.y0, row.y1), abs=1)
    assert 0 < box.x0 - row.x1 < 0.3 * row.height
    assert box.width == pytest.approx(0.1 * row.height, rel=0.01)


@pytest.mark.parametrize("n_samples", [1, 3, 8])
def test_a_new_figure_of_images_has_room_for_words_and_bar(digits, n_samples):
    mpl.use("Agg")
    from matplotlib import pyplot

    X = digits / 1e4
    display = ReconstructionDisplay.from_estimator(PCA(5).fit(X), X, image_shape=(8, 8), n_samples=n_samples)
    pyplot.close(display.figure_)
    display.figure_.draw_without_rendering()
    box, figure = display.ax_.get_tightbbox(), display.figure_.bbox
    assert box.x0 >= 0
    assert box.x1 <= figure.x1
