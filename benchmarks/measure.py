"""How to measure: turns, fresh processes, a table of ratios with their goals, a description of the machine."""

import gc
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_info

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "tensorflow", "keras", "torch", "skvae")
# Settings that change the speed of one rival or another.
_VARIABLES = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "TF_NUM_INTRAOP_THREADS",
    "XLA_FLAGS",
)


class Row(NamedTuple):
    """One line of the table.

    Attributes
    ----------
    what : str
        What was measured.
    rival : str
        What it is compared with; empty where the goal is for the value itself.
    theirs, ours : float
        Seconds, or another quantity by itself.
    goal : float
    at_least : bool
        True: `theirs` / `ours` should be the goal or more. False: `ours` / `theirs` should be the goal or less.
    unit : str
        Of `theirs` and `ours`.
    """

    what: str
    rival: str
    theirs: float
    ours: float
    goal: float
    at_least: bool
    unit: str = "s"

    @property
    def ratio(self):
        """What the goal is about."""
        return self.theirs / self.ours if self.at_least else self.ours / self.theirs

    @property
    def is_met(self):
        """Tell whether the goal is reached."""
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal

    def as_dict(self):
        """Return everything, for machines."""
        return {**self._asdict(), "ratio": self.ratio, "met": bool(self.is_met)}

    def cells(self):
        """Return everything, for readers."""
        theirs = f"{self.theirs:.3g} {self.unit}" if self.rival else ""
        sign = ">=" if self.at_least else "<="
        verdict = "met" if self.is_met else "short"
        return (
            self.what,
            self.rival,
            theirs,
            f"{self.ours:.3g} {self.unit}",
            f"{self.ratio:.3g}",
            f"{sign} {self.goal:g}",
            verdict,
        )


def value_row(what, value, goal, unit):
    """Return the row of a value that should be the goal or less by itself."""
    return Row(what, "", 1.0, value, goal, at_least=False, unit=unit)


def markdown(header, lines):
    """Lay out a Markdown table whose columns are as wide as their widest cell."""
    widths = [max(len(line[i]) for line in (header, *lines)) for i in range(len(header))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in (header, rule, *lines)
    )


def interleaved(contenders, repeats):
    """Measure contenders in turns, so that a slow minute of the machine strikes all of them.

    Parameters
    ----------
    contenders : dict
        From a name to a function that returns its measured seconds, one or many.
    repeats : int
        Number of turns; every other one goes backwards.

    Returns
    -------
    dict
        From a name to the median.
    """
    samples = {name: [] for name in contenders}
    for turn in range(repeats):
        for name in list(contenders)[:: -1 if turn % 2 else 1]:
            gc.collect()
            samples[name].extend(np.atleast_1d(contenders[name]()))
    return {name: float(np.median(values)) for name, values in samples.items()}


def seconds_of(function, calls=1):
    """Return the seconds of each call."""
    seconds = []
    for _ in range(calls):
        started = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - started)
    return seconds


def run_python(arguments):
    """Run Python in a fresh process and return what it prints."""
    return subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def number_from(arguments):
    """Run Python in a fresh process and return the number on its last line."""
    return float(run_python(arguments).splitlines()[-1])


def say(message):
    """Print progress where it does not get into the table."""
    print(message, file=sys.stderr, flush=True)


def machine():
    """Describe machine and versions, as a dict."""
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"Others are using this machine (load {load:.2f}): the ratios below may be off.")
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(load, 2),
        "platform": platform.platform(),
        "BLAS": ", ".join(_blas()),
        "environment": {name: os.environ[name] for name in _VARIABLES if name in os.environ},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
    }


def heading(machine):
    """Write the description as lines of text."""
    lines = []
    for name, value in machine.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {item}" for key, item in value.items())
        lines.append(f"{name}: {value}")
    return "\n".join(lines)


def _processor():
    """Name the processor and its vector width, on which much depends."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return platform.processor()
    pairs = [line.partition(":")[::2] for line in path.read_text().splitlines()]
    facts = {name.strip(): value.strip() for name, value in pairs}
    flags = facts.get("flags", "").split()
    widest = next((flag for flag in ("avx512f", "avx2", "avx") if flag in flags), "no avx")
    return f"{facts.get('model name', platform.processor())}, {widest}"


def _blas():
    """Name each BLAS library, the kernels it chose, and its threads."""
    for library in threadpool_info():
        if library["user_api"] == "blas":
            yield f"{library['internal_api']} {library.get('architecture', '')} {library['num_threads']} threads"
