"""Traversals of closed form, and where they begin and end."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae.inspection import latent_traversal


@pytest.fixture(scope="module")
def iris():
    return load_iris(as_frame=True).data


def test_of_pca_it_is_a_line_along_the_component(iris):
    pca = PCA(3).fit(iris)
    traversal = latent_traversal(pca, iris, "pca1", values=[-1, 0, 2.5])
    np.testing.assert_allclose(traversal, pca.mean_ + np.outer([-1, 0, 2.5], pca.components_[1]))
    assert list(traversal.index) == [-1, 0, 2.5]
    assert traversal.index.name == "pca1"
    assert list(traversal.columns) == list(iris.columns)


def test_the_others_stay_where_a_row_has_them(iris):
    pca = PCA(3).fit(iris)
    code = pca.transform(iris)[7]
    traversal = latent_traversal(pca, iris, 2, values=code[[2]], at=7)
    np.testing.assert_allclose(traversal, pca.inverse_transform(code.reshape(1, -1)))


def test_by_default_it_spans_the_middle_of_the_codes(iris):
    pipeline = make_pipeline(StandardScaler(), PCA(2)).fit(iris)
    traversal = latent_traversal(pipeline, iris, 0, n_steps=5)
    np.testing.assert_allclose(traversal.index[[0, -1]], np.quantile(pipeline.transform(iris)[:, 0], [0.025, 0.975]))
    np.testing.assert_allclose(np.diff(traversal.index), np.ptp(traversal.index) / 4)


def test_standardized_values_compare(iris):
    pipeline = make_pipeline(StandardScaler(), PCA(2)).fit(iris)
    raw, relative = (latent_traversal(pipeline, iris, 0, scale=scale) for scale in ("raw", "standardized"))
    np.testing.assert_allclose(relative, (raw - iris.mean()) / iris.std())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"component": "pca2"}, "'pca2' is none of the 2 latent variables, 'pca0' to 'pca1'"),
        ({"component": 2}, "from 0 to 1"),
        ({"component": -1}, "from 0 to 1"),
        (
            {"component": True},
            "component=True is none of the 2 latent variables.*give a name, or a position from 0 to 1",
        ),
        ({"component": np.True_}, "The 'component' parameter"),
        ({"at": 150}, "at=150 is no row of X"),
        ({"at": -1}, "at=-1 is no row of X"),
        ({"at": True}, "at=True is no row of X: give a position"),
        ({"values": [np.nan]}, "values contains NaN"),
        ({"values": []}, "0 sample"),
        ({"values": [[1.0, 2.0]]}, "one dimension"),
        ({"values": ["low", "high"]}, "numeric"),
        ({"n_steps": 1}, "n_steps"),
    ],
)
def test_bad_input(iris, changes, message):
    with pytest.raises(ValueError, match=message):
        latent_traversal(PCA(2).fit(iris), iris, **{"component": 0} | changes)
