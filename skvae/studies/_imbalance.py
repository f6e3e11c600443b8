"""Does the distance of the centroids tell groups apart that differ in size?"""

import numpy as np

from skvae.studies._groups import codes, curve, drawn, smallest_group, two_groups_of
from skvae.studies._separation import counted, in_most, is_apart
from skvae.studies._study import Finding, Measured, Study


def _conditions(samples, sizes):
    """Compare the unequal groups with equal ones, small and large."""
    few, many = sizes["few"], min(sizes["many"], smallest_group(samples))
    if few >= many:
        raise ValueError(f"few={few} should be below the rows of the other group, {many}.")
    return [{"first": first, "second": second} for first, second in ((few, many), (few, few), (many, many))]


def _measure(samples, condition, sizes, seed):
    """Draw the groups, train, and keep the codes."""
    table = drawn(samples, (condition["first"], condition["second"]), np.random.default_rng(seed))
    rows, vae, X = curve(table, (sizes["epochs"],), seed)
    return Measured(rows, codes(vae.transform(X), table.y))


def _judge(table, sizes):
    """Judge by neighbours whether the unequal groups are apart, and whether the raw distance shows it."""
    unequal = table["first"] != table["second"]
    apart = is_apart(table[unequal])
    distances = table.groupby(["first", "second"])["centroid_distance"].mean()
    pair = " against ".join(map(str, table.loc[unequal, ["first", "second"]].iloc[0]))
    least = table.loc[~unequal, "centroid_distance"].min()
    low = table.loc[unequal, "centroid_distance"] < least
    figures = ", ".join(f"{a}:{b} {distance:.2f}" for (a, b), distance in distances.items())
    return [
        Finding(f"{pair} are apart", in_most(apart), f"in {counted(apart)} replicates"),
        Finding(
            "yet their raw distance is a poor measure: mostly below that of any equal groups",
            bool(low.mean() > 0.5),
            f"below {least:.2f} in {counted(low)} replicates; means: {figures}",
        ),
    ]


def _draw(figure, table, codes):
    """Draw the codes of each condition."""
    from skvae.plot import LatentSpaceDisplay

    conditions = list(codes.groupby(["first", "second"], sort=False))
    for ax, ((first, second), group) in zip(figure.subplots(1, len(conditions)), conditions, strict=True):
        LatentSpaceDisplay(group[["z0", "z1"]], group["label"]).plot(ax, legend=ax.get_subplotspec().is_last_col())
        ax.set_title(f"{first} against {second}", fontsize="medium")


STUDY = Study(
    name="imbalance",
    question="Does the distance of the centroids still tell groups apart that differ in size?",
    claim="10 against 1000 are apart, yet the raw distance is a poor measure",
    version=1,
    full={"replicates": 10, "few": 10, "many": 1000, "epochs": 500},
    quick={"replicates": 2, "few": 10, "many": 100, "epochs": 200},
    load=two_groups_of,
    conditions=_conditions,
    measure=_measure,
    judge=_judge,
    draw=_draw,
    by=("first", "second"),
    shown=("centroid_distance", "pooled_distance", "p_value", "neighbor_accuracy"),
    # The spread within groups needs two rows.
    least={"few": 2, "many": 3, "epochs": 1},
)
