"""Encoder and decoder: a network's hidden layers, the layers that face the latent space and the data, and a linear
path beside them all, in which probabilistic PCA fits exactly."""

from abc import ABC, abstractmethod

import numpy as np

from skvae.networks._base import draw_weights


class _Body(ABC):
    """Hidden layers between inputs and heads; weights are named as the Keras layers are."""

    #: Names of the layers that give the outputs.
    heads: tuple[str, ...]

    @property
    @abstractmethod
    def n_inputs(self):
        """Width of the inputs."""

    @property
    @abstractmethod
    def n_outputs(self):
        """Width of each head."""

    def __init__(self, network, n_features, n_components, linear_path):
        self.network = network
        self.n_features = n_features
        self.n_components = n_components
        # A network without hidden layers is linear already.
        self.linear_path = linear_path and not network.is_linear

    def key(self):
        """Return what tells this architecture from others, hashable."""
        return (type(self).__name__, self.network.key(), self.n_features, self.n_components, self.linear_path)

    def weight_shapes(self):
        """Return the shape of each weight by name, in the order of the Keras model's own."""
        shapes = self.network.weight_shapes(self.n_inputs, self.n_features)
        width = self.network.output_width(self.n_inputs, self.n_features)
        for head in self.heads:
            shapes |= {f"{head}/kernel": (width, self.n_outputs), f"{head}/bias": (self.n_outputs,)}
        if self.linear_path:
            shapes["linear/kernel"] = (self.n_inputs, self.n_outputs)
        return shapes

    def initial_weights(self, rng):
        """Draw the weights of an untrained model; the linear path beside the networks begins at zero."""
        shapes = self.weight_shapes()
        linear = {name: np.zeros(shapes.pop(name)) for name in ["linear/kernel"] if name in shapes}
        return draw_weights(shapes, rng) | linear

    @property
    def linear_kernel(self):
        """Name of the kernel from the inputs to the first head; without hidden layers it is the head's own."""
        return f"{self.heads[0]}/kernel" if self.network.is_linear else "linear/kernel"

    def with_linear_path(self, weights, kernel, biases):
        """Let the first head be linear in the inputs and the others constant: all nonlinear paths end in zeros."""
        weights = dict(weights)
        for head in self.heads:
            weights[f"{head}/kernel"] = np.zeros_like(weights[f"{head}/kernel"])
            weights[f"{head}/bias"] = biases[head]
        weights[self.linear_kernel] = kernel
        return weights

    def keras_model(self):
        """Build the Keras model, with zero weights.

        All names are given and all initial values constant: otherwise Keras would count up its global names and draw
        from Python's global random stream.
        """
        import keras

        inputs = keras.Input((self.n_inputs,), dtype="float32", name="inputs")
        hidden = self.network.connect(inputs, self.n_features)
        outputs = [_linear(self.n_outputs, head)(hidden) for head in self.heads]
        if self.linear_path:
            path = _linear(self.n_outputs, "linear", use_bias=False)(inputs)
            outputs[0] = keras.layers.Add(dtype="float32", name="sum")([outputs[0], path])
        return keras.Model(inputs, outputs, name=type(self).__name__.lower())

    def apply(self, weights, inputs):
        """Apply the model to an array in NumPy and return a list with each head's values."""
        hidden = self.network.apply(weights, inputs)
        outputs = [hidden @ weights[f"{head}/kernel"] + weights[f"{head}/bias"] for head in self.heads]
        if self.linear_path:
            outputs[0] += inputs @ weights["linear/kernel"]
        return outputs


class Encoder(_Body):
    """From data to the mean and the log-variance of each latent variable."""

    heads = ("mean", "log_variance")

    @property
    def n_inputs(self):
        """Width of the data."""
        return self.n_features

    @property
    def n_outputs(self):
        """Number of latent variables."""
        return self.n_components


class Decoder(_Body):
    """From latent variables to the parameters of the likelihood."""

    heads = ("outputs",)

    @property
    def n_inputs(self):
        """Number of latent variables."""
        return self.n_components

    @property
    def n_outputs(self):
        """Width of the data."""
        return self.n_features


def _linear(units, name, **options):
    """Make a Keras layer without activation."""
    import keras

    return keras.layers.Dense(units, kernel_initializer="zeros", dtype="float32", name=name, **options)
