"""A word for each difference: what its interval tells."""

import numpy as np
import pandas as pd


def judgements(differences, measures):
    """Judge differences from the first estimator.

    Parameters
    ----------
    differences : DataFrame
        As `paired_differences` gives it.
    measures : dict of str to Measure
        Those to judge.

    Returns
    -------
    judgements : DataFrame of str
        Measures down, the other estimators across; nan for what was not measured.
    """
    rivals = differences.index.unique("estimator")
    words = [[_word(differences.loc[(name, rival)], measure) for rival in rivals] for name, measure in measures.items()]
    index = pd.Index([*measures], name="measure", dtype=object)
    return pd.DataFrame(words, index=index, columns=rivals, dtype=object)


def _word(difference, measure):
    """Judge one difference: its interval holds 0, or it does not, or there is none."""
    mean, low, high = difference[["mean", "low", "high"]]
    if np.isnan(mean):
        return np.nan
    if np.isnan(low):
        return "the same" if mean == 0 else "no verdict"
    if low <= 0 <= high:
        return "no evidence"
    return "better" if (mean < 0) == (measure.better == "lower") else "worse"
