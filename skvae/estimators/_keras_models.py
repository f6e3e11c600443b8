"""Encoder and decoder of a fitted model as functions of tensors, and as Keras models."""

import numpy as np

from skvae._tensorflow import entering_tensorflow


def keras_encoder(model, weights, scaling):
    """Build the encoder as a Keras model that takes data on their own scale, with these weights."""
    with entering_tensorflow():
        import keras

        body, _ = model.encoder.keras_model(weights["encoder"])
        parts = model.encoder.inputs
        if scaling.is_identity and parts.width == model.n_features and not weights["likelihood"]:
            return body
        x = keras.Input((model.n_features + parts.n_covariates,), dtype="float32", name="data")
        return keras.Model(x, _encoded(model, body, weights["likelihood"], scaling, x, "float32"), name="encoder")


def keras_decoder(model, weights, scaling):
    """Build the decoder as a Keras model that gives expected data on their own scale, with these weights."""
    with entering_tensorflow():
        import keras

        body, _ = model.decoder.keras_model(weights["decoder"])
        data = _told(model, body.outputs[0], weights["likelihood"], scaling, "float32")
        return keras.Model(body.inputs[0], data, name="decoder")


def encoding(model, weights, scaling):
    """Return a function of float64 tensors: from data, and covariates behind them, to what the encoder gives.

    Only the networks reckon in float32, so that data far from zero keep their digits.
    """
    body, _ = model.encoder.keras_model(weights["encoder"])
    return lambda rows: _encoded(model, body, weights["likelihood"], scaling, rows, "float64")


def decoding(model, weights, scaling):
    """Return a function of float64 tensors: from latent variables, and covariates behind them, to expected data."""
    from keras import ops

    body, _ = model.decoder.keras_model(weights["decoder"])
    own = weights["likelihood"]
    return lambda rows: _told(model, body(ops.cast(rows, "float32")), own, scaling, "float64")


def _encoded(model, body, own, scaling, x, dtype):
    """Bring rows to the networks' scale, and encode them."""
    from keras import ops

    data = x[:, : model.n_features] if model.encoder.inputs.n_covariates else x
    if not scaling.is_identity:
        data = (data - scaling.mean.astype(dtype)) / np.asarray(scaling.scale, dtype)
    rows = ops.concatenate([data, x[:, model.n_features :]], axis=1) if model.encoder.inputs.n_covariates else data
    seen = model.seen(model.taken_apart(rows, ops), _as_tensors(own, dtype), ops)
    return body(_cast(seen, "float32"))


def _told(model, outputs, own, scaling, dtype):
    """Bring what the decoder gives to the scale of the data."""
    from keras import ops

    data = model.likelihood.mean(_cast(outputs, dtype), _as_tensors(own, dtype), ops)
    return data if scaling.is_identity else data * np.asarray(scaling.scale, dtype) + scaling.mean.astype(dtype)


def _cast(x, dtype):
    """Cast a tensor, without an operation where nothing changes."""
    from keras import ops

    return x if str(x.dtype).endswith(dtype) else ops.cast(x, dtype)


def _as_tensors(named, dtype):
    """Turn weights of a likelihood into tensors."""
    from keras import ops

    return {name: ops.convert_to_tensor(w, dtype) for name, w in named.items()}
