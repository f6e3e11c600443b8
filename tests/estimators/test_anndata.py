"""Models fitted to AnnData: what they write, and that nothing is written when something fails."""

import sys
from importlib.metadata import version

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from small_models import small

from skvae import AutoencoderTransformer
from skvae.inspection import loadings
from skvae.likelihoods import Gaussian

anndata = pytest.importorskip("anndata")

pytestmark = pytest.mark.usefixtures("without_xla")

N, D = 40, 6
rng = np.random.default_rng(0)
COUNTS = rng.poisson(np.exp(rng.normal(size=(N, 2)) @ rng.normal(size=(2, D)) / 2 + 1))


def cells(X=COUNTS, **parts):
    """Make an AnnData of counts with two batches and a layer of logarithms."""
    obs = pd.DataFrame({"batch": pd.Categorical(["one", "two"] * (N // 2)), "depth": np.arange(N)})
    obs.index = [f"cell{i}" for i in range(N)]
    var = pd.DataFrame(index=[f"gene{i}" for i in range(D)])
    return anndata.AnnData(X, **{"obs": obs, "var": var, "layers": {"log": np.log1p(COUNTS)}} | parts)


def state_of(adata):
    """Return all that an AnnData holds, comparable with ==."""
    parts = {name: dict(getattr(adata, name)) for name in ("obsm", "varm", "uns", "layers", "obsp", "varp")}
    return repr((parts, adata.obs, adata.var, None if adata.X is None else np.asarray(adata.to_df())))


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_array, np.float32], ids=repr)
def test_it_is_fit_of_the_table(form):
    adata, model = cells(form(COUNTS)), small(epochs=3)
    assert model.fit_anndata(adata) is model
    frame = adata.to_df()
    alone = small(epochs=3).fit(frame)
    np.testing.assert_array_equal(adata.obsm["X_vae"], alone.transform(frame))
    np.testing.assert_array_equal(adata.varm["X_vae"], loadings(alone, frame))
    assert model.feature_names_in_.tolist() == adata.var_names.tolist()
    np.testing.assert_array_equal(model.transform(adata.to_df()[:3]), adata.obsm["X_vae"][:3])


def test_what_was_done_is_written_down():
    adata = cells()
    model = small(epochs=3, likelihood="poisson", encoder=[4]).fit_anndata(adata, layer=None, key_added="X_mine")
    told = adata.uns["X_mine"]
    assert told["estimator"] == "VAETransformer"
    assert told["params"]["likelihood"] == "poisson"
    assert told["params"]["encoder"] == "[4]"
    assert told["params"]["decoder"] == "None"
    assert told["params"]["epochs"] == 3
    assert set(told["versions"]) == {"skvae", "scikit-learn", "numpy", "keras"}
    assert told["n_iter"] == 3
    assert "layer" not in told
    np.testing.assert_array_equal(told["history"]["loss"], model.history_["loss"])
    np.testing.assert_array_equal(told["kl_per_component"], model.kl_per_component_)
    assert told["score"] == model.score(adata.to_df())
    assert not {"X_vae"} & {*adata.obsm, *adata.varm, *adata.uns}


def test_a_layer_and_another_model():
    adata = cells()
    model = AutoencoderTransformer(2, encoder=(4,), epochs=3, random_state=0)
    model.fit_anndata(adata, layer="log", key_added="X_ae")
    np.testing.assert_array_equal(adata.obsm["X_ae"], model.transform(adata.to_df(layer="log")))
    assert adata.uns["X_ae"]["layer"] == "log"
    assert "kl_per_component" not in adata.uns["X_ae"]


def test_covariates_are_columns_of_obs():
    adata, model = cells(), small(epochs=3)
    model.fit_anndata(adata, covariates=["batch"])
    assert model.covariates == ["batch"]
    frame = adata.to_df().join(adata.obs[["batch"]])
    alone = small(epochs=3, covariates=["batch"]).fit(frame)
    np.testing.assert_array_equal(adata.obsm["X_vae"], alone.transform(frame))
    assert adata.varm["X_vae"].shape == (D, 2)
    assert model.reconstruct(frame, covariates="one").shape == (N, D)
    # What the parameter names is looked up as well, and kept.
    other = cells()
    small(epochs=3, covariates=["batch"]).fit_anndata(other)
    np.testing.assert_array_equal(other.obsm["X_vae"], adata.obsm["X_vae"])


def test_cells_without_a_batch_are_a_batch():
    adata = cells()
    adata.obs.loc["cell3", "batch"] = np.nan
    model = small(epochs=2).fit_anndata(adata, covariates=["batch"])
    assert len(model.covariate_shares_) == 3
    assert model.covariate_shares_[-1] == 1 / N


def test_missing_text_in_obs_is_known_to_transform():
    adata = cells()
    adata.obs["batch"] = pd.array(["one", "two", None, "two"] * (N // 4), dtype="string")
    model = small(epochs=2).fit_anndata(adata, covariates=["batch"])
    codes = model.transform(adata.to_df().join(adata.obs[["batch"]]))
    np.testing.assert_array_equal(codes, adata.obsm["X_vae"])


def test_parameters_of_the_model_are_checked():
    with pytest.raises(ValueError, match="'epochs' parameter of VAETransformer must be"):
        small(epochs=-1).fit_anndata(cells())


def test_missing_values_and_names_that_repeat_in_obs():
    adata = cells(np.where(COUNTS == 0, np.nan, COUNTS))
    adata.obs_names = ["same"] * N
    small(epochs=2, missing="mask").fit_anndata(adata, covariates=["batch"])
    assert adata.obsm["X_vae"].shape == (N, 2)


def test_raw_is_left_alone_and_a_second_fit_replaces_the_first():
    adata = cells()
    adata.raw = adata.copy()
    part = adata[:, :4].copy()
    small(epochs=2).fit_anndata(part)
    assert part.varm["X_vae"].shape == (4, 2)
    assert part.raw.shape == (N, D)
    first = part.obsm["X_vae"]
    small(n_components=3, epochs=2).fit_anndata(part)
    assert first.shape == (N, 2)
    assert part.obsm["X_vae"].shape == (N, 3)


def test_a_view_becomes_an_object_of_its_own():
    adata = cells()
    before, view = state_of(adata), adata[:20, :5]
    with pytest.warns(Warning, match="view"):
        small(epochs=2).fit_anndata(view)
    assert not view.is_view
    assert view.obsm["X_vae"].shape == (20, 2)
    assert state_of(adata) == before


def test_many_cells_are_judged_by_some_of_them(monkeypatch):
    from skvae.estimators import _anndata

    monkeypatch.setattr(_anndata, "_MOST_CELLS", 10)
    adata = cells()
    model = small(epochs=2).fit_anndata(adata)
    few = adata.to_df().iloc[[0, 4, 8, 13, 17, 21, 26, 30, 34, 39]]
    np.testing.assert_array_equal(adata.varm["X_vae"], loadings(model, few))
    assert adata.uns["X_vae"]["score"] == model.score(few)


class _NoTable:
    """Stands for a table of dask, which is not in memory."""

    shape, ndim, dtype = (N, D), 2, np.dtype(float)


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        (lambda a: None, {"layer": "logs"}, ValueError, "no layer 'logs'. It has 'log'"),
        (lambda a: None, {"covariates": ["batsch"]}, ValueError, "no column 'batsch'.*Did you mean 'batch'"),
        (lambda a: None, {"covariates": [0]}, ValueError, "no column 0"),
        (lambda a: None, {"covariates": "batch"}, ValueError, "'covariates' parameter of VAETransformer.fit_anndata"),
        (lambda a: None, {"covariates": []}, ValueError, "at least one column"),
        (lambda a: None, {"key_added": 3}, ValueError, "'key_added' parameter"),
        (lambda a: None, {"key_added": ""}, ValueError, "key_added='' is no name .* such as 'X_vae'"),
        (lambda a: None, {"key_added": "X/vae"}, ValueError, "key_added='X/vae' is no name .* holds no slash"),
        (lambda a: None, {"key_added": "."}, ValueError, "key_added='.' is no name"),
        (lambda a: a.obs.insert(0, "gene1", 0), {"covariates": ["gene1"]}, ValueError, "rename the column"),
        (
            lambda a: setattr(a, "var_names", ["g"] * 2 + list("abcd")),
            {},
            ValueError,
            "'g' more than once.*make_unique",
        ),
        (lambda a: a.X.__setitem__((0, 0), np.nan), {}, ValueError, "contains NaN.*missing='mask'"),
        (lambda a: a.__delattr__("X"), {}, ValueError, "adata.X is empty: name a layer. There are 'log'"),
        (lambda a: a._init_as_actual(a[:1].copy()), {}, ValueError, "minimum of 2"),
    ],
)
def test_after_an_error_all_is_as_it_was(change, options, error, message):
    adata = cells(COUNTS.astype(float))
    change(adata)
    adata.uns["X_vae"] = "mine"
    before, model = state_of(adata), small(epochs=2)
    params = model.get_params()
    with pytest.raises(error, match=message):
        model.fit_anndata(adata, **options)
    assert state_of(adata) == before
    assert model.get_params() == params
    assert not hasattr(model, "mean_")


def test_a_failure_behind_the_fit_leaves_the_earlier_fit(monkeypatch):
    adata, model = cells(), small(epochs=2)
    model.fit_anndata(adata)
    before, codes = state_of(adata), model.transform(adata.to_df())
    monkeypatch.setattr("skvae.estimators._anndata.loadings", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        model.set_params(random_state=1).fit_anndata(adata)
    assert state_of(adata) == before
    np.testing.assert_array_equal(model.transform(adata.to_df()), codes)


def test_other_tables_are_told(tmp_path, monkeypatch):
    with pytest.raises(TypeError, match="needs an AnnData, but got DataFrame: fit takes other tables"):
        small().fit_anndata(pd.DataFrame(COUNTS))
    adata = cells()
    monkeypatch.setattr(anndata.AnnData, "X", _NoTable())
    with pytest.raises(TypeError, match=r"is a _NoTable: pass adata\.to_memory"):
        small().fit_anndata(adata)
    monkeypatch.setattr(anndata.AnnData, "isbacked", True)
    with pytest.raises(ValueError, match=r"backed by a file.*to_memory"):
        small().fit_anndata(adata)
    monkeypatch.setitem(sys.modules, "anndata", None)
    with pytest.raises(ImportError, match=r"skvae\[anndata\]"):
        small().fit_anndata(adata)


def writes_files():
    """Tell whether this anndata can write what this pandas holds."""
    newer = tuple(map(int, version("anndata").split(".")[:2])) >= (0, 13)
    return newer or int(pd.__version__.partition(".")[0]) < 3


@pytest.mark.skipif(not writes_files(), reason="anndata before 0.13 cannot write the strings of pandas 3")
def test_what_was_written_goes_through_a_file(tmp_path):
    adata = cells()
    model = small(epochs=2, likelihood=Gaussian("per_feature"), missing="censored", detection_limit=np.ones(D))
    model.fit_anndata(adata, covariates=["batch"])
    adata.write_h5ad(tmp_path / "cells.h5ad")
    again = anndata.read_h5ad(tmp_path / "cells.h5ad")
    for part in ("obsm", "varm"):
        np.testing.assert_array_equal(getattr(again, part)["X_vae"], getattr(adata, part)["X_vae"])
    written, told = again.uns["X_vae"], adata.uns["X_vae"]
    assert set(written) == set(told)
    assert written["versions"] == told["versions"]
    assert written["params"]["covariates"] == "['batch']"
    np.testing.assert_array_equal(written["params"]["detection_limit"], np.ones(D))
    np.testing.assert_array_equal(written["history"]["kl"], told["history"]["kl"])
    np.testing.assert_array_equal(written["active_components"], told["active_components"])
    backed = anndata.read_h5ad(tmp_path / "cells.h5ad", backed="r")
    with pytest.raises(ValueError, match="backed by a file"):
        model.fit_anndata(backed)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_scanpy_goes_on_from_it():
    scanpy = pytest.importorskip("scanpy")
    adata = cells()
    small(epochs=2).fit_anndata(adata)
    scanpy.pp.neighbors(adata, n_neighbors=5, use_rep="X_vae")
    scanpy.tl.umap(adata)
    assert adata.obsm["X_umap"].shape == (N, 2)
    nearest = np.asarray(adata.obsp["distances"][0].todense()).ravel()
    apart = np.linalg.norm(adata.obsm["X_vae"] - adata.obsm["X_vae"][0], axis=1)
    found = np.flatnonzero(nearest)
    np.testing.assert_allclose(nearest[found], apart[found], rtol=1e-4, atol=1e-5)
    assert set(found) == set(np.argsort(apart)[1:5])
