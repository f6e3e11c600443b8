"""Paired differences between estimators on the same splits, and their order over all measures."""

import numpy as np
import pandas as pd
from scipy import stats

_CONFIDENCE = 0.95
# Measures that agree to so many digits differ by rounding, and so do those as near to 0 as two lossless codes.
_ROUNDING, _LEAST = 1e-9, 1e-12


def corrected_interval(differences, test_share):
    r"""Estimate a mean difference from splits that share their rows.

    Parameters
    ----------
    differences : array-like of shape (n_splits,)
        One for each split; what is not finite is left out.
    test_share : float
        Held-out rows per training row.

    Returns
    -------
    mean, low, high, p : float
        The mean; its 95 % interval; the two-sided p-value of no difference. The last three are nan if there are
        fewer than two differences, or if they are all the same, which leaves no spread to judge by.

    Notes
    -----
    Splits of one table overlap, so that their differences are alike and the usual standard error, the root of
    :math:`s^2 / J`, is too small. Nadeau and Bengio's correction takes

    .. math:: s^2 \left(\frac{1}{J} + \frac{n_\text{test}}{n_\text{train}}\right)

    with Student's t of :math:`J - 1` degrees of freedom. It was made for random splits; the training sets of
    disjoint folds overlap as well, and no unbiased variance exists for them either (Bengio and Grandvalet, 2004),
    so they get the same.

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio (2003). Inference for the generalization error. Machine Learning 52, 239-281.
    .. [2] Y. Bengio, Y. Grandvalet (2004). No unbiased estimator of the variance of k-fold cross-validation.
       Journal of Machine Learning Research 5, 1089-1105.

    Examples
    --------
    >>> from skvae.model_selection._differences import corrected_interval
    >>> [round(value, 3) for value in corrected_interval([0.1, 0.3, 0.2], test_share=1 / 3)]
    [0.2, -0.151, 0.551, 0.134]
    """
    differences = np.asarray(differences, dtype=float)
    differences = differences[np.isfinite(differences)]
    if not differences.size:
        return (np.nan,) * 4
    mean = float(differences.mean())
    if np.ptp(differences) <= _ROUNDING * abs(mean):
        return mean, np.nan, np.nan, np.nan
    error = differences.std(ddof=1) * np.sqrt(1 / differences.size + test_share)
    student = stats.t(differences.size - 1)
    margin = error * student.ppf((1 + _CONFIDENCE) / 2)
    return mean, float(mean - margin), float(mean + margin), float(2 * student.sf(abs(mean) / error))


def paired_differences(runs, names, measures):
    """Compare each estimator with the first, split by split.

    Parameters
    ----------
    runs : DataFrame
        One row for each estimator and split, with ``estimator``, ``split``, ``n_train``, ``n_test`` and the measures.
    names : list of str
        The estimators, the first first.
    measures : list of str
        Columns of `runs`.

    Returns
    -------
    differences : DataFrame
        Rows: measure and estimator. Columns: ``mean``, ``low``, ``high`` and ``p``.
    """
    first, *rivals = names
    index = pd.MultiIndex.from_product([measures, rivals], names=["measure", "estimator"])
    test_share = (runs["n_test"] / runs["n_train"]).mean()
    values = {measure: runs.pivot(index="split", columns="estimator", values=measure) for measure in measures}
    rows = [
        corrected_interval(_without_rounding(values[measure][rival], values[measure][first]), test_share)
        for measure, rival in index
    ]
    return pd.DataFrame(rows, index=index, columns=["mean", "low", "high", "p"], dtype=float)


def _without_rounding(values, others):
    """Subtract; what differs by rounding does not differ."""
    with np.errstate(invalid="ignore"):  # infinite distances
        differences = values - others
    return differences.mask(np.isclose(values, others, rtol=_ROUNDING, atol=_LEAST), 0.0)


def mean_ranks(means, better):
    """Order estimators by their mean rank.

    Parameters
    ----------
    means : DataFrame
        Estimators down, measures across.
    better : dict of str to {"lower", "higher"}
        Which way is better.

    Returns
    -------
    ranking : Series
        Mean rank by estimator, the best first, 1 for one that is best in all. Measures that some estimator lacks
        are left out, and so is, before that, an estimator without any: it comes last, with nan.
    """
    means = means[list(better)]
    measured = means.dropna(how="all").dropna(axis="columns").map(lambda value: float(f"{value:.9g}"))
    signs = [1 if better[measure] == "lower" else -1 for measure in measured]
    ranks = (measured * signs).rank().mean(axis="columns")
    return ranks.reindex(means.index).sort_values(kind="stable").rename("mean_rank").rename_axis(None)
