"""What do the latent variables of tumours and digits mean? The figures and pictures of ``docs/meaning.md``.

144 samples of endometrial cancer and normal tissue with 7912 complete proteins (PCA and VAE on standardised columns),
and scikit-learn's digits. ``python benchmarks/meaning.py``, two minutes; ``--pictures FOLDER`` draws.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from measure import heading, machine, markdown
from real_data import FOLDER
from scipy.stats import spearmanr, ttest_ind
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.inspection import group_contrast, latent_traversal, loadings, top_features
from skvae.plot import LoadingsDisplay, TraversalDisplay

HEADER = ("model", "k", "correlation with observed", "same sign", "rank correlation with t", "of the first 50")
# By what they are known for, whatever their values here.
MARKERS = {
    "epithelium": ["EPCAM", "CDH1", "KRT8", "KRT18", "KRT19"],
    "smooth muscle": ["DES", "MYH11", "ACTA2", "CNN1", "TAGLN"],
    "connective tissue": ["COL1A1", "COL3A1", "DCN", "LUM", "VIM"],
    "replication": ["PCNA", "MCM2", "MCM3", "MCM5", "MCM7"],
}


def tumours():
    """Load the proteins that all samples have, and whether each sample is a tumour."""
    X = pd.read_csv(FOLDER / "proteomics" / "cptac_ucec.X.csv.gz", index_col=0)
    meta = pd.read_csv(FOLDER / "proteomics" / "cptac_ucec.meta.csv", index_col=0)
    kept = (meta["Case_excluded"] != "Yes").to_numpy()
    return X[kept].dropna(axis=1), meta["group"][kept].to_numpy()


def agreement(contrast, X, y):
    """Compare a contrast with the observed differences and with Welch's t statistics of single features."""
    contrast = contrast.set_index("feature")
    observed = contrast["observed"] / X.std()[contrast.index]
    t = pd.Series(ttest_ind(X[y == "tumor"], X[y == "normal"], equal_var=False).statistic, index=X.columns)
    largest = observed.abs().nlargest(50).index
    yield f"{np.corrcoef(contrast['standardized'], observed)[0, 1]:.3f}"
    yield f"{np.mean(np.sign(contrast['difference']) == np.sign(observed)):.3f}"
    yield f"{spearmanr(contrast['standardized'], t[contrast.index])[0]:.3f}"
    yield f"{len(largest.intersection(contrast.index[:50]))}"


def turning_share(model, X):
    """Return the share of the features that move by a standard deviation or more, but not in one direction."""
    turning = moving = 0
    for j in range(2):
        steps = latent_traversal(model, X, j, n_steps=25, scale="standardized").to_numpy()
        moves = np.ptp(steps, axis=0) >= 1
        # Of the range, how far it comes back.
        one_way = np.abs(steps[-1] - steps[0]) > 0.9 * np.ptp(steps, axis=0)
        moving, turning = moving + moves.sum(), turning + (moves & ~one_way).sum()
    return turning / moving


def main():
    """Print the figures, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path)
    folder = parser.parse_args().pictures
    warnings.simplefilter("ignore", UserWarning)
    X, y = tumours()
    rows, models = [], {}
    for k in (2, 10):
        for name, last in (("PCA", PCA(k, random_state=0)), ("VAE", VAETransformer(k, random_state=0))):
            models[name, k] = model = make_pipeline(StandardScaler(), last).fit(X)
            contrast = group_contrast(model, X, y, groups=["tumor", "normal"])
            rows.append((name, str(k), *agreement(contrast, X, y)))
    print(heading(machine()), markdown(HEADER, rows), sep="\n\n")
    by_feature = group_contrast(models["VAE", 2], X, y, groups=["tumor", "normal"]).set_index("feature")
    print("\n", by_feature.head(10).round(2).to_string())
    for name, genes in MARKERS.items():
        print(f"\n{name}\n", by_feature.loc[genes, ["difference", "standardized", "observed"]].round(2).to_string())
    for k in (2, 10):
        vae, pca = (loadings(models[name, k], X).to_numpy() for name in ("VAE", "PCA"))
        same = [np.corrcoef(vae[:, j], pca[:, j])[0, 1] for j in range(k)]
        print(f"\nLoadings of VAE and PCA correlate, k = {k}:", np.round(np.abs(same), 2))
    print(top_features(loadings(models["VAE", 10], X)).round(2).to_string())
    digits = load_digits().data
    vae = VAETransformer(2, random_state=0).fit(digits)
    for name, (model, table) in {"digits": (vae, digits), "UCEC": (models["VAE", 2], X)}.items():
        print(f"Features that turn round along a latent variable, {name}: {turning_share(model, table):.2f}")
    if folder:
        LoadingsDisplay.from_estimator(models["VAE", 10], X).figure_.savefig(folder / "ucec-loadings.png", dpi=90)
        display = TraversalDisplay.from_estimator(vae, digits, 0, n_steps=9, image_shape=(8, 8))
        display.figure_.savefig(folder / "digits-traversal.png", dpi=90)


if __name__ == "__main__":
    main()
