"""Layer by layer: each pair of an encoder's and a decoder's layers is trained as an autoencoder of its own.

References
----------
Bengio, Lamblin, Popovici and Larochelle (2007), "Greedy layer-wise training of deep networks".
"""

from skvae._compat import InvalidParameterError
from skvae.estimators._model import Model
from skvae.estimators._training import Rows, derived_seed, train
from skvae.networks import Activation, Dense

# Seeds of the layers, apart from those of starts.
SEEDS = 1000


def pretrained_weights(model, rows, plan, optimizer, stop):
    """Train the layers one after the other, from the data on.

    Parameters
    ----------
    model : Model
        With mirrored `Dense` networks and no linear path.
    rows : Rows
    plan : Plan
        Each layer is trained by it.
    optimizer : str
    stop : threading.Event
        Set by Ctrl-C, after which the layers keep the weights that they have.

    Returns
    -------
    dict
        Weights of the whole model, by part and name.

    Raises
    ------
    InvalidParameterError
        If the networks are not of that kind.
    """
    _check_stack(model)
    X, encoder, decoder = rows.X[:, : model.n_features], {}, {}
    activation, units = model.encoder.network.activation, (*model.encoder.layers.units, model.encoder.n_outputs)
    names = [f"hidden{i}" for i in range(len(units) - 1)]
    for i, (n_units, own, other) in enumerate(zip(units, [*names, "mean"], ["outputs", *names[::-1]], strict=True)):
        is_code = own == "mean"
        layer = _layer(X.shape[1], n_units, "linear" if is_code else activation, model, is_first=i == 0)
        own_plan = plan._replace(seed=derived_seed(plan.seed, SEEDS + i), beta=0.0)
        weights = train(layer, Rows(X, rows.sample_weight), own_plan, "random", optimizer, stop=stop).weights
        for name in ("kernel", "bias"):
            encoder[f"{own}/{name}"] = weights["encoder"][f"mean/{name}"]
            decoder[f"{other}/{name}"] = weights["decoder"][f"outputs/{name}"]
        X = layer.decoder.layers.apply({}, layer.encode(weights, X)[0])
    return {"encoder": encoder, "decoder": decoder, "likelihood": {}}


def _layer(n_inputs, n_units, activation, model, is_first):
    """Make the autoencoder of one layer; only the first sees the data, and has their loss."""
    architecture = {
        "encoder": Dense(()),
        "decoder": Activation(activation),
        "n_components": n_units,
        "linear_path": False,
        "likelihood": model.likelihood.name if is_first else "squared_error",
        "is_variational": False,
    }
    return Model.of(architecture, n_inputs)


def _check_stack(model):
    """Raise unless the networks can be trained layer by layer."""
    encoder, decoder = model.encoder.network, model.decoder.network
    if not (isinstance(encoder, Dense) and isinstance(decoder, Dense)):
        raise InvalidParameterError("pretraining='layerwise' needs Dense networks.")
    mirrored = encoder.mirrored().get_params() == decoder.get_params()
    plain = (
        encoder.normalization is None and not model.encoder.inputs.is_masked and not model.encoder.inputs.n_covariates
    )
    if not (mirrored and plain and model.encoder.path is None):
        raise InvalidParameterError(
            "pretraining='layerwise' needs a decoder that mirrors the encoder (decoder=None), init='random', "
            "missing='error', and neither covariates nor normalization."
        )
