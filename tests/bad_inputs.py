"""Every bad input and its answer, in one list: ``test_bad_inputs.py`` runs it, ``docs/bad-inputs.md`` shows it.

After a change of the list, write the page anew: ``python tests/bad_inputs.py``.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.exceptions import NotFittedError

from skvae import AutoencoderTransformer, VAETransformer
from skvae._compat import InvalidParameterError
from skvae.networks import Dense
from skvae.preprocessing import MaxNormalizer, MeanImputer

PAGE = Path(__file__).parents[1] / "docs" / "bad-inputs.md"

# Values that are exact in every number type, and fit every likelihood but those of counts, which get WHOLE.
TABLE = pd.DataFrame(np.random.default_rng(0).integers(0, 9, size=(12, 3)) / 8, columns=["a", "b", "c"])
WHOLE = TABLE * 8

SMALL = VAETransformer(2, encoder=(3,), epochs=1, random_state=0)
AUTOENCODER = "AutoencoderTransformer"
VAE, BERNOULLI, NORMALIZER, IMPUTER = "VAETransformer", "VAETransformer, bernoulli", "MaxNormalizer", "MeanImputer"
CONTINUOUS = "VAETransformer, continuous_bernoulli"
COUNTS = ("VAETransformer, poisson", "VAETransformer, negative_binomial")
ESTIMATORS = {
    VAE: SMALL,
    **{
        taker: VAETransformer(**SMALL.get_params(deep=False) | {"likelihood": taker.split(", ")[1]})
        for taker in (BERNOULLI, CONTINUOUS, *COUNTS)
    },
    AUTOENCODER: AutoencoderTransformer(2, encoder=(3,), init="random", epochs=1, random_state=0),
    NORMALIZER: MaxNormalizer(),
    IMPUTER: MeanImputer(),
}
ALL = (VAE, NORMALIZER, IMPUTER)
PREPROCESSING = (NORMALIZER, IMPUTER)

TRAINING = ("fit", "partial_fit", "set_params")
ENCODING = ("transform", "score")
CHECKS = ("fit", "partial_fit", *ENCODING)
ANY = (*CHECKS, "inverse_transform")


@dataclass(frozen=True)
class Case:
    """A bad input: what it is, how to make it, who must refuse it in which calls, and how."""

    what: str
    error: type[Exception]
    # As the user reads it; " ... " stands for any text.
    message: str
    # From a good table of the right width to the arguments of the call.
    arguments: Callable[[pd.DataFrame], dict]
    calls: tuple[str, ...] = ("fit",)
    takers: tuple[str, ...] = (VAE,)
    # Set before the call.
    params: dict = field(default_factory=dict)

    def runs(self):
        """List taker, call, and whether it is fitted before; partial_fit and score are the model's alone."""
        return [
            (taker, call, fitted)
            for taker in self.takers
            for call in self.calls
            if taker not in PREPROCESSING or call not in ("partial_fit", "score")
            for fitted in self._states(call)
        ]

    def _states(self, call):
        """Tell whether a call is made before or after a fit, or both."""
        if self.error is NotFittedError:
            return [False]
        return [False, True] if call in TRAINING else [True]


@dataclass(frozen=True)
class Elsewhere:
    """A bad input that other tests make: it needs files, signals or processes."""

    what: str
    error: str
    message: str
    test: str


def table(what, spoil, error, message, *, takers=ALL, calls=ANY, **options):
    """Describe a bad table."""
    return Case(what, error, message, lambda X: {"X": spoil(X)}, calls, takers, **options)


def parameter(what, params, message, *, error=InvalidParameterError, takers=(VAE,), spoil=None):
    """Describe a bad parameter, which `fit` refuses."""
    return Case(what, error, message, lambda X: {"X": X if spoil is None else spoil(X)}, ("fit",), takers, params)


def weights(what, make, error, message):
    """Describe bad weights of the rows."""
    calls = ("fit", "partial_fit", "score")
    return Case(what, error, message, lambda X: {"X": X, "sample_weight": make(np.ones(len(X)))}, calls)


def with_cell(value, X, dtype=object):
    """Put a value into the second column."""
    cells = [*X["b"][:3], value, *X["b"][4:]]
    return X.assign(b=pd.Series(cells, X.index, dtype))


def of_type(dtype, X):
    """Convert to an array of a type."""
    return X.to_numpy().astype(dtype)


def with_column(make, X):
    """Replace the second column."""
    return X.assign(b=make(len(X)))


def sparse_frame(fill, X):
    """Convert to a data frame of sparse columns."""
    return X.astype(pd.SparseDtype(float, fill))


def polars_dates(X):
    """Convert to a frame of Polars with a column of dates."""
    polars = pytest.importorskip("polars")
    return polars.DataFrame(X.to_dict("list") | {"b": [datetime.date(2026, 1, 1)] * len(X)})


DATES = "X holds dates, times or durations in column(s) 'b' ... .astype('int64') ... or drop the column(s)."
SPARSE_FRAME = "X is a DataFrame of sparse columns, but ... pass X.sparse.to_dense()."
SHAPE = "Expected 2D array, got "
NAMES = "The feature names should match those that were passed during fit. ... "

CELLS = [
    table("NaN", partial(with_cell, np.nan), ValueError, "Input X contains NaN.", takers=(VAE,)),
    table(
        "NaN where data may be missing",
        partial(with_cell, np.nan),
        ValueError,
        "Input X contains NaN. With missing='mask' fit takes missing values; skvae.VAEImputer and "
        "skvae.preprocessing.MeanImputer fill them.",
        takers=(VAE,),
        calls=CHECKS,
    ),
    Case(
        "NaN after missing was set on a fitted model",
        ValueError,
        "Input X contains NaN. missing='mask' was set after fit, and needs a new fit.",
        lambda X: {"X": with_cell(np.nan, X)},
        ENCODING,
        params={"missing": "mask"},
    ),
    table("None in a column of numbers", partial(with_cell, None), ValueError, "Input X contains NaN.", takers=(VAE,)),
    table("a column of NaN", lambda X: X.assign(b=np.nan), ValueError, "Input X contains NaN.", takers=(VAE,)),
    table(
        "a column of NaN, to be filled",
        lambda X: X.assign(b=np.nan),
        UserWarning,
        "MeanImputer drops feature(s) without any value in fit: 'b'. ... keep_empty_features=True",
        takers=(IMPUTER,),
        calls=("fit",),
    ),
    table(
        "nothing but NaN, to be filled",
        lambda X: X * np.nan,
        ValueError,
        "MeanImputer found no value in any feature of X: every cell is NaN. Check how the table was read.",
        takers=(IMPUTER,),
        calls=("fit",),
    ),
    table(
        "pandas.NA in a column of pandas' own numbers",
        partial(with_cell, pd.NA, dtype="Float64"),
        ValueError,
        "Input X contains NaN.",
        takers=(VAE,),
    ),
    table(
        "pandas.NA in a column of objects",
        partial(with_cell, pd.NA),
        TypeError,
        "float() argument must be a string or a real number, not 'NAType'",
    ),
    table("infinity", partial(with_cell, np.inf), ValueError, "Input X contains infinity"),
    table(
        "text",
        partial(with_cell, "red"),
        ValueError,
        "could not convert string to float: 'red' in column(s) 'b'.",
    ),
    table(
        "text in fit, where columns may be covariates",
        partial(with_cell, "red"),
        ValueError,
        "could not convert string to float: 'red' in column(s) 'b'. Name columns of levels, such as batch or study, in "
        "covariates=[...], and turn other text into numbers.",
        takers=(VAE,),
        calls=("fit",),
    ),
    table(
        "categories of text",
        partial(with_column, lambda n: pd.Categorical(["red", "blue"] * (n // 2))),
        ValueError,
        "could not convert string to float: 'red' in column(s) 'b'.",
    ),
    table("complex numbers", partial(of_type, complex), ValueError, "Complex data not supported"),
    table(
        "a dict in a cell",
        partial(with_cell, {"x": 1}),
        TypeError,
        "float() argument must be a string or a real number, not 'dict'",
    ),
    table(
        "lists in cells",
        partial(with_column, lambda n: [[1.0, 2.0]] * n),
        ValueError,
        "setting an array element with a sequence.",
    ),
    table(
        "a whole number beyond any float",
        partial(with_cell, 10**400),
        ValueError,
        "X holds a whole number that is too large for a float",
    ),
    table("dates", partial(with_column, lambda n: pd.date_range("2026", periods=n)), TypeError, DATES),
    table(
        "dates with a time zone",
        partial(with_column, lambda n: pd.date_range("2026", periods=n, tz="UTC")),
        TypeError,
        DATES,
    ),
    table("durations", partial(with_column, lambda n: pd.timedelta_range("1D", periods=n)), TypeError, DATES),
    table("periods", partial(with_column, lambda n: pd.period_range("2026", periods=n)), TypeError, DATES),
    table("a date in a column of objects", partial(with_cell, pd.Timestamp("2026")), TypeError, DATES),
    table("dates of Polars", polars_dates, TypeError, DATES),
    table(
        "a datetime64 array",
        partial(of_type, "datetime64[s]"),
        TypeError,
        "X holds dates, times or durations in column(s) 0, 1 ... .astype('int64')",
    ),
    table(
        "a timedelta64 array",
        partial(of_type, "timedelta64[s]"),
        TypeError,
        "X holds dates, times or durations in column(s) 0, 1 ... .dt.total_seconds()",
    ),
    table(
        "masked cells",
        lambda X: np.ma.masked_less(X.to_numpy(), 0.5),
        ValueError,
        "X: ... masked cell(s), whose mask would be lost. Pass X.astype(float).filled(np.nan) ... MeanImputer",
    ),
    table(
        "values whose squares overflow",
        lambda X: X * 1e300,
        ValueError,
        "too large ... Divide ... constant",
        takers=(VAE,),
        calls=("fit",),
    ),
    table(
        "values whose sum overflows",
        lambda X: X * 1e308,
        ValueError,
        "MeanImputer cannot sum the values of column(s) 'a', 'b', 'c': ... Divide X by a constant first.",
        takers=(IMPUTER,),
        calls=("fit",),
    ),
    table(
        "new values beyond float32",
        partial(with_cell, 1e300, dtype=float),
        ValueError,
        "X is too large for float32, in which networks are trained, in column(s) 'b': ... Divide by a constant, or use "
        "sklearn.preprocessing.StandardScaler.",
        takers=(VAE,),
        calls=ENCODING,
    ),
    Elsewhere(
        "values far beyond a tiny training maximum",
        "ValueError",
        "MaxNormalizer overflows float64 in column(s) 'b': values are too far beyond the training maximum. Check the "
        "units, or set clip=True.",
        "tests/test_preprocessing.py::test_quotients_that_overflow_are_named_with_a_remedy",
    ),
    Elsewhere(
        "reconstructions that overflow once multiplied by the maximum",
        "ValueError",
        "MaxNormalizer overflows float64 in column(s) 'b': check that X is normalized, or pass it as float64.",
        "tests/test_preprocessing.py::test_products_that_overflow_are_named_with_a_remedy",
    ),
    Elsewhere(
        "a float32 table to be filled with means beyond float32",
        "ValueError",
        "MeanImputer overflows float32 in column(s) 'b': the training mean is too large for it. Pass X as float64.",
        "tests/test_preprocessing.py::test_means_too_large_for_float32_are_named_with_a_remedy",
    ),
    table(
        "negative values, to be divided by their maximum",
        partial(with_cell, -1.0, dtype=float),
        ValueError,
        "Negative values in data passed to MaxNormalizer, in column(s) 'b': ... MinMaxScaler or StandardScaler.",
        takers=(NORMALIZER,),
        calls=("fit", "transform"),
    ),
]

CONTAINERS = [
    table("rows of unequal length", lambda X: [[1.0, 2.0], [3.0]], ValueError, "setting an array element with a seq"),
    table("no rows", lambda X: X.iloc[:0], ValueError, "Found array with 0 sample(s)"),
    table("no columns", lambda X: np.empty((12, 0)), ValueError, "Found array with 0 feature(s)"),
    table("one dimension", lambda X: X.to_numpy()[:, 0], ValueError, f"{SHAPE}1D array instead"),
    table(
        "three dimensions",
        lambda X: X.to_numpy()[None],
        ValueError,
        "Found array with dim 3, while dim <= 2 is required ... Make each sample a row: X.reshape(len(X), -1).",
    ),
    table("a Series", lambda X: X["a"], ValueError, "Expected a 2-dimensional container but got "),
    table("a number", lambda X: 3.0, ValueError, f"{SHAPE}scalar array instead"),
    table("None", lambda X: None, ValueError, f"{SHAPE}scalar array instead"),
    table("a dict", lambda X: X.to_dict("list"), TypeError, "X is no table but a dict: pass ... pandas.DataFrame(X)."),
    table("a set", lambda X: set(X["a"]), TypeError, "X is no table but a set: pass a list of rows."),
    table("an iterator", lambda X: map(list, X.to_numpy()), TypeError, "X is no table but a map: pass list(X)."),
    table(
        "a lazy frame",
        lambda X: pytest.importorskip("polars").LazyFrame(X.to_dict("list")),
        TypeError,
        "X is no table but a LazyFrame: pass X.collect().",
    ),
    table("np.matrix", lambda X: np.matrix(X), TypeError, "np.matrix is not supported."),
    table(
        "a structured array",
        lambda X: X.to_records(index=False),
        TypeError,
        "Cannot cast array data from dtype",
    ),
    table(
        "a sparse matrix where dense data are needed",
        lambda X: sparse.csr_array(X),
        TypeError,
        "Sparse data was passed for X, but dense data is required.",
        takers=(VAE,),
    ),
    table(
        "a sparse matrix of filled values",
        lambda X: sparse.csr_array(X),
        TypeError,
        "Sparse data was passed for X, but dense data is required.",
        takers=(IMPUTER,),
        calls=("inverse_transform",),
    ),
    table("a sparse data frame", partial(sparse_frame, 0.0), TypeError, SPARSE_FRAME, takers=(VAE,)),
    table("a sparse data frame that leaves out NaN", partial(sparse_frame, np.nan), TypeError, SPARSE_FRAME),
]

FEATURES = [
    table(
        "another number of columns",
        lambda X: X.to_numpy()[:, :2],
        ValueError,
        "X has 2 features, but ... is expecting 3 features as input.",
        calls=ENCODING,
    ),
    table("columns in another order", lambda X: X[["b", "a", "c"]], ValueError, f"{NAMES}same order", calls=ENCODING),
    table("a missing column", lambda X: X[["a", "b"]], ValueError, f"{NAMES}now missing: ... - c", calls=ENCODING),
    table(
        "an extra column", lambda X: X.assign(d=1.0), ValueError, f"{NAMES}unseen at fit time: ... - d", calls=ENCODING
    ),
    table(
        "two columns of one name",
        lambda X: X.set_axis(["a", "a", "c"], axis=1),
        ValueError,
        "Expected unique column names",
        calls=CHECKS,
    ),
    table(
        "names of columns that are text and numbers",
        lambda X: X.set_axis(["a", 1, "c"], axis=1),
        TypeError,
        "Feature names are only supported if all input features have string names",
        calls=CHECKS,
    ),
    table(
        "an array after a data frame",
        lambda X: X.to_numpy(),
        UserWarning,
        "X does not have valid feature names, but ... was fitted with feature names",
        calls=ENCODING,
    ),
    table(
        "any table before fit",
        lambda X: X,
        NotFittedError,
        "instance is not fitted yet. Call 'fit' with appropriate arguments",
        calls=("transform", "inverse_transform", "score"),
    ),
]

LIKELIHOOD = [
    table(
        "values outside [0, 1] under a Bernoulli likelihood",
        lambda X: X.assign(b=X["b"] * 7),
        ValueError,
        "likelihood='bernoulli' needs values in [0, 1], but 1 of 3 columns hold others ... b. Scale them first with "
        "skvae.preprocessing.MaxNormalizer(clip=True) ... MinMaxScaler ... or take likelihood='gaussian'.",
        takers=(BERNOULLI,),
        calls=("fit", "partial_fit", "score"),
    ),
    table(
        "values outside [0, 1] under a continuous Bernoulli likelihood",
        lambda X: X.assign(b=X["b"] - 1.5),
        ValueError,
        "likelihood='continuous_bernoulli' needs values in [0, 1], but 1 of 3 columns hold others ... b. Scale them "
        "first with skvae.preprocessing.MaxNormalizer(clip=True) ... MinMaxScaler ... or take likelihood='gaussian'.",
        takers=(CONTINUOUS,),
        calls=("fit", "partial_fit", "score"),
    ),
    *(
        table(
            f"{what} under a {taker.split(', ')[1].replace('_', ' ')} likelihood",
            spoil,
            ValueError,
            f"likelihood='{taker.split(', ')[1]}' needs counts: 0, 1, 2, ..., but 1 of 3 columns hold others ... b. "
            "Give the counts as they are, neither normalised nor in logarithms, or take likelihood='gaussian'.",
            takers=(taker,),
            calls=("fit", "partial_fit", "score"),
        )
        for taker in COUNTS
        for what, spoil in (
            ("fractions", lambda X: X.assign(b=X["b"] + 0.25)),
            ("negative numbers", lambda X: X.assign(b=X["b"] - 10)),
        )
    ),
    table(
        "a constant column",
        lambda X: X.assign(b=0.5),
        UserWarning,
        "1 of 3 columns are constant: 'b'. ... drop them",
        takers=(VAE,),
        calls=("fit",),
    ),
]

IN_COVARIATES, IN_IMPUTER = "tests/estimators/test_covariates.py::", "tests/estimators/test_imputer.py::"
MISSING = [
    Elsewhere(
        "no value in any cell",
        "ValueError",
        "X holds no value: every cell is NaN. Check how the table was read.",
        "tests/estimators/test_scaling.py::test_a_table_without_any_value_is_refused",
    ),
    Elsewhere(
        "no value in any cell, to be filled by VAEImputer",
        "ValueError",
        "VAEImputer found no value in any feature.",
        f"{IN_IMPUTER}test_columns_without_values",
    ),
    Elsewhere(
        "an imputer's model that takes no missing values, or has covariates",
        "InvalidParameterError",
        "The estimator of a VAEImputer must have missing='mask' or 'censored', and no covariates.",
        f"{IN_IMPUTER}test_other_models_are_refused",
    ),
    Elsewhere(
        "limits of detection that are NaN, far away, text or of another number",
        "InvalidParameterError",
        "detection_limit must be a finite number, or one for each feature. Got nan instead.",
        "tests/likelihoods/test_censored.py::test_limits_are_finite_numbers",
    ),
    *(
        parameter(
            f"limits of detection with missing={missing!r}",
            {"detection_limit": [0.1, 0.2], "missing": missing},
            f"detection_limit needs missing='censored', but it is {missing!r}.",
        )
        for missing in ("mask", "error")
    ),
    Elsewhere(
        "training that goes on with other limits of detection",
        "ValueError",
        "Training goes on only with the limits it began with, but detection_limit changed ... or set it back.",
        "tests/estimators/test_masks.py::test_training_does_not_go_on_with_other_limits",
    ),
]

COVARIATES = [
    Elsewhere(
        "a level that the first batch of a stream did not hold",
        "ValueError",
        "The covariates hold levels that fit has not seen. Known are: early, late. The first batch of a stream sets "
        "the levels, or the fit before it: begin anew with one that holds a row of each.",
        f"{IN_COVARIATES}test_streams_know_the_levels_of_their_first_batch",
    ),
    Elsewhere(
        "a covariate of dates, or of other objects than text and numbers",
        "TypeError",
        "Each covariate needs levels of one kind, text or numbers: turn them into text, by .astype(str). Column "
        "'batch' holds Timestamp: ...",
        f"{IN_COVARIATES}test_dates_are_no_levels",
    ),
    Elsewhere(
        "a covariate with more levels than half of the rows",
        "UserWarning",
        "The covariate 'a' has 200 levels in 200 rows: ... Cut numbers into a few ranges ... or drop the column.",
        f"{IN_COVARIATES}test_a_level_for_nearly_each_row_is_told_at_the_call",
    ),
    Elsewhere(
        "a data frame or a dict of levels to decode for, with names missing or unknown",
        "ValueError",
        "covariates must give levels of 'batch', 'run', but lack 'run' and also name 'plate'.",
        f"{IN_COVARIATES}test_levels_go_by_their_names",
    ),
    Elsewhere(
        "a dict with another number of levels to decode for",
        "ValueError",
        "covariates must give one level of 'batch', or one for each of the 4 rows, but have the shape (2,) there.",
        "tests/estimators/test_columns.py::test_levels_of_other_names_are_refused",
    ),
    Elsewhere(
        "a dict of levels, where fit saw no names",
        "ValueError",
        "covariates must be given by their order, not in a dict, as fit saw no names of columns: pass a list or an "
        "array.",
        f"{IN_COVARIATES}test_levels_by_name_need_names",
    ),
    Elsewhere(
        "a level that fit has not seen",
        "ValueError",
        "The covariates hold levels that fit has not seen. Known are: early, late.",
        f"{IN_COVARIATES}test_unseen_levels_are_told",
    ),
    Elsewhere(
        "a covariate with text and numbers",
        "TypeError",
        "Each covariate needs levels of one kind, text or numbers: turn them into text, by .astype(str).",
        f"{IN_COVARIATES}test_levels_of_several_kinds_are_refused",
    ),
    Elsewhere(
        "levels to decode for, for another number of rows",
        "ValueError",
        "covariates must give 1 level(s) for each of the 4 rows, or once for all, but have the shape (3, 1).",
        f"{IN_COVARIATES}test_levels_are_given_once_for_each_row_or_not_at_all",
    ),
    Elsewhere(
        "levels to decode for, without covariates",
        "ValueError",
        "The model has no covariates: set the parameter covariates before fit.",
        f"{IN_COVARIATES}test_models_without_covariates_take_none",
    ),
    Elsewhere(
        "a covariate named twice",
        "ValueError",
        "covariates must name at least one column, and none twice, but are ['batch', 'batch'].",
        f"{IN_COVARIATES}test_a_failed_fit_leaves_the_model_as_it_was",
    ),
    Elsewhere(
        "training that goes on with other covariates",
        "ValueError",
        "Training goes on only with the covariates it began with, but covariates changed ... or set it back.",
        f"{IN_COVARIATES}test_training_does_not_go_on_with_other_covariates",
    ),
]

SIZES = [
    table("one row", lambda X: X.iloc[:1], ValueError, "Found array with 1 sample(s)", takers=(VAE,), calls=("fit",)),
    parameter(
        "a validation split that leaves no rows to train on",
        {"early_stopping": True, "validation_fraction": 0.95},
        "validation_fraction=0.95 leaves 0 of 12 samples to train on: lower it, or set early_stopping=False.",
        error=ValueError,
    ),
    table(
        "latent variables of another width",
        lambda X: X[["a"]],
        ValueError,
        "inverse_transform needs the 2 latent variables that transform returns, but X has 1 columns.",
        takers=(VAE,),
        calls=("inverse_transform",),
    ),
    table(
        "another width than transform returns",
        lambda X: X[["a"]],
        ValueError,
        ".inverse_transform expects 3 columns, as transform returns them, and got 1.",
        takers=PREPROCESSING,
        calls=("inverse_transform",),
    ),
    *(
        Case(
            f"{n!r} samples to draw",
            ValueError,
            f"n_samples must be an int of at least 1, but is {n!r}.",
            lambda X, n=n: {"n_samples": n},
            ("sample",),
        )
        for n in (0, -1, 1.5, True, "3")
    ),
    Case(
        "no draws to score by",
        ValueError,
        "n_draws must be an int of at least 1, but is 0.",
        lambda X: {"X": X, "n_draws": 0},
        ("score_samples",),
    ),
    Case("samples before fit", NotFittedError, "This VAETransformer instance is not fitted", lambda X: {}, ("sample",)),
]


def refused(name, value, what=None, *, reason="", taker=VAE):
    """Describe a value that scikit-learn's constraints of a parameter refuse."""
    message = f"The '{name}' parameter of {taker} must be {reason} ... Got {value!r} instead."
    return parameter(what or f"{name}={value!r}", {name: value}, message, takers=(taker,))


SIZES_OF_LAYERS = "The 'hidden_layer_sizes' of a Dense network must be a tuple of positive ints ... instead."

PARAMETERS = [
    refused("n_components", 0, reason="an int in the range [1, 2147483648)."),
    refused("n_components", "two", reason="an int"),
    refused("n_components", 1.5, reason="an int"),
    parameter("n_components=True", {"n_components": True}, "n_components must be an int, but is True."),
    parameter(
        "more latent variables than features",
        {"n_components": 4},
        "n_components=4 is more than the 3 features of the data: the model does not compress.",
        error=UserWarning,
    ),
    *(
        parameter(f"{part}={sizes!r}", {part: sizes}, SIZES_OF_LAYERS)
        for part, sizes in (
            ("encoder", (0,)),
            ("encoder", (-3,)),
            ("encoder", ("big",)),
            ("encoder", (True,)),
            ("decoder", (np.nan,)),
            ("decoder", (5, 0.0)),
        )
    ),
    refused("encoder", 120, "encoder=120, a number for a tuple", reason="an instance of 'tuple'"),
    parameter(
        "a network of an unknown activation",
        {"decoder": Dense((3,), activation="bent")},
        "The 'activation' of a Dense network must be one of ... Got 'bent' instead.",
    ),
    refused("activation", "bent", reason="a str among {"),
    refused("likelihood", "cauchy", reason="a str among {"),
    refused("optimizer", "lbfgs", reason="a str among {"),
    refused("init", "zeros", reason="a str among {"),
    refused("learning_rate", 0, reason="a float in the range (0.0, inf) or a str among {'auto'}."),
    refused("learning_rate", np.nan, reason="a float"),
    refused("learning_rate", "fast", reason="a float"),
    refused("weight_decay", -1, reason="a float in the range [0.0, inf)"),
    refused("batch_size", 0, reason="an int in the range [1, inf)"),
    refused("epochs", 0, reason="an int in the range [1, inf)."),
    refused("beta", -1.0, reason="a float in the range [0.0, inf)."),
    refused("beta", np.nan, reason="a float"),
    parameter(
        "a beta beyond any float",
        {"beta": 10**400},
        "The 'beta' parameter of VAETransformer must be a float, but is larger.",
    ),
    refused("kl_warmup", 1.5, reason="a float in the range [0.0, 1.0]."),
    refused("early_stopping", "yes", reason="an instance of 'bool'"),
    refused("validation_fraction", 1.0, reason="a float in the range (0.0, 1.0)."),
    refused("n_iter_no_change", 0, reason="an int in the range [1, inf)."),
    refused("tol", -1e-4, reason="a float in the range [0.0, inf)."),
    refused("random_state", -1, reason="an int in the range [0, 4294967295]"),
    parameter(
        "random_state=numpy.random.default_rng()",
        {"random_state": np.random.default_rng(0)},
        "The 'random_state' parameter of VAETransformer must be ... Got Generator(PCG64)",
    ),
    refused("verbose", -1, reason="an int"),
    refused("n_init", 0, reason="an int in the range [1, inf)."),
    refused("warm_start", "yes", reason="an instance of 'bool'"),
    Case(
        "early stopping of a stream",
        ValueError,
        "partial_fit cannot stop early, as no rows can be set aside: set early_stopping=False.",
        lambda X: {"X": X},
        ("partial_fit",),
        params={"early_stopping": True},
    ),
    Case(
        "layers of a stream to be pretrained",
        ValueError,
        "partial_fit cannot pretrain layers, as no rows can be set aside: set pretraining=None.",
        lambda X: {"X": X},
        ("partial_fit",),
        (AUTOENCODER,),
        {"pretraining": "layerwise"},
    ),
    refused("scope", "row", reason="a str among {", taker=NORMALIZER),
    refused("clip", "yes", reason="an instance of 'bool'", taker=NORMALIZER),
    refused("add_indicator", 2, reason="an instance of 'bool'", taker=IMPUTER),
    refused("keep_empty_features", None, reason="an instance of 'bool'", taker=IMPUTER),
    Case(
        "a misspelt parameter",
        ValueError,
        "Invalid parameter 'n_component' for estimator ... Valid parameters are: ",
        lambda X: {"n_component": 3},
        ("set_params",),
        ALL,
    ),
    Case(
        "a misspelt parameter of a network",
        ValueError,
        "Invalid parameter 'units' for estimator Dense(",
        lambda X: {"encoder__units": 3},
        ("set_params",),
        params={"encoder": Dense((3,))},
    ),
]

WEIGHTS = [
    weights("a negative weight", lambda w: -w, ValueError, "Negative values in data passed to `sample_weight`"),
    weights("a NaN weight", lambda w: w * np.nan, ValueError, "Input sample_weight contains NaN."),
    weights("an infinite weight", lambda w: w * np.inf, ValueError, "Input sample_weight contains infinity"),
    weights("weights of another length", lambda w: w[1:], ValueError, "sample_weight.shape == (11,), expected (12,)!"),
    weights("a table of weights", lambda w: w[:, None], ValueError, "Sample weights must be 1D array or scalar"),
    weights("text for weights", lambda w: ["a"] * len(w), ValueError, "could not convert string to float: 'a'"),
    weights("weights that are all zero", lambda w: 0 * w, ValueError, "Sample weights must contain at least one non-z"),
    weights(
        "masked weights",
        lambda w: np.ma.array(w, mask=w > 0),
        ValueError,
        "sample_weight: 12 masked cell(s), whose mask would be lost.",
    ),
    Case(
        "weights above zero for one row alone",
        ValueError,
        "sample_weight leaves 1 row(s) of a weight above 0, but 2 are needed.",
        lambda X: {"X": X, "sample_weight": (np.arange(len(X)) == 3).astype(float)},
    ),
    Case(
        "weights of which all but one are nothing beside it",
        ValueError,
        "sample_weight leaves 1 row(s) of a weight above 0, but 2 are needed.",
        lambda X: {"X": X, "sample_weight": np.where(np.arange(len(X)) == 3, 1.0, 1e-60)},
    ),
]

IN_FILES, IN_BYTES = "tests/persistence/test_file.py::", "tests/persistence/test_container.py::"
IN_VAES = "tests/persistence/test_vae_files.py::"
IN_FAULTS, IN_DIAGNOSTICS = "tests/estimators/test_faults.py::", "tests/estimators/test_diagnostics.py::"

FILES = [
    Elsewhere("a missing file", "FileNotFoundError", "names the path", IN_FILES + "test_files_that_cannot_be_read"),
    Elsewhere("a file without permission", "PermissionError", "names the path", IN_FILES + "test_no_permission"),
    Elsewhere(
        "a full disk while saving",
        "OSError",
        "the file that was there before is intact",
        IN_FILES + "test_a_disk_that_runs_full_leaves_the_old_model",
    ),
    Elsewhere(
        "kill -9 while saving",
        "nothing",
        "the old file or the new one loads, complete",
        IN_FILES + "test_kills_while_saving",
    ),
    Elsewhere(
        "a truncated file",
        "ModelFileError",
        "says that the file is cut short",
        IN_BYTES + "test_every_truncation_is_noticed",
    ),
    Elsewhere(
        "one flipped bit",
        "ModelFileError",
        "says that the file is damaged",
        IN_BYTES + "test_every_flipped_bit_is_noticed",
    ),
    Elsewhere(
        "a pickle or a .keras file in disguise",
        "ModelFileError",
        "says what it is; runs nothing",
        "tests/persistence/test_disguises.py",
    ),
    Elsewhere(
        "a newer format",
        "ModelFileError",
        "asks for a newer version of the package",
        IN_BYTES + "test_a_newer_version_is_told_before_anything_else",
    ),
    Elsewhere(
        "a header that claims a huge size",
        "ModelFileError",
        "nothing of that size is allocated",
        IN_BYTES + "test_a_header_of_absurd_length",
    ),
    Elsewhere("weights of another shape", "ModelFileError", "names the weights", IN_VAES + "test_hostile_states"),
    Elsewhere("NaN among the weights", "ModelFileError", "names the weights", IN_VAES + "test_hostile_states"),
    Elsewhere("an unknown class", "ModelFileError", "names the class", "tests/persistence/test_decoder.py"),
]

IN_OWN = "tests/estimators/test_own_networks.py::"
OWN = [
    Elsewhere(
        "a network of one's own without a tensor to go on with",
        "InvalidParameterError",
        "Nothing.connect must return a Keras tensor, what its layers make of the inputs, but returns NoneType.",
        f"{IN_OWN}test_errors_of_own_networks_are_told",
    ),
    Elsewhere(
        "a likelihood of one's own that sums over features",
        "ValueError",
        "Summed.log_density must return an array of shape (n_samples, n_features), but for arrays of shape (2, 4) its "
        "shape is (2,).",
        f"{IN_OWN}test_own_likelihoods_need_a_value_for_each_cell",
    ),
]

RUN_TIME = [
    Elsewhere(
        "a training that diverges",
        "ValueError",
        "The training diverged: ... Lower learning_rate",
        "tests/estimators/test_vae.py::test_divergence_says_what_to_do_and_leaves_an_earlier_fit_intact",
    ),
    Elsewhere(
        "a batch of a stream with which gradients overflow",
        "ValueError",
        "The training diverged: gradients are too large for the optimizer's memory ... Lower learning_rate",
        "tests/estimators/test_stream.py::test_batch_whose_gradients_overflow_is_refused",
    ),
    Elsewhere(
        "Ctrl-C while training",
        "ConvergenceWarning",
        "Training interrupted by user after ... the model keeps the best weights so far.",
        f"{IN_FAULTS}test_interrupt_warns_and_keeps_the_weights_so_far",
    ),
    Elsewhere(
        "early stopping that was never due",
        "ConvergenceWarning",
        "The training has not converged in ... epochs: ... Raise epochs.",
        f"{IN_DIAGNOSTICS}test_early_stopping_that_was_never_due_is_told",
    ),
    Elsewhere(
        "a training that does harm",
        "ConvergenceWarning",
        "The training made the loss worse: ... Lower learning_rate.",
        f"{IN_DIAGNOSTICS}test_training_that_does_harm_is_told",
    ),
    Elsewhere(
        "columns of wildly different scales",
        "UserWarning",
        "The scales of the columns differ wildly: ... Scale the columns first, with StandardScaler.",
        f"{IN_DIAGNOSTICS}test_wild_scales_are_named",
    ),
    Elsewhere(
        "posterior collapse",
        "UserWarning",
        "Posterior collapse: ... Lower n_components or beta ... or raise kl_warmup.",
        f"{IN_DIAGNOSTICS}test_collapse_is_told",
    ),
    Elsewhere(
        "a warm-up longer than the training",
        "UserWarning",
        "The warm-up of the KL divergence is longer than the training: ... lower kl_warmup.",
        f"{IN_DIAGNOSTICS}test_warmup_longer_than_the_training_is_told",
    ),
    Elsewhere(
        "too little memory",
        "MemoryError",
        "... batches of 150 rows: lower batch_size",
        f"{IN_FAULTS}test_running_out_of_memory_names_the_batch_size",
    ),
    Elsewhere(
        "a fit in a process forked after TensorFlow had begun",
        "RuntimeError",
        "says so and names loky, instead of hanging",
        f"{IN_FAULTS}test_fit_in_a_forked_child_says_what_to_do_and_transform_works",
    ),
    Elsewhere(
        "threads that call transform at once",
        "nothing",
        "all get what they get alone",
        f"{IN_FAULTS}test_threads_transform_at_once",
    ),
    Elsewhere("100 fits in one process", "nothing", "memory stays flat", f"{IN_FAULTS}test_many_fits_keep_memory_flat"),
]

SECTIONS = {
    "Cells of a table": CELLS,
    "Tables of another kind or shape": CONTAINERS,
    "Features that differ from those of the fit": FEATURES,
    "Likelihood": LIKELIHOOD,
    "Missing values": MISSING,
    "Covariates": COVARIATES,
    "Sizes": SIZES,
    "Parameters": PARAMETERS,
    "Networks and likelihoods of one's own": OWN,
    "Weights of the rows": WEIGHTS,
    "Files": FILES,
    "Run time": RUN_TIME,
}
CASES = [row for rows in SECTIONS.values() for row in rows if isinstance(row, Case)]


def page():
    """Render the list as a page."""
    tables = [f"## {title}\n\n{_table(rows)}" for title, rows in SECTIONS.items()]
    n_all, n_calls = sum(map(len, SECTIONS.values())), sum(len(case.runs()) for case in CASES)
    count = (
        f"{n_all} bad inputs: {len(CASES)} of them in {n_calls} calls of `tests/test_bad_inputs.py`, "
        f"{n_all - len(CASES)} elsewhere."
    )
    return "\n\n".join([_HEAD, *tables, count]) + "\n"


_HEAD = """# Bad inputs and their answers

Each message says what is wrong, where, and how to mend it. A call that fails leaves the estimator as it was, an earlier
fit included, and no call changes its input. `…` stands for any text; "all" are VAETransformer, MaxNormalizer and
MeanImputer.

This page is written by `python tests/bad_inputs.py`; a test holds it against the list in that file."""

_SHORT = {ANY: "every method", CHECKS: "every method but `inverse_transform`"}


def _table(rows):
    """Render a section."""
    lines = ["| bad input | given to | raised | message | tested in |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(_cell, _cells(row)))} |" for row in rows)])


def _cells(row):
    """List what the page says of a bad input."""
    if isinstance(row, Elsewhere):
        return row.what, "", row.error, row.message, f"`{row.test}`"
    takers = "all" if row.takers == ALL else ", ".join(row.takers)
    calls = _SHORT.get(row.calls, ", ".join(f"`{call}`" for call in row.calls))
    return row.what, f"{takers}: {calls}", row.error.__name__, row.message, "`tests/test_bad_inputs.py`"


def _cell(text):
    """Write text into a table."""
    return " ".join(text.split()).replace("...", "…").replace("|", r"\|").replace("*", r"\*")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
