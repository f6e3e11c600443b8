"""The command ``skvae fit``: a model of a table, kept in a file."""

import time
import warnings
from pathlib import Path

from skvae import __version__
from skvae._count import count
from skvae._optional import import_optional
from skvae.cli._arguments import add_answer_options, add_table, add_table_options, settings
from skvae.cli._interrupts import noting_interrupt
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
from skvae.cli._progress import in_words, show_epochs
from skvae.cli._reading import read_samples
from skvae.cli._tables import hint_at_logarithms, is_constant, share_missing, size_of, tell_of_constant_columns

MODEL_SUFFIX = ".skvae"
_EXAMPLE = """\
skvae fit proteins.csv -o model.skvae --n-components 10
skvae fit intensities.tsv -o model.skvae --transform log2 --zero-is-missing \\
    --metadata samples.csv --covariates batch
"""
_NAMES = {"vae": "VAE", "autoencoder": "Autoencoder", "pca": "PCA"}
_HANDLING = {
    "mask": "left out of the likelihood",
    "censored": "which may be below the limit of detection",
    "mean": "filled with the column's mean",
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
    import skvae

    check_model_output(arguments)
    check_model_options(arguments)
    samples = read_samples(arguments, is_raw=True, keeps_unlabelled=True)
    check_rows(samples.X, arguments)
    _caution(samples.X)
    tell_of_constant_columns(samples.X)
    hint_at_logarithms(samples.X, arguments)
    table, missing = samples.table, missing_of(samples, arguments)
    tell(arguments, f"{arguments.table.name}: {size_of(samples.X)}")
    model = make_pipeline_for(samples, arguments)
    show_epochs(model[-1], arguments.quiet)
    start = time.perf_counter()
    with noting_interrupt() as stopped:
        model.fit(table)
    seconds = time.perf_counter() - start
    skvae.save(model, arguments.output)
    content = _content(model, table, missing, seconds, bool(stopped), arguments)
    give(arguments, content, _text(content, samples, arguments))
    if stopped:
        raise KeyboardInterrupt(f"the best weights so far are saved in {arguments.output}")


def _caution(X):
    """Warn of few rows, which a model repeats rather than learns from."""
    from skvae.model_selection import FEWEST_ROWS

    if len(X) < FEWEST_ROWS:
        message = (
            f"Of {len(X)} rows little can be learned, whatever the figures say; skvae compare needs {FEWEST_ROWS}."
        )
        warnings.warn(message, stacklevel=2)


def check_rows(X, arguments):
    """Raise unless there are rows and columns enough, and something varies."""
    if len(X) < 2:
        raise ValueError(f"{arguments.table} has {count(len(X), 'row')}, but a model needs 2 at least.")
    if is_constant(X).all():
        what = "the only column holds" if X.shape[1] == 1 else f"each of the {X.shape[1]} columns holds"
        raise ValueError(f"{arguments.table}: {what} one value only, so that there is nothing to learn.")
    most = min(X.shape) if getattr(arguments, "model", "vae") == "pca" else X.shape[1]
    if arguments.n_components > most:
        what = f"{count(X.shape[1], 'column')} and {count(len(X), 'row')}"
        raise ValueError(f"--n-components {arguments.n_components} is too many: {what} allow {most} at most.")


def _content(model, table, missing, seconds, stopped, arguments):
    """Gather what there is to say of a fit."""
    last = parted(model)[1]
    return {
        "skvae": __version__,
        "output": str(arguments.output),
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
        ``variance_lost`` (share, over the known values), ``log_likelihood`` in nats per row (of models that have one),
        and for a VAE ``active_components``.
    """
    import numpy as np

    from skvae._decoded import DecodedFeatures
    from skvae.cli._models import prepared, reconstructed
    from skvae.metrics import reconstruction_error

    last, X = parted(model)[1], prepared(model, table)
    rebuilt = reconstructed(last, X)
    features = DecodedFeatures.of(model, rebuilt.shape[1], table)
    truth = np.where(features.part_of(table).isna(), np.nan, features.values_of(X))
    measures = {"variance_lost": reconstruction_error(truth, rebuilt, baseline=np.nanmean(truth, axis=0))}
    # A cross-entropy of values between 0 and 1 is no likelihood, and an autoencoder has an error only.
    if type(last).__name__ != "AutoencoderTransformer" and getattr(last, "likelihood", "") != "bernoulli":
        measures["log_likelihood"] = float(last.score(X))
    if hasattr(last, "active_components_"):
        measures["active_components"] = int(last.active_components_.sum())
    return measures


def _text(content, samples, arguments):
    """Write what there is to say of a fit."""
    n_components = count(arguments.n_components, "latent variable")
    rows = f"{content['rows']} rows, {count(samples.X.shape[1], 'column')}"
    lines = [f"{_NAMES[arguments.model]} with {n_components} of {arguments.table.name}: {rows}"]
    missing = share_missing(samples.X)
    if missing:
        lines.append(f"  missing          {missing} of the values, {_HANDLING[content['settings']['missing']]}")
    lines.append(f"  variance lost    {content['variance_lost']:.3f} (0: nothing, 1: as much as the mean)")
    if "log_likelihood" in content:
        lines.append(f"  log-likelihood   {content['log_likelihood']:.6g} nats per row")
    if "active_components" in content:
        lines.append(f"  active           {content['active_components']} of {n_components}")
    scale = {"standard": "standardised", "max": "scaled by the maximum", "none": "as they are"}[arguments.scaler]
    lines.append(f"  (values {scale}, of the rows it was fitted to; for rows it has not seen: skvae compare)")
    epochs = f", {content['epochs']} epochs" if content["epochs"] else ""
    size = size_of_file(content["bytes"])
    lines.append(f"Model: {arguments.output} ({size}; fitted in {in_words(content['seconds'])}{epochs})")
    return "\n".join(lines)
