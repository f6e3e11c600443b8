"""A comparison in plain words."""

from skvae._rounding import decimals_of

_CHANGED = "{rival} is {word} than {first}: {way} {heading} ({figures})."
_SENTENCES = {
    "better": _CHANGED,
    "worse": _CHANGED,
    "no evidence": "No evidence that {rival} is better or worse than {first} in {heading} ({figures}).",
    "the same": "{rival} and {first} are the same in {heading}.",
    "no verdict": "No verdict on {rival} and {first} in {heading} ({change}): {why}.",
}
_NO_SPREAD = "one split, or the same difference in each, leaves no spread to judge by"
_NO_SAMPLES = "held-out parts are too small for it, and all rows, on which each split measures it, are one sample"


def sentences(judgements, differences, first, measures, without_samples=()):
    """Say of each rival and measure what its difference from the first estimator tells.

    Parameters
    ----------
    judgements : DataFrame of str
        A word for each measure (down) and rival (across), nan where there is none.
    differences : DataFrame
        As `paired_differences` gives it.
    first : str
        Name of the first estimator.
    measures : dict of str to Measure
        At least those judged.
    without_samples : collection of str, default=()
        Those that each split measures on the same rows.

    Returns
    -------
    sentences : list of str
    """
    told = []
    for rival in judgements:
        for name, word in judgements[rival].dropna().items():
            figures = _figures(differences.loc[(name, rival)])
            why = _NO_SAMPLES if name in without_samples else _NO_SPREAD
            names = {"rival": rival, "first": first, "heading": measures[name].heading}
            told.append(_SENTENCES[word].format(word=word, why=why, **names, **figures))
    return told


def _figures(difference):
    """Write a difference, alone and with its interval, and which way it goes."""
    mean, low, high = difference[["mean", "low", "high"]]
    decimals = decimals_of(mean, high - low)
    # A small negative bound is -0.00, so that one sees on which side it lies.
    written = [f"{value + 0.0:+.{decimals}f}" for value in (mean, low, high)]
    return {
        "way": "lower" if mean < 0 else "higher",
        "figures": "{}, 95 % interval {} to {}".format(*written),
        "change": f"{mean + 0.0:+.{decimals_of(mean, abs(mean))}f}",
    }
