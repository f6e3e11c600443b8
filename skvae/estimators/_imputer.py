"""Missing values filled in by a variational autoencoder."""

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, clone
from sklearn.impute import MissingIndicator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skvae._compat import InvalidParameterError, fit_context
from skvae._restore import restored_on_error
from skvae._validation import validate_table
from skvae.estimators._vae import VAETransformer

_FLOATS = (np.float64, np.float32)


class VAEImputer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Imputation of missing values by a variational autoencoder.

    A :class:`VAETransformer` learns from the values that are known; those that are missing are filled with what it
    expects at the latent variables of the row, or with draws. With ``init="pca"`` it starts at probabilistic PCA of the
    known values.

    Parameters
    ----------
    estimator : VAETransformer, default=None
        The model, with ``missing="mask"`` or ``missing="censored"``; None is
        ``VAETransformer(n_components=10, missing="mask")``.

    sample_posterior : bool, default=False
        Draw latent variables and values instead of taking what is expected: with several seeds, multiple imputation.

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
        Number of features seen during :term:`fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of features seen during :term:`fit`, if all are strings.

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
        """
        with restored_on_error(self):
            X = validate_table(self, X, dtype=_FLOATS, ensure_all_finite="allow-nan", ensure_min_samples=2)
            model = VAETransformer(10, missing="mask") if self.estimator is None else clone(self.estimator)
            if model.missing == "error" or model.covariates is not None:
                raise InvalidParameterError(
                    "The estimator of a VAEImputer must have missing='mask' or 'censored', and no covariates."
                )
            if model.random_state is None:
                model.set_params(random_state=check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
            missing = np.isnan(X)
            empty = missing.all(axis=0)
            if empty.all():
                raise ValueError("VAEImputer found no value in any feature.")
            self.estimator_ = model.fit(X[:, ~empty])
            self.empty_features_ = empty
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
        return np.hstack([filled, self.indicator_.transform(X).astype(filled.dtype)])

    def get_feature_names_out(self, input_features=None):
        """Name the columns that `transform` gives.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the features, if `fit` saw none.

        Returns
        -------
        names : ndarray of str
        """
        check_is_fitted(self)
        names = super().get_feature_names_out(input_features)
        kept = names if self.keep_empty_features else names[~self.empty_features_]
        return kept if self.indicator_ is None else np.append(kept, self.indicator_.get_feature_names_out(names))

    def __sklearn_is_fitted__(self):
        """Tell whether `fit` has been successful."""
        return hasattr(self, "estimator_")

    def __sklearn_tags__(self):
        """Add that values may be missing, and that both float types are kept."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
