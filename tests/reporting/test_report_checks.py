"""What is remarked about a table, against tables made to be so."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

from skvae.preprocessing import MaxNormalizer, MeanImputer
from skvae.reporting._checks import outlying_rows, remarks_on_table
from skvae.reporting._inputs import Data
from skvae.reporting._models import scales_features


def table(values, labels=None):
    """Make a table with numbered names."""
    values = np.asarray(values, dtype=float)
    features = [f"P{i}" for i in range(values.shape[1])]
    return Data(values, values, features, [f"s{i}" for i in range(len(values))], labels, "group")


def remarks(values, labels=None):
    """Write all remarks into one text."""
    return " ".join(" ".join(remark) for remark in remarks_on_table(table(values, labels)))


@pytest.fixture
def normal():
    return np.random.default_rng(0).normal(size=(80, 12))


@pytest.mark.parametrize("seed", range(5))
def test_normal_numbers_call_for_no_caution(seed):
    rng = np.random.default_rng(seed)
    assert remarks(rng.normal(20, 3, size=(100, 40)), rng.integers(0, 3, size=100)) == ""


@pytest.mark.parametrize("seed", range(3))
def test_intensities_are_told_and_their_logarithms_are_not(seed):
    rng = np.random.default_rng(seed)
    logarithms = rng.normal(25, 3, size=(1, 200)) + rng.normal(0, 1, size=(60, 200))
    assert "Raw intensities or counts?" in remarks(2**logarithms)
    assert "Raw intensities" not in remarks(logarithms)


def test_features_of_different_units_are_no_intensities(normal):
    found = remarks((10 + normal) * np.append(np.ones(11), 10_000.0))
    assert "Very different scales: the standard deviation of P11 is more than 100 times" in found


def test_features_without_values_are_told_and_hide_nothing(normal):
    normal[:, 3] = np.nan
    assert "Very different scales" not in remarks(normal)
    assert "1 feature without any value: P3." in remarks(normal)
    assert "the standard deviation of P11 is more than" in remarks(normal * np.append(np.ones(11), 10_000.0))


def test_a_table_of_few_features_mixes_units():
    from sklearn.datasets import load_breast_cancer

    assert "Raw intensities" not in remarks(load_breast_cancer().data)


def test_constant_and_nearly_constant_features(normal):
    normal[:, 0] = 7
    normal[:, 1] = 0
    normal[:3, 1] = 5
    normal[4:, 2] = np.nan
    normal[:4, 2] = 3
    found = remarks(normal)
    assert "2 features with one value only: P0, P2." in found
    assert "1 feature with the same value in 95.0 % of the rows or more: P1." in found


def test_features_that_few_rows_know_are_told(normal):
    normal[41:, 2] = np.nan  # 41 of 80
    assert "half of the rows" not in remarks(normal)
    normal[39:, 4] = np.nan
    assert "1 feature of 12 is known in less than half of the rows: P4 (48.8 %)." in remarks(normal)
    normal[2:, 5] = np.nan
    assert "2 features of 12 are known in less than half of the rows: P5 (2.5 %), P4 (48.8 %)." in remarks(normal)


def test_scales_rule_models_that_do_not_scale_only(normal):
    data = table((10 + normal) * np.append(np.ones(11), 10_000.0))
    (_, bare), *_ = remarks_on_table(data)
    (_, scaled), *_ = remarks_on_table(data, is_scaled=True)
    assert bare == "Standardise, or these features are nearly all that is learned."
    assert scaled.startswith("The models of this page bring all features to one scale, so that these rule nothing here")


def test_scalers_are_found_within_steps():
    def beside(scaler):
        features = make_pipeline(MeanImputer(), scaler)
        return make_pipeline(ColumnTransformer([("features", features, [0, 1]), ("lab", "passthrough", [2])]), PCA(1))

    assert scales_features(beside(MaxNormalizer()))
    assert scales_features(make_pipeline(StandardScaler(), PCA(1)))
    assert not scales_features(beside("passthrough"))
    assert not scales_features(make_pipeline(Normalizer(), PCA(1)))  # of rows
    assert not scales_features(PCA(1))


def test_zeros_among_positive_values_and_not_among_ratios(normal):
    normal[np.abs(normal) < 0.1] = 0
    assert "Exactly 0" not in remarks(normal)
    assert f"Exactly 0 are {100 * (normal == 0).mean():.1f} % of the cells" in remarks(np.abs(normal))


def test_outlying_rows_are_found_and_named(normal):
    normal[5] *= 12
    normal[9] *= 30
    rows, distances = outlying_rows(normal)
    assert rows.tolist() == [9, 5]
    q25, q50, q75 = np.quantile(normal, [0.25, 0.5, 0.75], axis=0)
    np.testing.assert_allclose(distances[3], np.sqrt(np.mean(((normal[3] - q50) / (q75 - q25)) ** 2)))
    assert "2 rows far from the others: s9" in remarks(normal)


def test_rows_without_values_and_rows_that_repeat(normal):
    normal[7] = np.nan
    normal[8] = normal[9]
    found = remarks(normal)
    assert "1 row without any value: s7." in found
    assert "1 row repeated" in found


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((40, 40), ""),
        ((30, 50), ""),
        ((70, 10), "Unbalanced groups: the largest has 70 rows, the smallest 10."),
        ((12, 8, 4), "1 group of fewer than 5 rows: 2 (4)."),
        ((4, 4, 4), "3 groups of fewer than 5 rows: 0 (4), 1 (4), 2 (4)."),
    ],
)
def test_unbalanced_and_small_groups(sizes, expected):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    found = remarks(np.random.default_rng(0).normal(size=(len(labels), 12)), labels)
    assert found.startswith(expected)
    assert ("Unbalanced" in found) is (max(sizes) >= 5 * min(sizes))
    assert ("fewer than 5" in found) is (min(sizes) < 5)


def test_a_table_of_one_value():
    assert "one value only" in remarks(np.ones((10, 3)))


@pytest.mark.parametrize(
    ("name", "is_linear"),
    [
        ("ecoli_five_labs", True),
        ("cptac_ucec", False),
        ("multipro_dda_hcc1806_hs578t", False),
        ("septic_aki_plasma", False),
    ],
)
def test_real_tables(shared_data, name, is_linear):
    path = shared_data / "proteomics" / f"{name}.X.csv.gz"
    values = pd.read_csv(path, index_col=0, usecols=range(500)).to_numpy()
    linear, logarithms = (values, np.log2(values)) if is_linear else (2**values, values)
    is_ratio = name == "cptac_ucec"
    assert ("Raw intensities" in remarks(linear)) is not is_ratio
    assert "Raw intensities" not in remarks(logarithms)
