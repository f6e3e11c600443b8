"""Counts, in proportion to the size of each row."""

import numpy as np

from skvae.likelihoods._base import ROUNDING, Likelihood, Linearization, average, refuse_columns, softplus
from skvae.likelihoods._special import SHIFT, log_gamma, log_gamma_beyond, log_gamma_increase

# The encoder sees Pearson residuals within these bounds: a single count of a rare feature has a huge one.
CLIP = 10.0
# Decoder's outputs beyond this, of which exp() overflows float32, are held.
MAX_LOG_RATE = 30.0
# Fewest counts in a row by which its size is reckoned.
LEAST_COUNTS = 0.5
# Beyond these a negative binomial distribution is a Poisson distribution, or has nearly all its counts in a few rows.
DISPERSIONS = 1e-4, 1e2
LOG_DISPERSIONS = float(np.log(DISPERSIONS[0])), float(np.log(DISPERSIONS[1]))


class _Counts(Likelihood):
    """Counts whose expectation is ``size * exp(output)``.

    The size of a row is the sum of its counts over that of an average training row, of the features that are known; it
    is given, not learned: `score` is the log-probability given the row's sum. `inverse_transform` and `sample` give
    rows of size 1. The encoder sees the Pearson residuals of the model in which all rows have the same shares (Lause,
    Berens and Kobak 2021).
    """

    constants = positive = ("means",)

    def weight_shapes(self, n_features):
        """Return the shape of the mean counts."""
        return {"means": (n_features,)}

    def initial_weights(self, X, sample_weight=None, scaling=None):
        """Count each feature on average, at least half a count in all rows."""
        return {"means": np.maximum(average(X, sample_weight), LEAST_COUNTS / len(X))}

    def check_support(self, X, feature_names):
        """Raise a ValueError that names the columns with values that are no counts."""
        with np.errstate(invalid="ignore"):
            bad = (X < -ROUNDING) | (np.abs(X - np.round(X)) > ROUNDING)
        refuse_columns(
            self,
            X,
            bad,
            feature_names,
            "counts: 0, 1, 2, ...",
            "Give the counts as they are, neither normalised nor in logarithms, or take likelihood='gaussian'.",
        )

    def sizes(self, x, weights, known=None, xp=np):
        """Size of each row beside an average one.

        Parameters
        ----------
        x : array of shape (n_samples, n_features)
            Counts, with zeros where they are missing.
        weights : dict of str to ndarray
            The learned parameters.
        known : array of shape (n_samples, n_features), default=None
            1 where a value is known, 0 where it is missing; None if none is.
        xp : module, default=numpy
            Where the array functions come from: numpy or ``keras.ops``.

        Returns
        -------
        array of shape (n_samples, 1)
            1 for a row of average size.
        """
        expected = xp.sum(weights["means"]) if known is None else xp.matmul(known, weights["means"])[:, None]
        counts = xp.sum(x, axis=-1, keepdims=True)
        return xp.maximum(counts, LEAST_COUNTS) / xp.maximum(expected, LEAST_COUNTS)

    def view(self, x, weights, known=None, xp=np):
        """Pearson residuals; missing values are at their expectation."""
        expected = self.sizes(x, weights, known, xp) * weights["means"]
        residuals = xp.clip((x - expected) / xp.sqrt(self._variance(expected, weights, xp)), -CLIP, CLIP)
        return residuals if known is None else residuals * known

    def outputs_at_size(self, x, outputs, weights, known=None):
        """Give the logarithms of the expected counts in rows as large as these."""
        return outputs + np.log(self.sizes(x, weights, known))

    def _log_expected(self, x, outputs, weights, known, xp):
        """Logarithm of the expected counts."""
        return xp.minimum(outputs, MAX_LOG_RATE) + xp.log(self.sizes(x, weights, known, xp))

    def _variance(self, expected, weights, xp):
        """Variance of counts."""
        return expected

    def mean(self, outputs, weights, xp=np):
        """Expected counts of a row of size 1."""
        return xp.exp(xp.minimum(outputs, MAX_LOG_RATE))

    def linearize(self, view, weights, n_components, sample_weight=None):
        """Take Pearson residuals as normal with unit variance."""
        return Linearization(np.zeros(view.shape[1]), np.ones(view.shape[1]), 1.0)

    def link(self, center, weights):
        """Give the decoder's outputs where the encoder sees no residuals."""
        return np.log(weights["means"])


class Poisson(_Counts):
    """Poisson distribution of counts, whose log-rate is the decoder's output.

    The expectation is ``size * exp(output)``, with the size of the row: the sum of its counts over that of an average
    training row. It is given, not learned, so `score` is the log-probability given the row's sum; `inverse_transform`
    and `sample` give rows of size 1. The encoder sees Pearson residuals (Lause, Berens and Kobak 2021).

    See Also
    --------
    NegativeBinomial : Counts that vary more.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods import Poisson
    >>> weights = {"means": np.array([1.0, 2.0])}
    >>> Poisson().log_prob(np.array([[0.0, 3.0]]), np.log([[1.0, 2.0]]), weights).round(4)
    array([-2.7123])
    """

    name = "poisson"

    def log_density(self, x, outputs, weights, known=None, xp=np):
        """Log-probability of each count in nats."""
        log_expected = self._log_expected(x, outputs, weights, known, xp)
        small, large = xp.minimum(x, SHIFT), xp.maximum(x, SHIFT)
        few = small * log_expected - xp.exp(log_expected) - log_gamma(small + 1, xp)
        # Around the count: of terms as large as x * log(x), float32 would leave no digit before the point.
        log_ratio = log_expected - xp.log(large)
        many = large * (log_ratio - xp.expm1(log_ratio)) - log_gamma_beyond(large, xp)
        return xp.where(x < SHIFT, few, many)

    def sample(self, outputs, weights, rng):
        """Draw counts of rows of size 1."""
        return rng.poisson(self.mean(outputs, weights)).astype(outputs.dtype)


class NegativeBinomial(_Counts):
    """Counts that vary more than Poisson's: their variance is ``mean + mean**2 * dispersion``.

    One dispersion for each feature is learned with the networks. All else is as for `Poisson`.

    See Also
    --------
    Poisson : Counts whose variance is their mean.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods import NegativeBinomial
    >>> weights = {"means": np.array([1.0, 2.0]), "log_dispersion": np.zeros(2)}
    >>> NegativeBinomial().log_prob(np.array([[0.0, 3.0]]), np.log([[1.0, 2.0]]), weights).round(4)
    array([-3.0082])
    """

    name = "negative_binomial"

    def weight_shapes(self, n_features):
        """Return the shapes of mean counts and dispersions."""
        return super().weight_shapes(n_features) | {"log_dispersion": (n_features,)}

    def initial_weights(self, X, sample_weight=None, scaling=None):
        """Start at the dispersions that the features' variances speak for (method of moments)."""
        weights = super().initial_weights(X, sample_weight)
        known = ~np.isnan(X)
        x = np.where(known, X, 0.0)
        expected = self.sizes(x, weights, known.astype(float)) * weights["means"]
        excess = average(np.where(known, np.square(x - expected) - expected, np.nan), sample_weight)
        squares = average(np.where(known, np.square(expected), np.nan), sample_weight)
        # A feature without any count speaks for none.
        dispersions = excess / np.maximum(squares, np.finfo(float).tiny)
        return weights | {"log_dispersion": np.log(np.clip(dispersions, *DISPERSIONS))}

    def log_density(self, x, outputs, weights, known=None, xp=np):
        """Log-probability of each count in nats."""
        log_dispersion = xp.clip(weights["log_dispersion"], *LOG_DISPERSIONS)
        size = xp.exp(-log_dispersion)
        log_odds = self._log_expected(x, outputs, weights, known, xp) + log_dispersion
        # Of the ways to draw x until `size` failures, the logarithms of two gamma functions nearly cancel: the larger.
        many, few = log_gamma_increase(x + 1, size - 1, xp), log_gamma_increase(size, x, xp)
        ways = xp.where(x > size, many - log_gamma(size, xp), few - log_gamma(x + 1, xp))
        return ways - size * softplus(log_odds, xp) - x * softplus(-log_odds, xp)

    def _variance(self, expected, weights, xp):
        """Variance of counts."""
        return expected + xp.square(expected) * xp.exp(xp.clip(weights["log_dispersion"], *LOG_DISPERSIONS))

    def sample(self, outputs, weights, rng):
        """Draw counts of rows of size 1."""
        size = np.exp(-np.clip(weights["log_dispersion"], *LOG_DISPERSIONS))
        return rng.poisson(rng.gamma(size, self.mean(outputs, weights) / size)).astype(outputs.dtype)
