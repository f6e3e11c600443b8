"""Callbacks of scikit-learn that watch a training: ``VAETransformer().set_callbacks(TensorBoard("logs"))``."""

from skvae.callbacks._tensorboard import TensorBoard

__all__ = ["TensorBoard"]
