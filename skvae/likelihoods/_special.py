"""Special functions in what NumPy and `keras.ops` share."""

import numpy as np
from scipy.special import erfc

HALF_LOG_2PI = float(0.5 * np.log(2 * np.pi))
# Stirling's series is exact to float64 from about here on.
SHIFT = 8
# Below this the normal distribution function goes by its asymptotic series.
LOW = -5.0
ROOT_HALF = float(np.sqrt(0.5))


def log_gamma(x, xp):
    """Logarithm of the gamma function for positive numbers, by Stirling's series after a shift.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods._special import log_gamma
    >>> log_gamma(np.array([1.0, 5.0]), np).round(8) + 0.0
    array([0.        , 3.17805383])
    """
    small = xp.minimum(x, SHIFT)
    product = small
    for i in range(1, SHIFT):
        product = product * (small + i)
    is_small = x < SHIFT
    z = xp.where(is_small, x + SHIFT, x)
    return (z - 0.5) * xp.log(z) - z + HALF_LOG_2PI + _series(z) - xp.where(is_small, xp.log(product), 0.0)


def log_gamma_increase(x, by, xp):
    """Compute ``log_gamma(x + by) - log_gamma(x)`` for positive numbers, also where both are huge.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods._special import log_gamma_increase
    >>> log_gamma_increase(np.array([1.0, 1e8]), np.array([4.0, 1.0]), np).round(8)
    array([ 3.17805383, 18.42068074])
    """
    is_small = x < SHIFT
    small, large = xp.minimum(x, SHIFT), xp.maximum(x, SHIFT)
    total = large + by
    # The logarithms of Stirling's formula, joined so that no large number is taken from another.
    joined = (large - 0.5) * xp.log1p(by / large) + by * xp.log(total) - by + _series(total) - _series(large)
    return xp.where(is_small, log_gamma(small + by, xp) - log_gamma(small, xp), joined)


def log_gamma_beyond(x, xp):
    """Compute ``log_gamma(x + 1) - (x * log(x) - x)`` for numbers from `SHIFT` on.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods._special import log_gamma_beyond
    >>> log_gamma_beyond(np.array([8.0, 1e8]), np).round(8)
    array([ 1.96907057, 10.12927891])
    """
    return 0.5 * xp.log(x) + HALF_LOG_2PI + _series(x)


def _series(z):
    """What Stirling's formula leaves."""
    inverse = 1 / (z * z)
    return (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / z


def log_normal_cdf(x, xp):
    """Logarithm of the normal distribution function, also where that vanishes.

    Examples
    --------
    >>> import numpy as np
    >>> from skvae.likelihoods._special import log_normal_cdf
    >>> log_normal_cdf(np.array([0.0, -30.0]), np).round(4)
    array([  -0.6931, -454.3212])
    """
    is_low = x < LOW
    middle = xp.where(is_low, LOW, x)
    tail = erfc(-middle * ROOT_HALF) if xp is np else xp.erfc(-middle * ROOT_HALF)
    low = xp.where(is_low, x, LOW)
    inverse = 1 / xp.square(low)
    series = xp.log1p(-inverse * (1 - inverse * (3 - inverse * (15 - 105 * inverse))))
    return xp.where(is_low, -0.5 * xp.square(low) - xp.log(-low) - HALF_LOG_2PI + series, xp.log(0.5 * tail))
