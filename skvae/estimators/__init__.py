"""Estimators: an encoder, a decoder and a likelihood, joined and trained."""

from skvae.estimators._autoencoder import AutoencoderTransformer
from skvae.estimators._imputer import MOST_COMPONENTS as MOST_COMPONENTS
from skvae.estimators._imputer import VAEImputer
from skvae.estimators._model import MAX_LOG_VARIANCE as MAX_LOG_VARIANCE
from skvae.estimators._vae import VAETransformer

# What is for users; the names imported "as" themselves are for the other rooms.
__all__ = ["AutoencoderTransformer", "VAEImputer", "VAETransformer"]
