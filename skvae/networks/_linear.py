"""The linear path beside the networks, in which probabilistic PCA fits exactly."""

from typing import NamedTuple

import numpy as np

from skvae.networks._base import Weight
from skvae.networks._plain_posterior import plain_posterior


class LinearStart(NamedTuple):
    """A linear model for the linear paths to begin at.

    Attributes
    ----------
    center : ndarray of shape (n_features,)
        Of the data as the encoder sees them, without covariates.
    offsets : ndarray of shape (n_covariates, n_features)
        What each covariate adds to the center.
    loadings : ndarray of shape (n_components, n_features)
        What each latent variable adds to the data as the encoder sees them.
    precisions : ndarray of shape (n_features,)
        Inverse variances of the noise.
    projection : ndarray of shape (n_features, n_components)
        From centred data to the latent variables, where no value is missing.
    log_variance : ndarray of shape (n_components,)
        Of the latent variables then.
    outputs_center, outputs_offsets, outputs_loadings
        As those without "outputs", for the decoder's outputs.
    """

    center: np.ndarray
    offsets: np.ndarray
    loadings: np.ndarray
    precisions: np.ndarray
    projection: np.ndarray
    log_variance: np.ndarray
    outputs_center: np.ndarray
    outputs_offsets: np.ndarray
    outputs_loadings: np.ndarray


class PlainPath:
    """A matrix from the inputs to the first head.

    Parameters
    ----------
    inputs : Inputs
    n_outputs : int
    has_bias : bool
        Whether the layer that gives the outputs has no bias for each of them.
    """

    def __init__(self, inputs, n_outputs, has_bias):
        self.inputs, self.n_outputs, self.has_bias = inputs, n_outputs, has_bias

    def weights(self):
        """Describe the weights; beside random networks the path begins at zero."""
        weights = {"linear/kernel": Weight((self.inputs.width, self.n_outputs), "zeros")}
        return weights | {"linear/bias": Weight((self.n_outputs,), "zeros")} if self.has_bias else weights

    def connect(self, inputs, outputs, weights=None):
        """Add the path to symbolic outputs; return these and the Keras variables by name."""
        import keras

        path = linear_layer(self.n_outputs, "linear", use_bias=self.has_bias)
        total = keras.layers.Add(dtype="float32", name="sum")([outputs[0], path(inputs)])
        return [total, *outputs[1:]], {v.path: v for v in path.weights}

    def apply(self, weights, inputs, outputs):
        """Add the path to outputs in NumPy."""
        path = inputs @ weights["linear/kernel"]
        if self.has_bias:
            path += weights["linear/bias"]
        return [outputs[0] + path, *outputs[1:]]


class PosteriorPath:
    """The posterior of the linear model, given the values that are known.

    With missing values it is not linear in the data. Its precision is ``A = I + sum_j w_j w_j' p_j`` over the features
    that are known, with their loadings ``w_j`` and inverse noise variances ``p_j``; its mean solves ``A m = sum_j w_j
    p_j (x_j - center_j)``, and of all normal distributions with independent variables the one with variances ``1 /
    A_ii`` is closest to it (Bishop 2006, section 10.1.2).

    Parameters
    ----------
    inputs : Inputs
    n_outputs : int
        Number of latent variables.
    """

    def __init__(self, inputs, n_outputs):
        self.inputs, self.n_outputs = inputs, n_outputs

    def weights(self):
        """Describe the weights; without loadings the path says nothing."""
        n_features, n_covariates = self.inputs.n_values, self.inputs.n_covariates
        return {
            "linear/loadings": Weight((self.n_outputs, n_features), "zeros"),
            "linear/log_precisions": Weight((n_features,), "zeros"),
            "linear/offsets": Weight((1 + n_covariates, n_features), "zeros"),
        }

    def connect(self, inputs, outputs, weights=None):
        """Add the path to symbolic outputs; return these and the Keras variables by name.

        At given weights it consists of Keras' own layers, and has no variables.
        """
        if weights is not None:
            import keras

            paths = plain_posterior(self.inputs, weights, inputs)
            totals = zip(outputs, paths, strict=False)
            return [keras.layers.Add(dtype="float32", name=f"sum{i}")(pair) for i, pair in enumerate(totals)], {}
        layer = _posterior_layer(self.inputs, self.n_outputs)
        return layer([inputs, *outputs]), {v.path: v for v in layer.weights}

    def apply(self, weights, inputs, outputs):
        """Add the path to outputs in NumPy."""
        loadings, log_precisions, offsets = (weights[name] for name in self.weights())
        paths = posterior(self.inputs, loadings, log_precisions, offsets, inputs, np)
        return [output + path for output, path in zip(outputs, paths, strict=False)]


def posterior(parts, loadings, log_precisions, offsets, inputs, xp):
    """Compute mean and log-variance of the latent variables; see `PosteriorPath`.

    Parameters
    ----------
    parts : Inputs
        How `inputs` is divided.
    loadings, log_precisions, offsets : array
        The path's weights.
    inputs : array of shape (n_samples, parts.width)
        Data with zeros where they are missing, what is known, and covariates.
    xp : module
        numpy or ``keras.ops``.

    Returns
    -------
    mean, log_variance : array of shape (n_samples, n_components)
    """
    d, k = parts.n_values, loadings.shape[0]
    known, covariates = inputs[:, d : 2 * d], inputs[:, 2 * d :]
    residual = inputs[:, :d] - known * offsets[0]
    if parts.n_covariates:
        residual = residual - known * xp.matmul(covariates, offsets[1:])
    weighted = loadings * xp.exp(log_precisions)
    rows, columns = np.triu_indices(k)
    # One product for all pairs of latent variables, and each pair once.
    pairs = xp.matmul(known, xp.transpose(xp.take(weighted, rows, axis=0) * xp.take(loadings, columns, axis=0)))
    place = np.zeros((k, k), int)
    place[rows, columns] = place[columns, rows] = np.arange(len(rows))
    precision = xp.reshape(xp.take(pairs, place.ravel(), axis=1), (-1, k, k)) + np.eye(k, dtype="float32")
    right = xp.matmul(residual, xp.transpose(weighted))
    diagonal = xp.diagonal(precision, axis1=1, axis2=2)
    return _solved(precision, diagonal, right, xp), -xp.log(diagonal)


def _solved(precision, diagonal, right, xp):
    """Solve systems of positive definite matrices; NaN where these are not finite.

    NumPy and TensorFlow raise errors for singular matrices, which rounding makes of huge precisions of few known
    values: a few units of the last place on the diagonal keep them regular.
    """
    eye = np.eye(precision.shape[-1], dtype="float32")
    is_finite = xp.isfinite(xp.sum(xp.abs(precision), axis=(1, 2)))[:, None, None]
    last_places = 16 * float(np.finfo(precision.dtype if xp is np else "float32").eps)
    regular = precision + last_places * xp.max(diagonal, axis=1)[:, None, None] * eye
    solve = np.linalg.solve if xp is np else xp.solve
    solved = solve(xp.where(is_finite, regular, eye), right[:, :, None])
    return xp.where(is_finite, solved, np.nan)[:, :, 0]


def linear_layer(units, name, **options):
    """Make a Keras layer without activation."""
    import keras

    return keras.layers.Dense(units, kernel_initializer="zeros", dtype="float32", name=name, **options)


def _posterior_layer(parts, n_outputs):
    """Make the Keras layer of a `PosteriorPath`."""
    import keras

    class Posterior(keras.layers.Layer):
        """Adds mean and log-variance of the linear model's posterior to the heads."""

        def build(self, shapes):
            """Make the weights."""
            for name, weight in PosteriorPath(parts, n_outputs).weights().items():
                own = name.split("/")[1]
                setattr(self, own, self.add_weight(shape=weight.shape, initializer="zeros", name=own))

        def call(self, tensors):
            """Add them."""
            from keras import ops

            inputs, *heads = tensors
            paths = posterior(parts, self.loadings, self.log_precisions, self.offsets, inputs, ops)
            return [head + path for head, path in zip(heads, paths, strict=False)]

    return Posterior(dtype="float32", name="linear")
