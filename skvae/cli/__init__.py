"""The command ``skvae``, a file for each of its commands.

Whatever is slow to import is imported inside the functions, so that ``skvae --help`` answers at once.
"""

import argparse

from skvae import __version__
from skvae.cli import _compare, _study
from skvae.cli._console import notes, progress, say

__all__ = ["main"]

_BAD_INPUT = (ValueError, OSError, ImportError, MemoryError)


def main(argv=None):
    """Run the command.

    Parameters
    ----------
    argv : list of str, default=None
        The arguments; by default those of the process.

    Returns
    -------
    code : int
        0 if all went well, 2 on bad input (explained on stderr), 130 after Ctrl-C.

    Raises
    ------
    SystemExit
        From argparse: after ``--help`` or ``--version``, and with code 2 on unknown arguments.

    Examples
    --------
    >>> from skvae.cli import main
    >>> main(["compare", "no_such_table.csv"])  # and on stderr: skvae: error: There is no file ...
    2
    """
    arguments = _parser().parse_args(argv)
    try:
        with notes(), progress(arguments.quiet):
            arguments.run(arguments)
    except KeyboardInterrupt as stop:
        say(": ".join(["interrupted", *map(str, stop.args)]))
        return 130
    except _BAD_INPUT as error:
        say(f"error: {error}")
        return 2
    return 0


def _parser():
    """Describe the command line."""
    parser = argparse.ArgumentParser(prog="skvae", description="PCA or a variational autoencoder (VAE)?")
    parser.add_argument("--version", action="version", version=f"skvae {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _compare.add_commands(commands)
    _study.add_command(commands)
    return parser
