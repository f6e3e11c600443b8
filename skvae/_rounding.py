"""How many decimals a figure has."""

import numpy as np


def decimals_of(value, width):
    """Count the decimals that suit a value whose uncertainty is an interval of some width.

    Two digits of the width are told, and one more if otherwise nothing but zeros would be left of the value.

    Examples
    --------
    >>> from skvae._rounding import decimals_of
    >>> decimals_of(0.23, width=0.29), decimals_of(148.0, width=1084.0), decimals_of(0.34, width=11.0)
    (2, 0, 1)
    """
    if not (np.isfinite(width) and width > 0):
        return 3
    decimals = int(np.clip(1 - np.floor(np.log10(width)), 0, 6))
    return decimals + (0 < abs(value) < 0.5 * 10.0**-decimals)
