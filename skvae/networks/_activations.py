"""Activations in NumPy, by the name that Keras gives them."""

import numpy as np
from scipy.special import erf, expit

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


def _elu(x):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def _selu(x):
    return SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0)))


def _gelu(x):
    return 0.5 * x * (1 + erf(x * np.sqrt(0.5)).astype(x.dtype, copy=False))


# All take an array that they may overwrite: the hidden layer's own, seen by nobody else.
ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0, out=x),
    "tanh": lambda x: np.tanh(x, out=x),
    "sigmoid": lambda x: expit(x, out=x),
    "softplus": lambda x: np.logaddexp(x, 0, out=x),
    "silu": lambda x: x * expit(x),
    "elu": _elu,
    "selu": _selu,
    "gelu": _gelu,
}
