"""Which kind of table a file is, told by its suffix."""

from pathlib import Path

#: Kinds of text, each with the delimiters that may part its cells.
DELIMITERS = {".csv": (",", ";", "\t"), ".tsv": ("\t",), ".txt": ("\t", ",", ";", " ")}
BINARY = (".parquet", ".h5ad")


def kind_of(path):
    """Return the suffix that tells the kind, and whether the file is packed by gzip.

    Raises
    ------
    ValueError
        If the suffix is none of those known.
    """
    name = path.name.lower()
    packed = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    if suffix not in DELIMITERS and (packed or suffix not in BINARY):
        known = ", ".join([*DELIMITERS, *BINARY])
        raise ValueError(
            f"{path}: unknown kind of table {''.join(path.suffixes[-2:])!r}; known are {known} (text also with .gz)."
        )
    return suffix, packed
