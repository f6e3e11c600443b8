"""Fully connected hidden layers."""

from numbers import Integral, Real

import numpy as np

from skvae._compat import InvalidParameterError
from skvae.networks._activations import ACTIVATIONS
from skvae.networks._base import Network

# TensorFlow counts with 32 bits.
MAX_UNITS = 2**31


class Dense(Network):
    """Fully connected hidden layers.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int or float, default=(120, 120, 16)
        Units of each hidden layer, from the input on. A float is a share of the number of features: ``1.0`` is as
        many units as there are features. An empty tuple makes a linear model.
    activation : str, default="relu"
        Activation of the hidden layers, by its Keras name: "linear", "relu", "tanh", "sigmoid", "softplus", "silu",
        "elu", "selu" or "gelu".

    Examples
    --------
    >>> from skvae.networks import Dense
    >>> Dense((64, 0.5)).units(n_features=30)
    (64, 15)
    """

    def __init__(self, hidden_layer_sizes=(120, 120, 16), activation="relu"):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation

    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""
        sizes = self.hidden_layer_sizes
        if not isinstance(sizes, tuple | list) or not all(_is_size(size) for size in sizes):
            raise InvalidParameterError(
                "The 'hidden_layer_sizes' of a Dense network must be a tuple of positive ints (units) or positive "
                f"floats (shares of n_features), such as (120, 16) or (1.0,). Got {sizes!r} instead."
            )
        if not isinstance(self.activation, str) or self.activation not in ACTIVATIONS:
            raise InvalidParameterError(
                f"The 'activation' of a Dense network must be one of {sorted(ACTIVATIONS)}. "
                f"Got {self.activation!r} instead."
            )

    def key(self):
        """Return what tells this network from others, hashable."""
        # 1 unit and a share of 1.0 are equal to Python.
        sizes = tuple((isinstance(size, Integral), float(size)) for size in self.hidden_layer_sizes)
        return ("dense", sizes, self.activation)

    @property
    def is_linear(self):
        """Tell whether there are no hidden layers."""
        return len(self.hidden_layer_sizes) == 0

    def units(self, n_features):
        """Return the units of each layer, with shares of the features resolved."""
        return tuple(
            int(size) if isinstance(size, Integral) else max(1, round(size * n_features))
            for size in self.hidden_layer_sizes
        )

    def weight_shapes(self, n_inputs, n_features):
        """Return the shapes of the kernels and biases."""
        shapes: dict[str, tuple[int, ...]] = {}
        for i, units in enumerate(self.units(n_features)):
            shapes |= {f"hidden{i}/kernel": (n_inputs, units), f"hidden{i}/bias": (units,)}
            n_inputs = units
        return shapes

    def output_width(self, n_inputs, n_features):
        """Return the number of values that the last layer gives."""
        return (n_inputs, *self.units(n_features))[-1]

    def mirrored(self):
        """Return the network with the layers in reverse order."""
        return Dense(tuple(reversed(self.hidden_layer_sizes)), self.activation)

    def connect(self, inputs, n_features):
        """Apply new Keras layers to a symbolic tensor."""
        import keras

        for i, units in enumerate(self.units(n_features)):
            inputs = keras.layers.Dense(
                units, activation=self.activation, kernel_initializer="zeros", dtype="float32", name=f"hidden{i}"
            )(inputs)
        return inputs

    def apply(self, weights, inputs):
        """Apply the layers to an array in NumPy."""
        activate = ACTIVATIONS[self.activation]
        for i in range(len(self.hidden_layer_sizes)):
            hidden = inputs @ weights[f"hidden{i}/kernel"]
            hidden += weights[f"hidden{i}/bias"]
            inputs = activate(hidden)
        return inputs


def _is_size(size):
    """Tell whether a layer can have this size."""
    return isinstance(size, Real) and not isinstance(size, bool | np.bool_) and 0 < float(size) < MAX_UNITS
