"""What a network is: a recipe for layers, and the NumPy arithmetic of the layers it makes."""

from abc import ABC, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator


class Network(BaseEstimator, ABC):
    """Hidden layers of an encoder or a decoder.

    A network is a specification: it holds parameters, never weights, so that it can be cloned, printed and searched
    over (``vae__encoder__activation``). Two networks of equal parameters share one compiled training function.

    Weights travel as a dict from a name to an array, in the order in which the Keras layers own them.
    """

    @abstractmethod
    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""

    @abstractmethod
    def key(self):
        """Return what tells this network from others, hashable."""

    @property
    @abstractmethod
    def is_linear(self):
        """Tell whether there are no hidden layers."""

    @abstractmethod
    def weight_shapes(self, n_inputs, n_features):
        """Return the shape of each weight: a dict from name to tuple."""

    @abstractmethod
    def output_width(self, n_inputs, n_features):
        """Return the number of values that the last layer gives."""

    @abstractmethod
    def mirrored(self):
        """Return the network that decodes what this one encodes."""

    @abstractmethod
    def connect(self, inputs, n_features):
        """Apply new Keras layers to a symbolic tensor."""

    @abstractmethod
    def apply(self, weights, inputs):
        """Apply the layers to an array in NumPy."""


def draw_weights(shapes, rng):
    """Draw untrained weights: zero biases, and kernels that keep signals and gradients (Glorot and Bengio 2010)."""
    return {name: _glorot_uniform(shape, rng) if len(shape) > 1 else np.zeros(shape) for name, shape in shapes.items()}


def _glorot_uniform(shape, rng):
    """Draw one kernel."""
    limit = np.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape)
