"""PCA and VAE side by side: the steps that both begin with, and how small a table may be."""

import math

from sklearn.pipeline import make_pipeline

from skvae._count import count
from skvae.model_selection._comparison import TEST_SIZE
from skvae.preprocessing import MeanImputer

FEWEST_ROWS = 8


def with_steps_before(models, make_scaler):
    """Put models, by name, behind the steps that they are compared with: means for what is missing, and a scaler.

    Columns keep their names from step to step, so that warnings of the models can tell them.
    """
    return {name: make_pipeline(*map(_naming, (MeanImputer(), make_scaler())), model) for name, model in models.items()}


def check_size(shape, n_components, is_compared=True):
    """Raise a ValueError if a table has fewer rows or dimensions than PCA and VAE need.

    Parameters
    ----------
    shape : (n_samples, n_features)
    n_components : int
    is_compared : bool, default=True
        Whether rows are held out to compare them.
    """
    n_samples, n_features = shape
    least, what = (FEWEST_ROWS, "comparing models") if is_compared else (2, "a model")
    if n_samples < least:
        raise ValueError(f"The table has {count(n_samples, 'row')}, but {what} needs {least} at least.")
    # Centring takes one dimension of the training rows; to be compared, the noise of PCA needs one.
    most = min(n_samples - math.ceil(TEST_SIZE * n_samples) - 2 if is_compared else n_samples - 1, n_features)
    if n_components > most:
        rows = f"{'three quarters of ' * is_compared}{count(n_samples, 'row')}"
        taken = "centring and the noise take two" if is_compared else "centring takes one"
        why = "" if most == n_features else f" ({taken})"
        raise ValueError(
            f"n_components={n_components} is too many: {count(n_features, 'column')} and {rows} allow {most} at most"
            f"{why}."
        )


def _naming(step):
    """Let a step, if it is one, hand on a data frame."""
    return step.set_output(transform="pandas") if hasattr(step, "set_output") else step
