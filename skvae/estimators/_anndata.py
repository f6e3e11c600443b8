"""Models fitted to annotated tables of single cells (AnnData)."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import numpy as np
import sklearn
from scipy import sparse

import skvae
from skvae._compat import validate_parameter_constraints
from skvae._optional import import_optional
from skvae._restore import restored_on_error
from skvae._validation import listed
from skvae.inspection import loadings

# Loadings and score are means over so many cells at most, evenly spaced: over all they would take longer than the fit.
_MOST_CELLS = 2000
_CONSTRAINTS = {"layer": [str, None], "key_added": [str], "covariates": ["array-like", None]}


class AnnDataMixin:
    """Adds `fit_anndata` to a model."""

    fit: Callable[..., Any]
    transform: Callable[..., Any]

    def fit_anndata(self, adata, layer=None, key_added="X_vae", covariates=None):
        """Train the model on an AnnData object, and write into it what came out.

        Names of variables become names of features, so that cells which were not there are encoded by
        ``transform(other.to_df())``; with covariates by ``transform(other.to_df().join(other.obs[["batch"]]))``.

        Parameters
        ----------
        adata : anndata.AnnData
            Cells, or other samples, in rows. A sparse table is made dense. ``raw`` is left alone.
        layer : str, default=None
            Layer to learn from; None is ``adata.X``.
        key_added : str, default="X_vae"
            Name of what is added, as scanpy uses it: ``obsm[key_added]`` holds the latent variables of shape (n_obs,
            n_components), ``varm[key_added]`` the standardized loadings of shape (n_vars, n_components), and
            ``uns[key_added]`` the class, its parameters, versions, `history_`, `score`, and for a VAE
            `kl_per_component_` and `active_components_`. What stands there is replaced.
        covariates : list of str, default=None
            Columns of ``adata.obs`` that are covariates, such as batch; they become the parameter `covariates`. None
            leaves the parameter as it is: what it names is looked up in ``adata.obs`` as well.

        Returns
        -------
        self : object
            Fitted estimator.

        Raises
        ------
        ImportError
            If the extra ``anndata`` is not installed.
        TypeError
            If `adata` is no AnnData, or its table is neither a NumPy array nor a sparse matrix of SciPy.
        ValueError
            If `adata` is backed by a file, a layer or column is not there, names of variables are not unique, an h5ad
            file could not hold `key_added`, or as `fit` raises it. Estimator and `adata` are then as they were before.

        See Also
        --------
        fit : The same for tables.
        skvae.inspection.loadings : What ``varm`` gets.

        Notes
        -----
        A view of another AnnData becomes an object of its own when it is written to, as anndata warns.

        Loadings (:func:`skvae.inspection.loadings`) and score are means over at most 2000 cells, evenly spaced.

        Examples
        --------
        >>> import anndata
        >>> from sklearn.datasets import load_iris
        >>> from skvae import VAETransformer
        >>> adata = anndata.AnnData(load_iris(as_frame=True).data.set_axis([f"flower{i}" for i in range(150)]))
        >>> vae = VAETransformer(2, encoder=(4,), epochs=5, random_state=0).fit_anndata(adata)
        >>> adata.obsm["X_vae"].shape, adata.varm["X_vae"].shape
        ((150, 2), (4, 2))
        >>> sorted(adata.uns["X_vae"]["history"])
        ['kl', 'loss', 'reconstruction', 'seconds']
        """
        given = {"layer": layer, "key_added": key_added, "covariates": covariates}
        validate_parameter_constraints(_CONSTRAINTS, given, caller_name=f"{type(self).__name__}.fit_anndata")
        _check_key(key_added)
        with restored_on_error(self):
            if covariates is not None:
                self.covariates = list(covariates)
            frame = _frame_of(adata, layer, self.covariates)
            self.fit(frame)
            few = frame.iloc[np.linspace(0, len(frame) - 1, min(len(frame), _MOST_CELLS)).astype(int)]
            codes, features = np.asarray(self.transform(frame)), loadings(self, few).to_numpy()
            told = _told(self, few) | ({} if layer is None else {"layer": layer})
            adata.obsm[key_added] = codes  # the first to copy a view, and to refuse what does not fit
            adata.varm[key_added] = features
            adata.uns[key_added] = told
        return self


def _check_key(key):
    """Refuse names that h5ad files cannot hold, before a fit whose results could not be written."""
    if not key.strip() or key == "." or "/" in key:
        raise ValueError(
            f"key_added={key!r} is no name for what is added: take one that is not empty and holds no slash, such as "
            "'X_vae'."
        )


def _frame_of(adata, layer, covariates):
    """Make a data frame of the table and the columns of `obs` that are covariates."""
    anndata = import_optional("anndata", extra="anndata", purpose="fit_anndata")
    if not isinstance(adata, anndata.AnnData):
        raise TypeError(f"fit_anndata needs an AnnData, but got {type(adata).__name__}: fit takes other tables.")
    if adata.isbacked:
        raise ValueError("adata is backed by a file, into which nothing is written: pass adata.to_memory().")
    if layer is not None and layer not in adata.layers:
        raise ValueError(f"adata has no layer {layer!r}. It has {listed(list(adata.layers)) or 'none'}.")
    _refuse_other_tables(adata.X if layer is None else adata.layers[layer], adata)
    if not adata.var_names.is_unique:
        twice = adata.var_names[adata.var_names.duplicated()].unique().tolist()
        raise ValueError(f"adata.var_names holds {listed(twice)} more than once: call adata.var_names_make_unique().")
    columns = _columns_of(adata, [] if covariates is None else list(covariates))
    return adata.to_df(layer=layer).assign(**columns)


def _refuse_other_tables(table, adata):
    """Raise unless a table is in memory."""
    if table is None:
        raise ValueError(f"adata.X is empty: name a layer. There are {listed(list(adata.layers)) or 'none'}.")
    if not isinstance(table, np.ndarray) and not sparse.issparse(table):
        raise TypeError(f"The table is a {type(table).__name__}: pass adata.to_memory().")


def _columns_of(adata, names):
    """Look covariates up in `obs`: a dict from name to levels."""
    for name in names:
        if name not in adata.obs:
            raise ValueError(f"adata.obs has no column {name!r}, which is to be a covariate. {_nearest(name, adata)}")
        if name in adata.var_names:
            raise ValueError(f"{name!r} names both a column of adata.obs and a variable: rename the column.")
    return {name: adata.obs[name].to_numpy() for name in names}


def _nearest(name, adata):
    """Say which column may have been meant."""
    columns = adata.obs.columns.astype(str).tolist()
    near = get_close_matches(str(name), columns, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"It has {listed(columns) or 'none'}."


def _told(model, few):
    """Tell what a fit was and gave, in values that h5ad files can hold."""
    import keras

    versions = {"skvae": skvae, "scikit-learn": sklearn, "numpy": np, "keras": keras}
    told = {
        "estimator": type(model).__name__,
        "params": {name: _writable(value) for name, value in model.get_params(deep=False).items()},
        "versions": {name: module.__version__ for name, module in versions.items()},
        "history": {name: values.copy() for name, values in model.history_.items()},
        "n_iter": model.n_iter_,
        "score": model.score(few),
    }
    of_vae = [name for name in ("kl_per_component_", "active_components_") if hasattr(model, name)]
    return told | {name.rstrip("_"): getattr(model, name).copy() for name in of_vae}


def _writable(value):
    """Leave numbers, text and arrays, and write all else as Python would."""
    return value if isinstance(value, bool | int | float | str | np.ndarray) else repr(value)
