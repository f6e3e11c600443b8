"""The data sets of the comparisons: five of scikit-learn, and nine of a folder that is not part of the package.

The environment variable ``SKVAE_DATA`` says where that folder is, to the benchmarks and to the tests; without it, it is
``shared/data`` beside the project. It holds, public all of them, ``proteomics/{name}.X.csv.gz`` (samples in rows) with
``{name}.meta.csv`` (their labels), ``tabular/nci60_expression.npz``, ``images/{name}.npz`` (each with ``X`` and ``y``),
and scanpy's ``singlecell/pbmc68k_reduced.h5ad``. Tests that need it skip where it is absent.
"""

import os
from functools import partial
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import pandas as pd
from sklearn import datasets

FOLDER = Path(os.environ.get("SKVAE_DATA") or Path(__file__).parents[2] / "shared" / "data")
# A class needs that many samples to be asked for its neighbours.
MIN_CLASS_SIZE = 5


class Data(NamedTuple):
    """A complete table.

    Attributes
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or None
        Classes as text; empty where unknown.
    standardized : bool
        Whether the columns are to be standardised on the training rows.
    """

    X: np.ndarray
    y: np.ndarray | None
    standardized: bool = True


def bundled(load, has_classes=True):
    """Load a data set that comes with scikit-learn."""
    X, y = load(return_X_y=True)
    return Data(X, y.astype(str) if has_classes else None)


def proteomics(name, label, transform=np.asarray):
    """Load the proteins that every sample has."""
    X = pd.read_csv(FOLDER / "proteomics" / f"{name}.X.csv.gz", index_col=0).dropna(axis=1)
    y = pd.read_csv(FOLDER / "proteomics" / f"{name}.meta.csv", index_col=0)[label]
    return Data(transform(X.to_numpy()), y.reindex(X.index).fillna("").to_numpy(str))


def nci60():
    """Load the gene expression of the NCI60 cell lines, with the cancers that have enough of them as classes."""
    with np.load(FOLDER / "tabular" / "nci60_expression.npz", allow_pickle=True) as file:
        X, y = file["X"], file["y"].astype(str)
    names, counts = np.unique(y, return_counts=True)
    return Data(X, np.where(np.isin(y, names[counts >= MIN_CLASS_SIZE]), y, ""))


def images(name):
    """Load 6000 images, pixels from 0 to 1: standardised, near-constant pixels would rule."""
    with np.load(FOLDER / "images" / f"{name}.npz") as file:
        X, y = file["X"][:6000], file["y"][:6000]
    return Data(X.reshape(len(X), -1) / 255.0, y.astype(str), standardized=False)


def fashion():
    """Load 6000 images of Fashion-MNIST."""
    return images("fashion_mnist_train_00000_29999")


def cells():
    """Load 700 blood cells, the standardised expression of 765 genes, with their types as classes."""
    with h5py.File(FOLDER / "singlecell" / "pbmc68k_reduced.h5ad") as file:
        return Data(file["X"][:].astype(float), file["obs"]["bulk_labels"].astype(str))


LOADERS = {
    "iris": partial(bundled, datasets.load_iris),
    "diabetes": partial(bundled, datasets.load_diabetes, has_classes=False),
    "wine": partial(bundled, datasets.load_wine),
    "breast cancer": partial(bundled, datasets.load_breast_cancer),
    "digits": partial(bundled, datasets.load_digits),
    "UCEC": partial(proteomics, "cptac_ucec", "group"),
    "BRCA": partial(proteomics, "cptac_brca", "PAM50"),
    "E. coli": partial(proteomics, "ecoli_five_labs", "lab", np.log2),
    "plasma": partial(proteomics, "septic_aki_plasma", "group"),
    "cell lines": partial(proteomics, "multipro_dda_hcc1806_hs578t", "group"),
    "NCI60": nci60,
    "blood cells": cells,
    "MNIST": partial(images, "mnist_t10k_00000_06999"),
    "Fashion-MNIST": fashion,
}
