"""What a likelihood is."""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator

from skvae._content import content_key
from skvae._docstrings import inherit_contract

# Values scaled to [0, 1] may miss it by so much.
ROUNDING = 1e-6


class Linearization(NamedTuple):
    """The linear Gaussian model that comes close to a likelihood, on the scale of what the encoder sees.

    The start at PCA takes it for the likelihood itself.

    Parameters
    ----------
    center : ndarray of shape (n_features,)
        What is subtracted.
    spread : ndarray of shape (n_features,)
        Divided by it, all features have one noise variance.
    noise_variance : float or None
        That variance; None where it is to be found.

    See Also
    --------
    Likelihood.linearize : What returns it.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods import Bernoulli
    >>> Bernoulli().linearize(np.array([[0.0, 1.0], [0.0, 0.0]]), {}, n_components=1).center
    array([0.16666667, 0.5       ])
    """

    center: np.ndarray
    spread: np.ndarray
    noise_variance: float | None


class Likelihood(BaseEstimator, ABC):
    """What the decoder's outputs say about the data; the base class of likelihoods of your own.

    Each likelihood is one class with the same few methods. The density is written once, in the functions that NumPy and
    :mod:`keras.ops` share, so that the trained loss and the reported score cannot drift apart.

    Methods take arrays of shape (n_samples, n_features) on the networks' scale, and the learned parameters as a dict
    from a name to an array. The argument `xp` is where the array functions come from: numpy or ``keras.ops``. Where
    values are missing, `x` holds zeros.

    A likelihood of your own needs `check_support`, `log_density`, `mean` and `sample`. Its data meet the networks as
    they are: centred and divided by one scale only with ``standardizes = True``. To start at PCA, it needs `linearize`
    and `link` as well; without them the estimator needs ``init="random"``. Such models can be pickled, but not saved by
    :func:`skvae.save`.

    See Also
    --------
    skvae.networks.Network : Base class of networks of your own.

    Examples
    --------
    Noise with heavy tails; the outputs are the medians, which are the means as well.

    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from skvae import VAETransformer
    >>> from skvae.likelihoods import Likelihood
    >>> class Laplace(Likelihood):
    ...     standardizes = True
    ...
    ...     def __init__(self, scale=0.2):
    ...         self.scale = scale
    ...
    ...     def check_support(self, X, feature_names):
    ...         pass
    ...
    ...     def log_density(self, x, outputs, weights, known=None, xp=np):
    ...         return -xp.abs(x - outputs) / self.scale - float(np.log(2 * self.scale))
    ...
    ...     def mean(self, outputs, weights, xp=np):
    ...         return outputs
    ...
    ...     def sample(self, outputs, weights, rng):
    ...         return rng.laplace(outputs, self.scale).astype(outputs.dtype)
    >>> X, _ = load_iris(return_X_y=True)
    >>> vae = VAETransformer(2, likelihood=Laplace(), init="random", epochs=100, learning_rate=1e-2, random_state=0)
    >>> vae.fit_transform(X).shape
    (150, 2)
    """

    #: Its name as a parameter of estimators, None if it has none; and that parameter.
    name: ClassVar[str | None] = None
    parameter: ClassVar[str] = "likelihood"
    #: What its loss is told in.
    unit: ClassVar[str] = "nats per sample"
    #: Whether the data are centred and divided by one scale before they meet the networks.
    standardizes: ClassVar[bool] = False
    #: Whether the decoder's outputs are the expected data, so that the linear model's loadings are the decoder's.
    is_linear: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs):
        """Complete the docstrings of what a likelihood overrides."""
        super().__init_subclass__(**kwargs)
        inherit_contract(cls)

    def validate(self):
        """Raise an ``InvalidParameterError`` if a parameter is out of bounds."""

    def key(self):
        """Return what tells this likelihood from others.

        Returns
        -------
        hashable
            Equal for likelihoods that can share a compiled training.
        """
        return content_key(self)

    def initial_weights(self, X, sample_weight=None, scaling=None):
        """Return the parameters that the data give, or that are learned beside the networks' own.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Training rows on the networks' scale; NaN where values are missing.
        sample_weight : ndarray of shape (n_samples,), default=None
            Weights of the rows; None weighs all alike.
        scaling : object, default=None
            With a method ``apply`` that brings data to the networks' scale; None if there is none.

        Returns
        -------
        dict
            From name to array.
        """
        return {}

    def weight_shapes(self, n_features):
        """Return the shape of each parameter by name.

        Parameters
        ----------
        n_features : int
            Number of columns of the data.

        Returns
        -------
        dict of str to tuple of int
            Shapes of what `initial_weights` returns.
        """
        return {}

    #: Names of the parameters that are not learned.
    constants: tuple[str, ...] = ()
    #: Whether the learned parameters have a prior, for errors that are smaller on the rows of the fit than on others.
    has_prior: ClassVar[bool] = False
    #: Names of the parameters that are above zero.
    positive: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def check_support(self, X, feature_names):
        """Raise a ValueError that names the columns whose values cannot be; NaN is none of them.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Data as they are given, NaN where values are missing.
        feature_names : sequence of length n_features
            Names or positions of the columns, for the message.

        Raises
        ------
        ValueError
            If there are such values.
        """

    def view(self, x, weights, known=None, xp=np):
        """Give what the encoder sees of the data; missing values are to be zeros again.

        Parameters
        ----------
        x : array of shape (n_samples, n_features)
            Data, with zeros where they are missing.
        weights : dict of str to ndarray
            The learned parameters.
        known : array of shape (n_samples, n_features), default=None
            1 where a value is known, 0 where it is missing; None if none is.
        xp : module, default=numpy
            Where the array functions come from: numpy or ``keras.ops``.

        Returns
        -------
        array of shape (n_samples, n_features)
            The encoder's inputs.
        """
        return x

    @abstractmethod
    def log_density(self, x, outputs, weights, known=None, xp=np):
        """Log-density of each value; what is missing is left out later.

        Parameters
        ----------
        x, outputs : array of shape (n_samples, n_features)
            Data, with zeros where they are missing, and what the decoder gives for them.
        weights : dict of str to ndarray
            The learned parameters.
        known : array of shape (n_samples, n_features), default=None
            1 where a value is known, 0 where it is missing; None if none is.
        xp : module, default=numpy
            Where the array functions come from: numpy or ``keras.ops``.

        Returns
        -------
        array of shape (n_samples, n_features)
            In nats.
        """

    def log_prob(self, x, outputs, weights, known=None, xp=np):
        """Log-density of the known values of each row.

        Parameters
        ----------
        x, outputs : array of shape (n_samples, n_features)
            Data, with zeros where they are missing, and what the decoder gives for them.
        weights : dict of str to ndarray
            The learned parameters.
        known : array of shape (n_samples, n_features), default=None
            1 where a value is known, 0 where it is missing; None if none is.
        xp : module, default=numpy
            Where the array functions come from: numpy or ``keras.ops``.

        Returns
        -------
        array of shape (n_samples,)
            In nats.
        """
        density = self.log_density(x, outputs, weights, known, xp)
        return xp.sum(density if known is None else density * known, axis=-1)

    def log_prior_of_weights(self, x, weights, known=None, xp=np):
        """Log of an improper prior of the learned parameters, for each row; of likelihoods with `has_prior` only.

        Parameters
        ----------
        x : array of shape (n_samples, n_features)
            Data, with zeros where they are missing.
        weights : dict of str to ndarray
            The learned parameters.
        known : array of shape (n_samples, n_features), default=None
            1 where a value is known, 0 where it is missing; None if none is.
        xp : module, default=numpy
            Where the array functions come from: numpy or ``keras.ops``.

        Returns
        -------
        array of shape (n_samples,)
            In nats; training weighs it by the share of the degrees of freedom that a linear model uses up.
        """
        raise NotImplementedError

    @abstractmethod
    def mean(self, outputs, weights, xp=np):
        """Expected data.

        Parameters
        ----------
        outputs : array of shape (n_samples, n_features)
            What the decoder gives.
        weights : dict of str to ndarray
            The learned parameters.
        xp : module, default=numpy
            Where the array functions come from: numpy or ``keras.ops``.

        Returns
        -------
        array of shape (n_samples, n_features)
            On the networks' scale.
        """

    @abstractmethod
    def sample(self, outputs, weights, rng):
        """Draw data.

        Parameters
        ----------
        outputs : array of shape (n_samples, n_features)
            What the decoder gives.
        weights : dict of str to ndarray
            The learned parameters.
        rng : numpy.random.Generator
            Where the draws come from.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            On the networks' scale, in the dtype of `outputs`.
        """

    def outputs_at_size(self, x, outputs, weights, known=None):
        """Give the decoder's outputs for rows as large as these, where a likelihood knows rows of several sizes.

        Parameters
        ----------
        x, outputs : array of shape (n_samples, n_features)
            Data, with zeros where they are missing, and what the decoder gives for them.
        weights : dict of str to ndarray
            The learned parameters.
        known : array of shape (n_samples, n_features), default=None
            1 where a value is known, 0 where it is missing; None if none is.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Outputs of which `mean` and `sample` make rows of that size.
        """
        return outputs

    def mean_of_missing(self, outputs, weights):
        """Expected data where they are missing.

        Parameters
        ----------
        outputs : array of shape (n_samples, n_features)
            What the decoder gives.
        weights : dict of str to ndarray
            The learned parameters.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            On the networks' scale; where a value is known it is of no use.
        """
        return self.mean(outputs, weights)

    def sample_of_missing(self, outputs, weights, rng):
        """Draw data where they are missing.

        Parameters
        ----------
        outputs : array of shape (n_samples, n_features)
            What the decoder gives.
        weights : dict of str to ndarray
            The learned parameters.
        rng : numpy.random.Generator
            Where the draws come from.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            On the networks' scale; where a value is known it is of no use.
        """
        return self.sample(outputs, weights, rng)

    def linearize(self, view, weights, n_components, sample_weight=None):
        """Return the linear model that comes close, from what the encoder sees of the training rows.

        Parameters
        ----------
        view : ndarray of shape (n_samples, n_features)
            NaN where values are missing.
        weights : dict of str to ndarray
            The learned parameters.
        n_components : int
            Number of latent variables.
        sample_weight : ndarray of shape (n_samples,), default=None
            Weights of the rows; None weighs all alike.

        Returns
        -------
        Linearization
            Center, spread and noise variance of that model.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say where to start: set init='random'.")

    def link(self, center, weights):
        """Give the decoder's outputs where the encoder sees `center`.

        Parameters
        ----------
        center : ndarray of shape (n_features,)
            A row as the encoder sees it.
        weights : dict of str to ndarray
            The learned parameters.

        Returns
        -------
        ndarray of shape (n_features,)
            The outputs that expect that row.
        """
        raise NotImplementedError

    def weights_at(self, weights, linearization, noise_variance):
        """Return the parameters at a noise variance of the linear model.

        Parameters
        ----------
        weights : dict of str to ndarray
            The learned parameters.
        linearization : Linearization
            The linear model that comes close.
        noise_variance : float
            Its noise variance, found by PCA.

        Returns
        -------
        dict of str to ndarray
            The parameters to start from.
        """
        return weights


def softplus(x, xp=np):
    """Compute log(1 + exp(x)) without overflow."""
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


def average(X, sample_weight=None):
    """Average the known values of each column."""
    if not np.isnan(X).any():
        return np.average(X, axis=0, weights=sample_weight)
    weights = ~np.isnan(X) * (1.0 if sample_weight is None else sample_weight[:, None])
    return (np.nan_to_num(X) * weights).sum(axis=0) / np.maximum(weights.sum(axis=0), np.finfo(float).tiny)


def refuse_columns(likelihood, X, bad, feature_names, needs, remedy):
    """Raise a ValueError that names the columns that hold bad values."""
    columns = np.flatnonzero(bad.any(axis=0))
    if columns.size:
        names = ", ".join(str(feature_names[i]) for i in columns[:5]) + (", ..." if columns.size > 5 else "")
        raise ValueError(
            f"{likelihood.parameter}={likelihood.name!r} needs {needs}, but {columns.size} of {X.shape[1]} columns "
            f"hold others, from {np.nanmin(X):.6g} to {np.nanmax(X):.6g}: {names}. {remedy}"
        )
