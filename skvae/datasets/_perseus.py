"""Text that Perseus writes: lines after the header say what the columns are, and what is known of the samples."""

import re

import pandas as pd
from pandas.api.types import is_numeric_dtype

from skvae._tables._columns import NoColumnError, some
from skvae._tables._decimals import with_decimal_commas
from skvae._tables._files import annotation_lines, is_perseus
from skvae._tables._programs import PROGRAMS
from skvae._tables._samples import unless_same, without_quantity
from skvae.datasets._protein_groups import GENES, MARKS, ProteinGroups

_LINE = r"^#!\{(?P<kind>[^:}]*):?(?P<name>[^}]*)\}"


def read_perseus(frame, path):
    """Pick the protein groups out of a table whose main columns are the samples."""
    if not is_perseus(path):
        raise ValueError(f"{path} is no text of Perseus: no line after its header begins with '#!{{Type}}'.")
    annotation = _annotation(path, frame.columns)
    main = (annotation["Type"] == "E").to_numpy()
    if not main.any():
        raise NoColumnError(
            f"{path} has no main column, E in its line '#!{{Type}}': choose those of the samples in Perseus."
        )
    headings = list(frame.columns[main])
    names = unless_same(headings, [without_quantity(name) for name in headings])
    known = frame.loc[:, ~main]
    marks = {
        reason: known[[name for name in headings if name in known]].eq("+").any(axis=1)
        for reason, headings in MARKS.items()
    }
    genes = next((known[name] for name in GENES if name in known), None)
    values = with_decimal_commas(_without_flags(frame.loc[:, main]), path, _without_flags).set_axis(names, axis=1)
    of_samples = annotation.loc[main].drop(columns=["Type", "Description"], errors="ignore").set_axis(names)
    return ProteinGroups(values, _ids(known, annotation["Type"], path), genes, marks, of_samples)


def _annotation(path, columns):
    """Return what the lines after the header say: a row for each column of the table."""
    found = {}
    for line in annotation_lines(path):
        _, kind, name, rest = re.split(_LINE, line.rstrip("\r\n"), maxsplit=1)
        cells = pd.Series([*rest.split("\t"), *[""] * len(columns)][: len(columns)], columns).str.strip('"')
        found[name or kind] = pd.to_numeric(cells, errors="coerce") if kind == "N" else cells.mask(cells == "")
    return pd.DataFrame(found)


def _without_flags(frame):
    """Keep the values of cells such as ``21.5;False;0``, which also tell of imputation and quality."""
    return frame.apply(_without_flag)


def _without_flag(cells):
    """Keep the values of a column."""
    if is_numeric_dtype(cells):
        return cells
    values = cells.astype("string").str.split(";").str[0]
    return values.mask(values == "NaN").astype(object)


def _ids(known, kinds, path):
    """Return the identifiers: under the heading of a program, or the first column of text."""
    headings = [name for program in PROGRAMS.values() for name in program.ids]
    texts = [name for name in known.columns if kinds[name] == "T"]
    found = [name for name in [*headings, *texts] if name in known.columns]
    if not found:
        raise NoColumnError(
            f"{path} has no column of identifiers: none of {', '.join(map(repr, headings))}, and no other of text (T "
            f"in its line '#!{{Type}}'). Its columns beside the samples are {some(known.columns)}."
        )
    return known[found[0]]
