"""The importance-weighted bound on the log-likelihood, in NumPy."""

import numpy as np


def importance_weighted_bound(model, weights, X, n_draws, seed):
    """Bound log p(x) of each row (Burda, Grosse and Salakhutdinov 2016, equation 8).

    The draws are quasi-random, the same for all rows: the bound repeats, does not depend on how rows are batched, and
    is less noisy than with independent draws.

    Parameters
    ----------
    model : Model
    weights : dict
        Weights by part and name.
    X : ndarray of shape (n_samples, n_features)
        Data as the networks see them.
    n_draws : int
        Draws of the latent variables.
    seed : int
        Seed of the draws.

    Returns
    -------
    ndarray of shape (n_samples,)
        In nats.
    """
    mean, log_variance = model.encode(weights, X)
    std = np.exp(0.5 * log_variance)
    bound = np.full(len(X), -np.inf)
    for noise in quasi_normal(n_draws, mean.shape[1], seed):
        z = mean + std * noise
        log_weight = model.likelihood.log_prob(X, model.decode(weights, z), weights["likelihood"])
        # log p(z) - log q(z|x); the constants of the two normal densities cancel.
        log_weight += 0.5 * (np.sum(noise**2) - np.sum(z**2, axis=1) + np.sum(log_variance, axis=1))
        bound = np.logaddexp(bound, log_weight)
    return bound - np.log(n_draws)


def quasi_normal(n_draws, n_components, seed):
    """Draw standard normal points that fill the space evenly; more draws begin with the same points."""
    from scipy.stats import qmc

    engine = qmc.Halton(n_components, rng=seed)
    return qmc.MultivariateNormalQMC(np.zeros(n_components), engine=engine).random(n_draws)
