"""What the package's models have in common: a table is validated, a model is built, trained and exposed."""

import threading
from functools import partial
from numbers import Integral, Real
from typing import ClassVar

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
    safe_indexing,
)
from skvae._content import content_key
from skvae._restore import restored_on_error
from skvae._study import is_within_study
from skvae._validation import (
    advising,
    check_table,
    refuse_float32_overflow,
    refuse_masked,
    validate_columns,
    validate_table,
)
from skvae.estimators._callbacks import EpochTasks
from skvae.estimators._columns import Covariates, refuse_other_covariates
from skvae.estimators._diagnostics import (
    warn_of_batch,
    warn_of_columns,
    warn_of_limit,
    warn_of_support,
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
    refuse_other_shapes,
    split_of,
)
from skvae.estimators._keras_models import keras_decoder, keras_encoder
from skvae.estimators._model import LATER_PARTS, Model
from skvae.estimators._scaling import Scaling
from skvae.estimators._state import COVARIATES, check_state, check_values, with_defaults
from skvae.estimators._stream import Stream
from skvae.estimators._threads import map_blocks
from skvae.estimators._training import Rows, derived_seed, train, train_once
from skvae.networks import ACTIVATIONS, MAX_UNITS, Network
from skvae.training import OPTIMIZERS

_FLOATS = (np.float64, np.float32)
# Weights of rows beyond this, or below its inverse, beside 1 are not those of float32.
_MOST_WEIGHT = 1e30
# What mends NaN and text in a table.
_MISSING = (
    "With missing='mask' fit takes missing values; skvae.VAEImputer and skvae.preprocessing.MeanImputer fill them."
)
_MISSING_SET_LATE = "missing={!r} was set after fit, and needs a new fit."
_TEXT = {
    "could not convert string": "Name columns of levels, such as batch or study, in covariates=[...], and turn other "
    "text into numbers."
}


class BaseAutoencoder(CallbackSupportMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Base class: life cycle, encoding and decoding of models that have an encoder and a decoder."""

    _parameter_constraints: dict = {
        "n_components": [Interval(Integral, 1, MAX_UNITS, closed="left")],
        "encoder": [tuple, list, Network],
        "decoder": [tuple, list, Network, None],
        "activation": [StrOptions(set(ACTIVATIONS))],
        "init": [StrOptions({"pca", "random"})],
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
        "covariates": ["array-like", None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    #: Whether the encoder gives distributions.
    _is_variational: ClassVar[bool]

    n_samples_seen_: int
    _stream: dict | None

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
        self : object
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
            covariates, X, sample_weight = self._rows_to_fit(X, sample_weight, before, at_least=2)
            if sample_weight is not None and np.ptp(sample_weight) == 0:
                sample_weight = None
            architecture, model = self._model_for(X, covariates, before)
            data = X[:, : model.n_features]
            scaling = before.scaling or Scaling.of(data, model.likelihood.standardizes, sample_weight)
            warn_of_width(self.n_components, model.n_features)
            if model.likelihood.standardizes:
                warn_of_columns(data, self._data_names(covariates))
            seed = self._new_seed() if before.seed is None else before.seed
            split = split_of(self, len(X), seed)
            n_effective, own_seed = effective_size(split[0], sample_weight), derived_seed(seed, before.n_iter)
            offset = _average(scaling.log_volume_of(data), sample_weight)
            plan = plan_of(self, model, split, n_effective, own_seed, scaling, offset, before.weights is None)
            rows = Rows(self._scaled(X, scaling, covariates), sample_weight, scaling)
            refuse_other_shapes(model, rows)
            attributes = partial(self._attributes, architecture, scaling, covariates, rows, seed, before.history)
            listeners = self._listeners(task, n_starts, attributes)
            stop = threading.Event()
            goes_on = before.weights is not None
            starts = [before.weights] if goes_on else self._pretrained(model, rows, plan, n_starts, stop)
            fitted = train(model, rows, plan, self.init, self.optimizer, starts, listeners, self._checked_noise(), stop)
            if fitted.ended_by == "interrupt" and (is_within_study() or task.is_part_of_search()):
                raise KeyboardInterrupt
            self._become(attributes(fitted.weights, fitted.history))
            warn_of_limit(getattr(model.likelihood, "limit", None), data)
            warn_of_training(fitted.history, fitted.ended_by, plan, model.likelihood.unit)
            self._warn_of_codes()
            task.end({})
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None, sample_weight=None):
        """Train on one more batch of a stream: a pass over its rows, at the full learning rate and `beta`.

        The calls until 200 rows have come set centring, scaling and the start at PCA; until then the estimator, its
        pickles and its files hold these rows. After a `fit`, the stream goes on from there. The first call sets the
        levels of covariates, and their shares.

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
        self : object
            Fitted estimator.

        Raises
        ------
        ValueError
            If `X` is as `fit` would not take it, or has other columns than the batches before; or with early stopping
            or pretraining, for which a stream has no rows to set aside. The estimator is then as it was before.
        MemoryError
            If the training does not fit into memory.

        Warns
        -----
        UserWarning
            If the batch is far from the rows that have set centring and scaling.
        """
        with restored_on_error(self):
            self._check_stream()
            before = Before.of(self) if self.__sklearn_is_fitted__() else Before()
            covariates, X, sample_weight = self._rows_to_fit(X, sample_weight, before, at_least=1)
            n_seen = len(X) + before.n_samples
            architecture, model = self._model_for(X, covariates, before)
            stream, X, sample_weight = Stream.of(before.stream, before.weights).taking(X, sample_weight)
            starts = stream.weights is None
            data = X[:, : model.n_features]
            scaling = Scaling.of(data, model.likelihood.standardizes, sample_weight) if starts else self._scaling
            seed = self._new_seed() if before.seed is None else before.seed
            split, own_seed = (np.arange(len(X)), np.arange(0)), derived_seed(seed, 1 + before.n_iter)
            offset = _average(scaling.log_volume_of(data), sample_weight)
            plan = plan_of(self, model, split, n_seen, own_seed, scaling, offset)
            rows = Rows(self._scaled(X, scaling, covariates), sample_weight, scaling)
            refuse_other_shapes(model, rows)
            if not starts:
                warn_of_batch(rows.X[:, : model.n_features])
            stream, history = train_once(model, rows, plan, self.init, self.optimizer, stream, self._checked_noise())
            earlier, trained = (seed, before.history), (stream.weights, history)
            self._become(self._attributes(architecture, scaling, covariates, rows, *earlier, *trained))
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
            Latent variables, standard normal under the prior of a VAE; float32 if `X` is, else float64.

        Raises
        ------
        ValueError
            If `X` holds NaN or infinity, other columns than in `fit`, or values too large for the networks.
        """
        return self._encode(self._validated(X))[0]

    def inverse_transform(self, X, covariates=None):
        """Decode: the expected data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components)
            Latent variables.

        covariates : array-like of shape (n_samples, n_covariates), dict, or levels, default=None
            Levels of the covariates to decode for: for each row, or once for all. Those of a data frame, or of a dict
            from name to level or levels such as ``{"lab": "A"}``, go by the names that `fit` saw, all others by the
            order of the parameter. None stands for the shares that the levels had in `fit`.

        Returns
        -------
        X_expected : ndarray of shape (n_samples, n_features)
            Expected data, on the scale of the training data, without the covariates.

        Raises
        ------
        ValueError
            If `X` has another number of columns than there are latent variables, or holds NaN; or if covariates are
            missing or unknown, or have levels that `fit` has not seen.
        """
        check_is_fitted(self)
        Z = check_table(X, dtype=_FLOATS, input_name="X")
        if Z.shape[1] != self._n_features_out:
            raise ValueError(
                f"inverse_transform needs the {self._n_features_out} latent variables that transform returns, but X "
                f"has {Z.shape[1]} columns."
            )
        return self._decoded(Z, self._indicators(covariates, len(Z)))

    def reconstruct(self, X, covariates=None):
        """Encode and decode.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data.

        covariates : array-like of shape (n_samples, n_covariates), dict, or levels, default=None
            Levels to decode for, as in `inverse_transform`; None keeps those of `X`, and a dict those of the covariates
            that it does not name.

        Returns
        -------
        X_expected : ndarray of shape (n_samples, n_features)
            Expected data, without the covariates; counts for rows as large as those of `X`, unlike from
            `inverse_transform`.

        Raises
        ------
        ValueError
            As `transform` and `inverse_transform` raise it.
        """
        rows, model = self._validated(X), self._fitted_model
        own = rows[:, model.n_features :]
        if covariates is not None:
            own = self._indicators(covariates, len(rows), own)
        batch = model.taken_apart(self._scaled(rows, self._scaling, self._covariates))

        def tell(outputs, weights):
            outputs = model.likelihood.outputs_at_size(batch.x, outputs, weights, batch.known)
            return model.likelihood.mean(outputs, weights)

        return self._told(self._encode(rows)[0], own, tell)

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
        score : float
            In the units of `score_samples`.

        Raises
        ------
        ValueError
            As `score_samples` raises it, or if weights are negative, NaN, all zero, or of another number.
        """
        sample_weight = None if sample_weight is None else _of_order_one(_checked_weights(sample_weight, X))
        return float(np.average(self.score_samples(X), weights=sample_weight))

    @property
    def encoder_(self):
        """Keras model from data, with the indicators of covariates behind them, to what the encoder gives."""
        check_is_fitted(self)
        return keras_encoder(self._fitted_model, self._weights, self._scaling)

    @property
    def decoder_(self):
        """Keras model from latent variables, with the indicators of covariates behind them, to expected data."""
        check_is_fitted(self)
        return keras_decoder(self._fitted_model, self._weights, self._scaling)

    @property
    def _scaling(self):
        """Centring and scaling of the fitted model."""
        return Scaling(self.mean_, self.scale_)

    @property
    def _fitted_model(self):
        """Networks and likelihood of the fit, which later changes of the parameters do not reach."""
        return Model.of(self._architecture, len(self.mean_))

    @property
    def _covariates(self):
        """Covariates of the fitted model, or None."""
        if not hasattr(self, "covariate_encoder_"):
            return None
        return Covariates(self.covariate_columns_, self.covariate_encoder_, self.covariate_shares_)

    @property
    def _n_features_out(self):
        """Number of latent variables, for `get_feature_names_out`."""
        return self._architecture["n_components"]

    def __sklearn_is_fitted__(self):
        """Tell whether `fit` has been successful."""
        return hasattr(self, "_weights")

    def __sklearn_tags__(self):
        """Add that both float types are kept, and whether values may be missing."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.missing != "error"
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def __setstate__(self, state):
        """Take a state from a pickle or a file, if its parts agree.

        Raises
        ------
        ValueError
            If an attribute is missing, or of another type or shape than the others ask for, or holds NaN.
        """
        state = with_defaults(type(self), state)
        self._check_state(state)
        check_values(state)
        super().__setstate__(state)

    @classmethod
    def _check_state(cls, state):
        """Raise a ValueError unless types and shapes of a state agree; of arrays only shape and dtype are asked."""
        check_state(state, cls._is_variational)

    def _rows_to_fit(self, X, sample_weight, before, at_least):
        """Check covariates, data and weights, and leave out rows of weight 0."""
        is_first, covariates = before.weights is None, before.covariates
        if self.covariates is not None:
            X = validate_columns(self, X, reset=is_first)
            X, sample_weight = _counted(X, sample_weight, at_least)  # before levels are learned
            covariates = Covariates.of(X, self.covariates, sample_weight) if is_first else covariates
        if not is_first:
            refuse_other_covariates(covariates, X, self.covariates)
        # In one order of memory: sums, and so the model, would have other last bits for a frame than for its array.
        options = {"order": "C", "ensure_min_samples": at_least, "reset": is_first}
        X = self._table(X, covariates, self.missing != "error", is_stream=at_least == 1, **options)
        return covariates, *_counted(X, sample_weight, at_least)

    def _table(self, X, covariates, may_miss, reset, is_stream=False, **options):
        """Check a table, and set the indicators of its covariates behind the data."""
        options |= {"dtype": _FLOATS, "ensure_all_finite": "allow-nan" if may_miss else True}
        advice = {"contains NaN": _MISSING if self.missing == "error" else _MISSING_SET_LATE.format(self.missing)}
        with advising(advice | (_TEXT if reset else {})):
            if covariates is None:
                return validate_table(self, X, reset=reset, **options)
            data, indicators = covariates.parted(X, is_stream)
            data = check_table(data, input_name="X", **options)
        return np.hstack([data, indicators.astype(data.dtype)])

    def _model_for(self, X, covariates, before):
        """Join networks and likelihood, check that they suit the data, and that training may go on with them."""
        n_covariates = 0 if covariates is None else covariates.n_indicators
        architecture = architecture_of(self, n_covariates)
        n_features = X.shape[1] - n_covariates
        model = Model.of(architecture, n_features)
        model.likelihood.check_support(X[:, :n_features], self._data_names(covariates))
        if before.weights is not None and model.key() != self._fitted_model.key():
            was, now = LATER_PARTS | self._architecture, architecture
            changed = [name for name in now if content_key(was[name]) != content_key(now[name])]
            words = {"is_masked": "missing", "linear_path": "init", "n_covariates": "levels of the covariates"}
            raise ValueError(
                "Training goes on only with the architecture it began with, but "
                f"{' and '.join(words.get(name, name) for name in changed)} changed (from "
                f"{', '.join(repr(was[name]) for name in changed)}): start anew by fit with warm_start=False, or set "
                "it back."
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
        """Check data to encode, and set the indicators of their covariates behind them."""
        if not self.__sklearn_is_fitted__():  # scikit-learn's check takes longer than to encode a row
            check_is_fitted(self)
        covariates = self._covariates
        if covariates is not None:
            X = validate_columns(self, X, reset=False)
        return self._table(X, covariates, self._architecture.get("is_masked", False), reset=False)

    def _encode(self, rows):
        """Return mean and log-variance, or the codes alone, in a tuple."""
        model, weights, scaling = self._fitted_model, self._typed_weights(rows.dtype), self._scaling
        covariates = self._covariates
        warn_of_support(model.likelihood, rows[:, : model.n_features], self._data_names(covariates))
        heads = map_blocks(lambda block: model.encode(weights, self._scaled(block, scaling, covariates)), rows)
        return tuple(_finite(head) for head in heads)

    def _decoded(self, Z, indicators):
        """Return the expected data."""
        return self._told(Z, indicators, self._fitted_model.likelihood.mean)

    def _told(self, Z, indicators, tell):
        """Decode, and bring to the scale of the data what `tell` makes of the outputs and the likelihood's weights."""
        model, weights, scaling = self._fitted_model, self._typed_weights(Z.dtype), self._scaling
        k = Z.shape[1]

        def outputs(block):
            return model.decode(weights, block[:, :k], block[:, k:] if indicators is not None else None)

        decoded = map_blocks(outputs, _beside(Z, indicators))
        with np.errstate(over="ignore", invalid="ignore"):
            return _finite(scaling.undo(tell(decoded, weights["likelihood"])))

    def _judged(self, X, judge):
        """Apply a function of model, weights and rows on the networks' scale to data within the support."""
        rows = self._validated(X).astype(np.float64, copy=False)
        model, weights, scaling = self._fitted_model, self._typed_weights(np.float64), self._scaling
        covariates, data = self._covariates, rows[:, : model.n_features]
        model.likelihood.check_support(data, self._data_names(covariates))
        values = map_blocks(lambda block: judge(model, weights, self._scaled(block, scaling, covariates)), rows)
        return values, data

    def _indicators(self, covariates, n_samples, own=None):
        """Return the indicators of covariates to decode for, which a dict may leave as they are; None without any."""
        if self._covariates is None:
            if covariates is not None:
                raise ValueError("The model has no covariates: set the parameter covariates before fit.")
            return None
        names = getattr(self, "feature_names_in_", None)
        names = None if names is None else names[self.covariate_columns_].tolist()
        return self._covariates.indicators(covariates, n_samples, names, own)

    def _scaled(self, rows, scaling, covariates):
        """Bring data to the networks' scale, on which float32 must hold them; covariates stay."""
        d = len(scaling.mean)
        X = scaling.apply(rows[:, :d])
        refuse_float32_overflow(X, self._data_names(covariates))
        return _beside(X, rows[:, d:] if covariates is not None else None)

    def _typed_weights(self, dtype):
        """Return the weights in the type of the data, so that float32 stays float32."""
        if dtype == self._weights["encoder"]["mean/bias"].dtype:
            return self._weights
        return {part: as_dtype(named, dtype) for part, named in self._weights.items()}

    def _attributes(self, architecture, scaling, covariates, *trained):
        """Return what a training leaves on the estimator."""
        attributes = fitted_attributes(architecture, scaling, *trained)
        if covariates is not None:
            attributes |= {f"covariate_{name}_": value for name, value in covariates._asdict().items()}
        return attributes

    def _check_stream(self):
        """Raise a ValueError if the parameters ask for what needs all rows at once."""
        if self.early_stopping:
            raise ValueError("partial_fit cannot stop early, as no rows can be set aside: set early_stopping=False.")

    def _checked_noise(self):
        """Return what spoils the rows in training."""
        return None

    @property
    def _noise_level(self):
        """How much it does, in units of the data."""
        return 0.0

    def _pretrained(self, model, rows, plan, n_starts, stop):
        """Return the weights of each start, or None if `init` sets them; Ctrl-C sets `stop`."""

    def _become(self, attributes):
        """Take fitted attributes, and drop those of covariates that an earlier fit had."""
        for name in COVARIATES:
            self.__dict__.pop(name, None)
        self.__dict__.update(attributes)

    def _warn_of_codes(self):
        """Warn of latent variables that are of no use."""

    def _data_names(self, covariates):
        """Names of the data's columns for messages: those of the data frame, or numbers."""
        names = getattr(self, "feature_names_in_", range(self.n_features_in_))
        return names if covariates is None else [name for i, name in enumerate(names) if i not in covariates.columns]


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


def _counted(X, sample_weight, at_least):
    """Check weights, and leave out rows of weight 0."""
    if sample_weight is None:
        return X, None
    sample_weight = _checked_weights(sample_weight, X)
    if at_least > 1:  # only proportions count in fit
        sample_weight = _of_order_one(sample_weight)
    elif sample_weight.max() > _MOST_WEIGHT:
        raise ValueError(f"sample_weight reaches {sample_weight.max():.3g}: beside 1, at most 1e30 can be counted.")
    counts = np.flatnonzero(sample_weight > 1 / _MOST_WEIGHT)
    if len(counts) < at_least:
        raise ValueError(f"sample_weight leaves {len(counts)} row(s) of a weight above 0, but {at_least} are needed.")
    return safe_indexing(X, counts), sample_weight[counts]


def _of_order_one(sample_weight):
    """Scale weights by a power of two, which changes no digit: sums of them neither overflow nor lose digits."""
    return np.ldexp(sample_weight, -np.frexp(sample_weight.max())[1])


def _metadata(sample_weight):
    """Give the callbacks what `fit` was given beside data."""
    return None if sample_weight is None else {"sample_weight": sample_weight}


def _beside(X, indicators):
    """Set indicators behind the data."""
    return X if indicators is None else np.hstack([X, indicators.astype(X.dtype, copy=False)])


def _average(values, sample_weight):
    """Average one value for all rows, or one for each."""
    return float(values if np.ndim(values) == 0 else np.average(values, weights=sample_weight))
