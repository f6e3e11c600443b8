"""PCA or VAE? Held-out measures on fourteen data sets: PCA, factor analysis, UMAP and the VAE, all with their defaults.

Only the number of components is given. Measured on the rows held out are the share of their variance that is lost, the
log-likelihood in nats per sample, five neighbours' accuracy for the class, and the silhouette of k-means. PCA's
likelihood has the noise variance of maximum likelihood, a harder rival than ``PCA.score`` where there are fewer samples
than features: scikit-learn divides the variance that is left by min(n, p) - k in place of p - k.
"""

import argparse
import ast
import json
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from measure import heading, machine, markdown, say, seconds_of
from real_data import LOADERS
from sklearn.decomposition import PCA, FactorAnalysis
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.metrics import kmeans_silhouette_score, nearest_neighbor_accuracy
from skvae.model_selection._differences import corrected_interval

QUICK = ("iris", "wine", "diabetes")
TEST_SIZE = 0.25
#: measure -> (heading, which way is better)
MEASURES = {
    "lost": ("lost variance", -1),
    "score": ("log-likelihood", 1),
    "accuracy": ("5-NN accuracy", 1),
    "silhouette": ("silhouette", 1),
    "seconds": ("seconds to fit", -1),
}
# UMAP decodes by a triangulation of the codes' space, which more dimensions or features do not allow.
UMAP_DECODES = 2, 1000


class Split(NamedTuple):
    """Training and held-out rows; classes None where there are none."""

    X_train: np.ndarray
    X_test: np.ndarray
    y_train: np.ndarray | None
    y_test: np.ndarray | None


class Contestant(NamedTuple):
    """How an estimator is made, decodes its codes and scores rows; None where it cannot."""

    make: Any
    decode: Any = lambda model, Z: model.inverse_transform(Z)
    score: Any = None


def split(data, seed):
    """Hold a quarter of the rows out."""
    rows_train, rows_test = train_test_split(np.arange(len(data.X)), test_size=TEST_SIZE, random_state=seed)
    X_train, X_test = data.X[rows_train], data.X[rows_test]
    if data.standardized:
        scaler = StandardScaler().fit(X_train)
        X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    classes = (None, None) if data.y is None else (data.y[rows_train], data.y[rows_test])
    return Split(X_train, X_test, *classes)


def lost_variance(split, reconstruction):
    """Return the share of the held-out variance around the training mean that a reconstruction leaves."""
    variation = np.square(split.X_test - split.X_train.mean(axis=0)).sum()
    return np.square(split.X_test - reconstruction).sum() / variation


def neighbour_accuracy(split, Z_train, Z_test):
    """Return how often five neighbours in the code name the class, among rows whose class is known."""
    known_train, known_test = split.y_train != "", split.y_test != ""
    return nearest_neighbor_accuracy(
        Z_train[known_train], split.y_train[known_train], Z_test[known_test], split.y_test[known_test], n_neighbors=5
    )


def linear_log_likelihood(X, mean, loadings, noise):
    """Average the log-density of rows under a linear Gaussian model, with as many operations as it has loadings."""
    centered, scaled = X - mean, loadings / noise
    inner = np.eye(len(loadings)) + scaled @ loadings.T
    codes = centered @ scaled.T
    distances = (np.square(centered) / noise).sum(axis=1) - (codes * np.linalg.solve(inner, codes.T).T).sum(axis=1)
    log_determinant = np.log(noise).sum() + np.linalg.slogdet(inner)[1]
    return float(np.mean(-0.5 * (distances + log_determinant + X.shape[1] * np.log(2 * np.pi))))


def pca_score(pca, split):
    """Score held-out rows by probabilistic PCA with the noise of maximum likelihood (Tipping and Bishop 1999)."""
    X = split.X_train
    eigenvalues = pca.explained_variance_ * (len(X) - 1) / len(X)
    left = np.square(X - pca.mean_).sum() / len(X) - eigenvalues.sum()
    noise = left / (X.shape[1] - len(eigenvalues))
    loadings = pca.components_ * np.sqrt(np.maximum(eigenvalues - noise, 0))[:, None]
    return linear_log_likelihood(split.X_test, pca.mean_, loadings, np.full(X.shape[1], noise))


def factor_score(model, split):
    """Score held-out rows as ``FactorAnalysis.score`` does, which inverts a matrix of features by features for it."""
    return linear_log_likelihood(split.X_test, model.mean_, model.components_, model.noise_variance_)


def umap(n_components, random_state):
    """Make UMAP, which is slow to import."""
    from umap import UMAP

    return UMAP(n_components=n_components, random_state=random_state, n_jobs=1)


def umap_decode(model, Z):
    """Decode where UMAP can."""
    n_components, n_features = UMAP_DECODES
    if Z.shape[1] > n_components or model._raw_data.shape[1] > n_features:
        return None
    return model.inverse_transform(Z)


CONTESTANTS = {
    "PCA": Contestant(PCA, score=pca_score),
    "FA": Contestant(FactorAnalysis, lambda model, Z: Z @ model.components_ + model.mean_, factor_score),
    "UMAP": Contestant(umap, umap_decode),
    "VAE": Contestant(VAETransformer, score=lambda model, split: model.score(split.X_test)),
}


def measure(contestant, split, n_components, seed, parameters):
    """Fit one estimator and measure it on the held-out rows; None for what it cannot."""
    model = contestant.make(n_components, random_state=seed).set_params(**parameters)
    with warnings.catch_warnings():
        # Factor analysis stops after its 1000 steps; UMAP says that seeds cost speed, and small tables neighbours.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UserWarning)
        (seconds,) = seconds_of(lambda: model.fit(split.X_train))
        Z_train, Z_test = model.transform(split.X_train), model.transform(split.X_test)
        decoded = contestant.decode(model, Z_test)
    has_classes = split.y_train is not None
    n_clusters = len(set(split.y_train) - {""}) if has_classes else 2
    return {
        "lost": None if decoded is None else lost_variance(split, decoded),
        "score": contestant.score and contestant.score(model, split),
        "accuracy": neighbour_accuracy(split, Z_train, Z_test) if has_classes else None,
        "silhouette": kmeans_silhouette_score(Z_test, n_clusters=n_clusters, random_state=seed),
        "seconds": seconds,
    }


def measure_all(name, n_components, options):
    """Measure every estimator on every split, and return the size of the table and all runs by estimator."""
    data, runs = LOADERS[name](), {rival: [] for rival in options.rivals}
    for seed in range(options.first_split, options.first_split + options.splits):
        part = split(data, seed)
        if n_components >= part.X_train.shape[1]:
            return None
        for rival in options.rivals:
            parameters = dict(options.set) if rival == "VAE" else {}
            runs[rival].append(measure(CONTESTANTS[rival], part, n_components, seed, parameters))
    return {"shape": list(part.X_train.shape), "runs": runs}


def line(name, result, measure):
    """Return one line of a table: mean and spread of each estimator, the best in bold, and ours minus PCA's."""
    of_rival = {rival: [run[measure] for run in runs] for rival, runs in result["runs"].items()}
    means = {rival: np.mean(values) for rival, values in of_rival.items() if None not in values}
    if not means:
        return None
    sign = MEASURES[measure][1]
    best = max(means.values(), key=lambda mean: sign * mean)
    digits = 0 if abs(best) >= 1000 else 1 if abs(best) >= 100 else 3 if abs(best) < 1 else 2
    n_rows, n_features = result["shape"]
    what = f"{name} ({n_rows} x {n_features})"
    if measure == "seconds":  # the first fit compiles; the median leaves it out
        return what, *(f"{np.median(values):.2g}" for values in of_rival.values()), "-"
    cells = [_cell(of_rival[rival], digits, rival in means and means[rival] == best) for rival in of_rival]
    return what, *cells, _difference(of_rival, digits)


def _cell(values, digits, is_best):
    """Write mean and standard deviation."""
    if None in values:
        return "-"
    mean, spread = f"{np.mean(values):.{digits}f}", np.std(values, ddof=int(len(values) > 1))
    return (f"**{mean}**" if is_best else mean) + f" ± {spread:.{digits}f}"


def _difference(of_rival, digits):
    """Write ours minus PCA's, and half of its 95 % interval."""
    if "PCA" not in of_rival or "VAE" not in of_rival:
        return "-"
    mean, half = paired(of_rival["PCA"], of_rival["VAE"])
    return f"{mean:+.{digits}f} ± {half:.{digits}f}"


def paired(theirs, ours):
    """Return the mean difference and half of its 95 % interval over overlapping splits."""
    mean, low, high, _ = corrected_interval(np.subtract(ours, theirs), TEST_SIZE / (1 - TEST_SIZE))
    return mean, (high - low) / 2


def counts(results, measure):
    """Say on how many data sets ours is at least as good as PCA, and on how many clearly better or worse."""
    sign, at_least, worse, clearly_better, clearly_worse, n = MEASURES[measure][1], 0, [], [], [], 0
    for name, result in results.items():
        theirs, ours = ([run[measure] for run in result["runs"][rival]] for rival in ("PCA", "VAE"))
        if None in theirs:
            continue
        mean, half = paired(theirs, ours)
        n += 1
        at_least += sign * mean >= 0
        worse += [name] if sign * mean < 0 else []
        clearly_better += [name] if sign * mean > half else []
        clearly_worse += [name] if -sign * mean > half else []
    behind = f" (not: {', '.join(worse)})" if worse else ""
    clearly = f", clearly worse on {', '.join(clearly_worse)}" if clearly_worse else ""
    return (
        f"- {MEASURES[measure][0]}: at least as good as PCA on {at_least} of {n}{behind}; "
        f"clearly better (95 %) on {len(clearly_better)}{clearly}"
    )


def parsed(setting):
    """Read ``name=value``, where the value is a Python literal or else text."""
    name, equals, value = setting.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{setting!r} is not of the form name=value")
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value


def parse_arguments():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--datasets", nargs="+", choices=LOADERS, help="all by default, or small ones with --quick")
    add("--components", nargs="+", type=int, default=[2, 10], help="numbers of components")
    add("--rivals", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    add("--splits", type=int, help="how often a quarter is held out; 5, or 2 with --quick")
    add("--first-split", type=int, default=0, help="seed of the first of them; the defaults were chosen from 100 on")
    add("--set", nargs="+", type=parsed, default=[], metavar="NAME=VALUE", help="parameters of the VAE")
    add("--quick", action="store_true", help="small tables and 20 epochs, to see that it runs")
    add("--json", type=Path, metavar="PATH", help="write every split's results there, too")
    options = parser.parse_args()
    options.datasets = options.datasets or (QUICK if options.quick else list(LOADERS))
    options.splits = options.splits or (2 if options.quick else 5)
    options.set = [("epochs", 20)] * options.quick + options.set
    return options


def main():
    """Measure, print the tables and the counts, and write them as JSON if asked to."""
    options = parse_arguments()
    description, results = machine() | {"parameters": dict(options.set) or "defaults"}, {}
    for n_components in options.components:
        for name in options.datasets:
            say(f"measuring {name}, {n_components} components ...")
            try:
                result = measure_all(name, n_components, options)
            except FileNotFoundError as error:
                say(f"  left out: {error}")
                continue
            if result is not None:
                results.setdefault(n_components, {})[name] = result
            if options.json:
                options.json.write_text(json.dumps({"machine": description, "results": results}, indent=1))
    print(heading(description), end="\n\n")
    for n_components, of_size in results.items():
        print(f"## {n_components} components\n")
        for key, (title, _) in MEASURES.items():
            rows = [row for name, result in of_size.items() if (row := line(name, result, key))]
            print(markdown((title, *options.rivals, "VAE - PCA"), rows), end="\n\n")
        if {"PCA", "VAE"} <= set(options.rivals):
            print("\n".join(counts(of_size, key) for key in list(MEASURES)[:-1]), end="\n\n")


if __name__ == "__main__":
    main()
