"""Normal distributions."""

import warnings

import numpy as np
from sklearn.decomposition import FactorAnalysis
from sklearn.exceptions import ConvergenceWarning

from skvae._compat import InvalidParameterError
from skvae.likelihoods._base import Likelihood, Linearization, average

# Below this share of the data's own variance float32 gradients lose all their digits.
MIN_NOISE_VARIANCE = 1e-6

LOG_2PI = float(np.log(2 * np.pi))
VARIANCES = ("shared", "per_feature")
# Steps of factor analysis for the start, and the least share of its variance that a feature has to itself: maximum
# likelihood likes to explain one feature wholly (Heywood cases).
FACTOR_ANALYSIS_STEPS, LEAST_SHARE = 30, 1e-3
# Known values from which on a feature has a variance of its own at the start.
ENOUGH_VALUES = 3


class Gaussian(Likelihood):
    """Normal distribution around the decoder's outputs.

    The variance is learned with the networks.

    Parameters
    ----------
    variance : {"shared", "per_feature"}, default="shared"
        One noise variance for all features, as in probabilistic PCA, or one for each, as in factor analysis.

    See Also
    --------
    CensoredGaussian : The same with a limit of detection.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods import Gaussian
    >>> Gaussian().log_prob(np.zeros((1, 2)), np.zeros((1, 2)), {"log_variance": 0.0}).round(4)
    array([-1.8379])
    """

    name = "gaussian"
    standardizes = True
    is_linear = True
    has_prior = True

    def __init__(self, variance="shared"):
        self.variance = variance

    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""
        if self.variance not in VARIANCES:
            raise InvalidParameterError(
                f"The 'variance' of a Gaussian likelihood must be one of {list(VARIANCES)}. "
                f"Got {self.variance!r} instead."
            )

    def weight_shapes(self, n_features):
        """Return the shape of the log-variance."""
        return {"log_variance": () if self.variance == "shared" else (n_features,)}

    def initial_weights(self, X, sample_weight=None, scaling=None):
        """Start at the variance of standardised data."""
        return {name: np.zeros(shape) for name, shape in Gaussian.weight_shapes(self, X.shape[1]).items()}

    def check_support(self, X, feature_names):
        """Accept all finite data."""

    def log_density(self, x, outputs, weights, known=None, xp=np):
        """Log-density of each value in nats."""
        log_variance = xp.maximum(weights["log_variance"], float(np.log(MIN_NOISE_VARIANCE)))
        return -0.5 * (xp.square(x - outputs) * xp.exp(-log_variance) + log_variance + LOG_2PI)

    def log_prior_of_weights(self, x, weights, known=None, xp=np):
        """Log of an improper prior of the variance, for each row: the larger, the better.

        The rows that a model was fitted to lie closer to it than others do, so that the variance of greatest likelihood
        is too small for new rows. With the weight ``1 - nu`` of this the best variance is larger by ``1 / nu``.
        """
        log_variance = xp.maximum(weights["log_variance"], float(np.log(MIN_NOISE_VARIANCE)))
        each = 0.5 * log_variance * xp.ones_like(x)
        return xp.sum(each if known is None else each * known, axis=-1)

    def mean(self, outputs, weights, xp=np):
        """Expected data."""
        return outputs

    def sample(self, outputs, weights, rng):
        """Draw data around the decoder's outputs."""
        noise = np.sqrt(self.noise_variance(weights)) * rng.standard_normal(outputs.shape)
        return (outputs + noise).astype(outputs.dtype, copy=False)

    def noise_variance(self, weights):
        """Variance of the noise.

        Parameters
        ----------
        weights : dict of str to ndarray
            The learned parameters.

        Returns
        -------
        float or ndarray of shape (n_features,)
            On the networks' scale; a float if it is shared.
        """
        variance = np.maximum(np.exp(np.asarray(weights["log_variance"], float)), MIN_NOISE_VARIANCE)
        return float(variance) if variance.ndim == 0 else variance

    def linearize(self, view, weights, n_components, sample_weight=None):
        """Leave the data as they are, or divide them by the noise that factor analysis finds (Barber 2012, 21.2)."""
        is_known = not np.isnan(view).any()
        # Whole tables are centred already, as far as training and validation rows are alike.
        center = np.zeros(view.shape[1]) if is_known else average(view, sample_weight)
        if self.variance == "shared":
            return Linearization(center, np.ones(view.shape[1]), None)
        filled = view if is_known else np.where(np.isnan(view), center, view)
        variances = _specific_variances(filled - center, n_components, sample_weight)
        # Few values tell no variance, and a likelihood that takes them at their word is worth nothing for others.
        are_few = (~np.isnan(view)).sum(axis=0) < ENOUGH_VALUES
        if not are_few.all():
            variances[are_few] = np.median(variances[~are_few])
        return Linearization(center, np.sqrt(variances), 1.0)

    def link(self, center, weights):
        """Give the decoder's outputs where the encoder sees `center`."""
        return center

    def weights_at(self, weights, linearization, noise_variance):
        """Return the log-variance at a noise variance."""
        variance = noise_variance * np.square(linearization.spread)
        log_variance = np.log(variance[0] if self.variance == "shared" else variance) * np.ones(())
        return weights | {"log_variance": log_variance}


def _specific_variances(X, n_components, sample_weight):
    """Let factor analysis find the variance of each feature's own noise, of centred rows."""
    if sample_weight is not None:  # with the negative of each row the mean stays zero
        X = X * np.sqrt(sample_weight / np.mean(sample_weight))[:, None]
        X = np.concatenate([X, -X])
    # Tables of lower rank have a likelihood without bounds, of which only the steps matter here.
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is a start, and every step of it an improvement
        found = FactorAnalysis(min(n_components, *X.shape), max_iter=FACTOR_ANALYSIS_STEPS, random_state=0).fit(X)
    return np.maximum(found.noise_variance_, np.maximum(LEAST_SHARE * X.var(axis=0), MIN_NOISE_VARIANCE))
