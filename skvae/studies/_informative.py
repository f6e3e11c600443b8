"""How many informative features does it take among noise?"""

import numpy as np

from skvae.studies._curves import draw_curves
from skvae.studies._groups import curve
from skvae.studies._samples import Samples
from skvae.studies._separation import MOST, is_apart
from skvae.studies._study import Finding, Measured, Study

SIGNAL_TO_NOISE = 6.0
#: Readings of the source's signal-to-noise ratio of 6: how many standard deviations of the noise the groups' means lie
#: apart if it is the difference of the means, or the variance between the groups, over that of the noise.
SHIFTS = {"means": SIGNAL_TO_NOISE, "variances": 2 * SIGNAL_TO_NOISE**0.5}
_NOISE_DEVIATION = 1 / 12**0.5
_QUANTILE = 0.95
#: "More than about k": the groups are apart from a number of features on that is at least k, and at most twice that.
_CLAIMED = {100: 14, 1000: 2}


def _load(samples, sizes):
    """Make nothing: each replicate draws its own table."""
    if samples is not None:
        raise ValueError("The study of informative features makes its own tables: give no data.")
    return None


def _conditions(samples, sizes):
    """Cross sizes, numbers of features and readings; without informative features the readings are the same."""
    if sizes["small"] == sizes["large"]:
        raise ValueError(f"The sizes 'small' and 'large' are both {sizes['small']}, but must differ.")
    grid = {sizes["small"]: sizes["informative_small"], sizes["large"]: sizes["informative_large"]}
    for numbers in grid.values():
        _check_informative(numbers, sizes["features"])
    return [
        {"rows_per_group": n, "informative": k, "signal_to_noise_of": reading}
        for n, numbers in grid.items()
        for k in numbers
        for reading in (SHIFTS if k else ("none",))
    ]


def _check_informative(numbers, n_features):
    """Raise a ValueError unless there is something to compare, and no more is informative than there is."""
    if 0 not in numbers or len(numbers) < 2:
        raise ValueError(
            "The numbers of informative features must begin at 0, with which the others are compared, and go on: "
            f"{', '.join(map(str, numbers))} does not."
        )
    if max(numbers) > n_features:
        raise ValueError(f"{max(numbers)} informative features are more than all {n_features} features.")


def _measure(samples, condition, sizes, seed):
    """Draw a table of uniform noise, move the informative features of one group, and train."""
    n, k = condition["rows_per_group"], condition["informative"]
    rng = np.random.default_rng(seed)
    X = rng.random((2 * n, sizes["features"]), dtype=np.float32)
    y = rng.permutation(np.repeat(["high", "low"], n))
    X[y == "high", :k] += SHIFTS.get(condition["signal_to_noise_of"], 0.0) * _NOISE_DEVIATION
    return Measured(curve(Samples(X, y), (sizes["epochs"],), seed)[0])


def _judge(table, sizes):
    """Say, for each size and reading, from how many features on the groups are apart."""
    return [
        _needed(table[table["rows_per_group"] == n], n, reading)
        for n in table["rows_per_group"].unique()
        for reading in SHIFTS
    ]


def _needed(table, n, reading):
    """Compare the number of features needed with the source's."""
    limit = table.loc[table["informative"] == 0, "pooled_distance"].quantile(_QUANTILE)
    read = table[table["signal_to_noise_of"] == reading]
    seen = _least(read.assign(met=read["pooled_distance"] > limit))
    clear = _least(read.assign(met=is_apart(read)))
    claimed = _CLAIMED.get(n)
    holds = None if claimed is None else seen is not None and claimed <= seen <= 2 * claimed
    words = f"more than about {claimed}" if claimed else "some"
    return Finding(
        f"{n} + {n} samples need {words} informative features (signal-to-noise 6 of the {reading})",
        holds,
        f"pooled distance above {limit:.2f}, the {_QUANTILE:.0%} quantile without any, {_from(seen)}; "
        f"neighbours tell the group {_from(clear)}",
    )


def _least(table):
    """Return the number of features from which on most replicates meet a criterion; None if the last does not."""
    share = table.groupby("informative")["met"].mean()
    missed = share.index[share < MOST]
    met = share.index if missed.empty else share.index[share.index > missed.max()]
    return None if met.empty else int(met.min())


def _from(number):
    """Write from how many features on."""
    return "at no number tried" if number is None else f"from {number} on"


def _draw(figure, table, codes):
    """Draw both measures over the number of features, for each size."""
    sizes = table["rows_per_group"].unique()
    figure.set_size_inches(10, 3.8 * len(sizes))
    axes = figure.subplots(len(sizes), 2, squeeze=False)
    for row, n in zip(axes, sizes, strict=True):
        for ax, measure in zip(row, ("pooled_distance", "neighbor_accuracy"), strict=True):
            rows = table[table["rows_per_group"] == n]
            draw_curves(ax, rows, "informative", measure, "signal_to_noise_of", f"{n} + {n} samples")


STUDY = Study(
    name="informative",
    question="How many informative features does it take among noise?",
    claim="100 + 100 samples need more than about 14 informative features, 1000 + 1000 more than about 2",
    version=1,
    full={
        "replicates": 10,
        "features": 784,
        "small": 100,
        "large": 1000,
        "informative_small": (0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 30),
        "informative_large": (0, 1, 2, 4, 8, 16),
        "epochs": 500,
    },
    quick={
        "replicates": 2,
        "features": 100,
        "small": 50,
        "large": 200,
        "informative_small": (0, 4, 16),
        "informative_large": (0, 2, 8),
        "epochs": 100,
    },
    load=_load,
    conditions=_conditions,
    measure=_measure,
    judge=_judge,
    draw=_draw,
    by=("rows_per_group", "informative", "signal_to_noise_of"),
    shown=("pooled_distance", "p_value", "neighbor_accuracy", "loss"),
    # The spread within groups needs two rows.
    least={"features": 1, "small": 2, "large": 2, "epochs": 1},
)
