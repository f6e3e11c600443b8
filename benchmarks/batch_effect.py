"""Can a batch effect be taken out? Five laboratories measured the same bacteria on two media.

Codes of held-out samples (30 %, columns standardised on the training rows): the silhouette by laboratory should be low,
the accuracy of the nearest neighbours for the medium high, all the more if they must come from other laboratories.
``python benchmarks/batch_effect.py``, some minutes.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from measure import heading, machine, markdown
from real_data import FOLDER
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.metrics import nearest_neighbor_accuracy

HEADER = (
    "latent variables",
    "model",
    "silhouette by laboratory",
    "5-NN accuracy of the medium",
    "from other laboratories",
)


def table():
    """Load the proteins that all samples have, in logarithms, and the samples' laboratory and medium."""
    X = np.log2(pd.read_csv(FOLDER / "proteomics" / "ecoli_five_labs.X.csv.gz", index_col=0).dropna(axis=1))
    meta = pd.read_csv(FOLDER / "proteomics" / "ecoli_five_labs.meta.csv", index_col=0).loc[X.index]
    return X, meta["lab"].to_numpy(), meta["condition"].to_numpy()


def codes(X, lab, train, n_components, seed):
    """Return the codes of all samples, by models that saw the training rows."""
    scaled = pd.DataFrame(StandardScaler().fit(X[train]).transform(X)).rename(columns=str)
    centred = scaled - scaled.iloc[train].groupby(lab[train]).mean().loc[lab].to_numpy()
    labelled = scaled.assign(lab=lab)
    pca, vae = PCA(n_components, random_state=seed), VAETransformer(n_components, random_state=seed)
    conditional = VAETransformer(n_components, covariates=["lab"], random_state=seed)
    return {
        "PCA": pca.fit(scaled.iloc[train]).transform(scaled),
        "PCA, each laboratory centred by hand": pca.fit(centred.iloc[train]).transform(centred),
        "VAE": vae.fit(scaled.iloc[train]).transform(scaled),
        'VAE(covariates=["lab"])': conditional.fit(labelled.iloc[train]).transform(labelled),
    }


def judged(Z, lab, medium, train, test):
    """Return silhouette by laboratory, accuracy for the medium, and that by neighbours from other laboratories."""
    accuracy = nearest_neighbor_accuracy(Z[train], medium[train], Z[test], medium[test], n_neighbors=5)
    across = 0.0
    for name in np.unique(lab):
        others, own = train[lab[train] != name], test[lab[test] == name]
        share = len(own) / len(test)
        across += share * nearest_neighbor_accuracy(Z[others], medium[others], Z[own], medium[own], n_neighbors=5)
    return silhouette_score(Z[test], lab[test]), accuracy, across


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    seeds = range(parser.parse_args().seeds)
    warnings.simplefilter("ignore", UserWarning)
    X, lab, medium = table()
    rows = []
    for n_components in (2, 10):
        found = {}
        for seed in seeds:
            train, test = train_test_split(
                np.arange(len(X)),
                test_size=0.3,
                random_state=seed,
                stratify=np.char.add(lab.astype(str), medium.astype(str)),
            )
            for name, Z in codes(X.to_numpy(), lab, train, n_components, seed).items():
                found.setdefault(name, []).append(judged(Z, lab, medium, train, test))
        for name, values in found.items():
            mean, spread = np.mean(values, axis=0), np.std(values, axis=0)
            rows.append((str(n_components), name, *(f"{m:.2f} ± {s:.2f}" for m, s in zip(mean, spread, strict=True))))
    print(heading(machine()), markdown(HEADER, rows), sep="\n\n")


if __name__ == "__main__":
    main()
