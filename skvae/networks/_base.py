"""What a network is: a recipe for layers, and the layers that it makes for given inputs."""

import random
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator

from skvae._compat import InvalidParameterError
from skvae._content import content_key
from skvae._docstrings import inherit_contract
from skvae._tensorflow import entering_tensorflow


class Inputs(NamedTuple):
    """What stands side by side in each row that a network gets.

    Parameters
    ----------
    n_values : int
        Data for an encoder, latent variables for a decoder.
    is_masked : bool
        Whether as many columns follow that are 1 where a value is known, and 0 where it is missing.
    n_covariates : int
        Columns that follow with the covariates.
    """

    n_values: int
    is_masked: bool = False
    n_covariates: int = 0

    @property
    def width(self):
        """Number of columns."""
        return self.n_values * (1 + self.is_masked) + self.n_covariates


class Weight(NamedTuple):
    """What there is to know of a weight before it has a value.

    Attributes
    ----------
    shape : tuple of int
    start : {"glorot", "orthogonal", "zeros", "ones", "forget"} or ndarray
        What it begins with: random values that keep signals and gradients (Glorot and Bengio 2010), a random orthogonal
        matrix, a constant, zeros but ones for the forget gate of an LSTM, or an array.
    is_trained : bool
        Whether gradients move it; the statistics of a batch normalization are moved by the batches themselves.
    """

    shape: tuple
    start: str | np.ndarray = "glorot"
    is_trained: bool = True


class Layers(ABC):
    """The hidden layers that a network makes for its inputs; weights are named as the Keras layers name them.

    Attributes
    ----------
    width : int
        Number of values that come out.
    gives_outputs : bool
        Whether these are a decoder's outputs already, so that no layer need follow.
    is_in_numpy : bool
        Whether `apply` can do in NumPy what the Keras layers do; if not, Keras infers.
    """

    width: int
    gives_outputs: ClassVar[bool] = False
    is_in_numpy: ClassVar[bool] = True

    @abstractmethod
    def weights(self):
        """Describe the weights: a dict from name to `Weight`."""

    @abstractmethod
    def connect(self, inputs):
        """Apply new Keras layers to a symbolic tensor; return the result, and a dict from name to Keras variable."""

    def apply(self, weights, inputs):
        """Apply the layers to an array in NumPy, as in inference."""
        raise NotImplementedError


class Network(BaseEstimator, ABC):
    """Hidden layers of an encoder or a decoder; the base class of networks of your own.

    A network is a specification: it holds parameters, never weights, so that it can be cloned, printed and searched
    over (``vae__encoder__activation``). Two networks of equal parameters share one compiled training function.

    A network of your own needs a constructor that stores its parameters, and one method, `connect`. It may stand as
    encoder or as decoder; a linear path beside it, mean and log-variance, and the layer that faces the data are added
    to it. As encoder it needs ``decoder=...`` beside it, or a method `mirrored` that returns the decoder. What Keras
    draws unseeded starts anew from `random_state`, trained or not: recurrent kernels as orthogonal matrices, all else
    by the rule of Glorot and Bengio. Other weights, such as constants, given values and what initializers with a seed
    draw, start as they are. Such models can be pickled, but not saved by :func:`skvae.save`.

    See Also
    --------
    Dense : Fully connected layers.
    skvae.likelihoods.Likelihood : Base class of likelihoods of your own.

    Examples
    --------
    >>> from skvae.networks import Network
    >>> class Residual(Network):
    ...     def __init__(self, units=32):
    ...         self.units = units
    ...
    ...     def connect(self, inputs):
    ...         from keras import layers
    ...
    ...         hidden = layers.Dense(self.units, activation="gelu")(inputs)
    ...         return layers.Add()([hidden, layers.Dense(self.units)(hidden)])
    >>> Residual(units=16).get_params()
    {'units': 16}

    It says nothing of a decoder, so one is given beside it: ``VAETransformer(encoder=Residual(), decoder=(32,))``.
    """

    #: Whether XLA trains it faster than TensorFlow's own kernels; on CPU that crawls with convolutions and recurrence.
    suits_xla: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs):
        """Complete the docstrings of what a network overrides."""
        super().__init_subclass__(**kwargs)
        inherit_contract(cls)

    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""

    def key(self):
        """Return what tells this network from others.

        Returns
        -------
        hashable
            Equal for networks that can share a compiled training.
        """
        return content_key(self)

    @property
    def is_linear(self):
        """Tell whether there are no hidden layers."""
        return False

    def mirrored(self):
        """Return the network that decodes what this one encodes.

        Returns
        -------
        Network
            The decoder that `decoder=None` stands for.
        """
        raise InvalidParameterError(
            f"{type(self).__name__} does not say which network decodes what it encodes: give decoder=, or write its "
            "method mirrored()."
        )

    def connect(self, inputs):
        """Apply new Keras layers to a symbolic tensor.

        Parameters
        ----------
        inputs : keras.KerasTensor of shape (n_samples, width)
            For an encoder the data; with ``missing="mask"`` as many columns follow that are 1 where a value is known,
            and with covariates their indicator columns. For a decoder the latent variables, and the covariates.

        Returns
        -------
        keras.KerasTensor of shape (n_samples, n_units)
            What the last layer gives.
        """
        raise NotImplementedError(f"{type(self).__name__} must have a method connect(inputs).")

    def encoder_layers(self, inputs, n_features):
        """Make the layers of an encoder.

        Parameters
        ----------
        inputs : Inputs
            What stands side by side in each row: data, what is known of them, covariates.
        n_features : int
            Width of the data.

        Returns
        -------
        Layers
            Layers without weights yet.
        """
        return KerasLayers(self, inputs)

    def decoder_layers(self, inputs, n_features):
        """Make the layers of a decoder.

        Parameters
        ----------
        inputs : Inputs
            What stands side by side in each row: latent variables and covariates.
        n_features : int
            Width of the data.

        Returns
        -------
        Layers
            Layers without weights yet.
        """
        return KerasLayers(self, inputs)


class KerasLayers(Layers):
    """What the method `connect` of a network makes; only Keras knows its weights."""

    is_in_numpy = False

    def __init__(self, network, inputs):
        self.network, self.inputs = network, inputs
        self.width, self._weights = _described(network, inputs)

    def weights(self):
        """Describe the weights, which are numbered: Keras' own names depend on how many layers there are elsewhere."""
        return self._weights

    def connect(self, inputs):
        """Apply new Keras layers to a symbolic tensor."""
        model, variables = _built(self.network, self.inputs)
        return model(inputs), variables


# A fitted model asks at each call; its own copy of a network does not change.
@lru_cache(maxsize=32)
def _described(network, inputs):
    """Return the number of units that a network gives, and a dict from name to `Weight`."""
    (model, variables), (_, others) = (_built_by_chance(network, inputs) for _ in range(2))
    if len(model.output_shape) != 2 or model.output_shape[1] is None:
        raise InvalidParameterError(
            f"{type(network).__name__}.connect must return a tensor of shape (n_samples, n_units), but its shape is "
            f"{model.output_shape}."
        )
    trained = {id(variable) for variable in model.trainable_variables}
    return model.output_shape[1], {
        name: Weight(tuple(v.shape), _start_of(v, others[name]), id(v) in trained) for name, v in variables.items()
    }


def _built(network, inputs):
    """Build the layers of a network as a Keras model of their own; return it, and a dict from name to variable."""
    with entering_tensorflow():
        import keras

        symbolic = keras.Input((inputs.width,), dtype="float32", name="network_inputs")
        hidden = network.connect(symbolic)
        if not isinstance(hidden, keras.KerasTensor):
            raise InvalidParameterError(
                f"{type(network).__name__}.connect must return a Keras tensor, what its layers make of the inputs, but "
                f"returns {type(hidden).__name__}."
            )
        model = keras.Model(symbolic, hidden, name="network")
    return model, {f"network/{i}/{v.name}": v for i, v in enumerate(model.weights)}


def _built_by_chance(network, inputs):
    """Build the layers with other random weights at each call: Keras seeds its draws by Python's random stream."""
    with entering_tensorflow():
        random.seed()
        return _built(network, inputs)


def _start_of(variable, other):
    """Choose what a weight begins with: values that two builds have in common, or random ones from our own seed."""
    values = np.asarray(variable)
    if np.array_equal(values, np.asarray(other)):
        return values
    return "orthogonal" if variable.name == "recurrent_kernel" else "glorot"


def draw_weights(weights, rng):
    """Draw untrained weights: a dict from name to array."""
    return {
        name: _START[weight.start](weight.shape, rng) if isinstance(weight.start, str) else weight.start
        for name, weight in weights.items()
    }


def _glorot_uniform(shape, rng):
    """Draw one kernel; all axes but the last two are those of a filter."""
    limit = np.sqrt(6 / (sum(shape[-2:]) * np.prod(shape[:-2])))
    return rng.uniform(-limit, limit, shape)


def _orthogonal(shape, rng):
    """Draw a matrix with orthonormal rows or columns (Saxe, McClelland and Ganguli 2014), or a filter of them."""
    flat = int(np.prod(shape[:-1])), shape[-1]
    q, r = np.linalg.qr(rng.standard_normal((max(flat), min(flat))))
    q *= np.sign(np.diag(r))
    return (q if flat[0] >= flat[1] else q.T).reshape(shape)


def _forget(shape, rng):
    """Open the forget gate of an LSTM, the second of four (Jozefowicz, Zaremba and Sutskever 2015)."""
    return np.repeat([0.0, 1.0, 0.0, 0.0], shape[0] // 4)


_START = {
    "glorot": _glorot_uniform,
    "orthogonal": _orthogonal,
    "zeros": lambda shape, rng: np.zeros(shape),
    "ones": lambda shape, rng: np.ones(shape),
    "forget": _forget,
}
