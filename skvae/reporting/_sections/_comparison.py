"""Which model keeps more of rows that it has not seen."""

import numpy as np

from skvae._active import ACTIVE_VARIANCE
from skvae._rounding import decimals_of
from skvae.reporting._blocks import Cell, Heading, Points, Section, Table, Text
from skvae.reporting._words import signed

#: What each measure says, with its unit.
MEANING = {
    "reconstruction_error": "Share of the variance that the code loses: 0 nothing, 1 as much as the mean.",
    "log_likelihood": "Nats per row: how probable new rows are.",
    "trustworthiness": "0 to 1: are neighbours in the code neighbours in the table?",
    "kmeans_inertia": "0 to 1: variance that k-means leaves within clusters.",
    "silhouette": "-1 to 1: how tidy the clusters of k-means are; any cloud in a plane has 0.35.",
    "held_out_silhouette": "-1 to 1: do clusters of the training rows hold for other rows?",
    "adjusted_rand": "0 by chance, 1 the same: are these clusters the labels?",
    "normalized_mutual_info": "0 to 1, above 0 by chance: the same question.",
    "centroid_distance": "How far apart the labels are, in standard deviations within them.",
    "nearest_neighbor_accuracy": "Share of rows whose label their neighbours tell.",
    "active_units": f"Latent variables whose variance is above {ACTIVE_VARIANCE}.",
    "fit_seconds": "Of the training rows.",
    "transform_seconds": "Of all rows.",
}
_OWN = "A measure of your own."
_HOW = (
    "Better or worse is said if the 95 % interval of the difference, which allows for overlapping splits (Nadeau and "
    "Bengio, 2003), leaves out 0. No evidence does not mean equal. Each line stands for itself: of 20 comparisons of "
    "equals, one will say better or worse."
)
_CAPTION = (
    "Measures on held-out rows{except_for}: mean ± standard deviation over the splits, and the mean of the differences "
    "from split to split with its 95 % interval."
)
_ON_ALL = ", but clusters and centroids on all rows, as held-out parts are too small"


def compared(findings):
    """Tabulate the comparison, with its verdict."""
    comparison = findings.comparison
    if comparison is None:
        return None
    blocks: list = [Text(_what_was_compared(findings, comparison))]
    if comparison.verdict:
        blocks += [Points(comparison.verdict.splitlines()), Text(_HOW)]
    blocks += [_table(comparison), Heading("What the table rests on"), Points(comparison.notes)]
    return Section("comparison", "Comparison on held-out rows", blocks)


def _what_was_compared(findings, comparison):
    """Say what was fitted to what."""
    n_splits, n_test = comparison.runs["split"].nunique(), int(comparison.held_out.sum())
    copies = "Copies of the model were fitted anew: the figures are of its recipe, not of the fitted model itself. "
    return (
        f"Each model was fitted to {len(comparison.held_out) - n_test:,} rows and measured on the {n_test:,} others, "
        f"for {n_splits} random splits. {copies if findings.given else ''}No fit saw the labels."
    )


def _table(comparison):
    """Write mean and spread of each measure, and the differences from the first estimator."""
    words, differences, (first, *rivals) = comparison.judgements, comparison.differences, comparison.table.index
    rows = []
    for (name, measure), (_, *cells) in zip(comparison.measures.items(), comparison.summary.to_numpy(), strict=True):
        way = f" {measure.better.capitalize()} is better." if measure.better else ""
        row = [Cell(measure.heading, detail=MEANING.get(name, _OWN) + way)]
        row += map(_with_minus, cells)
        for rival in rivals:
            word = words[rival].dropna().get(name)
            row += [_difference(differences.loc[(name, rival)]), _judgement(word)]
        rows.append(row)
    columns = ["measure", first, *rivals]
    for rival in rivals:
        columns += [f"{rival} \N{MINUS SIGN} {first}", f"{rival} is"]
    caption = _CAPTION.format(except_for=_ON_ALL if comparison.scored_rows == "all" else "")
    return Table(caption, columns, rows, (0, *range(len(rivals) + 3, len(columns), 2)))


def _with_minus(cell):
    """Write minus signs as such, and a dash for no figure."""
    return "-" if cell == "-" else cell.replace("-", "\N{MINUS SIGN}")


def _difference(difference):
    """Write a difference with its interval."""
    mean, low, high, _ = difference
    if np.isnan(mean):
        return "-"
    decimals = decimals_of(mean, high - low)
    written = [signed(value, decimals) for value in (mean, low, high)]
    return written[0] if np.isnan(low) else Cell(written[0], detail=f"{written[1]} to {written[2]}")


def _judgement(word):
    """Write a word of the verdict."""
    if word is None:
        return Cell("not judged", "")
    return Cell(word, word if word in ("better", "worse") else "neutral")
