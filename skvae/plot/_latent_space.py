"""Draw the codes of samples in the plane of the first two latent variables."""

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length, column_or_1d

from skvae._names import latent_names
from skvae._optional import import_optional
from skvae._validation import refuse_masked
from skvae.plot._groups import groups_of
from skvae.plot._style import _colorbar, _explain, _legend_inches, _new_ax, _point_size, _tidy

# Of the other axis' range an axis has at least this share: codes of a collapsed variable lie in a line.
_LEAST_RANGE = 0.01
# Where the colours of continuous labels are explained, in units of the axes: below the legend.
_BAR = (1.04, 0, 0.04, 0.8)


class LatentSpaceDisplay:
    """The samples in the plane of the first two latent variables, coloured by label.

    A code of one latent variable is drawn as a strip for each label, or without labels as a histogram. Of
    more than 20 labels the 20 most frequent get a colour and the others are grey, as are samples whose label is
    missing. More than 20 different numbers, not all of them whole, are no labels but values of a scale: their
    colours have a colour bar.

    An axis reaches over a hundredth of the other's range at least, so that a collapsed latent variable is a line.

    Parameters
    ----------
    codes : array-like or DataFrame of shape (n_samples, n_components)
        Latent variables; the columns of a DataFrame name the axes.
    labels : array-like of shape (n_samples,), default=None
        Labels for the colours.
    held_out : array-like of bool of shape (n_samples,), default=None
        Samples that the fit did not see, drawn with a dark edge.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.plot import LatentSpaceDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> display = LatentSpaceDisplay.from_estimator(PCA(2).fit(X), X, y)  # doctest: +SKIP
    """

    def __init__(self, codes, labels=None, *, held_out=None):
        self.codes = codes
        self.labels = labels
        self.held_out = held_out

    @classmethod
    def from_estimator(cls, estimator, X, y=None, *, held_out=None, ax=None):
        """Transform samples and draw their codes.

        Parameters
        ----------
        estimator : fitted transformer or Pipeline
            Anything with ``transform``.
        X : array-like of shape (n_samples, n_features)
            The samples.
        y : array-like of shape (n_samples,), default=None
            Labels for the colours.
        held_out : array-like of bool of shape (n_samples,), default=None
            Samples that the fit did not see, drawn with a dark edge.
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.

        Returns
        -------
        display : LatentSpaceDisplay
            The drawn display.
        """
        return cls(_codes(estimator, X), y, held_out=held_out).plot(ax=ax)

    def plot(self, ax=None, *, legend=True):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.
        legend : bool, default=True
            Whether to explain the colours, to the right of the axes.

        Returns
        -------
        self : LatentSpaceDisplay
            Itself, with ``ax_`` and ``figure_``.
        """
        codes, labels, held_out = self._checked()
        groups, shades = groups_of(labels, len(codes))
        ax = _new_ax(max(6.2, 4.9 + _legend_inches([group.name for group in groups])), 4.6) if ax is None else ax
        draw = _draw_plane if codes.shape[1] > 1 else _draw_line
        draw(ax, codes, groups, held_out)
        if legend and shades is not None:
            _colorbar(ax, shades, cax=ax.inset_axes(_BAR))
        if legend and codes.shape[1] > 1:
            _draw_legend(ax, groups, held_out)
        self.ax_, self.figure_ = ax, ax.get_figure(root=True)
        return self

    def _checked(self):
        """Check that there are codes and that labels and marks are as many."""
        codes = pd.DataFrame(self.codes)
        if codes.shape[1] == 0:
            raise ValueError("There are no latent variables to draw.")
        if not hasattr(self.codes, "columns"):
            codes.columns = [f"latent{i}" for i in range(codes.shape[1])]
        refuse_masked(self.labels, "labels", "Leave those samples out.")
        # NumPy would make a text of a missing label in a list of texts, and floats of pandas' integers beside one.
        dtype = getattr(self.labels, "dtype", None)
        has_own_missing = isinstance(self.labels, list | tuple) or isinstance(dtype, pd.api.extensions.ExtensionDtype)
        labels = np.array(self.labels, dtype=object) if has_own_missing else self.labels
        labels = None if labels is None else column_or_1d(labels)
        held_out = np.zeros(len(codes), bool) if self.held_out is None else np.asarray(self.held_out, bool)
        check_consistent_length(codes, labels, held_out)
        return codes, labels, held_out


def _codes(estimator, X):
    """Transform samples, with the names of the latent variables where there are any."""
    Z, names = np.asarray(estimator.transform(X)), latent_names(estimator)
    return Z if names is None else pd.DataFrame(Z, columns=names)


def _draw_plane(ax, codes, groups, held_out):
    """Scatter the first two latent variables."""
    Z = codes.iloc[:, :2].to_numpy(dtype=np.float64)
    for group in groups:
        _scatter(ax, Z[:, 0], Z[:, 1], group, held_out)
    ax.set(xlabel=codes.columns[0], ylabel=codes.columns[1])
    _widen(ax)
    _tidy(ax)


def _widen(ax):
    """Keep an axis along which codes hardly vary from being looked at through a microscope."""
    low, high = ax.dataLim.min, ax.dataLim.max
    if not np.isfinite([low, high]).all():
        return
    middle, least = (low + high) / 2, _LEAST_RANGE * (high - low)[::-1]
    for i, set_limits in enumerate((ax.set_xlim, ax.set_ylim)):
        if high[i] - low[i] < least[i]:
            set_limits(middle[i] - least[i] / 2, middle[i] + least[i] / 2, auto=True)


def _draw_line(ax, codes, groups, held_out):
    """Draw a single latent variable: one strip for each group, or a histogram of all samples."""
    z = codes.to_numpy()[:, 0]
    ax.set(xlabel=codes.columns[0])
    _tidy(ax)
    if len(groups) == 1 and isinstance(groups[0].color, str):
        ax.hist(z, bins="auto", color=groups[0].color, alpha=0.85)
        ax.set(ylabel="samples")
        return
    jitter = np.random.RandomState(0).uniform(-0.3, 0.3, size=len(z))
    for row, group in enumerate(groups):
        _scatter(ax, z, row + jitter, group, held_out)
    ax.set_yticks(range(len(groups)), [group.name for group in groups])
    ax.invert_yaxis()


def _scatter(ax, x, y, group, held_out):
    """Draw the samples of a group; many samples are drawn small and thin."""
    size = _point_size(len(x))
    alpha = np.clip(12 / len(x) ** 0.4, 0.5, 0.9)
    is_out = held_out[group.rows]
    for which, edge, width in ((~is_out, "white", 0.3), (is_out, "black", np.clip(size / 50, 0.3, 0.8))):
        rows, color = group.rows[which], group.color if isinstance(group.color, str) else group.color[which]
        style = {"s": size, "alpha": alpha, "color": color, "marker": group.marker, "zorder": group.zorder}
        ax.scatter(x[rows], y[rows], edgecolor=edge, linewidth=width, **style)


def _draw_legend(ax, groups, held_out):
    """Explain colours and edges, right of the axes."""
    entries = [(group.name, group.color, group.marker, "white") for group in groups if group.name]
    if held_out.any():
        entries.append(("held out", "white", "o", "black"))
    if not entries:
        return
    lines = import_optional("matplotlib.lines", extra="plot", purpose="Drawing")
    handles = [
        lines.Line2D([], [], ls="", ms=7, color=color, marker=marker, mec=edge, label=name)
        for name, color, marker, edge in entries
    ]
    _explain(ax, handles, handletextpad=0.2)
