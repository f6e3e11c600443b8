"""Fully connected hidden layers."""

from numbers import Integral

import numpy as np

from skvae._compat import InvalidParameterError
from skvae._validation import is_number
from skvae.networks._activations import ACTIVATIONS
from skvae.networks._base import Layers, Network, Weight

# Keras' constants of its normalizations, but for a memory of about 10 batches: small tables have few.
EPSILON, MOMENTUM = 1e-3, 0.9
NORMALIZATIONS = ("batch", "layer")
# TensorFlow counts with 32 bits.
MAX_UNITS = 2**31


class Dense(Network):
    """Fully connected hidden layers.

    A tuple of layer sizes, as `encoder` or `decoder`, is short for it.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int or float, default=(120, 120, 16)
        Units of each hidden layer, from the input on. A float is a share of the number of features: ``1.0`` is as
        many units as there are features. An empty tuple makes a linear model.
    activation : str, default="relu"
        Activation of the hidden layers, by its Keras name: "linear", "relu", "tanh", "sigmoid", "softplus", "silu",
        "elu", "selu", "gelu" and others.
    dropout : float, default=0.0
        Share of the units of each hidden layer that each training step leaves out, in [0, 1).
    normalization : {"batch", "layer"} or None, default=None
        Normalization before each activation, over the batch (Ioffe and Szegedy 2015) or over the units of the layer
        (Ba, Kiros and Hinton 2016). In a batch that is not full some rows count twice for its mean and variance.

    See Also
    --------
    Conv : Convolutional layers, for images.
    Recurrent : Recurrent layers, for sequences.

    Examples
    --------
    >>> from skvae.networks import Dense
    >>> Dense((64, 0.5)).units(n_features=30)
    (64, 15)
    """

    def __init__(self, hidden_layer_sizes=(120, 120, 16), activation="relu", dropout=0.0, normalization=None):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.dropout = dropout
        self.normalization = normalization

    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""
        sizes = self.hidden_layer_sizes
        if not isinstance(sizes, tuple | list) or not all(_is_size(size) for size in sizes):
            raise InvalidParameterError(
                "The 'hidden_layer_sizes' of a Dense network must be a tuple of positive ints (units) or positive "
                f"floats (shares of n_features), such as (120, 16) or (1.0,). Got {sizes!r} instead."
            )
        check_activation(self)
        if not is_number(self.dropout) or not 0 <= self.dropout < 1:
            raise InvalidParameterError(
                f"The 'dropout' of a Dense network must be a float in [0, 1). Got {self.dropout!r} instead."
            )
        if self.normalization is not None and self.normalization not in NORMALIZATIONS:
            raise InvalidParameterError(
                f"The 'normalization' of a Dense network must be one of {list(NORMALIZATIONS)} or None. "
                f"Got {self.normalization!r} instead."
            )

    def key(self):
        """Return its kind and parameters."""
        # 1 unit and a share of 1.0 are equal to Python.
        sizes = tuple((isinstance(size, Integral), float(size)) for size in self.hidden_layer_sizes)
        return ("dense", sizes, self.activation, float(self.dropout), self.normalization)

    @property
    def is_linear(self):
        """Tell whether there are no hidden layers."""
        return len(self.hidden_layer_sizes) == 0

    def units(self, n_features):
        """Return the units of each layer, with shares of the features resolved.

        Parameters
        ----------
        n_features : int
            Number of columns of the data.

        Returns
        -------
        tuple of int
            Units from the input on.
        """
        return tuple(
            int(size) if isinstance(size, Integral) else max(1, round(size * n_features))
            for size in self.hidden_layer_sizes
        )

    def mirrored(self):
        """Return the network with the layers in reverse order."""
        return Dense(tuple(reversed(self.hidden_layer_sizes)), self.activation, self.dropout, self.normalization)

    def encoder_layers(self, inputs, n_features):
        """Make the layers of an encoder."""
        return DenseLayers(self, inputs.width, self.units(n_features))

    def decoder_layers(self, inputs, n_features):
        """Make the layers of a decoder."""
        return DenseLayers(self, inputs.width, self.units(n_features))


class Activation(Network):
    """An activation and nothing else, for a decoder whose encoder has the layer before it.

    Parameters
    ----------
    activation : str, default="relu"
        See `Dense`.
    """

    def __init__(self, activation="relu"):
        self.activation = activation

    def validate(self):
        """Raise an ``InvalidParameterError`` if the activation is unknown."""
        check_activation(self)

    def encoder_layers(self, inputs, n_features):
        """Make the layers of an encoder."""
        return ActivationLayers(self.activation, inputs.width)

    decoder_layers = encoder_layers


class ActivationLayers(Layers):
    """The layer of an `Activation`."""

    def __init__(self, activation, width):
        self.activation, self.width = activation, width

    def weights(self):
        """Return nothing."""
        return {}

    def connect(self, inputs):
        """Apply a new Keras layer to a symbolic tensor."""
        from keras import layers

        return layers.Activation(self.activation, dtype="float32", name="activation")(inputs), {}

    def apply(self, weights, inputs):
        """Apply the activation to an array, which stays as it is."""
        return ACTIVATIONS[self.activation](np.array(inputs))


class DenseLayers(Layers):
    """The layers of a `Dense` network.

    Parameters
    ----------
    network : Dense
    n_inputs : int
    units : tuple of int
    """

    def __init__(self, network, n_inputs, units):
        self.network, self.n_inputs, self.units = network, n_inputs, units
        self.width = (n_inputs, *units)[-1]

    def weights(self):
        """Describe kernels and biases, and what normalization learns."""
        weights: dict[str, Weight] = {}
        n_inputs = self.n_inputs
        for i, units in enumerate(self.units):
            weights[f"hidden{i}/kernel"] = Weight((n_inputs, units))
            weights[f"hidden{i}/bias"] = Weight((units,), "zeros")
            if self.network.normalization is not None:
                weights[f"norm{i}/gamma"] = Weight((units,), "ones")
                weights[f"norm{i}/beta"] = Weight((units,), "zeros")
            if self.network.normalization == "batch":
                weights[f"norm{i}/moving_mean"] = Weight((units,), "zeros", is_trained=False)
                weights[f"norm{i}/moving_variance"] = Weight((units,), "ones", is_trained=False)
            n_inputs = units
        return weights

    def connect(self, inputs):
        """Apply new Keras layers to a symbolic tensor."""
        made = []
        for i, units in enumerate(self.units):
            for layer in _keras_layers(self.network, i, units):
                inputs = layer(inputs)
                made.append(layer)
        return inputs, {v.path: v for layer in made for v in layer.weights}

    def apply(self, weights, inputs):
        """Apply the layers to an array in NumPy, as in inference."""
        normalization, activate = self.network.normalization, ACTIVATIONS[self.network.activation]
        for i in range(len(self.units)):
            hidden = inputs @ weights[f"hidden{i}/kernel"]
            hidden += weights[f"hidden{i}/bias"]
            if normalization is not None:
                named = {name: weights.get(f"norm{i}/{name}") for name in _NORMALIZATION_WEIGHTS}
                hidden = _normalized(hidden, **named)
            inputs = activate(hidden)
        return inputs


_NORMALIZATION_WEIGHTS = ("gamma", "beta", "moving_mean", "moving_variance")


def _normalized(x, gamma, beta, moving_mean, moving_variance):
    """Normalize by the statistics of all batches, or, where there are none, those of each row."""
    if moving_mean is None:
        moving_mean, moving_variance = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    return (x - moving_mean) / np.sqrt(moving_variance + x.dtype.type(EPSILON)) * gamma + beta


def _keras_layers(network, i, units):
    """Make the Keras layers that are one hidden layer; no initial value is random, nor a name left to Keras."""
    from keras import layers

    yield layers.Dense(units, kernel_initializer="zeros", dtype="float32", name=f"hidden{i}")
    if network.normalization == "batch":
        yield layers.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON, dtype="float32", name=f"norm{i}")
    if network.normalization == "layer":
        yield layers.LayerNormalization(epsilon=EPSILON, dtype="float32", name=f"norm{i}")
    yield layers.Activation(network.activation, dtype="float32", name=f"activation{i}")
    if network.dropout:
        # The training gives it other seeds at each step.
        yield layers.Dropout(network.dropout, seed=i, dtype="float32", name=f"dropout{i}")


def check_activation(network):
    """Raise an ``InvalidParameterError`` if the activation of a network is unknown."""
    if not isinstance(network.activation, str) or network.activation not in ACTIVATIONS:
        raise InvalidParameterError(
            f"The 'activation' of a {type(network).__name__} network must be one of {sorted(ACTIVATIONS)}. "
            f"Got {network.activation!r} instead."
        )


def _is_size(size):
    """Tell whether a layer can have this size."""
    return is_number(size) and 0 < float(size) < MAX_UNITS
