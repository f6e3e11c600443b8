"""Schedules: pure functions from the number of steps to one value a step."""

import numpy as np


def learning_rates(learning_rate, n_steps, decay_share=0.5):
    """Hold the learning rate, then let it fall linearly to zero over the last share of the steps.

    Parameters
    ----------
    learning_rate : float
        Value of the first steps.
    n_steps : int
        Length of the training.
    decay_share : float, default=0.5
        Share of the steps over which it falls.

    Returns
    -------
    ndarray of shape (n_steps,)

    Examples
    --------
    >>> from skvae.training import learning_rates
    >>> learning_rates(1.0, 4)
    array([1. , 1. , 1. , 0.5])
    """
    left = n_steps - np.arange(n_steps)
    return learning_rate * np.minimum(1.0, left / max(decay_share * n_steps, 1))


def kl_weights(beta, warmup, n_steps):
    """Let the weight of the KL divergence rise linearly from 0 to `beta` over a share of the steps.

    Parameters
    ----------
    beta : float
        Final weight.
    warmup : float
        Share of the steps over which it rises; 0 means that it starts at `beta`.
    n_steps : int
        Length of the training.

    Returns
    -------
    ndarray of shape (n_steps,)

    References
    ----------
    Bowman et al. (2016), "Generating sentences from a continuous space".

    Examples
    --------
    >>> from skvae.training import kl_weights
    >>> kl_weights(2.0, 0.5, 4)
    array([0., 1., 2., 2.])
    """
    if warmup == 0:
        return np.full(n_steps, float(beta))
    return beta * np.minimum(1.0, np.arange(n_steps) / (warmup * n_steps))
