"""Normal distributions with a limit of detection, below which values go missing."""

import numpy as np
from scipy.special import erfc, expit, ndtri

from skvae._compat import InvalidParameterError
from skvae.likelihoods._gaussian import Gaussian
from skvae.likelihoods._special import log_normal_cdf

# Share of all values that go missing for other reasons, to begin with, and the least.
RANDOM_SHARE, LEAST_SHARE = 0.05, 1e-4
# Limits that lie further away than this, in standard deviations of the data, are in another unit.
FARTHEST = 1e9
# Width of the limit, beside the spread of the data, to begin with.
WIDTH = 0.3
ROOT_2 = float(np.sqrt(2))


class CensoredGaussian(Gaussian):
    """Normal distribution of which low values tend to be missing, as intensities below a limit of detection are.

    A value ``y`` goes missing with the probability ``r + (1 - r) * Phi((limit - y) / width)``, where ``Phi`` is the
    normal distribution function: at random, with the share ``r``, or because it is near the limit of its feature or
    below. What is missing adds the logarithm of that, averaged over the values that it could have had, to the
    log-density (compare Ahlmann-Eltze and Anders 2019, whose curve is one of each sample). ``r``, ``width`` and, unless
    they are given, the limits are learned with the networks.

    Parameters
    ----------
    variance : {"shared", "per_feature"}, default="shared"
        See `Gaussian`.
    limit : float or array-like of shape (n_features,), default=None
        Limits of detection, in units of the data; None learns one for each feature, from its lowest value on.

    See Also
    --------
    Gaussian : The same without a limit.
    skvae.VAEImputer : Fills what is missing.

    Examples
    --------
    What is missing near the limit is expected below it; without a limit it would be expected at the output, 0.

    >>> import numpy as np
    >>> from skvae.likelihoods import CensoredGaussian
    >>> weights = {"log_variance": np.zeros(()), "limits": np.zeros(1), "log_width": -2.0, "random_logit": -9.0}
    >>> CensoredGaussian().mean_of_missing(np.zeros((1, 1)), weights).round(2)
    array([[-0.79]])
    """

    name = "censored_gaussian"

    def __init__(self, variance="shared", limit=None):
        super().__init__(variance)
        self.limit = limit

    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""
        super().validate()
        if hasattr(self.limit, "shape") and not hasattr(self.limit, "__array__"):
            return  # what the header of a file says of an array that is not read yet
        try:
            limits = np.asarray(0.0 if self.limit is None else self.limit, dtype=float)
        except (OverflowError, TypeError, ValueError):
            limits = np.array(np.nan)
        if limits.ndim > 1 or not np.isfinite(limits).all():
            raise self._wrong_limits("a finite number, or one for each feature")

    def key(self):
        """Return what tells this likelihood from others; given limits are arguments of what is compiled."""
        return ("censored_gaussian", self.variance, self.limit is None)

    @property
    def constants(self):  # type: ignore[override]
        """Names of the parameters that are not learned."""
        return () if self.limit is None else ("limits",)

    def weight_shapes(self, n_features):
        """Return the shapes of the variance and of what lets values go missing."""
        return super().weight_shapes(n_features) | {"limits": (n_features,), "log_width": (), "random_logit": ()}

    def initial_weights(self, X, sample_weight=None, scaling=None):
        """Start at the lowest values, or the given limits on the networks' scale."""
        limits = np.nan_to_num(np.fmin.reduce(X, axis=0)) if self.limit is None else self._given(X.shape[1], scaling)
        random_logit = np.log(RANDOM_SHARE / (1 - RANDOM_SHARE))
        own = {"limits": limits, "log_width": np.log(WIDTH), "random_logit": random_logit}
        return super().initial_weights(X, sample_weight) | {name: np.ones(()) * w for name, w in own.items()}

    def log_prob(self, x, outputs, weights, known=None, xp=np):
        """Log-density of each row, in nats, that its missing values are missing included."""
        known = xp.ones_like(x) if known is None else known
        random = self._random_share(weights, xp)
        seen = log_normal_cdf((x - weights["limits"]) / xp.exp(weights["log_width"]), xp) + xp.log(1 - random)
        density = super().log_density(x, outputs, weights, known, xp) + seen
        _, below = self._standardized_limits(outputs, weights, xp)
        unseen = xp.log(random + (1 - random) * _normal_cdf(below, xp))
        return xp.sum(known * density + (1 - known) * unseen, axis=-1)

    def mean_of_missing(self, outputs, weights):
        """Expected data where they are missing."""
        deviation, below = self._standardized_limits(outputs, weights, np)
        variance = self.noise_variance(weights)
        hazard = np.exp(-0.5 * np.square(below) - log_normal_cdf(below, np)) / np.sqrt(2 * np.pi)
        return outputs - self._share_below(below, weights) * variance / deviation * hazard

    def sample_of_missing(self, outputs, weights, rng):
        """Draw data where they are missing."""
        deviation, below = self._standardized_limits(outputs, weights, np)
        variance = self.noise_variance(weights)
        is_below = rng.random(outputs.shape) < self._share_below(below, weights)
        # The value with the limit's own noise is normal, and below the limit; given it, so is the value.
        uniform = np.maximum(rng.random(outputs.shape) * _normal_cdf(below, np), np.finfo(float).tiny)
        noisy = deviation * ndtri(uniform)
        left = np.sqrt(variance * (1 - variance / np.square(deviation)))
        low = variance / np.square(deviation) * noisy + left * rng.standard_normal(outputs.shape)
        usual = np.sqrt(variance) * rng.standard_normal(outputs.shape)
        return outputs + np.where(is_below, low, usual)

    def _wrong_limits(self, needed):
        """Return the error of limits that are none."""
        return InvalidParameterError(f"detection_limit must be {needed}. Got {self.limit!r:.200} instead.")

    def _given(self, n_features, scaling):
        """Bring the given limits to the networks' scale."""
        if np.ndim(self.limit) and len(self.limit) != n_features:
            raise self._wrong_limits(f"one number, or one for each of the {n_features} features")
        limits = np.broadcast_to(np.asarray(self.limit, dtype=float), n_features)
        limits = limits if scaling is None else scaling.apply(limits)
        if not (np.abs(limits) <= FARTHEST).all():
            raise self._wrong_limits(f"in the unit of the data, and at most {FARTHEST:g} standard deviations away")
        return limits

    def _random_share(self, weights, xp):
        """Share of the values that go missing for other reasons."""
        sigmoid = expit(weights["random_logit"]) if xp is np else xp.sigmoid(weights["random_logit"])
        return LEAST_SHARE + (1 - 2 * LEAST_SHARE) * sigmoid

    def _standardized_limits(self, outputs, weights, xp):
        """Return the deviation of a value with the limit's own noise, and the limit in units of it."""
        variance = xp.exp(weights["log_variance"]) if xp is not np else self.noise_variance(weights)
        deviation = xp.sqrt(variance + xp.exp(2 * weights["log_width"]))
        return deviation, (weights["limits"] - outputs) / deviation

    def _share_below(self, below, weights):
        """Probability that a missing value is missing because of the limit."""
        random = self._random_share(weights, np)
        censored = (1 - random) * _normal_cdf(below, np)
        return censored / (random + censored)


def _normal_cdf(x, xp):
    """Compute the normal distribution function."""
    return 0.5 * (erfc(-x / ROOT_2) if xp is np else xp.erfc(-x / ROOT_2))
