"""Findings of the literature, on real data (skipped where the data are absent)."""

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skvae import VAETransformer
from skvae.preprocessing import MaxNormalizer


@pytest.fixture(scope="module")
def endometrium(shared_data):
    """Ratios of 7912 complete proteins in 95 tumours and 49 normal samples (CPTAC, Dou et al. 2020)."""
    folder = shared_data / "proteomics"
    X = pd.read_csv(folder / "cptac_ucec.X.csv.gz", index_col=0)
    meta = pd.read_csv(folder / "cptac_ucec.meta.csv", index_col=0)
    kept = (meta["Case_excluded"] != "Yes").to_numpy()
    return 2 ** X[kept].dropna(axis=1), meta["group"][kept].to_numpy()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_held_out_tumours_fall_among_the_tumours(endometrium, seed):
    """44 tumours and 5 normal samples are learned; 5 other tumours and the 44 other normal samples are inferred.

    All tumours must be called so by their nearest neighbours. Half the normal samples must not: otherwise the test
    would pass by calling everything a tumour, as 9 in 10 training samples are.
    """
    X, group = endometrium
    assert X.shape == (144, 7912)
    rng = np.random.default_rng(seed)
    tumours, normals = (rng.permutation(np.flatnonzero(group == name)) for name in ("tumor", "normal"))
    train = np.r_[tumours[:44], normals[:5]]
    model = make_pipeline(MaxNormalizer(), VAETransformer(2, random_state=seed))
    vote = KNeighborsClassifier(3).fit(model.fit_transform(X.iloc[train]), group[train])
    called = {
        name: np.mean(vote.predict(model.transform(X.iloc[rows])) == "tumor")
        for name, rows in (("tumours", tumours[44:49]), ("normals", normals[5:]))
    }
    assert called["tumours"] == 1.0
    assert called["normals"] < 0.5
