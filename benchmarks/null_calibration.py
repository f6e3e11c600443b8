"""Do the tests of a code keep their word? P-values on pure noise, and what they find where there is something.

Tables of pure noise, or of two groups that differ in some features; codes of PCA and of a VAE, which never see the
groups; `centroid_distance_test` and `kmeans_silhouette_test` on the codes. And `compare_transformers`' verdict on two
features of pure noise, which are equals. ``python benchmarks/null_calibration.py``, some minutes; `--quick` to see that
it runs.
"""

import argparse
import warnings
from functools import partial

import numpy as np
from measure import heading, machine, markdown, say
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.model_selection import KFold, ShuffleSplit
from threadpoolctl import threadpool_limits

from skvae import VAETransformer
from skvae.metrics import centroid_distance_score, centroid_distance_test, kmeans_silhouette_test
from skvae.model_selection._differences import corrected_interval

SIZES = {"30 against 30": (30, 30), "55 against 55": (55, 55), "10 against 100": (10, 100)}
N_FEATURES, N_INFORMATIVE = 20, 5
N_PERMUTATIONS, N_DRAWS = 999, 19
EFFECTS = (0.5, 1.0, 2.0)
NOISE_HEADER = ("codes", "groups", "tables", "Kolmogorov-Smirnov p", "p at most 0.05", "mean raw distance")
SIGNAL_HEADER = ("codes", "groups", "tables", *(f"{effect:g} sd" for effect in EFFECTS))
SILHOUETTE_HEADER = ("codes", "samples x latent variables", "tables", "Kolmogorov-Smirnov p", "p at most 0.05")
EQUALS_HEADER = ("splits", "tables", "told apart: paired t-test", "corrected")


def pca_codes(X, seed):
    """Encode by PCA."""
    return PCA(2, random_state=seed).fit_transform(X)


def vae_codes(X, seed):
    """Encode by a small VAE after few epochs."""
    return VAETransformer(2, encoder=(16,), epochs=20, random_state=seed).fit_transform(X)


ENCODERS = {"PCA": pca_codes, "VAE": vae_codes}


def table(sizes, effect, seed):
    """Draw a standard normal table in which the second group is shifted in some features; return it with the groups."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat([0, 1], sizes))
    X = rng.normal(size=(sum(sizes), N_FEATURES))
    X[:, :N_INFORMATIVE] += effect * labels[:, np.newaxis]
    return X, labels


def centroid_tests(encode, sizes, effect, n_tables):
    """Return the p-values of the centroids and their raw distances."""
    p_values, distances = [], []
    for seed in range(n_tables):
        X, labels = table(sizes, effect, seed)
        Z = encode(X, seed)
        test = centroid_distance_test(Z, labels, n_permutations=N_PERMUTATIONS, random_state=seed)
        p_values.append(test.p_value)
        distances.append(centroid_distance_score(Z, labels))
    return np.array(p_values), np.array(distances)


def uniformity(p_values, n_null):
    """Return the p-value of Kolmogorov and Smirnov.

    P-values are multiples of 1 / (n_null + 1); under the null hypothesis each is as likely. With a uniform share of
    one such step taken off they are uniform on the whole interval, which is what the test is for.
    """
    steps = np.random.default_rng(0).uniform(size=len(p_values)) / (n_null + 1)
    return stats.kstest(p_values - steps, "uniform").pvalue


def noise_rows(n_tables):
    """Test groups drawn at random."""
    for name, encode in ENCODERS.items():
        for groups, sizes in SIZES.items():
            p_values, distances = centroid_tests(encode, sizes, 0.0, n_tables[name])
            share = np.mean(p_values <= 0.05)
            shown = (f"{uniformity(p_values, N_PERMUTATIONS):.2f}", f"{share:.3f}", f"{distances.mean():.2f}")
            yield (name, groups, str(n_tables[name]), *shown)


def signal_rows(n_tables):
    """Test groups that differ in 5 of 20 features."""
    for name, encode in ENCODERS.items():
        for groups, sizes in SIZES.items():
            found = [np.mean(centroid_tests(encode, sizes, e, n_tables[name])[0] <= 0.05) for e in EFFECTS]
            yield (name, groups, str(n_tables[name]), *(f"{share:.2f}" for share in found))


def silhouette_rows(n_tables):
    """Test normal codes, and codes that fill a square, for clusters."""
    kinds = {
        "normal": lambda rng, shape: rng.normal(size=shape),
        "normal, correlated": lambda rng, shape: np.cumsum(rng.normal(size=shape), axis=1),
        "PCA of noise": lambda rng, shape: PCA(shape[1]).fit_transform(rng.normal(size=(shape[0], N_FEATURES))),
        "even square": lambda rng, shape: rng.uniform(size=shape),
    }
    for kind, draw in kinds.items():
        shape = (60, 2)
        p_values = []
        for seed in range(n_tables["PCA"]):
            Z = draw(np.random.default_rng(seed), shape)
            p_values.append(kmeans_silhouette_test(Z, n_clusters=3, n_draws=N_DRAWS, random_state=seed).p_value)
        p_values = np.array(p_values)
        shown = (f"{uniformity(p_values, N_DRAWS):.2f}", f"{np.mean(p_values <= 0.05):.3f}")
        yield (kind, "60 x 2", str(len(p_values)), *shown)


def accuracy(x, y, train, test):
    """Assign held-out values to the nearer mean of two labels."""
    first, second = (x[train][y[train] == label].mean() for label in (0, 1))
    return np.mean((abs(x[test] - second) < abs(x[test] - first)) == y[test])


def equals_rows(n_tables):
    """Compare two features of pure noise, which tell the labels equally badly."""
    random = partial(ShuffleSplit, test_size=0.25)
    kinds = {"5 random": random(5), "10 random": random(10), "30 random": random(30), "5 folds": KFold(5, shuffle=True)}
    for kind, cv in kinds.items():
        told = []
        for seed in range(n_tables):
            rng = np.random.default_rng(seed)
            X, y = rng.normal(size=(60, 2)), rng.integers(0, 2, 60)
            cv.random_state = seed
            splits = list(cv.split(X))
            differences = [accuracy(X[:, 0], y, *split) - accuracy(X[:, 1], y, *split) for split in splits]
            shares = (0.0, len(splits[0][1]) / len(splits[0][0]))
            told.append([corrected_interval(differences, share)[3] < 0.05 for share in shares])
        yield (kind, str(n_tables), *(f"{share:.3f}" for share in np.mean(told, axis=0)))


def main():
    """Print the four tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few tables, to see that it runs")
    quick = parser.parse_args().quick
    n_tables = {"PCA": 10, "VAE": 2} if quick else {"PCA": 200, "VAE": 40}
    warnings.simplefilter("ignore", UserWarning)
    print(heading(machine()))
    parts = {
        "Groups drawn at random": (NOISE_HEADER, noise_rows(n_tables)),
        f"Groups that differ in {N_INFORMATIVE} of {N_FEATURES} features: share found at 0.05": (
            SIGNAL_HEADER,
            signal_rows(n_tables),
        ),
        "Silhouettes of codes without clusters": (SILHOUETTE_HEADER, silhouette_rows(n_tables)),
        "Two equals on pure noise": (EQUALS_HEADER, equals_rows(50 if quick else 2000)),
    }
    with threadpool_limits(1):
        for title, (header, rows) in parts.items():
            say(title)
            print(f"\n{title}\n\n{markdown(header, list(rows))}", flush=True)


if __name__ == "__main__":
    main()
