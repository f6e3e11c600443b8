"""Where legends stand in axes of one's own: legible, in the figure, and over no other axes."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA

from skvae.plot import ComparisonDisplay, LatentSpaceDisplay, LossCurveDisplay, TraversalDisplay

ANGLES = 2 * np.pi * np.arange(200) / 40
Z = 3 * np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]) + np.random.default_rng(0).normal(size=(200, 2))


def labels_of(n_groups, long):
    names = [f"Endometrioid carcinoma, grade {i}, MSI-high" if long else f"g{i}" for i in range(n_groups)]
    return [names[i % n_groups] for i in range(len(Z))]


def boxes_of(figure):
    """Return the places of all axes and of all legends, as drawn."""
    figure.draw_without_rendering()
    legends = [ax.get_legend() for ax in figure.axes]
    return [ax.get_window_extent().frozen() for ax in figure.axes], [box and box.get_window_extent() for box in legends]


def overlap(box, other):
    """Tell whether boxes share more than a line."""
    across, up = min(box.x1, other.x1) - max(box.x0, other.x0), min(box.y1, other.y1) - max(box.y0, other.y0)
    return across > 1 and up > 1


def lies_in(box, outer):
    return box.x0 >= outer.x0 - 1 and box.x1 <= outer.x1 + 1 and box.y0 >= outer.y0 - 1 and box.y1 <= outer.y1 + 1


def drawn(shape, size, layout, long):
    figure = Figure(figsize=size, layout=layout)
    for ax, n_groups in zip(figure.subplots(*shape).flat, (3, 10, 40, 20), strict=False):
        LatentSpaceDisplay(Z, labels_of(n_groups, long)).plot(ax)
    return figure


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
@pytest.mark.parametrize(
    ("shape", "size"), [((1, 2), (10, 4)), ((1, 3), (6, 2)), ((1, 3), (9, 3)), ((2, 2), (7, 6)), ((1, 4), (12, 3))]
)
def test_no_legend_is_cut_or_stands_over_other_axes(shape, size, layout, long):
    figure = drawn(shape, size, layout, long)
    axes, legends = boxes_of(figure)
    for i, (own, legend) in enumerate(zip(axes, legends, strict=True)):
        assert lies_in(legend, figure.bbox)
        assert not any(overlap(legend, other) for j, other in enumerate(axes) if j != i)
        assert not any(overlap(legend, other) for other in legends[:i])
        assert not overlap(legend, own) or lies_in(legend, own)
        assert min(own.width, own.height) > 0.2 * min(figure.bbox.width / shape[1], figure.bbox.height / shape[0])


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_few_short_names_stand_in_the_axes_and_hide_no_sample(layout):
    figure = drawn((1, 2), (10, 4), layout, long=False)
    (own, _), (legend, _) = boxes_of(figure)
    assert lies_in(legend, own)
    assert not any(legend.contains(*point) for point in figure.axes[0].transData.transform(Z))
    assert figure.axes[0].get_legend().get_frame().get_alpha() < 1


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_many_long_names_stand_below_the_axes_and_what_they_are(layout):
    figure = drawn((1, 2), (10, 4), layout, long=True)
    _, legends = boxes_of(figure)
    assert legends[1].y1 < figure.axes[1].xaxis.label.get_window_extent().y0 + 1
    assert len(figure.axes[1].get_legend().get_texts()) == 10
    assert legends[1].width > legends[1].height  # in columns


@pytest.mark.parametrize("long", [False, True])
def test_a_legend_without_room_for_all_says_how_many_it_leaves_out(long):
    figure = drawn((1, 3), (6, 2), "constrained", long)
    *named, last = [text.get_text() for text in figure.axes[2].get_legend().get_texts()]
    assert len(named) >= 2
    assert last == f"and {21 - len(named)} more"  # 20 groups with a colour and the others


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_drawing_again_takes_no_more_room(layout):
    figure = drawn((1, 3), (9, 3), layout, long=True)
    before = boxes_of(figure)[0]
    display = LatentSpaceDisplay(Z, labels_of(40, True))
    for _ in range(2):
        display.plot(figure.axes[2])
    for box, again in zip(before, boxes_of(figure)[0], strict=True):
        np.testing.assert_allclose(again.size, box.size, atol=1)


def test_axes_that_gave_room_are_part_of_a_layout_chosen_later():
    figure = drawn((1, 3), (9, 3), None, long=True)
    (before, *_), _ = boxes_of(figure)
    figure.set_layout_engine("constrained")
    axes, legends = boxes_of(figure)
    assert axes[0].x0 < before.x0 - 5
    for legend in legends:
        assert lies_in(legend, figure.bbox)
        assert not any(overlap(legend, other) for other in axes)


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_axes_alone_in_a_figure_have_their_legend_on_the_right(layout):
    ax = Figure(layout=layout).subplots()
    LatentSpaceDisplay(Z, labels_of(3, False)).plot(ax)
    (own,), (legend,) = boxes_of(ax.figure)
    assert legend.x0 > own.x1


def test_the_first_of_several_axes_is_not_alone():
    figure = Figure(figsize=(8, 4))
    LatentSpaceDisplay(Z, labels_of(3, False)).plot(figure.add_subplot(121))
    figure.add_subplot(122)
    (own, _), (legend, _) = boxes_of(figure)
    assert lies_in(legend, own)


def test_axes_at_places_of_their_own_are_not_alone_either():
    figure = Figure(figsize=(8, 4))
    ax, other = figure.add_axes((0.1, 0.2, 0.35, 0.7)), figure.add_axes((0.55, 0.2, 0.35, 0.7))
    for n_groups, long in ((3, False), (10, True)):
        LatentSpaceDisplay(Z, labels_of(n_groups, long)).plot(ax)
        own, legend = boxes_of(figure)[0][0], boxes_of(figure)[1][0]
        assert lies_in(legend, own) or legend.y1 < own.y0
        assert not overlap(legend, other.get_window_extent())
        assert lies_in(legend, figure.bbox)


@pytest.mark.parametrize(("layout", "stands_beside"), [("constrained", True), (None, False)])
def test_one_legend_for_several_planes_stands_right_of_them_where_there_is_room(layout, stands_beside):
    figure = Figure(figsize=(9.8, 4.3), layout=layout)
    ComparisonDisplay({"a": Z, "b": -Z}, labels_of(3, False)).plot(figure.subplots(1, 2))
    axes, legends = boxes_of(figure)
    assert legends[0] is None
    assert lies_in(legends[1], figure.bbox)
    assert (legends[1].x0 > axes[1].x1) == stands_beside


def test_one_legend_for_several_planes_does_not_stand_over_others():
    figure = Figure(figsize=(12, 4), layout="constrained")
    *planes, _ = figure.subplots(1, 3)
    ComparisonDisplay({"a": Z, "b": -Z}, labels_of(3, False)).plot(planes)
    axes, legends = boxes_of(figure)
    assert lies_in(legends[1], axes[1])


def test_curves_beside_others_keep_their_legends():
    X = load_iris().data
    figure = Figure(figsize=(11, 3.6))
    axes = figure.subplots(1, 3)
    TraversalDisplay.from_estimator(PCA(2).fit(X), X, 0, ax=axes[0])
    history = {"loss": [3.0, 2.0], "val_loss": [3.5, 3.0]}
    LossCurveDisplay({"VAE": history}).plot(axes[1])
    boxes, legends = boxes_of(figure)
    assert lies_in(legends[0], boxes[0])
    assert lies_in(legends[1], boxes[1])


def test_a_colour_bar_beside_others_takes_its_room_from_its_own_axes():
    figure = Figure(figsize=(11, 3.6))
    left, right, _ = figure.subplots(1, 3)
    for _ in range(2):
        LatentSpaceDisplay(Z, Z[:, 0], label_name="value", held_out=Z[:, 1] > 2).plot(left)
    LatentSpaceDisplay(Z).plot(right)
    figure.draw_without_rendering()
    assert left.child_axes[-1].get_tightbbox().x1 < right.get_tightbbox().x0
    assert left.get_window_extent().width > 0.1 * figure.bbox.width


def test_a_legend_in_the_axes_of_many_samples_warns_of_nothing(recwarn):
    mpl.use("Agg")
    figure = Figure()
    left, _ = figure.subplots(1, 2)
    LatentSpaceDisplay(np.random.default_rng(0).normal(size=(100_000, 2)), np.arange(100_000) % 3).plot(left)
    figure.draw_without_rendering()
    assert not recwarn.list
