"""Probabilistic PCA of a table in which values are missing, by expectation and maximization.

References
----------
Tipping and Bishop (1999), "Probabilistic principal component analysis", section 3.4 and appendix B. Ilin and Raiko
(2010), "Practical approaches to principal component analysis in the presence of missing values".
"""

import numpy as np

from skvae.estimators._pca_start import MIN_BETA, LinearModel, linear_optimum
from skvae.estimators._threads import ONE_BLAS_THREAD
from skvae.likelihoods import MIN_NOISE_VARIANCE

# Each step costs as much as a few epochs of training, and later ones change little.
STEPS, ENOUGH = 100, 1e-4


def known_optimum(X, n_components, beta=1.0, noise_variance=None, random_state=None, sample_weight=None):
    """Fit the linear Gaussian model to the values that are known.

    Loadings have a normal prior with the variance that they have on average, so that features with few known values
    keep to small ones.

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
    is_active = np.square(loadings).sum(axis=1) > 0
    loadings, n_known = loadings[is_active], weights @ known
    with ONE_BLAS_THREAD:
        for _ in range(STEPS if is_active.any() else 0):
            mean, covariance = _posterior(x, known, loadings, noise)
            before, loadings = loadings, _regressed(x, known, weights, mean, covariance, loadings, noise)
            if noise_variance is None:
                noise = _residual_variance(x, known, weights, mean, covariance, loadings, n_known)
            # Without a division: too few rows may let all loadings shrink to zero.
            if np.linalg.norm(loadings - before) <= ENOUGH * np.linalg.norm(before):
                break
    return _rotated(loadings, noise, n_components, max(beta, MIN_BETA))


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


def _regressed(x, known, weights, mean, covariance, loadings, noise):
    """Regress each feature on the latent variables."""
    k = mean.shape[1]
    second = (covariance + mean[:, :, None] * mean[:, None, :]) * weights[:, None, None]
    normal = (known.T @ second.reshape(-1, k * k)).reshape(-1, k, k)
    ridge = noise / max(np.mean(np.square(loadings)), MIN_NOISE_VARIANCE)
    right = x.T @ (mean * weights[:, None])
    return np.linalg.solve(normal + ridge * np.eye(k), right[:, :, None])[:, :, 0].T


def _residual_variance(x, known, weights, mean, covariance, loadings, n_known):
    """Find the variance that the latent variables leave, their own uncertainty included."""
    residual = (np.square(x - (mean @ loadings) * known)).sum(axis=1)
    residual += np.einsum("nab,nab->n", _pairwise(known, loadings), covariance)
    return max(float(weights @ residual / n_known.sum()), MIN_NOISE_VARIANCE)


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
