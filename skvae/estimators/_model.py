"""The model of one fit: networks and likelihood joined; NumPy arithmetic, loss for the engine, Keras models."""

from dataclasses import dataclass

import numpy as np

from skvae.likelihoods import LIKELIHOODS, Likelihood
from skvae.networks import Decoder, Encoder
from skvae.training import entering_tensorflow

# Longer than this no latent distance says anything, and exp() of it still fits float32.
MAX_LOG_VARIANCE = 20.0


@dataclass(frozen=True)
class Model:
    """Encoder, decoder and likelihood, without weights.

    Attributes
    ----------
    encoder : Encoder
    decoder : Decoder
    likelihood : Likelihood
    """

    encoder: Encoder
    decoder: Decoder
    likelihood: Likelihood

    @classmethod
    def of(cls, architecture, n_features):
        """Build the model of an architecture.

        Parameters
        ----------
        architecture : dict
            ``encoder`` and ``decoder`` (`Network`), ``n_components`` (int), ``linear_path`` (bool), and ``likelihood``
            (str).
        n_features : int
        """
        sizes = n_features, architecture["n_components"], architecture["linear_path"]
        likelihood = LIKELIHOODS[architecture["likelihood"]]()
        return cls(Encoder(architecture["encoder"], *sizes), Decoder(architecture["decoder"], *sizes), likelihood)

    def key(self):
        """Return what tells this model from others, hashable."""
        return (self.encoder.key(), self.decoder.key(), self.likelihood.name)

    @property
    def is_linear(self):
        """Tell whether neither network has hidden layers."""
        return self.encoder.network.is_linear and self.decoder.network.is_linear

    def is_nonlinear(self, part, name):
        """Tell whether a weight is a kernel that the linear model does without: at zero it leaves PCA alone."""
        if part == "likelihood" or not name.endswith("/kernel"):
            return False
        return name != (self.encoder if part == "encoder" else self.decoder).linear_kernel

    def weight_shapes(self):
        """Return the shape of each weight: a dict from part to a dict from name to tuple."""
        return {
            "encoder": self.encoder.weight_shapes(),
            "decoder": self.decoder.weight_shapes(),
            "likelihood": {name: np.shape(w) for name, w in self.likelihood.initial_weights().items()},
        }

    @property
    def n_weights(self):
        """Return how many numbers are learned."""
        return sum(int(np.prod(shape)) for named in self.weight_shapes().values() for shape in named.values())

    def initial_weights(self, rng):
        """Draw untrained weights: a dict from part to a dict from name to array."""
        return {
            "encoder": self.encoder.initial_weights(rng),
            "decoder": self.decoder.initial_weights(rng),
            "likelihood": self.likelihood.initial_weights(),
        }

    def encode(self, weights, X):
        """Return mean and log-variance of the posterior, in NumPy."""
        mean, log_variance = self.encoder.apply(weights["encoder"], X)
        return mean, np.clip(log_variance, -MAX_LOG_VARIANCE, MAX_LOG_VARIANCE)

    def decode(self, weights, Z):
        """Return the likelihood's parameters, in NumPy."""
        return self.decoder.apply(weights["decoder"], Z)[0]


def negative_bound(model, places):
    """Make the loss for the engine: reconstruction and KL divergence of each row, in nats.

    The bound of Kingma and Welling (2014), with one draw of the latent variables for each row.

    Parameters
    ----------
    model : Model
    places : list of (part, name)
        Which weight stands where in the engine's list.
    """
    import tensorflow as tf
    from keras import ops

    encode = _stateless(model.encoder.keras_model(), "encoder", places)
    decode = _stateless(model.decoder.keras_model(), "decoder", places)
    own_places = {name: i for i, (part, name) in enumerate(places) if part == "likelihood"}

    def loss(weights, x, kl_weight, noise_seed):
        mean, log_variance = encode(weights, x)
        log_variance = tf.clip_by_value(log_variance, -MAX_LOG_VARIANCE, MAX_LOG_VARIANCE)
        noise = tf.random.stateless_normal(tf.shape(mean), noise_seed)
        outputs = decode(weights, mean + tf.exp(0.5 * log_variance) * noise)
        own = {name: weights[i] for name, i in own_places.items()}
        reconstruction = -model.likelihood.log_prob(x, outputs, own, ops)
        kl = 0.5 * tf.reduce_sum(tf.square(mean) + tf.exp(log_variance) - 1 - log_variance, axis=-1)
        return reconstruction + kl_weight * kl, (reconstruction, kl)

    return loss


def keras_encoder(model, weights, scaling):
    """Build the encoder as a Keras model that takes data on their own scale, with these weights."""
    with entering_tensorflow():
        import keras

        body = _with_weights(model.encoder.keras_model(), weights["encoder"])
        if scaling.is_identity:
            return body
        # Centred first: float32 loses the digits of far offsets otherwise.
        x = keras.Input(body.inputs[0].shape[1:], dtype="float32", name="data")
        centred = keras.layers.Rescaling(1.0, offset=(-scaling.mean).tolist(), dtype="float32", name="center")(x)
        scaled = keras.layers.Rescaling(1 / scaling.scale, dtype="float32", name="scale")(centred)
        return keras.Model(x, body(scaled), name="encoder")


def keras_decoder(model, weights, scaling):
    """Build the decoder as a Keras model that gives expected data on their own scale, with these weights."""
    with entering_tensorflow():
        import keras

        body = _with_weights(model.decoder.keras_model(), weights["decoder"])
        data = keras.layers.Activation(model.likelihood.mean_activation, dtype="float32", name="mean")(body.outputs[0])
        if not scaling.is_identity:
            offset = scaling.mean.tolist()
            data = keras.layers.Rescaling(scaling.scale, offset=offset, dtype="float32", name="restore")(data)
        return keras.Model(body.inputs[0], data, name="decoder")


def _with_weights(body, named):
    """Set the weights of a Keras model by name."""
    body.set_weights([named[v.path] for v in body.weights])
    return body


def _stateless(body, part, places):
    """Return a Keras model as a function of the engine's list of weights."""
    order = [places.index((part, v.path)) for v in body.trainable_variables]

    def call(weights, inputs):
        outputs, _ = body.stateless_call([weights[i] for i in order], [], inputs, training=True)
        return outputs

    return call
