import io
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae.plot import ComparisonDisplay, LatentSpaceDisplay


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


@pytest.fixture(scope="module")
def iris():
    data = load_iris()
    return data.data, data.target_names[data.target]


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def points_of(ax):
    return np.vstack([drawn.get_offsets() for drawn in ax.collections])


def in_order(points):
    return np.asarray(points)[np.lexsort(np.transpose(points))]


def test_from_estimator_draws_every_sample(iris, ax):
    X, y = iris
    pipeline = make_pipeline(StandardScaler(), PCA(2)).fit(X)
    display = LatentSpaceDisplay.from_estimator(pipeline, X, y, ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("pca0", "pca1")
    assert legend_of(ax) == ["setosa", "versicolor", "virginica"]
    np.testing.assert_allclose(np.sort(points_of(ax), axis=0), np.sort(pipeline.transform(X), axis=0))
    display.figure_.draw_without_rendering()


def test_plot_makes_a_pyplot_figure_and_leaves_the_settings_alone(iris):
    mpl.use("Agg")
    from matplotlib import pyplot

    before = dict(mpl.rcParams)
    display = LatentSpaceDisplay(PCA(2).fit_transform(iris[0])).plot()
    assert pyplot.gcf() is display.figure_
    pyplot.close(display.figure_)
    assert dict(mpl.rcParams) == before
    assert mpl.get_backend().lower() == "agg"


def test_without_labels_there_is_no_legend(iris, ax):
    LatentSpaceDisplay(iris[0]).plot(ax)
    assert ax.get_legend() is None
    assert ax.get_xlabel() == "latent0"


def test_held_out_samples_have_a_dark_edge(iris, ax):
    X, y = iris
    held_out = np.arange(len(X)) % 4 == 0
    LatentSpaceDisplay(X, y, held_out=held_out).plot(ax)
    assert legend_of(ax)[-1] == "held out"
    dark = [drawn for drawn in ax.collections if same_color(drawn.get_edgecolor()[0, :3], "black")]
    np.testing.assert_allclose(in_order(np.vstack([drawn.get_offsets() for drawn in dark])), in_order(X[held_out, :2]))
    assert ax.collections[-1] in dark  # above the others


@pytest.mark.parametrize(("n_groups", "n_markers"), [(8, 1), (10, 1), (11, 2), (20, 2)])
def test_up_to_twenty_groups_look_different(ax, n_groups, n_markers):
    labels = np.arange(n_groups).repeat(3)
    LatentSpaceDisplay(np.random.RandomState(0).normal(size=(len(labels), 2)), labels).plot(ax)
    assert legend_of(ax) == [str(i) for i in range(n_groups)]
    looks = {(handle.get_color(), handle.get_marker()) for handle in ax.get_legend().legend_handles}
    assert len(looks) == n_groups
    assert len({marker for _, marker in looks}) == n_markers


def test_rare_labels_beyond_twenty_are_others(ax):
    labels = np.repeat(np.arange(25), np.r_[np.full(20, 3), np.ones(5, int)])
    LatentSpaceDisplay(np.random.RandomState(0).normal(size=(len(labels), 2)), labels).plot(ax)
    assert legend_of(ax) == ["5 others", *map(str, range(20))]


def test_long_labels_are_shortened_in_the_middle(ax):
    labels = ["endometrioid carcinoma, grade 1", "endometrioid carcinoma, grade 2"]
    LatentSpaceDisplay(np.eye(2), labels).plot(ax)
    assert legend_of(ax) == ["endometrioi…a, grade 1", "endometrioi…a, grade 2"]


def test_long_labels_that_differ_in_the_middle_are_told_apart(ax):
    LatentSpaceDisplay(np.eye(3), [f"Endometrioid carcinoma, grade {i}, MSI-high" for i in (1, 2, 3)]).plot(ax)
    assert legend_of(ax) == [f"Endomet…grade {i}…I-high" for i in (1, 2, 3)]


def test_transformers_that_name_no_columns_are_drawn(iris, ax):
    class Sums:
        def transform(self, X):
            return np.column_stack([X.sum(axis=1), X[:, 0]])

    LatentSpaceDisplay.from_estimator(Sums(), iris[0], ax=ax)
    assert [ax.get_xlabel(), ax.get_ylabel()] == ["latent0", "latent1"]
    np.testing.assert_array_equal(in_order(points_of(ax)), in_order(Sums().transform(iris[0])))


def test_one_latent_variable_is_a_strip_per_label(iris, ax):
    X, y = iris
    LatentSpaceDisplay.from_estimator(PCA(1).fit(X), X, y, ax=ax)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["setosa", "versicolor", "virginica"]
    assert ax.get_legend() is None
    ax.figure.draw_without_rendering()


def test_held_out_samples_of_an_estimator_are_marked(iris, ax):
    X, y = iris
    LatentSpaceDisplay.from_estimator(PCA(2).fit(X), X, y, held_out=np.arange(len(X)) < 9, ax=ax)
    assert legend_of(ax) == ["setosa", "versicolor", "virginica", "held out"]


def test_strips_lie_in_the_rows_of_their_labels(iris, ax):
    X, y = iris
    held_out = np.arange(len(X)) % 5 == 0
    LatentSpaceDisplay(X[:, :1], y, held_out=held_out).plot(ax)
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    points = points_of(ax)
    for i, name in enumerate(np.unique(y)):
        strip = points[np.abs(points[:, 1] - i) < 0.31]
        np.testing.assert_array_equal(np.sort(strip[:, 0]), np.sort(X[y == name, 0]))
        assert np.ptp(strip[:, 1]) > 0.5
    assert len(points) == len(X)
    assert legend_of(ax) == ["held out"]


def test_many_samples_are_drawn_smaller_and_thinner():
    looks = []
    for n in (10, 1000, 100_000):
        axes = Figure().subplots()
        LatentSpaceDisplay(np.zeros((n, 2))).plot(axes)
        looks.append((axes.collections[0].get_sizes()[0], axes.collections[0].get_alpha()))
    areas, alphas = np.transpose(looks)
    assert 30 < areas[0] > 2 * areas[1] > 20 * areas[2] > 10
    assert alphas == pytest.approx([0.9, 12 / 1000**0.4, 0.5])


def test_points_are_smaller_in_small_axes():
    areas = []
    for size in ((3, 2.5), (6, 5)):
        axes = Figure(figsize=size).subplots()
        LatentSpaceDisplay(np.zeros((10, 2))).plot(axes)
        areas.append(axes.collections[0].get_sizes()[0])
    assert areas[1] == pytest.approx(4 * areas[0])


@pytest.mark.parametrize(("n", "is_picture"), [(5000, False), (5001, True)])
def test_vector_formats_get_a_picture_of_many_samples(ax, n, is_picture):
    LatentSpaceDisplay(np.random.default_rng(0).normal(size=(n, 2))).plot(ax)
    assert bool(ax.collections[0].get_rasterized()) == is_picture
    file = io.BytesIO()
    ax.figure.savefig(file, format="svg")
    assert (len(file.getvalue()) < 300_000) == is_picture
    assert (b"<image" in file.getvalue()) == is_picture


def test_no_group_hides_another(ax):
    n = 2000
    LatentSpaceDisplay(np.zeros((n, 2)), np.repeat(["a", "b"], n // 2)).plot(ax)
    (drawn,) = ax.collections
    above = drawn.get_facecolors()[-n // 4 :, 0]
    share = (above == above[0]).mean()
    assert 0.4 < share < 0.6


def test_the_order_is_the_same_each_time_and_leaves_the_global_stream_alone(iris):
    axes = Figure().subplots(1, 2)
    state = np.random.get_state()[1].copy()
    for axis in axes:
        LatentSpaceDisplay(*iris).plot(axis)
    np.testing.assert_array_equal(*[axis.collections[0].get_offsets() for axis in axes])
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def test_each_sample_keeps_its_colour_and_marker_in_any_order(ax):
    labels = np.arange(220) % 11
    Z = np.random.default_rng(0).normal(size=(220, 2))
    LatentSpaceDisplay(Z, labels).plot(ax)
    (drawn,) = ax.collections
    handles = ax.get_legend().legend_handles
    looks = {(handle.get_color(), handle.get_marker()): i for i, handle in enumerate(handles)}
    n_vertices = {len(MarkerStyle(mark).get_path().vertices): mark for mark in "o^"}
    label_of = {tuple(code): label for code, label in zip(Z, labels, strict=True)}
    for code, color, path in zip(drawn.get_offsets(), drawn.get_facecolors(), drawn.get_paths(), strict=True):
        look = next(key for key in looks if same_color(key[0], color[:3]) and key[1] == n_vertices[len(path.vertices)])
        assert looks[look] == label_of[tuple(code)]


def test_the_latent_variables_can_be_chosen(iris, ax):
    pca = PCA(4).fit(iris[0])
    LatentSpaceDisplay.from_estimator(pca, *iris, components=(3, 1), ax=ax)
    np.testing.assert_allclose(in_order(points_of(ax)), in_order(pca.transform(iris[0])[:, [3, 1]]))
    assert [ax.get_xlabel(), ax.get_ylabel()] == ["pca3", "pca1"]
    with pytest.raises(ValueError, match="two of the 4 latent variable"):
        LatentSpaceDisplay.from_estimator(pca, *iris, components=(3, 4), ax=ax)


def test_names_on_the_data_are_at_the_medians(ax):
    Z = np.vstack([np.random.default_rng(i).normal(size=(51, 2)) + 20 * np.array(c) for i, c in enumerate(np.eye(2))])
    labels = np.repeat(["left above", "right below"], 51)
    LatentSpaceDisplay(Z, labels, held_out=np.arange(102) < 3).plot(ax, legend="on data")
    assert [text.get_text() for text in ax.texts] == ["left above", "right below"]
    for text, rows in zip(ax.texts, (slice(51), slice(51, 102)), strict=True):
        np.testing.assert_allclose(text.get_position(), np.median(Z[rows], axis=0), atol=0.1)
    assert legend_of(ax) == ["held out"]


def test_names_on_the_data_do_not_overlap(ax):
    Z = np.random.default_rng(0).normal(size=(300, 2))
    LatentSpaceDisplay(Z, [f"group {i % 10}" for i in range(300)]).plot(ax, legend="on data")
    ax.figure.set_layout_engine("none")
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 10
    for i, box in enumerate(boxes):
        assert not any(
            min(box.x1, other.x1) - max(box.x0, other.x0) > 1 and min(box.y1, other.y1) - max(box.y0, other.y0) > 1
            for other in boxes[:i]
        )


def test_legend_can_be_left_out(iris, ax):
    LatentSpaceDisplay(*iris).plot(ax, legend=False)
    assert ax.get_legend() is None


def test_held_out_samples_are_explained_without_labels_too(iris, ax):
    LatentSpaceDisplay(iris[0], held_out=np.arange(150) < 10).plot(ax)
    assert legend_of(ax) == ["held out"]


@pytest.mark.parametrize(
    ("labels", "order"), [([10, 2, 1.5], ["1.5", "2.0", "10.0"]), (["b10", "b2", "a"], ["a", "b10", "b2"])]
)
def test_labels_are_in_their_natural_order(ax, labels, order):
    LatentSpaceDisplay(np.eye(3), labels).plot(ax)
    assert legend_of(ax) == order


def test_names_of_the_columns_are_those_of_the_frame(ax):
    LatentSpaceDisplay(pd.DataFrame(np.eye(3), columns=["first", "second", "third"])).plot(ax)
    assert [ax.get_xlabel(), ax.get_ylabel()] == ["first", "second"]


def test_labels_just_short_enough_are_left_whole(ax):
    whole, longer = "a" * 11 + "b" * 11, "c" * 12 + "d" * 11
    LatentSpaceDisplay(np.eye(2), [whole, longer]).plot(ax)
    assert legend_of(ax) == [whole, "c" * 11 + "…" + "d" * 10]


def test_one_latent_variable_without_labels_is_a_histogram(iris, ax):
    LatentSpaceDisplay(iris[0][:, :1]).plot(ax)
    assert sum(bar.get_height() for bar in ax.patches) == len(iris[0])


@pytest.mark.parametrize(
    ("codes", "labels", "held_out", "message"),
    [
        (np.eye(3), ["a", "b"], None, "inconsistent numbers of samples"),
        (np.eye(3), None, [True], "inconsistent numbers of samples"),
        (np.empty((3, 0)), None, None, "no latent variables"),
        (np.eye(2), np.ma.array(["a", "b"], mask=[True, False]), None, "1 masked cell"),
        (np.eye(2), ["a", "b"], [True], "inconsistent numbers of samples"),
    ],
)
def test_bad_input(ax, codes, labels, held_out, message):
    with pytest.raises(ValueError, match=message):
        LatentSpaceDisplay(codes, labels, held_out=held_out).plot(ax)


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"skvae\[plot\]"):
        LatentSpaceDisplay(np.eye(3)).plot()


@pytest.mark.parametrize("i", [0, 1])
@pytest.mark.parametrize("spread", [0.0, 1e-4])
def test_a_collapsed_latent_variable_looks_collapsed(ax, i, spread):
    Z = np.random.default_rng(0).uniform(-2, 2, size=(100, 2))
    Z[:, i] = 0.03 + spread * Z[:, i]
    LatentSpaceDisplay(Z).plot(ax)
    limits = np.array([ax.get_xlim(), ax.get_ylim()])
    # Codes take up a hundredth of their axis at most, in its middle; along the other they fill it.
    assert np.ptp(Z[:, i]) <= 0.011 * np.ptp(limits[i])
    assert limits[i].mean() == pytest.approx(0.03, abs=1e-4)
    assert np.ptp(Z[:, 1 - i]) > 0.85 * np.ptp(limits[1 - i])


def test_a_collapsed_picture_leaves_room_for_another_on_its_axes(ax):
    Z = np.random.default_rng(0).uniform(-2, 2, size=(100, 2))
    LatentSpaceDisplay(Z * [1, 1e-6]).plot(ax)
    LatentSpaceDisplay(Z).plot(ax)
    ax.figure.canvas.draw()
    assert ax.get_ylim()[0] < Z[:, 1].min() < Z[:, 1].max() < ax.get_ylim()[1]


@pytest.mark.parametrize("scale", [1, 0.011])
def test_codes_that_vary_fill_both_axes(ax, scale):
    Z = np.random.default_rng(0).uniform(-2, 2, size=(100, 2)) * [1, scale]
    LatentSpaceDisplay(np.vstack([Z, [np.nan, 5.0]])).plot(ax)
    assert np.ptp(Z[:, 1]) > 0.85 * np.ptp(ax.get_ylim())


def test_codes_that_are_all_the_same_or_unknown_are_drawn(ax):
    LatentSpaceDisplay(np.full((3, 2), 0.5)).plot(ax)
    LatentSpaceDisplay(np.full((3, 2), np.nan)).plot(ax)
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("n_labels", [3, 20])
def test_a_new_figure_has_room_for_long_names(n_labels):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = LatentSpaceDisplay(np.eye(n_labels), [letter * 22 for letter in "nopqrstuvacdefghikxz"[:n_labels]]).plot()
    pyplot.close(display.figure_)
    display.figure_.draw_without_rendering()
    box, figure = display.ax_.get_tightbbox(), display.figure_.bbox
    assert box.x0 > 0
    assert box.x1 < figure.x1 + 3
    assert display.ax_.get_legend().get_window_extent().x0 > display.ax_.get_window_extent().x1


@pytest.mark.parametrize("n_labels", [2, 8])
def test_in_a_small_figure_the_legend_stands_below(n_labels):
    ax = Figure(figsize=(3, 2.5), layout="constrained").subplots()
    labels = [f"sp|P0463{i}|P53_HUMAN Cellular tumor antigen p53" for i in range(n_labels)]
    LatentSpaceDisplay(np.random.default_rng(0).normal(size=(n_labels, 2)), labels).plot(ax)
    ax.figure.draw_without_rendering()
    legend, box = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert legend.y1 < ax.xaxis.label.get_window_extent().y0 + 1
    assert legend.width <= 1.02 * ax.figure.bbox.width
    assert box.width > 0.3 * ax.figure.bbox.width


def test_labels_are_drawn_as_they_are():
    display = LatentSpaceDisplay(np.eye(4)[:, :2], ["$x$ b", "", "$x$ b", ""]).plot(
        Figure(layout="constrained").subplots()
    )
    texts = display.ax_.get_legend().get_texts()
    assert {text.get_text() for text in texts} == {"$x$ b", "(empty)"}
    assert not any(text.get_parse_math() for text in texts)


def test_what_cannot_be_drawn_leaves_no_figure():
    plt = pytest.importorskip("matplotlib.pyplot")
    before = plt.get_fignums()
    with pytest.raises(ValueError, match="components must be two"):
        LatentSpaceDisplay(np.eye(4)).plot(components=(0, 7))
    with pytest.raises(ValueError, match="inconsistent numbers"):
        ComparisonDisplay({"a": np.eye(4)}, [0, 1]).plot()
    assert plt.get_fignums() == before
