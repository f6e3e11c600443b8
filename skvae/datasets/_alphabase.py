"""Tables of the programs that alphabase knows."""

import re
import warnings
from functools import partial

from skvae._compat import imported_by_alphabase
from skvae._optional import import_optional
from skvae._tables._columns import NoColumnError, check_columns, nearest, some
from skvae._tables._decimals import with_decimal_commas
from skvae._tables._programs import PROGRAMS
from skvae.datasets._protein_groups import GENES, MARKS, ProteinGroups, has_prefix

# Columns of a report of Spectronaut with a row for each protein group in each run.
_RUN, _GROUP = "R.FileName", "PG.ProteinGroups"


def read_program(frame, software, quantity, path):
    """Pick the protein groups out of a program's table; return them and the name of the quantity."""
    program = PROGRAMS[software]
    is_long = software == "spectronaut" and _RUN in frame.columns
    change = partial(_pivoted, path=path) if is_long else None
    frame = frame if change is None else change(frame)
    quantity, samples = _chosen(program, quantity, frame.columns, path)
    headings = list(samples)
    found = _imported(frame.assign(**with_decimal_commas(frame[headings], path, change)), software, headings)
    # What alphabase keeps of the protein groups is the index.
    values, known = found[headings].reset_index(drop=True), found.index.to_frame(index=False)
    marks = {reason: known[reason] == "+" for reason in MARKS if reason in known}
    if "is_decoy" in known:
        marks["decoys"] = known["is_decoy"]
    if "origin" in known:
        # FragPipe's `Protein ID` lacks the prefixes that `Protein` has.
        marks |= {reason: has_prefix(known["origin"], reason) for reason in ("decoys", "contaminants")}
    return ProteinGroups(values.rename(columns=samples), known["uniprot_ids"], known.get("genes"), marks), quantity


def _chosen(program, quantity, columns, path):
    """Choose the quantity; return its name, and a dictionary from headings to names of samples."""
    available = program.available(columns)
    if not available:
        near = nearest(program.heading, columns)
        hint = f"the nearest is {near!r}" if near else f"its columns are {some(columns)}"
        raise NoColumnError(
            f"{path} has no column of a sample, such as {program.heading!r}; {hint}. What is needed of "
            f"{program.title} is {program.file}, of named samples."
        )
    quantity = next(iter(available)) if quantity is None else quantity
    if quantity not in available:
        known = "" if quantity in program.quantities else f" {program.title} has {', '.join(program.quantities)}."
        raise NoColumnError(f"{path} has no quantity {quantity!r}; it has {', '.join(map(repr, available))}.{known}")
    return quantity, available[quantity]


def _imported(frame, software, headings):
    """Let alphabase pick and name the columns."""
    with warnings.catch_warnings():
        # What pandas 4 will refuse, and what would speed up other parts of alphabase: not for the user to mend.
        warnings.filterwarnings("ignore", message=".*inplace keyword|numba is not installed")
        readers = import_optional("alphabase.pg_reader", extra="proteomics", purpose="Reading tables of proteins")
    pattern = rf"^(?:{'|'.join(map(re.escape, headings))})$"
    reader = readers.pg_reader_provider.get_reader(software, measurement_regex=pattern)
    program = PROGRAMS[software]
    ours = {"uniprot_ids": program.ids, "genes": GENES, "origin": (program.origin,), **MARKS}
    # Spectronaut's identifiers would serve as names, too; decoys alphabase knows itself.
    reader.add_column_mapping({name: columns for name, columns in ours.items() if name != "decoys"} | {"proteins": ()})
    return imported_by_alphabase(reader, frame)


def _pivoted(frame, path):
    """Turn a report with a row for each protein group in each run, or each precursor of it, into a pivot report."""
    check_columns([_GROUP], frame, path)
    quantities = [name for name in frame.columns if re.fullmatch(r"PG\.(?:MS[12])?Quantity|PG\.IBAQ", name)]
    genes = [name for name in GENES if name in frame.columns]
    long = frame[[_RUN, _GROUP, *quantities]].drop_duplicates()
    repeated = long[long.duplicated([_RUN, _GROUP])]
    if len(repeated):
        run, group = repeated.iloc[0][[_RUN, _GROUP]]
        raise ValueError(f"{path} has several values of the protein group {group!r} in the run {run!r}.")
    wide = long.pivot(index=_GROUP, columns=_RUN, values=quantities)
    runs = {run: number for number, run in enumerate(long[_RUN].unique(), start=1)}
    wide.columns = [f"[{runs[run]}] {run}.{quantity}" for quantity, run in wide.columns]
    of_groups = frame.drop_duplicates(_GROUP).set_index(_GROUP)[genes]
    return of_groups.join(wide).reset_index()
