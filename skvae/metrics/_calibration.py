"""A score beside what it would be by chance."""

from dataclasses import dataclass, field

import numpy as np

# Scores by chance that agree to so many digits differ by rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class CalibratedScore:
    """A score, and how it stands among the scores that chance alone gives.

    What the tests of this room return. To score models by one, take a number of it:
    ``make_latent_scorer(lambda Z, labels: centroid_distance_test(Z, labels, random_state=0).z_score)``.

    Parameters
    ----------
    statistic : float
        The score of the codes as they are.
    p_value : float
        Share of the scores by chance that are as large or larger, the score itself counted as one of them: among
        `n` random scores at least 1 / (n + 1).
    z_score : float
        How many standard deviations the score lies above the mean of those by chance; nan if they vary by rounding
        only or some are infinite. Unlike the p-value it does not end at 1 / (n + 1).
    null_distribution : ndarray of shape (n,)
        The scores by chance.

    See Also
    --------
    centroid_distance_test : Groups against labels at random.
    kmeans_silhouette_test : Clusters against a normal cloud.

    Examples
    --------
    >>> from skvae.metrics import centroid_distance_test
    >>> result = centroid_distance_test([[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]], list("aaabbb"))
    >>> result
    CalibratedScore(statistic=7.0, p_value=0.1, z_score=2.98...)
    >>> result.null_distribution.shape
    (720,)
    """

    statistic: float
    p_value: float
    z_score: float
    null_distribution: np.ndarray = field(repr=False)


def calibrated(statistic, p_value, null_distribution):
    """Put a score beside those by chance."""
    with np.errstate(divide="ignore", invalid="ignore"):  # of scores that are infinite or all the same
        mean = null_distribution.mean()
        z_score = (statistic - mean) / null_distribution.std()
        varies = np.ptp(null_distribution) > _ROUNDING * abs(mean)
    z_score = float(z_score) if varies and np.isfinite(z_score) else float("nan")
    return CalibratedScore(float(statistic), float(p_value), z_score, null_distribution)
