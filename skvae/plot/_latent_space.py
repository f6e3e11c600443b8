"""Draw the codes of samples in the plane of the first two latent variables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length, column_or_1d

from skvae._names import latent_names
from skvae._optional import import_optional
from skvae._validation import refuse_masked
from skvae.plot._style import _FEW_COLORS, _MOST_GROUPS, _explain, _look, _new_ax, _point_size, _shortened, _tidy

_OTHERS = "#D3D3D3"


@dataclass(frozen=True)
class _Group:
    """Samples that look alike in the picture."""

    name: str
    rows: np.ndarray
    color: str
    marker: str


class LatentSpaceDisplay:
    """The samples in the plane of the first two latent variables, coloured by label.

    A code of one latent variable is drawn as a strip for each label, or without labels as a histogram. Of
    more than 20 labels the 20 most frequent get a colour and the others are grey.

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
        ax = _new_ax(6.2, 4.6) if ax is None else ax
        codes, labels, held_out = self._checked()
        groups = _groups(labels, len(codes))
        draw = _draw_plane if codes.shape[1] > 1 else _draw_line
        draw(ax, codes, groups, held_out)
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
        labels = None if self.labels is None else column_or_1d(self.labels)
        held_out = np.zeros(len(codes), bool) if self.held_out is None else np.asarray(self.held_out, bool)
        check_consistent_length(codes, labels, held_out)
        return codes, labels, held_out


def _codes(estimator, X):
    """Transform samples, with the names of the latent variables where there are any."""
    Z, names = np.asarray(estimator.transform(X)), latent_names(estimator)
    return Z if names is None else pd.DataFrame(Z, columns=names)


def _groups(labels, n_samples):
    """Give each label its look; the rarest beyond what can be told apart share one."""
    if labels is None:
        return [_Group("", np.arange(n_samples), _FEW_COLORS[0], "o")]
    names, of_row = np.unique(np.asarray(labels).astype(str), return_inverse=True)
    names, of_row = _in_natural_order(labels, names, of_row)
    counts = np.bincount(of_row)
    frequent = np.sort(np.argsort(-counts, kind="stable")[:_MOST_GROUPS])
    groups = [
        _Group(name, np.flatnonzero(of_row == label), *_look(i, len(frequent)))
        for i, (label, name) in enumerate(zip(frequent, _shortened(names[frequent]), strict=True))
    ]
    others = np.flatnonzero(~np.isin(of_row, frequent))
    if len(others):
        # First, so that the others lie below.
        groups.insert(0, _Group(f"{len(names) - len(frequent)} others", others, _OTHERS, "o"))
    return groups


def _in_natural_order(labels, names, of_row):
    """Order numbers as numbers: 2 before 10."""
    if not np.issubdtype(np.asarray(labels).dtype, np.number):
        return names, of_row
    values, of_row = np.unique(labels, return_inverse=True)
    return values.astype(str), of_row


def _draw_plane(ax, codes, groups, held_out):
    """Scatter the first two latent variables."""
    Z = codes.to_numpy()
    for group in groups:
        _scatter(ax, Z[:, 0], Z[:, 1], group, held_out)
    ax.set(xlabel=codes.columns[0], ylabel=codes.columns[1])
    _tidy(ax)


def _draw_line(ax, codes, groups, held_out):
    """Draw a single latent variable: one strip for each group, or a histogram of all samples."""
    z = codes.to_numpy()[:, 0]
    ax.set(xlabel=codes.columns[0])
    _tidy(ax)
    if len(groups) == 1:
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
    for rows, edge, width in (
        (group.rows[~held_out[group.rows]], "white", 0.3),
        (group.rows[held_out[group.rows]], "black", np.clip(size / 50, 0.3, 0.8)),
    ):
        style = {"s": size, "alpha": alpha, "color": group.color, "marker": group.marker}
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
