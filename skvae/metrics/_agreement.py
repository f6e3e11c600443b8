"""Whether the clusters of a code are the known classes."""

from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from skvae._compat import validate_params
from skvae._kmeans import kmeans_clusters
from skvae.metrics._clusters import KMEANS_CONSTRAINTS, checked_training_codes, resolve_n_clusters
from skvae.metrics._codes import check_codes, check_labels

_CONSTRAINTS = KMEANS_CONSTRAINTS | {"labels": ["array-like"], "Z_train": ["array-like", None]}


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def kmeans_adjusted_rand_score(Z, labels, *, n_clusters=None, standardize=True, Z_train=None, random_state=0):
    """Agreement of the clusters that k-means finds in the codes with known classes, above that by chance.

    Of all pairs of samples, how many are together, or apart, in both. Larger is better.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        Codes.

    labels : array-like of shape (n_samples,)
        Known classes.

    n_clusters : int, default=None
        Number of clusters, 2 to the number of codes that k-means is fitted on. By default that of the classes.

    standardize : bool, default=True
        Bring each latent variable to unit variance first, as in :func:`kmeans_silhouette_score`.

    Z_train : array-like of shape (n_train, n_components), default=None
        Codes on which k-means is fitted; by default `Z`.

    random_state : int, RandomState instance or None, default=0
        Seed of k-means (10 starts).

    Returns
    -------
    score : float
        Adjusted Rand index [1]_: 1 if clusters and classes are the same, 0 on average by chance, -0.5 at least. Codes
        that are all the same point are one cluster: 0, or 1 if there is only one class as well.

    Raises
    ------
    ValueError
        If labels are missing or differ in number from the codes, if there are fewer than two clusters or more
        than codes, or if `Z_train` has another width than `Z`.

    References
    ----------
    .. [1] L. Hubert, P. Arabie (1985). Comparing partitions. Journal of Classification 2, 193-218.

    Examples
    --------
    >>> from skvae.metrics import kmeans_adjusted_rand_score
    >>> Z = [[0.0], [0.1], [5.0], [5.1]]
    >>> kmeans_adjusted_rand_score(Z, ["a", "a", "b", "b"]), kmeans_adjusted_rand_score(Z, ["a", "b", "a", "b"])
    (1.0, -0.5)
    """
    labels, clusters = _labels_and_clusters(Z, labels, n_clusters, standardize, Z_train, random_state)
    return float(adjusted_rand_score(labels, clusters))


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def kmeans_normalized_mutual_info_score(Z, labels, *, n_clusters=None, standardize=True, Z_train=None, random_state=0):
    """Information that the clusters which k-means finds in the codes share with known classes.

    Mutual information over the mean of both entropies. Larger is better. Unlike
    :func:`kmeans_adjusted_rand_score` it is above 0 by chance, the more the more clusters and the fewer samples.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        Codes.

    labels : array-like of shape (n_samples,)
        Known classes.

    n_clusters : int, default=None
        Number of clusters, by default that of the classes.

    standardize : bool, default=True
        Divide each latent variable by its standard deviation first.

    Z_train : array-like of shape (n_train, n_components), default=None
        Codes in which the clusters are found; by default `Z`.

    random_state : int, RandomState instance or None, default=0
        Determines where k-means starts.

    Returns
    -------
    score : float
        Share of the information, 0 to 1. Codes that are all the same point are one cluster: 0, or 1 if there is only
        one class as well.

    Raises
    ------
    ValueError
        As :func:`kmeans_adjusted_rand_score`.

    References
    ----------
    .. [1] N. X. Vinh, J. Epps, J. Bailey (2010). Information theoretic measures for clusterings comparison.
       Journal of Machine Learning Research 11, 2837-2854.

    Examples
    --------
    >>> from skvae.metrics import kmeans_normalized_mutual_info_score
    >>> kmeans_normalized_mutual_info_score([[0.0], [0.1], [5.0], [5.1]], ["a", "a", "b", "b"])
    1.0
    """
    labels, clusters = _labels_and_clusters(Z, labels, n_clusters, standardize, Z_train, random_state)
    return float(normalized_mutual_info_score(labels, clusters))


def _labels_and_clusters(Z, labels, n_clusters, standardize, Z_train, random_state):
    """Check codes and labels, and find the clusters."""
    Z = check_codes(Z)
    labels = check_labels(labels, Z)
    Z_train = checked_training_codes(Z, Z_train)
    n_clusters = resolve_n_clusters(Z, labels, n_clusters, least=2, most=len(Z_train))
    options = {"Z_train": Z_train, "standardize": standardize, "random_state": random_state}
    return labels, kmeans_clusters(Z, n_clusters, **options)[1]
