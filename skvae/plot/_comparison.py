"""Draw the codes of several estimators side by side, and what was measured of them."""

import numpy as np

from skvae._compat import validate_params
from skvae._optional import import_optional
from skvae._validation import listed
from skvae.plot._arguments import check_named, several_axes
from skvae.plot._bars import draw_measure
from skvae.plot._codes import codes_of
from skvae.plot._labels import shortened
from skvae.plot._latent_space import LatentSpaceDisplay

_MOST_COLUMNS = 3
_PANEL_INCHES = 4.2
_MEASURE_COLUMNS = 4


class ComparisonDisplay:
    """The latent planes of several estimators side by side, with one legend; below them bars of what was measured.

    Each measure has axes of its own, which say whether lower or higher is better. Whiskers reach one standard
    deviation over the splits to both sides. Where the estimators differ by less than 15 % of the largest mean, dots on
    axes that do not begin at 0 take the place of the bars.

    Parameters
    ----------
    codes : dict of str to array-like or DataFrame of shape (n_samples, n_components)
        By the title of its panel, each estimator's latent variables for the same samples.
    labels : array-like of shape (n_samples,), default=None
        Labels or values for the colours.
    held_out : array-like of bool of shape (n_samples,), default=None
        Samples that the fits did not see, drawn with a dark edge.
    table : DataFrame, default=None
        What was measured: a row for each estimator; measures, each with ``mean`` and ``std``, across.
    better : dict of str to {"lower", "higher", ""}, default=None
        The measures to draw, and which way is better.
    headings : dict of str to str, default=None
        Titles of the measures; those without one have their name.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        The axes drawn on, in the order of `codes`, and then those of the measures.
    figure_ : matplotlib Figure
        Their figure.
    displays_ : list of LatentSpaceDisplay
        The planes.

    See Also
    --------
    skvae.model_selection.compare_transformers : Measures estimators on the same splits.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA, TruncatedSVD
    >>> from skvae.model_selection import compare_transformers
    >>> from skvae.plot import ComparisonDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> estimators = {"PCA": PCA(2), "SVD": TruncatedSVD(2)}
    >>> comparison = compare_transformers(estimators, X, y, n_repeats=2, random_state=0)
    >>> display = ComparisonDisplay.from_comparison(comparison)
    >>> [ax.get_title() for ax in display.axes_[:3]]
    ['PCA', 'SVD', 'reconstruction error']

    Estimators that are fitted already:

    >>> estimators = {name: estimator.fit(X) for name, estimator in estimators.items()}
    >>> display = ComparisonDisplay.from_estimators(estimators, X, y)
    >>> plt.close("all")
    """

    def __init__(self, codes, labels=None, *, held_out=None, table=None, better=None, headings=None):
        self.codes = codes
        self.labels = labels
        self.held_out = held_out
        self.table = table
        self.better = better
        self.headings = headings

    @classmethod
    def from_estimators(cls, estimators, X, y=None, *, held_out=None, ax=None):
        """Transform samples with each estimator and draw their codes.

        Parameters
        ----------
        estimators : dict of str to fitted transformer or Pipeline
            Anything with ``transform``, by the title of its panel.
        X : array-like of shape (n_samples, n_features)
            The samples.
        y : array-like of shape (n_samples,), default=None
            Labels or values for the colours.
        held_out : array-like of bool of shape (n_samples,), default=None
            Samples that the fits did not see, drawn with a dark edge.
        ax : array-like of matplotlib Axes, default=None
            One for each estimator. By default those of a new figure of pyplot.

        Returns
        -------
        display : ComparisonDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the estimators have no names.
        """
        check_named(estimators, "estimators")
        codes = {name: codes_of(estimator, X) for name, estimator in estimators.items()}
        return cls(codes, y, held_out=held_out).plot(ax=ax)

    @classmethod
    @validate_params({"metrics": ["array-like", None]}, prefer_skip_nested_validation=False)
    def from_comparison(cls, comparison, y=None, *, metrics=None, ax=None):
        """Draw what :func:`~skvae.model_selection.compare_transformers` found, without another fit.

        Parameters
        ----------
        comparison : TransformerComparison
            What `compare_transformers` returned.
        y : array-like of shape (n_samples,), default=None
            Labels or values for the colours; None takes the labels of the comparison.
        metrics : list of str, default=None
            The measures to draw, columns of `comparison.table`. None draws those that `comparison.ranking` counts, as
            far as they were measured; an empty list draws the planes alone.
        ax : array-like of matplotlib Axes, default=None
            One for each estimator, or one for each estimator and one for each measure. By default those of a new figure
            of pyplot.

        Returns
        -------
        display : ComparisonDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If it is no comparison.
        ValueError
            If a measure is not in the table.
        """
        if not hasattr(comparison, "measures"):
            raise TypeError(
                f"comparison is a {type(comparison).__name__}: give what skvae.model_selection.compare_transformers "
                "returns, or draw fitted estimators with ComparisonDisplay.from_estimators."
            )
        measures = comparison.measures
        if metrics is None:
            metrics = [name for name, measure in measures.items() if measure.judged]
        unknown = [name for name in metrics if name not in measures]
        if unknown:
            raise ValueError(f"{unknown[0]!r} was not measured: metrics may be {listed(list(measures), limit=20)}.")
        shown = {
            "better": {name: measures[name].better for name in metrics},
            "headings": {name: measures[name].heading for name in metrics},
        }
        labels = comparison.labels if y is None else y
        options = {"held_out": comparison.held_out, "table": comparison.table}
        return cls(comparison.codes, labels, **options, **shown).plot(ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : array-like of matplotlib Axes, default=None
            One for each plane, or one for each plane and each measure. By default those of a new figure of pyplot.

        Returns
        -------
        self : ComparisonDisplay
            Itself, with ``axes_``, ``figure_`` and ``displays_``.

        Raises
        ------
        TypeError
            If `ax` holds anything but matplotlib Axes, or the codes have no names.
        ValueError
            If there are no codes, or not as many axes.
        """
        check_named(self.codes, "codes", "codes")
        if not self.codes:
            raise ValueError("There are no codes to draw.")
        measures = dict(self.better or {}) if self.table is not None else {}
        n_planes, n_all = len(self.codes), len(self.codes) + len(measures)
        displays = [LatentSpaceDisplay(codes, self.labels, held_out=self.held_out) for codes in self.codes.values()]
        for display in displays:
            display._checked()  # before a figure is made
        either = f"{n_planes} or, with the measures, {n_all}" if measures else n_planes
        if ax is None:
            axes = self._new_axes(n_planes, len(measures))
        else:
            axes = several_axes(ax, {n_planes, n_all}, f"{either} panels")
        self._draw_planes(axes[:n_planes], displays)
        headings = self.headings or {}
        for axis, (name, better) in zip(axes[n_planes:], measures.items(), strict=False):
            draw_measure(axis, headings.get(name, name), self.table[name, "mean"], self.table[name, "std"], better)
        if ax is None:
            _name_the_first(axes[n_planes:])
        self.displays_ = displays
        self.axes_, self.figure_ = np.asarray(axes), axes[0].get_figure(root=True)
        return self

    def _draw_planes(self, axes, displays):
        """Draw the codes, with one legend right of the first row."""
        legend_at = min(_MOST_COLUMNS, len(axes)) - 1
        titles = shortened(self.codes)
        for i, (axis, title, display) in enumerate(zip(axes, titles, displays, strict=True)):
            display._draw(axis, legend=i == legend_at, is_shared=True)
            axis.set_title(title, fontsize="large", fontweight="bold")

    def _new_axes(self, n_planes, n_measures):
        """Make a figure of pyplot with panels in rows: one for each estimator, and below one for each measure."""
        pyplot = import_optional("matplotlib.pyplot", extra="plot", purpose="Drawing")
        n_columns = min(_MOST_COLUMNS, n_planes)
        heights = [_PANEL_INCHES * -(-n_planes // n_columns)]
        n_rows = -(-n_measures // _MEASURE_COLUMNS)
        if n_measures:
            heights.append((0.9 + 0.2 * len(self.table)) * n_rows)
        # The legend takes about a third of a panel.
        figure = pyplot.figure(figsize=(_PANEL_INCHES * (n_columns + 0.35), sum(heights)), layout="constrained")
        parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
        axes = list(_filled(parts[0], n_planes, n_columns))
        return axes + list(_filled(parts[1], n_measures, -(-n_measures // n_rows))) if n_measures else axes


def _filled(part, n_panels, n_columns):
    """Make panels in rows."""
    axes = part.subplots(-(-n_panels // n_columns), n_columns, squeeze=False)
    for axis in axes.flat[n_panels:]:
        axis.remove()
    return axes.flat[:n_panels]


def _name_the_first(axes):
    """Name the estimators once in each row of panels."""
    for axis in axes:
        if not axis.get_subplotspec().is_first_col():
            axis.set_yticklabels([])
