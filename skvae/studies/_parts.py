"""The parts of a study: each replicate of each condition, with a seed of its own."""

import json
import time
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from skvae._blas import one_thread
from skvae.studies._study import Measured

#: Columns that every table has beside the conditions.
_RECORD = ("replicate", "seed")


class Part(NamedTuple):
    """One replicate of one condition.

    Attributes
    ----------
    number : int
        Its place among the parts, from 0.
    condition : dict
    replicate : int
    seed : int
    """

    number: int
    condition: dict[str, Any]
    replicate: int
    seed: int

    def __str__(self):
        """Name it in a line."""
        return ", ".join(
            [*(f"{name} {value}" for name, value in self.condition.items()), f"replicate {self.replicate}"]
        )


def parts_of(study, samples, sizes, seed):
    """List the parts of a study; a part has the same seed whatever the other parts are.

    Parameters
    ----------
    study : Study
    samples : Samples or None
    sizes : dict
    seed : int

    Returns
    -------
    list of Part
    """
    conditions = study.conditions(samples, sizes)
    if not conditions or not _are_dicts(conditions):
        raise TypeError(f"conditions of the study {study.name!r} must return a list of dicts, but gave {conditions!r}.")
    for condition in conditions:
        _refuse_taken(study, condition, _RECORD)
    grid = [(condition, i) for condition in conditions for i in range(sizes["replicates"])]
    return [
        Part(number, condition, i, _seed_of(seed, study.name, condition, i))
        for number, (condition, i) in enumerate(grid)
    ]


def run_part(study, samples, sizes, part, folder=None):
    """Measure a part, and write it into the folder at once.

    Parameters
    ----------
    study : Study
    samples : Samples or None
    sizes : dict
    part : Part
    folder : Folder, default=None

    Returns
    -------
    part : Part
    text : str
        What was measured, as JSON: numbers go through it unchanged, and so are the same from memory and from a file.

    Raises
    ------
    TypeError
        If what was measured is no `Measured` with rows that are dicts.
    ValueError
        If the rows lack a column that names them in the summary.
    """
    started = time.perf_counter()
    # The measures are short: their threads would only wait for each other. TensorFlow has threads of its own.
    with one_thread():
        measured = study.measure(samples, part.condition, sizes, part.seed)
    _check(study, part, measured)
    codes = measured.codes if part.replicate == 0 else ()
    content = {"rows": measured.rows, "codes": list(codes), "seconds": time.perf_counter() - started}
    text = json.dumps(content, default=_plain)
    if folder is not None:
        folder.write_part(part, text)
    return part, text


def _check(study, part, measured):
    """Check what a study measured, as long as not much is lost."""
    if not isinstance(measured, Measured) or not _are_dicts(measured.rows):
        raise TypeError(
            f"measure of the study {study.name!r} must return Measured(rows), rows a list of dicts, but gave "
            f"{measured!r:.200}."
        )
    if not measured.rows:
        raise ValueError(f"measure of the study {study.name!r} gave no rows.")
    for row in measured.rows:
        _refuse_taken(study, row, (*part.condition, *_RECORD))
    columns = [*part.condition, "replicate", "seed", *dict.fromkeys(name for row in measured.rows for name in row)]
    unknown = [name for name in study.by if name not in columns]
    if unknown:
        raise ValueError(
            f"The study {study.name!r} names its rows by {', '.join(map(repr, unknown))}, but its table has the "
            f"columns {', '.join(columns)}."
        )


def _refuse_taken(study, names, taken):
    """Raise if a row or condition would write over a column that is there."""
    twice = [name for name in names if name in taken]
    if twice:
        raise ValueError(f"The study {study.name!r} names two columns of its table {twice[0]!r}; rename one.")


def _are_dicts(rows):
    """Tell whether something is a list of dicts."""
    return isinstance(rows, list | tuple) and all(isinstance(row, Mapping) for row in rows)


def _seed_of(seed, name, condition, replicate):
    """Derive the seed of a part from what it is."""
    what = zlib.crc32(json.dumps([name, condition], default=_plain).encode())
    return int(np.random.SeedSequence([seed, what, replicate]).generate_state(1)[0] >> 1)


def _plain(value):
    """Turn NumPy's numbers into Python's."""
    return value.item()
