"""Learning rate and weight decay that suit the shape of a table; found by benchmarks/pca_or_vae.py."""

import numpy as np

# At as many features as samples.
RATE, RATE_BOUNDS, DECAY = 2e-3, (1e-3, 5e-3), 4.0
RATE_OF_LINEAR_NETWORKS = 1e-2


def auto_rates(init, is_linear, n_samples, n_features):
    """Choose learning rate and weight decay.

    Each feature brings weights of its own to the last layer, and only samples tell its noise from structure: the more
    features per sample, the less far the training goes from PCA, and the more it is pulled back. Bare networks have no
    PCA to be pulled to; linear ones cannot collapse early, so they may learn fast.

    Parameters
    ----------
    init : {"pca", "random"}
    is_linear : bool
        Neither network has hidden layers.
    n_samples, n_features : int
        Shape of the training rows.

    Returns
    -------
    learning_rate, weight_decay : float

    Examples
    --------
    >>> from skvae.estimators._rates import auto_rates
    >>> auto_rates("pca", False, n_samples=100, n_features=100)
    (0.002, 4.0)
    """
    if init == "random":
        return (RATE_OF_LINEAR_NETWORKS if is_linear else RATE), 0.0
    ratio = np.sqrt(n_features / n_samples)
    return float(np.clip(RATE / ratio, *RATE_BOUNDS)), float(DECAY * ratio)
