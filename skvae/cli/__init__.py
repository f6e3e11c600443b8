"""The command ``skvae``, a file for each of its commands.

Whatever is slow to import is imported inside the functions, so that ``skvae --help`` answers at once.
"""

import sys

from skvae import __version__
from skvae.cli import _compare, _fit, _impute, _info, _report, _sample, _search, _study, _transform
from skvae.cli._console import abandon, notes, open_closed_streams, printing, progress, say
from skvae.cli._parser import Parser
from skvae.cli._wording import in_command

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
        0 if all went well, 1 if nobody reads stdout, or no longer, 2 on bad input (explained on stderr), 130 after
        Ctrl-C.

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
    open_closed_streams()
    parser = _parser()
    try:
        with printing():  # also the help; what is printed leaves the process here, where it can be said that it cannot
            arguments = parser.parse_args(argv)
        parser = arguments.parser
        with notes(parser.options), progress(arguments.quiet):
            arguments.run(arguments)
        return 0
    except BrokenPipeError:  # as in `| head`
        abandon(sys.stdout)
        return 1
    except KeyboardInterrupt as stop:
        say(": ".join(["interrupted", *map(str, stop.args)]))
        return 130
    except _BAD_INPUT as error:
        say(f"error: {in_command(str(error), parser.options)}")
        return 2


def _parser():
    """Describe the command line."""
    parser = Parser(prog="skvae", description="Variational autoencoders (VAE) for tables: fit, use and judge them.")
    parser.add_argument("--version", action="version", version=f"skvae {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _compare.add_commands(commands)
    _fit.add_command(commands)
    _transform.add_commands(commands)
    for module in (_sample, _impute, _search, _study, _report, _info):
        module.add_command(commands)
    return parser
