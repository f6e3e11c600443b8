"""Draw how a search went: scores round by round, or against the size of the networks."""

from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from skvae._look import FEW_COLORS, INK, thin
from skvae._validation import is_number, listed
from skvae.plot._arguments import check_ax
from skvae.plot._explain import explain
from skvae.plot._style import name_axes, new_ax

_SIZES = {"units": "hidden units", "layers": "hidden layers"}
_BASELINE_ROUND = -1
# Scores are far below if they are so many times as far from the median as the best, or as the lower quartile.
_FAR = 10


class SearchDisplay:
    """The candidates of a search: score by round, or against the size of the network.

    By round, each candidate is a dot, filled if it came into the population; thin lines join parents and children, a
    thick one shows the best score so far, and a dashed one the baseline. Against the size, a ring shows the best.
    Candidates whose fit failed are left out; scores so far below the others that these would look alike lie under the
    axes, which say so.

    Parameters
    ----------
    table : DataFrame
        A row for each candidate: ``score``; ``layers``, a tuple of layer sizes or None where there are none; and, for
        pictures by round, ``round``, ``parent`` and ``accepted`` as
        :class:`~skvae.model_selection.EvolutionarySearchCV` gives them.
    score_name : str, default="score"
        Name of the axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    skvae.model_selection.EvolutionarySearchCV : Searches for layer sizes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skvae.plot import SearchDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> sizes = {"hidden_layer_sizes": [(4,), (8,), (8, 4)]}
    >>> search = GridSearchCV(MLPClassifier(solver="lbfgs", max_iter=500, random_state=0), sizes, cv=2)
    >>> display = SearchDisplay.from_estimator(search.fit(X, y))
    >>> display.ax_.get_xlabel()
    'hidden units'
    >>> plt.close(display.figure_)

    An :class:`~skvae.model_selection.EvolutionarySearchCV` is drawn round by round.
    """

    def __init__(self, table, *, score_name="score"):
        self.table = table
        self.score_name = score_name

    @classmethod
    def from_estimator(cls, search, *, metric=None, against=None, ax=None):
        """Take the results of a search and draw them.

        Parameters
        ----------
        search : fitted EvolutionarySearchCV, or another search of scikit-learn over layer sizes
            Those that know no rounds are drawn against the size.
        metric : str, default=None
            Which of several metrics; by default the one that `refit` names.
        against : {"round", "units", "layers"} or None, default=None
            As in `plot`.
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.

        Returns
        -------
        display : SearchDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If it is no search.
        ValueError
            If the search has no such metric, or not exactly one parameter of layer sizes.
        """
        if not hasattr(search, "refit"):
            raise TypeError(f"A search is drawn, such as an EvolutionarySearchCV, but got a {type(search).__name__}.")
        check_is_fitted(search, "cv_results_")
        results = search.cv_results_
        name = metric or (search.refit if f"mean_test_{search.refit}" in results else "score")
        if f"mean_test_{name}" not in results:
            known = [key.removeprefix("mean_test_") for key in results if key.startswith("mean_test_")]
            raise ValueError(f"The search has no metric {name!r}: pass as metric one of {listed(known)}.")
        table = pd.DataFrame({"score": results[f"mean_test_{name}"]})
        table["layers"] = _layers_of(search)
        for column in ("round", "parent", "accepted"):
            if column in results:
                table[column] = results[column]
        label = name.replace("_", " ")
        return cls(table, score_name=f"{label}, mean of the splits").plot(ax, against=against)

    def plot(self, ax=None, *, against=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.
        against : {"round", "units", "layers"} or None, default=None
            What the horizontal axis is: the round, the number of hidden units, or that of hidden layers. None is the
            round, where there are rounds, and else the units.

        Returns
        -------
        self : SearchDisplay
            Itself, with ``ax_`` and ``figure_``.

        Raises
        ------
        TypeError
            If `ax` is no matplotlib Axes.
        ValueError
            If there are no rounds to draw by, no finite score, or sizes are shares and no numbers of units.
        """
        check_ax(ax)
        has_rounds = "round" in self.table
        against = against or ("round" if has_rounds else "units")
        if against not in ("round", *_SIZES):
            raise ValueError(f"against must be 'round', 'units' or 'layers', but is {against!r}.")
        if against == "round" and not has_rounds:
            raise ValueError("This search has no rounds: draw it against='units' or against='layers'.")
        if not np.isfinite(self._scores_of_candidates()).any():
            raise ValueError("No candidate has a finite score, so there is nothing to draw.")
        x = self.table["round"].to_numpy() if against == "round" else self._sizes(against)
        ax = new_ax(6.4, 4.2) if ax is None else ax
        (_draw_rounds if against == "round" else _draw_sizes)(ax, self.table, x)
        name_axes(ax, _SIZES.get(against, "round"), self.score_name)
        thin(ax)
        ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        _leave_out_far_below(ax, self.table["score"].to_numpy(dtype=float))
        self.ax_, self.figure_ = ax, ax.get_figure(root=True)
        return self

    def _scores_of_candidates(self):
        """Return the scores but for that of the baseline."""
        if "round" not in self.table:
            return self.table["score"]
        return self.table["score"][self.table["round"] != _BASELINE_ROUND]

    def _sizes(self, against):
        """Return the size of each candidate, NaN for what has no layers."""
        shares = [
            layers for layers in self.table["layers"] if layers and not all(isinstance(n, Integral) for n in layers)
        ]
        if against == "units" and shares:
            raise ValueError(f"Sizes such as {shares[0]} are shares of the features: draw against='layers'.")
        count = sum if against == "units" else len
        return np.array([np.nan if layers is None else count(layers) for layers in self.table["layers"]], float)


def _layers_of(search):
    """Return the layer sizes of each row, None where it has none."""
    results = search.cv_results_
    columns = {name: [_as_layers(value) for value in results[name]] for name in results if name.startswith("param_")}
    named = f"param_{getattr(search, 'architecture_param_', None)}"
    found = (
        [named] if named in columns else [name for name, rows in columns.items() if any(r is not None for r in rows)]
    )
    if len(found) != 1:
        shown = listed([name.removeprefix("param_") for name in found]) if found else "none"
        raise ValueError(
            f"A search over layer sizes has one parameter whose values are tuples of numbers, but here it is {shown}."
        )
    return pd.Series(columns[found[0]], dtype=object)


def _as_layers(value):
    """Return a tuple of layer sizes, or None if it is something else."""
    is_list = isinstance(value, tuple | list) and all(is_number(size) for size in value)
    return tuple(value) if is_list else None


def _draw_rounds(ax, table, rounds):
    """Draw each candidate at its round, its descent, the best so far, and the baseline."""
    scores, accepted = table["score"].to_numpy(), table["accepted"].to_numpy()
    evolved = (rounds != _BASELINE_ROUND) & np.isfinite(scores)
    descent = {"color": INK, "lw": 0.5, "alpha": float(np.clip(20 / len(table), 0.06, 0.35)), "zorder": 1}
    for row in np.flatnonzero(evolved & (table["parent"].to_numpy() >= 0)):
        parent = table["parent"].iloc[row]
        ax.plot([rounds[parent], rounds[row]], [scores[parent], scores[row]], **descent)
    for rows, face, label in (
        (evolved & accepted, FEW_COLORS[0], "accepted"),
        (evolved & ~accepted, "white", "not accepted"),
    ):
        ax.scatter(
            rounds[rows], scores[rows], color=face, edgecolor=FEW_COLORS[0], zorder=3, label=label, **_dots(len(table))
        )
    best = pd.Series(scores[evolved]).groupby(rounds[evolved]).max().cummax()
    ax.plot(best.index, best, color=FEW_COLORS[1], lw=2, zorder=4, label="best so far")
    ax.set_xlim(rounds[evolved].min() - 0.4, rounds[evolved].max() + 0.4)
    _draw_baseline(ax, scores[rounds == _BASELINE_ROUND])
    explain(ax, ax.get_legend_handles_labels()[0])


def _draw_sizes(ax, table, sizes):
    """Draw each candidate at its size, with a ring around the best."""
    scores = table["score"].to_numpy(dtype=float)
    is_baseline = table["round"].to_numpy() == _BASELINE_ROUND if "round" in table else np.zeros(len(table), bool)
    ax.scatter(sizes, scores, color=FEW_COLORS[0], alpha=0.8, edgecolor="white", **_dots(len(table)))
    evolved = np.flatnonzero(np.isfinite(scores) & np.isfinite(sizes) & ~is_baseline)
    if len(evolved):
        best = evolved[scores[evolved].argmax()]
        ring = {"facecolor": "none", "edgecolor": FEW_COLORS[1], "lw": 1.8, "zorder": 4, "label": "best"}
        ax.scatter(sizes[best], scores[best], s=90, **ring)
    _draw_baseline(ax, scores[is_baseline])
    explain(ax, ax.get_legend_handles_labels()[0])


def _dots(n_candidates):
    """Return how large candidates are drawn."""
    return {"s": float(np.clip(2600 / n_candidates, 7, 26)), "lw": 0.9 if n_candidates < 200 else 0.5}


def _draw_baseline(ax, scores):
    """Draw the score of the baseline, if there is one, across the axes."""
    for score in scores[np.isfinite(scores)]:
        ax.axhline(score, color=INK, lw=1, ls="--", zorder=1, label="baseline")


def _leave_out_far_below(ax, scores):
    """Cut off scores so far below the others that these would look alike."""
    scores = scores[np.isfinite(scores)]
    lower, middle, best = np.quantile(scores, [0.25, 0.5, 1])
    fence = middle - _FAR * max(best - middle, middle - lower)
    n_below = int((scores < fence).sum())
    if not n_below or best == fence:
        return
    kept = scores[scores >= fence]
    room = 0.06 * (np.ptp(kept) or 1.0)
    ax.set_ylim(kept.min() - 2 * room, kept.max() + room)
    text = f"{n_below} more below, down to {scores.min():.3g}"
    ax.text(0.99, 0.01, text, transform=ax.transAxes, ha="right", va="bottom", fontsize="x-small", color=INK)
