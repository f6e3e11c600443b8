"""Probabilistic PCA of a table in which values are missing, by expectation and maximization.

References
----------
Tipping and Bishop (1999), "Probabilistic principal component analysis", section 3.4 and appendix B. Ilin and Raiko
(2010), "Practical approaches to principal component analysis in the presence of missing values".
"""

import numpy as np

from skvae._blas import ONE_BLAS_THREAD
from skvae.estimators._pca_start import MIN_BETA, LinearModel, linear_optimum
from skvae.likelihoods import MIN_NOISE_VARIANCE

# Each step costs as much as a few epochs of training, and later ones change little.
STEPS, ENOUGH = 100, 1e-4
# Least prior variance of the loadings in any direction, as a share of the average: the ridge must be finite.
LEAST_PRIOR = 1e-3


def known_optimum(X, n_components, beta=1.0, noise_variance=None, random_state=None, sample_weight=None):
    """Fit the linear Gaussian model to the values that are known.

    Loadings have a normal prior with the covariance that they have over all features (Ilin and Raiko 2010). For each
    feature it counts in units of the feature's own noise, and as much as values are missing. So a table without missing
    values keeps to probabilistic PCA; and where the rows that know a feature say nothing of a direction of the codes,
    such as that to another laboratory, the loading stays small instead of growing until it fits the noise.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Centred data; NaN where they are missing.
    n_components, beta, noise_variance, random_state, sample_weight
        As for `linear_optimum`.

    Returns
    -------
    LinearModel
        With the projection and log-variance of rows without missing values.
    """
    known = ~np.isnan(X)
    x = np.where(known, X, 0.0).astype(np.float64, copy=False)
    known = known.astype(np.float64)
    weights = np.ones(len(X)) if sample_weight is None else sample_weight / np.mean(sample_weight)
    begin = linear_optimum(x, n_components, 1.0, noise_variance, random_state, sample_weight)
    loadings, noise = begin.loadings.copy(), begin.noise_variance
    loadings = loadings[np.square(loadings).sum(axis=1) > 0]
    n_known, own_noise = weights @ known, np.full(x.shape[1], noise)
    missing = 1 - n_known / weights.sum()
    with ONE_BLAS_THREAD:
        for _ in range(STEPS if len(loadings) else 0):
            moments = _moments(x, known, weights, *_posterior(x, known, loadings, noise))
            before, loadings = loadings, _regressed(moments, loadings, own_noise * missing)
            left = _left(moments, loadings)
            own_noise = np.maximum(left / np.maximum(n_known - len(loadings), 1), MIN_NOISE_VARIANCE)
            if noise_variance is None:
                noise = max(float(left.sum() / n_known.sum()), MIN_NOISE_VARIANCE)
            # Where there are no directions but noise, all loadings vanish.
            if np.linalg.norm(loadings - before) <= ENOUGH * np.linalg.norm(before):
                break
    return _rotated(loadings, noise, n_components, max(beta, MIN_BETA))


def known_codes(X, model, beta, rng=None):
    """Encode rows by the values that are known.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Centred data; NaN where they are missing.
    model : LinearModel
    beta : float
        Weight of the KL divergence in the posterior, above 0.
    rng : numpy.random.Generator, default=None
        Draws from the posterior; without one its mean is returned.

    Returns
    -------
    ndarray of shape (n_samples, n_components)
    """
    known = ~np.isnan(X)
    with ONE_BLAS_THREAD:
        mean, covariance = _posterior(
            np.where(known, X, 0.0), known.astype(float), model.loadings, beta * model.noise_variance
        )
        if rng is None:
            return mean
        return mean + np.einsum("nab,nb->na", np.linalg.cholesky(covariance), rng.standard_normal(mean.shape))


def _posterior(x, known, loadings, noise):
    """Find mean and covariance of the latent variables of each row."""
    k = len(loadings)
    precision = np.eye(k) + _pairwise(known, loadings) / noise
    covariance = np.linalg.inv(precision)
    return np.einsum("nab,nb->na", covariance, x @ loadings.T / noise), covariance


def _pairwise(known, loadings):
    """Sum the products of all pairs of loadings over the known features of each row."""
    k = len(loadings)
    products = (loadings[:, None, :] * loadings[None, :, :]).reshape(k * k, -1)
    return (known @ products.T).reshape(-1, k, k)


def _moments(x, known, weights, mean, covariance):
    """Sum what a regression of each feature on the latent variables needs, over the rows in which it is known."""
    k = mean.shape[1]
    second = (covariance + mean[:, :, None] * mean[:, None, :]) * weights[:, None, None]
    normal = (known.T @ second.reshape(-1, k * k)).reshape(-1, k, k)
    return normal, x.T @ (mean * weights[:, None]), weights @ np.square(x)


def _regressed(moments, loadings, prior_noise):
    """Regress each feature on the latent variables, under the prior that the present loadings give."""
    normal, right, _ = moments
    k, n_features = loadings.shape
    prior = loadings @ loadings.T / n_features
    ridge = np.linalg.inv(prior + max(LEAST_PRIOR * np.trace(prior) / k, MIN_NOISE_VARIANCE) * np.eye(k))
    return np.linalg.solve(normal + prior_noise[:, None, None] * ridge, right[:, :, None])[:, :, 0].T


def _left(moments, loadings):
    """Sum the squares that the latent variables leave of each feature, their own uncertainty included."""
    normal, right, squares = moments
    left = squares - 2 * np.einsum("aj,ja->j", loadings, right)
    return np.maximum(left + np.einsum("aj,jab,bj->j", loadings, normal, loadings, optimize=True), 0.0)


def _rotated(loadings, noise, n_components, beta):
    """Turn the loadings so that they are at right angles, with the largest first, and encode whole rows."""
    n_features = loadings.shape[1]
    _, sizes, directions = np.linalg.svd(loadings, full_matrices=False)
    rank = len(sizes)
    # As in `linear_optimum`, whose eigenvalues are those of the covariance.
    eigenvalues = np.maximum(np.square(sizes) + noise, beta * noise)
    own = np.sqrt(eigenvalues - beta * noise)
    full = np.zeros((n_components, n_features))
    projection, log_variance = np.zeros((n_features, n_components)), np.zeros(n_components)
    full[:rank] = directions * own[:, None]
    projection[:, :rank] = directions.T * (own / eigenvalues)
    log_variance[:rank] = np.log(beta * noise / eigenvalues)
    return LinearModel(projection, log_variance, full, float(noise))
