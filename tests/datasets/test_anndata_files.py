"""AnnData files as tables."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skvae._tables import _anndata
from skvae.datasets import read_table

anndata = pytest.importorskip("anndata")


# Files with a name that stands twice are made on purpose.
pytestmark = pytest.mark.filterwarnings("ignore:.*names are not unique")


@pytest.fixture
def values():
    return np.random.default_rng(0).poisson(1.0, (4, 3)).astype("float32")


@pytest.fixture
def path(tmp_path, values):
    """Four cells, three genes, sparse; a layer; groups, sizes and a second name in obs."""
    obs = {"group": ["x", "y", "x", "y"], "size": [1, 2, 3, 4], "barcode": ["a", "b", "c", "d"]}
    return write(tmp_path / "cells.h5ad", sparse.csr_matrix(values), obs, {"doubled": 2 * values})


def write(path, X, obs, layers=(), names=("c1", "c2", "c3", "c4")):
    with _anndata._text_as_objects():
        obs = pd.DataFrame(obs, index=pd.Index(names, dtype=object, name="cell"))
        var = pd.DataFrame(index=pd.Index(["g1", "g2", "g3"], dtype=object))
        anndata.AnnData(X, obs=obs, var=var, layers=dict(layers)).write_h5ad(path)
    return path


def test_features_are_x_made_dense_and_labels_come_from_obs(path, values):
    X, y = read_table(path, target="group")
    index = pd.Index(["c1", "c2", "c3", "c4"], name="cell")
    pd.testing.assert_frame_equal(X, pd.DataFrame(values.astype(float), index, ["g1", "g2", "g3"]))
    pd.testing.assert_series_equal(y, pd.Series(["x", "y", "x", "y"], index, name="group"))


def test_other_columns_of_obs_are_no_features(path):
    X, y = read_table(path)
    assert list(X.columns) == ["g1", "g2", "g3"]
    assert y is None


def test_a_layer_by_name(path, values):
    X, _ = read_table(path, layer="doubled")
    np.testing.assert_array_equal(X, 2 * values)


@pytest.mark.parametrize(("index", "names"), [("barcode", list("abcd")), ("cell", ["c1", "c2", "c3", "c4"])])
def test_samples_may_be_named_by_a_column_of_obs(path, index, names):
    assert read_table(path, index=index)[0].index.tolist() == names


def test_labels_join_from_a_second_table(tmp_path, path):
    labels = tmp_path / "labels.csv"
    labels.write_text("cell,kind\nc4,d\nc3,c\nc2,b\nc1,a\n")
    assert read_table(path, metadata=labels, target="kind")[1].tolist() == list("abcd")


def test_obs_of_an_h5ad_file_can_be_the_second_table(tmp_path, path):
    table = tmp_path / "t.csv"
    table.write_text("cell,A\nc2,1\nc1,2\n")
    assert read_table(table, metadata=path, target="group")[1].tolist() == ["y", "x"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "Group"}, "no column 'Group'; did you mean 'group'"),
        ({"target": "zzz"}, "no column 'zzz'; its columns are 'group', 'size', 'barcode'"),
        ({"layer": "counts"}, "no layer 'counts'; its layers are 'doubled'"),
    ],
)
def test_what_is_not_there_is_told(path, options, message):
    with pytest.raises(ValueError, match=message):
        read_table(path, **options)


def test_samples_named_twice(tmp_path, values):
    path = write(tmp_path / "t.h5ad", values, {}, names=["a", "b", "b", "c"])
    with pytest.raises(ValueError, match="name samples more than once: 'b'"):
        read_table(path)


def test_a_file_without_x_names_its_layers(tmp_path, values):
    path = write(tmp_path / "t.h5ad", None, {}, {"counts": values})
    with pytest.raises(ValueError, match=r"has no X; say which of its layers to read .*'counts'"):
        read_table(path)


def test_only_h5ad_files_have_layers(tmp_path):
    (tmp_path / "t.csv").write_text("A,B\n1,2\n")
    with pytest.raises(ValueError, match=r"Only \.h5ad files have layers"):
        read_table(tmp_path / "t.csv", layer="counts")


def test_a_sparse_table_too_large_for_memory_is_refused_before_it_is_made_dense(path, monkeypatch):
    monkeypatch.setattr(_anndata, "_memory", lambda: 150)
    with pytest.raises(ValueError, match=r"4 x 3 values would take .* GiB .*highly_variable_genes"):
        read_table(path)
    monkeypatch.setattr(_anndata, "_memory", lambda: 4 * 3 * 8 * 2)
    assert read_table(path)[0].shape == (4, 3)


def test_a_system_that_does_not_tell_its_memory_is_no_failure(path, monkeypatch):
    monkeypatch.delattr("os.sysconf", raising=False)
    assert _anndata._memory() is None
    assert read_table(path)[0].shape == (4, 3)


def test_garbage_is_refused_with_a_word_on_versions(tmp_path, monkeypatch):
    (tmp_path / "t.h5ad").write_bytes(b"no HDF5")
    monkeypatch.setattr(_anndata, "version", lambda name: "0.12.6")
    monkeypatch.setattr(pd, "__version__", "3.0.1")
    with pytest.raises(ValueError, match=r"cannot be read as an \.h5ad table.*anndata before 0\.13 cannot read"):
        read_table(tmp_path / "t.h5ad")
    monkeypatch.setattr(pd, "__version__", "2.3.3")
    with pytest.raises(ValueError, match=r"cannot be read as an \.h5ad table") as raised:
        read_table(tmp_path / "t.h5ad")
    assert "0.13" not in str(raised.value)


def test_reads_a_real_file(shared_data):
    X, y = read_table(shared_data / "singlecell" / "pbmc68k_reduced.h5ad", target="bulk_labels")
    assert X.shape == (700, 765)
    assert y.nunique() == 10
    assert y.dtype != "category"
