"""The classes that a model file can hold, each with its fitted attributes: one table, and nothing beyond it.

A file names classes by the keys of this table alone; what is imported for them stands here. A class of scikit-learn
whose new version has new attributes cannot be saved until they are entered here.
"""

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from skvae.persistence._kinds import (
    ANY,
    BOOL,
    COUNT,
    DTYPE,
    FUNCTION,
    INT,
    NAMES,
    NONE,
    REAL,
    SLICE,
    STR,
    Kind,
    array,
    choice,
    estimator,
    features,
    finite,
    mapping,
    nonnegative,
    positive,
    record,
    sequence,
)
from skvae.persistence._one_hot import check_one_hot_encoder


@dataclass(frozen=True)
class Entry:
    """What there is to know of a class.

    Attributes
    ----------
    module : str
        Where it is public.
    fitted : dict of Kind
        Attributes that it has if and only if it is fitted, those that hold a length first.
    optional : dict of Kind
        Attributes that it may have besides.
    params : dict of Kind
        Parameters that may not take every value.
    checks_itself : bool
        Whether it has a method ``_check_state``, which takes all attributes and raises ``ValueError`` if they do not
        fit together, and a ``__setstate__`` that looks at the values of arrays as well.
    check : callable, default=None
        The same for a class of scikit-learn: takes all attributes, in which an :class:`ArraySpec` may stand for an
        array.
    """

    module: str
    fitted: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    params: Mapping[str, Kind] = field(default_factory=dict)
    checks_itself: bool = False
    check: Callable[[Mapping], None] | None = None

    def load(self, name):
        """Import the class."""
        return getattr(importlib.import_module(self.module), name.rpartition(".")[2])


_N = "n_features_in_"
_PER_FEATURE = array("f", _N)
_FITTED = {_N: COUNT}
#: Set by methods that every scikit-learn estimator may have.
COMMON = {
    "feature_names_in_": NAMES,
    "_sklearn_output_config": mapping(choice("default", "pandas", "polars") | NONE, keys=("transform",)),
    "_metadata_request": mapping(mapping(BOOL | STR | NONE)),
}
_LABELS = array("iufOU", None)
_PLACES_OR_NONE = array("O", None) | NONE
_COLUMNS = STR | INT | SLICE | sequence(list, STR) | sequence(list, INT | BOOL) | array("biuOU", None)
_NAMED = record(STR, ANY)
_NAMED_WITH_COLUMNS = record(STR, ANY, _COLUMNS)

_COVARIATES = {
    "covariate_columns_": array("i", None),
    "covariate_encoder_": estimator("OneHotEncoder"),
    "covariate_shares_": array("f", None, values=nonnegative),
}

CLASSES = {
    "VAETransformer": Entry(
        "skvae.estimators",
        fitted=_FITTED
        | dict.fromkeys(("_architecture", "_weights", "_seed", "_stream", "mean_", "scale_", "history_"), ANY)
        | dict.fromkeys(("n_iter_", "n_samples_seen_", "kl_per_component_", "active_components_"), ANY),
        optional=_COVARIATES,
        checks_itself=True,
    ),
    "AutoencoderTransformer": Entry(
        "skvae.estimators",
        fitted=_FITTED
        | dict.fromkeys(("_architecture", "_weights", "_seed", "_stream", "mean_", "scale_", "history_"), ANY)
        | dict.fromkeys(("n_iter_", "n_samples_seen_"), ANY),
        optional=_COVARIATES,
        checks_itself=True,
    ),
    "VAEImputer": Entry(
        "skvae.estimators",
        fitted=_FITTED
        | {
            "estimator_": estimator("VAETransformer"),
            "empty_features_": array("b", _N),
            "indicator_": NONE | estimator("MissingIndicator"),
        },
        checks_itself=True,
    ),
    "MaxNormalizer": Entry(
        "skvae.preprocessing", fitted=_FITTED | {"max_": _PER_FEATURE, "scale_": _PER_FEATURE}, checks_itself=True
    ),
    "MeanImputer": Entry(
        "skvae.preprocessing",
        fitted=_FITTED | {"imputer_": estimator("SimpleImputer"), "empty_features_": array("b", _N)},
        checks_itself=True,
    ),
    **dict.fromkeys(("Dense", "Conv", "Recurrent", "Activation"), Entry("skvae.networks")),
    # There is a likelihood of the same name.
    **dict.fromkeys(("noise.Gaussian", "noise.Dropout"), Entry("skvae.noise")),
    **dict.fromkeys(
        ("Gaussian", "CensoredGaussian", "Bernoulli", "ContinuousBernoulli", "Poisson", "NegativeBinomial"),
        Entry("skvae.likelihoods"),
    ),
    # Its memory is None or the path of a folder with pickles.
    "Pipeline": Entry("sklearn.pipeline", params={"steps": sequence(list, _NAMED), "memory": NONE}),
    "ColumnTransformer": Entry(
        "sklearn.compose",
        fitted=_FITTED
        | {
            "_columns": sequence(list, _COLUMNS),
            "_transformer_to_input_indices": mapping(sequence(list, INT)),
            "_remainder": _NAMED_WITH_COLUMNS,
            "transformers_": sequence(list, _NAMED_WITH_COLUMNS),
            "output_indices_": mapping(SLICE),
            "sparse_output_": BOOL,
        },
        optional={"_transformers_feature_names_out": array("O", None)},
        params={"transformers": sequence(list, _NAMED_WITH_COLUMNS)},
    ),
    "FunctionTransformer": Entry(
        "sklearn.preprocessing",
        fitted=_FITTED,
        params={"func": FUNCTION | NONE, "inverse_func": FUNCTION | NONE},
    ),
    "StandardScaler": Entry(
        "sklearn.preprocessing",
        fitted=_FITTED
        | {
            "n_samples_seen_": COUNT | REAL | array("if", _N),
            "mean_": _PER_FEATURE | NONE,
            "var_": array("f", _N, values=nonnegative) | NONE,
            "scale_": array("f", _N, values=positive) | NONE,
        },
    ),
    "MinMaxScaler": Entry(
        "sklearn.preprocessing",
        fitted=_FITTED
        | {
            "n_samples_seen_": COUNT,
            "scale_": array("f", _N, values=positive),
            "min_": _PER_FEATURE,
            "data_min_": _PER_FEATURE,
            "data_max_": _PER_FEATURE,
            "data_range_": array("f", _N, values=nonnegative),
        },
    ),
    "MaxAbsScaler": Entry(
        "sklearn.preprocessing",
        fitted=_FITTED
        | {
            "n_samples_seen_": COUNT,
            "max_abs_": array("f", _N, values=nonnegative),
            "scale_": array("f", _N, values=positive),
        },
    ),
    "RobustScaler": Entry(
        "sklearn.preprocessing",
        fitted=_FITTED | {"center_": _PER_FEATURE | NONE, "scale_": array("f", _N, values=positive) | NONE},
    ),
    "Normalizer": Entry("sklearn.preprocessing", fitted=_FITTED),
    "PowerTransformer": Entry(
        "sklearn.preprocessing",
        fitted=_FITTED | {"lambdas_": _PER_FEATURE},
        optional={"_scaler": estimator("StandardScaler")},
    ),
    "QuantileTransformer": Entry(
        "sklearn.preprocessing",
        fitted=_FITTED
        | {
            "n_quantiles_": COUNT,
            "references_": array("f", "n_quantiles_", values=finite),
            "quantiles_": array("f", "n_quantiles_", _N),
        },
    ),
    "OneHotEncoder": Entry(
        "sklearn.preprocessing",
        fitted=_FITTED
        | {
            "_infrequent_enabled": BOOL,
            "categories_": sequence(list, _LABELS, _N),
            "_drop_idx_after_grouping": _PLACES_OR_NONE,
            "drop_idx_": _PLACES_OR_NONE,
            "_n_features_outs": sequence(list, COUNT, _N),
        },
        optional={
            "_infrequent_indices": sequence(list, array("i", None) | NONE, _N),
            "_default_to_infrequent_mappings": sequence(list, array("i", None) | NONE, _N),
        },
        check=check_one_hot_encoder,
    ),
    "SimpleImputer": Entry(
        "sklearn.impute",
        fitted=_FITTED
        | {
            "_fit_dtype": DTYPE,
            "_fill_dtype": DTYPE,
            "indicator_": NONE | estimator("MissingIndicator"),
            "statistics_": array("fiuO", _N),
        },
    ),
    "MissingIndicator": Entry(
        "sklearn.impute",
        fitted=_FITTED | {"_precomputed": BOOL, "_n_features": COUNT, "features_": array("i", None, values=features)},
    ),
    "VarianceThreshold": Entry(
        "sklearn.feature_selection", fitted=_FITTED | {"variances_": array("f", _N, values=nonnegative)}
    ),
    "PCA": Entry(
        "sklearn.decomposition",
        fitted=_FITTED
        | {
            "n_components_": COUNT,
            "n_samples_": COUNT,
            "_fit_svd_solver": STR,
            "mean_": array("f", _N, values=finite),
            "components_": array("f", "n_components_", _N, values=finite),
            "explained_variance_": array("f", "n_components_"),
            "explained_variance_ratio_": array("f", "n_components_"),
            "singular_values_": array("f", "n_components_"),
            "noise_variance_": REAL,
        },
    ),
}


def name_of(cls):
    """Return the name in the table of exactly this class, None if it is not there."""
    for name in (cls.__name__, f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}"):
        # The module is compared first, so that saving imports nothing that is not there already.
        if name in CLASSES and cls.__module__.startswith(CLASSES[name].module) and CLASSES[name].load(name) is cls:
            return name
    return None


def check_params(name, params):
    """Raise ``ValueError`` if a class of the table does not have these parameters, or cannot take them."""
    signature = _signature(name)
    if unknown := params.keys() - signature.keys():
        raise ValueError(f"{name} of the installed version has no parameter(s) {sorted(unknown)}.")
    if missing := {key for key, param in signature.items() if param.default is param.empty} - params.keys():
        raise ValueError(f"{name} lacks its parameter(s) {sorted(missing)}.")
    _check_kinds(params, {key: kind for key, kind in CLASSES[name].params.items() if key in params})


def check_state(name, params, state):
    """Raise ``ValueError`` if the attributes of a class of the table are not those of an unfitted or a fitted one.

    Parameters
    ----------
    name : str
        Of the class.
    params, state : dict
        Parameters, and attributes besides; an :class:`ArraySpec` may stand for an array.
    """
    entry = CLASSES[name]
    fitted = entry.fitted if "n_features_in_" in state else {}
    known = {**fitted, **COMMON, **entry.optional}
    if unknown := state.keys() - known.keys():
        raise ValueError(f"{name} has attribute(s) {sorted(unknown)}, which this version of skvae does not know.")
    if missing := fitted.keys() - state.keys():
        raise ValueError(f"{name} is fitted by halves, it lacks {sorted(missing)}.")
    _check_kinds(state, {key: kind for key, kind in known.items() if key in state})
    if fitted and entry.checks_itself:
        entry.load(name)._check_state({**params, **state})
    if fitted and entry.check is not None:
        entry.check(state)


@functools.cache
def _signature(name):
    """Return the parameters of a class of the table."""
    return inspect.signature(CLASSES[name].load(name)).parameters


def _check_kinds(values, kinds):
    """Raise ``ValueError`` if a value is not of its kind."""
    for key, kind in kinds.items():
        value = values[key]
        if not kind.accepts(value, values):
            shape = f" of {value.dtype} and shape {value.shape}" if hasattr(value, "shape") else ""
            raise ValueError(f"{key} should be {kind.words}; it is a {type(value).__name__}{shape}.")
