"""What is in the table, and what about it may mislead."""

import numpy as np
import pandas as pd

from skvae._levels import levels_of
from skvae._look import FEW_COLORS, INK, thin
from skvae.reporting._blocks import Heading, Pictures, Points, Section, Table, Text
from skvae.reporting._checks import remarks_on_table
from skvae.reporting._models import scales_features
from skvae.reporting._pictures import new_axes, picture
from skvae.reporting._words import count, number, printable, share

_MOST_LABELS = 30
_BINS = 20


def data(findings):
    """Describe the table: size, scale, missing values, labels, and what to beware of."""
    table = findings.data
    if table is None:
        return None
    blocks = [*_what_misleads(findings), *_scale(table), *_missing(table)]
    if table.labels is not None:
        blocks += [Heading("Labels"), _labels(findings.labels, table.label_name)]
    return Section("data", "The data", blocks)


def _what_misleads(findings):
    """List what was left out, and the remarks on the rest."""
    told = [("Reading the table:", printable(message)) for message in findings.log.told_of_reading]
    remarks = told + remarks_on_table(findings.data, all(map(scales_features, findings.models.values())))
    if not remarks:
        return [
            Text(
                "Nothing about the table calls for caution: scales, constant features, zeros, missing values, "
                "outlying rows, repeated rows and the sizes of groups were looked at."
            )
        ]
    return [Heading("What to beware of"), Points(remarks)]


def _scale(table):
    """Tabulate how features differ in mean and spread, those that have values."""
    values = table.values[:, ~np.isnan(table.values).all(axis=0)]
    if not values.shape[1]:
        return []
    rows = []
    with np.errstate(all="ignore"):
        statistics = {
            "mean": np.nanmean(values, axis=0),
            "standard deviation": np.nanstd(values, axis=0),
            "least value": np.fmin.reduce(values, axis=0),
            "largest value": np.fmax.reduce(values, axis=0),
        }
    for name, of_features in statistics.items():
        rows.append([name, *(number(q) for q in np.quantile(of_features, [0, 0.25, 0.5, 0.75, 1]))])
    caption = (
        f"How the {count(values.shape[1], 'feature')} differ, in their own units: each line is a statistic of a "
        "feature, and tells the least, the quartiles and the largest of it over the features."
    )
    return [Table(caption, ["of a feature", "least", "lower quartile", "median", "upper quartile", "largest"], rows)]


def _missing(table):
    """Tell how many values are missing, and where."""
    is_missing = np.isnan(table.values)
    if not is_missing.any():
        return [Heading("Missing values"), Text("No value is missing.")]
    shares = {"feature": is_missing.mean(axis=0), "row": is_missing.mean(axis=1)}
    names = {"feature": table.features, "row": table.samples}
    complete = {what: int((of == 0).sum()) for what, of in shares.items()}
    text = (
        f"Missing are {share(is_missing.mean())} of the cells. Complete are {complete['feature']:,} of "
        f"{count(len(table.features), 'feature')} and {complete['row']:,} of {count(len(table.samples), 'row')}."
    )
    pictures = [_histogram(what, of, names[what]) for what, of in shares.items()]
    return [
        Heading("Missing values"),
        Text(text),
        Pictures(pictures, "How many features, and how many rows, lack which share of their values."),
    ]


def _histogram(what, shares, names):
    """Draw how many features or rows lack which share of their values."""
    ax = new_axes(4.2, 2.1)
    ax.hist(100 * shares, bins=np.linspace(0, 100 * max(shares.max(), 0.01), _BINS + 1), color=FEW_COLORS[0])
    thin(ax)
    ax.set_xlabel(f"missing values of a {what} in %", color=INK)
    ax.set_ylabel(f"{what}s", color=INK)
    worst = int(np.argmax(shares))
    alt = (
        f"Histogram: the median {what} lacks {share(np.median(shares))} of its values, the emptiest, {names[worst]}, "
        f"{share(shares[worst])}."
    )
    return picture(ax, alt)


def _labels(labels, label_name):
    """Count the rows of each label: in their order, or the most frequent first."""
    sizes = _sizes(labels)
    rows = [[name, f"{size:,}", share(size / sizes.sum())] for name, size in sizes.iloc[:_MOST_LABELS].items()]
    hidden = len(sizes) - len(rows)
    if hidden:
        rest = int(sizes.iloc[_MOST_LABELS:].sum())
        rows.append([f"{hidden:,} others", f"{rest:,}", share(rest / sizes.sum())])
    caption = f"Rows of each {label_name}. Labels judge codes and colour pictures; no fit of this report saw them."
    return Table(caption, [label_name, "rows", "share"], rows)


def _sizes(labels):
    """Count the rows of each label, by its name."""
    if levels_of(labels) is not None:
        sizes = labels.value_counts()
        return sizes[sizes > 0].rename(index=str)
    names, sizes = np.unique(labels.astype(str), return_counts=True)
    return pd.Series(sizes, names).sort_values(ascending=False, kind="stable")
