"""What a fit needs and leaves: architecture, split and plan by the parameters of an estimator; fitted attributes."""

from typing import NamedTuple

import numpy as np
from sklearn.base import clone

from skvae._active import ACTIVE_NATS
from skvae._compat import InvalidParameterError
from skvae.estimators._columns import Covariates
from skvae.estimators._model import Model
from skvae.estimators._rates import auto_rates, used_freedom
from skvae.estimators._scaling import Scaling
from skvae.estimators._threads import map_blocks
from skvae.networks import Dense, Network
from skvae.training import DivergedError, Plan

# As scikit-learn's multilayer perceptrons.
_AUTO_BATCH_SIZE = 200


def architecture_of(estimator, n_covariates):
    """Write down the networks and the likelihood that the parameters ask for; see `Model.of`."""
    if isinstance(estimator.n_components, bool):
        raise InvalidParameterError(f"n_components must be an int, but is {estimator.n_components!r}.")
    encoder = _as_network(estimator.encoder, estimator.activation)
    decoder = estimator.decoder
    return {
        "encoder": encoder,
        "decoder": encoder.mirrored() if decoder is None else _as_network(decoder, estimator.activation),
        # int: a NumPy integer, as np.arange puts into grids, is no number of units for Keras.
        "n_components": int(estimator.n_components),
        "linear_path": estimator.init == "pca",
        "likelihood": estimator._own_likelihood(),
        "is_variational": estimator._is_variational,
        "is_masked": estimator.missing != "error",
        "n_covariates": n_covariates,
    }


def refuse_other_shapes(model, rows):
    """Raise a ValueError unless a likelihood of the user's own has a value for each cell; sums would hide it."""
    likelihood = model.likelihood
    if likelihood.name is not None:
        return
    own = likelihood.initial_weights(rows.X[:, : model.n_features], rows.sample_weight, rows.scaling)
    batch = model.taken_apart(rows.X[:2])
    outputs = np.zeros_like(batch.x)
    with np.errstate(all="ignore"):  # only the shapes count
        given = {
            "log_density": likelihood.log_density(batch.x, outputs, own, batch.known),
            "mean": likelihood.mean(outputs, own),
        }
    for method, values in given.items():
        if np.shape(values) != outputs.shape:
            raise ValueError(
                f"{type(likelihood).__name__}.{method} must return an array of shape (n_samples, n_features), but for "
                f"arrays of shape {outputs.shape} its shape is {np.shape(values)}."
            )


def split_of(estimator, n_samples, seed):
    """Choose the rows to train on and those to judge by."""
    order = np.random.default_rng([seed, 2]).permutation(n_samples)
    n_validation = int(np.ceil(estimator.validation_fraction * n_samples)) if estimator.early_stopping else 0
    if n_samples - n_validation < 2:
        raise ValueError(
            f"validation_fraction={estimator.validation_fraction} leaves {n_samples - n_validation} of {n_samples} "
            "samples to train on: lower it, or set early_stopping=False."
        )
    return np.sort(order[n_validation:]), order[:n_validation]


def plan_of(estimator, model, split, n_effective, n_known, seed, scaling, offset, warms_up=True):
    """Write down how to train.

    Parameters
    ----------
    estimator : VAETransformer
    model : Model
    split : tuple of int array
        Rows to train on, and rows to judge by.
    n_effective : float
        Number of rows that the automatic rates go by.
    n_known : float
        How many of their values a feature has on average.
    seed : int
    scaling : Scaling
    offset : float
        See `Plan`.
    warms_up : bool, default=True
        Whether the weight of the KL divergence begins at 0, if the parameters say so.

    Returns
    -------
    Plan

    Raises
    ------
    InvalidParameterError
        If a number, of whatever type, is too large for a float.
    """

    def number(name):
        return _as_float(estimator, name)

    shape = n_effective, model.n_features, int(estimator.n_components)
    rate, decay = auto_rates(estimator.init, model.is_linear, *shape)
    n_fitted = 1 + int(estimator.n_components) + model.decoder.inputs.n_covariates
    return Plan(
        train_rows=split[0],
        validation_rows=split[1],
        epochs=int(estimator.epochs),
        # int: TensorFlow takes no bool, which counts as a number to scikit-learn.
        batch_size=_AUTO_BATCH_SIZE if estimator.batch_size == "auto" else int(estimator.batch_size),
        learning_rate=rate if estimator.learning_rate == "auto" else number("learning_rate"),
        weight_decay=decay if estimator.weight_decay == "auto" else number("weight_decay"),
        beta=number("beta") if model.is_variational else estimator._noise_level / scaling.scale,
        kl_warmup=number("kl_warmup") if warms_up and model.is_variational else 0.0,
        prior_weight=used_freedom(n_known, n_fitted) if model.likelihood.has_prior else 0.0,
        patience=estimator.n_iter_no_change,
        tol=number("tol"),
        seed=seed,
        unit=1.0 if model.is_variational else scaling.scale**2,
        offset=offset if model.is_variational else 0.0,
        verbose=estimator.verbose,
    )


class Before(NamedTuple):
    """What an earlier training leaves to go on from; empty for a start anew.

    Attributes
    ----------
    scaling : Scaling or None
    seed : int or None
    weights, history : dict or None
    n_iter, n_samples : int
    stream : dict or None
        See `Stream`.
    covariates : Covariates or None
    """

    scaling: Scaling | None = None
    seed: int | None = None
    weights: dict | None = None
    history: dict | None = None
    n_iter: int = 0
    n_samples: int = 0
    stream: dict | None = None
    covariates: Covariates | None = None

    @classmethod
    def of(cls, estimator):
        """Take it from a fitted estimator."""
        return cls(
            Scaling(estimator.mean_, estimator.scale_),
            estimator._seed,
            estimator._weights,
            estimator.history_,
            estimator.n_iter_,
            estimator.n_samples_seen_,
            estimator._stream,
            estimator._covariates,
        )


def effective_size(rows, sample_weight):
    """Return how many rows of equal weight say as much (Kish 1965)."""
    if sample_weight is None:
        return len(rows)
    weights = sample_weight[rows] / sample_weight[rows].max()
    return float(weights.sum() ** 2 / np.square(weights).sum())


def share_of_known(data):
    """Return the share of the values that are not missing."""
    return 1 - float(np.isnan(data).mean())


def fitted_attributes(architecture, scaling, rows, seed, earlier, weights, history):
    """Return the attributes of an estimator whose model has these weights.

    Parameters
    ----------
    architecture : dict
    scaling : Scaling
    rows : Rows
        On the networks' scale.
    seed : int
        Of the draws of `score_samples`.
    earlier : dict or None
        History that the training followed on.
    weights : dict
        Arrays by part and name.
    history : dict
        Of this training.

    Returns
    -------
    dict
    """
    history = history if earlier is None else _history_after(earlier, history)
    weights = {part: as_dtype(named, rows.X.dtype) for part, named in weights.items()}
    return {
        "_architecture": architecture,
        "_weights": weights,
        "_seed": seed,
        "_stream": None,
        "mean_": scaling.mean,
        "scale_": scaling.scale,
        "history_": history,
        "n_iter_": len(history["loss"]),
        "n_samples_seen_": len(rows.X),
    }


def kl_attributes(architecture, weights, rows):
    """Return the attributes that tell what each latent variable says about the rows."""
    model = Model.of(architecture, rows.X.shape[1] - architecture["n_covariates"])
    kl_per_component = _mean_kl(model, weights, rows)
    return {"kl_per_component_": kl_per_component, "active_components_": kl_per_component >= ACTIVE_NATS}


def as_dtype(named, dtype):
    """Cast arrays, without a copy where nothing changes."""
    return {name: w.astype(dtype, copy=False) for name, w in named.items()}


def _as_network(layers, activation):
    """Turn layer sizes into a network of our own, which later changes of the parameters do not reach, and check it."""
    network = clone(layers) if isinstance(layers, Network) else Dense(tuple(layers), activation)
    network.validate()
    return network


def _mean_kl(model, weights, rows):
    """Average the KL divergence of each latent variable over the rows."""
    encoded = map_blocks(lambda block: model.encode(weights, block), rows.X)
    mean, log_variance = (values.astype(np.float64, copy=False) for values in encoded)
    if not np.isfinite(mean).all():  # no loss has seen these weights yet
        raise DivergedError(
            "The training diverged: with the last weights the encoder overflows. Lower learning_rate, or scale the "
            "data (StandardScaler)."
        )
    kl = 0.5 * (np.square(mean) + np.exp(log_variance) - 1 - log_variance)
    return np.average(kl, axis=0, weights=rows.sample_weight)


def _history_after(earlier, later):
    """Join two histories; what only one of them knows is NaN in the other."""
    lengths = len(earlier["loss"]), len(later["loss"])
    unknown = [np.full(length, np.nan) for length in lengths]
    return {
        name: np.append(earlier.get(name, unknown[0]), later.get(name, unknown[1])) for name in {**earlier, **later}
    }


def _as_float(estimator, name):
    """Turn a parameter that is a real number of any type into a float."""
    try:
        value = float(getattr(estimator, name))
    except OverflowError:
        value = np.inf
    if np.isinf(value):  # of a whole number, a fraction or a longdouble
        whose = type(estimator).__name__
        raise InvalidParameterError(f"The {name!r} parameter of {whose} must be a float, but is larger.")
    return value
