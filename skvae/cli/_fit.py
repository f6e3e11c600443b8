"""The command ``skvae fit``: a model of a table, kept in a file."""

import time
import warnings
from pathlib import Path

from skvae import __version__
from skvae._optional import import_optional
from skvae.cli._arguments import add_answer_options, add_table, add_table_options, settings
from skvae.cli._models import parted
from skvae.cli._output import check_output, check_suffix, give, size_of_file, tell
from skvae.cli._parser import new_command
from skvae.cli._pipelines import (
    MODELS,
    add_encoder,
    add_more_model_options,
    check_model_options,
    make_pipeline_for,
    missing_of,
)
from skvae.cli._progress import show_epochs, words_of_time
from skvae.cli._tables import count, read_samples, size_of, tell_of_constant_columns

MODEL_SUFFIX = ".skvae"
_EXAMPLE = """\
skvae fit proteins.csv -o model.skvae --n-components 10
skvae fit intensities.tsv -o model.skvae --transform log2 --zero-is-missing \\
    --metadata samples.csv --covariates batch
"""
_HANDLING = {
    "mask": "missing values left out of the likelihood",
    "censored": "missing values may be below the limit of detection",
    "mean": "missing values filled with the column's mean",
    "error": "",
}


def add_command(commands):
    """Describe the command to the parser."""
    what = "fit a model to a table and save it, preprocessing included, in a file that holds no code"
    fit = new_command(commands, "fit", _run, what, _EXAMPLE, "TABLE -o MODEL")
    add_table(fit)
    add_model_output(fit)
    fit.add_argument("--model", choices=MODELS, default="vae", help="default: vae")
    add_more_model_options(fit)
    add_encoder(fit)
    add_table_options(fit, "applied to every cell, as a step of the model, so that it is not forgotten (default: none)")
    add_answer_options(fit)


def add_model_output(parser):
    """Add where the model goes."""
    model_help = f"model file, whose name ends in {MODEL_SUFFIX}; an existing file is replaced"
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="MODEL", help=model_help)


def check_model_output(arguments):
    """Raise unless the model can be saved there, before anything is computed."""
    check_suffix(arguments.output, (MODEL_SUFFIX,))
    check_output(arguments.output, arguments.table, arguments.metadata)
    import_optional("safetensors.numpy", extra="files", purpose="Saving a model")


def _run(arguments):
    """Fit, save, and say how good it is; what Ctrl-C leaves is saved as well."""
    check_model_output(arguments)
    check_model_options(arguments)
    samples = read_samples(arguments, is_raw=True)
    check_rows(samples.X, arguments)
    tell_of_constant_columns(samples.X)
    table, missing = samples.table, missing_of(samples, arguments)
    tell(arguments, f"{arguments.table.name}: {size_of(samples.X)}")
    model = make_pipeline_for(samples, arguments)
    show_epochs(model[-1], arguments.quiet)
    seconds, stopped = _fit(model, table)
    save(model, arguments.output)
    content = _content(model, table, missing, seconds, stopped, arguments)
    give(arguments, content, _text(content, samples, arguments))
    if stopped:
        raise KeyboardInterrupt(f"the best weights so far are saved in {arguments.output}")


def check_rows(X, arguments):
    """Raise unless there are rows and columns enough."""
    if len(X) < 2:
        raise ValueError(f"{arguments.table} has {count(len(X), 'row')}, but a model needs 2 at least.")
    most = min(X.shape) if getattr(arguments, "model", "vae") == "pca" else X.shape[1]
    if arguments.n_components > most:
        what = f"{count(X.shape[1], 'column')} and {count(len(X), 'row')}"
        raise ValueError(f"--n-components {arguments.n_components} is too many: {what} allow {most} at most.")


def _fit(model, table):
    """Fit; return the seconds, and whether Ctrl-C ended it."""
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        model.fit(table)
    seconds = time.perf_counter() - start
    for warning in caught:
        warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return seconds, any("interrupted by user" in str(warning.message) for warning in caught)


def save(model, path):
    """Save a model without what belongs to this run."""
    import skvae

    last = parted(model)[1]
    if hasattr(last, "set_callbacks"):
        last.set_callbacks()
    skvae.save(model, path)


def _content(model, table, missing, seconds, stopped, arguments):
    """Gather what there is to say of a fit."""
    last = parted(model)[1]
    return {
        "skvae": __version__,
        "model": str(arguments.output),
        "settings": settings(arguments) | {"missing": missing},
        "rows": len(table),
        "columns": table.shape[1],
        **quality(model, table),
        "epochs": getattr(last, "n_iter_", None),
        "seconds": seconds,
        "interrupted": stopped,
        "bytes": arguments.output.stat().st_size,
    }


def quality(model, table):
    """Measure a model on the rows it was fitted to, in the units of its scaler.

    Returns
    -------
    dict
        ``log_likelihood`` in nats per row (only of models that have one), ``variance_lost`` (share), and for a VAE
        ``active_components``.
    """
    import numpy as np

    from skvae.cli._models import covariates_of, prepared
    from skvae.metrics import reconstruction_error

    last, X = parted(model)[1], prepared(model, table)
    rebuilt = last.reconstruct(X) if hasattr(last, "reconstruct") else last.inverse_transform(last.transform(X))
    truth = X.drop(columns=covariates_of(model)) if covariates_of(model) else X
    truth = np.asarray(truth, dtype=np.float64)
    measures = {"variance_lost": reconstruction_error(truth, rebuilt, baseline=np.nanmean(truth, axis=0))}
    if type(last).__name__ != "AutoencoderTransformer":
        measures["log_likelihood"] = float(last.score(X))
    if hasattr(last, "active_components_"):
        measures["active_components"] = int(last.active_components_.sum())
    return measures


def _text(content, samples, arguments):
    """Write what there is to say of a fit."""
    lines = [_title(content, samples, arguments)]
    lines.append(f"  variance lost    {content['variance_lost']:.3f}  (0: nothing, 1: as much as the mean)")
    if "log_likelihood" in content:
        lines.append(f"  log-likelihood   {content['log_likelihood']:.6g} nats per row")
    if "active_components" in content:
        lines.append(f"  active           {content['active_components']} of {arguments.n_components} latent variables")
    scale = {"standard": "standardised ", "max": "by their maximum divided ", "none": ""}[arguments.scaler]
    lines.append(f"  of the {scale}values that it was fitted to; for rows it has not seen: skvae compare")
    epochs = f", {content['epochs']} epochs" if content["epochs"] else ""
    lines.append(
        f"Model: {arguments.output} ({size_of_file(content['bytes'])}; {words_of_time(content['seconds'])}{epochs})"
    )
    return "\n".join(lines)


def _title(content, samples, arguments):
    """Say what was fitted to what."""
    names = {"vae": "VAE", "autoencoder": "autoencoder", "pca": "PCA"}
    handling = _HANDLING[content["settings"]["missing"]]
    parts = [f"{names[arguments.model]} of {arguments.table.name}", size_of(samples.X)]
    parts += [count(arguments.n_components, "latent variable"), *([handling] if handling else [])]
    return f"{parts[0]}: {'; '.join(parts[1:])}"
