"""Files and states of each member with one entry replaced: refused, or of a model that can be used."""

import contextlib
import copy
import warnings

import numpy as np
import pytest
from members import MEMBERS, fitted, told_by
from sklearn.base import BaseEstimator

import skvae
from skvae.likelihoods import Gaussian

GONE = object()


def parts(value, path=()):
    """Yield the path to each entry of the fitted state; parameters are checked by `fit`."""
    if path:
        yield path
    if isinstance(value, BaseEstimator):
        own = set() if path and not hasattr(value, "fit") else set(value.get_params(deep=False))
        value = {name: part for name, part in vars(value).items() if name not in own}
        path = (*path, "vars") if path else path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from parts(part, (*path, key))


def place_of(model, path):
    """Return the dict that holds an entry."""
    place = vars(model)
    for step in path[:-1]:
        place = vars(place) if step == "vars" else place[step]
    return vars(place) if path[-1:] == ("vars",) else place


def replacements(value):
    """Yield what stands in for an entry."""
    yield from (GONE, None, "cauchy", -1, 2**62, float("nan"), [], {}, np.ones(7), Gaussian())
    if isinstance(value, np.ndarray):
        yield from (value[None], value.astype(object), value.tolist())
        if value.dtype.kind == "f":
            yield from (np.full(value.shape, fill) for fill in (np.nan, np.inf, -1.0, 1e300))
            yield value.astype(complex)
        elif value.dtype.kind == "i":
            yield from (np.full(value.shape, fill) for fill in (-1, 2**62))
        elif value.dtype.kind == "O":
            yield np.array([value[0]] * len(value) + [value[0]], dtype=object)


def spoiled(model):
    """Yield copies of a model with one entry replaced, each with the path to it."""
    for path in parts(model):
        if path[-1] == "vars":
            continue
        for replacement in replacements(place_of(model, path)[path[-1]]):
            other = copy.copy(model)
            vars(other).update(copy.deepcopy({path[0]: vars(model)[path[0]]}))
            place = place_of(other, path)
            if replacement is GONE:
                del place[path[-1]]
            else:
                place[path[-1]] = replacement
            yield path, other


@pytest.mark.parametrize("name", MEMBERS)
def test_spoiled_members_are_refused_or_can_be_used(name):
    """What is accepted gives numbers, or a ValueError that says why not."""
    model, table = fitted(name)
    n_refused = 0
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for _, other in spoiled(model):
            try:
                type(model)().__setstate__(vars(other))
            except ValueError:
                n_refused += 1
                continue
            with contextlib.suppress(ValueError):
                told_by(other, table[:3])
    assert n_refused > 100


@pytest.mark.parametrize("name", MEMBERS)
def test_spoiled_members_are_not_saved(name, path):
    """`save` makes the model once as `load` would, with the same checks."""
    model, _ = fitted(name)
    n_refused = 0
    for where, other in spoiled(model):
        # An estimator that lacks its own parameter cannot even say so.
        refusals = (ValueError, TypeError, AttributeError) if "vars" in where else (ValueError, TypeError)
        try:
            skvae.save(other, path)
        except refusals:
            n_refused += 1
        else:
            skvae.load(path)
    assert n_refused > 100


@pytest.mark.parametrize(
    ("name", "path", "value", "words"),
    [
        ("counts", ("_weights", "likelihood", "means"), np.array([1, 1, 0, 1, 1, 1.0]), "means is not above zero"),
        ("counts", ("_weights", "likelihood", "means"), np.full(6, -1.0), "means is not above zero"),
        ("masked counts", ("_weights", "likelihood", "log_dispersion"), np.full(6, np.nan), "log_dispersion holds NaN"),
        ("censored", ("_weights", "likelihood", "limits"), np.full(6, np.inf), "limits holds NaN or infinity"),
        ("censored", ("_weights", "likelihood", "limits"), np.zeros(5), "limits must be an array"),
        ("censored", ("_weights", "encoder", "linear/loadings"), np.full((2, 6), 1e300), "float32 does not"),
        (
            "batches normalized",
            ("_weights", "encoder", "norm0/moving_variance"),
            np.full(3, -1.0),
            "norm0/moving_variance is negative",
        ),
        ("gru, covariates", ("covariate_columns_",), np.array([7]), "are no columns"),
        ("gru, covariates", ("covariate_columns_",), np.array([-1]), "are no columns"),
        ("gru, covariates", ("covariate_columns_",), np.array([], np.int64), "too many columns"),
        ("gru, covariates", ("covariate_shares_",), np.array([-1.0, 1, 1]), "are no shares"),
        ("gru, covariates", ("covariate_shares_",), np.full(3, np.nan), "are no shares"),
        ("gru, covariates", ("covariate_encoder_",), None, "no OneHotEncoder"),
        ("gru, covariates", ("covariate_encoder_", "vars", "_n_features_outs"), [1], "another _n_features_outs"),
        ("gru, covariates", ("covariate_encoder_", "vars", "sparse_output"), True, "another sparse_output"),
        ("gru, covariates", ("covariate_encoder_", "vars", "handle_unknown"), "ignore", "another handle_unknown"),
        ("gru, covariates", ("covariate_encoder_", "vars", "dtype"), object, "another dtype"),
        ("gru, covariates", ("covariate_encoder_", "vars", "_sklearn_output_config"), None, "output format"),
        ("vae", ("_sklearn_output_config",), None, "output format"),
        ("gru, covariates", ("covariate_encoder_", "vars", "categories_"), [np.arange(3.0)], "no array of objects"),
        (
            "gru, covariates",
            ("covariate_encoder_", "vars", "categories_"),
            [np.array([1, 1, 2], dtype=object)],
            "a level twice",
        ),
        ("gru, covariates", ("covariate_encoder_", "vars", "feature_names_in_"), np.array(["a"]), "names of features"),
        ("given limits, covariates", ("feature_names_in_",), np.arange(8).astype(object), "must name each feature"),
        ("given limits, covariates", ("covariate_columns_",), np.array([6, 6]), "are no columns"),
        ("vae", ("_seed",), 2**31, "_seed is too large"),
        ("autoencoder", ("_architecture", "is_variational"), True, "that of another class"),
        ("autoencoder", ("_architecture", "likelihood"), "poisson", "likelihood is unknown"),
    ],
)
def test_what_is_spoiled_is_named(name, path, value, words):
    model = copy.deepcopy(fitted(name)[0])
    place_of(model, path)[path[-1]] = value
    with pytest.raises(ValueError, match=words):
        type(model)().__setstate__(vars(model))


def test_moments_of_another_type_do_not_abort_the_process():
    """TensorFlow ends the process where a compiled function gets float64 for float32."""
    model, table = fitted("vae")
    stream = copy.deepcopy(model).partial_fit(table)
    for of_weight in stream._stream["moments"]:
        of_weight[:] = [moment.astype(np.float64) for moment in of_weight]
    again = copy.deepcopy(stream).partial_fit(table)
    assert np.isfinite(again.transform(table)).all()
    stream._stream["moments"][0][0] = np.full_like(stream._stream["moments"][0][0], 1e300)
    with pytest.raises(ValueError, match="moment 0 of weight 0 holds values that float32 does not"):
        copy.deepcopy(stream)
