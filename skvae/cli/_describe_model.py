"""What there is to say of a model file."""

import numpy as np

from skvae.cli._models import covariates_of, known_levels, parted
from skvae.cli._output import size_of_file

_SHOWN = 5


def describe_model(path):
    """Gather what there is to say of a model file.

    Returns
    -------
    dict
        What JSON can hold.
    """
    import skvae
    from skvae.persistence import read_header

    model = skvae.load(path)
    with open(path, "rb") as file:
        header = read_header(file)
    last, steps = parted(model)[1], _steps(model)
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "format": header.document["format"],
        "written_by": header.document["written_by"],
        "numbers": sum(int(np.prod(spec.shape)) for spec in header.arrays.values()),
        "kind": " > ".join(type(step).__name__ for step in steps),
        "steps": [{"class": type(step).__name__, "parameters": _changed(step)} for step in steps],
        "fitted": hasattr(model, "n_features_in_"),
        "features": _names(model),
        "n_features": model.n_features_in_ - len(covariates_of(model)) if hasattr(model, "n_features_in_") else None,
        "covariates": {name: list(map(str, levels)) for name, levels in known_levels(model).items()},
        **_of_training(last),
    }


def _steps(model):
    """List the steps; those of `skvae fit` beside covariates stand within one that parts features from them."""
    before, last = parted(model)
    inner = [getattr(step, "named_transformers_", {}).get("features", step) for step in before]
    return [*(part for step in inner if step != "passthrough" for part in (*parted(step)[0], parted(step)[1])), last]


def _changed(step):
    """List the parameters that are not at their default, in words."""
    import inspect

    defaults = {name: p.default for name, p in inspect.signature(type(step).__init__).parameters.items()}
    given = step.get_params(deep=False)
    return {name: _word(value) for name, value in given.items() if repr(value) != repr(defaults.get(name))}


def _word(value):
    """Write a parameter as JSON can hold it."""
    if isinstance(value, list | tuple):
        return [_word(part) for part in value]
    return value if isinstance(value, str | int | float | bool | None) else getattr(value, "__name__", repr(value))


def _names(model):
    """List the features; covariates are none."""
    covariates = set(covariates_of(model))
    return [name for name in map(str, getattr(model, "feature_names_in_", ())) if name not in covariates]


def _of_training(last):
    """Say what the training left."""
    history = getattr(last, "history_", {})
    found = {
        "n_components": getattr(last, "n_components", None),
        "rows_seen": getattr(last, "n_samples_seen_", None) or getattr(last, "n_samples_", None),
        "epochs": getattr(last, "n_iter_", None),
        "last_epoch": {name: float(values[-1]) for name, values in history.items() if len(values)},
        "seconds": float(history["seconds"].sum()) if "seconds" in history else None,
    }
    if hasattr(last, "active_components_"):
        found["active_components"] = int(last.active_components_.sum())
        found["kl_per_component"] = [float(value) for value in last.kl_per_component_]
    return found


def model_text(content):
    """Write it for people."""
    versions = ", ".join(f"{name} {version}" for name, version in content["written_by"].items())
    lines = [
        f"{content['file']}: {content['kind']}{'' if content['fitted'] else ', not fitted'}",
        f"  file         {size_of_file(content['bytes'])}, {content['numbers']} numbers, format {content['format']}",
        f"  written by   {versions}",
    ]
    for step in content["steps"]:
        parameters = ", ".join(f"{name}={value!r}" for name, value in step["parameters"].items())
        lines.append(f"  step         {step['class']}({_short(parameters)})")
    if content["fitted"]:
        lines.append(f"  features     {content['n_features']}{_first(content['features'])}")
        lines += [
            f"  covariate    {name}: {_short(', '.join(levels))}" for name, levels in content["covariates"].items()
        ]
        lines += _training_lines(content)
    return "\n".join(lines)


def _training_lines(content):
    """Write what the training left."""
    lines = []
    if content["rows_seen"] is not None:
        lines.append(f"  fitted to    {content['rows_seen']} rows")
    if "active_components" in content:
        nats = ", ".join(f"{value:.2f}" for value in content["kl_per_component"][:_SHOWN])
        more = ", ..." if len(content["kl_per_component"]) > _SHOWN else ""
        active = f"{content['active_components']} of {len(content['kl_per_component'])} active"
        lines.append(f"  latent       {active} (KL divergence {nats}{more} nats)")
    if content["last_epoch"]:
        values = ", ".join(f"{name} {value:.6g}" for name, value in content["last_epoch"].items())
        lines.append(f"  epoch {content['epochs']:<6} {values}")
    return lines


def _first(names):
    """Show the first few names."""
    if not names:
        return ", without names"
    return f": {', '.join(names[:_SHOWN])}{', ...' if len(names) > _SHOWN else ''}"


def _short(text, width=160):
    """Cut a long text."""
    return text if len(text) <= width else f"{text[: width - 3]}..."
