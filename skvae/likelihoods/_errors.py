"""Errors of reconstruction, for autoencoders without a likelihood."""

import numpy as np

from skvae.likelihoods._gaussian import Gaussian
from skvae.likelihoods._unit_interval import Bernoulli


def _mean_of_known(values, known, xp):
    """Average the known values of each row."""
    if known is None:
        return xp.mean(values, axis=-1)
    return xp.sum(values * known, axis=-1) / xp.maximum(xp.sum(known, axis=-1), 1.0)


class SquaredError(Gaussian):
    """Squared difference, averaged over the features, as a normal distribution would have it."""

    name, parameter = "squared_error", "loss"
    unit = "squared units of the data per feature"
    has_prior = False

    def __init__(self):
        super().__init__()

    def weight_shapes(self, n_features):
        """Return nothing: there is no variance to learn."""
        return {}

    def initial_weights(self, X, sample_weight=None, scaling=None):
        """Return nothing."""
        return {}

    def log_prob(self, x, outputs, weights, known=None, xp=np):
        """Negative error of each row."""
        return -_mean_of_known(xp.square(x - outputs), known, xp)

    def weights_at(self, weights, linearization, noise_variance):
        """Return no parameters."""
        return weights


class BinaryCrossentropy(Bernoulli):
    """Cross-entropy, averaged over the features."""

    name, parameter, alternative = "binary_crossentropy", "loss", "loss='squared_error'"
    unit = "nats per feature"

    def log_prob(self, x, outputs, weights, known=None, xp=np):
        """Negative error of each row, in nats."""
        return _mean_of_known(self.log_density(x, outputs, weights, known, xp), known, xp)
