"""The table that is made up."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.metrics import silhouette_score

from skvae.datasets import make_protein_groups, read_proteins


def read(folder, **options):
    table, annotation = make_protein_groups(folder, **options)
    return read_proteins(table, log2=True, metadata=annotation, target="group")


@pytest.mark.parametrize("seed", range(3))
def test_two_groups_show_and_low_values_go_missing(tmp_path, seed):
    X, y = read(tmp_path, random_state=seed)
    assert X.shape[0] == 40
    assert y.value_counts().to_dict() == {"control": 20, "treated": 20}
    assert silhouette_score(PCA(2, random_state=0).fit_transform(SimpleImputer().fit_transform(X)), y) > 0.5
    shuffled = np.random.default_rng(seed).permutation(y)
    assert silhouette_score(PCA(2, random_state=0).fit_transform(SimpleImputer().fit_transform(X)), shuffled) < 0.2
    assert 0.1 < X.isna().to_numpy().mean() < 0.3
    assert np.corrcoef(X.mean(), X.isna().mean())[0, 1] < -0.5


def test_what_is_to_be_left_out_is_there(tmp_path):
    X, _ = read(tmp_path, n_proteins=200, random_state=0)
    left_out = X.attrs["left_out"]
    assert (left_out["decoys"], left_out["contaminants"], left_out["only identified by site"]) == (6, 6, 4)
    assert X.shape[1] + left_out["without any value"] == 200


def test_the_same_seed_gives_the_same_files(tmp_path):
    first, second, other = (
        make_protein_groups(tmp_path / name, random_state=seed) for name, seed in [("a", 0), ("b", 0), ("c", 1)]
    )
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert first[0].read_bytes() != other[0].read_bytes()


def test_the_files_are_as_told(tmp_path):
    table, annotation = make_protein_groups(tmp_path / "new" / "folder", n_samples=3, n_proteins=1, random_state=0)
    assert (table.name, annotation.name) == ("proteinGroups.txt", "annotation.csv")
    rows = pd.read_csv(table, sep="\t")
    assert {"Majority protein IDs", "Reverse", "LFQ intensity control_02", "Intensity treated_01"} <= set(rows.columns)
    assert pd.read_csv(annotation).to_dict("list") == {
        "sample": ["control_01", "treated_01", "control_02"],
        "group": ["control", "treated", "control"],
    }


@pytest.mark.parametrize("options", [{"n_samples": 1}, {"n_proteins": 0}, {"random_state": "x"}])
def test_parameters_are_checked(tmp_path, options):
    with pytest.raises(ValueError, match=f"The '{next(iter(options))}' parameter"):
        make_protein_groups(tmp_path, **options)
