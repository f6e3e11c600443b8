from skvae.estimators._vae import VAETransformer

__all__ = ["VAETransformer"]
