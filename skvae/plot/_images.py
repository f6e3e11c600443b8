"""Images as parts of one picture."""

from math import prod
from numbers import Integral

import numpy as np

from skvae._look import INK, inches_of
from skvae.plot._style import draw_colorbar, new_ax

# Dark ink on white paper, for images of one channel.
_GREYS = "Greys"
_DIFFERENCES = "RdBu_r"
_WORDS = {"X": "original", "X_noisy": "noisy", "X_reconstructed": "reconstruction"}
# Between images, as a share of their height.
_GAP = 0.1
# Shares of the pixels of decoded images that are white or black: decoders overshoot where the data have hard limits.
_SATURATED = (0.02, 0.98)
# Colours reach to 1, over which decoders shoot a little, or to 255.
_MOST_OF_SHARES, _LARGEST_BYTE = 2, 255
# A figure is not wider, however many images stand side by side.
_WIDEST = 14.0
# A bar of less inches has room for one number.
_LEAST_BAR = 0.45


def as_images(rows, image_shape):
    """Turn rows of pixels into images.

    Parameters
    ----------
    rows : ndarray of shape (n_images, n_pixels)
    image_shape : tuple of ints
        Height and width, and perhaps 1, 3 or 4 channels.

    Returns
    -------
    images : ndarray of shape (n_images, height, width) or (n_images, height, width, n_channels)

    Raises
    ------
    ValueError
        If these are no sizes of an image, or have another product than there are pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.plot._images import as_images
    >>> as_images(np.zeros((2, 12)), (2, 2, 3)).shape
    (2, 2, 2, 3)
    """
    shape = tuple(image_shape) if np.iterable(image_shape) else (image_shape,)
    sizes = len(shape) in (2, 3) and all(isinstance(size, Integral) and int(size) > 0 for size in shape)
    if not sizes or (len(shape) == 3 and shape[2] not in (1, 3, 4)):
        raise ValueError(f"image_shape must be (height, width), or (height, width, 1, 3 or 4 colours), but is {shape}.")
    if prod(shape) != rows.shape[1]:
        raise ValueError(f"Images of image_shape={shape} have {prod(shape)} pixels, but rows {rows.shape[1]}.")
    return rows.reshape(len(rows), *(shape[:2] if shape[2:] == (1,) else shape))


def draw_image(ax, image, limits, **style):
    """Draw an image: of one channel in greys, of several in its colours.

    Parameters
    ----------
    ax : matplotlib Axes
    image : ndarray of shape (height, width) or (height, width, n_channels)
        NaN stays white.
    limits : tuple of two floats
        The values of white and black. Colours reach to 1, or to 255 where the larger one is above 2.
    **style : dict
        For ``imshow``, such as ``extent``.

    Returns
    -------
    drawn : matplotlib AxesImage
    """
    if image.ndim == 2:
        return ax.imshow(image, cmap=_GREYS, vmin=limits[0], vmax=limits[1], **style)
    scale = _LARGEST_BYTE if limits[1] > _MOST_OF_SHARES else 1
    return ax.imshow(np.where(np.isnan(image), 1.0, np.clip(image / scale, 0, 1)), **style)


def draw_grid(ax, images, extent):
    """Draw each image around its point of a plane, in one scale of greys.

    Parameters
    ----------
    ax : matplotlib Axes or None
        None makes a figure of pyplot.
    images : ndarray of shape (n_rows, n_columns, height, width) or (n_rows, n_columns, height, width, n_channels)
        The first row is the lowest.
    extent : tuple of four floats
        Where the middles of the outermost images lie: left, right, bottom, top.

    Returns
    -------
    ax : matplotlib Axes
    """
    n_rows, n_columns, height, width = images.shape[:4]
    gap = _gap(height)
    left, right, bottom, top = extent
    # Half an image, in units of the plane.
    x = (right - left) / (n_columns - 1) / 2 * width / (width + gap)
    y = (top - bottom) / (n_rows - 1) / 2 * height / (height + gap)
    picture = mosaic(images[::-1], gap)
    proportion = picture.shape[0] / picture.shape[1]
    if ax is None:
        ax = new_ax(0.6 + 5.4 * min(1, 1 / proportion), 0.6 + 5.4 * min(1, proportion))
    place = (left - x, right + x, bottom - y, top + y)
    draw_image(ax, picture, np.quantile(images, _SATURATED), extent=place, aspect="auto")
    ax.set_box_aspect(proportion)
    return ax


def draw_rows(ax, tables):
    """Draw images below their originals, in the greys of these, and the differences in a scale of their own.

    Parameters
    ----------
    ax : matplotlib Axes or None
        None makes a figure of pyplot.
    tables : dict of str to ndarray of shape (n_images, height, width) or (n_images, height, width, n_channels)
        ``X``, ``X_reconstructed`` and, between them, ``X_noisy`` if there is one.

    Returns
    -------
    ax : matplotlib Axes
    """
    height = tables["X"].shape[1]
    n_rows, gap = len(tables) + 1, _gap(height)
    upper = mosaic(np.stack(list(tables.values())), gap)
    lower = mosaic(_differences(tables)[np.newaxis], gap)
    step, wide, high = height + gap, upper.shape[1], n_rows * (height + gap) - gap
    if ax is None:
        # Words and bar take about 2 inches beside images as high as the figure.
        row = min(1.0, (_WIDEST - 2.1) * high / wide / (n_rows + 0.2))
        ax = new_ax(2.1 + wide / high * row * (n_rows + 0.2), max(1.2, row * (n_rows + 0.2)))
    draw_image(ax, upper, (np.nanmin(tables["X"]), np.nanmax(tables["X"])), extent=(0, wide, len(upper), 0))
    largest = np.nanmax(np.abs(lower)) or 1.0
    scale = {"cmap": _DIFFERENCES, "vmin": -largest, "vmax": largest}
    differences = ax.imshow(lower, extent=(0, wide, high, high - height), **scale)
    ax.set(xlim=(0, wide), ylim=(high, 0), xticks=[])
    words = [_WORDS[name] for name in tables] + ["difference"]
    size = "medium" if min(inches_of(ax)) > 2 else "x-small"
    ax.set_yticks(np.arange(n_rows) * step + height / 2, words, color=INK, size=size)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    # Right of the row that it explains, whatever the shape of the axes.
    thickness = 0.1 * height / wide
    cax = ax.inset_axes((1 + thickness, 0, thickness, height / high))
    draw_colorbar(ax, differences, cax=cax)
    if height * min(inches_of(ax) / np.array([wide, high])) < _LEAST_BAR:
        cax.set_yticks([0], [f"±{largest:.2g}"], size=size)
    return ax


def _differences(tables):
    """Subtract the originals from the reconstructions; colours are averaged."""
    differences = tables["X_reconstructed"] - tables["X"]
    return differences.mean(axis=-1) if differences.ndim == 4 else differences


def _gap(height):
    """Return how many pixels lie between images."""
    return max(1, round(_GAP * height))


def mosaic(images, gap=None):
    """Set images side by side; NaN lies between them.

    Parameters
    ----------
    images : ndarray of shape (n_rows, n_columns, height, width) or (n_rows, n_columns, height, width, n_channels)
    gap : int, default=None
        Pixels between; None is a tenth of the height.

    Returns
    -------
    picture : ndarray of two dimensions, or three with channels
    """
    gap = _gap(images.shape[2]) if gap is None else gap
    between = [(0, 0), (0, 0), (0, gap), (0, gap), *[(0, 0)] * (images.ndim - 4)]
    padded = np.pad(images, between, constant_values=np.nan)
    n_rows, n_columns, height, width, *channels = padded.shape
    return padded.swapaxes(1, 2).reshape(n_rows * height, n_columns * width, *channels)[:-gap, :-gap]
