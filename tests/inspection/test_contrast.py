"""Contrasts against planted differences and PCA's projection."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae import VAETransformer
from skvae.inspection import _codes, group_contrast
from skvae.preprocessing import MeanImputer

pytestmark = pytest.mark.usefixtures("without_xla")


@pytest.fixture(scope="module")
def iris():
    data = load_iris(as_frame=True)
    return data.data, data.target_names[data.target]


@pytest.fixture(scope="module")
def planted():
    """90 rows x 40 features, 5 of which are higher in the treated third."""
    rng = np.random.default_rng(0)
    y = np.repeat(["treated", "control", "other"], 30)
    X = pd.DataFrame(rng.normal(size=(90, 40)), columns=[f"P{i}" for i in range(40)])
    X.loc[y == "treated", ["P3", "P8", "P13", "P21", "P34"]] += [3, 3, 3, -3, 3]
    return X, y


def test_of_pca_it_is_the_projected_difference_of_the_means(iris):
    X, y = iris
    pca = PCA(2).fit(X)
    contrast = group_contrast(pca, X, y, groups=["virginica", "setosa"]).set_index("feature").loc[X.columns]
    observed = X[y == "virginica"].mean() - X[y == "setosa"].mean()
    np.testing.assert_allclose(contrast["observed"], observed)
    np.testing.assert_allclose(contrast["difference"], observed @ pca.components_.T @ pca.components_)
    deviation = X[y != "versicolor"].std()
    np.testing.assert_allclose(contrast["standardized"], contrast["difference"] / deviation)
    assert set(contrast["group"]) == {"virginica"}
    assert set(contrast["against"]) == {"setosa"}


def test_planted_features_are_found(planted):
    X, y = planted
    vae = VAETransformer(2, encoder=(8,), epochs=50, random_state=0).fit(X)
    found = group_contrast(vae, X, y, groups=["treated", "control"]).head(5).set_index("feature")
    assert set(found.index) == {"P3", "P8", "P13", "P21", "P34"}
    np.testing.assert_array_equal(np.sign(found["difference"]), np.where(found.index == "P21", -1, 1))


def test_each_of_several_groups_stands_against_the_others(planted):
    X, y = planted
    pca = make_pipeline(StandardScaler(), PCA(3)).fit(X)
    contrast = group_contrast(pca, X, y)
    assert list(contrast["group"].unique()) == ["control", "other", "treated"]
    assert set(contrast["against"]) == {"the others"}
    decoded = pd.DataFrame(pca.inverse_transform(pca.transform(X)), columns=X.columns)
    expected = decoded[y == "other"].mean() - decoded[y != "other"].mean()
    of_other = contrast[contrast["group"] == "other"].set_index("feature")
    np.testing.assert_allclose(of_other["difference"].loc[X.columns], expected, atol=1e-12)
    assert of_other["standardized"].abs().is_monotonic_decreasing
    as_one = group_contrast(pca, X, np.where(y == "other", "a", "b"))
    np.testing.assert_allclose(as_one["difference"], of_other["difference"])


def test_missing_values_are_left_out(iris, monkeypatch):
    X, y = iris
    holes = X.mask((X > 6) | (np.arange(150) < 50)[:, np.newaxis] & [True, False, False, False])
    pipeline = make_pipeline(MeanImputer(), PCA(2)).fit(holes)
    contrast = group_contrast(pipeline, holes, y, groups=("virginica", "versicolor")).set_index("feature")
    expected = holes[y == "virginica"].mean() - holes[y == "versicolor"].mean()
    np.testing.assert_allclose(contrast["observed"].loc[X.columns], expected)
    unknown = group_contrast(pipeline, holes, y, groups=("virginica", "setosa")).set_index("feature")["observed"]
    assert list(unknown.index[unknown.isna()]) == ["sepal length (cm)"]
    monkeypatch.setattr(_codes, "_NUMBERS_AT_A_TIME", 30)
    in_blocks = group_contrast(pipeline, holes, y, groups=("virginica", "versicolor")).set_index("feature")
    pd.testing.assert_frame_equal(in_blocks, contrast)


def test_labels_may_be_numbers_and_lists(iris):
    X, _ = iris
    contrast = group_contrast(PCA(2).fit(X.to_numpy()), X.to_numpy().tolist(), [0] * 50 + [1] * 100)
    assert contrast["group"].unique().tolist() == [0]
    assert contrast["against"].unique().tolist() == [1]
    assert contrast["feature"][0] == "x2"


def test_covariates_are_no_features(planted):
    X, y = planted
    table = X.assign(lab=["a", "b"] * 45)
    vae = VAETransformer(2, encoder=(8,), epochs=20, covariates=["lab"], random_state=0).fit(table)
    assert set(group_contrast(vae, table, y)["feature"]) == set(X.columns)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X, y[:-1], None), "inconsistent numbers of samples"),
        (lambda X, y: (X, np.full(150, "a"), None), "at least two groups"),
        (lambda X, y: (X, y, ["setosa"]), "at least two groups"),
        (lambda X, y: (X, y, ["setosa", "setosa"]), "none of them twice"),
        (lambda X, y: (X, y, ["setosa", "rose"]), "'rose' is not among the labels of y"),
        (lambda X, y: (X, X["petal width (cm)"], None), "continuous"),
        (lambda X, y: (X, pd.Series(y).where(y != "setosa"), None), "missing labels"),
        (lambda X, y: (X, np.ma.array(y, mask=y == "setosa"), None), "masked"),
    ],
)
def test_bad_input(iris, change, message):
    X, y, groups = change(*iris)
    with pytest.raises(ValueError, match=message):
        group_contrast(PCA(2).fit(X), X, y, groups)
