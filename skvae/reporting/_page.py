"""From sections to one HTML page."""

from functools import cache

from skvae import __version__
from skvae._optional import import_optional

_TEMPLATE = "report.html.j2"


def check_jinja():
    """Raise before anything is computed if pages cannot be written."""
    import_optional("jinja2", extra="report", purpose="skvae.report")


def page(title, verdict, facts, sections):
    """Write the page.

    Parameters
    ----------
    title, verdict : str
    facts : list of (str, str)
    sections : list of Section

    Returns
    -------
    html : str
        All text in it is escaped.
    """
    return _template().render(title=title, verdict=verdict, facts=facts, sections=sections, version=__version__)


@cache
def _template():
    """Load the template."""
    jinja2 = import_optional("jinja2", extra="report", purpose="skvae.report")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("skvae.reporting"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_TEMPLATE)
