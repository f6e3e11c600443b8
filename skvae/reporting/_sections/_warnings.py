"""What was told of the table, and what the fits warned of."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from skvae.reporting._blocks import Points, Section, Text
from skvae.reporting._findings import COMPARING, ROWS
from skvae.reporting._log import READING
from skvae.reporting._words import count, printable

_GIVEN = (
    "Warnings of the fit of the given model itself are not known to the report: they were raised when it was fitted."
)
# Figures, also positions of columns, and names in quotes, in which warnings of one kind differ. The apostrophe of a
# word, as in don't and the columns', begins no name.
_ITEM = r"""(?:(?<!\w)'[^']*'|"[^"]*"|\d(?:[\d.,\s]*\d)?(?:e[+-]?\d+)?)"""
_ITEMS = rf"{_ITEM}(?:, {_ITEM})*(?:, \.\.\.| and \d+ more)?"
# What fits on a part of the rows say of columns that vary over all rows.
_UNVARYING = re.compile(r"columns (?:are constant|hold no value)|without any value in fit")
_OF_PARTS = (
    "That is so in these parts of the rows only, which a split or a resample took: over all rows each column varies, "
    "so nothing is to be mended."
)


def raised(findings):
    """List the warnings, each once, with the steps that raised it."""
    blocks: list = [Text(_GIVEN)] if findings.given else []
    points = [_point(kind, findings.data) for kind in _kinds(findings.log.warnings)]
    if points:
        blocks.append(Points(points))
    elif not findings.given:
        blocks.append(Text("None was raised."))
    return Section("warnings", "Warnings", blocks)


@dataclass
class _Kind:
    """Warnings that differ in names and figures only: the messages, the first one first, and where they were raised."""

    messages: dict[str, None] = field(default_factory=dict)
    steps: dict[str, None] = field(default_factory=dict)
    n: int = 0


def _kinds(warnings):
    """Put together warnings of one kind; what was told while the table was read stays as it is."""
    kinds: defaultdict[str, _Kind] = defaultdict(_Kind)
    for (step, message), n in warnings.items():
        kind = kinds[message if step == READING else re.sub(_ITEMS, "#", message)]
        kind.messages[message] = kind.steps[step] = None
        kind.n += n
    return list(kinds.values())


def _point(kind, table):
    """Write warnings of one kind, with their steps."""
    first, where = next(iter(kind.messages)), "; ".join(kind.steps)
    which = ", with the names and figures of the first" if len(kind.messages) > 1 else ""
    times = f" ({count(kind.n, 'time')}{which})" if kind.n > 1 else ""
    hint = f" {_OF_PARTS}" if _is_of_parts(kind, first, table) else ""
    return f"{where[:1].upper()}{where[1:]}{times}:", printable(first) + hint


def _is_of_parts(kind, message, table):
    """Tell whether columns that a warning says do not vary do so over all rows."""
    if table is None or not _UNVARYING.search(message):
        return False
    varies = (np.fmax.reduce(table.values, axis=0) > np.fmin.reduce(table.values, axis=0)).all()
    return bool(varies) and all(step == COMPARING or step.endswith(ROWS) for step in kind.steps)
