"""One comparison of all kinds of transformers."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import NMF, PCA, FactorAnalysis, FastICA, KernelPCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skvae import AutoencoderTransformer, VAETransformer
from skvae.metrics import make_latent_scorer, nearest_neighbor_accuracy
from skvae.model_selection import compare_transformers

X, y = load_iris(return_X_y=True)
DECODING = ["PCA", "kernel PCA", "ICA", "NMF", "scaled", "VAE", "autoencoder"]


def accuracy_of_halves(Z, labels):
    return nearest_neighbor_accuracy(Z[::2], labels[::2], Z[1::2], labels[1::2])


@pytest.fixture(scope="module")
def comparison(without_xla):
    small = {"encoder": (4,), "epochs": 5}
    estimators = {
        "PCA": PCA(2),
        "kernel PCA": KernelPCA(2, kernel="rbf", gamma=0.1, fit_inverse_transform=True),
        "factors": FactorAnalysis(2),
        "ICA": FastICA(2, whiten="unit-variance"),
        "NMF": NMF(2, max_iter=2000),
        "scaled": make_pipeline(MinMaxScaler(), PCA(2)),
        "VAE": VAETransformer(2, **small),
        "autoencoder": AutoencoderTransformer(2, **small),
    }
    scoring = {"halves": make_latent_scorer(accuracy_of_halves)}
    return compare_transformers(estimators, X, y, n_repeats=2, scoring=scoring, random_state=0)


def test_every_measure_that_an_estimator_can_give(comparison):
    means = comparison.table.xs("mean", axis=1, level=1)
    assert "error" not in comparison.runs
    assert means.index[means["reconstruction_error"].notna()].tolist() == DECODING
    everywhere = means.drop(columns=["reconstruction_error", "log_likelihood"])
    assert np.isfinite(everywhere).all(axis=None)
    assert (means["reconstruction_error"].dropna() < 0.6).all()
    assert (means["trustworthiness"] > 0.9).all()
    assert (means["halves"] > 0.7).all()


def test_densities_of_the_same_table_compare(comparison):
    """The scaled PCA is a density of scaled data."""
    scores = comparison.table["log_likelihood", "mean"]
    assert scores.index[scores.notna()].tolist() == ["PCA", "factors", "VAE"]
    assert "in log-likelihood" in comparison.verdict or "log-likelihood (nats) (" in comparison.verdict


def test_every_rival_is_spoken_of(comparison):
    rivals = list(comparison.codes)[1:]
    assert set(comparison.ranking.index) == {"PCA", *rivals}
    assert comparison.ranking.notna().all()
    assert all(f"{rival} " in comparison.verdict for rival in rivals)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of numba and of UMAP's own
def test_umap():
    umap = pytest.importorskip("umap")
    comparison = compare_transformers(
        {"PCA": PCA(2), "UMAP": umap.UMAP(n_epochs=20)}, X, y, n_repeats=2, random_state=0
    )
    assert "error" not in comparison.runs
    assert np.isfinite(comparison.table.loc["UMAP"].xs("mean", level=1)[["trustworthiness", "silhouette"]]).all()
