"""Missing values filled in by a variational autoencoder."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, clone
from sklearn.impute import MissingIndicator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skvae._compat import InvalidParameterError, fit_context
from skvae._restore import restored_on_error
from skvae._validation import listed, validate_table
from skvae.estimators._diagnostics import warn_of_dropped, warn_of_no_structure
from skvae.estimators._state import with_defaults
from skvae.estimators._vae import VAETransformer

_FLOATS = (np.float64, np.float32)
# Latent variables of the model that stands in for none given.
MOST_COMPONENTS = 10
_FITTED = ("n_features_in_", "estimator_", "empty_features_", "indicator_")


class VAEImputer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Imputation of missing values by a variational autoencoder.

    A :class:`VAETransformer` learns from the values that are known; those that are missing are filled with what it
    expects at the latent variables of the row, or with draws. With ``init="pca"`` it starts at probabilistic PCA of the
    known values.

    Parameters
    ----------
    estimator : VAETransformer, default=None
        The model, with ``missing="mask"`` or ``missing="censored"``; None is
        ``VAETransformer(n_components=min(10, n_features - 1), missing="mask")``, with at least one latent variable,
        where features without any value do not count. Of an array of limits (`detection_limit`), that of such a feature
        is left out.

    sample_posterior : bool, default=False
        Draw latent variables and values instead of taking what is expected: with several seeds, multiple imputation.
        The latent variables are drawn from their posterior given the known values of the row, by importance resampling.

    add_indicator : bool, default=False
        Add a column for each feature that had missing values in `fit`, which tells where it has.

    keep_empty_features : bool, default=False
        Keep features without any value in `fit`, filled with 0, instead of dropping them.

    random_state : int, RandomState instance or None, default=None
        Determines the training, unless `estimator` has a seed of its own, and the draws.

    Attributes
    ----------
    estimator_ : VAETransformer
        The fitted model, which knows the features that are not empty.

    indicator_ : MissingIndicator or None
        What tells where values are missing.

    empty_features_ : ndarray of bool of shape (n_features,)
        Features without any value in `fit`.

    n_features_in_ : int
        Number of features seen in `fit`.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of features seen in `fit`, if all are strings.

    See Also
    --------
    sklearn.impute.IterativeImputer : Regresses each feature on the others, one after the other.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from skvae import VAEImputer, VAETransformer
    >>> X, _ = load_iris(return_X_y=True)
    >>> X[::3, 0] = np.nan
    >>> imputer = VAEImputer(VAETransformer(2, missing="mask"), random_state=0)
    >>> bool(np.isnan(imputer.fit_transform(X)).any())
    False
    """

    _parameter_constraints: dict = {
        "estimator": [VAETransformer, None],
        "sample_posterior": ["boolean"],
        "add_indicator": ["boolean"],
        "keep_empty_features": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator=None,
        *,
        sample_posterior=False,
        add_indicator=False,
        keep_empty_features=False,
        random_state=None,
    ):
        self.estimator = estimator
        self.sample_posterior = sample_posterior
        self.add_indicator = add_indicator
        self.keep_empty_features = keep_empty_features
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Learn from the values that are known.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, NaN where they are missing.

        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : VAEImputer
            Fitted imputer.

        Raises
        ------
        ValueError
            If `X` holds infinity, or no value at all, or the model cannot be fitted to it. The imputer is then as it
            was before.

        Warns
        -----
        UserWarning
            If features without any value are dropped, if no latent variable is active, or as the model's own `fit`
            warns. Some latent variables that are not active do no harm, and are not told.
        """
        with restored_on_error(self):
            X = validate_table(self, X, dtype=_FLOATS, ensure_all_finite="allow-nan", ensure_min_samples=2)
            empty = np.isnan(X).all(axis=0)
            if empty.all():
                raise ValueError("VAEImputer found no value in any feature.")
            self.estimator_ = self._fitted_model(X, empty)
            self.empty_features_ = empty
            if empty.any() and not self.keep_empty_features:
                warn_of_dropped(empty, getattr(self, "feature_names_in_", range(X.shape[1])))
            if not self.estimator_.active_components_.any():
                warn_of_no_structure()
            self.indicator_ = MissingIndicator(error_on_new=False).fit(X) if self.add_indicator else None
        return self

    def transform(self, X):
        """Fill the missing values.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Data, NaN where they are missing.

        Returns
        -------
        X_filled : ndarray of shape (n_samples, n_features_out)
            The same, with all values.

        Raises
        ------
        ValueError
            If `X` holds infinity, or has other columns than in `fit`.
        """
        check_is_fitted(self)
        X = validate_table(self, X, dtype=_FLOATS, ensure_all_finite="allow-nan", reset=False)
        kept, missing = X[:, ~self.empty_features_], np.isnan(X)
        rng = check_random_state(self.random_state) if self.sample_posterior else None
        filled = np.zeros_like(X)
        filled[:, ~self.empty_features_] = self.estimator_._filled(kept, rng)
        filled = np.where(missing, filled, X)
        if not self.keep_empty_features:
            filled = filled[:, ~self.empty_features_]
        if self.indicator_ is None:
            return filled
        return np.hstack([filled, missing[:, self.indicator_.features_].astype(filled.dtype)])

    def get_feature_names_out(self, input_features=None):
        """Name the columns that `transform` gives.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the features, if `fit` saw none.

        Returns
        -------
        names : ndarray of str
            Those of `X`, without features that had no value in `fit`, and those of the indicators.
        """
        check_is_fitted(self)
        names = super().get_feature_names_out(input_features)
        kept = names if self.keep_empty_features else names[~self.empty_features_]
        return kept if self.indicator_ is None else np.append(kept, self.indicator_.get_feature_names_out(names))

    def _fitted_model(self, X, empty):
        """Fit the model to the features that are not empty, and name the others if it fails."""
        try:
            with warnings.catch_warnings():
                # What latent variables tell is of no interest as long as there is one that tells something.
                warnings.filterwarnings("ignore", message="Posterior collapse")
                return self._model_for(empty).fit(X[:, ~empty])
        except ValueError as error:
            if empty.any():
                names = getattr(self, "feature_names_in_", range(len(empty)))
                left_out = listed([names[i] for i in np.flatnonzero(empty)])
                error.add_note(f"VAEImputer left out column(s) {left_out}, which hold no value.")
            raise

    def _model_for(self, empty):
        """Make the model of the features that are not empty."""
        n_known = int((~empty).sum())
        if self.estimator is None:
            model = VAETransformer(max(1, min(MOST_COMPONENTS, n_known - 1)), missing="mask")
        else:
            model = clone(self.estimator)
        if model.missing == "error" or model.covariates is not None:
            raise InvalidParameterError(
                "The estimator of a VAEImputer must have missing='mask' or 'censored', and no covariates."
            )
        if model.random_state is None:
            model.set_params(random_state=check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        limits = model.detection_limit
        if empty.any() and np.ndim(limits) == 1 and len(limits) == len(empty):
            model.set_params(detection_limit=[limit for limit, gone in zip(limits, empty, strict=True) if not gone])
        return model

    def __setstate__(self, state):
        """Take a state from a pickle or a file, if its parts agree.

        Raises
        ------
        ValueError
            If an attribute is missing, or does not fit the others.
        """
        state = with_defaults(type(self), state)
        if any(name in state for name in _FITTED):
            self._check_state(state)
            empty, n_known = state["empty_features_"], state["estimator_"].n_features_in_
            _require(int((~empty).sum()) == n_known, "estimator_ must know the features that are not empty")
            if state["indicator_"] is not None:
                features = state["indicator_"].features_
                _require(((features >= 0) & (features < len(empty))).all(), "indicator_ knows other features")
        super().__setstate__(state)

    @staticmethod
    def _check_state(state):
        """Raise a ValueError unless the attributes fit together; of arrays only shape and dtype are asked."""
        missing = [name for name in _FITTED if name not in state]
        _require(not missing, f"{', '.join(missing)} missing")
        n_features, empty, model = state["n_features_in_"], state["empty_features_"], state["estimator_"]
        _require(_is_array(empty, "b") and empty.shape == (n_features,), "empty_features_ must be bools")
        _require(type(model) is VAETransformer and hasattr(model, "_weights"), "estimator_ is no fitted VAETransformer")
        model._check_state(vars(model))
        is_masked = model._architecture.get("is_masked", False)
        _require(
            is_masked and not hasattr(model, "covariate_columns_"), "estimator_ does not take missing values alone"
        )
        if (names := state.get("feature_names_in_")) is not None:
            _require(_is_array(names, "O") and names.shape == (n_features,), "feature_names_in_ must name each feature")
        if (indicator := state["indicator_"]) is not None:
            _require(type(indicator) is MissingIndicator, "indicator_ is no MissingIndicator")
            features = vars(indicator).get("features_")
            _require(_is_array(features, "iu") and len(features.shape) == 1, "indicator_ is not fitted")
            _require(vars(indicator).get("n_features_in_") == n_features, "indicator_ knows other features")

    def __sklearn_is_fitted__(self):
        """Tell whether `fit` has been successful."""
        return hasattr(self, "estimator_")

    def __sklearn_tags__(self):
        """Add that values may be missing, and that both float types are kept."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _is_array(values, kinds):
    """Tell whether these are an array, or what a file says of one, of one of these kinds."""
    return hasattr(values, "shape") and getattr(values, "dtype", np.dtype("V")).kind in kinds


def _require(holds, what):
    """Raise if something does not hold."""
    if not holds:
        raise ValueError(f"The state of the VAEImputer does not agree with itself: {what}.")
