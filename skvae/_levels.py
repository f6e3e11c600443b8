"""The order of labels that have one."""

from typing import Any


def levels_of(labels):
    """Return the levels of an ordered Categorical of pandas, or a Series of it, in their order; None of other labels.

    Examples
    --------
    >>> import pandas as pd
    >>> from skvae._levels import levels_of
    >>> levels_of(pd.Categorical(["high", "low"], categories=["low", "high"], ordered=True))
    ['low', 'high']
    """
    dtype: Any = getattr(labels, "dtype", None)
    return list(dtype.categories) if getattr(dtype, "ordered", False) else None
