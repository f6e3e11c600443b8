"""The closed-form start: probabilistic PCA, written into the linear path of the networks.

Probabilistic PCA is a variational autoencoder with linear networks, and its optimum is known (Tipping and Bishop
1999). An untrained model set to it has exactly the likelihood of PCA, and training starts from there.

For a weight `beta` of the KL divergence other than 1 the optimum of the linear model is, with the eigenvalues ``lam``
of the covariance, ``R`` the sum of those left out, ``q`` active components of ``d`` features:

    s2 = R / (d - beta * q),    loading_i = sqrt(lam_i - beta * s2)  where lam_i > beta * s2, else 0
    encoder: mean_i = v_i . x * loading_i / lam_i,    variance_i = beta * s2 / lam_i

because the terms of the bound that hold component i add up to ``-beta/2 * (1 + log(lam_i / (beta * s2)))``. Components
below `beta` times the noise are pruned (Lucas et al. 2019; Sicks, Korn and Schwaar 2021).

References
----------
Tipping and Bishop (1999), "Probabilistic principal component analysis". Lucas, Tucker, Grosse and Norouzi (2019),
"Don't blame the ELBO! A linear VAE perspective on posterior collapse". Sicks, Korn and Schwaar (2021), "A generalised
linear model framework for beta-variational autoencoders based on exponential dispersion families".
"""

from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA

from skvae._blas import ONE_BLAS_THREAD
from skvae.likelihoods import MIN_NOISE_VARIANCE

# Without a KL divergence the posterior would shrink to a point, whose log-variance no network can hold.
MIN_BETA = 1e-4


class LinearModel(NamedTuple):
    """A linear encoder and decoder.

    Attributes
    ----------
    projection : ndarray of shape (n_features, n_components)
        Encoder's mean from centred data.
    log_variance : ndarray of shape (n_components,)
        Encoder's log-variance, alike for all rows.
    loadings : ndarray of shape (n_components, n_features)
        Decoder's outputs from latent variables.
    noise_variance : float
        Variance that the components leave, per feature.
    """

    projection: np.ndarray
    log_variance: np.ndarray
    loadings: np.ndarray
    noise_variance: float


def linear_optimum(X, n_components, beta=1.0, noise_variance=None, random_state=None, sample_weight=None):
    """Solve the linear Gaussian model in closed form.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Centred data.
    n_components : int
        Number of latent variables; those without an eigenvalue above the noise stay at the prior.
    beta : float, default=1.0
        Weight of the KL divergence.
    noise_variance : float, default=None
        Known variance of the noise; None takes the optimum.
    random_state : int, default=None
        Seed of scikit-learn's randomized solver for large tables.
    sample_weight : ndarray of shape (n_samples,), default=None
        Weights of the rows.

    Returns
    -------
    LinearModel
    """
    n_features = X.shape[1]
    beta = max(beta, MIN_BETA)
    if sample_weight is not None or len(X) == 1:
        X = _with_counterparts(X, sample_weight)
    n_samples = len(X)
    rank = min(n_components, *X.shape)
    pca = _repeatable_pca(X, rank, random_state)
    # In float64, whatever the data: float32 holds no extreme beta.
    eigenvalues = pca.explained_variance_.astype(np.float64) * (n_samples - 1) / n_samples
    if noise_variance is None:
        total = float(np.square(X).sum()) / n_samples
        noise_variance = _optimal_noise(eigenvalues, total, n_features, beta)
    noise_variance = max(noise_variance, MIN_NOISE_VARIANCE)
    # Pruned components take the prior: no loading, unit variance.
    eigenvalues = np.maximum(eigenvalues, beta * noise_variance)
    loading = np.sqrt(eigenvalues - beta * noise_variance)

    projection = np.zeros((n_features, n_components))
    log_variance = np.zeros(n_components)
    loadings = np.zeros((n_components, n_features))
    projection[:, :rank] = pca.components_.T * (loading / eigenvalues)
    log_variance[:rank] = np.log(beta * noise_variance / eigenvalues)
    loadings[:rank] = pca.components_ * loading[:, None]
    return LinearModel(projection, log_variance, loadings, float(noise_variance))


def _with_counterparts(X, sample_weight):
    """Add the negative of each row after weighting: so the mean stays zero, and PCA finds the weighted covariance.

    scikit-learn's PCA would centre weighted rows by their unweighted mean. The price is twice the memory for a moment.
    """
    if sample_weight is not None:
        X = X - np.average(X, axis=0, weights=sample_weight)
        X = X * np.sqrt(sample_weight / np.mean(sample_weight))[:, None]
    return np.concatenate([X, -X])


def _repeatable_pca(X, rank, random_state):
    """Fit PCA so that the same data give the same bits."""
    with ONE_BLAS_THREAD, np.errstate(invalid="ignore"):
        # Constant data have no shares of the variance; they are not used.
        return PCA(rank, random_state=random_state).fit(X)


def _optimal_noise(eigenvalues, total, n_features, beta):
    """Return the noise variance of the best number of active components."""
    best, best_value = total / n_features, np.inf
    for q in range(len(eigenvalues) + 1):
        active = eigenvalues[:q]
        left, freedom = total - active.sum(), n_features - beta * q
        noise = max(left / freedom, MIN_NOISE_VARIANCE) if freedom > 0 else np.inf
        if q and active[-1] <= beta * noise:
            continue
        value = n_features * np.log(noise) + left / noise + beta * np.sum(1 + np.log(active / (beta * noise)))
        if value < best_value:
            best, best_value = noise, value
    return best
