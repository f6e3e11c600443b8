"""Draw what is decoded while one latent variable moves."""

from numbers import Integral

import numpy as np
import pandas as pd

from skvae._look import FEW_COLORS, INK, inches_of, thin
from skvae._validation import check_table
from skvae.inspection import latent_traversal
from skvae.plot._arguments import check_ax
from skvae.plot._explain import explain
from skvae.plot._images import as_images, draw_image, mosaic
from skvae.plot._labels import shortened
from skvae.plot._style import LETTER_INCHES, name_axes, new_ax

_PANEL_INCHES = 1.3


class TraversalDisplay:
    """The decoded data along one latent variable: images in a row, or lines of the features that change most.

    One latent variable takes the values of the picture's horizontal axis, the others stay where they are: what a mean
    slope hides, such as a feature that rises and falls again, can be seen.

    Parameters
    ----------
    traversal : DataFrame of shape (n_steps, n_features)
        What :func:`skvae.inspection.latent_traversal` returns.
    image_shape : tuple of int, default=None
        Height and width, and perhaps 1, 3 or 4 for colours, of the image that a row of features is. None draws lines.
    n_features : int, default=6
        How many lines, at most 8: those of the features whose decoded values range most widely.
    unit : str, default="decoded value"
        What the lines measure.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    skvae.inspection.latent_traversal : Decodes it.
    LoadingsDisplay : The mean slopes, of all latent variables.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.decomposition import PCA
    >>> from skvae.plot import TraversalDisplay
    >>> X, _ = load_digits(return_X_y=True)
    >>> display = TraversalDisplay.from_estimator(PCA(2).fit(X), X, "pca1", image_shape=(8, 8))
    >>> display.ax_.get_xlabel()
    'pca1'
    >>> plt.close(display.figure_)
    """

    def __init__(self, traversal, *, image_shape=None, n_features=6, unit="decoded value"):
        self.traversal = traversal
        self.image_shape = image_shape
        self.n_features = n_features
        self.unit = unit

    @classmethod
    def from_estimator(
        cls, estimator, X, component, *, values=None, n_steps=7, at=None, image_shape=None, n_features=6, ax=None
    ):
        """Decode while one latent variable moves, and draw.

        Lines are in standard deviations of each feature from its mean in `X`, so that features of different units can
        be drawn together; images have the units of the data.

        Parameters
        ----------
        estimator : fitted transformer or Pipeline
            Anything with ``transform`` and ``inverse_transform``.
        X : array-like of shape (n_samples, n_features)
            Samples, whose codes say where to begin and how far to go.
        component : int or str
            The latent variable that moves: its position or its name.
        values : array-like of shape (n_steps,), default=None
            The values it takes; None spreads `n_steps` over the middle 95 % of its codes.
        n_steps : int, default=7
            Number of steps, where `values` does not give them.
        at : int, default=None
            Position of the row of `X` whose code the others keep; None keeps them at the mean code.
        image_shape : tuple of int, default=None
            Shape of the image that a row of features is. None draws lines.
        n_features : int, default=6
            How many lines, at most 8.
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.

        Returns
        -------
        display : TraversalDisplay
            The drawn display.
        """
        scale = "standardized" if image_shape is None else "raw"
        traversal = latent_traversal(estimator, X, component, values=values, n_steps=n_steps, at=at, scale=scale)
        unit = "standard deviations from the mean"
        return cls(traversal, image_shape=image_shape, n_features=n_features, unit=unit).plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.

        Returns
        -------
        self : TraversalDisplay
            Itself, with ``ax_`` and ``figure_``.

        Raises
        ------
        TypeError
            If `ax` is no matplotlib Axes.
        ValueError
            If decoded values are not finite, rows are no images of `image_shape`, or `n_features` is not 1 to 8.
        """
        check_ax(ax)
        check_table(self.traversal, dtype=np.float64, input_name="traversal")
        traversal = pd.DataFrame(self.traversal)
        images = None if self.image_shape is None else as_images(traversal.to_numpy(), self.image_shape)
        if not isinstance(self.n_features, Integral) or not 1 <= int(self.n_features) <= len(FEW_COLORS):
            raise ValueError(f"n_features must be 1 to {len(FEW_COLORS)} lines, but is {self.n_features!r}.")
        if ax is None:
            ax = new_ax(6.6, 4.0) if images is None else _image_ax(images)
        if images is None:
            _draw_lines(ax, traversal, self.n_features, self.unit)
        else:
            _draw_images(ax, traversal, images)
        self.ax_, self.figure_ = ax, ax.get_figure(root=True)
        return self


def _image_ax(images):
    """Make a figure of pyplot for images in a row."""
    height, width = images.shape[1:3]
    panel = _PANEL_INCHES * np.clip(width / height, 0.4, 1)
    return new_ax(min(14.0, max(3.0, panel * len(images))), 0.6 + min(_PANEL_INCHES, panel * height / width))


def _draw_images(ax, traversal, images):
    """Set the images side by side, each above its value of the latent variable."""
    row = mosaic(images[np.newaxis])
    draw_image(ax, row, (images.min(), images.max()), interpolation="nearest")
    width = images.shape[2]
    step = (row.shape[1] - width) / max(1, len(images) - 1)
    values = _with_common_decimals([*traversal.index])
    # Of narrow images, not each has room for its value.
    room = inches_of(ax)[0] / len(images)
    every = int(np.ceil(LETTER_INCHES * (1 + max(map(len, values))) / room))
    ax.set_xticks((np.arange(len(images)) * step + (width - 1) / 2)[::every], values[::every])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labelsize="small", labelcolor=INK)
    name_axes(ax, _name(traversal))


def _with_common_decimals(values):
    """Write numbers with as many decimals as tell the nearest apart, and one more."""
    steps = np.diff(np.unique(values))
    decimals = max(1, 1 - int(np.floor(np.log10(steps.min())))) if len(steps) else 2
    return [f"{value:.{decimals}f}" if decimals < 7 else f"{value:.3g}" for value in values]


def _draw_lines(ax, traversal, n_features, unit):
    """Draw the features that range most widely, in the order in which their lines end."""
    ranges = np.ptp(traversal.to_numpy(), axis=0)
    widest = traversal.iloc[:, np.argsort(-ranges, kind="stable")[:n_features]]
    order = np.argsort(-widest.iloc[-1].to_numpy(), kind="stable")
    labels = shortened(widest.columns)
    thin(ax)
    lines = []
    for i, color in zip(order, FEW_COLORS, strict=False):
        lines += ax.plot(widest.index, widest.iloc[:, i], color=color, marker="o", markersize=3.5, label=labels[i])
    name_axes(ax, _name(traversal), unit)
    explain(ax, lines, handlelength=1.4)


def _name(traversal):
    """Name the latent variable that moves."""
    return "latent variable" if traversal.index.name is None else str(traversal.index.name)
