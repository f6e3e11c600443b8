"""Where the defaults come from: one change at a time, judged on held-out rows against PCA of the same size.

The splits (from 100 on) are others than those of ``pca_or_vae.py``, so that its tables are no part of the choice. For
each change: how much more of PCA's lost variance it saves and how many nats it adds, on each data set; on how many of
them it is at least as good as PCA; and its mean rank among all changes.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from measure import heading, machine, markdown, say
from pca_or_vae import CONTESTANTS, measure, split
from real_data import LOADERS
from scipy.stats import rankdata

from skvae.estimators._rates import auto_rates
from skvae.likelihoods import Gaussian

FIRST_SPLIT = 100
QUICK = ("wine", "breast cancer")
#: change -> parameters, which may depend on the automatic learning rate and decay of the table
CHANGES = {
    "defaults": {},
    "50 epochs": {"epochs": 50},
    "100 epochs": {"epochs": 100},
    "400 epochs": {"epochs": 400},
    "one hidden layer of 128": {"encoder": (128,)},
    "64, 64": {"encoder": (64, 64)},
    "256, 128, 64": {"encoder": (256, 128, 64)},
    "KL warm-up over 0.25": {"kl_warmup": 0.25},
    "batches of 50": {"batch_size": 50},
    "half the rate": lambda rate, decay: {"learning_rate": rate / 2},
    "twice the rate": lambda rate, decay: {"learning_rate": 2 * rate},
    "half the decay": lambda rate, decay: {"weight_decay": decay / 2},
    "twice the decay": lambda rate, decay: {"weight_decay": 2 * decay},
    "variance per feature": {"likelihood": Gaussian("per_feature")},
    "early stopping": {"early_stopping": True},
    "random start": {"init": "random"},
}
MEASURES = {"lost": "lost variance beside PCA's, %", "score": "log-likelihood beyond PCA's, nats"}


def parameters_of(change, X, n_components):
    """Write the parameters of a change down for one table."""
    parameters = CHANGES[change]
    return parameters(*auto_rates("pca", False, *X.shape, n_components)) if callable(parameters) else parameters


def measure_all(name, n_components, options):
    """Measure PCA and every change on every split: a row for each, or None if the table has too few features."""
    data, rows = LOADERS[name](), []
    for seed in range(FIRST_SPLIT, FIRST_SPLIT + options.splits):
        part = split(data, seed)
        if n_components >= part.X_train.shape[1]:
            return None
        pca = measure(CONTESTANTS["PCA"], part, n_components, seed, {})
        of_change = {
            change: measure(
                CONTESTANTS["VAE"], part, n_components, seed, parameters_of(change, part.X_train, n_components)
            )
            for change in options.changes
        }
        rows.append({change: gains(pca, ours) for change, ours in of_change.items()})
    return {change: {key: [row[change][key] for row in rows] for key in MEASURES} for change in options.changes}


def gains(pca, ours):
    """Return what is lost beyond PCA, in percent, and what is gained in nats."""
    return {"lost": 100 * (ours["lost"] / pca["lost"] - 1), "score": ours["score"] - pca["score"]}


def summary(results, changes):
    """Return a line for each change: sets at least as good as PCA, and mean ranks, by both measures."""
    lines = {change: [change] for change in changes}
    for key, sign in (("lost", 1), ("score", -1)):
        table = np.array([[sign * np.mean(result[change][key]) for change in changes] for result in results.values()])
        ranks = rankdata(table, axis=1).mean(axis=0)
        for change, column, rank in zip(changes, table.T, ranks, strict=True):
            lines[change] += [f"{(column <= 0).sum()} of {len(column)}", f"{rank:.1f}"]
    return list(lines.values())


def parse_arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--datasets", nargs="+", choices=LOADERS)
    add("--components", nargs="+", type=int, default=[2, 10])
    add("--changes", nargs="+", choices=CHANGES, default=list(CHANGES))
    add("--splits", type=int, default=2)
    add("--quick", action="store_true", help="two small tables, to see that it runs")
    add("--json", type=Path, metavar="PATH", help="write all results there, too, after each data set")
    options = parser.parse_args()
    options.datasets = options.datasets or (QUICK if options.quick else list(LOADERS))
    return options


def main():
    """Measure, and print a summary and two tables for each number of components."""
    options, results = parse_arguments(), {}
    for name in options.datasets:
        for n_components in options.components:
            say(f"measuring {name}, {n_components} components ...")
            try:
                result = measure_all(name, n_components, options)
            except FileNotFoundError as error:
                say(f"  left out: {error}")
                continue
            if result is not None:
                results.setdefault(n_components, {})[name] = result
            if options.json:
                options.json.write_text(json.dumps({"machine": machine(), "results": results}, indent=1))
    print(heading(machine()), end="\n\n")
    for n_components, of_size in results.items():
        print(f"## {n_components} components\n")
        header = ("change", "lost variance: at least PCA", "mean rank", "log-likelihood: at least PCA", "mean rank")
        print(markdown(header, summary(of_size, options.changes)), end="\n\n")
        for key, title in MEASURES.items():
            rows = [
                (change, *(f"{np.mean(result[change][key]):.3g}" for result in of_size.values()))
                for change in options.changes
            ]
            print(markdown((title, *of_size), rows), end="\n\n")


if __name__ == "__main__":
    main()
