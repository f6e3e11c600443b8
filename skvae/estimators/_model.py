"""The model of one fit: networks and likelihood joined; its NumPy arithmetic, its loss for the engine, its training."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from skvae.estimators._pca_start import linear_optimum
from skvae.likelihoods import Likelihood
from skvae.networks import Decoder, Encoder
from skvae.training import Program, Table, batch_width, cached_program, entering_tensorflow, prefers_xla, run

# Adam moves every weight by about the learning rate, so an output moves by rate times fan-in. Scaling the step of wide
# layers keeps the PCA start on thousands of features (compare maximal-update scaling, Yang and Hu 2021).
FAN_IN = 64
# The noise variance is one number that has to follow the networks: it learns faster than they do.
NOISE_RATE_SCALE = 3.0
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


class Fitted(NamedTuple):
    """Result of a training: weights by part and name (float32), and the history of the loss."""

    weights: dict
    history: dict


def train(model, X, plan, init, optimizer):
    """Train a model.

    Parameters
    ----------
    model : Model
    X : ndarray of shape (n_samples, n_features)
        Data as the networks see them.
    plan : Plan
    init : {"pca", "random"}
    optimizer : {"adam", "sgd"}

    Returns
    -------
    Fitted
    """
    weights = model.initial_weights(np.random.default_rng([plan.seed, 0]))
    if init == "pca":
        weights = start_at_pca(weights, model, X[plan.train_rows], plan)
    flat = {(part, name): w for part, named in weights.items() for name, w in named.items()}
    use_xla = prefers_xla(sum(np.size(w) for w in flat.values()))
    width = batch_width(plan.batch_size, len(plan.train_rows), X.shape[1])
    key = (model.key(), optimizer, width, use_xla)
    program = cached_program(key, lambda: Program(negative_bound(model, list(flat)), 2, optimizer, width, use_xla))
    scales = [_rate_scale(part, w, init) for (part, _), w in flat.items()]
    decays = [plan.weight_decay * model.is_nonlinear(part, name) for part, name in flat]
    trained, history = run(program, program.start(flat.values()), Table(X), plan, scales, decays)
    for (part, name), w in zip(flat, trained, strict=True):
        weights[part][name] = w
    return Fitted(weights, history)


def start_at_pca(weights, model, X, plan):
    """Set untrained weights to the optimum of the linear model; the nonlinear path begins at zero."""
    center, spread, noise = model.likelihood.linearize(X)
    linear = linear_optimum((X - center) / spread, model.encoder.n_components, plan.beta, noise, plan.seed)
    projection = linear.projection / spread[:, None]
    encoder = model.encoder.with_linear_path(
        weights["encoder"], projection, {"mean": -center @ projection, "log_variance": linear.log_variance}
    )
    loadings = linear.loadings * model.likelihood.link_scale(spread)
    decoder = model.decoder.with_linear_path(weights["decoder"], loadings, {"outputs": model.likelihood.link(center)})
    return {
        "encoder": encoder,
        "decoder": decoder,
        "likelihood": model.likelihood.weights_at(linear.noise_variance),
    }


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


def _rate_scale(part, w, init):
    """Return the factor of a weight's learning rate; bare networks have no start to keep, and learn as in Keras."""
    if part == "likelihood":
        return NOISE_RATE_SCALE
    return min(1.0, FAN_IN / w.shape[0]) if init == "pca" and w.ndim > 1 else 1.0
