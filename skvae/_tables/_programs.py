"""What each program calls the columns of its table of protein groups, and how a table is recognised."""

import re
from dataclasses import dataclass

from skvae._tables._columns import nearest, some
from skvae._tables._samples import unless_same, without_path


@dataclass(frozen=True)
class Program:
    """The table of protein groups that a program writes."""

    title: str
    file: str
    #: Headings of the identifiers, the best first.
    ids: tuple[str, ...]
    #: From the names of quantities to patterns of their headings, with a group `sample`; the default one first.
    quantities: dict[str, tuple[str, ...]]
    #: An example of a heading of a sample.
    heading: str
    #: A further column whose entries show what is a contaminant.
    origin: str | None = None
    #: Whether samples are called by paths of files.
    has_paths: bool = False

    def available(self, columns):
        """Return, for each quantity that is there, a dictionary from headings to the names of their samples."""
        found = {name: self._samples(patterns, columns) for name, patterns in self.quantities.items()}
        return {name: samples for name, samples in found.items() if samples}

    def _samples(self, patterns, columns):
        """Find the headings that the first fitting pattern matches, and the names of the samples in them."""
        for pattern in patterns:
            matches = {name: match["sample"] for name in columns if (match := re.search(pattern, name))}
            if any(name.startswith(_RATIOS) for name in columns):
                matches = {name: sample for name, sample in matches.items() if not _is_share(name, sample)}
            if matches:
                return _named(matches, self.has_paths)
        return {}


def _is_share(heading, sample):
    """Tell whether a column holds what one label adds to a sample; ratios are of the samples themselves."""
    return re.match(r"[LMH](?: |$)", sample) and not heading.startswith("Ratio ")


def _named(matches, has_paths):
    """Name the samples of headings: without paths, or as the headings are, where they would not differ."""
    short = [without_path(name) if has_paths else name for name in matches.values()]
    return dict(zip(matches, unless_same(list(matches), short), strict=True))


# Of samples labelled light, medium and heavy MaxQuant writes the ratios, and also the share of each label in a sample.
_RATIOS = ("Ratio H/L", "Ratio M/L")
_ANNOTATION_OF_DIANN = r"Protein\.(?:Group|Ids|Names)|Genes|First\.Protein\.Description|N\.(?:Proteotypic\.)?Sequences"

PROGRAMS = {
    "maxquant": Program(
        title="MaxQuant",
        file="proteinGroups.txt",
        ids=("Majority protein IDs", "Protein IDs"),
        quantities={
            "lfq": (r"^LFQ intensity (?P<sample>.+)$",),
            "ratio": (r"^Ratio H/L normalized (?P<sample>.+)$", r"^Ratio (?P<sample>[HM]/[ML] normalized .+)$"),
            "reporter": (
                r"^Reporter intensity corrected (?P<sample>\d+ .+)$",
                r"^Reporter intensity corrected (?P<sample>\d+)$",
            ),
            "raw": (r"^Intensity (?P<sample>.+)$",),
            "ibaq": (r"^iBAQ (?!peptides$)(?P<sample>.+)$",),
        },
        heading="LFQ intensity <sample>",
    ),
    "diann": Program(
        title="DIA-NN",
        file="report.pg_matrix.tsv",
        ids=("Protein.Group",),
        quantities={"lfq": (rf"^(?!(?:{_ANNOTATION_OF_DIANN})$)(?P<sample>.+)$",)},
        heading="<path of the raw file>",
        has_paths=True,
    ),
    "fragpipe": Program(
        title="FragPipe",
        file="combined_protein.tsv",
        ids=("Protein ID",),
        quantities={
            "lfq": (r"^(?P<sample>.+) MaxLFQ Intensity$",),
            "raw": (r"^(?P<sample>.+)(?<! MaxLFQ)(?<! Razor)(?<! Unique)(?<! Total) Intensity$",),
            "razor": (r"^(?P<sample>.+)(?<! MaxLFQ) Razor Intensity$",),
            "unique": (r"^(?P<sample>.+)(?<! MaxLFQ) Unique Intensity$",),
            "total": (r"^(?P<sample>.+)(?<! MaxLFQ) Total Intensity$",),
            "lfq_unique": (r"^(?P<sample>.+) MaxLFQ Unique Intensity$",),
            "lfq_total": (r"^(?P<sample>.+) MaxLFQ Total Intensity$",),
        },
        heading="<sample> MaxLFQ Intensity",
        origin="Protein",
    ),
    "spectronaut": Program(
        title="Spectronaut",
        file="a pivot report with PG.ProteinGroups and PG.Quantity",
        ids=("PG.ProteinGroups", "PG_ProteinGroups", "PG.ProteinAccessions"),
        quantities={
            "quantity": (
                r"^\[\d+\] ?(?P<sample>.+)\.PG\.Quantity$",
                r"^\[\d+\] ?(?P<sample>(?:(?!\.(?:PG|PEP|EG|FG)\.).)+)$",
            ),
            "ibaq": (r"^\[\d+\] ?(?P<sample>.+)\.PG\.IBAQ$",),
            "ms1": (r"^\[\d+\] ?(?P<sample>.+)\.PG\.MS1Quantity$",),
            "ms2": (r"^\[\d+\] ?(?P<sample>.+)\.PG\.MS2Quantity$",),
        },
        heading="[1] <raw file>.PG.Quantity",
        has_paths=True,
    ),
}

# Tables that are often taken for those of protein groups: columns that they have, what they are, what is needed.
_OTHERS = (
    (("Sequence", "Raw file"), "a table of peptides from MaxQuant, such as evidence.txt", "maxquant"),
    (("Sequence", "Proteins"), "a table of peptides from MaxQuant, such as peptides.txt", "maxquant"),
    (("Precursor.Id", "Run"), "the main report of DIA-NN, with a row for each precursor in each run", "diann"),
    (("Precursor.Id",), "a table of precursors from DIA-NN, such as report.pr_matrix.tsv", "diann"),
    (("Peptide Sequence",), "a table of peptides from FragPipe, such as combined_peptide.tsv", "fragpipe"),
    (("Peptide", "Spectrum"), "a table of spectra from FragPipe, such as psm.tsv", "fragpipe"),
    (("EG.PrecursorId",), "a report of precursors from Spectronaut", "spectronaut"),
    (("PEP.StrippedSequence",), "a report of peptides from Spectronaut", "spectronaut"),
)


def recognise(columns, software, path):
    """Find out which program wrote a table with these columns, or check what the user says."""
    refuse_peptides(columns, path)
    found = _recognised(columns)
    if software is None and found is None:
        raise ValueError(_unknown_message(columns, path))
    if software is None or software == found:
        return found
    program = PROGRAMS[software]
    near = nearest(program.ids[0], columns)
    there = f"its nearest is {near!r}" if near else f"its columns are {some(columns)}"
    hint = f" It looks like one of {PROGRAMS[found].title} (software={found!r})." if found else ""
    looked = " nor ".join(map(repr, program.ids))
    raise ValueError(f"{path} is no table of protein groups from {program.title}: no column {looked}; {there}.{hint}")


def is_of_program(columns):
    """Tell whether the identifiers of one of the programs are there."""
    return _recognised(columns) is not None


def _recognised(columns):
    """Return the key of the program whose identifiers are there, None if there is none."""
    return next((key for key, program in PROGRAMS.items() if not set(program.ids).isdisjoint(columns)), None)


def refuse_protein_groups(table, path):
    """Raise if a table that should have samples in its rows has protein groups there."""
    found = _recognised([table.index.name, *table.columns])
    if found:
        raise ValueError(
            f"{path} is a table of protein groups from {PROGRAMS[found].title}: its rows are no samples. read_proteins "
            "reads it."
        )


def refuse_peptides(columns, path):
    """Raise if the rows are something else than protein groups, saying which file is needed."""
    if any(name.endswith("PG.Quantity") for name in columns):
        return  # a report of Spectronaut may hold both
    for needed, what, key in _OTHERS:
        if set(needed) <= set(columns):
            raise ValueError(
                f"{path} is {what}; what is needed is {PROGRAMS[key].file}, with a row for each protein group."
            )


def _unknown_message(columns, path):
    """Say what was looked for, and what there is."""
    looked = "; ".join(f"{program.title}: {' or '.join(map(repr, program.ids))}" for program in PROGRAMS.values())
    return (
        f"{path} is not recognised as a table of protein groups. These columns were looked for: {looked}; Perseus: "
        f"a second line that begins with '#!{{Type}}'. Its columns are {some(columns)}. If its rows are proteins and "
        "its columns samples, say software='matrix'; if its rows are samples, use read_table."
    )
