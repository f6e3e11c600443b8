"""Where does the start at PCA help? Each member of the family, started at PCA and at random, on held-out rows.

A quarter of the rows is held out; tables are standardised on the others. "untrained" is the start itself. The score is
in nats (for autoencoders minus the error), the error the share of the known values' variance that the reconstruction
leaves, of the seconds the median is told. ``python benchmarks/starts.py`` takes about an hour on 2 cores; ``--quick``
only shows that it runs.
"""

import argparse
import warnings
from functools import partial

import h5py
import numpy as np
import pandas as pd
from measure import heading, machine, markdown, say
from real_data import FOLDER, fashion
from scipy.sparse import csr_matrix
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from skvae import AutoencoderTransformer, VAETransformer
from skvae.likelihoods import Gaussian
from skvae.metrics import nearest_neighbor_accuracy
from skvae.networks import Conv, Recurrent

HEADER = ("member", "data", "start", "score", "error", "5-NN accuracy", "seconds")


def digits(per=16):
    """Load the digits, as shares of the full ink or as counts."""
    X, y = load_digits(return_X_y=True)
    return X / per, y


def cells():
    """Load single cells: genes' counts, taken back from their logarithms, and cell types."""
    with h5py.File(FOLDER / "singlecell" / "pbmc68k_reduced.h5ad") as file:
        raw, y = file["raw.X"], file["obs"]["bulk_labels"]
        shares = np.expm1(csr_matrix(tuple(raw[part][:] for part in ("data", "indices", "indptr"))).toarray())
    smallest = np.where(shares > 0, shares, np.inf).min(axis=1, keepdims=True)  # of one molecule
    return np.round(shares / smallest).astype(float), y


def proteins(name, label, is_linear=False):
    """Load the proteins that half of the samples have, in logarithms and with holes."""
    X = pd.read_csv(FOLDER / "proteomics" / f"{name}.X.csv.gz", index_col=0)
    y = pd.read_csv(FOLDER / "proteomics" / f"{name}.meta.csv", index_col=0).loc[X.index, label]
    X = X.loc[:, X.notna().mean() >= 0.5].to_numpy()[:, ::4]
    return np.log2(X) if is_linear else X, y.to_numpy(str)


def laboratories():
    """Load bacteria from five laboratories: complete proteins with the laboratory beside them, and the medium."""
    frame = pd.read_csv(FOLDER / "proteomics" / "ecoli_five_labs.X.csv.gz", index_col=0).dropna(axis=1).iloc[:, ::2]
    meta = pd.read_csv(FOLDER / "proteomics" / "ecoli_five_labs.meta.csv", index_col=0).loc[frame.index]
    return np.log2(frame).assign(lab=meta["lab"]), meta["condition"].to_numpy(str)


def tumours():
    """Load the breast cancer measurements."""
    return load_breast_cancer(return_X_y=True)


def clothes():
    """Load 4000 images, and what they show."""
    data = fashion()
    return data.X[:4000], data.y[:4000]


COUNTS = partial(digits, per=1)
CONV = {"encoder": Conv((16, 32), hidden_layer_sizes=(16,), image_shape=(28, 28)), "epochs": 20}
MEMBERS = {
    "Gaussian, per feature": ("breast cancer", tumours, VAETransformer, {"likelihood": Gaussian("per_feature")}),
    "bernoulli": ("digits", digits, VAETransformer, {"likelihood": "bernoulli"}),
    "continuous bernoulli": ("digits", digits, VAETransformer, {"likelihood": "continuous_bernoulli"}),
    "poisson": ("cells", cells, VAETransformer, {"likelihood": "poisson"}),
    "poisson, ink": ("digits", COUNTS, VAETransformer, {"likelihood": "poisson"}),
    "negative binomial": ("cells", cells, VAETransformer, {"likelihood": "negative_binomial"}),
    "mask, plasma": (
        "septic plasma",
        partial(proteins, "septic_aki_plasma", "group"),
        VAETransformer,
        {"missing": "mask"},
    ),
    "mask": ("UCEC", partial(proteins, "cptac_ucec", "group"), VAETransformer, {"missing": "mask"}),
    "censored": ("UCEC", partial(proteins, "cptac_ucec", "group"), VAETransformer, {"missing": "censored"}),
    "covariates": ("E. coli", laboratories, VAETransformer, {"covariates": ["lab"]}),
    "autoencoder": ("digits", digits, AutoencoderTransformer, {}),
    "autoencoder, cross-entropy": ("digits", digits, AutoencoderTransformer, {"loss": "binary_crossentropy"}),
    "Conv": ("Fashion-MNIST", clothes, VAETransformer, CONV),
    "Recurrent": (
        "digits",
        digits,
        VAETransformer,
        {"encoder": Recurrent((16,), sequence_shape=(8, 8)), "epochs": 100},
    ),
}
# Data whose columns have one unit.
UNSCALED = {"digits", "cells", "Fashion-MNIST"}
STARTS = {
    "untrained": {"epochs": 1, "learning_rate": 1e-12, "weight_decay": 0.0},
    "PCA": {},
    "random": {"init": "random"},
}


def standardized(train, test):
    """Standardise the columns of numbers on the training rows."""
    if not isinstance(train, pd.DataFrame):
        scaler = StandardScaler().fit(train)
        return scaler.transform(train), scaler.transform(test)
    numbers = train.select_dtypes("number")
    mean, spread = numbers.mean(), numbers.std(ddof=0)
    return [X.assign(**((X[numbers.columns] - mean) / spread)) for X in (train, test)]


def judged(model, data, seed, scales):
    """Return score, error, accuracy and seconds of a model on rows that it has not seen."""
    X, y = data
    train, test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=seed)
    if scales:
        train, test = standardized(train, test)
    model.fit(train)
    known = np.asarray(test)[:, : model.reconstruct(test[:2]).shape[1]].astype(float)
    left = np.nansum(np.square(model.reconstruct(test) - known))
    error = left / np.nansum(np.square(known - np.nanmean(known, axis=0)))
    accuracy = nearest_neighbor_accuracy(model.transform(train), y_train, model.transform(test), y_test, n_neighbors=5)
    return model.score(test), error, accuracy, model.history_["seconds"].sum()


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--n-components", type=int, nargs="+", default=[2, 10])
    parser.add_argument("--members", nargs="+", default=list(MEMBERS), choices=MEMBERS)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    rows = []
    for member in arguments.members:
        name, load, estimator, parameters = MEMBERS[member]
        data = load()
        for n_components in [2] if arguments.quick else arguments.n_components:
            for start, changes in STARTS.items():
                given = parameters | changes | ({"epochs": 1} if arguments.quick else {})
                seeds = range(1 if arguments.quick else arguments.seeds)
                found = [
                    judged(estimator(n_components, **given, random_state=seed), data, seed, name not in UNSCALED)
                    for seed in seeds
                ]
                *judgements, seconds = np.transpose(found)
                told = (f"{values.mean():.4g} ± {values.std():.2g}" for values in judgements)
                rows.append((f"{member}, {n_components}", name, start, *told, f"{np.median(seconds):.2g}"))
                say(" | ".join(rows[-1]))
    print(heading(machine()), markdown(HEADER, rows), sep="\n\n")


if __name__ == "__main__":
    main()
