"""Model files, and what a command asks of the model in one, whatever its class."""

from contextlib import contextmanager

from skvae.cli._console import import_quietly


def load_model(path):
    """Load a model that can encode.

    Raises
    ------
    ValueError
        If the file is none that `skvae.save` wrote, or holds something else than a fitted transformer.
    """
    import skvae

    if not path.is_file():
        raise FileNotFoundError(f"{path} is a folder." if path.is_dir() else f"There is no file {path}.")
    if is_table(path):
        raise ValueError(f"{path} is a table, but a model file comes first: MODEL TABLE.")
    model = skvae.load(path)
    if not hasattr(model, "transform"):
        raise ValueError(f"{path} holds a {kind_of(model)}, which cannot encode a table: it has no transform.")
    if not hasattr(model, "n_features_in_"):
        raise ValueError(f"{path} holds a {kind_of(model)} that is not fitted: fit it first, such as by skvae fit.")
    if _needs_keras(parted(model)[1]):
        import_quietly("tensorflow")
    return model


def _needs_keras(last):
    """Tell whether a network is one that Keras works out; dense ones need NumPy alone."""
    return any(type(getattr(last, part, None)).__name__ in ("Conv", "Recurrent") for part in ("encoder", "decoder"))


def is_table(path):
    """Tell by its name whether a file is a table; all else is tried as a model."""
    from skvae._tables._kinds import kind_of

    try:
        kind_of(path)
    except ValueError:
        return False
    return True


def parted(model):
    """Part a model into the steps before and the last one."""
    steps = [step for _, step in model.steps] if hasattr(model, "steps") else [model]
    return [step for step in steps[:-1] if step not in (None, "passthrough")], steps[-1]


def kind_of(model):
    """Name the class, of a pipeline that of each step."""
    before, last = parted(model)
    return " > ".join(type(step).__name__ for step in [*before, last])


def covariates_of(model):
    """Name the columns that condition the codes, also those that were given by position."""
    last = parted(model)[1]
    given = getattr(last, "covariates", None)
    if given is None:
        return []
    names, columns = getattr(last, "feature_names_in_", None), getattr(last, "covariate_columns_", None)
    return [str(name) for name in (given if names is None or columns is None else names[columns])]


def check_named(model):
    """Raise if covariates are known by position only: tables are matched by name."""
    if covariates_of(model) and not hasattr(model, "feature_names_in_"):
        raise ValueError(
            f"The model knows its covariates by position only ({', '.join(covariates_of(model))}), as it was fitted "
            "without names of columns, by which the command finds them. Fit it anew on a table with names."
        )


def takes_missing(model):
    """Tell whether missing values may be encoded: the last step masks them, or one before fills them."""
    before, last = parted(model)
    return getattr(last, "missing", "error") != "error" or any("Imputer" in type(step).__name__ for step in before)


def transform_of(model):
    """Name the logarithm or power that a model begins with, as --transform does; "none" without."""
    from skvae._tables._numbers import TRANSFORMS

    step = model
    while hasattr(step, "steps") or hasattr(step, "named_transformers_"):
        step = step.steps[0][1] if hasattr(step, "steps") else step.named_transformers_.get("features")
    function = getattr(step, "func", None)
    return next((name for name, known in TRANSFORMS.items() if known is not None and known is function), "none")


def with_known_levels(model, X):
    """Write levels of covariates as the model knows them: a table without any text holds numbers for "1" and "2"."""
    spelled = {
        name: X[name].map({level: by_text.get(str(level), level) for level in X[name].dropna().unique()})
        for name, by_text in _levels_by_text(model).items()
    }
    return X.assign(**spelled)


def prepared(model, X):
    """Apply the steps before the last one."""
    for step in parted(model)[0]:
        X = step.transform(X)
    return X


def encode(model, X):
    """Return the codes of a table as a data frame."""
    import numpy as np
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
        rebuilt = undone(model, reconstructed(parted(model)[1], prepared(model, X), levels))
    return as_frame(model, rebuilt, X.index)


def reconstructed(last, X, levels=None):
    """Encode and decode by the last step."""
    if hasattr(last, "reconstruct"):
        return last.reconstruct(X, covariates=levels)
    return last.inverse_transform(last.transform(X))


def chosen_levels(model, given):
    """Return the levels of covariates that were given as text, by name; None if there are none.

    Parameters
    ----------
    model : fitted estimator
    given : list of (str, str) or None
        Names of covariates and their levels.

    Raises
    ------
    ValueError
        If the model has no such covariate, or knows no such level.
    """
    known = _levels_by_text(model)
    chosen = {}
    for name, text in given or ():
        if name not in known:
            has = f"its covariates are {', '.join(known)}" if known else "it has none: skvae fit --covariates COLUMN"
            raise ValueError(f"{name!r} is no covariate of the model; {has}.")
        if text not in known[name]:
            raise ValueError(f"The model knows no {name}={text}; it knows {', '.join(known[name])}.")
        chosen[name] = known[name][text]
    return chosen or None


def _levels_by_text(model):
    """Return the levels that each covariate had in the fit, by how they are written."""
    return {name: {str(level): level for level in levels} for name, levels in known_levels(model).items()}


def known_levels(model):
    """List the levels that each covariate had in the fit."""
    last = parted(model)[1]
    if not hasattr(last, "covariate_encoder_"):
        return {}
    return dict(zip(covariates_of(model), last.covariate_encoder_.categories_, strict=True))


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
    import numpy as np

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

    from skvae._decoded import DecodedFeatures

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
