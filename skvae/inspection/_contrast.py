"""Contrasts: which features differ between groups of samples, as the decoder sees them."""

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import type_of_target

from skvae._compat import safe_indexing, validate_params
from skvae._validation import listed, refuse_masked
from skvae.inspection._codes import CodedTable, standardized


@validate_params(
    {"X": ["array-like"], "y": ["array-like"], "groups": ["array-like", None]}, prefer_skip_nested_validation=True
)
def group_contrast(estimator, X, y, groups=None):
    r"""Which features differ between groups of samples, as far as the codes tell.

    The mean decoded value of a group minus that of another, or of all others: what the few latent variables keep
    of the difference between the groups, without the noise that they do not encode.

    Parameters
    ----------
    estimator : fitted transformer or Pipeline
        Anything with ``transform`` and ``inverse_transform``. Covariates of a VAE are decoded at their usual shares.
    X : array-like of shape (n_samples, n_features)
        The samples. NaN is a missing value, if the estimator can bear it.
    y : array-like of shape (n_samples,)
        The group of each sample.
    groups : array-like of labels, default=None
        The groups to compare, at least two; samples of others are left out. None takes all, in sorted order. Of two
        the second is subtracted from the first; of more, from each the mean of all samples of the others.

    Returns
    -------
    contrast : DataFrame
        A row for each contrast and feature, those that differ most first: ``group`` minus ``against`` (a label, or
        "the others"), ``feature``, ``difference`` of the decoded means, in units of the data; ``standardized``, the
        same in standard deviations of the feature over the compared samples; ``observed``, the difference of the means
        of the data themselves, known values only (NaN if a group has none).

    Raises
    ------
    TypeError
        If the estimator does not encode and decode.
    ValueError
        If there are fewer than two groups, if they are not in `y`, or if `y` has missing labels, continuous values or
        another length.

    Notes
    -----
    With codes :math:`z_i` and the decoder :math:`g` the difference is

    .. math:: \frac{1}{n_a} \sum_{i \in a} g(z_i) - \frac{1}{n_b} \sum_{i \in b} g(z_i),

    of PCA the difference of the means projected on the components. It is no test: there is no p-value, and a
    model of few latent variables gives features that follow the same latent variable differences in proportion,
    whether each of them differs by itself or not. Compare ``observed``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from skvae.inspection import group_contrast
    >>> iris = load_iris(as_frame=True)
    >>> y = iris.target_names[iris.target]
    >>> contrast = group_contrast(PCA(2).fit(iris.data), iris.data, y, groups=["virginica", "setosa"])
    >>> contrast[["feature", "difference", "standardized"]].head(2).round(2)
                 feature  difference  standardized
    0  petal length (cm)        4.09          1.95
    1   petal width (cm)        1.71          1.87
    """
    y, groups = _checked_groups(y, groups)
    check_consistent_length(X, y)
    rows = np.flatnonzero(np.isin(y, groups))
    members = y[rows, np.newaxis] == np.asarray(groups)
    table = CodedTable.of(estimator, safe_indexing(X if hasattr(X, "shape") else np.asarray(X), rows))
    difference, observed = _differences(table, members.astype(float))
    in_deviations = standardized(difference, table.spread[1])
    contrasts = []
    for i, group in enumerate(groups[:1] if len(groups) == 2 else groups):
        order = np.argsort(-np.abs(in_deviations[i]), kind="stable")
        columns = {
            "group": group,
            "against": groups[1] if len(groups) == 2 else "the others",
            "feature": np.asarray(table.feature_names, dtype=object)[order],
            "difference": difference[i, order],
            "standardized": in_deviations[i, order],
            "observed": observed[i, order],
        }
        contrasts.append(pd.DataFrame(columns))
    return pd.concat(contrasts, ignore_index=True)


def _checked_groups(y, groups):
    """Check labels, and list the groups to compare."""
    refuse_masked(y, "y", "Leave those samples out.")
    y = column_or_1d(y)
    if pd.isna(y).any():
        raise ValueError("y has missing labels: leave those samples out.")
    if type_of_target(y) == "continuous":
        raise ValueError("y must be the groups of the samples, but holds continuous values: cut them, by pandas.cut.")
    known = np.unique(y).tolist()
    groups = known if groups is None else list(groups)
    unknown = [group for group in groups if group not in known]
    if unknown:
        raise ValueError(f"groups: {listed(unknown)} is not among the labels of y, which are {listed(known)}.")
    if len(groups) < 2 or len(set(groups)) < len(groups):
        raise ValueError(f"A contrast needs at least two groups, none of them twice, but there are {listed(groups)}.")
    return y, groups


def _differences(table, members):
    """Return for each group the decoded and the observed mean minus that of the others: groups x features."""
    sums, known_sums, known = np.zeros((3, members.shape[1], len(table.feature_names)))
    for rows in table.blocks():
        of_group, values = members[rows].T, table.values(rows)
        missing = np.isnan(values)
        sums += of_group @ table.decoded(table.Z[rows])
        known_sums += of_group @ np.where(missing, 0.0, values)
        known += of_group @ ~missing
    counts = np.broadcast_to(members.sum(axis=0)[:, np.newaxis], sums.shape)
    return _against_others(sums, counts), _against_others(known_sums, known)


def _against_others(sums, counts):
    """Subtract from the mean of each group that of all others; NaN where there is nothing to average."""
    with np.errstate(invalid="ignore"):
        return sums / counts - (sums.sum(axis=0) - sums) / (counts.sum(axis=0) - counts)
