"""The command ``skvae info``: what is in a file, model or table, without running anything of it."""

from pathlib import Path

from skvae.cli._arguments import TABLE_HELP, add_answer_options, add_naming_options
from skvae.cli._models import is_table
from skvae.cli._output import give
from skvae.cli._parser import new_command

_EXAMPLE = """\
skvae info model.skvae
skvae info proteins.csv
"""


def add_command(commands):
    """Describe the command to the parser."""
    what = "say what is in a file: a model's steps, parameters and features, or a table's size, holes and scale"
    info = new_command(commands, "info", _run, what, _EXAMPLE, "MODEL|TABLE")
    info.add_argument("file", type=Path, metavar="MODEL|TABLE", help=f"a model file, or a table {TABLE_HELP}")
    add_naming_options(info, beside="")
    info.set_defaults(metadata=None)
    add_answer_options(info)


def _run(arguments):
    """Describe."""
    from skvae.cli._describe_model import describe_model, model_text
    from skvae.cli._describe_table import describe_table, table_text

    path = arguments.file
    if not path.is_file():
        raise FileNotFoundError(f"{path} is a folder." if path.is_dir() else f"There is no file {path}.")
    if is_table(path):
        arguments.table = path
        content = describe_table(arguments)
        give(arguments, content, table_text(content))
    else:
        content = describe_model(path)
        give(arguments, content, model_text(content))
