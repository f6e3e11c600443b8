"""The picture of a search: what is drawn where."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from toys import Toy, units

from skvae.model_selection import EvolutionarySearchCV
from skvae.plot import SearchDisplay

X = np.random.default_rng(0).normal(size=(30, 3))


def axes():
    """Make axes without pyplot."""
    return Figure(layout="constrained").subplots()


@pytest.fixture(scope="module")
def search():
    return EvolutionarySearchCV(Toy(), baseline=Toy((97, 30)), population_size=4, n_rounds=3, random_state=0).fit(X)


def drawn(ax):
    """Return the points of the scatters, by label."""
    return {points.get_label(): np.asarray(points.get_offsets()) for points in ax.collections}


def candidates(ax):
    """Return the points of a picture by size."""
    return np.asarray(ax.collections[0].get_offsets())


def test_each_candidate_is_a_dot_at_its_round(search):
    display = SearchDisplay.from_estimator(search, ax=axes())
    display.figure_.draw_without_rendering()
    results = search.cv_results_
    for label, accepted in (("accepted", True), ("not accepted", False)):
        rows = (results["accepted"] == accepted) & (results["round"] >= 0)
        expected = np.column_stack([results["round"], results["mean_test_score"]])[rows]
        np.testing.assert_allclose(drawn(display.ax_)[label], expected)
    assert display.ax_.get_xlabel() == "round"
    assert display.ax_.get_ylabel() == "score, mean of the splits"


def test_lines_show_descent_the_best_and_the_baseline(search):
    ax = SearchDisplay.from_estimator(search, ax=axes()).ax_
    results = search.cv_results_
    scores, rounds = results["mean_test_score"], results["round"]
    lines = {line.get_label(): line for line in ax.lines}
    best = [scores[1:][rounds[1:] <= number].max() for number in range(4)]
    np.testing.assert_allclose(lines["best so far"].get_ydata(), best)
    np.testing.assert_allclose(lines["baseline"].get_ydata(), scores[0])
    joined = {tuple(line.get_ydata()) for line in ax.lines if line.get_label().startswith("_")}
    born = np.flatnonzero(results["parent"] >= 0)
    assert joined == {(scores[results["parent"][row]], scores[row]) for row in born}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "accepted",
        "not accepted",
        "best so far",
        "baseline",
    ]


@pytest.mark.parametrize(("against", "size"), [("units", sum), ("layers", len)])
def test_scores_are_drawn_against_the_size(search, against, size):
    ax = SearchDisplay.from_estimator(search, against=against, ax=axes()).ax_
    sizes = [size(layers) for layers in search.cv_results_["param_encoder"][1:]]
    points = candidates(ax)[1:]
    np.testing.assert_allclose(points, np.column_stack([sizes, search.cv_results_["mean_test_score"][1:]]))
    assert ax.get_xlabel() == f"hidden {against}"
    assert ax.lines[0].get_label() == "baseline"


def test_failed_candidates_are_left_out():
    layers = [(1,), (2,), (3,)]
    lineage = {"round": [0, 0, 1], "parent": [-1, -1, 1], "accepted": [True, True, True]}
    table = pd.DataFrame({"score": [1.0, np.nan, 2.0], "layers": layers, **lineage})
    ax = SearchDisplay(table).plot(axes()).ax_
    np.testing.assert_allclose(drawn(ax)["accepted"], [[0, 1], [1, 2]])
    with pytest.raises(ValueError, match="No candidate has a finite score"):
        SearchDisplay(table.assign(score=np.nan)).plot(axes())


def test_a_grid_search_is_drawn_against_the_size():
    grid = [{"encoder": [(8,), (40, 8)], "fails_from": [9, 10]}, {"encoder": [(90,)]}]
    search = GridSearchCV(Toy(), grid, cv=2, scoring={"units": units, "near": Toy.score}, refit="near").fit(X)
    ax = SearchDisplay.from_estimator(search, ax=axes()).ax_
    np.testing.assert_allclose(candidates(ax)[:, 0], [8, 8, 48, 48, 90])
    assert ax.get_ylabel() == "near, mean of the splits"
    other = SearchDisplay.from_estimator(search, metric="units", ax=axes()).ax_
    np.testing.assert_allclose(candidates(other)[:, 1], [8, 8, 48, 48, 90])
    with pytest.raises(ValueError, match="no rounds: draw it against='units'"):
        SearchDisplay.from_estimator(search, against="round", ax=axes())
    with pytest.raises(ValueError, match=r"no metric 'far': pass as metric one of 'units', 'near'"):
        SearchDisplay.from_estimator(search, metric="far", ax=axes())


def test_candidates_without_layers_are_left_out():
    search = GridSearchCV(Toy(), [{"encoder": [(8,), (9,)]}, {"fails_from": [9]}], cv=2).fit(X)
    sizes = candidates(SearchDisplay.from_estimator(search, ax=axes()).ax_)[:, 0]
    np.testing.assert_array_equal(np.ma.filled(sizes, np.nan), [8, 9, np.nan])


def test_what_has_no_layers_is_an_error():
    with pytest.raises(ValueError, match="here it is none"):
        SearchDisplay.from_estimator(GridSearchCV(Toy(), {"fails_from": [9]}, cv=2).fit(X))
    with pytest.raises(NotFittedError):
        SearchDisplay.from_estimator(GridSearchCV(Toy(), {"fails_from": [9]}))
    shares = SearchDisplay(pd.DataFrame({"score": [1.0], "layers": [(0.5,)]}))
    with pytest.raises(ValueError, match="shares of the features: draw against='layers'"):
        shares.plot(axes())
    assert shares.plot(axes(), against="layers").ax_.get_xlabel() == "hidden layers"
    with pytest.raises(ValueError, match="against must be 'round', 'units' or 'layers'"):
        shares.plot(axes(), against="depth")


def test_by_default_it_makes_a_figure_of_its_own(search):
    mpl.use("Agg")
    from matplotlib import pyplot

    display = SearchDisplay.from_estimator(search)
    assert display.figure_ is pyplot.gcf()
    pyplot.close(display.figure_)


def test_a_ring_marks_the_best_candidate_and_not_the_baseline():
    table = pd.DataFrame({"score": [9.0, 1.0, 3.0, np.nan], "layers": [(50,), (10,), (20, 5), (7,)]})
    ax = SearchDisplay(table.assign(round=[-1, 0, 0, 1], parent=-1, accepted=True)).plot(axes(), against="units").ax_
    np.testing.assert_array_equal(drawn(ax)["best"], [[25, 3]])
    ax = SearchDisplay(table).plot(axes()).ax_
    np.testing.assert_array_equal(drawn(ax)["best"], [[50, 9]])


def test_a_score_far_below_does_not_make_the_others_alike():
    scores = np.r_[np.linspace(0.4, 0.9, 20), -1e6]
    table = pd.DataFrame({"score": scores, "layers": [(i + 1,) for i in range(21)]})
    ax = SearchDisplay(table).plot(axes()).ax_
    assert 0 < ax.get_ylim()[0] < 0.4
    assert [text.get_text() for text in ax.texts] == ["1 more below, down to -1e+06"]
    even = SearchDisplay(table.iloc[:20]).plot(axes()).ax_
    assert not even.texts


def test_what_is_no_search_is_told():
    with pytest.raises(TypeError, match="such as an EvolutionarySearchCV, but got a Toy"):
        SearchDisplay.from_estimator(Toy().fit(X))


def test_a_baseline_alone_is_nothing_to_draw(search):
    table = SearchDisplay.from_estimator(search, ax=axes()).table.copy()
    table.loc[table["round"] >= 0, "score"] = np.nan
    for against in ("round", "units"):
        with pytest.raises(ValueError, match="No candidate has a finite score"):
            SearchDisplay(table).plot(axes(), against=against)
