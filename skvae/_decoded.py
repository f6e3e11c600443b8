"""What a fitted transformer decodes: the values, and which columns of the table they are."""

from typing import NamedTuple

import numpy as np

from skvae._compat import column_names, safe_indexing
from skvae._validation import advising, check_table

_UNDOABLE = {
    "add_indicator": "To decode through a pipeline, each step must be undone: skvae.preprocessing.MeanImputer can be, "
    "or fill the missing values before the pipeline."
}


def decoded(estimator, Z):
    """Decode codes into an array of float64, or raise a TypeError that says that it cannot be done."""
    if not hasattr(estimator, "inverse_transform"):
        raise TypeError(
            f"{type(estimator).__name__} has no inverse_transform, by which codes are decoded: give a fitted "
            "transformer that has one, or a Pipeline all of whose steps do."
        )
    with advising(_UNDOABLE):
        return np.asarray(estimator.inverse_transform(Z), dtype=np.float64)


class DecodedFeatures(NamedTuple):
    """The columns of a table that an estimator decodes: all but those that condition its codes.

    Attributes
    ----------
    columns : ndarray of int of shape (n_decoded,)
        Their positions in the table.
    names : list of str
        Their names, those of the table before those of the fit; numbers as of scikit-learn where there are none.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from skvae._decoded import DecodedFeatures
    >>> DecodedFeatures.of(PCA(), n_decoded=2, X=[[1, 2], [3, 4]])
    DecodedFeatures(columns=array([0, 1]), names=['x0', 'x1'])
    """

    columns: np.ndarray
    names: list

    @classmethod
    def of(cls, estimator, n_decoded, X=None):
        """Find them; without the table, of the one that the estimator was fitted on."""
        n_columns = getattr(estimator, "n_features_in_", n_decoded) if X is None else np.shape(X)[1]
        names = None if X is None else column_names(X)
        names = getattr(estimator, "feature_names_in_", None) if names is None else names
        names = [f"x{i}" for i in range(n_columns)] if names is None else names
        columns = _decoded_columns(estimator, n_columns, n_decoded)
        return cls(columns, [names[i] for i in columns])

    def part_of(self, X):
        """Return the decoded columns of a table."""
        X = X if hasattr(X, "shape") else np.asarray(X, dtype=object)  # levels of covariates may be words
        return X if X.shape[1] == len(self.columns) else safe_indexing(X, self.columns, axis=1)

    def values_of(self, X):
        """Return them in float64; NaN is a missing value."""
        return check_table(self.part_of(X), dtype=np.float64, ensure_all_finite="allow-nan", input_name="X")


def _decoded_columns(estimator, n_columns, n_decoded):
    """Return the positions of the columns that are decoded."""
    columns = np.arange(n_columns)
    if n_columns != n_decoded:  # columns that condition the codes only are not given back
        last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
        columns = np.setdiff1d(columns, getattr(last, "covariate_columns_", []))
    if len(columns) != n_decoded:
        raise ValueError(
            f"inverse_transform gives {n_decoded} columns, but X has {n_columns}: which of them belong together is "
            "unknown. Take the step that selects or makes columns apart from the pipeline."
        )
    return columns
