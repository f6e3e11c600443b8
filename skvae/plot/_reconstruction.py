"""Draw how well rows are given back."""

from numbers import Integral

import numpy as np
from sklearn.utils import check_consistent_length

from skvae._compat import Interval, safe_indexing, validate_params
from skvae._decoded import DecodedFeatures, decoded
from skvae._validation import check_table
from skvae.metrics import lost_variance
from skvae.plot._arguments import check_ax
from skvae.plot._features import draw_ranking
from skvae.plot._images import as_images, draw_rows


class ReconstructionDisplay:
    """What a model gives back: images beside the originals, or the features of a table by how well it gives them back.

    Of images the last row is the difference, reconstruction minus original, of coloured ones that of the mean colour.
    Of a table the features that lose most and least of their variance are drawn, with quartiles and median of the
    others: the squared error as a share of the squared distance from the mean, 0 for a perfect reconstruction and 1
    for none better than the mean.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The rows; NaN in a table is left out.
    X_reconstructed : array-like of shape (n_samples, n_features)
        Their reconstructions.
    X_noisy : array-like of shape (n_samples, n_features), default=None
        What the model saw in place of `X`; drawn of images.
    image_shape : tuple of ints, default=None
        Height and width, and perhaps 1, 3 or 4 colours, of the images that the rows are; None draws features.
    feature_names : list of str, default=None
        Names of the features; by default ``x0``, ``x1``, ...
    n_features : int, default=20
        How many features to draw, half of them the worst and half the best.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    skvae.metrics.lost_variance : The shares of all features.
    skvae.metrics.reconstruction_error : One number for all features.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.decomposition import PCA
    >>> from skvae.plot import ReconstructionDisplay
    >>> X, _ = load_digits(return_X_y=True)
    >>> pca = PCA(10).fit(X)
    >>> display = ReconstructionDisplay.from_estimator(pca, X, image_shape=(8, 8))
    >>> display.X.shape
    (8, 64)
    >>> plt.close(display.figure_)
    """

    def __init__(self, X, X_reconstructed, *, X_noisy=None, image_shape=None, feature_names=None, n_features=20):
        self.X = X
        self.X_reconstructed = X_reconstructed
        self.X_noisy = X_noisy
        self.image_shape = image_shape
        self.feature_names = feature_names
        self.n_features = n_features

    @classmethod
    @validate_params(
        {
            "image_shape": ["array-like", None],
            "n_samples": [Interval(Integral, 1, None, closed="left")],
            "n_features": [Interval(Integral, 1, None, closed="left")],
        },
        prefer_skip_nested_validation=True,
    )
    def from_estimator(cls, estimator, X, *, X_noisy=None, image_shape=None, n_samples=8, n_features=20, ax=None):
        """Encode and decode rows, and draw them.

        Parameters
        ----------
        estimator : fitted transformer or Pipeline
            Anything with ``transform`` and ``inverse_transform``.
        X : array-like of shape (n_samples, n_features)
            The rows.
        X_noisy : array-like of shape (n_samples, n_features), default=None
            Rows for the model to see in place of `X`, such as noisy ones that it is to clean.
        image_shape : tuple of ints, default=None
            Height and width, and perhaps 1, 3 or 4 colours, of the images that the rows are; None draws features.
        n_samples : int, default=8
            How many images to draw, evenly spaced over the rows of `X`.
        n_features : int, default=20
            How many features to draw of a table that holds no images, half of them the worst and half the best.
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.

        Returns
        -------
        display : ReconstructionDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the estimator has no ``inverse_transform``.
        ValueError
            If images have another size than the rows, or the reconstruction another shape than `X`.
        """
        check_consistent_length(X, X_noisy)
        if image_shape is not None:
            n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
            rows = np.unique(np.linspace(0, n_rows - 1, n_samples).round().astype(int))
            X, X_noisy = (None if table is None else safe_indexing(table, rows) for table in (X, X_noisy))
        X_reconstructed = _reconstructed(estimator, X if X_noisy is None else X_noisy)
        features = DecodedFeatures.of(estimator, X_reconstructed.shape[1], X)
        X_noisy = None if X_noisy is None else features.values_of(X_noisy)
        options = {"image_shape": image_shape, "feature_names": features.names, "n_features": n_features}
        return cls(features.values_of(X), X_reconstructed, X_noisy=X_noisy, **options).plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.

        Returns
        -------
        self : ReconstructionDisplay
            Itself, with ``ax_`` and ``figure_``.

        Raises
        ------
        TypeError
            If `ax` is no matplotlib Axes.
        ValueError
            If the tables have different shapes, or no feature varies.
        """
        check_ax(ax)
        tables = self._checked()
        if self.image_shape is not None:
            self.ax_ = draw_rows(ax, {name: as_images(rows, self.image_shape) for name, rows in tables.items()})
        else:
            shares = lost_variance(tables["X"], tables["X_reconstructed"])
            names = [f"x{i}" for i in range(len(shares))] if self.feature_names is None else list(self.feature_names)
            if len(names) != len(shares):
                raise ValueError(f"There are {len(names)} feature_names for {len(shares)} features.")
            self.ax_ = draw_ranking(ax, shares, names, self.n_features)
        self.figure_ = self.ax_.get_figure(root=True)
        return self

    def _checked(self):
        """Check that the tables match."""
        tables = {"X": self.X, "X_noisy": self.X_noisy, "X_reconstructed": self.X_reconstructed}
        checked = {}
        for name, table in tables.items():
            if table is not None:
                finite = True if name == "X_reconstructed" else "allow-nan"
                checked[name] = check_table(table, dtype=np.float64, ensure_all_finite=finite, input_name=name)
        for name, table in checked.items():
            if table.shape != checked["X"].shape:
                raise ValueError(
                    f"{name} has shape {table.shape}, but X has {checked['X'].shape}: each cell of X needs its "
                    "counterpart."
                )
        return checked


def _reconstructed(estimator, X):
    """Encode and decode; a model that can reconstruct knows more of its rows than their codes."""
    if hasattr(estimator, "reconstruct"):
        return np.asarray(estimator.reconstruct(X), dtype=np.float64)
    return decoded(estimator, estimator.transform(X))
