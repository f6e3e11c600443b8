"""Where the linear paths of a model start: at probabilistic PCA of what its encoder sees."""

from typing import NamedTuple

import numpy as np

from skvae._blas import ONE_BLAS_THREAD
from skvae.estimators._pca_missing import known_codes, known_optimum
from skvae.estimators._pca_start import MIN_BETA, LinearModel, linear_optimum
from skvae.estimators._regression import regressed
from skvae.likelihoods import Linearization
from skvae.networks import LinearStart

# Beside so many rows without a level of a covariate, a level is taken to be as they are.
RIDGE = 1e-3
# Precisions of the priors of a regression under another likelihood than the normal one: of the distance of its
# constants from those of the average row, of what a level of a covariate adds, and of the loadings. The last says that
# a latent variable changes logits or logarithms by about one half.
CONSTANTS, OFFSETS, LOADINGS = 1e-3, 1.0, 4.0
# So many rows are enough for it, and as many as make so many values.
ENOUGH_ROWS, ENOUGH_VALUES = 200, 2_000_000


class _Linear(NamedTuple):
    """The linear model of what the encoder sees of the training rows.

    Attributes
    ----------
    near : Linearization
    offsets : ndarray of shape (n_levels, n_features)
        What each level of the covariates adds.
    residual : ndarray of shape (n_samples, n_features)
        What center and offsets leave, with noise of one variance; NaN where values are missing.
    optimum : LinearModel
    """

    near: Linearization
    offsets: np.ndarray
    residual: np.ndarray
    optimum: LinearModel


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
        sample_weight = sample_weight[plan.train_rows] / np.mean(sample_weight[plan.train_rows])
    likelihood, posterior_beta = model.likelihood, max(plan.beta, MIN_BETA) if model.is_variational else 1.0
    with ONE_BLAS_THREAD:
        linear = _linear_model(model, X, sample_weight, plan, own)
        near, optimum = linear.near, linear.optimum
        loadings, center = optimum.loadings * near.spread, likelihood.link(near.center, own)
        outputs = center, linear.offsets, loadings
        if not likelihood.is_linear:
            rng = np.random.default_rng(plan.seed)
            some = _some_rows(X, rng)
            codes = _codes(linear.residual[some], optimum, posterior_beta, rng if model.is_variational else None)
            row_weights = None if sample_weight is None else sample_weight[some]
            outputs = _regressed_outputs(likelihood, own, model.taken_apart(X[some]), codes, center, row_weights)
    start = LinearStart(
        center=near.center,
        offsets=linear.offsets,
        loadings=loadings,
        precisions=1 / (posterior_beta * optimum.noise_variance * np.square(near.spread)),
        projection=optimum.projection / near.spread[:, None],
        log_variance=optimum.log_variance,
        outputs_center=outputs[0],
        outputs_offsets=outputs[1],
        outputs_loadings=outputs[2],
    )
    return start, likelihood.weights_at(own, near, optimum.noise_variance)


def _linear_model(model, X, sample_weight, plan, own):
    """Take out what covariates explain, and solve the linear model of the rest."""
    batch, k = model.taken_apart(X), model.encoder.n_outputs
    view = model.likelihood.view(batch.x, own, batch.known)
    if batch.known is not None:
        view = np.where(batch.known > 0, view, np.nan)
    offsets = _offsets(view, batch.covariates, sample_weight)
    if batch.covariates is not None:
        view = view - batch.covariates @ offsets
    near = model.likelihood.linearize(view, own, k, sample_weight)
    residual = (view - near.center) / near.spread
    solve = linear_optimum if batch.known is None or batch.known.all() else known_optimum
    beta = plan.beta if model.is_variational else 0.0
    return _Linear(near, offsets, residual, solve(residual, k, beta, near.noise_variance, plan.seed, sample_weight))


def _some_rows(X, rng):
    """Choose as many rows as a regression needs."""
    n_rows = max(ENOUGH_ROWS, ENOUGH_VALUES // X.shape[1])
    return slice(None) if len(X) <= n_rows else np.sort(rng.choice(len(X), n_rows, replace=False))


def _codes(residual, linear, beta, rng):
    """Draw codes from the linear model's posterior; without a generator, take its mean. Unused ones are zero."""
    if np.isnan(residual).any():
        codes = known_codes(residual, linear, beta, rng)
    else:
        codes = residual @ linear.projection
        if rng is not None:
            codes = codes + np.exp(0.5 * linear.log_variance) * rng.standard_normal(codes.shape)
    return codes * linear.loadings.any(axis=1)


def _regressed_outputs(likelihood, own, batch, codes, center, sample_weight):
    """Regress the data on codes and covariates: constants, offsets and loadings of the decoder's outputs.

    The encoder's linear model is one of residuals, and its loadings, brought through a link, would say too much of rows
    far from the average: the exponential of a large code has no bounds.
    """
    covariates = np.zeros((len(codes), 0)) if batch.covariates is None else batch.covariates
    design = np.column_stack([np.ones(len(codes)), covariates, codes]).astype(np.float64, copy=False)
    x = batch.x.astype(np.float64, copy=False)
    counts = np.ones((len(x), 1)) if sample_weight is None else sample_weight[:, None]
    counts = counts if batch.known is None else counts * batch.known

    def log_density(outputs):
        return counts * likelihood.log_density(x, outputs, own, batch.known)

    n_levels, k = covariates.shape[1], codes.shape[1]
    precisions = np.repeat([CONSTANTS, OFFSETS, LOADINGS], [1, n_levels, k])
    begin = np.vstack([center, np.zeros((n_levels + k, len(center)))])
    constants, *loadings = np.split(regressed(log_density, design, begin, precisions), [1, 1 + n_levels])
    return constants[0], *loadings


def _offsets(view, covariates, sample_weight):
    """Regress each feature on the covariates, over the rows in which it is known; what they add is zero on average."""
    if covariates is None:
        return np.zeros((0, view.shape[1]))
    known = ~np.isnan(view) * (1.0 if sample_weight is None else sample_weight[:, None])
    design = np.column_stack([np.ones(len(view)), covariates])
    # One system of normal equations for each feature; a little ridge, as the indicators of all levels add up to one.
    normal = np.einsum("nj,na,nb->jab", known, design, design, optimize=True)
    means = normal[:, 0, 1:] / np.maximum(normal[:, 0, :1], np.finfo(float).tiny)
    normal[:, range(1, design.shape[1]), range(1, design.shape[1])] += RIDGE
    normal[:, 0, 0] += np.finfo(float).tiny
    right = (design.T @ (np.nan_to_num(view) * known)).T
    offsets = np.linalg.solve(normal, right[:, :, None])[:, 1:, 0].T
    # Each row has one level of each covariate, so that a constant may move from the center to all levels.
    return offsets - np.einsum("ja,aj->j", means, offsets) / covariates[0].sum()
