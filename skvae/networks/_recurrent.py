"""Recurrent layers for rows that are sequences."""

from itertools import pairwise

from skvae._compat import InvalidParameterError
from skvae.networks._base import Layers, Network, Weight
from skvae.networks._shapes import check_product, check_sizes, is_count

#: From the name of a cell to its number of gates, and to the start of its biases.
CELLS = {"lstm": (4, "forget"), "gru": (3, "zeros")}


class Recurrent(Network):
    """Recurrent layers for rows that are sequences, step after step.

    As an encoder they read the sequence, and the last state of the last layer goes on. As a decoder they get the latent
    variables at each step, and one matrix makes of each state the values of its step.

    Parameters
    ----------
    units : int or tuple of int, default=32
        Width of the state of each layer, in the order of the layers.
    sequence_shape : tuple of int, default=(28, 28)
        Number of steps, and the number of values at each step.
    cell : {"lstm", "gru"}, default="lstm"
        Long short-term memory (Hochreiter and Schmidhuber 1997) or gated recurrent unit (Cho et al. 2014).

    See Also
    --------
    Dense : Fully connected layers.

    Examples
    --------
    >>> from skvae.networks import Recurrent
    >>> Recurrent((64, 32), sequence_shape=(24, 3)).mirrored()
    Recurrent(sequence_shape=(24, 3), units=(32, 64))
    """

    suits_xla = False

    def __init__(self, units=32, sequence_shape=(28, 28), cell="lstm"):
        self.units = units
        self.sequence_shape = sequence_shape
        self.cell = cell

    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""
        if not is_count(self.units):
            check_sizes(self, "units", least_length=1)
        check_sizes(self, "sequence_shape", least_length=2)
        if len(self.sequence_shape) != 2:
            raise InvalidParameterError(
                "The 'sequence_shape' of a Recurrent network must be (steps, values). "
                f"Got {self.sequence_shape!r} instead."
            )
        if self.cell not in CELLS:
            raise InvalidParameterError(
                f"The 'cell' of a Recurrent network must be one of {list(CELLS)}. Got {self.cell!r} instead."
            )

    def key(self):
        """Return its kind and parameters."""
        return ("recurrent", self.all_units, tuple(self.sequence_shape), self.cell)

    @property
    def all_units(self):
        """Width of the state of each layer."""
        return (int(self.units),) if is_count(self.units) else tuple(map(int, self.units))

    def mirrored(self):
        """Return the network with the layers in reverse order."""
        units = self.units if is_count(self.units) else tuple(reversed(self.units))
        return Recurrent(units, self.sequence_shape, self.cell)

    def encoder_layers(self, inputs, n_features):
        """Make the layers of an encoder."""
        check_product(self, "sequence_shape", n_features)
        return ReadingLayers(self, inputs)

    def decoder_layers(self, inputs, n_features):
        """Make the layers of a decoder."""
        check_product(self, "sequence_shape", n_features)
        return WritingLayers(self, inputs)

    def weights(self, n_inputs):
        """Describe the weights of the layers.

        Parameters
        ----------
        n_inputs : int
            Values at each step.

        Returns
        -------
        dict of str to Weight
            Shape and start of each weight.
        """
        n_gates, bias_start = CELLS[self.cell]
        weights: dict[str, Weight] = {}
        for i, (width, units) in enumerate(pairwise((n_inputs, *self.all_units))):
            weights[f"recurrent{i}/kernel"] = Weight((width, n_gates * units))
            weights[f"recurrent{i}/recurrent_kernel"] = Weight((units, n_gates * units), "orthogonal")
            # A GRU of Keras has biases for inputs and states.
            shape = (2, n_gates * units) if self.cell == "gru" else (n_gates * units,)
            weights[f"recurrent{i}/bias"] = Weight(shape, bias_start)
        return weights

    def keras_layers(self, gives_sequences):
        """Make the Keras layers.

        Parameters
        ----------
        gives_sequences : bool
            Whether the last layer gives its states at all steps, or at the last one only.

        Returns
        -------
        list of keras.Layer
            In the order in which they are applied.
        """
        from keras import layers

        kind, last = {"lstm": layers.LSTM, "gru": layers.GRU}[self.cell], len(self.all_units) - 1
        return [
            kind(
                units,
                kernel_initializer="zeros",
                recurrent_initializer="zeros",
                return_sequences=gives_sequences or i < last,
                seed=i,
                dtype="float32",
                name=f"recurrent{i}",
            )
            for i, units in enumerate(self.all_units)
        ]


class ReadingLayers(Layers):
    """The layers of a `Recurrent` network that encodes.

    Parameters
    ----------
    network : Recurrent
    inputs : Inputs
    """

    is_in_numpy = False

    def __init__(self, network, inputs):
        self.network, self.inputs = network, inputs
        self.width = network.all_units[-1] + inputs.n_covariates

    def weights(self):
        """Describe the weights."""
        return self.network.weights(self.network.sequence_shape[1] * (1 + self.inputs.is_masked))

    def connect(self, inputs):
        """Apply new Keras layers to a symbolic tensor."""
        from keras import ops

        n_values = self.inputs.n_values
        parts = [inputs[:, i * n_values : (i + 1) * n_values] for i in range(1 + self.inputs.is_masked)]
        x = ops.concatenate([ops.reshape(part, (-1, *self.network.sequence_shape)) for part in parts], axis=-1)
        x, variables = _applied(self.network.keras_layers(gives_sequences=False), x)
        if self.inputs.n_covariates:
            x = ops.concatenate([x, inputs[:, self.inputs.width - self.inputs.n_covariates :]], axis=1)
        return x, variables


class WritingLayers(Layers):
    """The layers of a `Recurrent` network that decodes.

    Parameters
    ----------
    network : Recurrent
    inputs : Inputs
    """

    is_in_numpy = False
    gives_outputs = True

    def __init__(self, network, inputs):
        self.network, self.inputs = network, inputs
        self.width = network.sequence_shape[0] * network.sequence_shape[1]

    def weights(self):
        """Describe the weights."""
        n_values = self.network.sequence_shape[1]
        return self.network.weights(self.inputs.width) | {
            "outputs/kernel": Weight((self.network.all_units[-1], n_values)),
            "outputs/bias": Weight((n_values,), "zeros"),
        }

    def connect(self, inputs):
        """Apply new Keras layers to a symbolic tensor."""
        from keras import layers, ops

        n_steps, n_values = self.network.sequence_shape
        repeated = layers.RepeatVector(n_steps, dtype="float32", name="repeat")(inputs)
        x, variables = _applied(self.network.keras_layers(gives_sequences=True), repeated)
        last = layers.Dense(n_values, kernel_initializer="zeros", dtype="float32", name="outputs")
        outputs = ops.reshape(last(x), (-1, self.width))
        return outputs, variables | {v.path: v for v in last.weights}


def _applied(recurrent, x):
    """Apply Keras layers one after the other; their cells' names are left out of those of the weights."""
    variables: dict = {}
    for layer in recurrent:
        x = layer(x)
        variables |= {f"{layer.name}/{v.name}": v for v in layer.weights}
    return x, variables
