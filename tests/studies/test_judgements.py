"""What each study concludes from a table: tables made by hand, with the answer known."""

import itertools

import numpy as np
import pandas as pd
import pytest

from skvae.studies import load_study


def judged(name, table, sizes=None):
    """Return whether each finding holds, and the lines that say so."""
    study = load_study(name)
    findings = study.judge(pd.DataFrame(table), sizes or study.full)
    return [finding.holds for finding in findings], [str(finding) for finding in findings]


def curves(distance, accuracy=1.0, epochs=(5, 50, 500, 1000)):
    """Make the table of `quantity` from the distance at each size, epoch and replicate."""
    return [
        {
            "rows_per_group": n,
            "replicate": i,
            "epoch": epoch,
            "centroid_distance": distance(n, epoch, i),
            "neighbor_accuracy": accuracy if i else 1.0,
        }
        for n, i, epoch in itertools.product((10, 100), range(10), epochs)
    ]


def test_quantity_confirms():
    holds, lines = judged("quantity", curves(lambda n, epoch, i: np.log(epoch) + 0.1 * i))
    assert holds == [True, True, True]
    assert lines[0].endswith(
        "(epochs 5 to 1000: 10 rows 2.06 to 7.36, 100 rows 2.06 to 7.36; least rank correlation 1.00)"
    )
    assert "after 500 epochs" in lines[1]
    assert "10 rows of each group suffice for groups apart after 500 epochs: confirmed (apart in 10 of 10" in lines[2]


def test_quantity_refutes():
    holds, _ = judged("quantity", curves(lambda n, epoch, i: (-1.0 if n == 10 else 1.0) * epoch + 2000, 0.8))
    assert holds == [False, True, False]
    holds, _ = judged("quantity", curves(lambda n, epoch, i: epoch * (1.0 + i)))
    assert holds == [True, False, True]


@pytest.mark.parametrize("constant", [10, 100])
def test_quantity_a_distance_that_stays_the_same_does_not_rise(constant):
    holds, lines = judged("quantity", curves(lambda n, epoch, i: 1.0 if n == constant else np.log(epoch)))
    assert holds == [False, True, True]
    assert "least rank correlation 0.00" in lines[0]


def test_quantity_does_not_judge_what_was_not_asked():
    one = [row for row in curves(lambda n, epoch, i: 1.0, epochs=(5, 50)) if row["replicate"] == 0]
    assert judged("quantity", one)[0] == [None, None, True]


def noise(p_values, last_noise, last_samples):
    """Make the table of `noise`."""
    rows = []
    for (name, last), (i, p) in itertools.product(
        (("noise", last_noise), ("samples", last_samples)), enumerate(p_values)
    ):
        for epoch, loss in ((5, 400.0), (100, last)):
            p_here = p if name == "noise" else 0.005
            rows.append(
                {"table": name, "replicate": i, "epoch": epoch, "loss": loss, "p_value": p_here, "pooled_distance": 1}
            )
    return rows


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (noise([0.01, 0.02, *[0.5] * 8], 300, 200), [True, True, True]),
        (noise([0.01, 0.02, 0.05, *[0.5] * 7], 300, 200), [False, True, True]),
        (noise([0.5] * 10, 500, 200), [True, False, True]),
        (noise([0.5] * 10, 100, 200), [True, True, False]),
    ],
)
def test_noise(table, expected):
    assert judged("noise", table)[0] == expected


def imbalance(unequal, accuracy):
    """Make the table of `imbalance`, with distances of 3 where the groups are equal."""
    return [
        {"first": a, "second": b, "replicate": i, "centroid_distance": distance, "neighbor_accuracy": accuracy}
        for a, b, distance in ((10, 1000, unequal), (10, 10, 3.0), (1000, 1000, 3.0))
        for i in range(10)
    ]


@pytest.mark.parametrize(
    ("unequal", "accuracy", "expected"), [(1, 1, [True, True]), (3, 1, [True, False]), (1, 0.5, [False, True])]
)
def test_imbalance(unequal, accuracy, expected):
    holds, lines = judged("imbalance", imbalance(unequal, accuracy))
    assert holds == expected
    assert lines[0].startswith("10 against 1000 are apart")


def informative(needed, n=100):
    """Make the table of `informative`, with groups apart from `needed` features on."""
    rows = []
    for k, i in itertools.product((0, 4, 8, 14, 20, 30, 40), range(10)):
        for reading in ("means", "variances") if k else ("none",):
            apart = k >= needed
            distance, accuracy = (5.0, 0.95) if apart else (0.2 * i, 0.5)
            row = {"rows_per_group": n, "informative": k, "signal_to_noise_of": reading, "replicate": i}
            rows.append({**row, "pooled_distance": distance, "neighbor_accuracy": accuracy})
    return rows


@pytest.mark.parametrize(("needed", "holds"), [(8, False), (14, True), (20, True), (30, False), (41, False)])
def test_informative_needs_about_as_many_as_the_source(needed, holds):
    found, lines = judged("informative", informative(needed))
    assert found == [holds, holds]
    where = f"from {needed} on" if needed <= 40 else "at no number tried"
    assert lines[0].count(where) == 2
    assert "pooled distance above 1.71" in lines[0]  # the 95 % quantile of 0, 0.2, ..., 1.8


def test_informative_counts_from_the_last_miss():
    table = pd.DataFrame(informative(8))
    table.loc[(table["informative"] == 20) & (table["replicate"] < 2), "pooled_distance"] = 0.0
    assert (
        "the 95% quantile without any, from 30 on; neighbours tell the group from 8 on"
        in judged("informative", table)[1][0]
    )


def test_informative_does_not_judge_sizes_that_the_source_does_not_have():
    assert judged("informative", informative(8, n=77))[0] == [None, None]


def tumours(p_value=0.005, tumours_right=1.0, normals_right=np.nan):
    """Make the table of `tumour_normal`."""
    right = {"held_out_tumours_right": tumours_right, "held_out_normals_right": normals_right}
    measures = {"pooled_distance": 4.0, "neighbor_accuracy": 0.9, **right}
    return [
        {"replicate": i, "epoch": epoch, "p_value": p_value if epoch == 500 else 1.0, **measures}
        for i in range(10)
        for epoch in (5, 500)
    ]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (tumours(normals_right=0.8), [True, True, True]),
        (tumours(), [True, True, None]),
        (tumours(p_value=0.2, normals_right=0.0), [False, True, False]),
        (tumours(tumours_right=0.8), [True, False, None]),
    ],
)
def test_tumour_normal(table, expected):
    assert judged("tumour_normal", table)[0] == expected


@pytest.mark.parametrize(("accuracy", "index", "expected"), [(1, 1, [True, True]), (0.5, 0.2, [False, False])])
def test_three_studies(accuracy, index, expected):
    rows = [
        {"epoch": epoch, "neighbor_accuracy": accuracy, "clusters_are_studies": index if epoch == 500 else np.nan}
        for epoch in (5, 500)
        for _ in range(10)
    ]
    assert judged("three_studies", rows)[0] == expected


def test_pca_or_autoencoder():
    values = {"PCA": 1.0, "autoencoder of the notebook": 2.0, "autoencoder, defaults": 3.0}
    measures = ("squared_error", "inertia", "inertia_share", "silhouette_in_features", "blobs_found")
    table = [{"model": model, "replicate": 0, **dict.fromkeys(measures, value)} for model, value in values.items()]
    holds, lines = judged("pca_or_autoencoder", table)
    assert holds == [True, False, False, True, True]
    assert lines[0].endswith("(2 against 1, in 1 of 1 replicates; defaults 3)")


def searched(loss_of_depth, depths_by_silhouette, loss_by_silhouette=100.0):
    """Make the table of `evolution`: a first population of each depth, and what was chosen."""
    drawn = [
        {"round": 0, "chosen": False, "objective": objective, "hidden_layers": n, "loss": loss_of_depth(n)}
        for objective in ("loss", "silhouette")
        for n in range(1, 7)
    ]
    best = [{"objective": "loss", "hidden_layers": 2, "loss": 100.0} for _ in depths_by_silhouette]
    best += [{"objective": "silhouette", "hidden_layers": n, "loss": loss_by_silhouette} for n in depths_by_silhouette]
    table = pd.DataFrame(drawn + [{"round": 3, "chosen": True} | row for row in best])
    return table.assign(silhouette=0.5)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (searched(lambda n: 100 + 0.1 * n, [3] * 9 + [1]), [True, True, True]),
        (searched(lambda n: 100 + n, [3] * 8 + [2, 5], 101.1), [False, False, False]),
        # What evolution found does not count for random architectures.
        (searched(lambda n: 100.0, [4] * 10, 100.9), [True, True, True]),
    ],
)
def test_evolution(table, expected):
    holds, lines = judged("evolution", table)
    assert holds == expected
    assert (
        "hidden layers chosen: "
        + ", ".join(
            map(str, sorted(table.loc[table["chosen"] & (table["objective"] == "silhouette"), "hidden_layers"]))
        )
        in lines[1]
    )


def test_evolution_one_depth_alone_looks_like_none():
    table = searched(lambda n: 100.0, [3])
    assert judged("evolution", table[(table["hidden_layers"] == 1) | table["chosen"]])[0] == [None, True, True]
