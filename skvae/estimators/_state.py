"""What the fitted state of a model must look like, so that a pickle or a file cannot smuggle in another."""

from numbers import Integral

import numpy as np
from sklearn.preprocessing import OneHotEncoder

from skvae.estimators._model import LATER_PARTS, Model
from skvae.likelihoods import LIKELIHOODS, LOSSES, Likelihood
from skvae.networks import Network

#: What `fit` sets; `feature_names_in_` besides where the data had names.
FITTED = (
    "_architecture",
    "_seed",
    "_stream",
    "_weights",
    "history_",
    "mean_",
    "n_features_in_",
    "n_iter_",
    "n_samples_seen_",
    "scale_",
)
#: What `fit` of a variational model sets besides, and what it sets with covariates.
VARIATIONAL = ("active_components_", "kl_per_component_")
COVARIATES = ("covariate_columns_", "covariate_encoder_", "covariate_shares_")
_DTYPES = {"f": (np.float32, np.float64), "b": (np.bool_,), "i": (np.int64,)}
_DISAGREES = "The state of the model does not agree with itself; was it written by another version of skvae?"
_LARGEST = float(np.finfo(np.float32).max)
#: TensorFlow counts steps and takes seeds in 32 bits.
_MOST = np.iinfo(np.int32).max
_HISTORY = {"loss", "reconstruction", "kl", "seconds", "val_loss"}


def with_defaults(cls, state):
    """Return a state with the parameters that it lacks, as one of an earlier version may.

    Raises
    ------
    ValueError
        If an attribute would take the place of a method.
    """
    shadows = sorted(name for name in state if hasattr(cls, name))
    _require(not shadows, f"{', '.join(shadows)} must not be set")
    _require(isinstance(state.get("_sklearn_output_config", {}), dict), "its output format is none")
    return state | {name: value for name, value in cls().get_params(deep=False).items() if name not in state}


def check_state(state, is_variational=True):
    """Raise a ValueError unless the parts of a state agree in type and shape; arrays are not looked into.

    Parameters
    ----------
    state : dict
        The attributes of an estimator; of arrays only ``shape`` and ``dtype`` are asked.
    is_variational : bool, default=True
        Whether its class gives distributions of the latent variables.
    """
    if not any(name in state for name in FITTED if name != "n_features_in_"):
        return
    try:
        _check_fitted(state, is_variational)
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise ValueError(f"{_DISAGREES} {error}.") from error


def _check_fitted(state, is_variational):
    """Check a state that has something fitted."""
    n_given = sum(name in state for name in COVARIATES)
    _require(n_given in (0, len(COVARIATES)), "some of the covariates' attributes are missing")
    missing = [name for name in (*FITTED, *(VARIATIONAL if is_variational else ())) if name not in state]
    _require(not missing, f"{', '.join(missing)} missing")
    for name, least in {"n_features_in_": 1, "n_iter_": 0, "n_samples_seen_": 1, "_seed": 0}.items():
        _require(_is_int(state[name], least), f"{name} must be an int of at least {least}")
    _require(state["_seed"] <= _MOST, "_seed is too large")
    n_indicators = _check_covariates(state) if n_given else 0
    architecture = _check_architecture(state["_architecture"], is_variational, n_indicators)
    n_features = state["n_features_in_"] - (state["covariate_columns_"].shape[0] if n_given else 0)
    model, n_components = Model.of(architecture, n_features), architecture["n_components"]
    _check_weights(state["_weights"], model.weight_shapes())
    _check_array(state["mean_"], (n_features,), "f", "mean_")
    if is_variational:
        _check_array(state["kl_per_component_"], (n_components,), "f", "kl_per_component_")
        _check_array(state["active_components_"], (n_components,), "b", "active_components_")
    _require(isinstance(state["scale_"], float) and 0 < state["scale_"] < np.inf, "scale_ must be a positive float")
    if "feature_names_in_" in state:
        _check_names(state["feature_names_in_"], state["n_features_in_"])
    _check_history(state["history_"], state["n_iter_"])
    _check_stream(state["_stream"], model.weight_shapes(), n_features + n_indicators)


def _check_covariates(state):
    """Check the attributes of the covariates, and return the number of their indicators."""
    columns, encoder, shares = (state[name] for name in COVARIATES)
    _require(
        len(columns.shape) == 1 and 0 < columns.shape[0] < state["n_features_in_"], "too many columns are covariates"
    )
    _check_array(columns, columns.shape, "i", "covariate_columns_")
    n_indicators = sum(_numbers_of_levels(encoder, columns.shape[0]))
    _check_array(shares, (n_indicators,), "f", "covariate_shares_")
    return n_indicators


def _numbers_of_levels(encoder, n_columns):
    """Check that an encoder is as `Covariates` makes it, since what it hands to compiled code is not checked there."""
    _require(type(encoder) is OneHotEncoder, "covariate_encoder_ is no OneHotEncoder")
    levels = encoder.categories_
    _require(isinstance(levels, list) and len(levels) == n_columns, "the covariates have other columns")
    for of_column in levels:
        _require(isinstance(of_column, np.ndarray) and of_column.dtype == object, "levels are no array of objects")
        _require(0 < len(of_column) == len(set(of_column.tolist())), "a covariate has a level twice, or none")
    numbers = [len(of_column) for of_column in levels]
    as_made = {"sparse_output": False, "handle_unknown": "error", "drop": None, "drop_idx_": None}
    as_made |= {"_infrequent_enabled": False, "_drop_idx_after_grouping": None}
    as_made |= {"n_features_in_": n_columns, "_n_features_outs": numbers}
    other = [name for name, value in as_made.items() if repr(getattr(encoder, name)) != repr(value)]
    _require(not other, f"covariate_encoder_ has another {', '.join(other)}")
    _require(np.dtype(encoder.dtype) == np.float64, "covariate_encoder_ has another dtype")
    _require(not hasattr(encoder, "feature_names_in_"), "covariate_encoder_ has names of features")
    output = vars(encoder).get("_sklearn_output_config", {})
    _require(output in ({}, {"transform": "default"}), "covariate_encoder_ has an output format of its own")
    return numbers


def _check_names(names, n_features):
    """Check that there is a name for each feature."""
    is_array = isinstance(names, np.ndarray) and names.dtype == object and names.shape == (n_features,)
    _require(is_array and all(type(name) is str for name in names), "feature_names_in_ must name each feature")


def check_values(state):
    """Raise a ValueError if an array that inference or training uses holds NaN, infinity, or what cannot be."""
    if "_weights" not in state:
        return
    arrays = {f"{part}/{name}": w for part, named in state["_weights"].items() for name, w in named.items()}
    arrays["mean_"] = state["mean_"]
    stream = state["_stream"] or {}
    arrays |= {name: stream[name] for name in ("first_rows", "first_weights") if stream.get(name) is not None}
    for i, of_weight in enumerate(stream.get("moments") or []):
        arrays |= {f"moment {j} of weight {i}": moment for j, moment in enumerate(of_weight)}
    for name, array in arrays.items():
        is_data = name == "first_rows" and state["_architecture"].get("is_masked")  # in which values may be missing
        _require(not np.isinf(array).any() if is_data else np.isfinite(array).all(), f"{name} holds NaN or infinity")
        if name not in ("mean_", "first_rows", "first_weights"):
            least, most = array.min(initial=0), array.max(initial=0)
            _require(least >= -_LARGEST and most <= _LARGEST, f"{name} holds values that float32 does not")
    _check_signs(state)
    if "covariate_columns_" in state:
        columns, shares = state["covariate_columns_"], state["covariate_shares_"]
        is_there = (columns >= 0) & (columns < state["n_features_in_"])
        _require(is_there.all() and len(set(columns.tolist())) == len(columns), "covariate_columns_ are no columns")
        _require(np.isfinite(shares).all() and (shares >= 0).all(), "covariate_shares_ are no shares")


def _check_signs(state):
    """Check that roots and logarithms can be taken of what they are taken of."""
    weights = state["_weights"]
    for part in ("encoder", "decoder"):
        for name, array in weights[part].items():
            _require(not name.endswith("moving_variance") or (array >= 0).all(), f"{part}/{name} is negative")
    likelihood = Model.of(state["_architecture"], len(state["mean_"])).likelihood
    for name in likelihood.positive:
        _require((weights["likelihood"][name] > 0).all(), f"likelihood/{name} is not above zero")


def _check_architecture(architecture, is_variational, n_indicators):
    """Check the recipe of the networks, and return it with all its parts."""
    names = {"encoder", "decoder", "n_components", "linear_path", "likelihood", *LATER_PARTS}
    _require(isinstance(architecture, dict), "_architecture is no dict")
    architecture = LATER_PARTS | architecture
    _require(set(architecture) == names, "_architecture has other entries")
    for part in ("encoder", "decoder"):
        _require(isinstance(architecture[part], Network), f"the {part} is no network")
        architecture[part].validate()
    _require(_is_int(architecture["n_components"], 1), "n_components must be a positive int")
    for name in ("linear_path", "is_masked", "is_variational"):
        _require(isinstance(architecture[name], bool), f"{name} must be True or False")
    _require(architecture["is_variational"] == is_variational, "the encoder is that of another class")
    _require(architecture["n_covariates"] == n_indicators, "the covariates have other levels")
    likelihood = architecture["likelihood"]
    if isinstance(likelihood, str):
        _require(likelihood in (LIKELIHOODS if is_variational else LOSSES), "the likelihood is unknown")
    else:
        _require(isinstance(likelihood, Likelihood), "the likelihood is none")
        likelihood.validate()
    return architecture


def _check_weights(weights, shapes):
    """Check that there is a float array of the right shape for each weight, and none besides."""
    _require(isinstance(weights, dict) and set(weights) == set(shapes), "_weights has other parts")
    for part, named in shapes.items():
        _require(isinstance(weights[part], dict) and set(weights[part]) == set(named), f"the {part} has other weights")
        for name, shape in named.items():
            _check_array(weights[part][name], shape, "f", f"{part}/{name}")


def _check_history(history, n_epochs):
    """Check that there is one value per epoch for each quantity."""
    _require(isinstance(history, dict) and set(history) <= _HISTORY and "loss" in history, "history_ has other entries")
    for name, values in history.items():
        _check_array(values, (n_epochs,), "f", f"history_[{name!r}]")


def _check_stream(stream, shapes, n_features):
    """Check what `partial_fit` keeps."""
    if stream is None:
        return
    names = {"moments", "step", "first_rows", "first_weights"}
    _require(isinstance(stream, dict) and set(stream) == names, "_stream has other entries")
    _require(_is_int(stream["step"], 0) and stream["step"] <= _MOST, "the number of steps must be an int of at least 0")
    if stream["moments"] is not None:
        flat = [shape for named in shapes.values() for shape in named.values()]
        _require(isinstance(stream["moments"], list) and len(stream["moments"]) == len(flat), "moments are missing")
        for of_weight, shape in zip(stream["moments"], flat, strict=True):
            _require(isinstance(of_weight, list), "moments are no list")
            _require(len(of_weight) == len(stream["moments"][0]) <= 2, "weights differ in their number of moments")
            for moment in of_weight:
                _check_array(moment, shape, "f", "a moment")
    rows, weights = stream["first_rows"], stream["first_weights"]
    if rows is not None:
        _require(len(np.shape(rows)) == 2, "first_rows must be a table")
        _check_array(rows, (rows.shape[0], n_features), "f", "first_rows")
    if weights is not None:
        _require(rows is not None, "first_rows are missing")
        _check_array(weights, (rows.shape[0],), "f", "first_weights")


def _check_array(array, shape, kind, name):
    """Check shape and kind of an array."""
    _require(
        getattr(array, "shape", None) == shape and np.dtype(array.dtype) in _DTYPES[kind],
        f"{name} must be an array of shape {shape} and kind {kind!r}",
    )


def _is_int(value, least):
    """Tell whether a value is an int and not too small."""
    return isinstance(value, Integral) and not isinstance(value, bool) and value >= least


def _require(holds, what):
    """Raise if something does not hold."""
    if not holds:
        raise ValueError(f"{_DISAGREES} {what}.")
