"""What a fitted model does: encode, decode and judge rows."""

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skvae._validation import advising, check_table, refuse_float32_overflow, validate_columns, validate_table
from skvae.estimators._columns import Covariates
from skvae.estimators._diagnostics import warn_of_support
from skvae.estimators._fitting import as_dtype
from skvae.estimators._keras_models import decoding, encoding, keras_decoder, keras_encoder
from skvae.estimators._model import Model
from skvae.estimators._row_weights import checked_weights, of_order_one
from skvae.estimators._scaling import Scaling
from skvae.estimators._threads import map_blocks

_FLOATS = (np.float64, np.float32)
# What mends NaN and text in a table.
_MISSING = (
    "With missing='mask' fit takes missing values; skvae.VAEImputer and skvae.preprocessing.MeanImputer fill them."
)
_MISSING_SET_LATE = "missing={!r} was set after fit, and needs a new fit."
_TEXT = {
    "could not convert string": "Name columns of levels, such as batch or study, in covariates=[...], and turn other "
    "text into numbers."
}


class Coder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Base class of models that have an encoder and a decoder."""

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
        sample_weight = None if sample_weight is None else of_order_one(checked_weights(sample_weight, X))
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

    def _function_of_tensors(self, part):
        """Return the encoder or the decoder as a function of TensorFlow's float64 tensors."""
        make = {"encoder": encoding, "decoder": decoding}[part]
        return make(self._fitted_model, self._weights, self._scaling)

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


def _beside(X, indicators):
    """Set indicators behind the data."""
    return X if indicators is None else np.hstack([X, indicators.astype(X.dtype, copy=False)])
