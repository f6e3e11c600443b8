"""Does a code of pure noise fall into groups?"""

import numpy as np

from skvae.studies._curves import draw_curves
from skvae.studies._groups import curve, drawn, last_epochs, smallest_group, two_groups_of
from skvae.studies._separation import SIGNIFICANT, counted, in_most
from skvae.studies._study import Finding, Measured, Study

#: Of 10 replicates of noise more than 2 are significant in 1 of 87 studies by chance.
_BY_CHANCE = 0.2


def _conditions(samples, sizes):
    """Compare noise with the samples."""
    rows = min(sizes["rows_per_group"], smallest_group(samples))
    return [{"table": name, "rows_per_group": rows} for name in ("noise", "samples")]


def _measure(samples, condition, sizes, seed):
    """Follow the training on a table of samples, or on one of uniform noise in its place."""
    rng = np.random.default_rng(seed)
    n = condition["rows_per_group"]
    table = drawn(samples, (n, n), rng)
    if condition["table"] == "noise":
        table = table._replace(X=rng.random(table.X.shape, dtype=np.float32))
    return Measured(curve(table, sizes["epochs"], seed)[0])


def _judge(table, sizes):
    """Judge by the separation and the losses at the end, and by how the loss of noise falls."""
    end, noise = last_epochs(table), table[table["table"] == "noise"]
    by_chance = end.loc[end["table"] == "noise", "p_value"] <= SIGNIFICANT
    losses = noise.groupby("epoch")["loss"].mean()
    falls = noise.groupby("replicate")["loss"].agg(lambda loss: loss.iloc[-1] < loss.iloc[0])
    last = end.groupby("table")["loss"].mean()
    distances = end.groupby("table")["pooled_distance"].mean()
    return [
        Finding(
            f"after {end['epoch'].iloc[0]} epochs the centroids of noise are not apart",
            bool(by_chance.mean() <= _BY_CHANCE),
            f"significant in {counted(by_chance)} replicates; "
            f"pooled distance {distances['noise']:.2f}, of the samples {distances['samples']:.2f}",
        ),
        Finding(
            "the loss of noise falls all the same",
            in_most(falls) if len(losses) > 1 else None,
            f"from {losses.iloc[0]:.1f} to {losses.iloc[-1]:.1f} nats, in {counted(falls)} replicates",
        ),
        Finding(
            "and it ends higher than that of the samples",
            bool(last["noise"] > last["samples"]),
            f"{last['noise']:.1f} and {last['samples']:.1f} nats",
        ),
    ]


def _draw(figure, table, codes):
    """Draw distance and loss over the epochs."""
    for ax, measure in zip(figure.subplots(1, 2), ("centroid_distance", "loss"), strict=True):
        draw_curves(ax, table, "epoch", measure, "table")


STUDY = Study(
    name="noise",
    question="Does a code of pure noise fall into groups?",
    claim="the loss falls while the centroids do not separate, and stays higher than that of MNIST",
    version=1,
    full={"replicates": 10, "rows_per_group": 1000, "epochs": (5, 10, 20, 50, 100, 200, 500, 1000)},
    quick={"replicates": 2, "rows_per_group": 50, "epochs": (5, 10, 20, 50, 100, 200)},
    load=two_groups_of,
    conditions=_conditions,
    measure=_measure,
    judge=_judge,
    draw=_draw,
    by=("table", "rows_per_group"),
    shown=("centroid_distance", "pooled_distance", "p_value", "neighbor_accuracy", "loss"),
    # The spread within groups needs two rows.
    least={"rows_per_group": 2, "epochs": 1},
)
