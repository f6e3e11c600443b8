"""Splits in which some estimator has no measure, or an infinite one: what a fair comparison leaves out."""

import numpy as np
import pandas as pd


def common_means(runs, names, measures):
    """Average each measure over the splits that all estimators have.

    Over the splits of its own, one that failed on hard splits would be averaged over easy ones.

    Parameters
    ----------
    runs : DataFrame
        One row for each estimator and split, with ``estimator``, ``split`` and the measures.
    names : list of str
        The estimators; those without any of the measures are not waited for.
    measures : list of str

    Returns
    -------
    means : DataFrame
        Estimators down, measures across; nan where there is no such split.
    """
    tables = _splits_by_estimator(runs, measures)
    means = {measure: values.dropna().mean() for measure, values in tables.items()}
    return pd.DataFrame(means, index=names, columns=measures, dtype=float)


def notes(runs, names, measures):
    """Say which splits ranking and differences leave out.

    Parameters
    ----------
    runs : DataFrame
    names : list of str
        The estimators, the first first.
    measures : dict of str to Measure
        The judged ones.

    Yields
    ------
    sentence : str
    """
    tables = _splits_by_estimator(runs, [*measures])
    missing = {measures[name].heading: _n_missing(values) for name, values in tables.items()}
    if any(missing.values()):
        counts = ", ".join(f"{n} in {heading}" for heading, n in missing.items() if n)
        n_splits = runs["split"].nunique()
        yield (
            f"The ranking leaves out splits of the {n_splits} that some estimator lacks ({counts}); the means are of "
            "the splits that each has."
        )
    infinite = [_n_infinite(values, names[0], rival) for rival in names[1:] for values in tables.values()]
    headings = [f"{measures[name].heading} of {rival}" for rival in names[1:] for name in tables]
    if any(infinite):
        counts = ", ".join(f"{n} in {heading}" for heading, n in zip(headings, infinite, strict=True) if n)
        yield f"The differences leave out splits in which one of two measures is infinite ({counts})."


def _splits_by_estimator(runs, measures):
    """Make a table of each measure: splits down, and across the estimators that have any of the measures."""
    measured = runs[runs.groupby("estimator")[measures].transform("count").any(axis="columns")]
    return {measure: measured.pivot(index="split", columns="estimator", values=measure) for measure in measures}


def _n_missing(values):
    """Count the splits that some estimator lacks; 0 for a measure that one never has, which is not ranked."""
    has = values.notna()
    return 0 if not has.any().all() else int((~has.all(axis="columns")).sum())


def _n_infinite(values, first, rival):
    """Count the splits whose difference is infinite."""
    if not {first, rival} <= {*values}:
        return 0
    pair = values[[first, rival]].dropna()
    return int((np.isinf(pair).any(axis="columns") & (pair[first] != pair[rival])).sum())
