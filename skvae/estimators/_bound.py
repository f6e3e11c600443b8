"""The importance-weighted bound on the log-likelihood, in NumPy."""

import numpy as np
from scipy.special import ndtri

# Latent distances of a hundredth of a percent already give rows draws of their own.
_SHIFTS_PER_UNIT = 1e4


def importance_weighted_bound(model, weights, X, n_draws, seed):
    """Bound log p(x) of each row (Burda, Grosse and Salakhutdinov 2016, equation 8).

    Parameters
    ----------
    model : Model
    weights : dict
        Weights by part and name.
    X : ndarray of shape (n_samples, n_features + n_covariates)
        Rows on the networks' scale.
    n_draws : int
        Draws of the latent variables for each row.
    seed : int
        Seed of the draws.

    Returns
    -------
    ndarray of shape (n_samples,)
        In nats.
    """
    mean, log_variance = model.encode(weights, X)
    batch, own = model.taken_apart(X), weights["likelihood"]
    std = np.exp(0.5 * log_variance)
    bound = np.full(len(X), -np.inf)
    for noise in quasi_normal(n_draws, mean, seed):
        z = mean + std * noise
        outputs = model.decode(weights, z, batch.covariates)
        log_weight = model.likelihood.log_prob(batch.x, outputs, own, batch.known)
        # log p(z) - log q(z|x); the constants of the two normal densities cancel.
        log_weight += 0.5 * np.sum(noise**2 - z**2 + log_variance, axis=1)
        bound = np.logaddexp(bound, log_weight)
    return bound - np.log(n_draws)


def quasi_normal(n_draws, mean, seed):
    """Yield standard normal draws for each row, which fill the space evenly.

    All rows use one quasi-random sequence, each with a shift of its own (Cranley and Patterson 1976), so that their
    errors do not add up. The shift comes from the row's place in the latent space: the draws repeat, whatever rows
    stand beside. More draws begin with the same points.
    """
    from scipy.stats import qmc

    for point in qmc.Halton(mean.shape[1], rng=seed).random(n_draws):
        uniform = (point + _SHIFTS_PER_UNIT * mean) % 1
        yield ndtri(np.clip(uniform, 1e-12, 1 - 1e-12))
