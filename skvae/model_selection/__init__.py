"""Choosing between models: compare transformers on the same splits, search architectures."""

from skvae.model_selection._comparison import compare_transformers
from skvae.model_selection._evolution import EvolutionarySearchCV
from skvae.model_selection._measures import Measure
from skvae.model_selection._mutations import drop_or_widen, vary_layers
from skvae.model_selection._result import TransformerComparison

__all__ = [
    "EvolutionarySearchCV",
    "Measure",
    "TransformerComparison",
    "compare_transformers",
    "drop_or_widen",
    "vary_layers",
]
