"""Loadings against closed forms, exact Jacobians and plain correlations."""

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import orthogonal_procrustes, subspace_angles
from scipy.sparse import csr_array
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.manifold import TSNE
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skvae import AutoencoderTransformer, VAEImputer, VAETransformer
from skvae.inspection import _codes, loadings, top_features
from skvae.networks import Conv
from skvae.preprocessing import MeanImputer

pytestmark = pytest.mark.usefixtures("without_xla")


@pytest.fixture(scope="module")
def iris():
    return load_iris(as_frame=True).data


@pytest.fixture(scope="module")
def curved():
    """120 rows x 5 features on a bent plane."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(120, 2))
    bent = np.column_stack([z, z[:, 0] ** 2, np.tanh(2 * z[:, 1]), z[:, 0] * z[:, 1]])
    return bent * [1, 2, 3, 4, 5] + 0.1 * rng.normal(size=bent.shape) + 10


def exact_slopes(model, Z):
    """Average the exact Jacobian of a decoder."""
    import tensorflow as tf

    decoder, codes = model.decoder_, tf.constant(Z, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(codes)
        data = decoder(codes)
    return tape.batch_jacobian(data, codes).numpy().astype(float).mean(axis=0)


def test_of_pca_they_are_the_components(iris):
    pca = PCA(3).fit(iris)
    raw, latent = (loadings(pca, iris, scale=scale) for scale in ("raw", "latent"))
    np.testing.assert_allclose(raw, pca.components_.T, atol=1e-10)
    np.testing.assert_allclose(latent, pca.components_.T * np.sqrt(pca.explained_variance_), atol=1e-10)
    assert list(raw.index) == list(iris.columns)
    assert list(raw.columns) == ["pca0", "pca1", "pca2"]


def test_of_pca_in_a_pipeline_they_are_correlations(iris):
    pipeline = make_pipeline(StandardScaler(), PCA(2)).fit(iris)
    Z = pipeline.transform(iris)
    correlations = [[np.corrcoef(iris[name], z)[0, 1] for z in Z.T] for name in iris]
    np.testing.assert_allclose(loadings(pipeline, iris), correlations, atol=1e-10)
    in_data_units = pipeline[-1].components_.T * pipeline[0].scale_[:, np.newaxis]
    np.testing.assert_allclose(loadings(pipeline, iris, scale="raw"), in_data_units, atol=1e-10)


def test_of_a_linear_vae_they_span_what_the_components_span(linear_data):
    vae = VAETransformer(3, encoder=(), decoder=(), init="random", epochs=150, random_state=0).fit(linear_data)
    pca = PCA(3).fit(linear_data)
    ours, theirs = (loadings(model, linear_data, scale="latent").to_numpy() for model in (vae, pca))
    assert np.rad2deg(subspace_angles(ours, theirs)).max() < 2
    rotation, _ = orthogonal_procrustes(ours, theirs)
    np.testing.assert_allclose(ours @ rotation, theirs, atol=0.05 * np.abs(theirs).max())
    # With the start at PCA there is nothing to rotate.
    start = VAETransformer(3, encoder=(), decoder=(), epochs=1, learning_rate=1e-12, random_state=0).fit(linear_data)
    directions = loadings(start, linear_data, scale="raw")
    np.testing.assert_allclose(
        (directions / np.linalg.norm(directions, axis=0)).abs(), np.abs(pca.components_.T), atol=1e-4
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"activation": "tanh"}, 1e-6),
        ({"activation": "relu"}, 5e-3),  # of rows near kinks
        # Its decoder reckons in float32.
        ({"encoder": Conv((3,), hidden_layer_sizes=(6,), image_shape=(5, 1), activation="tanh")}, 1e-3),
    ],
)
def test_they_are_the_mean_jacobian_of_the_decoder(curved, changes, error):
    vae = VAETransformer(2, **{"encoder": (20,), "epochs": 100, "random_state": 0} | changes).fit(curved)
    expected = exact_slopes(vae, vae.transform(curved))
    np.testing.assert_allclose(loadings(vae, curved, scale="raw"), expected, atol=error * np.abs(expected).max())


def test_step_hardly_matters(curved, monkeypatch):
    vae = VAETransformer(2, encoder=(20,), activation="tanh", epochs=100, random_state=0).fit(curved)
    before = loadings(vae, curved)
    for step in (1e-2, 1e-4):
        monkeypatch.setattr("skvae.inspection._loadings._STEP", step)
        np.testing.assert_allclose(loadings(vae, curved), before, atol=1e-4)


def test_blocks_of_rows_change_nothing(iris, monkeypatch):
    pca, holes = make_pipeline(MeanImputer(), PCA(2)).fit(iris), iris.mask(iris > 6)
    whole = loadings(pca, holes)
    monkeypatch.setattr(_codes, "_NUMBERS_AT_A_TIME", 30)
    np.testing.assert_allclose(loadings(pca, holes), whole, rtol=1e-10)


@pytest.mark.parametrize("scale", ["standardized", "latent", "raw"])
def test_collapsed_latent_variables_have_none(linear_data, scale):
    one_factor = linear_data[:, :1] * np.linspace(-1, 1, 12) + np.random.default_rng(0).normal(size=(1500, 12))
    vae = VAETransformer(2, encoder=(), decoder=(), beta=3, epochs=2, random_state=0)
    with pytest.warns(UserWarning, match="Posterior collapse: 1 of 2"):
        vae.fit(one_factor)
    largest = loadings(vae, one_factor, scale=scale).abs().max()
    assert largest["vaetransformer1"] < 0.03 * largest["vaetransformer0"]


def test_constant_features_and_codes_have_none(iris):
    table = iris.assign(constant=0.1 + 0.2)
    pca = make_pipeline(
        FunctionTransformer(lambda X: X * [1, 1, 0, 0, 0], inverse_func=np.asarray, check_inverse=False), PCA(3)
    ).fit(table)
    # The third component has no variance at all; the names are those of the last step.
    found = loadings(pca, table)
    assert list(found.columns) == ["pca0", "pca1", "pca2"]
    assert (found["pca2"].abs() < 1e-6).all()
    assert (found.loc["constant"] == 0).all()


def test_missing_values_are_left_out(iris):
    holes = iris.mask(np.random.default_rng(0).random(iris.shape) < 0.1)
    vae = VAETransformer(2, encoder=(8,), epochs=20, missing="mask", random_state=0).fit(holes)
    latent, relative = (loadings(vae, holes, scale=scale) for scale in ("latent", "standardized"))
    np.testing.assert_allclose(relative, latent.div(holes.std(), axis=0), rtol=1e-8)


def test_covariates_are_no_features(iris):
    table = iris.assign(lab=["a", "b"] * 75)[["lab", *iris.columns]]
    vae = VAETransformer(2, encoder=(8,), epochs=20, covariates=["lab"], random_state=0).fit(table)
    found = loadings(vae, table)
    assert list(found.index) == list(iris.columns)
    expected = exact_covariate_slopes(vae, table)
    np.testing.assert_allclose(loadings(vae, table, scale="raw"), expected, atol=5e-3 * np.abs(expected).max())


def exact_covariate_slopes(vae, table):
    """Average the Jacobian over the latent variables, with the levels at their shares in training."""
    Z = vae.transform(table)
    return exact_slopes(vae, np.hstack([Z, np.tile([0.5, 0.5], (len(Z), 1))]))[:, :2]


@pytest.mark.parametrize("container", [np.asarray, lambda X: X.to_numpy().tolist(), lambda X: X.astype("float32")])
def test_containers(iris, container):
    X = container(iris)
    found = loadings(PCA(2, random_state=0).fit(X), X)
    np.testing.assert_allclose(found, loadings(PCA(2, random_state=0).fit(iris), iris), atol=1e-4)
    assert list(found.index) == (list(iris.columns) if hasattr(X, "columns") else ["x0", "x1", "x2", "x3"])


def test_names_of_the_fit_stand_in_for_those_of_an_array(iris):
    pca = PCA(2).fit(iris).set_output(transform="pandas")
    with pytest.warns(UserWarning, match="feature names"):
        found = loadings(pca, iris.to_numpy())
    assert list(found.index) == list(iris.columns)


def test_autoencoders_have_them_too(curved):
    model = AutoencoderTransformer(2, encoder=(8,), activation="tanh", epochs=20, random_state=0).fit(curved)
    expected = exact_slopes(model, model.transform(curved))
    np.testing.assert_allclose(loadings(model, curved, scale="raw"), expected, atol=1e-5 * np.abs(expected).max())


def test_bad_input(iris):
    with pytest.raises(NotFittedError):
        loadings(PCA(2), iris)
    with pytest.raises(TypeError, match="TSNE has no transform"):
        loadings(TSNE(), iris)
    with pytest.raises(TypeError, match="VAEImputer has no inverse_transform"):
        loadings(VAEImputer(), iris)
    with pytest.raises(ValueError, match="'X' parameter of loadings must be an array-like"):
        loadings(TruncatedSVD(2).fit(iris), csr_array(iris))
    with pytest.raises(ValueError, match="at least two rows"):
        loadings(PCA(2).fit(iris), iris.iloc[:1])
    with pytest.raises(ValueError, match="scale"):
        loadings(PCA(2).fit(iris), iris, scale="std")
    with pytest.raises(ValueError, match=r"MeanImputer can be"):
        loadings(make_pipeline(SimpleImputer(), PCA(2)).fit(iris), iris)
    with pytest.raises(ValueError, match="NaN"):
        loadings(PCA(2).fit(iris), iris.mask(iris > 7))
    narrow = make_pipeline(FunctionTransformer(lambda X: X.iloc[:, :3]), PCA(2)).fit(iris)
    with pytest.raises(ValueError, match="gives 3 columns, but X has 4"):
        loadings(narrow, iris)


def test_features_that_a_step_leaves_out_have_none(iris):
    pipeline = make_pipeline(SelectKBest(k=2), TruncatedSVD(1)).fit(iris, np.arange(150) // 50)
    found = loadings(pipeline, iris)
    assert (found.loc[~pipeline[0].get_support()] == 0).all(axis=None)
    assert (found.loc[pipeline[0].get_support()] != 0).all(axis=None)


def test_top_features_are_ranked_by_size_and_keep_their_sign():
    table = pd.DataFrame({"z0": [0.1, -0.9, 0.5], "z1": [2.0, 1.0, -3.0]}, index=["a", "b", "c"])
    top = top_features(table, n_features=2)
    assert top.to_dict("list") == {
        "component": ["z0", "z0", "z1", "z1"],
        "rank": [1, 2, 1, 2],
        "feature": ["b", "c", "c", "a"],
        "loading": [-0.9, 0.5, -3.0, 2.0],
    }
    assert len(top_features(table, n_features=99)) == 6


def test_top_features_of_bad_input():
    with pytest.raises(ValueError, match="n_features"):
        top_features([[1.0]], n_features=0)
    with pytest.raises(ValueError, match="loadings contains NaN"):
        top_features([[np.nan]])
