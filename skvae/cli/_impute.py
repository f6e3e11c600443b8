"""The command ``skvae impute``: missing values filled by a VAE."""

import time

from skvae.cli._arguments import add_answer_options, add_seed, add_table, add_table_options, positive
from skvae.cli._console import import_quietly, say
from skvae.cli._interrupts import noting_interrupt
from skvae.cli._output import add_table_output, check_table_output, tell, write
from skvae.cli._parser import new_command
from skvae.cli._pipelines import make_scaler
from skvae.cli._progress import in_words, show_epochs
from skvae.cli._reading import read_samples
from skvae.cli._tables import hint_at_logarithms, size_of

_EXAMPLE = """\
skvae impute proteins.csv -o filled.csv
skvae impute log-intensities.csv --missing censored -o filled.csv
"""


def add_command(commands):
    """Describe the command to the parser."""
    what = "fill missing values with what a VAE of the known ones expects; known values stay as they are"
    impute = new_command(commands, "impute", _run, what, _EXAMPLE, "TABLE")
    add_table(impute)
    add_table_output(impute, "filled table")
    add = impute.add_argument
    add("--n-components", type=positive, metavar="K", help="latent variables (default: 10, but fewer than columns)")
    missing_help = (
        "values go missing at random (mask, the default), or because they are low (censored, for logarithms of "
        "intensities); the wrong choice costs, see docs/family.md"
    )
    add("--missing", choices=("mask", "censored"), default="mask", help=missing_help)
    draw_help = "draw values in place of the expected ones; with several seeds, multiple imputation"
    add("--sample-posterior", action="store_true", help=draw_help)
    scaler_help = "columns as they are, or standardised for the fit (default: standard)"
    add("--scaler", choices=("standard", "none"), default="standard", help=scaler_help)
    add("--epochs", type=positive, metavar="N", help="default: 200")
    add_seed(impute)
    add_table_options(impute, "applied to every cell; the filled table stays so (default: none)")
    add_answer_options(impute)


def _run(arguments):
    """Fill the holes."""
    check_table_output(arguments, arguments.table, arguments.metadata)
    samples = read_samples(arguments, keeps_unlabelled=True)
    hint_at_logarithms(samples.X, arguments)
    tell(arguments, f"{arguments.table.name}: {size_of(samples.X)}")
    holes = samples.X.isna().any(axis=None)
    filled, stopped = _filled(samples.X, arguments) if holes else (_as_it_is(samples.X), False)
    if samples.y is not None:
        filled.insert(0, arguments.target, samples.y)
    write(filled, "Filled table", arguments)
    if stopped:
        raise KeyboardInterrupt("the table is filled by the best weights so far")


def _as_it_is(X):
    """Say that there is nothing to do."""
    say("note: no value is missing; the table is written as it is.")
    return X.copy()


def _filled(X, arguments):
    """Fit and fill; return the table, and whether Ctrl-C has ended the training."""
    start = time.perf_counter()
    scaler, imputer = make_scaler(arguments.scaler), _imputer(X.shape[1], arguments)
    scaled = X if scaler == "passthrough" else scaler.fit_transform(X)
    with noting_interrupt() as stopped:
        values = imputer.fit_transform(scaled)
    filled = values if scaler == "passthrough" else scaler.inverse_transform(values)
    tell(arguments, f"filled in {in_words(time.perf_counter() - start)}")
    return X.where(X.notna(), filled), bool(stopped)  # what is known is written as it was read


def _imputer(n_features, arguments):
    """Make the imputer."""
    from skvae import VAEImputer, VAETransformer
    from skvae.estimators import MOST_COMPONENTS

    import_quietly("tensorflow")
    n_components = arguments.n_components or max(1, min(MOST_COMPONENTS, n_features - 1))
    vae = VAETransformer(n_components, missing=arguments.missing)
    vae = vae if arguments.epochs is None else vae.set_params(epochs=arguments.epochs)
    return VAEImputer(
        show_epochs(vae, arguments.quiet),
        sample_posterior=arguments.sample_posterior,
        random_state=arguments.seed,
    )
