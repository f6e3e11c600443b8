"""The studies of the literature as data, and one function that runs them.

Names are loaded on first use, so that the command can list the studies without importing NumPy.
"""

import importlib

_HOME = {
    "Finding": "skvae.studies._study",
    "Measured": "skvae.studies._study",
    "Samples": "skvae.studies._samples",
    "Study": "skvae.studies._study",
    "StudyResult": "skvae.studies._result",
    "STUDIES": "skvae.studies._registry",
    "load_study": "skvae.studies._registry",
    "read_samples": "skvae.studies._samples",
    "run": "skvae.studies._run",
}

__all__ = [
    "STUDIES",
    "Finding",
    "Measured",
    "Samples",
    "Study",
    "StudyResult",
    "load_study",
    "read_samples",
    "run",
]


def __getattr__(name):
    """Import the home of a public name when it is first asked for."""
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'skvae.studies' has no attribute {name!r}")


def __dir__():
    """List the public names, also those not loaded yet."""
    return sorted(__all__)
