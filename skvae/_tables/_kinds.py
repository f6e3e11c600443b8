"""Which kind of table a file is, told by its suffix."""

from pathlib import Path

#: Kinds of text, each with the delimiters that may part its cells.
#: Spectronaut calls its text ``.xls``.
DELIMITERS = {".csv": (",", ";", "\t"), ".tsv": ("\t",), ".txt": ("\t", ",", ";", " "), ".xls": ("\t",)}
BINARY = (".parquet", ".h5ad")
WORKBOOK = " Save the sheet of a workbook as .csv."


def kind_of(path, to_write=False):
    """Return the suffix that tells the kind, and whether the file is packed by gzip.

    Raises
    ------
    ValueError
        If the suffix is none of those known, or none to write.
    """
    name = path.name.lower()
    packed = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    texts = [name for name in DELIMITERS if name != ".xls"]
    if suffix not in (texts if to_write else DELIMITERS) and (packed or suffix not in BINARY):
        known = ", ".join([*texts, *BINARY])
        kind = "".join(path.suffixes[-2:] if packed else path.suffixes[-1:])
        hint = WORKBOOK if suffix in (".xlsx", ".ods") and not to_write else ""
        raise ValueError(f"{path}: unknown kind of table {kind!r}; known are {known} (text also with .gz).{hint}")
    return suffix, packed
