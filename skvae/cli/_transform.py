"""The commands ``skvae transform`` and ``skvae reconstruct``: a table through a saved model."""

from pathlib import Path

from skvae.cli._arguments import add_answer_options, add_naming_options, add_table, level
from skvae.cli._models import check_decoder, chosen_levels, encode, load_model, reconstruct
from skvae.cli._output import add_table_output, check_table_output, write
from skvae.cli._parser import new_command
from skvae.cli._reading import read_for

_RECONSTRUCT_EXAMPLE = """\
skvae reconstruct model.skvae proteins.csv -o expected.csv
skvae reconstruct model.skvae proteins.csv --metadata samples.csv --as batch=A -o as-in-batch-A.csv
"""


def add_commands(commands):
    """Describe both commands to the parser."""
    example = "skvae transform model.skvae proteins.csv -o codes.csv"
    transform = new_command(
        commands, "transform", _transform, "encode a table: its latent variables", example, "MODEL TABLE"
    )
    what = "encode and decode a table: what the model expects in each cell, in the table's units"
    again = new_command(commands, "reconstruct", _reconstruct, what, _RECONSTRUCT_EXAMPLE, "MODEL TABLE")
    for command, content in ((transform, "latent variables"), (again, "expected values")):
        add_model(command)
        add_table(command)
        add_table_output(command, content)
        add_naming_options(command, "covariates")
        add_answer_options(command)
    add_levels(again, "level of a covariate to decode for, in place of the rows' own: as if measured in that batch")


def add_model(parser):
    """Add the model file."""
    parser.add_argument("model", type=Path, metavar="MODEL", help="file of skvae fit, skvae search or skvae.save")


def add_levels(parser, levels_help):
    """Add levels of covariates."""
    parser.add_argument("--as", dest="levels", type=level, nargs="+", metavar="COLUMN=LEVEL", help=levels_help)


def _transform(arguments):
    """Encode."""
    model = _model(arguments)
    write(encode(model, read_for(model, arguments)), "Codes", arguments)


def _reconstruct(arguments):
    """Encode and decode."""
    model = _model(arguments)
    check_decoder(model)
    levels = chosen_levels(model, arguments.levels)
    write(reconstruct(model, read_for(model, arguments), levels), "Expected values", arguments)


def _model(arguments):
    """Load the model, once it is seen that the answer can be written."""
    check_table_output(arguments, arguments.model, arguments.table, arguments.metadata)
    return load_model(arguments.model)
