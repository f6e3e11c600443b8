"""Where the linear paths of a model start: at probabilistic PCA of what its encoder sees."""

import numpy as np

from skvae.estimators._pca_missing import known_optimum
from skvae.estimators._pca_start import MIN_BETA, linear_optimum
from skvae.networks import LinearStart

# Beside so many rows without a level of a covariate, a level is taken to be as they are.
RIDGE = 1e-3


def start_at_pca(model, rows, plan, own):
    """Solve the linear model on the training rows.

    Parameters
    ----------
    model : Model
    rows : Rows
    plan : Plan
    own : dict
        Initial weights of the likelihood.

    Returns
    -------
    start : LinearStart
    own : dict
        Weights of the likelihood at that start.
    """
    X, sample_weight = rows.X[plan.train_rows], rows.sample_weight
    if sample_weight is not None:
        sample_weight = sample_weight[plan.train_rows]
    beta = plan.beta if model.is_variational else 0.0
    k, likelihood = model.encoder.n_outputs, model.likelihood
    batch = model.taken_apart(X)
    view = likelihood.view(batch.x, own, batch.known)
    if batch.known is not None:
        view = np.where(batch.known > 0, view, np.nan)
    offsets = _offsets(view, batch.covariates, sample_weight)
    if batch.covariates is not None:
        view = view - batch.covariates @ offsets
    near = likelihood.linearize(view, own, k, sample_weight)
    residual = (view - near.center) / near.spread
    solve = linear_optimum if batch.known is None or batch.known.all() else known_optimum
    linear = solve(residual, k, beta, near.noise_variance, plan.seed, sample_weight)
    loadings = linear.loadings * near.spread
    start = LinearStart(
        center=near.center,
        offsets=offsets,
        loadings=loadings,
        precisions=1
        / (max(beta, MIN_BETA if model.is_variational else 1.0) * linear.noise_variance * np.square(near.spread)),
        projection=linear.projection / near.spread[:, None],
        log_variance=linear.log_variance,
        outputs_center=likelihood.link(near.center, own),
        outputs_offsets=likelihood.link_loadings(offsets, near.center, own),
        outputs_loadings=likelihood.link_loadings(loadings, near.center, own),
    )
    return start, likelihood.weights_at(own, near, linear.noise_variance)


def _offsets(view, covariates, sample_weight):
    """Regress each feature on the covariates, over the rows in which it is known."""
    if covariates is None:
        return np.zeros((0, view.shape[1]))
    known = ~np.isnan(view) * (1.0 if sample_weight is None else sample_weight[:, None])
    design = np.column_stack([np.ones(len(view)), covariates])
    # One system of normal equations for each feature; a little ridge, as the indicators of all levels add up to one.
    normal = np.einsum("nj,na,nb->jab", known, design, design, optimize=True)
    normal[:, range(1, design.shape[1]), range(1, design.shape[1])] += RIDGE
    normal[:, 0, 0] += np.finfo(float).tiny
    right = (design.T @ (np.nan_to_num(view) * known)).T
    return np.linalg.solve(normal, right[:, :, None])[:, 1:, 0].T
