"""Pictures inside a page: drawn without pyplot, so that nothing global is touched, and kept as data URIs."""

import base64
import io
import re
import warnings
from contextlib import contextmanager

from skvae._optional import import_optional
from skvae.reporting._blocks import Picture

# Bytes. A larger SVG, of thousands of points, is kept as PNG.
_LARGEST_SVG = 120_000
_DPI = 144
_CSS_DPI, _POINTS_PER_INCH = 96, 72


@contextmanager
def default_settings():
    """Draw as matplotlib does by default, whatever the user's settings, which are the same afterwards."""
    matplotlib = import_optional("matplotlib", extra="report", purpose="skvae.report")
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams["svg.hashsalt"] = "skvae"  # by default identifiers are random
        yield


def new_axes(width, height):
    """Make axes on a figure of their own, by inches."""
    figures = import_optional("matplotlib.figure", extra="report", purpose="skvae.report")
    return figures.Figure(figsize=(width, height)).subplots()


def picture(ax, alt):
    """Keep the figure of some axes.

    Parameters
    ----------
    ax : matplotlib Axes
    alt : str
        What the picture shows.

    Returns
    -------
    picture : Picture
        An SVG, or a PNG if that would be large.
    """
    figure = ax.get_figure(root=True)
    _take_text_as_it_is(figure)
    with warnings.catch_warnings():
        # The font has no glyph for some letters of names: the tables have them.
        warnings.filterwarnings("ignore", message=r"(?s)Glyph .* missing from font")
        kind, content = "svg+xml", _saved(figure, "svg", metadata={"Date": None, "Creator": None})
        size = _svg_size(content)
        if len(content) > _LARGEST_SVG:
            kind, content = "png", _saved(figure, "png", dpi=_DPI)
    return Picture(f"data:image/{kind};base64,{base64.b64encode(content).decode()}", alt, size)


def _take_text_as_it_is(figure):
    """Keep dollar signs in names from beginning a formula; numbers along axes may be formulas."""
    text = import_optional("matplotlib.text", extra="report", purpose="skvae.report")
    ticker = import_optional("matplotlib.ticker", extra="report", purpose="skvae.report")
    axes = [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
    numbered = [axis for axis in axes if isinstance(axis.get_major_formatter(), ticker.ScalarFormatter)]
    numbers = {label for axis in numbered for label in axis.get_ticklabels(which="both")}
    for label in set(figure.findobj(text.Text)) - numbers:
        label.set_parse_math(False)


def _saved(figure, kind, **options):
    """Write a figure into bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, bbox_inches="tight", pad_inches=0.05, **options)
    return buffer.getvalue()


def _svg_size(content):
    """Read width and height of an SVG, in pixels of a page."""
    points = re.findall(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"', content[:2000])[0]
    width, height = (round(float(n) * _CSS_DPI / _POINTS_PER_INCH) for n in points)
    return width, height
