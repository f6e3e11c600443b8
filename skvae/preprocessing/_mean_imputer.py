"""Missing values replaced by the mean."""

import warnings
from copy import copy

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.utils.validation import check_is_fitted

from skvae._compat import IMPUTER_DTYPES, fit_context
from skvae._restore import restored_on_error
from skvae._validation import check_table, validate_table
from skvae.preprocessing._columns import (
    FLOATS,
    check_columns,
    check_width,
    extremes,
    holds_nothing,
    name_columns,
    refuse_overflow,
)


def _with_dtypes(imputer, convert):
    """Convert the dtypes that a SimpleImputer holds, and return it."""
    for name in IMPUTER_DTYPES:
        setattr(imputer, name, convert(getattr(imputer, name)))
    return imputer


class MeanImputer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Replace missing values by the training mean of their feature.

    This is :class:`~sklearn.impute.SimpleImputer` with the mean, made for tables in which whole columns may
    be missing and for pipelines that map a code back to a table: features without any value are named once,
    in `fit`, and `inverse_transform` exists.

    Parameters
    ----------
    add_indicator : bool, default=False
        Append a column of 0 and 1 for each feature that missed values in `fit`: 1 where a value is missing.

    keep_empty_features : bool, default=False
        What becomes of a feature without any value in `fit`. By default it is dropped with a warning: it has
        no mean, it says nothing about the samples, and a made-up 0 would be an intensity like another. True
        keeps it, filled with 0, for models that need the layout of the columns.

    Attributes
    ----------
    imputer_ : SimpleImputer
        The fitted scikit-learn imputer; it keeps empty features, with 0 as their mean in `statistics_`.

    empty_features_ : ndarray of bool of shape (n_features,)
        The features without any value in `fit`.

    n_features_in_ : int
        Number of features seen in `fit`.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features seen in `fit`, if they are all strings.

    See Also
    --------
    MaxNormalizer : Divide features by their maximum.
    sklearn.impute.SimpleImputer : Other statistics.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.preprocessing import MeanImputer
    >>> MeanImputer().fit_transform([[1.0, 2.0], [np.nan, 4.0], [5.0, np.nan]])
    array([[1., 2.],
           [3., 4.],
           [5., 3.]])
    """

    _parameter_constraints: dict = {"add_indicator": ["boolean"], "keep_empty_features": ["boolean"]}

    def __init__(self, *, add_indicator=False, keep_empty_features=False):
        self.add_indicator = add_indicator
        self.keep_empty_features = keep_empty_features

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the means.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training table; NaN marks a missing value. The implicit zeros of a sparse table are values.

        y : None
            Ignored.

        Returns
        -------
        self : MeanImputer
            Fitted imputer.

        Raises
        ------
        ValueError
            If no feature has a value and `keep_empty_features=False`, or values are too large to be summed.

        Warns
        -----
        UserWarning
            If features without any value are to be dropped; the message names them.
        """
        with restored_on_error(self):
            X = self._validate(X, reset=True, order="C")  # sums in another order have other last bits
            self.empty_features_ = holds_nothing(X)
            if not self.keep_empty_features:
                self._tell_of_empty_features()
            self._refuse_large_sums(X)
        # The inner imputer keeps empty features, for it would warn of them in each transform. It must not
        # obey a global `transform_output` either: its result is indexed as an array.
        self.imputer_ = SimpleImputer(add_indicator=self.add_indicator, keep_empty_features=True)
        # In float64: float32 sums lose digits over many rows, and SimpleImputer takes an infinite sum for a mean of 0.
        self.imputer_.set_output(transform="default").fit(X.astype(np.float64, copy=False))
        return self

    def transform(self, X):
        """Fill the missing values.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Table with the features of the training table; NaN marks a missing value.

        Returns
        -------
        X_filled : {ndarray, sparse matrix} of shape (n_samples, n_features_out)
            Copy without NaN, in the units of `X`, without the dropped features and with the indicators, if
            asked for, on the right; float32 if `X` is, else float64.

        Raises
        ------
        ValueError
            If `X` is float32 and a training mean too large for it.
        """
        check_is_fitted(self)
        with np.errstate(over="ignore"):
            filled = self.imputer_.transform(self._validate(X, reset=False))
        refuse_overflow(self, filled, "the training mean is too large for it. Pass X as float64.")
        return filled if self._returned().all() else filled[:, self._returned()]

    def inverse_transform(self, X):
        """Bring a filled table, or a model's reconstruction of it, back to the training layout.

        The filled-in values stay, for a model's estimate of a missing value is worth having; indicators are
        left out and dropped features come back as NaN. So a whole pipeline can map codes to tables.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out)
            Table with the columns that `transform` returns.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_features)
            Table with the columns that `fit` saw.

        Raises
        ------
        ValueError
            If `X` has another number of columns than `transform` returns.
        """
        check_is_fitted(self)
        X = check_table(X, dtype=FLOATS, ensure_all_finite="allow-nan", input_name="X")
        check_width(self, X, int(self._returned().sum()))
        kept = self._returned()[: self.n_features_in_]
        X_original = np.full((X.shape[0], self.n_features_in_), np.nan, dtype=X.dtype)
        X_original[:, kept] = X[:, : kept.sum()]
        return X_original

    def get_feature_names_out(self, input_features=None):
        """Name the columns that `transform` returns.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the input features; by default those seen in `fit`, or ``"x0"``, ``"x1"``, ...

        Returns
        -------
        feature_names_out : ndarray of str objects of shape (n_features_out,)
            Names of the kept features, then of the indicators.
        """
        names = super().get_feature_names_out(input_features)  # checked against the names seen in fit
        return self.imputer_.get_feature_names_out(names)[self._returned()]

    def __getstate__(self):
        """Return the attributes, with dtypes by name: skops asks for trust in dtypes."""
        state = super().__getstate__()
        if "imputer_" in state:
            state = state | {"imputer_": _with_dtypes(copy(state["imputer_"]), str)}
        return state

    def __setstate__(self, state):
        """Take over attributes from a file or another process, once they are checked."""
        if "n_features_in_" in state:
            self._check_state(state)
            if not np.isfinite(state["imputer_"].statistics_).all():
                raise ValueError("The means of a MeanImputer, statistics_ of its imputer_, must be finite.")
            _with_dtypes(state["imputer_"], np.dtype)
        super().__setstate__(state)

    @staticmethod
    def _check_state(state):
        """Raise if the attributes of a fitted imputer do not fit together; looks at no values of arrays."""
        check_columns(state, {"empty_features_": "b"})
        if not isinstance(state.get("imputer_"), SimpleImputer):
            raise ValueError("imputer_ of a MeanImputer must be a fitted SimpleImputer.")
        inner = vars(state["imputer_"])
        check_columns(inner, {"statistics_": "f"})
        if inner["n_features_in_"] != state["n_features_in_"] or not inner.get("keep_empty_features"):
            raise ValueError("imputer_ of a MeanImputer must keep empty features, and know as many as the MeanImputer.")

    def _validate(self, X, **options):
        """Check a table of the training kind."""
        return validate_table(self, X, **options, accept_sparse="csc", dtype=FLOATS, ensure_all_finite="allow-nan")

    def _refuse_large_sums(self, X):
        """Raise if the sum over the samples of a column may overflow, naming such columns."""
        large = np.fmax(*np.abs(extremes(X))) > np.finfo(np.float64).max / X.shape[0]
        if large.any():
            raise ValueError(
                f"MeanImputer cannot sum the values of column(s) {name_columns(self, large)}: they are too large. "
                "Divide X by a constant first."
            )

    def _tell_of_empty_features(self):
        """Warn, or raise if nothing would be left."""
        if self.empty_features_.all():
            raise ValueError(
                "MeanImputer found no value in any feature of X: every cell is NaN. Check how the table was read."
            )
        if self.empty_features_.any():
            names = name_columns(self, self.empty_features_)
            warnings.warn(
                f"MeanImputer drops feature(s) without any value in fit: {names}. Remove them beforehand, or "
                "set keep_empty_features=True to keep them, filled with 0.",
                UserWarning,
                stacklevel=4,  # the caller of fit, beyond scikit-learn's context wrapper
            )

    def _returned(self):
        """Tell which columns of the inner imputer's result are returned: kept features and all indicators."""
        features = ~self.empty_features_ | self.keep_empty_features
        n_indicators = self.imputer_.indicator_.features_.size if self.imputer_.indicator_ else 0
        return np.append(features, np.ones(n_indicators, dtype=bool))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
