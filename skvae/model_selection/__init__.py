"""Choosing between models: compare transformers on the same splits."""

from skvae.model_selection._comparison import compare_transformers
from skvae.model_selection._result import TransformerComparison

__all__ = ["TransformerComparison", "compare_transformers"]
