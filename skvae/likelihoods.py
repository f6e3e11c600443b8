"""Likelihoods: what a decoder's outputs say about the data.

Each likelihood is one class with the same few methods. The density is written once, in the functions that NumPy and
:mod:`keras.ops` share, so that the trained loss and the reported score cannot drift apart.
"""

from abc import ABC, abstractmethod

import numpy as np
from scipy.special import expit

__all__ = ["LIKELIHOODS", "Bernoulli", "Gaussian", "Likelihood"]

# Below this share of the data's own variance float32 gradients lose all their digits.
MIN_NOISE_VARIANCE = 1e-6

# Values scaled to [0, 1] may miss it by so much.
ROUNDING = 1e-6

LOG_2PI = float(np.log(2 * np.pi))


def softplus(x, xp=np):
    """Compute log(1 + exp(x)) without overflow."""
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


class Likelihood(ABC):
    """What the decoder's outputs say about the data.

    Methods take arrays of shape (n_samples, n_features) as the networks see them, and the learned parameters as a dict
    from a name to an array.
    """

    #: Its name as a parameter of estimators.
    name: str
    #: Whether the data are centred and divided by one scale before they meet the networks.
    standardizes: bool
    #: Keras activation from the decoder's outputs to the expected data.
    mean_activation: str

    @abstractmethod
    def initial_weights(self):
        """Return the parameters learned beside the networks' own."""

    @abstractmethod
    def check_support(self, X, feature_names):
        """Raise a ValueError that names the columns whose values cannot be."""

    @abstractmethod
    def log_prob(self, x, outputs, weights, xp=np):
        """Log-density of each row, summed over the features.

        Parameters
        ----------
        x, outputs : array of shape (n_samples, n_features)
            Data, and what the decoder gives for them.
        weights : dict
            Learned parameters.
        xp : module, default=numpy
            Where the array functions come from: numpy or ``keras.ops``.

        Returns
        -------
        array of shape (n_samples,)
            In nats.
        """

    @abstractmethod
    def mean(self, outputs):
        """Expected data."""

    @abstractmethod
    def sample(self, outputs, weights, rng):
        """Draw data from a NumPy generator."""

    @abstractmethod
    def linearize(self, X, sample_weight=None):
        """Return center and spread that make the data fit for the linear model, and its noise variance if known."""

    @abstractmethod
    def link(self, mean):
        """Decoder's outputs at the expected data."""

    @abstractmethod
    def link_scale(self, spread):
        """Change of the decoder's outputs for a change of one `spread` in the data."""

    @abstractmethod
    def weights_at(self, noise_variance):
        """Return the learned parameters at a noise variance."""


class Gaussian(Likelihood):
    """Normal distribution around the decoder's outputs, with one noise variance for all features.

    The variance is learned with the networks, as in probabilistic PCA.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods import Gaussian
    >>> Gaussian().log_prob(np.zeros((1, 2)), np.zeros((1, 2)), {"log_variance": 0.0}).round(4)
    array([-1.8379])
    """

    name = "gaussian"
    standardizes = True
    mean_activation = "linear"

    def initial_weights(self):
        """Start at the variance of standardised data."""
        return {"log_variance": np.zeros(())}

    def check_support(self, X, feature_names):
        """Accept all finite data."""

    def log_prob(self, x, outputs, weights, xp=np):
        """Log-density of each row in nats, summed over the features."""
        log_variance = xp.maximum(weights["log_variance"], float(np.log(MIN_NOISE_VARIANCE)))
        squares = xp.sum(xp.square(x - outputs), axis=-1)
        return -0.5 * (squares * xp.exp(-log_variance) + x.shape[-1] * (log_variance + LOG_2PI))

    def mean(self, outputs):
        """Expected data."""
        return outputs

    def sample(self, outputs, weights, rng):
        """Draw data around the decoder's outputs."""
        return outputs + np.sqrt(self.noise_variance(weights)) * rng.standard_normal(outputs.shape)

    def noise_variance(self, weights):
        """Variance of the noise, on the networks' scale."""
        return max(float(np.exp(weights["log_variance"])), MIN_NOISE_VARIANCE)

    def linearize(self, X, sample_weight=None):
        """Leave the data as they are; the noise is to be found."""
        return np.zeros(X.shape[1]), np.ones(X.shape[1]), None

    def link(self, mean):
        """Decoder's outputs at the expected data."""
        return mean

    def link_scale(self, spread):
        """Change of the decoder's outputs for a change of one `spread` in the data."""
        return spread

    def weights_at(self, noise_variance):
        """Return the log-variance at a noise variance."""
        return {"log_variance": np.log(noise_variance) * np.ones(())}


class Bernoulli(Likelihood):
    """Zeros and ones, or values in between, whose logits are the decoder's outputs.

    The loss is the cross-entropy. For values strictly between 0 and 1 it is not a normalised density; it then ranks
    models as it does in the literature on images, but is no log-likelihood.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods import Bernoulli
    >>> Bernoulli().log_prob(np.array([[0.0, 1.0]]), np.zeros((1, 2)), {}).round(4)
    array([-1.3863])
    """

    name = "bernoulli"
    standardizes = False
    mean_activation = "sigmoid"

    def initial_weights(self):
        """Return no parameters: the logits say all."""
        return {}

    def check_support(self, X, feature_names):
        """Raise a ValueError that names the columns with values outside [0, 1]."""
        low, high = X.min(axis=0), X.max(axis=0)
        outside = np.flatnonzero((low < -ROUNDING) | (high > 1 + ROUNDING))
        if outside.size:
            names = ", ".join(str(feature_names[i]) for i in outside[:5]) + (", ..." if outside.size > 5 else "")
            raise ValueError(
                f"likelihood='bernoulli' needs values in [0, 1], but {outside.size} of {X.shape[1]} columns hold "
                f"others, from {low.min():.6g} to {high.max():.6g}: {names}. Scale them first with "
                "skvae.preprocessing.MaxNormalizer(clip=True) or sklearn.preprocessing.MinMaxScaler(clip=True) (clip, "
                "because new rows may pass the range of the training rows), or take likelihood='gaussian'."
            )

    def log_prob(self, x, outputs, weights, xp=np):
        """Negative cross-entropy of each row in nats, summed over the features."""
        return xp.sum(x * outputs - softplus(outputs, xp), axis=-1)

    def mean(self, outputs):
        """Expected data."""
        return expit(outputs)

    def sample(self, outputs, weights, rng):
        """Draw zeros and ones."""
        return (rng.random(outputs.shape) < self.mean(outputs)).astype(outputs.dtype)

    def linearize(self, X, sample_weight=None):
        """Expand the log-likelihood to second order around the features' means.

        It is that of a normal distribution with unit variance for the Pearson residuals. Means are kept half an
        observation away from 0 and 1.
        """
        center = (len(X) * np.average(X, axis=0, weights=sample_weight) + 0.5) / (len(X) + 1)
        return center, np.sqrt(center * (1 - center)), 1.0

    def link(self, mean):
        """Decoder's outputs at the expected data."""
        return np.log(mean) - np.log1p(-mean)

    def link_scale(self, spread):
        """Change of the decoder's outputs for a change of one `spread` in the data."""
        return 1 / spread

    def weights_at(self, noise_variance):
        """Return no parameters."""
        return {}


LIKELIHOODS: dict[str, type[Likelihood]] = {cls.name: cls for cls in (Gaussian, Bernoulli)}
