"""Draws of the latent variables from the posterior of each row, in NumPy."""

import numpy as np
from scipy.special import ndtri

from skvae.estimators._regression import derivatives

# Draws of which one is taken, and the share of them that comes from the prior.
N_DRAWS, FROM_PRIOR = 64, 0.25
# Numbers that the decoder's slopes and the covariances of rows may take at a time.
_ENOUGH_VALUES = 4_000_000


def posterior_draws(model, weights, X, uniform, seed):
    """Draw the latent variables of each row, given its known values.

    The encoder's distribution is too narrow for draws: its variables are independent, with variances below those of the
    posterior wherever the latent variables are correlated given the data. So one of 64 draws is taken by the weights of
    importance (Rubin 1988, "Using the SIR algorithm"), and they come from the posterior of the model whose decoder is
    linear near the encoder's mean (as in Gauss and Newton's method), widened a little. Where the decoder is linear and
    the likelihood normal, this is the posterior itself. A quarter of them comes from the prior, for rows of which the
    encoder is wrong.

    Parameters
    ----------
    model : Model
    weights : dict
        Weights by part and name.
    X : ndarray of shape (n_samples, n_features)
        Rows on the networks' scale, NaN where values are missing; without covariates.
    uniform : ndarray of shape (n_samples, n_components + 1)
        What makes the draws of a row its own: numbers in [0, 1), the last of which takes one draw.
    seed : int
        Seed of what all rows share.

    Returns
    -------
    ndarray of shape (n_samples, n_components)
    """
    from scipy.stats import qmc

    k = uniform.shape[1] - 1
    # One quasi-random sequence, of which each row has a shift of its own, as in the bound.
    points, size = qmc.Halton(k, rng=seed).random(N_DRAWS), max(1, _ENOUGH_VALUES // (k * (k + X.shape[1])))
    parts = [slice(start, start + size) for start in range(0, len(X), size)]
    return np.concatenate([_draws(model, weights, X[own], uniform[own], points) for own in parts])


def _draws(model, weights, X, uniform, points):
    """Draw for a few rows."""
    (mean, log_variance), k = model.encode(weights, X), points.shape[1]
    directions, widths = _axes(model, weights, X, mean, np.exp(0.5 * log_variance))
    # Tails a little heavier than needed bound the weights; less so with more variables, over which they multiply.
    widths = widths * np.sqrt(1 + 1 / np.sqrt(k))
    batch, own = model.taken_apart(X), weights["likelihood"]

    def placed(i):
        normal = ndtri(np.clip((points[i] + uniform[:, :k]) % 1, 1e-12, 1 - 1e-12))
        near = mean + np.einsum("nab,nb->na", directions, widths * normal)
        return np.where(np.reshape(i < FROM_PRIOR * len(points), (-1, 1)), normal, near)

    log_weights = np.empty((len(points), len(X)))
    for i in range(len(points)):
        z = placed(i)
        log_weights[i] = model.likelihood.log_prob(batch.x, model.decode(weights, z), own, batch.known)
        log_weights[i] -= _log_ratio(z, mean, directions, widths)
    return placed(_taken(log_weights, uniform[:, k]))


def _log_ratio(z, mean, directions, widths):
    """Return log q(z) - log p(z), where q is the mixture that the draws come from."""
    normal = np.einsum("nab,na->nb", directions, z - mean) / widths
    near = 0.5 * np.sum(z**2 - normal**2, axis=1) - np.log(widths).sum(axis=1)
    return np.logaddexp(np.log(1 - FROM_PRIOR) + near, np.log(FROM_PRIOR))


def _taken(log_weights, uniform):
    """Take one draw of each row by its weights; those that overflow have none, unless all do."""
    log_weights = np.where(np.isfinite(log_weights), log_weights, -np.inf)
    largest = log_weights.max(axis=0)
    shares = np.where(np.isfinite(largest), np.exp(log_weights - np.where(np.isfinite(largest), largest, 0)), 1.0)
    shares = np.cumsum(shares, axis=0)
    return np.minimum((shares < uniform * shares[-1]).sum(axis=0), len(shares) - 1)


def _axes(model, weights, X, mean, std):
    """Return axes and widths of the posterior of each row, as if the decoder were linear near the mean."""
    batch, own = model.taken_apart(X), weights["likelihood"]
    outputs = model.decode(weights, mean)
    *_, information = derivatives(lambda given: model.likelihood.log_density(batch.x, given, own, batch.known), outputs)
    slopes = [
        (model.decode(weights, mean + step) - model.decode(weights, mean - step))
        / (2 * step.max(axis=1, keepdims=True))
        for step in (std * unit for unit in np.eye(mean.shape[1]))
    ]
    slopes = np.stack(slopes, axis=1) * np.sqrt(information * batch.known)[:, None, :]
    told = slopes @ slopes.transpose(0, 2, 1)
    # Where numbers overflow, the prior's width will do; the decoder's overflow is told by who calls.
    told = np.where(np.isfinite(told).all(axis=(1, 2), keepdims=True), told, 0)
    values, directions = np.linalg.eigh(told)
    return directions, 1 / np.sqrt(1 + np.maximum(values, 0))
