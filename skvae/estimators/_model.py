"""The model of one fit: networks, likelihood and scaling joined; its loss for the engine, its arithmetic in NumPy."""

from dataclasses import dataclass

import numpy as np

from skvae.estimators._pca_start import linear_optimum
from skvae.networks import Decoder, Encoder

# Adam moves every weight by about the learning rate, so an output moves by rate times fan-in. Scaling the step of wide
# layers keeps the PCA start on thousands of features (compare maximal-update scaling, Yang and Hu 2021).
FAN_IN = 64
# The noise variance is one number that has to follow the networks: it learns faster than they do.
NOISE_RATE_SCALE = 10.0
# Longer than this no latent distance says anything, and exp() of it still fits float32.
MAX_LOG_VARIANCE = 20.0


@dataclass(frozen=True)
class Model:
    """Encoder, decoder and likelihood, without weights.

    Attributes
    ----------
    encoder : Encoder
    decoder : Decoder
    likelihood : object of `skvae.likelihoods`
    """

    encoder: Encoder
    decoder: Decoder
    likelihood: object

    def key(self):
        """Return what tells this model from others, hashable."""
        return (self.encoder.key(), self.decoder.key(), self.likelihood.name)

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


def flatten(weights):
    """List the names ``part/layer/weight`` and the arrays of a nested dict of weights."""
    return {f"{part}/{name}": w for part, named in weights.items() for name, w in named.items()}


def unflatten(flat):
    """Undo `flatten`."""
    weights = {"encoder": {}, "decoder": {}, "likelihood": {}}
    for path, w in flat.items():
        part, _, name = path.partition("/")
        weights[part][name] = w
    return weights


def start_at_pca(weights, model, X, beta, seed):
    """Set untrained weights to the closed form of the linear model."""
    weights = {part: dict(named) for part, named in weights.items()}
    center, spread, noise = model.likelihood.linearize(X)
    linear = linear_optimum((X - center) / spread, model.encoder.n_components, beta, noise, seed)
    encoder, decoder = weights["encoder"], weights["decoder"]
    for name in ("mean/kernel", "log_variance/kernel"):
        encoder[name] = np.zeros_like(encoder[name])
    decoder["outputs/kernel"] = np.zeros_like(decoder["outputs/kernel"])
    projection = linear.projection / spread[:, None]
    encoder[_linear_kernel(encoder, "mean")] = projection
    encoder["mean/bias"] = -center @ projection
    encoder["log_variance/bias"] = linear.log_variance
    decoder[_linear_kernel(decoder, "outputs")] = linear.loadings * model.likelihood.link_scale(spread)
    decoder["outputs/bias"] = model.likelihood.link(center)
    weights["likelihood"] = model.likelihood.weights_at(linear.noise_variance)
    return weights


def _linear_kernel(weights, head):
    """Name the kernel that reaches a head without a nonlinearity on the way."""
    return "linear/kernel" if "linear/kernel" in weights else f"{head}/kernel"


def rate_scales(flat):
    """Return the factor of each weight's learning rate."""
    return np.array([_rate_scale(path, w) for path, w in flat.items()], np.float32)


def _rate_scale(path, w):
    if path.startswith("likelihood/"):
        return NOISE_RATE_SCALE
    return min(1.0, FAN_IN / w.shape[0]) if w.ndim > 1 else 1.0


def decays(flat, weight_decay):
    """Return the decay of each weight: only kernels of the nonlinear path are pulled towards zero, that is to PCA."""
    return np.array(
        [weight_decay * (path.endswith("/kernel") and not path.endswith("linear/kernel")) for path in flat], np.float32
    )


def negative_bound(model, paths):
    """Make the loss for the engine: reconstruction and KL divergence of each row in nats.

    The bound is that of Kingma and Welling (2014), with one draw of the latent variables for each row.
    """
    import tensorflow as tf
    from keras import ops

    encoder, decoder = model.encoder.keras_model(), model.decoder.keras_model()
    places = {path: i for i, path in enumerate(paths)}
    encoder_order = [places[f"encoder/{v.path}"] for v in encoder.trainable_variables]
    decoder_order = [places[f"decoder/{v.path}"] for v in decoder.trainable_variables]
    likelihood_order = {path.partition("/")[2]: i for path, i in places.items() if path.startswith("likelihood/")}

    def loss(weights, x, kl_weight, noise_seed):
        (mean, log_variance), _ = encoder.stateless_call([weights[i] for i in encoder_order], [], x, training=True)
        log_variance = tf.clip_by_value(log_variance, -MAX_LOG_VARIANCE, MAX_LOG_VARIANCE)
        noise = tf.random.stateless_normal(tf.shape(mean), noise_seed)
        z = mean + tf.exp(0.5 * log_variance) * noise
        outputs, _ = decoder.stateless_call([weights[i] for i in decoder_order], [], z, training=True)
        own = {name: weights[i] for name, i in likelihood_order.items()}
        reconstruction = -model.likelihood.log_prob(x, outputs, own, ops)
        kl = 0.5 * tf.reduce_sum(tf.square(mean) + tf.exp(log_variance) - 1 - log_variance, axis=-1)
        return reconstruction + kl_weight * kl, (reconstruction, kl)

    return loss
