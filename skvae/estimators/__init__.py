"""Estimators: an encoder, a decoder and a likelihood, joined and trained."""

from skvae.estimators._autoencoder import AutoencoderTransformer
from skvae.estimators._imputer import VAEImputer
from skvae.estimators._vae import VAETransformer

__all__ = ["AutoencoderTransformer", "VAEImputer", "VAETransformer"]
