"""What a study is: data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd


class Measured(NamedTuple):
    """What one replicate of one condition gives.

    Attributes
    ----------
    rows : list of dict
        Rows of the table; condition, replicate and seed are added to each.
    codes : list of dict
        The codes to draw, a dict for each sample; those of the first replicate are kept.
    """

    rows: list[dict[str, Any]]
    codes: Sequence[dict[str, Any]] = ()


class Finding(NamedTuple):
    """What a table says about a claim.

    Attributes
    ----------
    claim : str
        In plain words, with the figures that it is about.
    holds : bool or None
        None where the sizes do not allow to judge.
    figures : str
        What was found.
    """

    claim: str
    holds: bool | None
    figures: str

    def __str__(self):
        """Write it in one line."""
        verdict = {True: "confirmed", False: "refuted", None: "not judged"}[self.holds]
        return f"{self.claim}: {verdict} ({self.figures})"


@dataclass(frozen=True)
class Study:
    """A study as data: its question, its grid, and what to measure, to judge and to draw.

    `run` does the rest. The functions must be pure: the same arguments give the same values.

    Attributes
    ----------
    name : str
    question : str
        In one line.
    claim : str
        The finding of the source.
    version : int
        Rises with any change that changes figures; a run does not go on from parts of another version.
    full, quick : dict of str to int or tuple of int
        The sizes, of the source and for a look. Both hold ``replicates``.
    load : callable
        ``(samples, sizes) -> samples``: check what the user gives, or make what stands in for it where that is None.
    conditions : callable
        ``(samples, sizes) -> list of dict``: the grid; names and values of columns of the table.
    measure : callable
        ``(samples, condition, sizes, seed) -> Measured``: one replicate of one condition.
    judge : callable
        ``(table, sizes) -> list of Finding``.
    draw : callable
        ``(figure, table, codes)``: onto a matplotlib figure; `codes` is a DataFrame.
    by, shown : tuple of str
        Columns of the table that name the rows of the printed summary, and those that it shows.
    least : dict of str to int, default={}
        The least value of sizes, that is of each number of a list; of those not named 0, of ``replicates`` 1.
    """

    name: str
    question: str
    claim: str
    version: int
    full: Mapping[str, Any]
    quick: Mapping[str, Any]
    load: Callable[..., Any]
    conditions: Callable[..., list[dict[str, Any]]]
    measure: Callable[..., Measured]
    judge: Callable[[pd.DataFrame, Mapping[str, Any]], list[Finding]]
    draw: Callable[..., None]
    by: tuple[str, ...]
    shown: tuple[str, ...]
    least: Mapping[str, int] = field(default_factory=dict)
