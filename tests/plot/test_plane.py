import re

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skvae.plot._plane import Plane


@pytest.fixture(scope="module")
def X():
    return load_iris().data


class Prior:
    """A VAE as far as a plane asks."""

    def __init__(self, n_components=3):
        self.n_components = n_components

    def posterior(self, X):
        """Never asked for values."""

    def get_feature_names_out(self):
        return [f"z{i}" for i in range(self.n_components)]


def plane(estimator, X=None, n_cells=3, extent=None, components=(0, 1)):
    return Plane.of(estimator, X, n_cells, extent, components)


def test_plane_of_a_vae_is_that_of_its_prior():
    assert plane(Prior()).extent == (-2, 2, -2, 2)
    assert plane(make_pipeline(StandardScaler(), Prior())).extent == (-2, 2, -2, 2)
    np.testing.assert_array_equal(plane(Prior()).centre, [0, 0, 0])


def test_plane_holds_nearly_all_codes_of_the_samples(X):
    pca = PCA(3).fit(X)
    laid, Z = plane(pca, X, components=(2, 0)), pca.transform(X)
    assert laid.names == ("pca2", "pca0")
    np.testing.assert_allclose(laid.extent[:2], np.quantile(Z[:, 2], [0.01, 0.99]))
    np.testing.assert_allclose(laid.extent[2:], np.quantile(Z[:, 0], [0.01, 0.99]))
    np.testing.assert_array_equal(laid.codes, Z[:, [2, 0]])


def test_points_go_row_by_row_from_the_lower_left_and_keep_the_other_variables(X):
    X = X + 1  # codes of a projection without centring, whose mean is not 0

    class Projection:
        def transform(self, X):
            return X[:, :3]

    points = plane(Projection(), X, extent=(0, 2, 10, 30), components=(1, 0)).points()
    np.testing.assert_array_equal(points[:, 1], [0, 1, 2] * 3)
    np.testing.assert_array_equal(points[:, 0], np.repeat([10, 20, 30], 3))
    np.testing.assert_allclose(points[:, 2], X[:, 2].mean())


def test_steps_that_name_nothing_do_not_hide_the_names_of_the_last(X):
    pipeline = make_pipeline(FunctionTransformer(np.log1p), PCA(2)).fit(X)
    with pytest.raises(AttributeError):
        pipeline.get_feature_names_out()
    assert plane(pipeline, X).names == ("pca0", "pca1")


@pytest.mark.parametrize("components", [(0,), (0, 0), (0, 3), (-1, 0), (True, 0), (0, 1.0), (0, 1, 2)])
def test_components_must_be_two_latent_variables(components):
    with pytest.raises(
        ValueError, match=re.escape(f"two of the 3 latent variables, counted from 0, but are {components}")
    ):
        plane(Prior(), components=components)


def test_one_latent_variable_is_no_plane():
    with pytest.raises(ValueError, match="needs two latent variables, but there is one"):
        plane(Prior(1))


@pytest.mark.parametrize("extent", [(0, 1), (1, 0, 0, 1), (0, 1, 2, 2), (0, np.nan, 0, 1), (0, np.inf, 0, 1)])
def test_extent_must_be_an_area(extent):
    with pytest.raises(ValueError, match="left < right and bottom < top"):
        plane(Prior(), extent=extent)


def test_how_far_the_codes_of_others_reach_must_be_told(X):
    with pytest.raises(ValueError, match="codes of PCA reach is known from samples only: pass X"):
        plane(make_pipeline(StandardScaler(), PCA(2)).fit(X))


def test_codes_that_no_plane_holds(X):
    class Broken:
        def __init__(self, value):
            self.value = value

        def transform(self, X):
            return np.column_stack([X[:, 0], np.full(len(X), self.value)])

    with pytest.raises(ValueError, match="codes of X do not vary in latent1"):
        plane(Broken(3.0), X)
    with pytest.raises(ValueError, match="codes contains NaN"):
        plane(Broken(np.nan), X)
    with pytest.raises(ValueError, match=r"Broken has no get_feature_names_out.*pass X"):
        plane(Broken(0.0))
