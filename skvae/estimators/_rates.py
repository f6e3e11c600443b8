"""Learning rate, weight decay and freedom that suit the shape of a table; found by benchmarks/defaults.py."""

import numpy as np

# At as many features as samples, and two latent variables.
RATE, RATE_BOUNDS = 2e-3, (1e-3, 5e-3)
DECAY, DECAY_POWER = 3.0, 0.4
RATE_OF_LINEAR_NETWORKS = 1e-2
# Few rows leave no freedom; the noise variance shall not be more than so many times the training rows'.
LARGEST_CORRECTION = 10.0
# Networks give way to a prior of the noise a little further than the linear model; found on tables of 10 to 60 rows.
BEYOND_LINEAR = 1.25


def auto_rates(init, is_linear, n_samples, n_features, n_components):
    """Choose learning rate and weight decay.

    Each feature brings weights of its own to the last layer, and only samples tell its noise from structure: the more
    features per sample, the less far the training goes from PCA, and the more it is pulled back; also the more latent
    variables there are to fit the noise with. Bare networks have no PCA to be pulled to; linear ones cannot collapse
    early, so they may learn fast.

    Parameters
    ----------
    init : {"pca", "random"}
    is_linear : bool
        Neither network has hidden layers.
    n_samples, n_features : int
        Shape of the training rows.
    n_components : int
        Number of latent variables.

    Returns
    -------
    learning_rate, weight_decay : float

    Examples
    --------
    >>> from skvae.estimators._rates import auto_rates
    >>> auto_rates("pca", False, n_samples=100, n_features=100, n_components=2)
    (0.002, 3.0)
    """
    if init == "random":
        return (RATE_OF_LINEAR_NETWORKS if is_linear else RATE), 0.0
    ratio = n_features / n_samples
    rate = np.clip(RATE / np.sqrt(ratio), *RATE_BOUNDS)
    return float(rate), float(DECAY * np.sqrt(n_components / 2) * ratio**DECAY_POWER)


def used_freedom(n_known, n_fitted):
    """Return the share of the degrees of freedom of a feature's values that a linear model uses up.

    By generalised cross-validation (Golub, Heath and Wahba 1979) the errors of new rows are larger than those of the
    rows fitted by ``1 / nu``, with ``nu = ((n_known - n_fitted) / n_known)**2``; this is ``1 - nu``.

    Parameters
    ----------
    n_known : float
        Known values of a feature.
    n_fitted : int
        Numbers that the model fits to them: a mean, and a loading of each latent variable and indicator.

    Examples
    --------
    >>> from skvae.estimators._rates import used_freedom
    >>> round(used_freedom(n_known=48, n_fitted=11), 3)
    0.406
    """
    left = max(0.0, 1 - n_fitted / max(n_known, 1)) ** 2
    return 1 - max(left, 1 / LARGEST_CORRECTION)


def rise_by_prior(weight, n_known, kept=(), beta=1.0):
    """Return by how much the loss may rise, as it should, when the noise gets a prior of this weight.

    Training minimises the loss minus the prior, for which the noise is larger; latent variables that it drowns are
    better dropped. With ``u`` for the growth of the noise, ``kept`` for the eigenvalues that the latent variables hold
    and ``left`` for the sum of the others, in units of `beta` times the noise at the start, twice the loss of a linear
    model is, apart from constants (Tipping and Bishop 1999, section 3)::

        n_known * log(u) + beta * (left / u + sum(1 + log(kept / u) where kept > u, else kept / u))

    and twice the prior is ``n_known * log(u)``.

    Parameters
    ----------
    weight : float
        From 0 to 1, exclusive.
    n_known : float
        Known values of a row.
    kept : array-like of shape (n_kept,), default=()
        Without any only the noise grows, by ``1 / (1 - weight)``.
    beta : float, default=1.0
        Weight of the KL divergence.

    Returns
    -------
    float
        Nats for each row: that rise and a quarter of it, which networks may need, but at most what the prior is worth
        if the noise grows by the square of ``1 / (1 - weight)``. That bound is for starts almost without noise, beside
        which each loss of signal would do.

    Examples
    --------
    >>> from skvae.estimators._rates import rise_by_prior
    >>> round(rise_by_prior(0.5, n_known=10), 3), round(rise_by_prior(0.5, n_known=10, kept=[2.0, 50.0]), 3)
    (1.207, 1.596)
    """
    kept = np.sort(kept)
    left = max(n_known / beta - len(kept), 0.0)
    # The loss minus the prior is convex in log(u). Where it is least depends on how many latent variables are dropped.
    freedom = n_known * (1 - weight) / beta - np.arange(len(kept), -1, -1)
    sums = left + np.append(0.0, np.cumsum(kept))
    growth = np.min(sums[freedom > 0] / freedom[freedom > 0])
    drowned = np.minimum(kept, growth)
    of_codes = left * (1 / growth - 1) + np.sum(drowned / growth - np.log(drowned) - 1)
    rise = 0.5 * (n_known * np.log(growth) + beta * of_codes)
    return float(min(BEYOND_LINEAR * rise, -weight * n_known * np.log(1 - weight)))
