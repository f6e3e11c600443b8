"""Formulas as MathML, which browsers draw by themselves: neither a script nor a font is fetched."""

import re

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

_logger = logging.getLogger(__name__)

# The name of a function, and what it is applied to without a parenthesis: TeX puts a thin space between.
_APPLIED = re.compile(r"(<mo>&ApplyFunction;</mo>)(?!\s*(?:<mrow>\s*)?<mo[^>]*>\()")


def inline(self, node):
    """Write a formula within a line."""
    self.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def block(self, node):
    """Write a formula of its own."""
    self.body.append(self.starttag(node, "div", CLASS="formula"))
    self.body.append(_mathml(node, as_block=True))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _mathml(node, as_block):
    """Translate a formula from LaTeX; what cannot be translated is told with its place."""
    try:
        return _APPLIED.sub(r'\1<mspace width="0.1667em"></mspace>', tex2mathml(node.astext(), as_block))
    except MathError as error:
        _logger.warning("%s in the formula %s", error, node.astext(), location=node)
        return ""


def setup(app):
    """Make it a renderer that `html_math_renderer` can name."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
