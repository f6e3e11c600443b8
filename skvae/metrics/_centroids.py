"""How far apart the groups lie in a code, and whether that is more than chance."""

from numbers import Integral

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.utils import check_random_state

from skvae._compat import Interval, StrOptions, validate_params
from skvae._kmeans import rounding_floor
from skvae.metrics._calibration import calibrated
from skvae.metrics._codes import check_codes, check_labels

# Permutations are scored so many at a time that their codes take about 64 MB.
_CELLS_AT_A_TIME = 8_000_000
_LARGEST = np.finfo(np.float64).max


def _grouped(Z, labels):
    """Bring the samples of a group together; return the codes and where each further group begins."""
    groups = pd.factorize(check_labels(labels, Z))[0]
    sizes = np.bincount(groups)
    if len(sizes) < 2:
        raise ValueError(
            f"Centroids are compared between groups, but all {len(Z)} labels are {np.ravel(labels).item(0)!r}. "
            "Pass samples of two groups or more; in cross-validation, stratify the folds: "
            "cv=StratifiedKFold()."
        )
    return Z[np.argsort(groups, kind="stable")], np.cumsum(sizes)[:-1]


def _pooled_deviation(groups):
    """Root of the mean of the groups' unbiased variances, one per latent variable."""
    variances = [group.var(axis=-2, ddof=1) for group in groups if group.shape[-2] > 1]
    if not variances:
        raise ValueError(
            f"scale='pooled' needs the spread within groups, but each of the {len(groups)} groups has a "
            "single sample. Use scale='raw', or pass group labels if these are continuous values."
        )
    return np.sqrt(np.mean(variances, axis=0))


def _in_deviations(gaps, deviation, floor):
    """Divide gaps by the deviation; without deviation a gap is infinite, unless there is no gap either."""
    ratio = np.full_like(gaps, np.inf)
    np.divide(gaps, deviation, out=ratio, where=deviation > floor)
    return np.where(gaps > floor, ratio, 0.0)


def _distance(groups, scale, floor):
    """Mean distance between centroids; groups of shape (..., n_samples, n_components) give as many distances."""
    centroids = np.stack([group.mean(axis=-2) for group in groups], axis=-2)
    first, second = np.triu_indices(len(groups), k=1)
    gaps = np.abs(centroids[..., first, :] - centroids[..., second, :])
    if scale == "pooled":
        gaps = _in_deviations(gaps, _pooled_deviation(groups)[..., np.newaxis, :], floor)
    return np.linalg.norm(gaps, axis=-1).mean(axis=-1)


@validate_params(
    {"Z": ["array-like"], "labels": ["array-like"], "scale": [StrOptions({"raw", "pooled"})]},
    prefer_skip_nested_validation=True,
)
def centroid_distance_score(Z, labels, *, scale="raw"):
    r"""Distance between the centroids of the groups in latent space.

    With more than two groups, the mean distance over all pairs of groups. Larger is better.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        Codes.

    labels : array-like of shape (n_samples,)
        Group of each sample; at least two groups.

    scale : {"raw", "pooled"}, default="raw"
        Unit of the distance. ``"raw"``: the units of `Z`, so it grows with the scale of the code and says
        nothing about overlap. ``"pooled"``: standard deviations within the groups, each latent variable in
        units of its own; comparable between models and between tables.

    Returns
    -------
    score : float
        Distance, 0 or more. With ``scale="pooled"`` it is infinite if the groups differ along a latent
        variable in which no group has any spread; a variable that is constant over all samples adds nothing.

    Raises
    ------
    ValueError
        If there are fewer than two groups, if labels are missing, or if ``scale="pooled"`` and no group has
        two samples.

    Notes
    -----
    For groups :math:`a, b` with centroids :math:`\mu`, and :math:`G` groups with unbiased variances
    :math:`v_{gj}` of latent variable :math:`j`, the pooled distance is

    .. math:: d_{ab} = \sqrt{\sum_j \frac{(\mu_{aj} - \mu_{bj})^2}{\frac{1}{G} \sum_g v_{gj}}},

    in one dimension Cohen's d for groups of unequal spread [1]_.

    *Each group counts equally in the spread*, not by its degrees of freedom: with 10 samples of one group
    against 1000 of another the spread would otherwise be that of the larger group alone, and the score would
    change with the share of the groups although the groups do not. A group of one sample adds its centroid
    and no spread.

    *Latent variables are standardised one by one.* The score does not change if a variable is shifted,
    flipped or rescaled. The Mahalanobis distance [2]_ would in addition be blind to rotations, but needs the
    inverse of a covariance matrix: for 5 samples, 2 groups and 2 variables its square has no finite
    expectation, and with as many variables as samples it does not exist, while test folds of this size are
    common.

    With few samples both scales are biased upwards, because the noise of centroids adds to their distance:
    for groups of equal spread, about :math:`\sum_j (1 / n_a + 1 / n_b)` in the squared pooled distance.

    References
    ----------
    .. [1] J. Cohen (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd edition, chapter 2.
    .. [2] P. C. Mahalanobis (1936). On the generalised distance in statistics. Proceedings of the National
       Institute of Sciences of India 2, 49-55.

    Examples
    --------
    >>> from skvae.metrics import centroid_distance_score
    >>> Z = [[0.0, 0.0], [0.0, 2.0], [3.0, 4.0], [3.0, 6.0]]
    >>> centroid_distance_score(Z, ["a", "a", "b", "b"])
    5.0
    >>> Z = [[0.0], [2.0], [10.0], [12.0]]
    >>> round(centroid_distance_score(Z, ["a", "a", "b", "b"], scale="pooled"), 3)
    7.071
    """
    Z = check_codes(Z)
    Z, bounds = _grouped(Z, labels)
    return float(_distance(np.split(Z, bounds), scale, rounding_floor(Z)))


@validate_params(
    {
        "Z": ["array-like"],
        "labels": ["array-like"],
        "scale": [StrOptions({"raw", "pooled"})],
        "n_permutations": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def centroid_distance_test(Z, labels, *, scale="pooled", n_permutations=999, random_state=0):
    """Test whether the centroids of the groups lie further apart than those of groups drawn at random.

    The distance of :func:`centroid_distance_score`, and its distribution when the labels are permuted among the
    samples. The codes stay as they are, so one fit is enough, as long as it did not see the labels.

    Parameters
    ----------
    Z : array-like of shape (n_samples, n_components)
        Codes of a model that was fitted without the labels.

    labels : array-like of shape (n_samples,)
        Group of each sample; at least two groups.

    scale : {"raw", "pooled"}, default="pooled"
        Unit of the distance, as in :func:`centroid_distance_score`.

    n_permutations : int, default=999
        Number of random permutations. All n! permutations of n samples are taken instead if they are no more than
        that: by default those of up to 6 samples.

    random_state : int, RandomState instance or None, default=0
        Seed of the permutations.

    Returns
    -------
    result : CalibratedScore
        ``statistic`` (the distance), ``p_value``, ``z_score`` and ``null_distribution``. The p-value is
        (b + 1) / (n + 1) if b of n random permutations give a distance as large or larger [1]_, and b / n if all
        permutations were taken.

    Raises
    ------
    ValueError
        As :func:`centroid_distance_score`.

    Notes
    -----
    *Why not the loss?* It falls on pure noise, too: a network learns whatever table it is given.

    *Why not the distance alone?* The raw distance is in units of the code, which differ between models and grow in
    training. And every distance is above 0 by chance, the more the smaller a group is: between two groups of
    equal spread s drawn at random, its square is on average s^2 (1 / n_a + 1 / n_b) for each latent variable.
    That is 0.04 s^2 with 55 samples against 55 and 0.11 s^2 with 10 against 100. The permuted groups have the
    same sizes in the same code, so all of this cancels.

    The test answers whether there is any difference, not whether it is large: see the pooled distance for that.

    References
    ----------
    .. [1] B. Phipson, G. K. Smyth (2010). Permutation p-values should never be zero. Statistical Applications in
       Genetics and Molecular Biology 9, article 39.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.metrics import centroid_distance_test
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["a", "b"], [10, 100])
    >>> noise = rng.normal(size=(110, 2))
    >>> bool(centroid_distance_test(noise, labels, random_state=0).p_value > 0.05)
    True
    >>> apart = noise + 2.0 * (labels == "b")[:, np.newaxis]
    >>> centroid_distance_test(apart, labels, random_state=0).p_value
    0.001
    """
    Z = check_codes(Z)
    Z, bounds = _grouped(Z, labels)
    floor = rounding_floor(Z)

    def distance(order, axis):
        groups = np.split(Z[order], bounds, axis=-2)
        # SciPy compares with a relative tolerance, which infinity has none of.
        return np.minimum(_distance(groups, scale, floor), _LARGEST)

    test = stats.permutation_test(
        (np.arange(len(Z)),),
        distance,
        permutation_type="pairings",
        alternative="greater",
        vectorized=True,
        n_resamples=n_permutations,
        batch=max(1, _CELLS_AT_A_TIME // Z.size),
        rng=np.random.default_rng(check_random_state(random_state).randint(np.iinfo(np.int32).max)),
    )
    statistic, null = (np.where(value == _LARGEST, np.inf, value) for value in (test.statistic, test.null_distribution))
    return calibrated(statistic, test.pvalue, null)
