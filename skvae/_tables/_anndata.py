"""AnnData files: cells or samples in rows, features in columns, what is known of the samples in ``obs``."""

import contextlib
import os
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.lib import NumpyVersion
from pandas.api.types import is_numeric_dtype
from scipy.sparse import issparse

from skvae._optional import import_optional
from skvae._tables._columns import check_columns, some

# A table may take this share of the machine's memory: a fit needs room beside it.
_SHARE_OF_MEMORY = 0.5
_ADVICE = (
    "anndata before 0.13 cannot read every file where pandas is 3 or newer: install anndata 0.13, which needs Python "
    "3.12, or pandas below 3"
)


def read_h5ad(path, of_samples=(), layer=None):
    """Read the features as a data frame, and beside them the columns `of_samples` of ``obs``."""
    adata = _read(path)
    _check_matrix(adata, path, layer)
    adata.var_names_make_unique()
    table = adata.to_df(layer)
    wanted = [name for name in of_samples if name not in (None, adata.obs_names.name, *table.columns)]
    check_columns(wanted, adata.obs, path)
    if not table.index.is_unique:
        repeated = table.index[table.index.duplicated()].unique()
        raise ValueError(f"{path}: its obs_names name samples more than once: {some(repeated)}.")
    return pd.concat([adata.obs[wanted], table], axis=1)


def _read(path):
    """Read the file, or say why not."""
    anndata = import_optional("anndata", extra="anndata", purpose="Reading an .h5ad file")
    try:
        with warnings.catch_warnings():
            # Of old layouts, which it reads, and of names that are not unique, which `read_h5ad` mends or tells.
            warnings.simplefilter("ignore")
            return anndata.read_h5ad(path)
    except Exception as error:  # h5py's and anndata's own have no base in common
        hint = f" ({_ADVICE})" if _older_than_pandas() else ""
        raise ValueError(f"{path} cannot be read as an .h5ad table: {error}{hint}") from error


def _older_than_pandas():
    """Tell whether anndata is one that does not know the text of pandas 3."""
    return NumpyVersion(version("anndata")) < "0.13.0" and NumpyVersion(pd.__version__) >= "3.0.0"


def _check_matrix(adata, path, layer):
    """Raise if the layer is not there, or too large to be made dense."""
    layers = [name for name in adata.layers if name is not None]
    if layer is not None and layer not in layers:
        raise ValueError(f"{path} has no layer {layer!r}; its layers are {some(layers) or 'none but X'}.")
    if layer is None and adata.X is None:
        raise ValueError(f"{path} has no X; say which of its layers to read (layer): {some(layers) or 'it has none'}.")
    if issparse(adata.X if layer is None else adata.layers[layer]):
        _check_memory(adata.shape, path)


def _check_memory(shape, path):
    """Raise if a sparse table would take up most of the memory as a dense one."""
    needed, memory = shape[0] * shape[1] * 8, _memory()
    if memory is not None and needed > _SHARE_OF_MEMORY * memory:
        raise ValueError(
            f"{path} is sparse; its {shape[0]} x {shape[1]} values would take {needed / 2**30:.1f} GiB as a dense "
            f"table, and this machine has {memory / 2**30:.1f}. Keep fewer features, as by "
            "scanpy.pp.highly_variable_genes(adata, subset=True), or fewer rows, and write the file again."
        )


def _memory():
    """Return the bytes of memory of the machine, None where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def h5ad_bytes(frame):
    """Return the content of an ``.h5ad`` file: numbers in ``X``, all other columns in ``obs``."""
    anndata = import_optional("anndata", extra="anndata", purpose="Writing an .h5ad file")
    numbers = [is_numeric_dtype(dtype) for dtype in frame.dtypes]
    with _text_as_objects(), tempfile.TemporaryDirectory() as folder:
        # As text, as in other files: of objects anndata knows nothing else.
        others = frame.loc[:, [not number for number in numbers]].astype(object)
        obs = others.map(str).where(others.notna(), np.nan)
        obs.index = pd.Index(frame.index.astype(str), dtype=object, name=frame.index.name)
        features = frame.loc[:, numbers]
        var = pd.DataFrame(index=pd.Index(features.columns, dtype=object))
        adata = anndata.AnnData(features.to_numpy(dtype="float64"), obs=obs, var=var)
        adata.write_h5ad(Path(folder, "table.h5ad"))
        return Path(folder, "table.h5ad").read_bytes()


@contextlib.contextmanager
def _text_as_objects():
    """Let pandas 3 hold text as pandas 2 did, where anndata cannot write it otherwise."""
    with warnings.catch_warnings(), contextlib.ExitStack() as stack:
        warnings.filterwarnings("ignore", message=".*infer_string' option is deprecated")
        if _older_than_pandas():
            stack.enter_context(pd.option_context("future.infer_string", False))
        yield
