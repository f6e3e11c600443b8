"""The command ``skvae sample``: new rows drawn from a saved model."""

from skvae.cli._arguments import add_answer_options, add_seed, positive
from skvae.cli._models import as_frame, check_decoder, chosen_levels, kind_of, load_model, parted, undone
from skvae.cli._output import add_table_output, check_table_output, write
from skvae.cli._parser import new_command
from skvae.cli._transform import add_levels, add_model


def add_command(commands):
    """Describe the command to the parser."""
    what = "draw new rows from a VAE, noise included, in the units of its table"
    sample = new_command(commands, "sample", _run, what, "skvae sample model.skvae -n 100 -o drawn.csv", "MODEL")
    add_model(sample)
    sample.add_argument("-n", "--n-samples", type=positive, default=1, metavar="N", help="rows (default: 1)")
    add_table_output(sample, "drawn rows")
    add_levels(sample, "level of a covariate to draw for (default: the shares that the levels had in the fit)")
    add_seed(sample)
    add_answer_options(sample)


def _run(arguments):
    """Draw."""
    check_table_output(arguments, arguments.model)
    model = load_model(arguments.model)
    last = parted(model)[1]
    if not hasattr(last, "sample"):
        raise ValueError(f"{kind_of(model)} cannot draw new rows: it has no sample. A VAE has: skvae fit.")
    check_decoder(model)
    levels = chosen_levels(model, arguments.levels)
    drawn = last.sample(arguments.n_samples, random_state=arguments.seed, covariates=levels)
    write(as_frame(model, undone(model, drawn), _names(arguments.n_samples)), "Drawn rows", arguments)


def _names(n_samples):
    """Name the rows, so that they are not taken for those of a table."""
    import pandas as pd

    return pd.Index([f"drawn{i + 1}" for i in range(n_samples)], name="sample")
