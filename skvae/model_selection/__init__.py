"""Choosing between models: compare transformers on the same splits."""

from skvae.model_selection._comparison import TransformerComparison, compare_transformers

__all__ = ["TransformerComparison", "compare_transformers"]
