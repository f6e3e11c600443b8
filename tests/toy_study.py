"""A study without models, for tests of what runs studies."""

import numpy as np

from skvae.studies import Finding, Measured, Samples, Study


def load(samples, sizes):
    """Make two rows where none are given."""
    return Samples(np.eye(2, dtype=np.float32), np.array(["a", "b"]), "two rows") if samples is None else samples


def conditions(samples, sizes):
    """List the levels."""
    return [{"level": level} for level in sizes["levels"]]


def measure(samples, condition, sizes, seed):
    """Draw a number around the level at each epoch; NumPy's types, as a study may give them."""
    rng = np.random.default_rng(seed)
    rows = [{"epoch": epoch, "value": condition["level"] + rng.normal(), "sum": samples.X.sum()} for epoch in (1, 2)]
    return Measured(rows, [{"z0": 1.0, "label": "a"}])


def judge(table, sizes):
    """Judge whether higher levels give higher values."""
    means = table.groupby("level")["value"].mean()
    return [
        Finding("values rise with the level", bool(means.is_monotonic_increasing), f"{means.iloc[-1]:.1f} at last"),
        Finding("the moon is round", None, "nobody looked"),
    ]


def draw(figure, table, codes):
    """Draw the values."""
    figure.subplots().plot(table["value"])


STUDY = Study(
    name="toy",
    question="Do values rise with the level?",
    claim="they do",
    version=1,
    full={"replicates": 3, "levels": (0, 100, 200)},
    quick={"replicates": 2, "levels": (0, 100)},
    load=load,
    conditions=conditions,
    measure=measure,
    judge=judge,
    draw=draw,
    by=("level",),
    shown=("value",),
)
