"""Convolutional layers for rows that are images."""

from itertools import pairwise

from skvae._compat import InvalidParameterError
from skvae.networks._base import Layers, Network, Weight
from skvae.networks._dense import Dense, check_activation
from skvae.networks._shapes import check_count, check_product, check_sizes


class Conv(Network):
    """Convolutional layers for rows that are images, pixel after pixel.

    As an encoder: one convolution for each entry of `filters`, then fully connected layers. As a decoder: fully
    connected layers, one more that makes a small image of ``filters[0]`` channels, a transposed convolution for each
    entry, and a last one to the channels of the image. Borders are padded with zeros, and images whose size no stride
    divides come back in their own size.

    Parameters
    ----------
    filters : tuple of int, default=(32, 64)
        Channels of each convolution, in the order of the layers.
    kernel_size : int, default=3
        Height and width of the filters.
    strides : int, default=2
        Pixels from one place of a filter to the next: an encoder's layer makes images so many times smaller.
    hidden_layer_sizes : tuple of int, default=()
        Units of the fully connected layers.
    image_shape : tuple of int, default=(28, 28)
        Height and width, and the number of channels if there are several.
    activation : str, default="relu"
        Activation of all layers but the last; see `Dense`.

    See Also
    --------
    Dense : Fully connected layers.

    Examples
    --------
    >>> from skvae.networks import Conv
    >>> Conv((8, 16), image_shape=(9, 7)).sizes()
    [(9, 7), (5, 4), (3, 2)]
    """

    suits_xla = False

    def __init__(
        self,
        filters=(32, 64),
        kernel_size=3,
        strides=2,
        hidden_layer_sizes=(),
        image_shape=(28, 28),
        activation="relu",
    ):
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.hidden_layer_sizes = hidden_layer_sizes
        self.image_shape = image_shape
        self.activation = activation

    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""
        check_sizes(self, "filters", least_length=1)
        check_sizes(self, "hidden_layer_sizes")
        check_sizes(self, "image_shape", least_length=2)
        if len(self.image_shape) > 3:
            raise InvalidParameterError(
                "The 'image_shape' of a Conv network must be (height, width) or (height, width, channels). "
                f"Got {self.image_shape!r} instead."
            )
        check_count(self, "kernel_size")
        check_count(self, "strides")
        check_activation(self)

    def key(self):
        """Return its kind and parameters."""
        sizes = tuple(map(int, self.filters)), tuple(map(int, self.hidden_layer_sizes)), tuple(self.image_shape)
        return ("conv", *sizes, self.kernel_size, self.strides, self.activation)

    @property
    def channels(self):
        """Channels of the image."""
        return self.image_shape[2] if len(self.image_shape) == 3 else 1

    @property
    def dense(self):
        """The fully connected layers."""
        return Dense(tuple(self.hidden_layer_sizes), self.activation)

    def sizes(self):
        """Return height and width of the image, and behind each convolution of an encoder.

        Returns
        -------
        list of tuple of int
            One more than there are `filters`.
        """
        sizes = [tuple(self.image_shape[:2])]
        for _ in self.filters:
            sizes.append(tuple(-(-size // self.strides) for size in sizes[-1]))
        return sizes

    def mirrored(self):
        """Return the network with the layers in reverse order."""
        return Conv(
            tuple(reversed(self.filters)),
            self.kernel_size,
            self.strides,
            tuple(reversed(self.hidden_layer_sizes)),
            self.image_shape,
            self.activation,
        )

    def encoder_layers(self, inputs, n_features):
        """Make the layers of an encoder."""
        check_product(self, "image_shape", n_features)
        return ConvLayers(self, inputs)

    def decoder_layers(self, inputs, n_features):
        """Make the layers of a decoder."""
        check_product(self, "image_shape", n_features)
        return TransposedConvLayers(self, inputs)


class ConvLayers(Layers):
    """The layers of a `Conv` network that encodes.

    Parameters
    ----------
    network : Conv
    inputs : Inputs
    """

    is_in_numpy = False

    def __init__(self, network, inputs):
        self.network, self.inputs = network, inputs
        height, width = network.sizes()[-1]
        self.n_flat = height * width * network.filters[-1] + inputs.n_covariates
        self.dense = network.dense.encoder_layers(
            inputs._replace(n_values=self.n_flat, is_masked=False, n_covariates=0), 0
        )
        self.width = self.dense.width

    def weights(self):
        """Describe filters, kernels and biases."""
        weights: dict[str, Weight] = {}
        k = self.network.kernel_size
        # Where values may be missing, each channel has another that says which are known.
        channels = self.network.channels * (1 + self.inputs.is_masked), *self.network.filters
        for i, (n_in, n_out) in enumerate(pairwise(channels)):
            weights |= {f"conv{i}/kernel": Weight((k, k, n_in, n_out)), f"conv{i}/bias": Weight((n_out,), "zeros")}
        return weights | self.dense.weights()

    def connect(self, inputs):
        """Apply new Keras layers to a symbolic tensor."""
        from keras import layers, ops

        network, n_values = self.network, self.inputs.n_values
        shape = (*network.image_shape[:2], network.channels)
        images = [inputs[:, i * n_values : (i + 1) * n_values] for i in range(1 + self.inputs.is_masked)]
        x = ops.concatenate([ops.reshape(image, (-1, *shape)) for image in images], axis=-1)
        variables: dict = {}
        for i, n_filters in enumerate(network.filters):
            layer = _layer(layers.Conv2D, network, n_filters, network.strides, f"conv{i}")
            x = layers.Activation(network.activation, dtype="float32", name=f"conv{i}_activation")(layer(x))
            variables |= {v.path: v for v in layer.weights}
        covariates = inputs[:, self.inputs.width - self.inputs.n_covariates :]
        x = ops.reshape(x, (-1, self.n_flat - self.inputs.n_covariates))
        hidden, own = self.dense.connect(ops.concatenate([x, covariates], axis=1) if self.inputs.n_covariates else x)
        return hidden, variables | own


class TransposedConvLayers(Layers):
    """The layers of a `Conv` network that decodes.

    Parameters
    ----------
    network : Conv
    inputs : Inputs
    """

    is_in_numpy = False
    gives_outputs = True

    def __init__(self, network, inputs):
        self.network = network
        self.dense = network.dense.decoder_layers(inputs, 0)
        # From the smallest image to the whole one.
        self.sizes = network.sizes()[::-1]
        self.channels = (network.filters[0], *network.filters, network.channels)
        height, width = self.sizes[0]
        self.n_flat = height * width * network.filters[0]
        self.width = network.image_shape[0] * network.image_shape[1] * network.channels

    def weights(self):
        """Describe kernels, filters and biases."""
        weights, k = self.dense.weights(), self.network.kernel_size
        weights |= {
            "image/kernel": Weight((self.dense.width, self.n_flat)),
            "image/bias": Weight((self.n_flat,), "zeros"),
        }
        for name, (n_in, n_out) in zip(self._names(), pairwise(self.channels), strict=True):
            weights |= {f"{name}/kernel": Weight((k, k, n_out, n_in)), f"{name}/bias": Weight((n_out,), "zeros")}
        return weights

    def _names(self):
        """Name the transposed convolutions."""
        return [*(f"conv{i}" for i in range(len(self.network.filters))), "outputs"]

    def connect(self, inputs):
        """Apply new Keras layers to a symbolic tensor."""
        from keras import layers, ops

        network = self.network
        x, variables = self.dense.connect(inputs)
        seed = layers.Dense(self.n_flat, network.activation, kernel_initializer="zeros", dtype="float32", name="image")
        x = ops.reshape(seed(x), (-1, *self.sizes[0], network.filters[0]))
        made = [seed]
        for name, n_filters, (height, width) in zip(self._names(), network.filters, self.sizes[1:], strict=False):
            layer = _layer(layers.Conv2DTranspose, network, n_filters, network.strides, name)
            x = layers.Activation(network.activation, dtype="float32", name=f"{name}_activation")(layer(x))
            x = x[:, :height, :width]  # a size that the stride does not divide was rounded up
            made.append(layer)
        made.append(_layer(layers.Conv2DTranspose, network, network.channels, 1, "outputs"))
        outputs = ops.reshape(made[-1](x), (-1, self.width))
        return outputs, variables | {v.path: v for layer in made for v in layer.weights}


def _layer(kind, network, n_filters, strides, name):
    """Make a convolution or a transposed one."""
    return kind(
        n_filters,
        network.kernel_size,
        strides,
        padding="same",
        kernel_initializer="zeros",
        dtype="float32",
        name=name,
    )
