"""How tight the clusters of a code are."""

from skvae._blas import one_thread
from skvae._compat import validate_params
from skvae._kmeans import comparable, fitted_kmeans
from skvae.metrics._clusters import (
    COLLAPSED,
    KMEANS_CONSTRAINTS,
    resolve_n_clusters,
    warn_undefined,
)
from skvae.metrics._codes import check_codes


@validate_params(KMEANS_CONSTRAINTS, prefer_skip_nested_validation=True)
def kmeans_inertia_score(Z, labels=None, *, n_clusters=None, standardize=True, random_state=0):
    """Share of the codes' variance that k-means leaves within its clusters.

    The inertia of k-means over the inertia of a single cluster. Plain inertia grows with the scale of the
    code, the number of samples and the number of latent variables, and cannot be compared between models;
    this share can, though codes of more variables are harder to cluster. Smaller is better.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        Codes.

    labels : array-like of shape (n_samples,), default=None
        Known classes. Their number is the number of clusters, unless `n_clusters` is given.

    n_clusters : int, default=None
        Number of clusters, 1 to n_samples.

    standardize : bool, default=True
        Bring each latent variable to unit variance first. The share is then the inertia per sample and
        varying latent variable.

    random_state : int, RandomState instance or None, default=0
        Seed of k-means (10 starts). The same number gives the same score.

    Returns
    -------
    score : float
        Share of the variance, 0 to 1; nan if all codes are the same point.

    Raises
    ------
    ValueError
        If the number of clusters is unknown or above n_samples, or if labels are missing.

    Warns
    -----
    UndefinedMetricWarning
        If all codes are the same point.

    Examples
    --------
    >>> from skvae.metrics import kmeans_inertia_score
    >>> Z = [[0.0], [1.0], [9.0], [10.0]]
    >>> round(kmeans_inertia_score(Z, n_clusters=2), 3)
    0.012
    """
    Z = check_codes(Z)
    n_clusters = resolve_n_clusters(Z, labels, n_clusters, least=1, most=len(Z))
    Z, _ = comparable(Z, Z, standardize)
    if not Z.shape[1]:
        warn_undefined("The inertia", COLLAPSED)
        return float("nan")
    with one_thread():
        inertia = fitted_kmeans(Z, n_clusters, random_state).inertia_
    return float(inertia / (Z.var(axis=0).sum() * len(Z)))
