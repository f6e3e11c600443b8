"""Images as parts of one picture."""

from numbers import Integral

import numpy as np

from skvae.plot._style import _INK, _colorbar, _new_ax

# Dark ink on white paper, for images of one channel.
_GREYS = "Greys"
_DIFFERENCES = "RdBu_r"
_WORDS = {"X": "original", "X_noisy": "noisy", "X_reconstructed": "reconstruction"}
# Between images, as a share of their height.
_GAP = 0.1
# Shares of the pixels of decoded images that are white or black: decoders overshoot where the data have hard limits.
_SATURATED = (0.02, 0.98)


def checked_image_shape(image_shape, n_features):
    """Check height and width of the images that rows are.

    Parameters
    ----------
    image_shape : tuple of two ints
    n_features : int

    Returns
    -------
    height, width : int

    Raises
    ------
    ValueError
        If these are no two positive ints, or have another product than there are features.

    Examples
    --------
    >>> from skvae.plot._images import checked_image_shape
    >>> checked_image_shape((8, 8), 64)
    (8, 8)
    """
    shape = tuple(image_shape)
    if len(shape) != 2 or not all(isinstance(size, Integral) and int(size) > 0 for size in shape):
        raise ValueError(f"image_shape must be (height, width), but is {shape}: images have one channel.")
    if shape[0] * shape[1] != n_features:
        raise ValueError(f"Images of image_shape={shape} have {shape[0] * shape[1]} pixels, but rows {n_features}.")
    return shape


def draw_grid(ax, images, extent):
    """Draw each image around its point of a plane, in one scale of greys.

    Parameters
    ----------
    ax : matplotlib Axes
    images : ndarray of shape (n_rows, n_columns, height, width)
        The first row is the lowest.
    extent : tuple of four floats
        Where the middles of the outermost images lie: left, right, bottom, top.
    """
    n_rows, n_columns, height, width = images.shape
    gap = _gap(height)
    left, right, bottom, top = extent
    # Half an image, in units of the plane.
    x = (right - left) / (n_columns - 1) / 2 * width / (width + gap)
    y = (top - bottom) / (n_rows - 1) / 2 * height / (height + gap)
    picture = _mosaic(images[::-1], gap)
    white, black = np.quantile(images, _SATURATED)
    place = (left - x, right + x, bottom - y, top + y)
    ax.imshow(picture, cmap=_GREYS, vmin=white, vmax=black, extent=place, aspect="auto")
    ax.set_box_aspect(picture.shape[0] / picture.shape[1])


def draw_rows(ax, tables, image_shape):
    """Draw images below their originals, in the greys of these, and the differences in a scale of their own.

    Parameters
    ----------
    ax : matplotlib Axes or None
        None makes a figure of pyplot.
    tables : dict of str to ndarray of shape (n_images, n_pixels)
        ``X``, ``X_reconstructed`` and, between them, ``X_noisy`` if there is one.
    image_shape : tuple of two ints

    Returns
    -------
    ax : matplotlib Axes
    """
    n_images, n_rows, gap = len(tables["X"]), len(tables) + 1, _gap(image_shape[0])
    step = image_shape[0] + gap
    grey = _mosaic(np.stack(list(tables.values())).reshape(-1, n_images, *image_shape), gap)
    colored = _mosaic((tables["X_reconstructed"] - tables["X"]).reshape(1, n_images, *image_shape), gap)
    width, bottom = grey.shape[1], n_rows * step - gap
    if ax is None:
        # Words and bar take about 2 inches beside images as high as the figure.
        ax = _new_ax(2.1 + width / bottom * (n_rows + 0.2), n_rows + 0.2)
    white, black = np.nanmin(tables["X"]), np.nanmax(tables["X"])
    ax.imshow(grey, cmap=_GREYS, vmin=white, vmax=black, extent=(0, width, len(grey), 0))
    largest = np.nanmax(np.abs(colored)) or 1.0
    place = (0, width, bottom, bottom - image_shape[0])
    differences = ax.imshow(colored, cmap=_DIFFERENCES, vmin=-largest, vmax=largest, extent=place)
    ax.set(xlim=(0, width), ylim=(bottom, 0), xticks=[])
    words = [_WORDS[name] for name in tables] + ["difference"]
    ax.set_yticks(np.arange(n_rows) * step + image_shape[0] / 2, words, color=_INK)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    # Right of the row that it explains, whatever the shape of the axes.
    height = image_shape[0] / bottom
    thickness = 0.1 * image_shape[0] / width
    _colorbar(ax, differences, cax=ax.inset_axes((1 + thickness, 0, thickness, height)))
    return ax


def _gap(height):
    """Return how many pixels lie between images."""
    return max(1, round(_GAP * height))


def _mosaic(images, gap):
    """Set images of shape (n_rows, n_columns, height, width) side by side; NaN lies between them."""
    padded = np.pad(images, ((0, 0), (0, 0), (0, gap), (0, gap)), constant_values=np.nan)
    n_rows, n_columns, height, width = padded.shape
    return padded.transpose(0, 2, 1, 3).reshape(n_rows * height, n_columns * width)[:-gap, :-gap]
