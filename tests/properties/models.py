"""Strategies for autoencoders: few architectures, for each compiles for a second, and every way of training."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from tables import counted, in_unit_interval, moderate_tables, with_gaps, with_levels

from skvae import AutoencoderTransformer, VAETransformer, noise
from skvae.likelihoods import Gaussian
from skvae.networks import ACTIVATIONS, Conv, Dense, Recurrent

# Number of features and what the compiled program depends on. `batch_size` is its width; larger tables than it are cut.
ARCHITECTURES = [
    (3, {"n_components": 2, "encoder": (4,)}),
    (1, {"n_components": 3, "encoder": (), "init": "random", "optimizer": "sgd"}),
    (5, {"n_components": 1, "encoder": (0.5, 3), "decoder": Dense((1.0,), "tanh"), "batch_size": 7}),
    (4, {"n_components": 2, "encoder": [], "activation": "gelu", "likelihood": "bernoulli"}),
    (12, {"n_components": np.int64(4), "encoder": Dense((6, 2), "selu"), "decoder": (), "batch_size": 1}),
    (2, {"n_components": 1, "encoder": (3,), "activation": "softplus", "likelihood": "bernoulli", "optimizer": "sgd"}),
]


class Member(NamedTuple):
    """A model of the family: class, what its compiled program depends on, width of its data and what these must be."""

    kind: type
    n_features: int
    suited: Callable
    parameters: dict


BATCH = {"covariates": ["batch"]}
# With these alone a quick run is content: each compiles for a second.
FEW = [
    Member(
        VAETransformer,
        5,
        np.asarray,
        {
            "encoder": Dense((4,), "tanh", dropout=0.3, normalization="batch"),
            "likelihood": Gaussian("per_feature"),
            "missing": "mask",
            **BATCH,
        },
    ),
    Member(VAETransformer, 4, np.asarray, {"encoder": (3,), "missing": "censored", "init": "random"}),
    Member(VAETransformer, 4, counted, {"encoder": (), "likelihood": "negative_binomial", "missing": "mask"}),
    Member(
        VAETransformer,
        6,
        in_unit_interval,
        {
            "encoder": Conv((2,), 2, image_shape=(2, 3)),
            "decoder": (),
            "likelihood": "continuous_bernoulli",
            "missing": "mask",
        },
    ),
    Member(AutoencoderTransformer, 4, np.asarray, {"encoder": (3,), "noise": noise.Gaussian(0.1), "missing": "mask"}),
]
OTHERS = [
    Member(VAETransformer, 4, np.asarray, {"encoder": (3,), "missing": "mask"}),
    Member(VAETransformer, 3, np.asarray, {"encoder": (), "missing": "censored", "detection_limit": -0.5}),
    Member(VAETransformer, 4, counted, {"encoder": (3,), "likelihood": "poisson", "missing": "mask"}),
    Member(VAETransformer, 5, counted, {"encoder": (3,), "likelihood": "negative_binomial", **BATCH}),
    Member(VAETransformer, 3, in_unit_interval, {"encoder": (3,), "likelihood": "bernoulli", "missing": "mask"}),
    Member(VAETransformer, 6, np.asarray, {"encoder": Recurrent(2, (3, 2), "gru"), "batch_size": 5}),
    Member(
        AutoencoderTransformer,
        5,
        in_unit_interval,
        {"encoder": (4, 3), "loss": "binary_crossentropy", "noise": noise.Dropout(0.2), **BATCH},
    ),
    Member(AutoencoderTransformer, 4, np.asarray, {"encoder": (3,), "init": "random", "pretraining": "layerwise"}),
]
IS_QUICK = settings.default.max_examples < 100
FAMILY = FEW if IS_QUICK else [*FEW, *OTHERS]
# Members that a `VAEImputer` may have, and those with covariates.
MASKED = [
    m for m in FAMILY if m.kind is VAETransformer and "missing" in m.parameters and "covariates" not in m.parameters
]
CONDITIONED = [member for member in FAMILY if "covariates" in member.parameters]

SHARES = st.sampled_from([0.0, 0.25, 0.5, 1.0])
MODERATE = {
    "beta": st.sampled_from([0, 0.1, 1.0, np.float32(2), np.float16(0.5)]),
    "kl_warmup": SHARES,
    "learning_rate": st.sampled_from(["auto", 1e-3, np.float32(1e-2), np.float16(0.01)]),
    "weight_decay": st.sampled_from(["auto", 0, 0.1, 4.0]),
    "n_init": st.integers(1, 2),
}
SEEDS = st.integers(0, 5) | st.sampled_from([np.int64(3), 2**32 - 1])
STOPPING = {
    "validation_fraction": st.sampled_from([0.1, 0.5, 1e-9]),
    "n_iter_no_change": st.integers(1, 3),
    "tol": st.sampled_from([0.0, 1e-4, 1.0]),
}
EXTREME = {
    "beta": st.sampled_from([0, 1e-300, 1e-12, 1e-4, 1.0, 100, 1e6, 1e30, 1e300, True, np.longdouble("1e4000")]),
    "kl_warmup": SHARES | st.sampled_from([1e-300, 1]),
    "learning_rate": st.sampled_from(["auto", 1e-300, 1e-45, 1e-10, 0.1, 1, 10, 1e3, 1e10, 1e38, 1e300, 10**400]),
    "weight_decay": st.sampled_from(["auto", 0, 1e-300, 1, 1e3, 1e38, 1e300]),
    "n_init": st.integers(1, 3),
    "random_state": st.none() | st.integers(0, 2**32 - 1),
    "validation_fraction": st.sampled_from([1e-300, 0.01, 0.3, 0.5, 0.9, 0.999999]),
    "early_stopping": st.booleans(),
    "n_iter_no_change": st.integers(1, 3),
    "tol": st.sampled_from([0.0, 1e-4, 1e300]),
}


def _optional(parameters):
    return st.fixed_dictionaries({}, optional=parameters)


def trainings():
    """Draw parameters with which a training on a moderate table goes well."""
    stopping = st.just({}) | st.fixed_dictionaries(
        {"early_stopping": st.sampled_from([True, np.True_])}, optional=STOPPING
    )
    always = st.fixed_dictionaries({"epochs": st.integers(1, 4), "random_state": SEEDS})
    return st.builds(lambda *parts: parts[0] | parts[1] | parts[2], always, _optional(MODERATE), stopping)


def extreme_trainings():
    """Draw every parameter that the constraints let through."""
    return st.builds(lambda epochs, rest: {"epochs": epochs, **rest}, st.integers(1, 4), _optional(EXTREME))


@st.composite
def models(draw, parameters=None):
    """Draw an unfitted autoencoder, and the number of features that it is meant for."""
    n_features, architecture = draw(st.sampled_from(ARCHITECTURES))
    return VAETransformer(**architecture, **draw(trainings() if parameters is None else parameters)), n_features


@st.composite
def members(draw, parameters=None, family=FAMILY):
    """Draw an unfitted model of the family, and what it is."""
    member = draw(st.sampled_from(family))
    drawn = draw(trainings() if parameters is None else parameters)
    known = {name: value for name, value in drawn.items() if name in member.kind().get_params(deep=False)}
    return member.kind(2, **member.parameters, **known), member


@st.composite
def suited_tables(draw, model, member, tables=moderate_tables, gaps=with_gaps):
    """Draw a table within the support, with gaps if values may be missing, and a column of batches if there are any."""
    X = member.suited(draw(tables(member.n_features)))
    X = X if model.missing == "error" else draw(gaps(st.just(X)))
    return draw(with_levels(X)) if model.covariates else X


@st.composite
def family_cases(draw, tables=moderate_tables, parameters=None, family=FAMILY, gaps=with_gaps):
    """Draw an unfitted model of the family, and a table for it."""
    model, member = draw(members(parameters, family))
    return model, draw(suited_tables(model, member, tables, gaps))


SIZES = st.integers(1, 5) | st.sampled_from([np.int32(2), 0.01, 0.5, 2.0, np.float32(1.5), Fraction(1, 3)])
NETWORKS = st.lists(SIZES, max_size=3).map(tuple)
ANY_ARCHITECTURE = st.fixed_dictionaries(
    {"n_components": st.integers(1, 14), "encoder": NETWORKS | st.lists(SIZES, max_size=2)},
    optional={
        "decoder": st.none() | NETWORKS | st.builds(Dense, NETWORKS, st.sampled_from(sorted(ACTIVATIONS))),
        "activation": st.sampled_from(sorted(ACTIVATIONS)),
        "likelihood": st.sampled_from(["gaussian", "bernoulli"]),
        "init": st.sampled_from(["pca", "random"]),
        "optimizer": st.sampled_from(["adam", "sgd"]),
        "batch_size": st.sampled_from(["auto", 1, 3, 50, 10**9]),
    },
)
WIDTHS = st.integers(1, 12) | st.sampled_from([40, 300])
