"""Model files, and what a command asks of the model in one, whatever its class."""

from contextlib import contextmanager

import numpy as np


def load_model(path):
    """Load a model that can encode.

    Raises
    ------
    ValueError
        If the file is none that `skvae.save` wrote, or holds something else than a fitted transformer.
    """
    import skvae

    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}.")
    model = skvae.load(path)
    if not hasattr(model, "n_features_in_"):
        raise ValueError(f"{path} holds a {kind_of(model)} that is not fitted: fit it first, such as by skvae fit.")
    if not hasattr(model, "transform"):
        raise ValueError(f"{path} holds a {kind_of(model)}, which has no transform.")
    return model


def parted(model):
    """Part a model into the steps before and the last one."""
    steps = [step for _, step in model.steps] if hasattr(model, "steps") else [model]
    return [step for step in steps[:-1] if step not in (None, "passthrough")], steps[-1]


def kind_of(model):
    """Name the class, of a pipeline that of each step."""
    before, last = parted(model)
    return " > ".join(type(step).__name__ for step in [*before, last])


def covariates_of(model):
    """List the columns that condition the codes."""
    columns = getattr(parted(model)[1], "covariates", None)
    return [] if columns is None else [str(name) for name in columns]


def prepared(model, X):
    """Apply the steps before the last one."""
    for step in parted(model)[0]:
        X = step.transform(X)
    return X


def encode(model, X):
    """Return the codes of a table as a data frame."""
    import pandas as pd

    from skvae._names import latent_names_or_numbers

    with _explained():
        Z = np.asarray(model.transform(X))
    return pd.DataFrame(Z, index=X.index, columns=latent_names_or_numbers(model, Z.shape[1]))


def reconstruct(model, X, levels=None):
    """Encode and decode a table; return what is expected, in the table's units, as a data frame.

    Parameters
    ----------
    model : fitted estimator
    X : DataFrame
    levels : dict, default=None
        Of covariates, by name: those to decode for, where they are not the rows' own.
    """
    with _explained():
        rebuilt = _rebuilt(model, X, levels)
    return as_frame(model, rebuilt, X.index)


def _rebuilt(model, X, levels):
    """Encode and decode."""
    last, before = parted(model)[1], prepared(model, X)
    if hasattr(last, "reconstruct"):
        return undone(model, last.reconstruct(before, covariates=levels or None))
    return undone(model, last.inverse_transform(last.transform(before)))


def check_levels(model, levels):
    """Raise if levels are given for what is no covariate."""
    known = covariates_of(model)
    unknown = [name for name in levels or {} if name not in known]
    if unknown:
        has = f"its covariates are {', '.join(known)}" if known else "it has none: skvae fit --covariates COLUMN"
        raise ValueError(f"{unknown[0]!r} is no covariate of the model; {has}.")


def check_decoder(model):
    """Raise unless each step can be undone, before anything is computed."""
    for step in [*_undoing(model), parted(model)[1]]:
        if not hasattr(step, "inverse_transform"):
            raise ValueError(
                f"{type(step).__name__}, a step of the model, has no inverse_transform: nothing can be decoded to the "
                "units of the table."
            )


def undone(model, rebuilt):
    """Undo the steps before the last one, from the last of them to the first."""
    for step in _undoing(model):
        rebuilt = step.inverse_transform(rebuilt)
    return np.asarray(rebuilt, dtype=np.float64)


def _undoing(model):
    """List the steps before the last one from the last to the first; covariates beside features are not decoded."""
    steps = [getattr(step, "named_transformers_", {}).get("features", step) for step in parted(model)[0]]
    return [step for step in reversed(steps) if step != "passthrough"]


def as_frame(model, values, index):
    """Name the columns of decoded values."""
    import pandas as pd

    from skvae.inspection._decoded import DecodedFeatures

    return pd.DataFrame(values, index=index, columns=DecodedFeatures.of(model, values.shape[1]).names)


@contextmanager
def _explained():
    """Say how to mend it where a model cannot take missing values."""
    try:
        yield
    except ValueError as error:
        if "contains NaN" not in str(error):
            raise
        raise ValueError(
            "The table has missing values, but the model was fitted on one without. Fit it with --missing mask, or "
            "fill them first: skvae impute."
        ) from error
