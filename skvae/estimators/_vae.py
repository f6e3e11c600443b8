"""The variational autoencoder as a scikit-learn transformer."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skvae._compat import Interval, InvalidParameterError, StrOptions
from skvae.estimators._base import BaseAutoencoder
from skvae.estimators._bound import importance_weighted_bound
from skvae.estimators._diagnostics import warn_of_collapse
from skvae.estimators._fitting import kl_attributes
from skvae.estimators._posterior import posterior_draws
from skvae.estimators._threads import map_blocks
from skvae.likelihoods import LIKELIHOODS, CensoredGaussian, Gaussian, Likelihood


class VAETransformer(BaseAutoencoder):
    """Variational autoencoder for dimensionality reduction.

    It stands wherever :class:`~sklearn.decomposition.PCA` stands: `transform` gives the latent variables,
    `inverse_transform` the expected data, `score` a log-likelihood. With ``init="pca"`` it *starts* at probabilistic
    PCA, solved in closed form and written into a linear path beside the networks, and training improves on it.

    Parameters
    ----------
    n_components : int, default=2
        Number of latent variables. More than there are features only warns, unlike in PCA: the rest stay unused.

    encoder : tuple or Network, default=(120, 120, 16)
        Hidden layers from the data to the latent variables. A tuple is short for ``Dense(encoder, activation)``: ints
        are units, floats shares of the number of features. ``()`` is a linear encoder.

    decoder : tuple, Network or None, default=None
        Hidden layers from the latent variables to the data; None mirrors the encoder.

    activation : str, default="relu"
        Activation of the hidden layers given as tuples; see :class:`~skvae.networks.Dense`.

    likelihood : str or Likelihood, default="gaussian"
        "gaussian": any data, with one learned noise variance; the data are centred, and divided by one scale, inside.
        "bernoulli": values in [0, 1], cross-entropy summed over the features. "continuous_bernoulli": the same with a
        normalised density. "poisson", "negative_binomial": counts. See :mod:`skvae.likelihoods` for these as objects
        with parameters of their own.

    init : {"pca", "random"}, default="pca"
        "pca": add a linear path to both networks and start at the optimum of the linear model: probabilistic PCA for
        "gaussian", for other likelihoods the same on Pearson residuals. "random": bare networks with random weights.

    beta : float, default=1.0
        Weight of the KL divergence.

    kl_warmup : float, default=0.0
        Share of the training over which that weight rises linearly from 0, in [0, 1].

    optimizer : {"adam", "sgd"}, default="adam"
        Rule of the updates.

    learning_rate : float or "auto", default="auto"
        Learning rate of the first half of the training; over the second half it falls linearly to 0. "auto" is
        ``2e-3 * sqrt(n_samples / n_features)``, but within [1e-3, 5e-3], with ``init="pca"``; 2e-3 with
        ``init="random"``, and 1e-2 if there are no hidden layers.

    weight_decay : float or "auto", default="auto"
        Decoupled weight decay of the nonlinear path, which pulls the model towards PCA. "auto" is
        ``3 * sqrt(n_components / 2) * (n_features / n_samples)**0.4`` with ``init="pca"``, and 0 otherwise.

    batch_size : int or "auto", default="auto"
        Rows per step; "auto" is ``min(200, n_samples)``.

    epochs : int, default=200
        Passes over the training rows.

    early_stopping : bool, default=False
        Set `validation_fraction` of the rows aside, stop when the loss on them has not improved by `tol` for
        `n_iter_no_change` epochs, and keep the weights of the best epoch; the start is epoch 0.

    validation_fraction : float, default=0.1
        Share of the rows set aside, in (0, 1).

    n_iter_no_change : int, default=10
        Epochs without improvement until training stops.

    tol : float, default=1e-4
        Least improvement of the validation loss, in nats per sample.

    n_init : int, default=1
        Number of starts with seeds of their own, trained side by side in threads; the one whose bound on the training
        rows is best is kept. A warm start goes on from that one alone.

    warm_start : bool, default=False
        Let `fit` go on from the earlier fit, for `epochs` more, instead of starting anew. Centring, scaling and seed
        stay, and the KL divergence is not warmed up again.

    missing : {"error", "mask", "censored"}, default="error"
        What NaN in the data is: an error; "mask": a missing value, which adds nothing to the loss; "censored": a
        missing value that may have been below a limit of detection, for logarithms of intensities, see
        :class:`~skvae.likelihoods.CensoredGaussian`. The encoder sees which values are known.

    detection_limit : float or array-like of shape (n_features,), default=None
        With ``missing="censored"`` only, the limits of the features, in units of the data; None learns them.

    covariates : list of str or int, default=None
        Columns of `X` that encoder and decoder get besides, such as batch or study, so that the latent variables need
        not tell of them. Their values, text or numbers, are levels: each becomes an indicator. They are no data:
        neither reconstructed nor scored.

    random_state : int, RandomState instance or None, default=None
        Determines the initial weights, the order of the rows and the noise. Pass an int for results that repeat bit by
        bit.

    verbose : int, default=0
        1 prints a line for each epoch.

    Attributes
    ----------
    history_ : dict of ndarray of shape (n_epochs,)
        For each epoch, or call of `partial_fit`, ``loss`` (``reconstruction + beta * kl``), ``reconstruction`` and
        ``kl`` in nats per sample on the scale of the data, ``seconds``, and ``val_loss`` with early stopping.

    n_iter_ : int
        Number of epochs run; with `warm_start` those of earlier fits included.

    n_samples_seen_ : int
        Number of rows that `fit`, or all calls of `partial_fit`, have learned from.

    kl_per_component_ : ndarray of shape (n_components,)
        KL divergence of each latent variable from its prior, in nats per sample: what it tells about a row. The mean
        over the rows of `fit`, or of the last call of `partial_fit`.

    active_components_ : ndarray of bool of shape (n_components,)
        The latent variables with at least 0.01 nats; the others are collapsed.

    mean_ : ndarray of shape (n_features,)
        Mean that is subtracted inside; zeros unless the likelihood is Gaussian.

    scale_ : float
        What the centred data are divided by inside: the root of their mean variance; 1 unless it is Gaussian.

    noise_variance_ : float or ndarray of shape (n_features,)
        Learned variance of the noise of each feature, in squared units of the data; only for Gaussian likelihoods.
        Larger than the mean squared error of the rows of `fit`, by a prior that makes up for the degrees of freedom
        that a linear model uses up [3]_.

    covariate_columns_, covariate_encoder_, covariate_shares_ : int array, OneHotEncoder, ndarray
        With `covariates` only: their positions in `X`, what turns their levels into indicators, and the share of the
        rows of `fit` at each level.

    encoder_, decoder_ : keras.Model
        Keras models with the fitted weights, built anew at each access. The encoder takes data and returns mean and
        log-variance, the decoder takes latent variables and returns expected data.

    n_features_in_ : int
        Number of features seen in `fit`.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of features seen in `fit`, if all are strings.

    See Also
    --------
    sklearn.decomposition.PCA : The linear model that this one starts from.

    Notes
    -----
    The loss of a sample is ``-log p(x|z) + beta * KL(q(z|x) || N(0, I))``, with one draw of z from the encoder's normal
    distribution q [1]_. With ``init="pca"`` the model before its first step has exactly the likelihood of probabilistic
    PCA [2]_. Its reconstruction error is then slightly above that of PCA's projection, because decoding the posterior
    mean shrinks component i by ``(variance_i - noise) / variance_i``.

    Ctrl-C ends the training with a warning, and the model keeps the best weights so far. Within a search it stops the
    search. Callbacks (:class:`sklearn.callback.ProgressBar` and others) see one task for each epoch; where `fit` got no
    `y`, they get `X`, which is what an autoencoder is to predict.

    By default the training goes less far, and is pulled back more, the more features there are per sample: each feature
    brings weights of its own, but only samples tell noise from structure. Both rules were found by experiment on
    held-out rows (see ``benchmarks/``). With ``init="pca"`` the steps of a weight matrix are scaled by
    ``min(1, 64 / n_inputs)``, so that one learning rate suits 4 and 8000 features.

    References
    ----------
    .. [1] Kingma and Welling (2014), "Auto-encoding variational Bayes".
    .. [2] Tipping and Bishop (1999), "Probabilistic principal component analysis".
    .. [3] Golub, Heath and Wahba (1979), "Generalized cross-validation as a method for choosing a good ridge
       parameter".

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skvae import VAETransformer
    >>> X, _ = load_iris(return_X_y=True)
    >>> vae = VAETransformer(n_components=2, random_state=0).fit(X)
    >>> vae.transform(X).shape
    (150, 2)
    """

    _parameter_constraints: dict = {
        **BaseAutoencoder._parameter_constraints,
        "likelihood": [StrOptions(set(LIKELIHOODS)), Likelihood],
        "beta": [Interval(Real, 0, None, closed="left")],
        "kl_warmup": [Interval(Real, 0, 1, closed="both")],
        "missing": [StrOptions({"error", "mask", "censored"})],
        "detection_limit": [Real, "array-like", None],
    }

    _is_variational = True

    def __init__(
        self,
        n_components=2,
        *,
        encoder=(120, 120, 16),
        decoder=None,
        activation="relu",
        likelihood="gaussian",
        init="pca",
        beta=1.0,
        kl_warmup=0.0,
        optimizer="adam",
        learning_rate="auto",
        weight_decay="auto",
        batch_size="auto",
        epochs=200,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-4,
        n_init=1,
        warm_start=False,
        missing="error",
        detection_limit=None,
        covariates=None,
        random_state=None,
        verbose=0,
    ):
        self.n_components = n_components
        self.encoder = encoder
        self.decoder = decoder
        self.activation = activation
        self.likelihood = likelihood
        self.init = init
        self.beta = beta
        self.kl_warmup = kl_warmup
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.epochs = epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.n_init = n_init
        self.warm_start = warm_start
        self.missing = missing
        self.detection_limit = detection_limit
        self.covariates = covariates
        self.random_state = random_state
        self.verbose = verbose

    def posterior(self, X):
        """Encode: mean and standard deviation of the latent variables given the data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        Returns
        -------
        mean, std : ndarray of shape (n_samples, n_components)
            Of the encoder's normal distribution of each latent variable.

        Raises
        ------
        ValueError
            As `transform` raises it.
        """
        mean, log_variance = self._encode(self._validated(X))
        return mean, np.exp(0.5 * log_variance)

    def sample(self, n_samples=1, random_state=None, covariates=None):
        """Draw new data: latent variables from the prior, then data from the likelihood.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.

        random_state : int, RandomState instance or None, default=None
            Seed of the draws; None takes that of the estimator.

        covariates : array-like of shape (n_samples, n_covariates), dict, or levels, default=None
            Levels of the covariates, as in `inverse_transform`.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Drawn data, noise included.

        Raises
        ------
        ValueError
            If `n_samples` is not a positive int, or `covariates` are as `inverse_transform` would not take them.
        """
        check_is_fitted(self)
        if not isinstance(n_samples, Integral) or isinstance(n_samples, bool) or n_samples < 1:
            raise ValueError(f"n_samples must be an int of at least 1, but is {n_samples!r}.")
        rng = check_random_state(self.random_state if random_state is None else random_state)
        Z = rng.standard_normal((n_samples, self._n_features_out))
        indicators, draw = self._indicators(covariates, n_samples), self._fitted_model.likelihood.sample
        return self._told(Z, indicators, lambda outputs, own: draw(outputs, own, rng))

    def score_samples(self, X, n_draws=16):
        """Bound the log-likelihood of each sample from below.

        The importance-weighted bound of Burda, Grosse and Salakhutdinov (2016): it rises with the number of draws
        towards log p(x), and is exact where the encoder is. The draws are the same at each call.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        n_draws : int, default=16
            Draws of the latent variables for each sample.

        Returns
        -------
        log_likelihood : ndarray of shape (n_samples,)
            In nats, on the scale of ``PCA.score_samples``.

        Raises
        ------
        ValueError
            If `n_draws` is not a positive int, or `X` is outside the likelihood's support.
        """
        check_is_fitted(self)
        if not isinstance(n_draws, Integral) or isinstance(n_draws, bool) or n_draws < 1:
            raise ValueError(f"n_draws must be an int of at least 1, but is {n_draws!r}.")

        def bound(model, weights, rows):
            return importance_weighted_bound(model, weights, rows, n_draws, self._seed)

        bounds, data = self._judged(X, bound)
        return bounds - self._scaling.log_volume_of(data)

    @property
    def noise_variance_(self):
        """Learned variance of the noise, in squared units of the data."""
        check_is_fitted(self)
        likelihood = self._fitted_model.likelihood
        if not isinstance(likelihood, Gaussian):
            raise AttributeError("noise_variance_ belongs to likelihood='gaussian'.")
        return likelihood.noise_variance(self._weights["likelihood"]) * self.scale_**2

    def _filled(self, X, rng=None):
        """Return what is expected, or drawn with `rng`, where values are missing."""
        rows = self._validated(X)
        model, scaled = self._fitted_model, self._scaled(rows, self._scaling, None)
        batch, likelihood = model.taken_apart(scaled), model.likelihood
        Z = self._encode(rows)[0] if rng is None else self._drawn_codes(scaled, rng)

        def fill(outputs, own):
            outputs = likelihood.outputs_at_size(batch.x, outputs, own, batch.known)
            if rng is None:
                return likelihood.mean_of_missing(outputs, own)
            return likelihood.sample_of_missing(outputs, own, rng)

        return self._told(Z, None, fill)

    def _drawn_codes(self, scaled, rng):
        """Draw the latent variables of rows, on the networks' scale, from their posterior."""
        model, weights, d = self._fitted_model, self._typed_weights(np.float64), scaled.shape[1]
        uniform, seed = rng.random_sample((len(scaled), self._n_features_out + 1)), rng.randint(np.iinfo(np.int32).max)

        def draws(block):
            return posterior_draws(model, weights, block[:, :d], block[:, d:], seed)

        return map_blocks(draws, np.hstack([scaled, uniform])).astype(scaled.dtype, copy=False)

    def _own_likelihood(self):
        """Return the name of the likelihood, or a copy that later changes of the parameters do not reach."""
        if self.missing == "censored":
            return self._censored()
        if self.detection_limit is not None:
            raise InvalidParameterError(f"detection_limit needs missing='censored', but it is {self.missing!r}.")
        if isinstance(self.likelihood, str):
            return self.likelihood
        likelihood = clone(self.likelihood)
        likelihood.validate()
        return likelihood

    def _censored(self):
        """Return the likelihood with limits of detection."""
        if self.likelihood != "gaussian" and type(self.likelihood) is not Gaussian:
            raise InvalidParameterError(
                f"missing='censored' needs likelihood='gaussian' (of logarithms), but it is {self.likelihood!r}."
            )
        variance = "shared" if isinstance(self.likelihood, str) else self.likelihood.variance
        likelihood = CensoredGaussian(variance, self.detection_limit)
        likelihood.validate()
        return likelihood

    def _model_for(self, X, covariates, before):
        """Add that training goes on only with the same limits, which are no part of what is compiled."""
        architecture, model = super()._model_for(X, covariates, before)
        if before.weights is not None and self.missing == "censored":
            was, now = self._architecture["likelihood"].limit, self.detection_limit
            if not np.array_equal(was, now):
                raise ValueError(
                    "Training goes on only with the limits it began with, but detection_limit changed (from "
                    f"{was!r:.200} to {now!r:.200}): start anew by fit with warm_start=False, or set it back."
                )
        return architecture, model

    def _attributes(self, architecture, scaling, covariates, rows, seed, earlier, weights, history):
        """Add what each latent variable says."""
        attributes = super()._attributes(architecture, scaling, covariates, rows, seed, earlier, weights, history)
        return attributes | kl_attributes(architecture, weights, rows)

    def _warn_of_codes(self):
        """Warn of collapsed latent variables."""
        warn_of_collapse(self.kl_per_component_, self.beta)
