"""Tables of made-up proteins, which stand in for tables that cannot be had."""

import numpy as np

from skvae.studies._samples import Samples

# In log2 units: what proteins vary by alone, by what they have in common, and by group.
_OWN, _COMMON, _SHIFT = 0.5, 0.3, 2.0
_N_COMMON = 5
_SHARE_SHIFTED = 0.5


def made_up_proteins(group_sizes, n_features, what):
    """Make a table of ratios of proteins, always the same one.

    Logarithms are normal: noise of each protein, five factors that many proteins share, and for each group but the
    first a shift of half of the proteins.

    Parameters
    ----------
    group_sizes : dict of str to int
        Number of samples by label.
    n_features : int
        Number of proteins.
    what : str
        What the table stands in for.

    Returns
    -------
    samples : Samples
    """
    rng = np.random.default_rng(0)
    y = np.repeat(list(group_sizes), list(group_sizes.values()))
    loadings = rng.normal(0, _COMMON, (_N_COMMON, n_features))
    logs = rng.normal(0, _OWN, (len(y), n_features)) + rng.standard_normal((len(y), _N_COMMON)) @ loadings
    for label in list(group_sizes)[1:]:
        shifts = rng.normal(0, _SHIFT, n_features) * (rng.random(n_features) < _SHARE_SHIFTED)
        logs[y == label] += shifts
    name = f"a made-up table of {len(y)} x {n_features}, for want of {what}"
    return Samples(np.exp2(logs).astype(np.float32), y, name)
