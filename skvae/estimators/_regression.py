"""Regression of each feature on the codes under any likelihood: a generalised linear model.

References
----------
McCullagh and Nelder (1989), "Generalized linear models", section 2.5 (iteratively reweighted least squares). Sicks,
Korn and Schwaar (2021), "A generalised linear model framework for beta-variational autoencoders based on exponential
dispersion families".
"""

import numpy as np

from skvae._blas import ONE_BLAS_THREAD

STEPS, ENOUGH = 20, 1e-3
# Change of an output at which derivatives are taken, and the largest in one step.
PROBE, LONGEST_STEP = 1e-3, 2.0


def regressed(log_density, design, begin, precisions):
    """Find the coefficients that explain the data best, by Newton's steps.

    Parameters
    ----------
    log_density : callable
        From outputs to the log-density of each value, both of shape (n_samples, n_features).
    design : ndarray of shape (n_samples, n_terms)
        What the outputs are linear in.
    begin : ndarray of shape (n_terms, n_features)
        Coefficients to begin with; the prior is around them.
    precisions : ndarray of shape (n_terms,)
        Of the normal prior of each term's coefficients.

    Returns
    -------
    ndarray of shape (n_terms, n_features)
        For each feature the best that were met.
    """
    n_terms, n_features = begin.shape
    pairs = (design[:, :, None] * design[:, None, :]).reshape(len(design), n_terms**2)
    present = best = begin
    highest = np.full(n_features, -np.inf)
    with ONE_BLAS_THREAD, np.errstate(over="ignore", invalid="ignore"):
        for _ in range(STEPS):
            values, slope, curvature = derivatives(log_density, design @ present)
            pull = precisions[:, None] * (present - begin)
            value = values.sum(axis=0) - 0.5 * ((present - begin) * pull).sum(axis=0)
            best, highest = np.where(value > highest, present, best), np.fmax(value, highest)
            normal = (curvature.T @ pairs).reshape(-1, n_terms, n_terms) + np.diag(precisions)
            step = np.linalg.solve(normal, (design.T @ slope - pull).T[:, :, None])[:, :, 0].T
            length = np.abs(design @ step).max(axis=0)
            present = present + step * np.minimum(1, LONGEST_STEP / np.maximum(length, LONGEST_STEP))
            if not length.max() > ENOUGH:  # also where it is no number
                break
    return best


def derivatives(log_density, outputs):
    """Differentiate the log-density of each value by the decoder's output.

    Parameters
    ----------
    log_density : callable
        From outputs to the log-density of each value in nats, both of shape (n_samples, n_features).
    outputs : ndarray of shape (n_samples, n_features)

    Returns
    -------
    value, slope, curvature : ndarray of shape (n_samples, n_features)
        The log-density, its first derivative, and the negative second where that is above 0; the last two are finite.
    """
    at, above, below = (log_density(outputs + change) for change in (0, PROBE, -PROBE))
    slope, curvature = (above - below) / (2 * PROBE), (2 * at - below - above) / PROBE**2
    return at, np.nan_to_num(slope), np.clip(np.nan_to_num(curvature), 0, None)
