"""What the attributes of a OneHotEncoder must be together.

It hands places in a sparse matrix to compiled code that does not look whether they are there: a forged encoder would
write into memory that is not its own.
"""

import numpy as np

from skvae.persistence._container import ArraySpec


def check_one_hot_encoder(state):
    """Raise ``ValueError`` unless an encoder has the columns that it writes to; an `ArraySpec` may stand for an array.

    Parameters
    ----------
    state : dict
        Its attributes, each of its kind.
    """
    n_levels = [levels.shape[0] for levels in state["categories_"]]
    if not all(map(_are_levels, state["categories_"])):
        raise ValueError("categories_ of a OneHotEncoder must be there, in order, and none twice.")
    n_groups = _groups(state, n_levels) if state["_infrequent_enabled"] else n_levels
    _check_dropped(state["drop_idx_"], n_levels)
    dropped = state["_drop_idx_after_grouping"]
    _check_dropped(dropped, n_groups)
    is_dropped = np.zeros(len(n_groups), bool) if dropped is None else [place is not None for place in dropped]
    n_outs = [int(n - drops) for n, drops in zip(n_groups, is_dropped, strict=True)]
    if state["_n_features_outs"] != n_outs:
        raise ValueError(f"_n_features_outs of this OneHotEncoder must be {n_outs}.")


def _are_levels(levels):
    """Tell whether these may be the categories of a feature: numbers are looked up by bisection, others by hash."""
    if levels.shape[0] == 0 or isinstance(levels, ArraySpec):
        return levels.shape[0] > 0
    if levels.dtype.kind in "OU":
        return len(set(levels.tolist())) == len(levels)
    numbers = levels[:-1] if np.isnan(levels[-1]) else levels
    return bool((numbers[1:] > numbers[:-1]).all() and not np.isnan(numbers).any())


def _groups(state, n_levels):
    """Return the number of categories of each feature once rare ones are taken together."""
    rare, mappings = (state.get(name) for name in ("_infrequent_indices", "_default_to_infrequent_mappings"))
    if rare is None or mappings is None:
        raise ValueError("This OneHotEncoder does not say which categories are infrequent.")
    return [_n_groups(*of_feature) for of_feature in zip(n_levels, rare, mappings, strict=True)]


def _n_groups(n_levels, rare, mapping):
    """Return the number of categories of one feature, of which `rare` are one."""
    if rare is None and mapping is None:
        return n_levels
    if rare is None or mapping is None or mapping.shape[0] != n_levels or not 0 < rare.shape[0] <= n_levels:
        raise ValueError("The infrequent categories of this OneHotEncoder do not agree with its categories.")
    n_frequent = n_levels - rare.shape[0]
    if not isinstance(rare, ArraySpec):
        is_rare = np.isin(np.arange(n_levels), rare)
        if is_rare.sum() != len(rare) or not np.array_equal(
            mapping, np.where(is_rare, n_frequent, np.cumsum(~is_rare) - 1)
        ):
            raise ValueError("The infrequent categories of this OneHotEncoder do not agree with its mapping.")
    return n_frequent + 1


def _check_dropped(places, n_levels):
    """Raise unless there is None or a category for each feature."""
    if places is None:
        return
    is_one_each = places.shape[0] == len(n_levels) and not isinstance(places, ArraySpec)
    if not is_one_each or not all(
        place is None or (isinstance(place, int | np.integer) and 0 <= place < n)
        for place, n in zip(places, n_levels, strict=True)
    ):
        raise ValueError("This OneHotEncoder drops categories that it does not have.")
