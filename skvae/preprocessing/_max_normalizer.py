"""Columns divided by their maximum."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skvae._compat import StrOptions, fit_context
from skvae._restore import restored_on_error
from skvae._validation import check_table, validate_table
from skvae.preprocessing._columns import (
    FLOATS,
    check_columns,
    check_width,
    extremes,
    name_columns,
    refuse_overflow,
    spread_over_values,
)


class MaxNormalizer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Divide each feature by its training maximum, so that non-negative values lie in [0, 1].

    Unlike :class:`~sklearn.preprocessing.MinMaxScaler` it moves no zero point: ratios within a feature stay
    what they were, and a sparse table stays sparse. Intensities of proteins become comparable this way, and
    fit a likelihood on [0, 1].

    Parameters
    ----------
    scope : {"feature", "global"}, default="feature"
        What to divide by: each feature by its own maximum, or all by the one maximum of the table, which
        keeps the proportions between features (pixels of an image).

    clip : bool, default=False
        Clip transformed values to [0, 1]. New samples may exceed the training maximum; without clipping they
        come out above 1.

    Attributes
    ----------
    max_ : ndarray of shape (n_features,)
        Maximum of each training feature, in the units of `X`, whatever the scope; NaN for a feature without
        any value.

    scale_ : ndarray of shape (n_features,)
        What each feature is divided by, in the units of `X`: its maximum or the global one; 1 where that
        maximum is zero or there was no value.

    n_features_in_ : int
        Number of features seen in `fit`.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features seen in `fit`, if they are all strings.

    See Also
    --------
    MeanImputer : Fill missing values.
    sklearn.preprocessing.MaxAbsScaler : Divides by the largest magnitude and takes negative values too.

    Notes
    -----
    NaN is disregarded in `fit` and kept in `transform` and `inverse_transform`.

    Negative values are refused in `fit` and `transform`, whether `clip` is set or not: they mean that the
    table holds something other than intensities, mostly log ratios, and clipping them would hide that.

    Examples
    --------
    >>> from skvae.preprocessing import MaxNormalizer
    >>> X = [[1.0, 10.0], [2.0, 0.0], [4.0, 5.0]]
    >>> normalizer = MaxNormalizer().fit(X)
    >>> normalizer.transform(X)
    array([[0.25, 1.  ],
           [0.5 , 0.  ],
           [1.  , 0.5 ]])
    >>> normalizer.inverse_transform([[0.5, 0.5]])
    array([[2., 5.]])
    """

    _parameter_constraints: dict = {"scope": [StrOptions({"feature", "global"})], "clip": ["boolean"]}
    _TABLE = {"accept_sparse": ("csr", "csc"), "dtype": FLOATS, "ensure_all_finite": "allow-nan"}

    def __init__(self, *, scope="feature", clip=False):
        self.scope = scope
        self.clip = clip

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the maxima.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training table without negative values; NaN marks a missing value.

        y : None
            Ignored.

        Returns
        -------
        self : MaxNormalizer
            Fitted normalizer.

        Raises
        ------
        ValueError
            If `X` has negative values.
        """
        with restored_on_error(self):
            X = self._validate(X, reset=True)
            minima, self.max_ = extremes(X)
            self._refuse_negative(minima)
        divisor = self.max_ if self.scope == "feature" else np.full_like(self.max_, np.fmax.reduce(self.max_))
        self.scale_ = np.where(divisor > 0, divisor, divisor.dtype.type(1))  # also 1 where NaN
        return self

    def transform(self, X):
        """Divide by the maxima of the training table.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Table without negative values; NaN marks a missing value.

        Returns
        -------
        X_normalized : {ndarray, sparse matrix} of shape (n_samples, n_features)
            Normalized copy, without unit; float32 if `X` is, else float64. NaN stays NaN.

        Raises
        ------
        ValueError
            If `X` has negative values, or values so far beyond the training maximum that their quotient overflows.
        """
        check_is_fitted(self)
        X = self._validate(X, reset=False, copy=True, force_writeable=True)
        self._refuse_negative(extremes(X)[0])
        values = X.data if sparse.issparse(X) else X
        with np.errstate(over="ignore"):
            values /= spread_over_values(X, self.scale_)
        if self.clip:
            np.clip(values, 0, 1, out=values)
        refuse_overflow(self, X, "values are too far beyond the training maximum. Check the units, or set clip=True.")
        return X

    def inverse_transform(self, X):
        """Multiply by the maxima of the training table.

        Values that `clip` cut off are not recovered.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Normalized table, such as a reconstruction; negative values are allowed.

        Returns
        -------
        X_original : {ndarray, sparse matrix} of shape (n_samples, n_features)
            Copy in the units of the training table.

        Raises
        ------
        ValueError
            If `X` has another number of columns than the training table, or a product overflows.
        """
        check_is_fitted(self)
        X = check_table(X, copy=True, force_writeable=True, input_name="X", **self._TABLE)
        check_width(self, X, self.n_features_in_)
        values = X.data if sparse.issparse(X) else X
        with np.errstate(over="ignore"):
            values *= spread_over_values(X, self.scale_)
        refuse_overflow(self, X, "check that X is normalized, or pass it as float64.")
        return X

    def __setstate__(self, state):
        """Take over attributes from a file or another process, once they are checked."""
        if "n_features_in_" in state:
            self._check_state(state)
            if not (np.isfinite(state["scale_"]) & (state["scale_"] > 0)).all():
                raise ValueError("scale_ of a MaxNormalizer must be finite and above zero.")
            if np.isinf(state["max_"]).any() or (state["max_"] < 0).any():
                raise ValueError("max_ of a MaxNormalizer must be finite, or NaN, and not below zero.")
        super().__setstate__(state)

    @staticmethod
    def _check_state(state):
        """Raise if the attributes of a fitted normalizer do not fit together; looks at no values of arrays."""
        check_columns(state, {"max_": "f", "scale_": "f"})

    def _validate(self, X, **options):
        """Check a table of the training kind."""
        return validate_table(self, X, **options, **self._TABLE)

    def _refuse_negative(self, minima):
        """Raise if a column's minimum is negative, naming such columns."""
        negative = minima < 0
        if negative.any():
            raise ValueError(
                "Negative values in data passed to MaxNormalizer, in column(s) "
                f"{name_columns(self, negative)}: it divides intensities, which are never below "
                "zero, by their maximum. If X holds log ratios, pass 2**X; if it is signed by nature, use "
                "MinMaxScaler or StandardScaler."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
