"""Evolving architectures by the silhouette of k-means on the codes: Fashion-MNIST, ten classes, two latent variables.

``python benchmarks/evolution.py search`` compares the search with one of random architectures, of the same budget and
from the same draws, by the silhouette of rows that no search saw; ``designs`` does so for all rules, to choose the
default on seeds of its own (``--first-seed 100``). ``depths`` asks which depth is best by loss and by
silhouette, and ``jobs`` whether two jobs give the bits of one. ``search`` takes about half an hour of one core, the
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

import numpy as np
from measure import heading, machine, markdown, say
from sklearn.model_selection import StratifiedKFold
from sources import IMAGES, images

from skvae import VAETransformer
from skvae.estimators import _training
from skvae.metrics import kmeans_silhouette_score, make_latent_scorer
from skvae.model_selection import EvolutionarySearchCV, drop_or_widen

N_CLASSES = 10
POPULATION, N_ROUNDS, EPOCHS = 6, 4, 30
N_ROWS, N_HELD_OUT = 600, 1000
#: What is compared with the search of random architectures.
SEARCHES = {
    "default": {},
    "source": {"mutation": drop_or_widen, "replaces": "parent"},
    "source's mutation, worst replaced": {"mutation": drop_or_widen},
    "default mutation, parent replaced": {"replaces": "parent"},
}
silhouette = make_latent_scorer(kmeans_silhouette_score, n_clusters=N_CLASSES, random_state=0)


def vae(seed, encoder=(64,), **options):
    """Make the source's model: mirrored decoder, pixels as probabilities, no start at PCA."""
    defaults = {"likelihood": "bernoulli", "init": "random", "learning_rate": 3e-3, "batch_size": 50, "epochs": EPOCHS}
    return VAETransformer(2, encoder=encoder, random_state=seed, **(defaults | options))


def rows(seed, n_rows, n_held_out):
    """Draw rows for a search, and rows that it does not see."""
    X, y = images(IMAGES["Fashion-MNIST"])
    order = np.random.default_rng(seed).permutation(len(X))[: n_rows + n_held_out]
    return X[order[:n_rows]], y[order[:n_rows]], X[order[n_rows:]]


def searched(X, y, seed, quick, **options):
    """Search architectures by the mean silhouette of three folds."""
    search = EvolutionarySearchCV(
        vae(seed, epochs=2 if quick else EPOCHS),
        **({"population_size": POPULATION, "n_rounds": 1 if quick else N_ROUNDS} | options),
        scoring=silhouette,
        cv=StratifiedKFold(3, shuffle=True, random_state=seed),
        refit=False,
        random_state=seed,
    )
    return search.fit(X, y)


def best_of(search, n_rows=None):
    """Return the best architecture of the first rows, its score, and how many rows those are."""
    scores = np.nan_to_num(search.cv_results_["mean_test_score"][:n_rows], nan=-1)
    best = scores.argmax()
    return search.cv_results_["param_encoder"][best], scores[best], len(scores)


def judged(architecture, X, held_out, seed, quick):
    """Fit an architecture on all rows of the search; return silhouette and score of the others, and what is in use."""
    model = vae(seed, architecture, epochs=2 if quick else EPOCHS).fit(X)
    return silhouette(model, held_out), model.score(held_out), int(model.active_components_.sum())


def search(quick, seeds, record, names=("default",)):
    """Held-out silhouettes of the best architecture of each search."""
    found = {name: [] for name in names}
    for seed in seeds:
        X, y, held_out = rows(seed, 120 if quick else N_ROWS, 200 if quick else N_HELD_OUT)
        budget = POPULATION * (2 if quick else N_ROUNDS + 1)
        random = searched(X, y, seed, quick, population_size=budget, n_rounds=0)
        for name in names:
            evolved = searched(X, y, seed, quick, **SEARCHES[name])
            layers, score, n_fitted = best_of(evolved)
            rival, rival_score, _ = best_of(random, n_fitted)
            pair = [judged(each, X, held_out, seed, quick) for each in (layers, rival)]
            found[name].append((score, rival_score, pair[0][0], pair[1][0]))
            of_seed = {"seed": seed, "search": name, "n_fitted": n_fitted, "layers": layers, "rival": rival}
            record(of_seed | {"scores": [score, rival_score], "held_out": pair})
    table = []
    for name, values in found.items():
        inner, rival_inner, outer, rival_outer = np.array(values).T
        wins = f"{np.sum(outer > rival_outer)} of {len(outer)}"
        means = [f"{v.mean():.3f} ± {v.std():.3f}" for v in (inner, rival_inner, outer, rival_outer)]
        table.append((name, *means, wins))
    return ("search", "cross-validated", "random's", "held out", "random's", "better than random"), table


def depths(quick, seeds, record):
    """Held-out score and silhouette of 1 to 6 hidden layers of 64 units."""
    table = []
    for depth in range(1, 7):
        found = []
        for seed in seeds:
            X, _, held_out = rows(seed, 120 if quick else 3000, 1000)
            found.append(judged((64,) * depth, X, held_out, seed, quick))
            record({"depth": depth, "seed": seed, "found": found[-1]})
        values = np.array(found)
        means = [f"{v.mean():.4g} ± {v.std():.2g}" for v in (-values[:, 1], values[:, 0])]
        table.append((str(depth), *means, f"{np.mean(values[:, 2] < 2):.0%}"))
    return ("hidden layers", "loss (nats per image)", "k-means silhouette", "codes of one variable"), table


def jobs(quick, seeds, record):
    """Whether all bits are the same with two jobs."""
    table = []
    for seed in seeds:
        X, y, _ = rows(seed, 120, 0)
        small = {"initial": [(8,), (16, 8)], "population_size": 2, "n_rounds": 1 if quick else 3}
        one, two = (searched(X, y, seed, True, **small, n_jobs=n_jobs).cv_results_ for n_jobs in (1, 2))
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
