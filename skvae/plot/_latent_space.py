"""Draw the codes of samples in the plane of two latent variables."""

from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length, column_or_1d

from skvae._compat import Interval, StrOptions, validate_params
from skvae._levels import levels_of
from skvae._validation import check_table, refuse_masked
from skvae.plot._arguments import check_ax
from skvae.plot._codes import checked_components, codes_of, posterior_std_of
from skvae.plot._columns import column_of
from skvae.plot._ellipses import draw_ellipses
from skvae.plot._explain import leave_room_for_bar, legend_inches
from skvae.plot._groups import groups_of
from skvae.plot._images import as_images
from skvae.plot._labels import shortened
from skvae.plot._legend import draw_legend, write_names
from skvae.plot._points import draw_points, looks_of
from skvae.plot._strips import draw_strips
from skvae.plot._style import draw_colorbar, name_axes, new_ax, tidy
from skvae.plot._thumbnails import draw_thumbnails

# Of the other axis' range an axis has at least this share: codes of a collapsed variable lie in a line.
_LEAST_RANGE = 0.01
# Where the colours of continuous labels are explained, in units of the axes: below the legend.
_BAR = (1.04, 0, 0.04, 0.8)
_LEGEND = ["boolean", StrOptions({"on data"})]
# How opaque the points below thumbnails are.
_BELOW_IMAGES = 0.35


class LatentSpaceDisplay:
    """The samples in the plane of two latent variables, coloured by label or by value.

    A code of one latent variable is drawn as a strip for each label, or without labels as a histogram. Labels are in
    their natural order, or in that of an ordered Categorical of pandas. Of more than 20 labels the 20 most frequent get
    a colour and the others are grey, as are samples whose label is missing. More than 20 different numbers, not all of
    them whole, are no labels but values of a scale: their colours have a colour bar, which leaves out the outermost
    hundredth at both ends where these reach far beyond.

    The more samples, the smaller and thinner the points; they lie above each other in random order, the same each
    time, so that no label hides another. Of more than 5000 samples, vector formats such as PDF get a picture, whose
    resolution is the ``dpi`` of ``savefig``. An axis reaches over a hundredth of the other's range at least, so that
    a collapsed latent variable is a line.

    Parameters
    ----------
    codes : array-like or DataFrame of shape (n_samples, n_components)
        Latent variables; the columns of a DataFrame name the axes.
    labels : array-like of shape (n_samples,), default=None
        Labels or values for the colours.
    held_out : array-like of bool of shape (n_samples,), default=None
        Samples that the fit did not see, drawn above the others with a dark edge.
    std : array-like of shape (n_samples, n_components), default=None
        Standard deviations of the codes, for ellipses around at most 300 of them, chosen by chance.
    images : array-like of shape (n_samples, height, width) or (n_samples, height, width, n_channels), default=None
        Images of the samples, drawn as thumbnails where there is room, in frames of the samples' colours.
    label_name : str, default=None
        What the labels are, for the legend or the colour bar; None takes the name of a Series.
    continuous : bool, default=None
        Whether labels are values of a scale; None finds out.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    ComparisonDisplay : The planes of several estimators side by side.
    LatentGridDisplay : What is decoded from the plane.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.plot import LatentSpaceDisplay
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> pca = PCA(2).fit(X)
    >>> display = LatentSpaceDisplay.from_estimator(pca, X, y)
    >>> display.ax_.get_xlabel()
    'pca0'

    Coloured by a feature, beside it:

    >>> figure, axes = plt.subplots(1, 2)
    >>> display = display.plot(axes[0], legend="on data")
    >>> display = LatentSpaceDisplay.from_estimator(pca, X, color_by="petal width (cm)", ax=axes[1])
    >>> plt.close("all")
    """

    def __init__(self, codes, labels=None, *, held_out=None, std=None, images=None, label_name=None, continuous=None):
        self.codes = codes
        self.labels = labels
        self.held_out = held_out
        self.std = std
        self.images = images
        self.label_name = label_name
        self.continuous = continuous

    @classmethod
    @validate_params(
        {
            "color_by": [str, Integral, None],
            "n_std": [Interval(Real, 0, None, closed="neither"), None],
            "image_shape": ["array-like", None],
            "continuous": ["boolean", None],
            "legend": _LEGEND,
        },
        prefer_skip_nested_validation=True,
    )
    def from_estimator(
        cls,
        estimator,
        X,
        y=None,
        *,
        color_by=None,
        held_out=None,
        components=(0, 1),
        n_std=None,
        image_shape=None,
        continuous=None,
        legend=True,
        ax=None,
    ):
        """Transform samples and draw their codes.

        Parameters
        ----------
        estimator : fitted transformer or Pipeline
            Anything with ``transform``; for ellipses it, or the last step, needs ``posterior``.
        X : array-like of shape (n_samples, n_features)
            The samples.
        y : array-like of shape (n_samples,), default=None
            Labels or values for the colours.
        color_by : str or int, default=None
            In place of `y`, a feature of `X`: its name, or its position. Its numbers are values of a scale, its words
            are labels.
        held_out : array-like of bool of shape (n_samples,), default=None
            Samples that the fit did not see, drawn above the others with a dark edge.
        components : tuple of two ints, default=(0, 1)
            The latent variables to draw, from left to right and from bottom to top.
        n_std : float, default=None
            Draws the posterior of at most 300 samples as ellipses of so many standard deviations. One holds 39 %
            of what the code of a sample may be, two hold 86 %. None draws none.
        image_shape : tuple of ints, default=None
            Height and width, and perhaps 1, 3 or 4 colours, of the images that the rows of `X` are, to draw
            thumbnails. None draws points alone.
        continuous : bool, default=None
            Whether labels are values of a scale; None finds out.
        legend : bool or "on data", default=True
            As in `plot`.
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.

        Returns
        -------
        display : LatentSpaceDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If ellipses are to be drawn of an estimator without ``posterior``.
        ValueError
            If both `y` and `color_by` are given, there is no such feature or latent variable, or images have another
            size than the rows.
        """
        label_name = None
        if color_by is not None:
            if y is not None:
                raise ValueError("The colours mean one thing: give labels y or color_by, not both.")
            label_name, y = column_of(X, color_by, estimator)
            continuous = pd.api.types.is_float_dtype(y.dtype) if continuous is None else continuous
        std = None if n_std is None else posterior_std_of(estimator, X)
        images = None if image_shape is None else as_images(_pixels(X), image_shape)
        options = {"std": std, "images": images, "label_name": label_name, "continuous": continuous}
        display = cls(codes_of(estimator, X), y, held_out=held_out, **options)
        return display.plot(ax, components=components, n_std=2 if n_std is None else n_std, legend=legend)

    @validate_params(
        {
            "n_std": [Interval(Real, 0, None, closed="neither")],
            "legend": _LEGEND,
        },
        prefer_skip_nested_validation=True,
    )
    def plot(self, ax=None, *, components=(0, 1), n_std=2, legend=True):
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. By default a new figure of pyplot.
        components : tuple of two ints, default=(0, 1)
            The latent variables to draw, from left to right and from bottom to top.
        n_std : float, default=2
            How many standard deviations the ellipses reach, if there are any.
        legend : bool or "on data", default=True
            Whether to explain the colours, in a legend or, with "on data", by names at the medians of the labels. Right
            of axes that are alone in their figure, of others in the axes where few short names hide little of them,
            or else below.

        Returns
        -------
        self : LatentSpaceDisplay
            Itself, with ``ax_`` and ``figure_``.

        Raises
        ------
        TypeError
            If `ax` is no matplotlib Axes.
        ValueError
            If there are no such latent variables, or labels, marks, images and standard deviations are not as many
            as codes.
        """
        return self._draw(ax, components, n_std, legend)

    def _draw(self, ax=None, components=(0, 1), n_std=2, legend=True, *, is_shared=False):
        """Draw; see `plot`. The legend may hold for the axes on the left, too."""
        check_ax(ax)
        codes, labels, held_out = self._checked()
        shown = [0] if codes.shape[1] == 1 else list(checked_components(components, codes.shape[1]))
        groups, shades = groups_of(labels, len(codes), self.continuous, levels_of(self.labels))
        if ax is None:
            names = [group.name for group in groups if legend is True]
            ax = new_ax(max(5.8, 4.9 + legend_inches(names)), 4.6)
            ax.set_anchor("W")  # what the square leaves free is the legend's
        codes = codes.iloc[:, shown]
        if len(shown) == 1:
            draw_strips(ax, codes, groups, held_out)
        else:
            self._draw_plane(ax, codes, groups, held_out, components, n_std)
        if legend:
            groups = self._explain(ax, codes.to_numpy(), groups, shades, legend == "on data")
            draw_legend(ax, groups, held_out, self._title() if shades is None else "", is_shared=is_shared)
        self.ax_, self.figure_ = ax, ax.get_figure(root=True)
        return self

    def _checked(self):
        """Check that there are codes and that labels, marks, images and standard deviations are as many."""
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
        check_consistent_length(codes, labels, held_out, self.std, self.images)
        if self.std is not None and np.shape(self.std) != codes.shape:
            raise ValueError(f"std has shape {np.shape(self.std)}, but codes have {codes.shape}: each needs its own.")
        if codes.shape[1] == 1 and (self.std is not None or self.images is not None):
            raise ValueError("Ellipses and thumbnails need a plane of two latent variables, but codes have one.")
        return codes, labels, held_out

    def _draw_plane(self, ax, codes, groups, held_out, components, n_std):
        """Scatter two latent variables, with ellipses and thumbnails where there are any."""
        Z = codes.to_numpy(dtype=np.float64)
        name_axes(ax, *codes.columns)
        tidy(ax)
        draw_points(ax, Z[:, 0], Z[:, 1], groups, held_out, _BELOW_IMAGES if self.images is not None else None)
        colors, _ = looks_of(groups, len(Z))
        if self.std is not None:
            draw_ellipses(ax, Z, n_std * np.asarray(self.std, np.float64)[:, list(components)], colors)
        _widen(ax)
        if self.images is not None:
            draw_thumbnails(ax, Z, np.asarray(self.images, np.float64), colors)

    def _explain(self, ax, Z, groups, shades, on_data):
        """Say what colours mean, by a bar or on the data, and return the groups that are left for a legend."""
        if shades is not None:
            leave_room_for_bar(ax)
            draw_colorbar(ax, shades, self._title(), cax=ax.inset_axes(_BAR))
        if Z.shape[1] == 1:
            return []  # each has a strip with its name
        return write_names(ax, Z, groups) if on_data else groups

    def _title(self):
        """Say what the labels are."""
        named = getattr(self.labels, "name", None) if self.label_name is None else self.label_name
        return "" if named is None else shortened([named])[0]


def _pixels(X):
    """Check that rows are numbers."""
    return check_table(X, dtype=np.float64, ensure_all_finite="allow-nan")


def _widen(ax):
    """Keep an axis along which codes hardly vary from being looked at through a microscope."""
    low, high = ax.dataLim.min, ax.dataLim.max
    if not np.isfinite([low, high]).all():
        return
    middle, least = (low + high) / 2, _LEAST_RANGE * (high - low)[::-1]
    for i, set_limits in enumerate((ax.set_xlim, ax.set_ylim)):
        if high[i] - low[i] < least[i]:
            set_limits(middle[i] - least[i] / 2, middle[i] + least[i] / 2, auto=True)
