"""Noise that spoils what a denoising autoencoder sees in training; it is to reconstruct the data without it."""

from abc import ABC, abstractmethod

from sklearn.base import BaseEstimator

from skvae._compat import InvalidParameterError
from skvae._docstrings import inherit_contract
from skvae._validation import is_number

__all__ = ["Dropout", "Gaussian", "Noise"]


class Noise(BaseEstimator, ABC):
    """What spoils the training rows, anew at each step; the base class of `Gaussian` and `Dropout`.

    An estimator takes either of them by ``noise=``; spoiled is what the encoder sees, and the loss compares with the
    rows as they are.

    See Also
    --------
    skvae.AutoencoderTransformer : What is trained with noise.

    Examples
    --------
    >>> from skvae.noise import Dropout, Gaussian, Noise
    >>> [issubclass(kind, Noise) for kind in (Dropout, Gaussian)]
    [True, True]
    """

    def __init_subclass__(cls, **kwargs):
        """Complete the docstrings of what a kind of noise overrides."""
        super().__init_subclass__(**kwargs)
        inherit_contract(cls)

    @abstractmethod
    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""

    @abstractmethod
    def key(self):
        """Return what tells compiled noise from other noise.

        Returns
        -------
        hashable
            Equal for noise that can share a compiled training.
        """

    @property
    @abstractmethod
    def level(self):
        """Size of the noise, in units of the data; 0 if it has none."""

    @abstractmethod
    def spoil(self, x, level, seed):
        """Spoil a tensor of rows.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_features)
            Rows on the networks' scale.
        level : tensor of shape ()
            Size of the noise on that scale.
        seed : tensor of shape (2,)
            Seed of this step.

        Returns
        -------
        tensor of shape (n_samples, n_features)
            The rows with noise.
        """


class Gaussian(Noise):
    """Add normal noise to each value.

    The autoencoder learns to take away noise of this size, and the codes of like rows move together.

    Parameters
    ----------
    stddev : float, default=0.2
        Its standard deviation, in units of the data.

    See Also
    --------
    Dropout : Values that are hidden.

    Examples
    --------
    >>> from skvae.noise import Gaussian
    >>> Gaussian(0.1).level
    0.1
    """

    def __init__(self, stddev=0.2):
        self.stddev = stddev

    def validate(self):
        """Raise an ``InvalidParameterError`` if `stddev` is no positive number."""
        if not is_number(self.stddev) or not 0 < float(self.stddev) < float("inf"):
            raise InvalidParameterError(f"The 'stddev' of Gaussian noise must be above 0. Got {self.stddev!r} instead.")

    def key(self):
        """Return its kind; its size is an argument of what is compiled."""
        return ("gaussian",)

    @property
    def level(self):
        """Standard deviation."""
        return float(self.stddev)

    def spoil(self, x, level, seed):
        """Add the noise."""
        import tensorflow as tf

        return x + level * tf.random.stateless_normal(tf.shape(x), seed)


class Dropout(Noise):
    """Hide values: the encoder sees zeros, or where data are centred inside, the mean of the feature.

    The autoencoder learns to fill them from the other values of the row.

    Parameters
    ----------
    rate : float, default=0.5
        Share of the values, in (0, 1).

    See Also
    --------
    Gaussian : Normal noise on each value.

    Examples
    --------
    >>> from skvae.noise import Dropout
    >>> Dropout(0.3)
    Dropout(rate=0.3)
    """

    def __init__(self, rate=0.5):
        self.rate = rate

    def validate(self):
        """Raise an ``InvalidParameterError`` if `rate` is no share."""
        if not is_number(self.rate) or not 0 < self.rate < 1:
            raise InvalidParameterError(f"The 'rate' of Dropout noise must be in (0, 1). Got {self.rate!r} instead.")

    def key(self):
        """Return its kind and rate."""
        return ("dropout", float(self.rate))

    @property
    def level(self):
        """Hidden values have no size."""
        return 0.0

    def spoil(self, x, level, seed):
        """Hide the values."""
        import tensorflow as tf

        return tf.where(tf.random.stateless_uniform(tf.shape(x), seed) < float(self.rate), 0.0, x)
