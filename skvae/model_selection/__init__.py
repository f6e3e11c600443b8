"""Choosing between models: compare transformers on the same splits, search architectures."""

from skvae.model_selection._comparison import compare_transformers
from skvae.model_selection._evolution import EvolutionarySearchCV
from skvae.model_selection._measures import Measure
from skvae.model_selection._mutations import drop_or_widen, vary_layers

# What the command and the report share.
from skvae.model_selection._pca_or_vae import FEWEST_ROWS as FEWEST_ROWS
from skvae.model_selection._pca_or_vae import check_size as check_size
from skvae.model_selection._pca_or_vae import with_steps_before as with_steps_before
from skvae.model_selection._result import TransformerComparison

__all__ = [
    "EvolutionarySearchCV",
    "Measure",
    "TransformerComparison",
    "compare_transformers",
    "drop_or_widen",
    "vary_layers",
]
