"""Arguments that commands have in common."""

import argparse
from pathlib import Path

_TABLE_OPTIONS = ("target", "index", "metadata", "drop", "transform", "zero_is_missing", "layer")
SOFTWARE = ("maxquant", "diann", "fragpipe", "spectronaut", "perseus", "matrix")
TABLE_HELP = ".csv, .tsv, .txt (also .gz), .parquet or .h5ad; a row per sample"
_TRANSFORM_HELP = "applied to every cell (default: none)"


def add_table(parser):
    """Add the table itself."""
    parser.add_argument("table", type=Path, metavar="TABLE", help=TABLE_HELP)


def add_table_options(parser, transform_help=_TRANSFORM_HELP, with_holes=True):
    """Add how a table is to be read; `with_holes` is False where no column with a missing value is fitted."""
    add = parser.add_argument
    add("--target", metavar="COLUMN", help="column with the labels; they judge the codes and are never fitted")
    add_naming_options(parser)
    add("--drop", nargs="+", default=[], metavar="COLUMN", help="columns that are no features")
    add("--transform", choices=("none", "log2", "exp2"), default="none", help=transform_help)
    if with_holes:
        known_help = "leave out columns that are known in a smaller share of the rows, such as 0.5 (default: none)"
        add("--min-known", type=share, metavar="SHARE", help=known_help)


def add_naming_options(parser, beside="labels"):
    """Add what is to be said of any table: its names, zeros, and a second table with what stands `beside` it."""
    add = parser.add_argument
    index_help = "column with the names of the samples (default: seen from the table)"
    add("--index", metavar="COLUMN", help=index_help)
    if beside:
        metadata_help = f"second table with the {beside}, joined by sample name"
        add("--metadata", type=Path, metavar="META", help=metadata_help)
    add("--zero-is-missing", action="store_true", help="treat cells of 0 as missing values")
    add("--layer", metavar="NAME", help="layer of an .h5ad file to read in place of its X")
    proteins = parser.add_argument_group("tables of protein groups")
    software_help = "program that wrote the table (default: seen from the header, but for matrix: proteins in rows)"
    proteins.add_argument("--software", choices=SOFTWARE, help=software_help)
    quantity_help = "quantity of a sample, such as lfq or ibaq (default: the program's best)"
    proteins.add_argument("--quantity", metavar="NAME", help=quantity_help)
    names_help = "what columns are called by (default: proteins)"
    proteins.add_argument("--names", choices=("proteins", "genes"), default="proteins", help=names_help)


def add_answer_options(parser):
    """Add how the answer is printed."""
    add = parser.add_argument
    add("--json", action="store_true", help="print JSON in place of text")
    add("-q", "--quiet", action="store_true", help="print no progress")


def add_seed(parser):
    """Add the seed."""
    parser.add_argument("--seed", type=not_negative, default=0, metavar="N", help="default: 0")


def add_jobs(parser):
    """Add the number of fits at a time."""
    jobs_help = "fits at a time (default: 1; more distort the seconds)"
    parser.add_argument("--n-jobs", type=int, metavar="N", help=jobs_help)


def positive(text):
    """Read a whole number above zero."""
    return _whole_number(text, least=1)


def not_negative(text):
    """Read a whole number, zero included."""
    return _whole_number(text, least=0)


def number(text):
    """Read a number that is not negative."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"needs a number, 0 or more, but got {text!r}")
    return value


def share(text):
    """Read a share, from 0 to 1."""
    try:
        value = number(text)
    except argparse.ArgumentTypeError:
        value = 2.0
    if value > 1:
        raise argparse.ArgumentTypeError(f"needs a share from 0 to 1, such as 0.5, but got {text!r}")
    return value


def layers(text):
    """Read layer sizes such as ``120,120,16``; nothing between commas is no layer."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdigit() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(f"needs layer sizes such as 120,120,16, but got {text!r}")
    return tuple(map(int, parts))


def level(text):
    """Read ``COLUMN=LEVEL``."""
    name, equals, value = text.rpartition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"needs COLUMN=LEVEL, such as lab=A, but got {text!r}")
    return name, value


def _whole_number(text, least):
    """Read a whole number that is at least `least`."""
    number = int(text) if text.lstrip("-").isdigit() else None
    if number is None or number < least:
        raise argparse.ArgumentTypeError(f"needs a whole number, {least} or more, but got {text!r}")
    return number


def table_options(arguments):
    """Return how a table is to be read."""
    return {name: getattr(arguments, name) for name in _TABLE_OPTIONS}


def settings(arguments):
    """Return the arguments as JSON can hold them, but for what is no choice of the user."""
    hidden = ("run", "parser", "load", "usual_scaler", "quiet", "json", "output")
    shown = {name: value for name, value in vars(arguments).items() if name not in hidden}
    return {name: str(value) if isinstance(value, Path) else value for name, value in shown.items()}
