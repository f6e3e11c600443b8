"""The model of one fit: networks and likelihood joined; NumPy arithmetic, loss for the engine, Keras models."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from skvae.estimators._inference import infer
from skvae.likelihoods import LIKELIHOODS, LOSSES, Likelihood
from skvae.networks import CodeEncoder, Decoder, Encoder, Inputs

# Longer than this no latent distance says anything, and exp() of it still fits float32.
MAX_LOG_VARIANCE = 20.0
#: Parts of an architecture that states of earlier versions lack.
LATER_PARTS = {"is_variational": True, "is_masked": False, "n_covariates": 0}


class Batch(NamedTuple):
    """Rows of a table, taken apart.

    Attributes
    ----------
    x : array of shape (n_samples, n_features)
        Data, with zeros where they are missing.
    known : array of shape (n_samples, n_features), or None
        1 where a value is known, 0 where it is missing; None if none may be missing.
    covariates : array of shape (n_samples, n_covariates), or None
    """

    x: Any
    known: Any
    covariates: Any


@dataclass(frozen=True)
class Model:
    """Encoder, decoder and likelihood, without weights.

    Rows that it gets hold the data, NaN where they are missing, and behind them the covariates.

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
            ``encoder`` and ``decoder`` (`Network`), ``n_components`` (int), ``linear_path`` (bool), ``likelihood`` (str
            or `Likelihood`), ``is_variational`` (bool), ``is_masked`` (bool), ``n_covariates`` (int).
        n_features : int
            Width of the data, without covariates.
        """
        parts = LATER_PARTS | architecture
        k, n_covariates, has_path = parts["n_components"], parts["n_covariates"], parts["linear_path"]
        seen, codes = Inputs(n_features, parts["is_masked"], n_covariates), Inputs(k, False, n_covariates)
        encoder = (Encoder if parts["is_variational"] else CodeEncoder)(parts["encoder"], seen, k, n_features, has_path)
        decoder = Decoder(parts["decoder"], codes, n_features, n_features, has_path)
        likelihood = parts["likelihood"]
        if isinstance(likelihood, str):
            likelihood = (LIKELIHOODS if parts["is_variational"] else LOSSES)[likelihood]()
        return cls(encoder, decoder, likelihood)

    def key(self):
        """Return what tells this model from others, hashable."""
        return (self.encoder.key(), self.decoder.key(), self.likelihood.key())

    @property
    def n_features(self):
        """Width of the data."""
        return self.encoder.n_features

    @property
    def is_variational(self):
        """Tell whether the encoder gives distributions."""
        return len(self.encoder.heads) > 1

    @property
    def is_linear(self):
        """Tell whether neither network has hidden layers."""
        return self.encoder.network.is_linear and self.decoder.network.is_linear

    @property
    def suits_xla(self):
        """Tell whether XLA trains both networks well."""
        return self.encoder.network.suits_xla and self.decoder.network.suits_xla

    def is_nonlinear(self, part, name):
        """Tell whether a weight is a kernel that the linear model does without: at zero it leaves PCA alone."""
        return part != "likelihood" and getattr(self, part).is_nonlinear(name)

    def weight_shapes(self):
        """Return the shape of each weight: a dict from part to a dict from name to tuple."""
        return {
            "encoder": {name: weight.shape for name, weight in self.encoder.weights().items()},
            "decoder": {name: weight.shape for name, weight in self.decoder.weights().items()},
            "likelihood": self.likelihood.weight_shapes(self.n_features),
        }

    @property
    def n_weights(self):
        """Return how many numbers are learned."""
        return sum(int(np.prod(shape)) for named in self.weight_shapes().values() for shape in named.values())

    def initial_weights(self, rng, X, sample_weight=None, scaling=None):
        """Draw untrained weights, the likelihood's by the data: a dict from part to a dict from name to array."""
        return {
            "encoder": self.encoder.initial_weights(rng),
            "decoder": self.decoder.initial_weights(rng),
            "likelihood": self.likelihood.initial_weights(X[:, : self.n_features], sample_weight, scaling),
        }

    def taken_apart(self, rows, xp=np):
        """Take rows apart into a `Batch`."""
        x = rows[:, : self.n_features]
        covariates = rows[:, self.n_features :] if self.encoder.inputs.n_covariates else None
        if not self.encoder.inputs.is_masked:
            return Batch(x, None, covariates)
        missing = xp.isnan(x)
        zeros, ones = xp.zeros_like(x), xp.ones_like(x)
        return Batch(xp.where(missing, zeros, x), xp.where(missing, zeros, ones), covariates)

    def seen(self, batch, own, xp=np):
        """Join what the encoder sees."""
        view = self.likelihood.view(batch.x, own, batch.known, xp)
        return _abreast([view, batch.known, batch.covariates], xp)

    def encode(self, weights, rows):
        """Return mean and log-variance of the posterior, in NumPy; without distributions the codes alone."""
        inputs = self.seen(self.taken_apart(rows), weights["likelihood"])
        mean, *log_variance = infer(self.encoder, weights["encoder"], inputs)
        return mean, *(np.clip(values, -MAX_LOG_VARIANCE, MAX_LOG_VARIANCE) for values in log_variance)

    def decode(self, weights, Z, covariates=None):
        """Return the likelihood's parameters, in NumPy."""
        return infer(self.decoder, weights["decoder"], _abreast([Z, covariates], np))[0]


def _abreast(parts, xp):
    """Set arrays side by side, those that are there."""
    parts = [part for part in parts if part is not None]
    return parts[0] if len(parts) == 1 else xp.concatenate(parts, axis=1)
