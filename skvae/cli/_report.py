"""The command ``skvae report``: one HTML page about a table, or about a model and its data."""

import argparse
import logging
import warnings
from contextlib import contextmanager
from pathlib import Path

from skvae import __version__
from skvae._optional import import_optional
from skvae.cli._arguments import (
    TABLE_HELP,
    add_answer_options,
    add_jobs,
    add_seed,
    add_table_options,
    not_negative,
    positive,
    settings,
)
from skvae.cli._console import import_quietly, working
from skvae.cli._models import is_table, load_model
from skvae.cli._output import check_output, check_suffix, give, size_of_file, tell
from skvae.cli._parser import new_command
from skvae.cli._reading import read_labelled_for, read_samples
from skvae.cli._tables import hint_at_logarithms, size_of
from skvae.cli._wording import in_command

_EXAMPLE = """\
skvae report proteins.csv --target group -o report.html
skvae report model.skvae --data proteins.csv --target group -o report.html
skvae report model.skvae -o report.html
"""


def add_command(commands):
    """Describe the command to the parser."""
    what = (
        "write one HTML page: what is in a table, PCA or VAE, what latent variables mean, how to make the model again"
    )
    report = new_command(commands, "report", _run, what, _EXAMPLE, "MODEL|TABLE")
    add = report.add_argument
    add("file", type=Path, metavar="MODEL|TABLE", help=f"a model file, or a table {TABLE_HELP}")
    page_help = "default: NAME-report.html in the current folder; an existing file is replaced"
    add("-o", "--output", type=Path, metavar="PAGE", help=page_help)
    add("--data", type=Path, metavar="TABLE", help="table to describe a MODEL on, beside PCA of the same size")
    add_table_options(report)
    add("--n-components", type=positive, default=2, metavar="K", help="latent variables, of a TABLE (default: 2)")
    add("--repeats", type=not_negative, default=5, metavar="N", help="random splits to compare on (default: 5)")
    refits_help = "fits to measure the stability by; 0: none (default: by the size of the table)"
    add("--refits", type=_refits, metavar="N", help=refits_help)
    add("--title", metavar="TEXT", help="title of the page")
    add_seed(report)
    add_jobs(report)
    add_answer_options(report)


def _refits(text):
    """Read a number of fits: one cannot be compared with another."""
    number = not_negative(text)
    if number == 1:
        raise argparse.ArgumentTypeError("needs 2 or more, or 0 for none, but got '1'")
    return number


def _run(arguments):
    """Read, report, and say what was found."""
    output = _checked_output(arguments)
    import_optional("jinja2", extra="report", purpose="skvae report")
    with _overheard(arguments) as told:
        X, y, model = _of_table(arguments) if is_table(arguments.file) else _of_model(arguments)
    if model is None:
        hint_at_logarithms(X, arguments)  # the page has words of its own for that
    if X is not None:
        tell(arguments, f"{arguments.table.name}: {size_of(X)}")
    page = _report(X, y, model, output, told, arguments)
    size = output.stat().st_size
    content = {
        "skvae": __version__,
        "output": str(output),
        "settings": settings(arguments),
        "verdict": page.verdict,
        "comparison": None if page.comparison is None else page.comparison.to_dict(),
        "warnings": page.warnings,
        "bytes": size,
    }
    give(arguments, content, f"{page.verdict}\nReport: {output} ({size_of_file(size)})")


def _checked_output(arguments):
    """Find out where the page goes, and that it can, before anything is computed."""
    from skvae.reporting import PAGES

    output = arguments.output or Path(f"{arguments.file.name.split('.')[0]}-report.html")
    check_suffix(output, PAGES)
    check_output(output, arguments.file, arguments.data, arguments.metadata)
    return output


def _of_table(arguments):
    """Read the table to fit PCA and VAE to."""
    if arguments.data is not None:
        raise ValueError(f"--data belongs to a MODEL, but {arguments.file} is a table itself: leave --data out.")
    arguments.table = arguments.file
    samples = read_samples(arguments)
    return samples.X, samples.y, None


def _of_model(arguments):
    """Load the model, and read its data if there are any."""
    model = load_model(arguments.file)
    if arguments.data is None:
        if arguments.target is not None:
            raise ValueError("--target names a column of a table, but there is none: give --data TABLE.")
        return None, None, model
    if arguments.transform != "none":
        raise ValueError("--transform belongs to a TABLE: a model has its own (skvae fit --transform), or needs none.")
    arguments.table = arguments.data
    return *read_labelled_for(model, arguments), model


@contextmanager
def _overheard(arguments):
    """Collect what is told while a table is read, in words of the command; it is told nevertheless."""
    told, show = _Told(), warnings.showwarning

    def hear(message, *where, **options):
        told.messages.append(in_command(str(message), arguments.parser.options))
        show(message, *where, **options)

    reader = logging.getLogger("skvae.datasets")
    level = reader.level
    with warnings.catch_warnings():  # undoes what follows
        warnings.showwarning = hear
        reader.addHandler(told)
        reader.setLevel(logging.INFO)
        try:
            yield told.messages
        finally:
            reader.removeHandler(told)
            reader.setLevel(level)


class _Told(logging.Handler):
    """Collects what is logged, such as which proteins were left out."""

    def __init__(self):
        super().__init__()
        self.messages = []

    def emit(self, record):
        """Keep it."""
        self.messages.append(record.getMessage())


def _report(X, y, model, output, told, arguments):
    """Make the page."""
    import skvae
    from skvae.reporting import told_before

    if X is not None:
        import_quietly("tensorflow")
    with working(arguments), told_before(told):
        return skvae.report(
            X,
            y,
            model,
            path=output,
            title=arguments.title or _title(arguments),
            n_components=arguments.n_components,
            n_repeats=arguments.repeats,
            n_refits="auto" if arguments.refits is None else arguments.refits,
            n_jobs=arguments.n_jobs,
            random_state=arguments.seed,
        )


def _title(arguments):
    """Name the files."""
    if is_table(arguments.file):
        return f"{arguments.file.name}: {'PCA or VAE?' if arguments.repeats else 'PCA and VAE'}"
    return arguments.file.name if arguments.data is None else f"{arguments.file.name} on {arguments.data.name}"
