"""PCA or `fit_anndata` before scanpy's neighbours? The share of a cell's 15 nearest neighbours that are of its type.

The figures of docs/anndata.md: 700 blood cells, 765 genes as scanpy has scaled them, all cells in the fit; mean of
several seeds, and how far they lie apart. ``python benchmarks/cell_neighbors.py`` takes a minute on 2 cores;
``--quick`` only shows that it runs.
"""

import argparse
import warnings

import anndata
import numpy as np
import pandas as pd
from measure import heading, machine, markdown, say
from real_data import cells
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from skvae import VAETransformer

HEADER = ("latent variables", "PCA", "PCA, whitened", "fit_anndata")
N_NEIGHBORS = 15


def codes(X, n_components, seed, epochs):
    """Return the codes of each contender."""
    adata = anndata.AnnData(pd.DataFrame(X).rename(index=str, columns=str))
    VAETransformer(n_components, epochs=epochs, random_state=seed).fit_anndata(adata)
    return {
        "PCA": PCA(n_components, random_state=seed).fit_transform(X),
        "PCA, whitened": PCA(n_components, whiten=True, random_state=seed).fit_transform(X),
        "fit_anndata": adata.obsm["X_vae"],
    }


def share_of_own_type(Z, y):
    """Return the share of the neighbours that are of a cell's type, mean over the cells."""
    neighbors = NearestNeighbors(n_neighbors=N_NEIGHBORS).fit(Z).kneighbors(return_distance=False)
    return np.mean(y[neighbors] == y[:, np.newaxis])


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    epochs = 3 if arguments.quick else 200
    warnings.simplefilter("ignore", UserWarning)
    description, data, rows = machine(), cells(), []
    for n_components in (2, 10, 30):
        found = {}
        for seed in range(arguments.seeds):
            for name, Z in codes(data.X, n_components, seed, epochs).items():
                found.setdefault(name, []).append(share_of_own_type(Z, data.y))
        rows.append(
            (str(n_components), *(f"{np.mean(found[name]):.3f} ± {np.ptp(found[name]):.3f}" for name in HEADER[1:]))
        )
        say(" | ".join(rows[-1]))
    print(heading(description), markdown(HEADER, rows), sep="\n\n")


if __name__ == "__main__":
    main()
