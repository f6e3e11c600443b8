"""What was told of the table, and what the fits warned of."""

import re

from skvae.reporting._blocks import Points, Section, Text
from skvae.reporting._words import count, printable

_GIVEN = (
    "Warnings of the fit of the given model itself are not known to the report: they were raised when it was fitted."
)
# Names and positions of columns, which make two warnings different, and figures, in which those of several fits differ.
# The apostrophe of a word, as in don't and the columns', begins no name.
_COLUMNS = (
    r"(?<!\w)'[^']*'|\"[^\"]*\"|(?:\bcolumns?|\bcolumn\(s\)|\bfeature\(s\)|\bdeviation of)[^.\d'\"]*\d+(?:, \d+)*"
)
_FIGURES = r"\d[\d.,\s]*"


def raised(findings):
    """List the warnings, each once, with the steps that raised it."""
    blocks: list = [Text(_GIVEN)] if findings.given else []
    points = [_point(*warning) for warning in _merged(findings.log.warnings)]
    if points:
        blocks.append(Points(points))
    elif not findings.given:
        blocks.append(Text("None was raised."))
    return Section("warnings", "Warnings", blocks)


def _merged(warnings):
    """Put together warnings that differ in figures only: the first message, the steps, and how often."""
    merged: dict[str, tuple] = {}
    for (step, message), n in warnings.items():
        kind = _without_figures(message)
        first, steps, n_before = merged.setdefault(kind, (message, {}, 0))
        merged[kind] = first, steps | {step: None}, n_before + n
    return [(message, list(steps), n) for message, steps, n in merged.values()]


def _without_figures(message):
    """Blank out the figures of a message, but not which columns it is about."""
    return re.sub(f"({_COLUMNS})|{_FIGURES}", lambda found: found[1] or "#", message)


def _point(message, steps, n):
    """Write a warning with its steps."""
    where = "; ".join(steps)
    times = f" ({count(n, 'time')}, with the figures of the first)" if n > 1 else ""
    return f"{where[:1].upper()}{where[1:]}{times}:", printable(message)
