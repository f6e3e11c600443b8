"""What a fit warns of: data and trainings that hardly give what the user expects."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skvae._active import ACTIVE_NATS

# Standard deviations of columns, largest over median, from which the largest column is most of what is learned.
WILD_SCALES = 100.0
# Standard deviations from epoch to epoch by which the loss must end above its start to be called worse, and the least
# epochs, of at least twice as many, by which these are known.
CLEARLY, ENOUGH_EPOCHS = 4.0, 5
# Root mean square of a batch on the scale that the first rows of a stream have set, from which it is another world.
FAR = 100.0
# Standard deviations below the lowest value of a feature from which a limit of detection lets nothing go missing.
FAR_BELOW = 5.0
# From fit through scikit-learn's wrapper to the user.
_TO_USER = 5


def warn_of_columns(X, feature_names):
    """Warn of columns without spread, and of columns whose spread drowns that of the others."""
    low, high = np.fmin.reduce(X, axis=0), np.fmax.reduce(X, axis=0)
    empty = np.flatnonzero(np.isnan(low))
    if empty.size:
        _warn(
            f"{empty.size} of {X.shape[1]} columns hold no value: {_listed(empty, feature_names)}. Nothing is learned "
            "of them, and values that later rows have there are scored as if they were of an average column: drop them."
        )
    constant = np.flatnonzero(low == high)
    if constant.size:
        _warn(
            f"{constant.size} of {X.shape[1]} columns are constant: {_listed(constant, feature_names)}. They tell "
            "nothing about the rows and make a learned noise variance too small: drop them, as "
            "sklearn.feature_selection.VarianceThreshold does."
        )
    if not (low < high).any():  # columns without any value are not constant either
        return
    with np.errstate(over="ignore", invalid="ignore"):  # values too large to be squared are told later
        if np.isnan(X.sum()):  # columns without any value have no spread
            spread = np.nanstd(np.where(np.isnan(low), 0.0, X), axis=0, dtype=np.float64)
        else:
            spread = X.std(axis=0, dtype=np.float64)
    usual = np.median(spread[low < high])
    wild = np.flatnonzero(spread > WILD_SCALES * usual)
    if wild.size:
        _warn(
            f"The scales of the columns differ wildly: the standard deviation of {_listed(wild, feature_names)} is "
            f"more than {WILD_SCALES:.0f} times the median one, so the model learns little else. Scale the columns "
            "first, with sklearn.preprocessing.StandardScaler."
        )


def warn_of_dropped(is_empty, feature_names):
    """Warn of columns without any value, which an imputer leaves out."""
    _warn(
        f"VAEImputer drops feature(s) without any value in fit: {_listed(np.flatnonzero(is_empty), feature_names)}. "
        "Remove them beforehand, or set keep_empty_features=True to keep them, filled with 0."
    )


def warn_of_no_structure():
    """Warn of an imputer that has learned nothing but the means."""
    _warn(
        "VAEImputer found no structure between the features: no latent variable is active, so that missing values are "
        "filled with nearly the mean of the feature, or draws around it. The features may be unrelated, or there are "
        "too few rows."
    )


def warn_of_limit(limit, X):
    """Warn of a given limit of detection that hardly any value, or nearly each, lies below."""
    if limit is None or not np.isnan(X).any():
        return
    low = np.fmin.reduce(X, axis=0)
    spread = np.median(np.nanstd(X[:, ~np.isnan(low)], axis=0))
    below = np.greater(limit, X).sum() / (~np.isnan(X)).sum()
    if below > 0.5 or np.nanmedian(low - limit) > FAR_BELOW * spread:
        _warn(
            f"detection_limit seems to be in another unit than X: {below:.0%} of the values that are known lie below, "
            f"and the median of the columns' lowest values is {np.nanmedian(low):.4g}. Give it as X is, in logarithms."
        )


def warn_of_batch(X):
    """Warn of a batch, on the networks' scale, that is far from the rows by which a stream has set this scale."""
    known = ~np.isnan(X)
    size = np.sqrt(np.sum(np.square(X, dtype=np.float64), where=known) / max(known.sum(), 1))
    if size > FAR:
        _warn(
            f"This batch lies {size:.3g} times as far from the mean as the first rows of the stream, whose mean and "
            "scale the model keeps: it learns badly. Call fit on rows from all over the stream first, or shuffle it."
        )


def warn_of_support(likelihood, X, feature_names):
    """Warn of data to encode that the likelihood cannot give, such as pixels that were scaled for `fit` alone."""
    try:
        likelihood.check_support(X, feature_names)
    except ValueError as error:
        _warn(f"The codes of such values mean little: {error}")


def warn_of_width(n_components, n_features):
    """Warn of more latent variables than features."""
    if n_components > n_features:
        _warn(
            f"n_components={n_components} is more than the {n_features} features of the data: the model does not "
            "compress. Lower n_components."
        )


def warn_of_training(fitted, plan, unit):
    """Warn of a training that ended before it was done."""
    history, ended_by = fitted.history, fitted.ended_by
    n_epochs = len(history["loss"])
    if ended_by == "interrupt":
        _warn(
            f"Training interrupted by user after {n_epochs} of {plan.epochs} epochs: the model keeps the best weights "
            "so far.",
            ConvergenceWarning,
        )
    elif ended_by == "epochs" and len(plan.validation_rows):
        _warn(
            f"The training has not converged in {plan.epochs} epochs: early stopping was not yet due, with "
            f"n_iter_no_change={plan.patience}. Raise epochs.",
            ConvergenceWarning,
        )
    elif ended_by == "epochs" and _has_risen(history["loss"], fitted.allowed_rise):
        _warn(
            f"The training made the loss worse: {history['loss'][0]:.4g} {unit} in the first epoch, "
            f"{history['loss'][-1]:.4g} in the last. Lower learning_rate.",
            ConvergenceWarning,
        )
    if plan.kl_warmup and n_epochs <= plan.kl_warmup * plan.epochs:
        _warn(
            f"The warm-up of the KL divergence is longer than the training: kl_warmup={plan.kl_warmup} of "
            f"{plan.epochs} epochs, of which {n_epochs} were run. The model was never trained for its own loss: lower "
            "kl_warmup."
        )


def warn_of_collapse(kl_per_component, beta):
    """Warn of latent variables that hold nothing."""
    n_collapsed, n = int(np.sum(kl_per_component < ACTIVE_NATS)), len(kl_per_component)
    if n_collapsed:
        _warn(
            f"Posterior collapse: {n_collapsed} of {n} latent variables tell nothing about the rows "
            f"(kl_per_component_ below {ACTIVE_NATS} nats). Lower n_components or beta={beta:g}, or raise kl_warmup.",
            n_frames=_TO_USER + 1,  # a method of the class stands in between
        )


def _has_risen(loss, allowed_rise):
    """Tell whether the loss of the last epochs, a tenth if these are enough, is clearly above that of the first."""
    last = loss[-max(len(loss) // 10, ENOUGH_EPOCHS) :]
    return len(loss) >= 2 * ENOUGH_EPOCHS and last.mean() - loss[0] - allowed_rise > CLEARLY * last.std(ddof=1)


def _listed(columns, feature_names, limit=5):
    """Name the first few columns."""
    return ", ".join(repr(feature_names[i]) for i in columns[:limit]) + (", ..." if len(columns) > limit else "")


def _warn(message, category=UserWarning, n_frames=_TO_USER):
    """Warn at the user's call of `fit`."""
    warnings.warn(message, category, stacklevel=n_frames)
