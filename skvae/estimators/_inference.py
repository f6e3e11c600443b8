"""Inference: in NumPy where a network can, by Keras where it cannot."""

from functools import partial

import numpy as np

from skvae.estimators._stateless import Stateless
from skvae.training import cached_program

# Keras gets chunks of so many rows, filled up with zeros: a row has the same bits whatever stands beside it.
CHUNK = 128


def infer(body, weights, inputs):
    """Apply an encoder or a decoder to an array.

    Parameters
    ----------
    body : Encoder or Decoder
    weights : dict of ndarray
    inputs : ndarray of shape (n_samples, body.inputs.width)

    Returns
    -------
    list of ndarray of shape (n_samples, n_outputs)
        One for each head, in the type of the inputs; Keras reckons in float32.
    """
    if body.is_in_numpy:
        return body.apply(weights, inputs)
    n_weights = sum(w.size for w in weights.values())
    return cached_program(("inference", body.key()), lambda: _KerasInference(body), n_weights)(weights, inputs)


class _KerasInference:
    """The compiled Keras model of an encoder or a decoder, which gets its weights at each call."""

    def __init__(self, body):
        import tensorflow as tf

        self.names = list(body.weights())
        stateless = Stateless(body, self.names)

        def call(weights, chunk):
            return stateless(weights, chunk, noise_seed=(0, 0), training=False)[0]

        # TensorFlow counts traces by code object and warns if programs seem to share one; a partial is its own.
        self.call = tf.function(partial(call), autograph=False)

    def __call__(self, weights, inputs):
        """Apply the model."""
        import tensorflow as tf

        tensors = [tf.constant(weights[name], tf.float32) for name in self.names]
        chunks = []
        for start in range(0, len(inputs), CHUNK):
            chunk = np.zeros((CHUNK, inputs.shape[1]), np.float32)
            rows = inputs[start : start + CHUNK]
            chunk[: len(rows)] = rows
            chunks.append([values.numpy()[: len(rows)] for values in self.call(tensors, tf.constant(chunk))])
        return [np.concatenate(parts).astype(inputs.dtype, copy=False) for parts in zip(*chunks, strict=True)]
