"""Are tumours and normal tissue apart, and do unseen tumours fall among the tumours?"""

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from skvae.studies._curves import draw_curves
from skvae.studies._generated import made_up_proteins
from skvae.studies._groups import codes, last_epochs
from skvae.studies._samples import group_sizes, not_negative, two_groups
from skvae.studies._separation import N_NEIGHBORS, SIGNIFICANT, counted, in_most, separation
from skvae.studies._source_vae import observed_training, up_to_one
from skvae.studies._study import Finding, Measured, Study

_BETA = 10.0


def _load(samples, sizes):
    """Keep two groups of the user's table, or make one up, with normal samples to spare."""
    if samples is not None:
        return two_groups(not_negative(samples))
    made_up = {"tumour": 2 * sizes["tumours"], "normal": sizes["tumours"]}
    return made_up_proteins(made_up, sizes["made_up_features"], "the pancreas table")


def _conditions(samples, sizes):
    """Check that there are samples enough; there is one condition."""
    tumours, normals = group_sizes(samples)
    if tumours < sizes["tumours"] or normals < sizes["normals"] or sizes["held_out"] >= sizes["tumours"]:
        raise ValueError(
            f"The study needs {sizes['tumours']} samples of the larger group, {sizes['held_out']} of them held out, "
            f"and {sizes['normals']} of the smaller, but the groups have {tumours} and {normals}."
        )
    return [{"tumours": sizes["tumours"], "normals": sizes["normals"]}]


def _measure(samples, condition, sizes, seed):
    """Train without some tumours, and call them, and all normal samples that were not drawn, by their neighbours."""
    rng = np.random.default_rng(seed)
    tumours, normals = (rng.permutation(np.flatnonzero(samples.y == label)) for label in group_sizes(samples).index)
    train = rng.permutation(np.r_[tumours[sizes["held_out"] : sizes["tumours"]], normals[: sizes["normals"]]])
    held_out = {"tumours": tumours[: sizes["held_out"]], "normals": normals[sizes["normals"] :]}
    normalizer = up_to_one(samples, samples.X[train])
    X, y = normalizer.transform(samples.X[train]), samples.y[train]
    unseen = {name: normalizer.transform(samples.X[rows]) for name, rows in held_out.items() if len(rows)}
    truth = {name: samples.y[rows] for name, rows in held_out.items()}

    def look(vae, X, y):
        Z = vae.transform(X)
        voters = KNeighborsClassifier(N_NEIGHBORS).fit(Z, y)
        right = dict.fromkeys(held_out, np.nan) | {
            name: float(voters.score(vae.transform(X_unseen), truth[name])) for name, X_unseen in unseen.items()
        }
        return {**separation(Z, y, seed), **{f"held_out_{name}_right": share for name, share in right.items()}}

    rows, vae = observed_training(X, y, sizes["epochs"], look, seed, beta=_BETA)
    Z = np.concatenate([vae.transform(part) for part in (X, *unseen.values())])
    labels = np.concatenate([y, *(truth[name] for name in unseen)])
    return Measured(rows, codes(Z, labels, np.arange(len(Z)) >= len(X)))


def _judge(table, sizes):
    """Judge the last epoch."""
    end = last_epochs(table)
    epoch = end["epoch"].iloc[0]
    apart, tumours = end["p_value"] <= SIGNIFICANT, end["held_out_tumours_right"] == 1.0
    normals = end["held_out_normals_right"].mean()
    return [
        Finding(
            f"tumours and normal samples are apart after {epoch} epochs",
            in_most(apart),
            f"significant in {counted(apart)} replicates, mean pooled distance {end['pooled_distance'].mean():.2f}, "
            f"neighbours tell the group of {end['neighbor_accuracy'].mean():.2f}",
        ),
        Finding(
            "held-out tumours fall among the tumours",
            in_most(tumours),
            f"all of them in {counted(tumours)} replicates, {end['held_out_tumours_right'].mean():.2f} on average",
        ),
        Finding(
            "and held-out normal samples do not (if they did, the above would say nothing)",
            None if np.isnan(normals) else bool(normals > 0.5),
            "no normal samples are left over" if np.isnan(normals) else f"{normals:.2f} are called normal",
        ),
    ]


def _draw(figure, table, codes):
    """Draw the learning curve, and the codes of the first replicate."""
    from skvae.plot import LatentSpaceDisplay

    curve, plane = figure.subplots(1, 2)
    draw_curves(curve, table, "epoch", "pooled_distance", "normals")
    LatentSpaceDisplay(codes[["z0", "z1"]], codes["label"], held_out=codes["held_out"]).plot(plane)


STUDY = Study(
    name="tumour_normal",
    question="Are tumours and normal tissue apart, and do unseen tumours fall among the tumours?",
    claim="apart after 500 epochs, and the held-out tumours land among the tumours",
    version=2,
    full={
        "replicates": 10,
        "tumours": 49,
        "normals": 5,
        "held_out": 5,
        "made_up_features": 7700,
        "epochs": (5, 10, 20, 50, 100, 200, 500),
    },
    quick={
        "replicates": 2,
        "tumours": 49,
        "normals": 5,
        "held_out": 5,
        "made_up_features": 1000,
        "epochs": (5, 10, 20, 50, 100, 200),
    },
    load=_load,
    conditions=_conditions,
    measure=_measure,
    judge=_judge,
    draw=_draw,
    by=("tumours", "normals"),
    shown=("pooled_distance", "p_value", "neighbor_accuracy", "held_out_tumours_right", "held_out_normals_right"),
    # The spread within groups needs two rows.
    least={"tumours": 2, "normals": 2, "held_out": 1, "made_up_features": 1, "epochs": 1},
)
