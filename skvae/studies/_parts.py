"""The parts of a study: each replicate of each condition, with a seed of its own."""

import json
import time
import zlib
from typing import Any, NamedTuple

import numpy as np

from skvae._blas import one_thread


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
    grid = [(condition, i) for condition in study.conditions(samples, sizes) for i in range(sizes["replicates"])]
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
    """
    started = time.perf_counter()
    # The measures are short: their threads would only wait for each other. TensorFlow has threads of its own.
    with one_thread():
        measured = study.measure(samples, part.condition, sizes, part.seed)
    codes = measured.codes if part.replicate == 0 else ()
    content = {"rows": measured.rows, "codes": list(codes), "seconds": time.perf_counter() - started}
    text = json.dumps(content, default=_plain)
    if folder is not None:
        folder.write_part(part, text)
    return part, text


def _seed_of(seed, name, condition, replicate):
    """Derive the seed of a part from what it is."""
    what = zlib.crc32(json.dumps([name, condition], default=_plain).encode())
    return int(np.random.SeedSequence([seed, what, replicate]).generate_state(1)[0] >> 1)


def _plain(value):
    """Turn NumPy's numbers into Python's."""
    return value.item()
