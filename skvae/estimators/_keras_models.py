"""Encoder and decoder of a fitted model as Keras models."""

from skvae._tensorflow import entering_tensorflow


def keras_encoder(model, weights, scaling):
    """Build the encoder as a Keras model that takes data on their own scale, with these weights."""
    with entering_tensorflow():
        import keras
        from keras import ops

        body = _with_weights(model.encoder, weights["encoder"])
        parts = model.encoder.inputs
        if scaling.is_identity and model.encoder.inputs.width == model.n_features and not weights["likelihood"]:
            return body
        x = keras.Input((model.n_features + parts.n_covariates,), dtype="float32", name="data")
        data = x if not parts.n_covariates else x[:, : model.n_features]
        # Centred first: float32 loses the digits of far offsets otherwise.
        data = keras.layers.Rescaling(1.0, offset=(-scaling.mean).tolist(), dtype="float32", name="center")(data)
        data = keras.layers.Rescaling(1 / scaling.scale, dtype="float32", name="scale")(data)
        rows = data if not parts.n_covariates else ops.concatenate([data, x[:, model.n_features :]], axis=1)
        own = {name: ops.convert_to_tensor(w, "float32") for name, w in weights["likelihood"].items()}
        return keras.Model(x, body(model.seen(model.taken_apart(rows, ops), own, ops)), name="encoder")


def keras_decoder(model, weights, scaling):
    """Build the decoder as a Keras model that gives expected data on their own scale, with these weights."""
    with entering_tensorflow():
        import keras
        from keras import ops

        body = _with_weights(model.decoder, weights["decoder"])
        own = {name: ops.convert_to_tensor(w, "float32") for name, w in weights["likelihood"].items()}
        data = model.likelihood.mean(body.outputs[0], own, ops)
        if not scaling.is_identity:
            offset = scaling.mean.tolist()
            data = keras.layers.Rescaling(scaling.scale, offset=offset, dtype="float32", name="restore")(data)
        return keras.Model(body.inputs[0], data, name="decoder")


def _with_weights(body, named):
    """Build the Keras model of an encoder or a decoder, with these weights."""
    model, variables = body.keras_model()
    for name, variable in variables.items():
        variable.assign(named[name])
    return model
