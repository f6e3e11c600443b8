"""Draw the codes of several estimators side by side."""

import numpy as np

from skvae._optional import import_optional
from skvae.plot._codes import codes_of
from skvae.plot._latent_space import LatentSpaceDisplay

_MOST_COLUMNS = 3
_PANEL_INCHES = 4.2


class ComparisonDisplay:
    """The latent planes of several estimators side by side, with one legend.

    Parameters
    ----------
    codes : dict of str to array-like or DataFrame of shape (n_samples, n_components)
        By the title of its panel, each estimator's latent variables for the same samples.
    labels : array-like of shape (n_samples,), default=None
        Labels for the colours.
    held_out : array-like of bool of shape (n_samples,), default=None
        Samples that the fits did not see, drawn with a dark edge.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        The axes drawn on, in the order of `codes`.
    figure_ : matplotlib Figure
        Their figure.
    displays_ : list of LatentSpaceDisplay
        The panels.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA, TruncatedSVD
    >>> from skvae.plot import ComparisonDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> estimators = {"PCA": PCA(2).fit(X), "SVD": TruncatedSVD(2).fit(X)}
    >>> display = ComparisonDisplay.from_estimators(estimators, X, y)  # doctest: +SKIP

    What `compare_transformers` measured can be drawn without another fit:

    >>> from skvae.model_selection import compare_transformers
    >>> comparison = compare_transformers(estimators, X, y, n_repeats=2, random_state=0)
    >>> display = ComparisonDisplay(comparison.codes, y, held_out=comparison.held_out)
    >>> display = display.plot()  # doctest: +SKIP
    """

    def __init__(self, codes, labels=None, *, held_out=None):
        self.codes = codes
        self.labels = labels
        self.held_out = held_out

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
            Labels for the colours.
        held_out : array-like of bool of shape (n_samples,), default=None
            Samples that the fits did not see, drawn with a dark edge.
        ax : array-like of matplotlib Axes, default=None
            One for each estimator. By default those of a new figure of pyplot.

        Returns
        -------
        display : ComparisonDisplay
            The drawn display.
        """
        codes = {name: codes_of(estimator, X) for name, estimator in estimators.items()}
        return cls(codes, y, held_out=held_out).plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : array-like of matplotlib Axes, default=None
            One for each panel. By default those of a new figure of pyplot.

        Returns
        -------
        self : ComparisonDisplay
            Itself, with ``axes_``, ``figure_`` and ``displays_``.

        Raises
        ------
        ValueError
            If there are no codes, or not as many axes.
        """
        if not self.codes:
            raise ValueError("There are no codes to draw.")
        axes = _new_axes(len(self.codes)) if ax is None else np.ravel(ax)
        if len(axes) != len(self.codes):
            raise ValueError(f"{len(self.codes)} panels need as many axes, but ax holds {len(axes)}.")
        self.displays_ = []
        legend_at = min(_MOST_COLUMNS, len(axes)) - 1
        for i, (axis, (name, codes)) in enumerate(zip(axes, self.codes.items(), strict=True)):
            display = LatentSpaceDisplay(codes, self.labels, held_out=self.held_out)
            self.displays_.append(display.plot(axis, legend=i == legend_at))
            axis.set_title(name, fontsize="large", fontweight="bold")
        self.axes_, self.figure_ = axes, axes[0].get_figure(root=True)
        return self


def _new_axes(n_panels):
    """Make a figure of pyplot with a panel for each estimator, at most three in a row."""
    pyplot = import_optional("matplotlib.pyplot", extra="plot", purpose="Drawing")
    n_columns = min(_MOST_COLUMNS, n_panels)
    n_rows = -(-n_panels // n_columns)
    # The legend takes about a third of a panel.
    size = (_PANEL_INCHES * (n_columns + 0.35), _PANEL_INCHES * n_rows)
    _, axes = pyplot.subplots(n_rows, n_columns, figsize=size, squeeze=False, layout="constrained")
    for axis in axes.flat[n_panels:]:
        axis.remove()
    return axes.flat[:n_panels]
