"""One small model of each member of the family, with a table that suits it: what must hold for all is tested on all."""

import functools
import warnings
from unittest import mock

import numpy as np
import pandas as pd
from sklearn.base import clone

from skvae import AutoencoderTransformer, VAEImputer, VAETransformer, noise
from skvae.estimators._model import Model
from skvae.likelihoods import Gaussian
from skvae.networks import Conv, Dense, Recurrent

X = np.random.default_rng(0).normal(size=(20, 6))
HOLES = np.where(X > 1, np.nan, X)
EMPTY = np.column_stack([HOLES[:, :5], np.full(20, np.nan)])
COUNTS = np.random.default_rng(1).poisson(3.0, size=(20, 6)).astype(float)
ONES = (X > 0).astype(float)
SHARES = COUNTS / COUNTS.max()
FRAME = pd.DataFrame(HOLES, columns=list("abcdef")).assign(batch=["one", "two"] * 10, run=[1, 2, 3, 4] * 5)
CODED = np.column_stack([X, np.arange(20) % 3])

_SMALL = {"encoder": (3,), "epochs": 1, "random_state": 0}


def _vae(**params):
    return VAETransformer(**_SMALL | params)


def _autoencoder(**params):
    return AutoencoderTransformer(**_SMALL | params)


_LIMITS = {"missing": "censored", "likelihood": Gaussian("per_feature"), "detection_limit": [-1.0] * 6}
MEMBERS = {
    "vae": (_vae(), X),
    "batches normalized": (_vae(encoder=Dense((3,), "elu", 0.2, "batch"), likelihood=Gaussian("per_feature")), X),
    "layers normalized": (_vae(encoder=Dense((1.0,), "tanh", 0.0, "layer"), decoder=(), likelihood="bernoulli"), ONES),
    "convolutions": (_vae(encoder=Conv((2,), hidden_layer_sizes=(2,), image_shape=(3, 2))), X),
    "masked convolutions": (_vae(encoder=Conv((2,), image_shape=(3, 1, 2)), missing="mask", init="random"), HOLES),
    "lstm of grey values": (_vae(encoder=Recurrent(2, (3, 2)), likelihood="continuous_bernoulli"), SHARES),
    "gru, covariates": (_vae(decoder=Recurrent((2, 3), (3, 2), "gru"), covariates=[6]), CODED),
    "counts": (_vae(likelihood="poisson"), COUNTS),
    "masked counts": (_vae(likelihood="negative_binomial", missing="mask"), np.where(COUNTS > 5, np.nan, COUNTS)),
    "masked": (_vae(missing="mask"), HOLES),
    "censored": (_vae(missing="censored"), HOLES),
    "given limits, covariates": (_vae(**_LIMITS, covariates=["batch", "run"]), FRAME),
    "autoencoder": (_autoencoder(noise=noise.Gaussian(0.3)), X),
    "autoencoder of shares": (_autoencoder(loss="binary_crossentropy", noise=noise.Dropout(0.3)), SHARES),
    "pretrained autoencoder": (_autoencoder(init="random", pretraining="layerwise"), X),
    "masked autoencoder, covariates": (_autoencoder(missing="mask", covariates=["batch", "run"]), FRAME),
    "imputer": (VAEImputer(_vae(missing="mask"), add_indicator=True, random_state=0), EMPTY),
    "drawing imputer": (
        VAEImputer(_vae(missing="censored"), sample_posterior=True, keep_empty_features=True, random_state=0),
        EMPTY,
    ),
}
#: Those with latent variables.
AUTOENCODERS = [name for name, (model, _) in MEMBERS.items() if not isinstance(model, VAEImputer)]


def fit(name):
    """Fit a member, and return it."""
    model, table = MEMBERS[name]
    # XLA would take seconds to compile what runs for milliseconds.
    with warnings.catch_warnings(), mock.patch.object(Model, "suits_xla", False):
        warnings.simplefilter("ignore", UserWarning)
        return clone(model).fit(table)


@functools.cache
def fitted(name):
    """Fit a member once for all tests, which must leave it as it is; return it and its table."""
    return fit(name), MEMBERS[name][1]


def told_by(model, table):
    """Return what a fitted member makes of a table: a dict from the name of a method to an array."""
    told = {"transform": model.transform(table)}
    if not isinstance(model, VAEImputer):
        told |= {name: getattr(model, name)(table) for name in ("reconstruct", "score_samples")}
        told["inverse_transform"] = model.inverse_transform(told["transform"])
    if isinstance(model, VAETransformer):
        told |= {"deviations": model.posterior(table)[1], "sample": model.sample(3, random_state=1)}
    return told
