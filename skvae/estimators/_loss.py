"""The loss of a model, for the engine."""

from skvae.estimators._model import MAX_LOG_VARIANCE
from skvae.estimators._stateless import Stateless


def loss_of(model, places, noise=None):
    """Make the loss of a model: reconstruction and KL divergence of each row, in nats.

    That of a variational autoencoder is the bound of Kingma and Welling (2014), with one draw of the latent variables
    for each row; without distributions there is no KL divergence.

    Parameters
    ----------
    model : Model
    places : list of (part, name)
        Which weight stands where in the engine's list.
    noise : Noise, default=None
        What spoils the rows that the encoder sees in training.

    Returns
    -------
    callable
        See `Program`.
    """
    import tensorflow as tf
    from keras import ops

    encode, decode = (
        Stateless(body, [name if part == own else None for part, name in places], stream)
        for stream, (own, body) in enumerate([("encoder", model.encoder), ("decoder", model.decoder)])
    )
    own_places = {name: i for i, (part, name) in enumerate(places) if part == "likelihood"}

    def loss(weights, rows, kl_weight, prior_weight, noise_seed, training):
        own = {name: weights[i] for name, i in own_places.items()}
        batch = model.taken_apart(rows, ops)
        seen = batch
        if noise is not None and training:
            # Without a KL divergence, what would be its weight is the size of the noise.
            spoiled = noise.spoil(batch.x, kl_weight, noise_seed)
            # What is missing stays zero: the linear path takes it for no evidence.
            seen = batch._replace(x=spoiled if batch.known is None else spoiled * batch.known)
        heads, moved = encode(weights, model.seen(seen, own, ops), noise_seed, training)
        z, kl = _drawn(heads, noise_seed) if model.is_variational else (heads[0], tf.zeros_like(heads[0][:, 0]))
        inputs = z if batch.covariates is None else tf.concat([z, batch.covariates], axis=1)
        [outputs], also_moved = decode(weights, inputs, noise_seed, training)
        reconstruction = -model.likelihood.log_prob(batch.x, outputs, own, batch.known, ops)
        constants = {own_places[name]: own[name] for name in model.likelihood.constants}
        loss = reconstruction + kl_weight * kl
        if model.likelihood.has_prior:
            loss -= prior_weight * model.likelihood.log_prior_of_weights(batch.x, own, batch.known, ops)
        return loss, (reconstruction, kl), moved | also_moved | constants

    return loss


def _drawn(heads, noise_seed):
    """Draw the latent variables of each row, and tell their KL divergence from the prior."""
    import tensorflow as tf

    mean, log_variance = heads[0], tf.clip_by_value(heads[1], -MAX_LOG_VARIANCE, MAX_LOG_VARIANCE)
    noise = tf.random.stateless_normal(tf.shape(mean), noise_seed)
    kl = 0.5 * tf.reduce_sum(tf.square(mean) + tf.exp(log_variance) - 1 - log_variance, axis=-1)
    return mean + tf.exp(0.5 * log_variance) * noise, kl
