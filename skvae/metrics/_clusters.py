"""What all scores of the clusters of k-means share: their arguments, and what they warn of."""

import warnings
from numbers import Integral

import pandas as pd
from sklearn.exceptions import UndefinedMetricWarning

from skvae._compat import Interval
from skvae.metrics._codes import check_codes, check_labels

KMEANS_CONSTRAINTS: dict = {
    "Z": ["array-like"],
    "labels": ["array-like", None],
    "n_clusters": [Interval(Integral, 1, None, closed="left"), None],
    "standardize": ["boolean"],
    "random_state": ["random_state"],
}


def checked_training_codes(Z, Z_train):
    """Check the codes on which k-means is fitted, by default those that are scored."""
    if Z_train is None:
        return Z
    Z_train = check_codes(Z_train, "Z_train")
    if Z_train.shape[1] != Z.shape[1]:
        raise ValueError(
            f"Z_train has {Z_train.shape[1]} latent variables, but Z has {Z.shape[1]}: pass codes of one model."
        )
    return Z_train


def resolve_n_clusters(Z, labels, n_clusters, *, least, most):
    """Find the number of clusters and check that the score is defined for it."""
    if labels is not None:
        labels = check_labels(labels, Z)
    if n_clusters is None and labels is None:
        raise ValueError("The number of clusters is unknown: pass labels, one cluster for each, or n_clusters.")
    if n_clusters is None:
        n_clusters = len(pd.unique(labels))
    if not least <= n_clusters <= most:
        raise ValueError(
            f"{n_clusters} cluster(s) for {len(Z)} samples: the score is defined for {least} to {most}. "
            "Pass another n_clusters or more samples; if labels were counted, are they classes, and does "
            "each fold hold all of them?"
        )
    return n_clusters


def warn_undefined(name, reason):
    """Warn that a score is nan."""
    warnings.warn(
        f"{name} is undefined and set to nan: {reason}",
        UndefinedMetricWarning,
        stacklevel=4,  # the caller of the score, beyond scikit-learn's validation wrapper
    )


COLLAPSED = "all codes are the same point. Has the posterior collapsed?"
