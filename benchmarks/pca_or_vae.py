"""PCA or VAE? Held-out reconstruction, score and neighbours on ten data sets, two components, default parameters.

The score is a log-likelihood in nats per sample. PCA's is given twice: as ``PCA.score`` has it, and with the noise
variance of maximum likelihood. They differ where there are fewer samples than features, because scikit-learn divides
the variance that is left by min(n, p) - k in place of p - k.
"""

import argparse
import ast
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from measure import heading, machine, markdown, say, seconds_of
from real_data import LOADERS
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer

QUICK = ("iris", "wine", "diabetes")
HEADER = (
    "data set (training rows x features)",
    "unexplained: PCA",
    "VAE",
    "score: `PCA.score`",
    "PCA, ML noise",
    "VAE",
    "5-NN: PCA",
    "VAE",
    "s to fit: PCA",
    "VAE",
)
#: What is compared: (name, rival's measure, ours, factor that makes higher better)
CONTESTS = (
    ("unexplained share", "pca_unexplained", "vae_unexplained", -1),
    ("score, against `PCA.score`", "pca_score", "vae_score", 1),
    ("score, against PCA with maximum-likelihood noise", "pca_ml_score", "vae_score", 1),
    ("5-nearest-neighbour accuracy", "pca_accuracy", "vae_accuracy", 1),
)


class Split(NamedTuple):
    """Training and held-out rows; classes None where there are none."""

    X_train: np.ndarray
    X_test: np.ndarray
    y_train: np.ndarray | None
    y_test: np.ndarray | None


def split(data, seed):
    """Hold a quarter of the rows out."""
    rows_train, rows_test = train_test_split(np.arange(len(data.X)), test_size=0.25, random_state=seed)
    X_train, X_test = data.X[rows_train], data.X[rows_test]
    if data.standardized:
        scaler = StandardScaler().fit(X_train)
        X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    classes = (None, None) if data.y is None else (data.y[rows_train], data.y[rows_test])
    return Split(X_train, X_test, *classes)


def unexplained_share(split, reconstruction):
    """Return the share of the held-out variance around the training mean that a reconstruction leaves."""
    variation = np.square(split.X_test - split.X_train.mean(axis=0)).sum()
    return np.square(split.X_test - reconstruction).sum() / variation


def neighbour_accuracy(split, model):
    """Return how often five neighbours in the code name the class, among rows whose class is known; None without."""
    if split.y_train is None:
        return None
    known_train, known_test = split.y_train != "", split.y_test != ""
    codes = model.transform(split.X_train[known_train])
    neighbours = KNeighborsClassifier(5).fit(codes, split.y_train[known_train])
    return neighbours.score(model.transform(split.X_test[known_test]), split.y_test[known_test])


def linear_score(pca, X, eigenvalues, noise_variance):
    """Score rows by probabilistic PCA in closed form; ``PCA.score`` inverts a matrix of p x p for the same number."""
    n_features, k = X.shape[1], len(eigenvalues)
    centered = X - pca.mean_
    codes = centered @ pca.components_.T
    left = np.square(centered).sum(axis=1) - np.square(codes).sum(axis=1)
    distances = (np.square(codes) / eigenvalues).sum(axis=1) + left / noise_variance
    log_determinant = np.log(eigenvalues).sum() + (n_features - k) * np.log(noise_variance)
    return float(np.mean(-0.5 * (distances + log_determinant + n_features * np.log(2 * np.pi))))


def maximum_likelihood(pca, X):
    """Return eigenvalues and noise variance of maximum likelihood (Tipping and Bishop 1999)."""
    n_samples, n_features = X.shape
    eigenvalues = pca.explained_variance_ * (n_samples - 1) / n_samples
    left = np.square(X - pca.mean_).sum() / n_samples - eigenvalues.sum()
    return eigenvalues, left / (n_features - len(eigenvalues))


def measure_pca(split, seed):
    """Fit PCA and measure it on the held-out rows."""
    pca = PCA(2, random_state=seed)
    (seconds,) = seconds_of(lambda: pca.fit(split.X_train))
    reconstruction = pca.inverse_transform(pca.transform(split.X_test))
    return {
        "pca_unexplained": unexplained_share(split, reconstruction),
        "pca_score": linear_score(pca, split.X_test, pca.explained_variance_, pca.noise_variance_),
        "pca_ml_score": linear_score(pca, split.X_test, *maximum_likelihood(pca, split.X_train)),
        "pca_accuracy": neighbour_accuracy(split, pca),
        "pca_seconds": seconds,
    }


def measure_vae(split, seed, parameters):
    """Fit our model and measure it on the held-out rows."""
    vae = VAETransformer(n_components=2, random_state=seed).set_params(**parameters)
    (seconds,) = seconds_of(lambda: vae.fit(split.X_train))
    return {
        "vae_unexplained": unexplained_share(split, vae.reconstruct(split.X_test)),
        "vae_score": vae.score(split.X_test),
        "vae_accuracy": neighbour_accuracy(split, vae),
        "vae_seconds": seconds,
    }


def measure_all(name, n_splits, parameters):
    """Measure both models on every split, and return a dict of lists with the size of the table."""
    data, rows = LOADERS[name](), []
    for seed in range(n_splits):
        part = split(data, seed)
        rows.append(measure_pca(part, seed) | measure_vae(part, seed, parameters))
        known = [f"{key} {value:.4g}" for key, value in rows[-1].items() if value is not None]
        say(f"  split {seed}: {', '.join(known)}")
    return {"shape": list(part.X_train.shape), **{key: [row[key] for row in rows] for key in rows[0]}}


def cells(name, result):
    """Return one line of the table, the better value of each pair in bold."""
    n_rows, n_features = result["shape"]
    unexplained = _paired(result, ("pca_unexplained", "vae_unexplained"), -1, 3)
    digits = 2 if abs(result["vae_score"][0]) < 1000 else 0
    scores = _paired(result, ("pca_score", "pca_ml_score", "vae_score"), 1, digits)
    accuracies = _paired(result, ("pca_accuracy", "vae_accuracy"), 1, 2)
    # The first fit compiles; the median leaves it out.
    seconds = [f"{np.median(result[key]):.2g}" for key in ("pca_seconds", "vae_seconds")]
    return (f"{name} ({n_rows} x {n_features})", *unexplained, *scores, *accuracies, *seconds)


def _paired(result, keys, sign, digits):
    """Write mean and standard deviation of several measures, and set those that nothing beats in bold."""
    if result[keys[0]][0] is None:
        return ["-"] * len(keys)
    best = max((np.mean(result[key]) for key in keys), key=lambda mean: sign * mean)
    texts = []
    for values in (result[key] for key in keys):
        mean, spread = f"{np.mean(values):.{digits}f}", np.std(values, ddof=int(len(values) > 1))
        texts.append((f"**{mean}**" if mean == f"{best:.{digits}f}" else mean) + f" ± {spread:.{digits}f}")
    return texts


def wins(results):
    """Yield one line for each contest: on how many data sets ours is at least as good, by the mean of the splits."""
    for name, rival, ours, sign in CONTESTS:
        entered = {key: result for key, result in results.items() if result[ours][0] is not None}
        lost = [key for key, result in entered.items() if sign * (np.mean(result[ours]) - np.mean(result[rival])) < 0]
        behind = f" (not on {', '.join(lost)})" if lost else ""
        yield f"- {name}: VAE at least as good on {len(entered) - len(lost)} of {len(entered)}{behind}"


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
    parser.add_argument("--datasets", nargs="+", choices=LOADERS, help="all by default, or small ones with --quick")
    parser.add_argument("--splits", type=int, help="how often a quarter is held out; 5, or 2 with --quick")
    parser.add_argument("--set", nargs="+", type=parsed, default=[], metavar="NAME=VALUE", help="parameters of the VAE")
    parser.add_argument("--quick", action="store_true", help="small tables and 20 epochs, to see that it runs")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write every split's results there, too")
    return parser.parse_args()


def main():
    """Measure, print the table and the count of wins, and write them as JSON if asked to."""
    options = parse_arguments()
    names = options.datasets or (QUICK if options.quick else list(LOADERS))
    parameters = ({"epochs": 20} if options.quick else {}) | dict(options.set)
    description, results = machine(), {}
    for name in names:
        say(f"measuring {name} ...")
        try:
            results[name] = measure_all(name, options.splits or (2 if options.quick else 5), parameters)
        except FileNotFoundError as error:
            say(f"  left out: {error}")
    print(heading(description | {"parameters": parameters or "defaults"}), end="\n\n")
    print(markdown(HEADER, [cells(name, result) for name, result in results.items()]), end="\n\n")
    print("\n".join(wins(results)))
    if options.json:
        document = {"machine": description, "parameters": parameters, "results": results}
        options.json.write_text(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
