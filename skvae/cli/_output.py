"""Where a command writes: checked before anything is computed, and written whole or not at all."""

import json
import os
import sys
from pathlib import Path

from skvae._optional import import_optional
from skvae.cli._console import answer, printing, say

STDOUT = Path("-")
# The package, and its extra, that writes a kind of table.
_WRITTEN_BY = {".parquet": ("pyarrow", "parquet"), ".h5ad": ("anndata", "anndata")}


def add_table_output(parser, what):
    """Add the option that says where a table goes."""
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=STDOUT,
        metavar="FILE",
        help=f"{what}: .csv, .tsv, .txt (also .gz), .parquet or .h5ad; an existing file is replaced. "
        "Default: -, CSV on stdout",
    )


def check_output(output, *inputs):
    """Raise unless a file can be written there, which is none of those read."""
    if output == STDOUT:
        return
    if not output.parent.is_dir():
        raise ValueError(f"--output {output}: there is no folder {output.parent}.")
    if output.is_dir() or not os.access(output if output.exists() else output.parent, os.W_OK):
        raise ValueError(f"--output {output} cannot be written.")
    for path in inputs:
        if path is not None and path.exists() and output.exists() and output.samefile(path):
            raise ValueError(f"--output {output} is the file that is read: give another name.")


def check_folder(output):
    """Raise unless files can be written in a folder, which need not be there yet."""
    there = next(path for path in (output, *output.absolute().parents) if path.exists())
    if not there.is_dir():
        raise ValueError(f"--output {output}: {there} is a file, but a folder is needed.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(f"--output {output}: nothing can be written in the folder {there}.")


def check_suffix(output, known):
    """Raise unless the name ends in one of the known suffixes."""
    if output.suffix.lower() not in known:
        raise ValueError(f"--output {output}: the name must end in {' or '.join(known)}, not {output.suffix!r}.")


def check_table_output(arguments, *inputs):
    """Check where a table goes, and that the answer has a place of its own."""
    from skvae._tables._kinds import kind_of

    if arguments.output != STDOUT:
        suffix, _ = kind_of(arguments.output, to_write=True)
        package, extra = _WRITTEN_BY.get(suffix, (None, None))
        if package is not None:
            import_optional(package, extra=extra, purpose=f"Writing a {suffix} table")
    elif arguments.json:
        raise ValueError("--json prints on stdout, where the table goes: give --output FILE.")
    check_output(arguments.output, *inputs)


def write(frame, what, arguments):
    """Write a table, and say so."""
    from skvae.datasets import write_table

    if arguments.output == STDOUT:
        with printing():
            frame.to_csv(sys.stdout)
        return
    write_table(frame, arguments.output)
    rows, columns = frame.shape
    content = {"output": str(arguments.output), "rows": rows, "columns": columns}
    give(arguments, content, f"{what}: {rows} rows, {columns} columns, written to {arguments.output}")


def give(arguments, content, text):
    """Print the answer, as JSON if asked to."""
    answer(as_json(content) if arguments.json else text)


def as_json(content):
    """Write JSON; what is not finite is null."""
    return json.dumps(_finite(content), indent=2, allow_nan=False)


def _finite(value):
    """Replace what JSON cannot hold."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and value - value != 0:
        return None
    return value if isinstance(value, str | int | float | None) else str(value)


def tell(arguments, text):
    """Say what is being done, unless it is to be quiet."""
    if not arguments.quiet:
        say(text)


def size_of_file(n_bytes):
    """Write a number of bytes.

    Examples
    --------
    >>> from skvae.cli._output import size_of_file
    >>> size_of_file(3_000_000), size_of_file(2_000)
    ('3.0 MB', '2.0 kB')
    """
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:.1f} kB"
