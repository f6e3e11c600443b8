"""Values between zero and one."""

import numpy as np
from scipy.special import expit

from skvae.likelihoods._base import ROUNDING, Likelihood, Linearization, average, refuse_columns, softplus

# Logits closer to zero than this go by a series: there the closed forms are differences of large numbers.
NEAR_ZERO = 0.1


class _UnitInterval(Likelihood):
    """Values in [0, 1], whose logits are the decoder's outputs."""

    #: What takes other values.
    alternative = "likelihood='gaussian'"

    def check_support(self, X, feature_names):
        """Raise a ValueError that names the columns with values outside [0, 1]."""
        refuse_columns(
            self,
            X,
            (X < -ROUNDING) | (X > 1 + ROUNDING),
            feature_names,
            "values in [0, 1]",
            "Scale them first with skvae.preprocessing.MaxNormalizer(clip=True) or "
            "sklearn.preprocessing.MinMaxScaler(clip=True) (clip, because new rows may pass the range of the training "
            f"rows), or take {self.alternative}.",
        )

    def linearize(self, view, weights, n_components, sample_weight=None):
        """Expand the log-likelihood to second order around the features' means.

        It is that of a normal distribution with unit variance for the Pearson residuals. Means are kept half an
        observation away from 0 and 1.
        """
        center = (len(view) * average(view, sample_weight) + 0.5) / (len(view) + 1)
        return Linearization(center, np.sqrt(center * (1 - center)), 1.0)

    def link(self, center, weights):
        """Give the decoder's outputs where the encoder sees `center`."""
        return np.log(center) - np.log1p(-center)


class Bernoulli(_UnitInterval):
    """Zeros and ones, or values in between, whose logits are the decoder's outputs.

    The loss is the cross-entropy. For values strictly between 0 and 1 it is not a normalised density; it then ranks
    models as it does in the literature on images, but is no log-likelihood: `ContinuousBernoulli` is one.

    See Also
    --------
    ContinuousBernoulli : The same with a normalised density.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods import Bernoulli
    >>> Bernoulli().log_prob(np.array([[0.0, 1.0]]), np.zeros((1, 2)), {}).round(4)
    array([-1.3863])
    """

    name = "bernoulli"

    def log_density(self, x, outputs, weights, known=None, xp=np):
        """Negative cross-entropy of each value in nats."""
        return x * outputs - softplus(outputs, xp)

    def mean(self, outputs, weights, xp=np):
        """Expected data."""
        return expit(outputs) if xp is np else xp.sigmoid(outputs)

    def sample(self, outputs, weights, rng):
        """Draw zeros and ones."""
        return (rng.random(outputs.shape) < self.mean(outputs, weights)).astype(outputs.dtype)


class ContinuousBernoulli(_UnitInterval):
    """Values anywhere in [0, 1], with a density ``p(x)`` in proportion to ``exp(output * x)``.

    The normalised likelihood that cross-entropy on grey values lacks (Loaiza-Ganem and Cunningham 2019).

    See Also
    --------
    Bernoulli : The cross-entropy itself, for zeros and ones.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods import ContinuousBernoulli
    >>> ContinuousBernoulli().log_prob(np.array([[0.2, 0.9]]), np.zeros((1, 2)), {})
    array([0.])
    """

    name = "continuous_bernoulli"

    def log_density(self, x, outputs, weights, known=None, xp=np):
        """Log-density of each value in nats."""
        return x * outputs - _log_normalizer(outputs, xp)

    def mean(self, outputs, weights, xp=np):
        """Expected data, the derivative of the log-normalizer."""
        size = xp.abs(outputs)
        near = size < NEAR_ZERO
        away = xp.where(near, NEAR_ZERO, size)
        from_the_end = 1 / away + xp.exp(-away) / xp.expm1(-away)
        closed = xp.where(outputs > 0, 1 - from_the_end, from_the_end)
        return xp.where(near, 0.5 + outputs / 12 - outputs**3 / 720, closed)

    def sample(self, outputs, weights, rng):
        """Draw by inverting the distribution function, from the end at which there is more."""
        uniform = rng.random(outputs.shape)
        size = np.abs(outputs)
        away = np.maximum(size, 1e-6)
        from_the_end = -np.log1p(uniform * np.expm1(-away)) / away
        drawn = np.where(size < 1e-6, uniform, np.where(outputs > 0, 1 - from_the_end, from_the_end))
        return np.clip(drawn, 0, 1).astype(outputs.dtype)


def _log_normalizer(outputs, xp):
    """Compute ``log((exp(t) - 1) / t)``, which is ``t / 2 + log(sinh(t / 2) / (t / 2))``."""
    size = xp.abs(outputs)
    near = size < NEAR_ZERO
    away = xp.where(near, NEAR_ZERO, size)
    closed = xp.log(-xp.expm1(-away) / away) + away / 2
    return outputs / 2 + xp.where(near, size**2 / 24 - size**4 / 2880, closed)
