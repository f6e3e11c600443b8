"""Variational autoencoders as scikit-learn estimators.

The public names are loaded on first use (PEP 562), so that ``import skvae`` costs little and never imports
TensorFlow.
"""

import importlib

__version__ = "0.1.0"

_HOME = {
    "AutoencoderTransformer": "skvae.estimators",
    "ModelFileError": "skvae.persistence",
    "VAEImputer": "skvae.estimators",
    "VAETransformer": "skvae.estimators",
    "load": "skvae.persistence",
    "report": "skvae.reporting",
    "save": "skvae.persistence",
}
_ROOMS = (
    "callbacks",
    "datasets",
    "export",
    "inspection",
    "likelihoods",
    "metrics",
    "model_selection",
    "networks",
    "noise",
    "plot",
    "preprocessing",
    "studies",
)

__all__ = [
    "AutoencoderTransformer",
    "ModelFileError",
    "VAEImputer",
    "VAETransformer",
    "__version__",
    "load",
    "report",
    "save",
    *_ROOMS,
]


def __getattr__(name):
    """Import the home of a public name when it is first asked for."""
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if name in _ROOMS:
        return importlib.import_module(f"skvae.{name}")
    raise AttributeError(f"module 'skvae' has no attribute {name!r}")


def __dir__():
    """List the public names, also those not loaded yet."""
    return sorted(__all__)
