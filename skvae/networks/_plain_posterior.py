"""The posterior of the linear model in layers of Keras alone, for models that leave the package."""

import numpy as np


def plain_posterior(parts, weights, inputs):
    """Compute mean and log-variance of the latent variables as `PosteriorPath` does, at fixed weights.

    In float64, as the systems may be ill-conditioned, and by elimination: neither files of Keras nor ONNX know the
    layer of our own by which models are trained, and ONNX has no solver.

    Parameters
    ----------
    parts : Inputs
        How `inputs` is divided.
    weights : dict
        The path's weights.
    inputs : keras.KerasTensor of shape (n_samples, parts.width)

    Returns
    -------
    mean, log_variance : keras.KerasTensor of shape (n_samples, n_components)
    """
    from keras import ops

    loadings, log_precisions, offsets = (
        np.asarray(weights[f"linear/{name}"], np.float64) for name in ("loadings", "log_precisions", "offsets")
    )
    weighted = loadings * np.exp(log_precisions)
    d, k = parts.n_values, len(loadings)
    rows, columns = np.triu_indices(k)
    inputs = ops.cast(inputs, "float64")
    known = inputs[:, d : 2 * d]
    levels = ops.concatenate([ops.ones_like(inputs[:, :1]), inputs[:, 2 * d :]], axis=1)
    residual = inputs[:, :d] - known * _times(levels, offsets, "linear_offsets")
    right = _times(residual, weighted.T, "linear_residual")
    pairs = _times(known, (weighted[rows] * loadings[columns]).T, "linear_pairs")
    place = np.zeros((k, k), int)
    place[rows, columns] = place[columns, rows] = np.arange(len(rows))
    precision = ops.reshape(ops.take(pairs, place.ravel(), axis=1), (-1, k, k)) + np.eye(k)
    log_variance = -ops.log(ops.diagonal(precision, axis1=1, axis2=2))
    return tuple(ops.cast(values, "float32") for values in (_eliminated(precision, right, ops), log_variance))


def _times(inputs, kernel, name):
    """Multiply by a fixed matrix."""
    from keras import layers

    layer = layers.Dense(kernel.shape[1], use_bias=False, kernel_initializer="zeros", dtype="float64", name=name)
    product = layer(inputs)
    layer.kernel.assign(kernel)
    return product


def _eliminated(matrices, right, ops):
    """Solve systems by Gauss and Jordan's elimination, which needs no exchange of rows for positive definite ones."""
    k = right.shape[1]
    system = ops.concatenate([matrices, right[:, :, None]], axis=2)
    for j in range(k):
        row = system[:, j : j + 1, :] / system[:, j : j + 1, j : j + 1]
        system = system - (system[:, :, j : j + 1] - np.eye(k)[:, j : j + 1]) * row
    return system[:, :, k]
