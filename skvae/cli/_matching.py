"""The columns of a table matched to those of a model, by name."""

import difflib

from skvae._count import count
from skvae.cli._console import say

# Above this share of the features it is hardly a table of the same kind.
_MOST_MISSING = 0.5


def matched(frame, levels, model, path, may_lack=False):
    """Select the model's columns from a table, in the model's order.

    Parameters
    ----------
    frame : DataFrame
    levels : list of str
        Names of covariates.
    model : fitted estimator
    path : Path
        Of the table, for messages.
    may_lack : bool, default=False
        Whether features that are not there were not measured, which a model of missing values can bear for up to half
        of them.

    Returns
    -------
    DataFrame of shape (n_samples, model.n_features_in_)

    Raises
    ------
    ValueError
        If columns are missing; the message names them, and what may have been meant.
    """
    names = list(getattr(model, "feature_names_in_", ()))
    if not names:
        return _counted(frame, model, path)
    missing = [name for name in names if name not in frame.columns]
    features_only = not set(missing) & set(levels)
    if missing and not (may_lack and features_only and len(missing) <= _MOST_MISSING * len(names)):
        raise ValueError(_missing_message(missing, names, levels, frame, path))
    if missing:
        say(f"note: {count(len(missing), 'column')} of the model not in {path}, taken for missing: {_some(missing)}.")
    extra = frame.shape[1] - len(names) + len(missing)
    if extra:
        example = next(name for name in frame.columns if name not in set(names))
        say(f"note: {count(extra, 'column')} that the model does not know ignored, such as {example!r}.")
    return frame.reindex(columns=names)


def _counted(frame, model, path):
    """Check the number of columns for a model that was fitted without names."""
    if frame.shape[1] != model.n_features_in_:
        raise ValueError(
            f"{path} has {count(frame.shape[1], 'column')}, but the model was fitted on {model.n_features_in_} without "
            "names. Leave out the others, or fit the model anew on a table with names."
        )
    return frame.set_axis(range(frame.shape[1]), axis=1)


def _missing_message(missing, names, levels, frame, path):
    """Say which of the model's columns a table lacks, and what may have been meant."""
    if len(missing) == len(names):
        return (
            f"{path} has no column of the model: that knows {_some(names)}; the table has {_some(frame.columns)}. Is "
            "it another table, or one that lies on its side (rows must be samples)?"
        )
    others = [str(name) for name in frame.columns if name not in set(names)]
    near = difflib.get_close_matches(missing[0], others, n=1, cutoff=0.6)
    hint = f" Is {near[0]!r} meant to be {missing[0]!r}? Rename it." if near else ""
    hint = " It is a covariate: if it stands in a second table, give --metadata." if missing[0] in levels else hint
    return f"{path} lacks {len(missing)} of the {len(names)} columns of the model: {_some(missing)}.{hint}"


def _some(names):
    """List the first few names."""
    from skvae._tables._columns import some

    return some(names)
