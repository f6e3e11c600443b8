"""A parser of command lines that suggests the nearest name where it does not know one."""

import argparse
import difflib
import re
import sys
import textwrap


class Parser(argparse.ArgumentParser):
    """An `argparse.ArgumentParser` whose errors name what may have been meant."""

    def parse_args(self, args=None, namespace=None):
        """Parse; a command's unknown options are its own error, which knows its options."""
        arguments, unknown = self.parse_known_args(args, namespace)
        if unknown:
            getattr(arguments, "parser", self).error(f"unrecognized arguments: {' '.join(unknown)}")
        return arguments

    def parse_known_args(self, args=None, namespace=None):
        """Parse what is known, and remember what was given."""
        self._given = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    @property
    def options(self):
        """The options by their long names."""
        return [name for name in self._option_string_actions if name.startswith("--")]

    def error(self, message):
        """Say what is wrong, with a suggestion, and exit with code 2."""
        # The usage of a command takes more lines than a terminal has, and would hide what is wrong.
        self.exit(2, f"{self.prog}: error: {message}{self._suggestion(message)}\nusage: {self.prog} --help\n")

    def _suggestion(self, message):
        """Name what is nearest to an unknown command, choice or option."""
        choice = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message)
        if choice is not None:
            return did_you_mean(choice[1], re.findall(r"[\w-]+", choice[2]))
        given = [word.partition("=")[0] for word in getattr(self, "_given", []) if word.startswith("--")]
        unknown = [name for name in given if not any(option.startswith(name) for option in self.options)]
        return did_you_mean(unknown[0], self.options) if unknown else ""


def did_you_mean(name, known):
    """Suggest the nearest known name, or nothing.

    Examples
    --------
    >>> from skvae.cli._parser import did_you_mean
    >>> did_you_mean("--epocs", ["--epochs", "--seed"])
    '; did you mean --epochs?'
    >>> did_you_mean("--quantity", ["--epochs", "--seed"])
    ''
    """
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def new_command(commands, name, run, what, example, operands=""):
    """Describe a command to the parser.

    Parameters
    ----------
    commands : action of `add_subparsers`
    name : str
    run : callable
        Is given the parsed arguments.
    what : str
        What it does, in words that begin small and end without a stop.
    example : str
        Lines to type, shown below the help.
    operands : str, default=""
        What cannot be left out, for the line of usage.

    Returns
    -------
    Parser
        Takes the command's own arguments.
    """
    parser = commands.add_parser(
        name,
        help=what,
        usage=f"%(prog)s {operands}{' ' if operands else ''}[options]",
        description=textwrap.fill(f"{what[0].upper()}{what[1:]}.", 100),
        epilog=f"example:\n{textwrap.indent(textwrap.dedent(example).strip(), '  ')}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run, parser=parser)
    return parser
