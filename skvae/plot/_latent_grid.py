"""Draw what a decoder makes of the plane of two latent variables."""

from numbers import Integral

import numpy as np

from skvae._compat import Interval, validate_params
from skvae._decoded import DecodedFeatures, decoded
from skvae._look import thin
from skvae._optional import import_optional
from skvae._validation import check_table
from skvae.plot._arguments import check_ax
from skvae.plot._columns import position_of
from skvae.plot._images import as_images, draw_grid
from skvae.plot._labels import shortened
from skvae.plot._plane import SHARES, Plane
from skvae.plot._points import point_area
from skvae.plot._style import draw_colorbar, name_axes, new_ax

_COLORS = "viridis"
# Points in each direction: images need room, contours are smooth only on a fine grid.
_N_IMAGES, _N_POINTS = 15, 30
_N_LEVELS, _N_TICKS = 30, 6
_STEPS = (1, 2, 5, 10)
_ROUNDING = 1e-9
# More would hide the contours.
_MOST_DOTS = 1000


class LatentGridDisplay:
    """What a decoder makes of the plane of two latent variables: images side by side, or contours of one feature.

    Contours can bear the samples, as dots in the colour of the value that was measured: where they vanish, the
    decoder is right. Of more than 1000 samples so many are drawn, chosen by chance, the same each time.

    Parameters
    ----------
    decoded : ndarray of shape (n_rows, n_columns, height, width[, n_channels]) or (n_rows, n_columns)
        Images, or values of a feature, at evenly spaced points; the first row is the lowest.
    extent : tuple of four floats
        Codes of the outermost points: left, right, bottom, top.
    names : tuple of two str, default=("latent0", "latent1")
        Names of the axes.
    label : str, default=""
        Name of the feature.
    codes : ndarray of shape (n_samples, 2), default=None
        Codes of samples.
    measured : ndarray of shape (n_samples,), default=None
        Their values of the feature.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    LatentSpaceDisplay : Where the samples lie.
    TraversalDisplay : What is decoded along one latent variable.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.decomposition import PCA
    >>> from skvae.plot import LatentGridDisplay
    >>> X, _ = load_digits(return_X_y=True)
    >>> pca = PCA(2).fit(X)
    >>> display = LatentGridDisplay.from_estimator(pca, X=X, image_shape=(8, 8))
    >>> display.decoded.shape
    (15, 15, 8, 8)

    A VAE knows where its codes lie, and needs no samples:

    >>> from skvae import VAETransformer
    >>> vae = VAETransformer(2, encoder=(8,), epochs=3, random_state=0).fit(X[:, 1:7])
    >>> display = LatentGridDisplay.from_estimator(vae, feature=0)
    >>> plt.close("all")
    """

    def __init__(self, decoded, extent, *, names=("latent0", "latent1"), label="", codes=None, measured=None):
        self.decoded = decoded
        self.extent = extent
        self.names = names
        self.label = label
        self.codes = codes
        self.measured = measured

    @classmethod
    @validate_params(
        {
            "image_shape": ["array-like", None],
            "feature": [str, Integral, None],
            "n_cells": [Interval(Integral, 2, None, closed="left"), None],
            "extent": ["array-like", None],
        },
        prefer_skip_nested_validation=True,
    )
    def from_estimator(
        cls, estimator, *, image_shape=None, feature=None, X=None, n_cells=None, extent=None, components=(0, 1), ax=None
    ):
        """Decode a plane and draw it.

        Parameters
        ----------
        estimator : fitted transformer or Pipeline
            Anything with ``inverse_transform``.
        image_shape : tuple of ints, default=None
            Height and width, and perhaps 1, 3 or 4 colours, of the images that the rows of the table are.
        feature : str or int, default=None
            For other tables, the feature to draw: its name, or its position.
        X : array-like of shape (n_samples, n_features), default=None
            Samples that say how far the plane reaches, and are drawn on the contours of a feature.
        n_cells : int, default=None
            Points to decode in each direction; None is 15 for images and 30 for a feature.
        extent : tuple of four floats, default=None
            Codes of the outermost points: left, right, bottom, top. By default the plane holds 98 % of the codes of
            `X` in each direction; without `X`, that of an estimator with ``posterior`` (a VAE) is -2 to 2, as its prior
            is standard normal.
        components : tuple of two ints, default=(0, 1)
            The latent variables of the plane, from left to right and from bottom to top. The others are held at the
            mean of the codes of `X`, or at 0.
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.

        Returns
        -------
        display : LatentGridDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the estimator has no ``inverse_transform``.
        ValueError
            If it is not said what to draw or how far, there is no such feature or latent variable, or images have
            another size than the rows.
        """
        if (image_shape is None) == (feature is None):
            raise ValueError("Say what to draw: image_shape=(height, width), or feature=its name or position.")
        if n_cells is None:
            n_cells = _N_IMAGES if feature is None else _N_POINTS
        plane = Plane.of(estimator, X, n_cells, extent, components)
        rows, cells = check_table(decoded(estimator, plane.points()), input_name="what was decoded"), (n_cells, n_cells)
        if feature is None:
            images = as_images(rows, image_shape)
            return cls(images.reshape(*cells, *images.shape[1:]), plane.extent, names=plane.names).plot(ax=ax)
        features = DecodedFeatures.of(estimator, rows.shape[1], X)
        i = position_of(feature, features.names)
        measured = None if X is None else features.values_of(X)[:, i]
        values = {"label": features.names[i], "codes": plane.codes, "measured": measured}
        return cls(rows[:, i].reshape(cells), plane.extent, names=plane.names, **values).plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.

        Returns
        -------
        self : LatentGridDisplay
            Itself, with ``ax_`` and ``figure_``.

        Raises
        ------
        TypeError
            If `ax` is no matplotlib Axes.
        """
        check_ax(ax)
        decoded = np.asarray(self.decoded, dtype=float)
        if decoded.ndim > 2:
            ax = draw_grid(ax, decoded, self.extent)
        else:
            ax = new_ax(5.8, 4.6) if ax is None else ax
            self._draw_contours(ax, decoded)
        thin(ax)
        name_axes(ax, *self.names)
        self.ax_, self.figure_ = ax, ax.get_figure(root=True)
        return self

    def _draw_contours(self, ax, decoded):
        """Fill the contours of the feature, and draw the samples in the colours of their own values."""
        n_rows, n_columns = decoded.shape
        left, right, bottom, top = self.extent
        extend = "both" if self._has_samples() else "neither"
        levels, ticks = self._levels(decoded)
        x, y = np.linspace(left, right, n_columns), np.linspace(bottom, top, n_rows)
        filled = ax.contourf(x, y, decoded, levels=levels, cmap=_COLORS, extend=extend)
        if self._has_samples():
            rows = np.random.RandomState(0).permutation(len(self.codes))[:_MOST_DOTS]
            area = point_area(ax, len(rows))
            style = {"cmap": filled.cmap, "norm": filled.norm, "edgecolor": "white", "lw": 0.6 if area > 20 else 0.3}
            x, y = np.asarray(self.codes)[rows].T
            ax.scatter(x, y, c=np.asarray(self.measured)[rows], s=area, **style)
        ax.set(xlim=(left, right), ylim=(bottom, top))
        ax.set_box_aspect(1)
        label = f"{shortened([self.label])[0]}{chr(10) + '(dots: measured)' if self._has_samples() else ''}"
        draw_colorbar(ax, filled, label, ticks=ticks, shrink=0.8, aspect=22)

    def _levels(self, decoded):
        """Choose the contours, and which of them the colour bar names."""
        ticker = import_optional("matplotlib.ticker", extra="plot", purpose="Drawing")
        values = [decoded.min(), decoded.max()]
        if self._has_samples():
            values += [*np.nanquantile(self.measured, SHARES)]
        low, high = min(values), max(values)
        if high - low < _ROUNDING * max(abs(low), abs(high)) or high == low:  # what varies by rounding does not vary
            room = 0.05 * abs(low) or 0.5
            low, high = low - room, high + room
        levels, ticks = (ticker.MaxNLocator(n, steps=_STEPS).tick_values(low, high) for n in (_N_LEVELS, _N_TICKS))
        return levels, ticks[(ticks >= levels[0]) & (ticks <= levels[-1])]

    def _has_samples(self):
        """Tell whether there are samples with a value of the feature."""
        return self.codes is not None and self.measured is not None and np.isfinite(self.measured).any()
