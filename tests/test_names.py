"""Latent variables bear the names that their transformer gives them."""

from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skvae._names import latent_names, latent_names_or_numbers

X = [[1.0, 2.0, 0.0], [3.0, 5.0, 1.0], [0.0, 1.0, 4.0]]


def test_last_step_names_them_whatever_came_before():
    assert latent_names(make_pipeline(FunctionTransformer(), PCA(2)).fit(X)) == ["pca0", "pca1"]


def test_without_names_they_are_numbered():
    nameless = FunctionTransformer().fit(X)
    assert latent_names(nameless) is None
    assert latent_names_or_numbers(nameless, 2) == ["latent0", "latent1"]


def test_names_of_something_else_are_not_taken():
    assert latent_names_or_numbers(PCA(2).fit(X), 3) == ["latent0", "latent1", "latent2"]
