"""Encoder and decoder as functions of tensors, with names for what goes in and out."""

from collections.abc import Callable
from typing import NamedTuple

from skvae.estimators import MAX_LOG_VARIANCE


class Graph(NamedTuple):
    """A function of float64 tensors.

    Attributes
    ----------
    function : callable
        From tensors of shape (n_samples, width) to a dict from name to tensor.
    inputs : dict
        From the name of each argument to its width.
    """

    function: Callable
    inputs: dict[str, int]


def encoder_graph(exported):
    """Make the graph from data to codes."""
    encode = exported.model._function_of_tensors("encoder")

    def function(data, *indicators):
        from keras import ops

        heads = encode(_abreast(exported.applied(data), indicators))
        codes, *log_variance = heads if isinstance(heads, list | tuple) else [heads]
        outputs = {"codes": codes}
        if log_variance:
            outputs["std"] = ops.exp(0.5 * ops.clip(log_variance[0], -MAX_LOG_VARIANCE, MAX_LOG_VARIANCE))
        return {name: ops.cast(values, "float64") for name, values in outputs.items()}

    return Graph(function, {"data": len(exported.feature_names)} | _inputs_of(exported))


def decoder_graph(exported):
    """Make the graph from codes to expected data."""
    decode = exported.model._function_of_tensors("decoder")

    def function(codes, *indicators):
        return {"data": exported.undone(decode(_abreast(codes, indicators)))}

    return Graph(function, {"codes": exported.model._n_features_out} | _inputs_of(exported))


#: From the name of a part to what makes its graph from an `Exported`, within `entering_tensorflow`.
GRAPHS: dict[str, Callable] = {"encoder": encoder_graph, "decoder": decoder_graph}


def _inputs_of(exported):
    """Describe the indicators of the covariates, if there are any."""
    return {"covariates": exported.n_indicators} if exported.covariates else {}


def _abreast(values, indicators):
    """Set indicators behind values."""
    from keras import ops

    return ops.concatenate([values, *indicators], axis=1) if indicators else values
