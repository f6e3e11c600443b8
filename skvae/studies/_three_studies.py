"""Do samples cluster by the study that they come from?"""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from skvae.studies._curves import draw_curves
from skvae.studies._generated import made_up_proteins
from skvae.studies._groups import codes, curve, last_epochs
from skvae.studies._samples import group_sizes, not_negative, of_labels
from skvae.studies._separation import counted, in_most, is_apart
from skvae.studies._study import Finding, Measured, Study

_N_STUDIES = 3
#: Clusters are those of the studies if their adjusted Rand index is at least this.
_ALIKE = 0.8


def _load(samples, sizes):
    """Take the user's table, or make one up."""
    if samples is not None:
        return not_negative(samples)
    made_up = {f"study {i + 1}": sizes["made_up_rows"] for i in range(_N_STUDIES)}
    return made_up_proteins(made_up, sizes["made_up_features"], "the breast cancer table")


def _conditions(samples, sizes):
    """Check that there are studies enough; there is one condition."""
    usable = _usable(samples)
    if len(usable) < _N_STUDIES:
        raise ValueError(f"The labels must name {_N_STUDIES} studies of two samples or more, but name {len(usable)}.")
    return [{"studies": _N_STUDIES}]


def _measure(samples, condition, sizes, seed):
    """Take three of the studies, train on all their samples, and see what the codes cluster by."""
    rng = np.random.default_rng(seed)
    chosen = of_labels(samples, rng.choice(_usable(samples), _N_STUDIES, replace=False))
    rows, vae, X = curve(chosen, sizes["epochs"], seed)
    Z = vae.transform(X)
    clusters = KMeans(_N_STUDIES, n_init=10, random_state=seed).fit_predict(Z / np.maximum(Z.std(axis=0), 1e-12))
    rows[-1]["clusters_are_studies"] = float(adjusted_rand_score(chosen.y, clusters))
    return Measured(rows, codes(Z, chosen.y))


def _usable(samples):
    """Name the studies of more than one sample, in alphabetical order."""
    counts = group_sizes(samples)
    return sorted(counts.index[counts > 1])


def _judge(table, sizes):
    """Judge the last epoch."""
    end = last_epochs(table)
    epoch, apart, alike = end["epoch"].iloc[0], is_apart(end), end["clusters_are_studies"] >= _ALIKE
    return [
        Finding(
            f"after {epoch} epochs samples lie among those of their study",
            in_most(apart),
            f"in {counted(apart)} replicates, neighbours tell the study of {end['neighbor_accuracy'].mean():.2f}",
        ),
        Finding(
            "the clusters that k-means finds are the studies",
            in_most(alike),
            f"in {counted(alike)} replicates, mean adjusted Rand index {end['clusters_are_studies'].mean():.2f}",
        ),
    ]


def _draw(figure, table, codes):
    """Draw the learning curve, and the codes of the first replicate."""
    from skvae.plot import LatentSpaceDisplay

    curve, plane = figure.subplots(1, 2)
    draw_curves(curve, table, "epoch", "neighbor_accuracy", "studies")
    LatentSpaceDisplay(codes[["z0", "z1"]], codes["label"]).plot(plane)


STUDY = Study(
    name="three_studies",
    question="Do samples of three studies cluster by the study?",
    claim="samples cluster by study, a batch effect",
    version=1,
    full={"replicates": 10, "made_up_rows": 81, "made_up_features": 6700, "epochs": (5, 10, 20, 50, 100, 200, 500)},
    quick={"replicates": 2, "made_up_rows": 20, "made_up_features": 1000, "epochs": (5, 10, 20, 50, 100, 200)},
    load=_load,
    conditions=_conditions,
    measure=_measure,
    judge=_judge,
    draw=_draw,
    by=("studies",),
    shown=("pooled_distance", "neighbor_accuracy", "clusters_are_studies"),
    least={"made_up_rows": 2, "made_up_features": 1, "epochs": 1},
)
