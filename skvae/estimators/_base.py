"""What the package's models have in common: a table is validated, a model is built and trained."""

import threading
from functools import partial
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils import check_random_state

from skvae._compat import (
    CallbackSupportMixin,
    FitTask,
    Interval,
    StrOptions,
    fit_context,
    has_callbacks,
)
from skvae._content import content_key
from skvae._restore import restored_on_error
from skvae._study import is_within_study
from skvae._validation import (
    validate_columns,
)
from skvae.estimators._anndata import AnnDataMixin
from skvae.estimators._callbacks import EpochTasks
from skvae.estimators._coding import Coder
from skvae.estimators._columns import Covariates, refuse_other_covariates
from skvae.estimators._diagnostics import (
    warn_of_batch,
    warn_of_columns,
    warn_of_limit,
    warn_of_training,
    warn_of_width,
)
from skvae.estimators._fitting import (
    Before,
    architecture_of,
    effective_size,
    fitted_attributes,
    plan_of,
    refuse_other_shapes,
    share_of_known,
    split_of,
)
from skvae.estimators._model import LATER_PARTS, Model
from skvae.estimators._row_weights import average_of, counted
from skvae.estimators._scaling import Scaling
from skvae.estimators._state import COVARIATES, check_state, check_values, with_defaults
from skvae.estimators._stream import Stream
from skvae.estimators._training import Rows, derived_seed, train, train_once
from skvae.networks import ACTIVATIONS, MAX_UNITS, Network
from skvae.training import OPTIMIZERS


class BaseAutoencoder(AnnDataMixin, CallbackSupportMixin, Coder):
    """Base class: the life cycle."""

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
            offset = average_of(scaling.log_volume_of(data), sample_weight)
            n_known = n_effective * share_of_known(data)
            anew = before.weights is None
            plan = plan_of(self, model, split, n_effective, n_known, own_seed, scaling, offset, anew)
            rows = Rows(self._scaled(X, scaling, covariates), sample_weight, scaling)
            refuse_other_shapes(model, rows)
            attributes = partial(self._attributes, architecture, scaling, covariates, rows, seed, before.history)
            listeners = self._listeners(task, n_starts, attributes)
            stop = threading.Event()
            starts = self._pretrained(model, rows, plan, n_starts, stop) if anew else [before.weights]
            fitted = train(model, rows, plan, self.init, self.optimizer, starts, listeners, self._checked_noise(), stop)
            if fitted.ended_by == "interrupt" and (is_within_study() or task.is_part_of_search()):
                raise KeyboardInterrupt
            self._become(attributes(fitted.weights, fitted.history))
            warn_of_limit(getattr(model.likelihood, "limit", None), data)
            warn_of_training(fitted, plan, model.likelihood.unit)
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
            offset = average_of(scaling.log_volume_of(data), sample_weight)
            plan = plan_of(self, model, split, n_seen, n_seen * share_of_known(data), own_seed, scaling, offset)
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
            X, sample_weight = counted(X, sample_weight, at_least)  # before levels are learned
            covariates = Covariates.of(X, self.covariates, sample_weight) if is_first else covariates
        if not is_first:
            refuse_other_covariates(covariates, X, self.covariates)
        # In one order of memory: sums, and so the model, would have other last bits for a frame than for its array.
        options = {"order": "C", "ensure_min_samples": at_least, "reset": is_first}
        X = self._table(X, covariates, self.missing != "error", is_stream=at_least == 1, **options)
        return covariates, *counted(X, sample_weight, at_least)

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


def _metadata(sample_weight):
    """Give the callbacks what `fit` was given beside data."""
    return None if sample_weight is None else {"sample_weight": sample_weight}
