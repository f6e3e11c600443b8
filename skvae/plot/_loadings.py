"""Draw the features that move most with each latent variable."""

import numpy as np

from skvae._look import FEW_COLORS, INK, inches_of, thin
from skvae._optional import import_optional
from skvae.inspection import loadings, top_features
from skvae.plot._arguments import several_axes
from skvae.plot._labels import shortened
from skvae.plot._style import name_points, wrapped

_UP, _DOWN = FEW_COLORS[0], FEW_COLORS[1]
_MOST_COLUMNS = 5
_PANEL_WIDTH = 3.1
_BAR_INCHES = 0.19
_LABELS = {
    "standardized": "standard deviations of the feature\nper standard deviation of the latent variable",
    "latent": "units of the data\nper standard deviation of the latent variable",
    "raw": "units of the data\nper 1 of the latent variable",
}


class LoadingsDisplay:
    """The features with the largest loadings on each latent variable, as bars, one panel for each.

    A bar to the right says that the feature rises with the latent variable, one to the left that it falls. What a
    loading is, and that it is a slope on the average, :func:`skvae.inspection.loadings` says.

    Parameters
    ----------
    loadings : DataFrame of shape (n_features, n_components)
        What :func:`skvae.inspection.loadings` returns.
    n_features : int, default=10
        How many features to draw for each latent variable.
    unit : str, default="loading"
        What the axes measure.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        The axes drawn on, one for each latent variable.
    figure_ : matplotlib Figure
        Their figure.

    See Also
    --------
    skvae.inspection.loadings : Measures them.
    TraversalDisplay : What is decoded along one latent variable, curved as it is.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.plot import LoadingsDisplay
    >>> X = load_iris(as_frame=True).data
    >>> display = LoadingsDisplay.from_estimator(PCA(2).fit(X), X)
    >>> [tick.get_text() for tick in display.axes_[0].get_yticklabels()][0]
    'petal length (cm)'
    >>> plt.close(display.figure_)
    """

    def __init__(self, loadings, *, n_features=10, unit="loading"):
        self.loadings = loadings
        self.n_features = n_features
        self.unit = unit

    @classmethod
    def from_estimator(cls, estimator, X, *, n_features=10, scale="standardized", ax=None):
        """Measure loadings and draw them.

        Parameters
        ----------
        estimator : fitted transformer or Pipeline
            Anything with ``transform`` and ``inverse_transform``.
        X : array-like of shape (n_samples, n_features)
            The samples over which slopes are averaged.
        n_features : int, default=10
            How many features to draw for each latent variable.
        scale : {"standardized", "latent", "raw"}, default="standardized"
            Unit of the loadings, see :func:`skvae.inspection.loadings`.
        ax : array-like of matplotlib Axes, default=None
            One for each latent variable. By default those of a new figure of pyplot.

        Returns
        -------
        display : LoadingsDisplay
            The drawn display.
        """
        return cls(loadings(estimator, X, scale=scale), n_features=n_features, unit=_LABELS[scale]).plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : array-like of matplotlib Axes, default=None
            One for each latent variable. By default those of a new figure of pyplot.

        Returns
        -------
        self : LoadingsDisplay
            Itself, with ``axes_`` and ``figure_``.

        Raises
        ------
        TypeError
            If `ax` holds anything but matplotlib Axes.
        ValueError
            If loadings are not finite, or there are not as many axes as latent variables.
        """
        tops = [top for _, top in top_features(self.loadings, self.n_features).groupby("component", sort=False)]
        if ax is None:
            axes = _new_axes(len(tops), len(tops[0]))
        else:
            axes = several_axes(ax, {len(tops)}, f"{len(tops)} latent variables")
        widest = max(np.abs(top["loading"]).max() for top in tops) or 1.0
        drawn = [name for top in tops for name in top["feature"]]
        labels = dict(zip(drawn, shortened(drawn), strict=True))
        for axis, top in zip(axes, tops, strict=True):
            _draw_bars(axis, top, widest, labels)
            if ax is not None:  # a figure of its own says it once
                # To the left it has the room below the names.
                axis.set_xlabel(wrapped(self.unit, 1.3 * inches_of(axis)[0]), fontsize="small", color=INK, loc="right")
        self.axes_, self.figure_ = axes, axes[0].get_figure(root=True)
        if ax is None:
            self.figure_.supxlabel(self.unit, fontsize="small", color=INK)
        return self


def _new_axes(n_panels, n_bars):
    """Make a figure of pyplot with a panel for each latent variable, at most five in a row."""
    pyplot = import_optional("matplotlib.pyplot", extra="plot", purpose="Drawing")
    n_rows = -(-n_panels // _MOST_COLUMNS)
    n_columns = -(-n_panels // n_rows)
    size = (_PANEL_WIDTH * n_columns, (_BAR_INCHES * n_bars + 0.7) * n_rows + 0.5)
    _, axes = pyplot.subplots(n_rows, n_columns, figsize=size, squeeze=False, layout="constrained")
    for axis in axes.flat[n_panels:]:
        axis.remove()
    return axes.flat[:n_panels]


def _draw_bars(ax, top, widest, labels):
    """Draw the bars of one latent variable, the largest above."""
    colors = np.where(top["loading"] >= 0, _UP, _DOWN)
    thin(ax)  # before the names of the features become the ticks
    ax.barh(top["rank"], top["loading"], height=0.72, color=colors)
    ax.axvline(0, color=INK, linewidth=0.6)
    names = [labels[name] for name in top["feature"]]
    ax.set_yticks(top["rank"], names, fontsize=name_points(ax, names))
    ax.set(xlim=(-1.05 * widest, 1.05 * widest), ylim=(len(top) + 0.6, 0.4))
    ax.set_title(str(top["component"].iloc[0]), fontsize="medium", fontweight="bold")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
