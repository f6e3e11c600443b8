"""What no display can draw on, or take for estimators: told in the same words by all."""

import inspect

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA

from skvae import plot
from skvae.model_selection import compare_transformers

X = load_iris().data
PCA_OF_IRIS = PCA(2).fit(X)
HISTORY = {"loss": [2.0, 1.0]}
DISPLAYS = {
    "ComparisonDisplay": plot.ComparisonDisplay({"PCA": X[:, :2], "other": X[:, 2:]}),
    "LatentGridDisplay": plot.LatentGridDisplay(np.eye(3), (0, 1, 0, 1)),
    "LatentSpaceDisplay": plot.LatentSpaceDisplay(X),
    "LoadingsDisplay": plot.LoadingsDisplay(pd.DataFrame(np.eye(4, 2), list("abcd"), ["z0", "z1"])),
    "LossCurveDisplay": plot.LossCurveDisplay({"VAE": HISTORY}, kl_per_component={"VAE": [1.0]}),
    "ReconstructionDisplay": plot.ReconstructionDisplay(X, X + 1),
    "SearchDisplay": plot.SearchDisplay(pd.DataFrame({"score": [1.0, 2.0], "layers": [(1,), (2,)]})),
    "TraversalDisplay": plot.TraversalDisplay(pd.DataFrame(X[:4])),
}
SINGLE = [name for name, display in DISPLAYS.items() if not hasattr(type(display), "from_estimators")]
SINGLE.remove("LoadingsDisplay")


def test_all_displays_are_here():
    assert list(DISPLAYS) == plot.__all__


@pytest.mark.parametrize("name", SINGLE)
def test_one_panel_does_not_take_an_array_of_axes(name):
    with pytest.raises(TypeError, match="one panel, so ax must be one matplotlib Axes, but it holds 2: give one"):
        DISPLAYS[name].plot(ax=Figure().subplots(1, 2))
    axes = Figure().subplots(2, 2)
    assert DISPLAYS[name].plot(ax=axes[1, 0]).ax_ is axes[1, 0]


@pytest.mark.parametrize("name", DISPLAYS)
def test_a_figure_is_no_axes(name):
    with pytest.raises(TypeError, match=r"matplotlib Axes, but (is|holds) a Figure\. Give figure\.subplots"):
        DISPLAYS[name].plot(ax=Figure())


@pytest.mark.parametrize("name", sorted({*DISPLAYS} - {*SINGLE}))
def test_arrays_of_axes_hold_nothing_else(name):
    with pytest.raises(TypeError, match="must be an array of matplotlib Axes, but holds a str"):
        DISPLAYS[name].plot(ax=["left", "right"])
    with pytest.raises(ValueError, match="need as many axes, but ax holds 12"):
        DISPLAYS[name].plot(ax=Figure().subplots(3, 4))
    assert len(DISPLAYS[name].plot(ax=list(Figure().subplots(1, 2))).axes_) == 2


@pytest.mark.parametrize("name", DISPLAYS)
def test_every_display_takes_ax_by_name(name):
    assert inspect.signature(DISPLAYS[name].plot).parameters["ax"].default is None


@pytest.mark.parametrize("estimators", [[PCA_OF_IRIS, PCA_OF_IRIS], PCA_OF_IRIS])
@pytest.mark.parametrize("name", ["ComparisonDisplay", "LossCurveDisplay"])
def test_several_estimators_have_names(name, estimators):
    arguments = (estimators, X) if name == "ComparisonDisplay" else (estimators,)
    kind = "list" if isinstance(estimators, list) else "PCA"
    expected = rf"estimators must be a dict from a name to its estimator, such as .*'PCA'.*, but is a {kind}\."
    with pytest.raises(TypeError, match=expected):
        getattr(plot, name).from_estimators(*arguments)


def test_what_is_drawn_of_several_has_names():
    with pytest.raises(TypeError, match="codes must be a dict from a name to its codes"):
        plot.ComparisonDisplay(X).plot()
    with pytest.raises(TypeError, match="histories must be a dict from a name to its history"):
        plot.LossCurveDisplay([HISTORY]).plot()


@pytest.mark.parametrize("wrong", [X, {"PCA": PCA_OF_IRIS}])
def test_a_comparison_is_what_was_compared(wrong):
    with pytest.raises(TypeError, match=r"is a (ndarray|dict): give what .*compare_transformers.*from_estimators"):
        plot.ComparisonDisplay.from_comparison(wrong)


@pytest.mark.parametrize("components", [(0, 0), (0, 2), (1,), (), (0, 1, 1), 1, None, "ab"])
def test_a_plane_has_two_different_latent_variables(components):
    expected = r"two of the 2 latent variables, counted from 0, but are .*: give two different ones, such as \(0, 1\)"
    with pytest.raises(ValueError, match=expected):
        plot.LatentSpaceDisplay.from_estimator(PCA_OF_IRIS, X, components=components)
    with pytest.raises(ValueError, match=expected):
        plot.LatentSpaceDisplay(X[:, :2]).plot(components=components)
    with pytest.raises(ValueError, match=expected):
        plot.LatentGridDisplay.from_estimator(PCA_OF_IRIS, X=X, feature=0, components=components)


@pytest.mark.parametrize("components", [(0, 1), 0])
def test_what_is_decoded_of_a_plane_needs_two_latent_variables(components):
    pca = PCA(1).fit(X)
    with pytest.raises(ValueError, match=r"needs two latent variables, but there is one: .* TraversalDisplay"):
        plot.LatentGridDisplay.from_estimator(pca, X=X, feature=0, components=components)


@pytest.mark.parametrize("legend", ["nope", None, 1, ["on data"]])
def test_a_legend_that_is_no_choice_is_refused_everywhere(legend):
    with pytest.raises(ValueError, match=r"'legend' parameter of LatentSpaceDisplay\.from_estimator .* {'on data'}"):
        plot.LatentSpaceDisplay.from_estimator(PCA_OF_IRIS, X, X[:, 0] > 6, legend=legend)
    with pytest.raises(ValueError, match=r"'legend' parameter of LatentSpaceDisplay\.plot .* {'on data'}"):
        plot.LatentSpaceDisplay(X).plot(legend=legend)


def test_metrics_of_a_comparison_are_several():
    comparison = compare_transformers({"a": PCA(1), "b": PCA(2)}, X, n_repeats=1, random_state=0)
    with pytest.raises(
        ValueError, match=r"'metrics' parameter .* must be an array-like or None. Got 'trustworthiness'"
    ):
        plot.ComparisonDisplay.from_comparison(comparison, metrics="trustworthiness")
