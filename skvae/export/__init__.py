"""Fitted models as files for other programs; `docs/serving.md` says how these run them."""

from skvae.export._onnx import to_onnx

__all__ = ["to_onnx"]
