"""A comparison in plain words."""

import numpy as np


def sentences(differences, first, measures, without_samples=()):
    """Say of each rival and measure what its difference from the first estimator tells.

    Parameters
    ----------
    differences : DataFrame
        As `paired_differences` gives it.
    first : str
        Name of the first estimator.
    measures : dict of str to Measure
        Those to speak of.
    without_samples : collection of str, default=()
        Those that each split measures on the same rows.

    Returns
    -------
    sentences : list of str
    """
    rivals = differences.index.unique("estimator")
    pairs = [(measure, rival) for rival in rivals for measure in measures]
    return [
        _sentence(rival, first, measures[name], differences.loc[(name, rival)], name in without_samples)
        for name, rival in pairs
        if not np.isnan(differences.loc[(name, rival), "mean"])
    ]


def _sentence(rival, first, measure, difference, is_without_samples):
    """Judge one difference: its interval holds 0, or it does not, or there is none."""
    mean, low, high, _ = difference
    if np.isnan(low):
        return _without_interval(rival, first, measure, mean, is_without_samples)
    written = [_signed(value, high - low) for value in (mean, low, high)]
    figures = "({}, 95 % interval {} to {})".format(*written)
    if low <= 0 <= high:
        return f"No evidence that {rival} is better or worse than {first} in {measure.heading} {figures}."
    way = "lower" if mean < 0 else "higher"
    judgement = "better" if way == measure.better else "worse"
    return f"{rival} is {judgement} than {first}: {way} {measure.heading} {figures}."


def _without_interval(rival, first, measure, mean, is_without_samples):
    """Speak of a difference that has no interval."""
    if mean == 0:
        return f"{rival} and {first} are the same in {measure.heading}."
    why = "one split, or the same difference in each, leaves no spread to judge by"
    if is_without_samples:
        why = "held-out parts are too small for it, and all rows, on which each split measures it, are one sample"
    return f"No verdict on {rival} and {first} in {measure.heading} ({_signed(mean, abs(mean))}): {why}."


def _signed(value, width):
    """Write a difference with decimals that suit its interval."""
    decimals = int(np.clip(1 - np.floor(np.log10(width)), 0, 6)) if np.isfinite(width) and width > 0 else 3
    return f"{value + 0.0:+.{decimals}f}"  # a small negative bound is -0.00, so that one sees on which side it lies
