"""The table of a comparison as text."""

import numpy as np
import pandas as pd


def as_text(table, measures):
    """Write the cells of a table as mean ± standard deviation.

    Parameters
    ----------
    table : DataFrame
        Estimators down; measures, each with ``mean`` and ``std``, across.
    measures : dict of str to Measure
        Those to show.

    Returns
    -------
    summary : DataFrame of str
        Measures down by their headings; ``better`` and the estimators across.
    """
    rows = [[measure.better, *_cells(table[name])] for name, measure in measures.items()]
    headings = [measure.heading for measure in measures.values()]
    return pd.DataFrame(rows, index=headings, columns=["better", *table.index])


def aligned(summary):
    """Pad the cells of a summary: words to the left, numbers to the right.

    Parameters
    ----------
    summary : DataFrame of str

    Returns
    -------
    lines : list of str
    """
    cells = [["", *summary.columns], *summary.itertuples(name=None)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(_padded(line, widths)) for line in cells]


def _padded(line, widths):
    """Pad the cells of a line."""
    for i, (cell, width) in enumerate(zip(line, widths, strict=True)):
        yield cell.ljust(width) if i < 2 else cell.rjust(width)


def _cells(column):
    """Write mean ± standard deviation, with decimals that suit the largest of them."""
    largest = column["mean"].abs().max()
    decimals = int(np.clip(3 - np.floor(np.log10(largest)), 0, 3)) if largest > 0 else 3
    return [_cell(mean, std, decimals) for mean, std in column[["mean", "std"]].to_numpy()]


def _cell(mean, std, decimals):
    """Write one mean ± standard deviation."""
    if np.isnan(mean):
        return "-"
    return f"{mean:.{decimals}f}" + ("" if np.isnan(std) else f" ± {std:.{decimals}f}")
