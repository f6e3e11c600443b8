"""Which models a report has: PCA and VAE with the same steps before, or a given one beside its PCA."""

import numpy as np
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from skvae._seeds import seeded
from skvae.estimators import VAETransformer
from skvae.preprocessing import MeanImputer
from skvae.reporting._inputs import last_step
from skvae.reporting._words import count

_NAMES = {"VAETransformer": "VAE", "AutoencoderTransformer": "Autoencoder", "PCA": "PCA"}
_HELD_OUT = 4  # A quarter of the rows, as compare_transformers has it.
#: Rows that compare_transformers needs, and how to do without.
FEWEST_ROWS, WITHOUT_COMPARISON = 8, "n_repeats=0 leaves the comparison out."


def pca_and_vae(values, n_components, seed, is_compared):
    """Make both pipelines, not fitted, which differ in the last step only.

    Raises
    ------
    ValueError
        If the table has fewer rows or dimensions than asked for; more are needed if rows are held out.
    """
    n_samples, n_features = values.shape
    least = FEWEST_ROWS if is_compared else 2
    if n_samples < least:
        what, remedy = ("comparing models", f" {WITHOUT_COMPARISON}") if is_compared else ("a model", "")
        raise ValueError(f"X has {count(n_samples, 'row')}, but {what} needs {least} at least.{remedy}")
    # Centring takes one dimension of the training rows; to be compared, the noise of PCA needs one.
    most = min(n_samples - -(-n_samples // _HELD_OUT) - 2 if is_compared else n_samples - 1, n_features)
    if n_components > most:
        rows = f"three quarters of {n_samples} rows" if is_compared else f"{n_samples} rows"
        raise ValueError(
            f"n_components={n_components} is too many: {count(n_features, 'column')} and {rows} allow {most} at most."
        )
    models = {"PCA": PCA(n_components), "VAE": VAETransformer(n_components)}
    return {name: seeded(model, seed) for name, model in with_steps_before(models, StandardScaler).items()}


def with_steps_before(models, make_scaler):
    """Put models, by name, behind the steps that they are compared with: means for what is missing, and a scaler.

    Columns keep their names from step to step, so that warnings of the models can tell them.
    """
    return {name: make_pipeline(*map(_naming, (MeanImputer(), make_scaler())), model) for name, model in models.items()}


def _naming(step):
    """Let a step, if it is one, hand on a data frame."""
    return step.set_output(transform="pandas") if hasattr(step, "set_output") else step


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


def _flat_steps(model):
    """List the steps of a pipeline, and those of pipelines within."""
    if not isinstance(model, Pipeline):
        return [model]
    return [step for _, part in model.steps for step in _flat_steps(part)]
