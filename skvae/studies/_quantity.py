"""How many samples, and how many epochs?"""

import numpy as np
from scipy.stats import spearmanr

from skvae.studies._curves import draw_curves
from skvae.studies._groups import curve, drawn, smallest_group, two_groups_of
from skvae.studies._separation import counted, in_most, is_apart
from skvae.studies._study import Finding, Measured, Study

#: Epochs that the source calls reproducible.
_ENOUGH = 500
#: A curve rises if the rank correlation of epoch and mean distance is at least this.
_RISING = 0.8
#: A distance is reproducible if its standard deviation over the replicates is at most this share of its mean.
_STEADY = 0.25


def _load(samples, sizes):
    """Take two groups, and say which sizes they do not allow."""
    samples = two_groups_of(samples, sizes)
    most = smallest_group(samples)
    beyond = [str(n) for n in sizes["rows_per_group"] if n > most]
    if len(beyond) == len(sizes["rows_per_group"]):
        raise ValueError(f"The smaller group has {most} rows, fewer than any of rows_per_group.")
    return samples._replace(name=f"{samples.name}, too few for {', '.join(beyond)} per group") if beyond else samples


def _conditions(samples, sizes):
    """List the sizes for which there are rows enough."""
    return [{"rows_per_group": n} for n in sizes["rows_per_group"] if n <= smallest_group(samples)]


def _measure(samples, condition, sizes, seed):
    """Draw both groups, and follow the training on them."""
    n = condition["rows_per_group"]
    return Measured(curve(drawn(samples, (n, n), np.random.default_rng(seed)), sizes["epochs"], seed)[0])


def _judge(table, sizes):
    """Judge by the distance over the epochs, and at the epochs that are enough."""
    means = table.groupby(["rows_per_group", "epoch"])["centroid_distance"].mean().unstack()
    enough = max([epoch for epoch in means.columns if epoch <= _ENOUGH], default=means.columns[0])
    at_enough = table[table["epoch"] == enough]
    return [_rises(means), _is_steady(at_enough, enough), _few_suffice(at_enough, enough)]


def _rises(means):
    """Judge whether distances rise with the epochs at every size."""
    claim = "the distance of the centroids rises with the epochs at every size"
    if means.shape[1] < 3:
        return Finding(claim, None, "fewer than three epochs were looked at")
    least = float(np.min([_rank_correlation(means.columns, row) for row in means.to_numpy()]))
    first, last = means.columns[[0, -1]]
    distances = ", ".join(f"{n} rows {row[first]:.2f} to {row[last]:.2f}" for n, row in means.iterrows())
    return Finding(
        claim,
        least >= _RISING,
        f"epochs {first} to {last}: {distances}; least rank correlation {least:.2f}",
    )


def _rank_correlation(epochs, distances):
    """Correlate ranks; distances that stay the same rise as little as they fall."""
    return 0.0 if np.ptp(distances) == 0 else spearmanr(epochs, distances).statistic


def _is_steady(table, epoch):
    """Judge whether the replicates agree."""
    claim = f"after {epoch} epochs the distance is reproducible at every size"
    spread = table.groupby("rows_per_group")["centroid_distance"].agg(["mean", "std"])
    if spread["std"].isna().any():
        return Finding(claim, None, "one replicate only")
    shares = spread["std"] / spread["mean"]
    figures = ", ".join(f"{n} rows {share:.2f}" for n, share in shares.items())
    return Finding(claim, bool((shares <= _STEADY).all()), f"standard deviation over the replicates / mean: {figures}")


def _few_suffice(table, epoch):
    """Judge whether the smallest size is enough."""
    least = table["rows_per_group"].min()
    apart = is_apart(table[table["rows_per_group"] == least])
    claim = f"{least} rows of each group suffice for groups apart after {epoch} epochs"
    return Finding(claim, in_most(apart), f"apart in {counted(apart)} replicates")


def _draw(figure, table, codes):
    """Draw both measures over the epochs."""
    for ax, measure in zip(figure.subplots(1, 2), ("centroid_distance", "neighbor_accuracy"), strict=True):
        draw_curves(ax, table, "epoch", measure, "rows_per_group")


STUDY = Study(
    name="quantity",
    question="How many samples of each group, and how many epochs, until a code shows two groups?",
    claim="the distance rises with the epochs at every size, 500 epochs are reproducible, 10 per group suffice",
    version=1,
    full={
        "replicates": 10,
        "rows_per_group": (10, 20, 50, 100, 200, 500, 1000),
        "epochs": (5, 10, 20, 50, 100, 200, 500, 1000),
    },
    quick={"replicates": 2, "rows_per_group": (10, 100), "epochs": (5, 10, 20, 50, 100, 200)},
    load=_load,
    conditions=_conditions,
    measure=_measure,
    judge=_judge,
    draw=_draw,
    by=("rows_per_group",),
    shown=("centroid_distance", "pooled_distance", "neighbor_accuracy", "loss"),
    # The spread within groups needs two rows.
    least={"rows_per_group": 2, "epochs": 1},
)
