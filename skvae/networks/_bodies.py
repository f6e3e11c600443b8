"""Encoder and decoder: a network's hidden layers, the layers that face the latent space and the data, and a linear
path beside them all."""

from abc import ABC, abstractmethod
from functools import lru_cache

import numpy as np

from skvae.networks._base import Weight, draw_weights
from skvae.networks._linear import PlainPath, PosteriorPath, linear_layer


class _Body(ABC):
    """Hidden layers between inputs and heads; weights are named as the Keras layers are.

    Parameters
    ----------
    network : Network
    inputs : Inputs
    n_outputs : int
        Width of each head.
    n_features : int
        Width of the data.
    has_path : bool
        Whether there is a linear path beside the network.
    """

    #: Names of the layers that give the outputs.
    heads: tuple[str, ...]

    def __init__(self, network, inputs, n_outputs, n_features, has_path):
        self.network, self.inputs, self.n_outputs, self.n_features = network, inputs, n_outputs, n_features
        self.layers = self._layers()
        self.path = self._path() if has_path else None

    @abstractmethod
    def _layers(self):
        """Ask the network for its layers."""

    def _path(self):
        """Make the linear path; a network without hidden layers is linear already."""
        return None if self.network.is_linear else PlainPath(self.inputs, self.n_outputs, self.layers.gives_outputs)

    def key(self):
        """Return what tells this architecture from others, hashable."""
        sizes = self.inputs, self.n_outputs, self.n_features
        return (type(self).__name__, self.heads, _key_of(self.network), *sizes, type(self.path).__name__)

    @property
    def is_in_numpy(self):
        """Tell whether `apply` can do what the Keras model does."""
        return self.layers.is_in_numpy

    def weights(self):
        """Describe each weight: a dict from name to `Weight`."""
        return self.layers.weights() | self._head_weights() | (self.path.weights() if self.path else {})

    def _head_weights(self):
        """Describe the weights of the layers that follow the network's own."""
        described: dict[str, Weight] = {}
        if not self.layers.gives_outputs:
            for head in self.heads:
                described[f"{head}/kernel"] = Weight((self.layers.width, self.n_outputs))
                described[f"{head}/bias"] = Weight((self.n_outputs,), "zeros")
        return described

    def initial_weights(self, rng):
        """Draw the weights of an untrained model."""
        return draw_weights(self.weights(), rng)

    @property
    def linear_kernel(self):
        """Name of the matrix from the inputs to the first head, if there is one."""
        if self.path is None:
            return f"{self.heads[0]}/kernel" if self.network.is_linear else None
        return "linear/kernel"

    def is_nonlinear(self, name):
        """Tell whether a weight is a kernel that the linear model does without: at zero it leaves PCA alone."""
        return name.endswith("kernel") and name != self.linear_kernel

    def _without_network(self, weights):
        """Let all nonlinear paths end in zeros."""
        names = [name for head in self.heads for name in (f"{head}/kernel", f"{head}/bias")]
        return weights | {name: np.zeros_like(weights[name]) for name in names}

    def keras_model(self, weights=None):
        """Build the Keras model, and return it with a dict from name to Keras variable.

        All names are given and all initial values constant: otherwise Keras would count up its global names and draw
        from Python's global random stream. At given weights the model consists of Keras' own layers, so that its file
        can be read without this package, but for layers of a user's own network.
        """
        import keras

        inputs = keras.Input((self.inputs.width,), dtype="float32", name="inputs")
        hidden, variables = self.layers.connect(inputs)
        outputs = [hidden]
        if not self.layers.gives_outputs:
            heads = [linear_layer(self.n_outputs, head) for head in self.heads]
            outputs = [head(hidden) for head in heads]
            variables |= {v.path: v for head in heads for v in head.weights}
        if self.path is not None:
            outputs, own = self.path.connect(inputs, outputs, weights)
            variables |= own
        if weights is not None:
            for name, variable in variables.items():
                variable.assign(weights[name])
        return keras.Model(inputs, outputs, name=type(self).__name__.lower()), variables

    def apply(self, weights, inputs):
        """Apply the model to an array in NumPy and return a list with each head's values."""
        hidden = self.layers.apply(weights, inputs)
        outputs = [hidden @ weights[f"{head}/kernel"] + weights[f"{head}/bias"] for head in self.heads]
        return outputs if self.path is None else self.path.apply(weights, inputs, outputs)


# Inference by Keras asks at each call; a model's own copy of a network does not change.
@lru_cache(maxsize=32)
def _key_of(network):
    """Return the key of a network, which takes long where it holds large arrays."""
    return network.key()


class Encoder(_Body):
    """From data to the mean and the log-variance of each latent variable."""

    heads: tuple[str, ...] = ("mean", "log_variance")

    def _layers(self):
        """Ask the network for the layers of an encoder."""
        return self.network.encoder_layers(self.inputs, self.n_features)

    def _path(self):
        """Make the linear path, which with missing values is not quite linear."""
        return PosteriorPath(self.inputs, self.n_outputs) if self.inputs.is_masked else super()._path()

    def at_linear_start(self, weights, start):
        """Let the network be silent and the linear path be that of a `LinearStart`."""
        weights = self._without_network(weights)
        if self.inputs.is_masked:
            return weights | {
                "linear/loadings": start.loadings,
                "linear/log_precisions": np.log(start.precisions),
                "linear/offsets": np.vstack([start.center, start.offsets]),
            }
        own = {"mean/bias": -start.center @ start.projection, "log_variance/bias": start.log_variance}
        kernel = np.vstack([start.projection, -start.offsets @ start.projection])
        return weights | {f"{head}/bias": own[f"{head}/bias"] for head in self.heads} | {self.linear_kernel: kernel}


class CodeEncoder(Encoder):
    """From data to latent variables without a distribution, for plain autoencoders."""

    heads = ("mean",)


class Decoder(_Body):
    """From latent variables to the parameters of the likelihood."""

    heads = ("outputs",)

    def _layers(self):
        """Ask the network for the layers of a decoder."""
        return self.network.decoder_layers(self.inputs, self.n_features)

    def at_linear_start(self, weights, start):
        """Let the network be silent and the linear path be that of a `LinearStart`."""
        # Not every last layer has a bias for each feature.
        bias = "linear/bias" if self.layers.gives_outputs else "outputs/bias"
        kernel = np.vstack([start.outputs_loadings, start.outputs_offsets])
        return self._without_network(weights) | {bias: start.outputs_center, self.linear_kernel: kernel}
