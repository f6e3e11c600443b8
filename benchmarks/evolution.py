"""Evolving architectures by the silhouette of k-means on the codes: Fashion-MNIST, ten classes, two latent variables.

``python benchmarks/evolution.py search`` compares the search with one of random architectures, of the same budget and
from the same draws, by the silhouette of rows that no search saw; ``designs`` does so for all rules, to choose the
default on seeds of its own (``--first-seed 100``). ``depths`` asks which depth is best by loss and by
silhouette, and ``jobs`` whether two jobs give the bits of one. ``search`` takes about 35 minutes of one core, the
others a few minutes; ``--quick`` only shows that they run.
"""

import argparse
import json
import os

# Tiny networks gain nothing from threads; set before anything loads a BLAS.
os.environ |= {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

import warnings
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from measure import heading, machine, markdown, say
from sklearn.model_selection import RepeatedStratifiedKFold
from sources import IMAGES, images

from skvae import VAETransformer
from skvae.estimators import _training
from skvae.metrics import kmeans_silhouette_score, make_latent_scorer, nearest_neighbor_accuracy
from skvae.model_selection import EvolutionarySearchCV, drop_or_widen

N_CLASSES = 10
POPULATION, N_ROUNDS, EPOCHS = 6, 6, 30
N_ROWS, N_HELD_OUT, N_REFITS = 600, 1000, 5
#: What is compared with the search of random architectures.
SEARCHES = {
    "default": {},
    "source": {"mutation": drop_or_widen, "replaces": "parent"},
    "source's mutation, worst replaced": {"mutation": drop_or_widen},
    "default mutation, parent replaced": {"replaces": "parent"},
}
#: What is measured, and its heading.
MEASURES = {
    "cross-validated": "cross-validated silhouette",
    "silhouette": "held-out silhouette",
    "refits": "the same, other starts",
    "accuracy": "5-NN accuracy",
    "loss": "loss (nats)",
}
silhouette = make_latent_scorer(kmeans_silhouette_score, n_clusters=N_CLASSES, random_state=0)


def vae(seed, encoder=(64,), **options):
    """Make the source's model: mirrored decoder, pixels as probabilities, no start at PCA."""
    defaults = {"likelihood": "bernoulli", "init": "random", "learning_rate": 3e-3, "batch_size": 50, "epochs": EPOCHS}
    return VAETransformer(2, encoder=encoder, random_state=seed, **(defaults | options))


class Rows(NamedTuple):
    """Rows for a search, and rows that it does not see, with their classes."""

    X: np.ndarray
    y: np.ndarray
    X_held_out: np.ndarray
    y_held_out: np.ndarray


def rows(seed, n_rows, n_held_out):
    """Draw rows of Fashion-MNIST."""
    X, y = images(IMAGES["Fashion-MNIST"])
    order = np.random.default_rng(seed).permutation(len(X))
    first, others = order[:n_rows], order[n_rows : n_rows + n_held_out]
    return Rows(X[first], y[first], X[others], y[others])


def searched(X, y, seed, quick, **options):
    """Search architectures by the mean silhouette of two times five folds; a code that collapses in one has none."""
    search = EvolutionarySearchCV(
        vae(seed, epochs=2 if quick else EPOCHS),
        **({"population_size": POPULATION, "n_rounds": 1 if quick else N_ROUNDS} | options),
        scoring=silhouette,
        cv=RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=seed),
        refit=False,
        random_state=seed,
    )
    return search.fit(X, y)


def best_of(search, n_rows):
    """Return the best architecture of the first rows of a search, and its score."""
    best = np.nan_to_num(search.cv_results_["mean_test_score"][:n_rows], nan=-1).argmax()
    return search.cv_results_["param_encoder"][best], search.cv_results_["mean_test_score"][best]


def judged(architecture, data, seed, quick):
    """Fit an architecture on all rows of the search, and measure what it makes of the others."""
    model = vae(seed, architecture, epochs=2 if quick else EPOCHS).fit(data.X)
    Z = model.transform(data.X_held_out)
    return {
        "silhouette": kmeans_silhouette_score(Z, n_clusters=N_CLASSES, random_state=0),
        "accuracy": nearest_neighbor_accuracy(model.transform(data.X), data.y, Z, data.y_held_out, n_neighbors=5),
        "loss": -model.score(data.X_held_out),
    }


def silhouette_of_refits(architecture, data, seed, quick):
    """Judge the architecture rather than one start: the mean of starts that no search saw."""
    return np.nanmean(
        [judged(architecture, data, 1000 * seed + i, quick)["silhouette"] for i in range(1, N_REFITS + 1)]
    )


def search(quick, seeds, record, names=("default",)):
    """What the best architecture of each search, and of a search of random architectures, makes of held-out rows."""
    found = []
    for seed in seeds:
        data = rows(seed, 120 if quick else N_ROWS, 200 if quick else N_HELD_OUT)
        budget = POPULATION * (2 if quick else N_ROUNDS + 1)
        random = searched(data.X, data.y, seed, quick, population_size=budget, n_rounds=0)
        for name in names:
            evolved = searched(data.X, data.y, seed, quick, **SEARCHES[name])
            n_fitted = len(evolved.cv_results_["params"])
            for what, one in ((name, evolved), ("random", random)):
                layers, score = best_of(one, n_fitted)
                of_both = {"seed": seed, "against": name, "search": what, "n_fitted": n_fitted, "layers": layers}
                refits = {"refits": silhouette_of_refits(layers, data, seed, quick)}
                found.append(of_both | {"cross-validated": score} | judged(layers, data, seed, quick) | refits)
                record(found[-1])
    return summary(found, names)


def summary(found, names):
    """Set each search beside that of random architectures with as many fits; a code without variance never wins."""
    table = []
    for name in names:
        runs = {what: [r for r in found if (r["against"], r["search"]) == (name, what)] for what in (name, "random")}
        values = {what: np.array([[run[m] for m in MEASURES] for run in of_one]) for what, of_one in runs.items()}
        wins = np.sum(values[name] > values["random"], axis=0)
        for what, of_one in values.items():
            cells = zip(np.nanmean(of_one, axis=0), np.nanstd(of_one, axis=0), strict=True)
            table.append((what, *(f"{mean:.3f} ± {spread:.3f}" for mean, spread in cells)))
        table.append((f"larger, of {len(runs[name])}", *map(str, wins)))
    return ("search", *MEASURES.values()), table


def depths(quick, seeds, record):
    """What 1 to 6 hidden layers of 64 units make of held-out rows."""
    measures, table = ("loss", "silhouette", "accuracy"), []
    for depth in range(1, 7):
        found = []
        for seed in seeds:
            found.append(judged((64,) * depth, rows(seed, 120 if quick else 3000, 1000), seed, quick))
            record({"depth": depth, "seed": seed} | found[-1])
        values = [np.array([run[measure] for run in found]) for measure in measures]
        table.append((str(depth), *(f"{v.mean():.4g} ± {v.std():.2g}" for v in values)))
    return ("hidden layers", "loss (nats per image)", "k-means silhouette", "5-NN accuracy"), table


def jobs(quick, seeds, record):
    """Whether all bits are the same with two jobs."""
    table = []
    for seed in seeds:
        data = rows(seed, 120, 0)
        small = {"initial": [(8,), (16, 8)], "population_size": 2, "n_rounds": 1 if quick else 3}
        one, two = (searched(data.X, data.y, seed, True, **small, n_jobs=n_jobs).cv_results_ for n_jobs in (1, 2))
        same = all(np.array_equal(one[name], two[name], equal_nan=True) for name in one if name.endswith("test_score"))
        same = same and one["params"] == two["params"] and np.array_equal(one["accepted"], two["accepted"])
        record({"seed": seed, "same": bool(same)})
        table.append((str(seed), str(len(one["params"])), str(bool(same))))
    return ("seed", "architectures", "same bits with n_jobs=2"), table


STUDIES = {"search": search, "designs": partial(search, names=tuple(SEARCHES)), "depths": depths, "jobs": jobs}


def main():
    """Run one study, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1, help="of the first repeat")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, help="a file that gets a line for each result")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    if arguments.study != "jobs":  # whose processes would not know of it
        # Each architecture is compiled for a training of a second: XLA would take longer than it saves.
        _training.prefers_xla = lambda n_weights: False

    def record(result):
        say(str(result))
        if arguments.json:
            with arguments.json.open("a") as file:
                file.write(json.dumps(result, default=float) + "\n")

    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    header, table = STUDIES[arguments.study](arguments.quick, seeds, record)
    print(heading(machine()), markdown(header, table), sep="\n\n")


if __name__ == "__main__":
    main()
