"""From TensorFlow to ONNX by tf2onnx, without a trace in the process."""

import logging
import os
import warnings
from contextlib import contextmanager

import numpy as np

from skvae._optional import import_optional
from skvae._tensorflow import entering_tensorflow

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def converted(make_graph, properties):
    """Convert a graph to ONNX.

    Parameters
    ----------
    make_graph : callable
        Returns a `Graph`.
    properties : dict of str
        What to write into the file's metadata.

    Returns
    -------
    bytes
        The content of a file.

    Raises
    ------
    ValueError
        If ONNX does not know an operation.
    """
    with entering_tensorflow(), _quiet():
        tf2onnx = import_optional("tf2onnx.convert", extra="onnx", purpose="Exporting to ONNX")
        import onnx
        import tensorflow as tf

        graph = make_graph()
        signature = [tf.TensorSpec((None, width), tf.float64, name) for name, width in graph.inputs.items()]
        function = tf.function(graph.function, autograph=False)
        model, _ = tf2onnx.from_function(function, signature, custom_op_handlers=_HANDLERS)
        _name_rows(model)
        onnx.helper.set_model_props(model, properties)
        try:
            onnx.checker.check_model(model)
        except onnx.checker.ValidationError as error:
            raise ValueError(
                "The model has an operation that ONNX does not know, of a network or likelihood of your own: "
                f"{str(error).partition(chr(10))[0]}"
            ) from error
        return model.SerializeToString()


@contextmanager
def _quiet():
    """Let tf2onnx say nothing, and put back what it changes: it sets an environment variable when imported."""
    logger, level = logging.getLogger("tf2onnx"), os.environ.get(_LEVEL)
    own_level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            yield
    finally:
        logger.setLevel(own_level)
        os.environ.pop(_LEVEL, None)
        if level is not None:
            os.environ[_LEVEL] = level


def _with_one(*steps):
    """Write an operation that ONNX lacks as others, each of what the one before gives and, where asked, of 1."""

    def handle(graph, node, name, args):
        from tf2onnx.utils import map_onnx_to_numpy_type

        shapes, dtypes = [graph.get_shape(node.output[0])], [graph.get_dtype(node.output[0])]
        one = graph.make_const(f"{name}/one", np.ones((), map_onnx_to_numpy_type(dtypes[0])))
        value, outputs = node.input[0], node.output
        graph.remove_node(node.name)
        for step, terms in enumerate(steps, start=1):
            inputs = [{"x": value, "1": one.output[0]}[term] for term in terms[1:]]
            last = {"name": name, "outputs": outputs} if step == len(steps) else {}
            value = graph.make_node(terms[0], inputs, shapes=shapes, dtypes=dtypes, **last).output[0]

    return handle, []


#: exp(x) - 1 and log(1 + x) in float64, and 1 - erf(x) of GELU: what is left keeps digits enough.
_HANDLERS = {
    "Expm1": _with_one(("Exp", "x"), ("Sub", "x", "1")),
    "Log1p": _with_one(("Add", "x", "1"), ("Log", "x")),
    "Erfc": _with_one(("Erf", "x"), ("Sub", "1", "x")),
}


def _name_rows(model):
    """Call the number of rows by one name; that of the converter is another at each call."""
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "n_samples"
