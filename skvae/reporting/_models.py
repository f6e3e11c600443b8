"""Which models a report has: PCA and VAE with the same steps before, or a given one beside its PCA."""

import numpy as np
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from skvae._seeds import seeded
from skvae._validation import advising
from skvae.estimators import VAETransformer
from skvae.model_selection import check_size, with_steps_before
from skvae.preprocessing import MaxNormalizer, MeanImputer
from skvae.reporting._findings import WITHOUT_COMPARISON
from skvae.reporting._inputs import last_step

_SCALERS = (
    MaxAbsScaler,
    MaxNormalizer,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
_NAMES = {"VAETransformer": "VAE", "AutoencoderTransformer": "Autoencoder", "PCA": "PCA"}


def pca_and_vae(values, n_components, seed, is_compared):
    """Make both pipelines, not fitted, which differ in the last step only.

    Raises
    ------
    ValueError
        If the table has fewer rows or dimensions than asked for; more are needed if rows are held out.
    """
    with advising({"needs": WITHOUT_COMPARISON} if is_compared else {}):
        check_size(values.shape, n_components, is_compared)
    models = {"PCA": PCA(n_components), "VAE": VAETransformer(n_components)}
    return {name: seeded(model, seed) for name, model in with_steps_before(models, StandardScaler).items()}


def name_of(model):
    """Name a model in tables and pictures."""
    last = last_step(model)
    kind = type(last).__name__
    if kind == "PCA" and not isinstance(last, PCA):
        return "PCA (given)"  # a class of that name, which scikit-learn's stands beside
    return _NAMES.get(kind, kind)


def pca_beside(model, values, n_components):
    """Make a PCA of the same size, not fitted, with the same steps before; None if there is none to compare with.

    Missing values that the model bears itself are filled with means. None are the PCA of a PCA, and one with more
    components than there are rows or columns.
    """
    *before, last = _flat_steps(model)
    if isinstance(last, PCA) or n_components > min(values.shape):
        return None
    steps = [clone(step) if hasattr(step, "fit") else step for step in before]
    if np.isnan(values).any() and getattr(last_step(model), "missing", "error") != "error":
        steps.append(MeanImputer())
    return make_pipeline(*steps, PCA(n_components))


def scales_features(model):
    """Tell whether a model brings all features to one scale before it encodes them, whatever it is nested in."""
    return any(isinstance(step, _SCALERS) for step in model.get_params().values())


def _flat_steps(model):
    """List the steps of a pipeline, and those of pipelines within."""
    if not isinstance(model, Pipeline):
        return [model]
    return [step for _, part in model.steps for step in _flat_steps(part)]
