"""The variational autoencoder as a scikit-learn transformer."""

from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skvae._compat import (
    CallbackSupportMixin,
    FitTask,
    Interval,
    StrOptions,
    check_sample_weight,
    fit_context,
    has_callbacks,
)
from skvae._restore import restored_on_error
from skvae._study import is_within_study
from skvae._validation import check_table, refuse_float32_overflow, refuse_masked, validate_table
from skvae.estimators._bound import importance_weighted_bound
from skvae.estimators._callbacks import EpochTasks
from skvae.estimators._diagnostics import (
    warn_of_batch,
    warn_of_collapse,
    warn_of_columns,
    warn_of_training,
    warn_of_width,
)
from skvae.estimators._fitting import (
    Before,
    architecture_of,
    as_dtype,
    effective_size,
    fitted_attributes,
    plan_of,
    split_of,
)
from skvae.estimators._model import Model, keras_decoder, keras_encoder
from skvae.estimators._scaling import Scaling
from skvae.estimators._state import check_state, check_values
from skvae.estimators._stream import Stream
from skvae.estimators._threads import map_blocks
from skvae.estimators._training import Rows, derived_seed, train, train_once
from skvae.likelihoods import LIKELIHOODS
from skvae.networks import ACTIVATIONS, MAX_UNITS, Network
from skvae.training import OPTIMIZERS

_FLOATS = (np.float64, np.float32)
# Weights of rows beyond this, or below its inverse, beside 1 are not those of float32.
_MOST_WEIGHT = 1e30


class VAETransformer(CallbackSupportMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
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

    likelihood : {"gaussian", "bernoulli"}, default="gaussian"
        "gaussian": any data, with one learned noise variance; the data are centred, and divided by one scale, inside.
        "bernoulli": values in [0, 1], cross-entropy summed over the features.

    init : {"pca", "random"}, default="pca"
        "pca": add a linear path to both networks and start at the optimum of the linear model: probabilistic PCA for
        "gaussian", for "bernoulli" the same on Pearson residuals. "random": bare networks with random weights.

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
        ``4 * sqrt(n_features / n_samples)`` with ``init="pca"``, and 0 otherwise.

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

    random_state : int, RandomState instance or None, default=None
        Determines the initial weights, the order of the rows and the noise. Pass an int for results that repeat bit by
        bit.

    verbose : int, default=0
        1 prints a line for each epoch.

    Attributes
    ----------
    history_ : dict of ndarray of shape (n_iter_,)
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
        Mean that is subtracted inside; zeros for "bernoulli".

    scale_ : float
        What the centred data are divided by inside: the root of their mean variance; 1 for "bernoulli".

    noise_variance_ : float
        Learned variance of the noise of each feature, in squared units of the data; only for "gaussian".

    encoder_, decoder_ : keras.Model
        Keras models with the fitted weights, built anew at each access. The encoder takes data and returns mean and
        log-variance, the decoder takes latent variables and returns expected data.

    n_features_in_ : int
        Number of features seen during :term:`fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during :term:`fit`, if all are strings.

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
        "n_components": [Interval(Integral, 1, MAX_UNITS, closed="left")],
        "encoder": [tuple, list, Network],
        "decoder": [tuple, list, Network, None],
        "activation": [StrOptions(set(ACTIVATIONS))],
        "likelihood": [StrOptions(set(LIKELIHOODS))],
        "init": [StrOptions({"pca", "random"})],
        "beta": [Interval(Real, 0, None, closed="left")],
        "kl_warmup": [Interval(Real, 0, 1, closed="both")],
        "optimizer": [StrOptions(set(OPTIMIZERS))],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "weight_decay": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "batch_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    n_samples_seen_: int
    _stream: dict | None

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
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None, sample_weight=None):
        """Train the model.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Training data.

        y : Ignored
            Handed to callbacks.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, of which only the proportions count. A row of weight 0 is left out.

        Returns
        -------
        self : VAETransformer
            Fitted estimator.

        Raises
        ------
        ValueError
            If `X` holds NaN, infinity or values outside the likelihood's support, has fewer than two rows, or the
            training diverges. The estimator is then as it was before.
        MemoryError
            If the training does not fit into memory.

        Warns
        -----
        ConvergenceWarning
            If the training was interrupted, made the loss worse, or ended before early stopping was due.
        UserWarning
            If columns are constant or of wildly different scales, latent variables are collapsed, or the warm-up of the
            KL divergence is longer than the training.
        """
        before = Before.of(self) if self.warm_start and self.__sklearn_is_fitted__() else Before()
        n_starts = self.n_init if before.weights is None else 1
        data = {"X": X, "y": X if y is None else y, "metadata": _metadata(sample_weight)}
        task = FitTask.open(self, self.epochs if n_starts == 1 else n_starts, data)
        task.begin()
        with restored_on_error(self):
            X, sample_weight = self._rows_to_fit(X, sample_weight, before, at_least=2)
            if sample_weight is not None and np.ptp(sample_weight) == 0:
                sample_weight = None
            architecture, model = self._model_for(X, before)
            scaling = before.scaling or Scaling.of(X, model.likelihood.standardizes, sample_weight)
            warn_of_width(self.n_components, X.shape[1])
            if model.likelihood.standardizes:
                warn_of_columns(X, self._feature_names())
            seed = self._new_seed() if before.seed is None else before.seed
            split = split_of(self, len(X), seed)
            n_effective, own_seed = effective_size(split[0], sample_weight), derived_seed(seed, before.n_iter)
            plan = plan_of(self, model, split, n_effective, own_seed, scaling.log_volume, before.weights is None)
            rows = Rows(self._scaled(X, scaling), sample_weight)
            attributes = partial(fitted_attributes, architecture, scaling, rows, seed, before.history)
            listeners = self._listeners(task, n_starts, attributes)
            fitted = train(model, rows, plan, self.init, self.optimizer, before.weights, listeners)
            if fitted.ended_by == "interrupt" and (is_within_study() or task.is_part_of_search()):
                raise KeyboardInterrupt
            self.__dict__.update(attributes(fitted.weights, fitted.history))
            warn_of_training(fitted.history, fitted.ended_by, plan)
            warn_of_collapse(self.kl_per_component_, self.beta)
            task.end({})
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None, sample_weight=None):
        """Train on one more batch of a stream: a pass over its rows, at the full learning rate and `beta`.

        The calls until 200 rows have come set centring, scaling and the start at PCA; until then the estimator, its
        pickles and its files hold these rows. After a `fit`, the stream goes on from there.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Batch of any size.

        y : Ignored
            Present for API consistency.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, beside 1 for those of other batches.

        Returns
        -------
        self : VAETransformer
            Fitted estimator.

        Raises
        ------
        ValueError
            If `X` is as `fit` would not take it, or has other columns than the batches before; or with early stopping,
            for which a stream has no rows to set aside. The estimator is then as it was before.
        MemoryError
            If the training does not fit into memory.

        Warns
        -----
        UserWarning
            If the batch is far from the rows that have set centring and scaling.
        """
        with restored_on_error(self):
            if self.early_stopping:
                raise ValueError(
                    "partial_fit cannot stop early, as no rows can be set aside: set early_stopping=False."
                )
            before = Before.of(self) if self.__sklearn_is_fitted__() else Before()
            X, sample_weight = self._rows_to_fit(X, sample_weight, before, at_least=1)
            n_seen = len(X) + before.n_samples
            architecture, model = self._model_for(X, before)
            stream, X, sample_weight = Stream.of(before.stream, before.weights).taking(X, sample_weight)
            starts = stream.weights is None
            scaling = Scaling.of(X, model.likelihood.standardizes, sample_weight) if starts else self._scaling
            seed = self._new_seed() if before.seed is None else before.seed
            split, own_seed = (np.arange(len(X)), np.arange(0)), derived_seed(seed, 1 + before.n_iter)
            plan = plan_of(self, model, split, n_seen, own_seed, scaling.log_volume)
            rows = Rows(self._scaled(X, scaling), sample_weight)
            if not starts:
                warn_of_batch(rows.X)
            stream, history = train_once(model, rows, plan, self.init, self.optimizer, stream)
            trained = stream.weights, history
            self.__dict__.update(fitted_attributes(architecture, scaling, rows, seed, before.history, *trained))
            self.n_samples_seen_ = n_seen
            self._stream = stream.stored()
        return self

    def transform(self, X):
        """Encode: the posterior mean of the latent variables.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_components)
            Latent variables, standard normal under the prior; float32 if `X` is, else float64.

        Raises
        ------
        ValueError
            If `X` holds NaN or infinity, other columns than in `fit`, or values too large for the networks.
        """
        return self._encode(self._validated(X))[0]

    def posterior(self, X):
        """Encode: mean and standard deviation of the latent variables given the data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        Returns
        -------
        mean, std : ndarray of shape (n_samples, n_components)

        Raises
        ------
        ValueError
            As `transform` raises it.
        """
        mean, log_variance = self._encode(self._validated(X))
        return mean, np.exp(0.5 * log_variance)

    def inverse_transform(self, X):
        """Decode: the expected data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components)
            Latent variables.

        Returns
        -------
        X_expected : ndarray of shape (n_samples, n_features)
            Expected data, on the scale of the training data.

        Raises
        ------
        ValueError
            If `X` has another number of columns than there are latent variables, or holds NaN.
        """
        check_is_fitted(self)
        Z = check_table(X, dtype=_FLOATS, input_name="X")
        if Z.shape[1] != self._n_features_out:
            raise ValueError(
                f"inverse_transform needs the {self._n_features_out} latent variables that transform returns, but X "
                f"has {Z.shape[1]} columns."
            )
        model, weights, scaling = self._fitted_model, self._typed_weights(Z.dtype), self._scaling
        return _finite(map_blocks(lambda z: scaling.undo(model.likelihood.mean(model.decode(weights, z))), Z))

    def reconstruct(self, X):
        """Encode and decode.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        Returns
        -------
        X_expected : ndarray of shape (n_samples, n_features)
            ``inverse_transform(transform(X))``.

        Raises
        ------
        ValueError
            As `transform` raises it.
        """
        return self.inverse_transform(self._encode(self._validated(X))[0])

    def sample(self, n_samples=1, random_state=None):
        """Draw new data: latent variables from the prior, then data from the likelihood.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.

        random_state : int, RandomState instance or None, default=None
            Seed of the draws; None takes that of the estimator.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Drawn data, noise included.

        Raises
        ------
        ValueError
            If `n_samples` is not a positive int.
        """
        check_is_fitted(self)
        if not isinstance(n_samples, Integral) or isinstance(n_samples, bool) or n_samples < 1:
            raise ValueError(f"n_samples must be an int of at least 1, but is {n_samples!r}.")
        rng = check_random_state(self.random_state if random_state is None else random_state)
        Z = rng.standard_normal((n_samples, self._n_features_out))
        model = self._fitted_model
        outputs = map_blocks(lambda z: model.decode(self._weights, z), Z)
        return self._scaling.undo(model.likelihood.sample(outputs, self._weights["likelihood"], rng))

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
        X = self._validated(X).astype(np.float64, copy=False)
        if not isinstance(n_draws, Integral) or isinstance(n_draws, bool) or n_draws < 1:
            raise ValueError(f"n_draws must be an int of at least 1, but is {n_draws!r}.")
        self._fitted_model.likelihood.check_support(X, self._feature_names())
        model, weights, scaling = self._fitted_model, self._typed_weights(np.float64), self._scaling

        def bound(block):
            return importance_weighted_bound(model, weights, self._scaled(block, scaling), n_draws, self._seed)

        return map_blocks(bound, X) - scaling.log_volume

    def score(self, X, y=None, sample_weight=None):
        """Return the mean of `score_samples`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        y : None
            Ignored.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows in the mean.

        Returns
        -------
        log_likelihood : float
            In nats per sample.

        Raises
        ------
        ValueError
            As `score_samples` raises it, or if weights are negative, NaN, all zero, or of another number.
        """
        sample_weight = None if sample_weight is None else _of_order_one(_checked_weights(sample_weight, X))
        return float(np.average(self.score_samples(X), weights=sample_weight))

    @property
    def noise_variance_(self):
        """Learned variance of the noise, in squared units of the data."""
        check_is_fitted(self)
        if self._fitted_model.likelihood.name != "gaussian":
            raise AttributeError("noise_variance_ belongs to likelihood='gaussian'.")
        return self._fitted_model.likelihood.noise_variance(self._weights["likelihood"]) * self.scale_**2

    @property
    def encoder_(self):
        """Keras model from data to mean and log-variance of the latent variables."""
        check_is_fitted(self)
        return keras_encoder(self._fitted_model, self._weights, self._scaling)

    @property
    def decoder_(self):
        """Keras model from latent variables to expected data."""
        check_is_fitted(self)
        return keras_decoder(self._fitted_model, self._weights, self._scaling)

    @property
    def _scaling(self):
        """Centring and scaling of the fitted model."""
        return Scaling(self.mean_, self.scale_)

    @property
    def _fitted_model(self):
        """Networks and likelihood of the fit, which later changes of the parameters do not reach."""
        return Model.of(self._architecture, self.n_features_in_)

    @property
    def _n_features_out(self):
        """Number of latent variables, for `get_feature_names_out`."""
        return self._architecture["n_components"]

    def __sklearn_is_fitted__(self):
        """Tell whether `fit` has been successful."""
        return hasattr(self, "_weights")

    def __sklearn_tags__(self):
        """Add that both float types are kept."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def __setstate__(self, state):
        """Take a state from a pickle or a file, if its parts agree.

        Raises
        ------
        ValueError
            If an attribute is missing, or of another type or shape than the others ask for, or holds NaN.
        """
        self._check_state(state)
        check_values(state)
        super().__setstate__(state)

    @staticmethod
    def _check_state(state):
        """Raise a ValueError unless types and shapes of a state agree; of arrays only shape and dtype are asked."""
        check_state(state)

    def _rows_to_fit(self, X, sample_weight, before, at_least):
        """Check data and weights, and leave out rows of weight 0."""
        # In one order of memory: sums, and so the model, would have other last bits for a frame than for its array.
        is_first = before.weights is None
        X = validate_table(self, X, dtype=_FLOATS, order="C", reset=is_first, ensure_min_samples=at_least)
        if sample_weight is None:
            return X, None
        sample_weight = _checked_weights(sample_weight, X)
        if at_least > 1:  # only proportions count in fit
            sample_weight = _of_order_one(sample_weight)
        elif sample_weight.max() > _MOST_WEIGHT:
            raise ValueError(f"sample_weight reaches {sample_weight.max():.3g}: beside 1, at most 1e30 can be counted.")
        counts = sample_weight > 1 / _MOST_WEIGHT
        if counts.sum() < at_least:
            raise ValueError(
                f"sample_weight leaves {counts.sum()} row(s) of a weight above 0, but {at_least} are needed."
            )
        return X[counts], sample_weight[counts]

    def _model_for(self, X, before):
        """Join networks and likelihood, check that they suit the data, and that training may go on with them."""
        architecture = architecture_of(self)
        model = Model.of(architecture, X.shape[1])
        model.likelihood.check_support(X, self._feature_names())
        if before.weights is not None and model.key() != self._fitted_model.key():
            was, now = self._architecture, architecture
            changed = [name for name in was if repr(was[name]) != repr(now[name])]
            raise ValueError(
                f"Training goes on only with the architecture it began with, but {' and '.join(changed)} changed "
                f"(from {', '.join(repr(was[name]) for name in changed)}): start anew by fit with warm_start=False, or "
                "set it back."
            )
        return architecture, model

    def _new_seed(self):
        """Draw a seed from `random_state`."""
        return int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))

    def _listeners(self, task, n_starts, attributes):
        """Make what tells the callbacks of the epochs of each start; None without callbacks."""
        if not has_callbacks(self):
            return [None] * n_starts
        if n_starts == 1:
            return [EpochTasks(task, attributes, is_start=False)]
        starts = [task.subtask("start", max_subtasks=self.epochs) for _ in range(n_starts)]
        return [EpochTasks(start, attributes, is_start=True) for start in starts]

    def _validated(self, X):
        """Check data to encode."""
        if not self.__sklearn_is_fitted__():  # scikit-learn's check takes longer than to encode a row
            check_is_fitted(self)
        return validate_table(self, X, dtype=_FLOATS, reset=False)

    def _encode(self, X):
        """Return mean and log-variance."""
        model, weights, scaling = self._fitted_model, self._typed_weights(X.dtype), self._scaling
        mean, log_variance = map_blocks(lambda block: model.encode(weights, self._scaled(block, scaling)), X)
        return _finite(mean), _finite(log_variance)

    def _scaled(self, X, scaling):
        """Bring data to the networks' scale, on which float32 must hold them."""
        X = scaling.apply(X)
        refuse_float32_overflow(X, self._feature_names())
        return X

    def _typed_weights(self, dtype):
        """Return the weights in the type of the data, so that float32 stays float32."""
        if dtype == self._weights["encoder"]["mean/bias"].dtype:
            return self._weights
        return {part: as_dtype(named, dtype) for part, named in self._weights.items()}

    def _feature_names(self):
        """Names for messages: those of the data frame, or numbers."""
        return getattr(self, "feature_names_in_", range(self.n_features_in_))


def _finite(values):
    """Refuse what the networks make of data that lie too far from those they know."""
    if not np.isfinite(values).all():
        raise ValueError(
            f"X holds values so large that the networks overflow in {values.dtype}: check their unit, or pass float64."
        )
    return values


def _checked_weights(sample_weight, X):
    """Check the weights of rows."""
    refuse_masked(sample_weight, "sample_weight", "Give such rows the weight 0.")
    return check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)


def _of_order_one(sample_weight):
    """Scale weights by a power of two, which changes no digit: sums of them neither overflow nor lose digits."""
    return np.ldexp(sample_weight, -np.frexp(sample_weight.max())[1])


def _metadata(sample_weight):
    """Give the callbacks what `fit` was given beside data."""
    return None if sample_weight is None else {"sample_weight": sample_weight}
