"""Arguments that commands have in common."""

import argparse
from pathlib import Path

_TABLE_OPTIONS = ("target", "index", "metadata", "drop", "transform", "zero_is_missing")


def add_table_options(parser):
    """Add how a table is to be read."""
    add = parser.add_argument
    add("--target", metavar="COLUMN", help="column with the labels; they judge the codes and are never fitted")
    add(
        "--index",
        metavar="COLUMN",
        help="column with the names of the samples (default: seen from the table)",
    )
    add("--metadata", type=Path, metavar="META", help="second table with the labels, joined by sample name")
    add("--drop", nargs="+", default=[], metavar="COLUMN", help="columns that are no features")
    add("--zero-is-missing", action="store_true", help="treat cells of 0 as missing values")
    add(
        "--transform",
        choices=("none", "log2", "exp2"),
        default="none",
        help="applied to every cell (default: none)",
    )


def positive(text):
    """Read a whole number above zero."""
    return _whole_number(text, least=1)


def not_negative(text):
    """Read a whole number, zero included."""
    return _whole_number(text, least=0)


def _whole_number(text, least):
    """Read a whole number that is at least `least`."""
    number = int(text) if text.lstrip("-").isdigit() else None
    if number is None or number < least:
        raise argparse.ArgumentTypeError(f"needs a whole number, {least} or more, but got {text!r}")
    return number


def table_options(arguments):
    """Return how a table is to be read."""
    return {name: getattr(arguments, name) for name in _TABLE_OPTIONS}
