"""Protein groups by samples, as read from whatever table, before anything is left out."""

from dataclasses import dataclass, field

import pandas as pd

from skvae._tables._columns import NoColumnError, some

#: Headings of the names of genes, of whatever program.
GENES = ("Gene names", "Gene Names", "Genes", "PG.Genes", "Gene", "Gene name", "Gene Symbol", "Gene symbol")
#: Columns with a ``+`` at protein groups to be left out, by what that says of them.
MARKS = {
    "decoys": ("Reverse",),
    "contaminants": ("Potential contaminant", "Contaminant"),
    "only identified by site": ("Only identified by site",),
}
# Prefixes that search programs and collections of contaminants put before identifiers.
_PREFIXES = {
    "decoys": r"(?:^|;)(?:REV__|rev_|DECOY_|decoy_)",
    "contaminants": r"(?:^|;)(?:CON__|contam_|CONTAM_|Cont_|cRAP[-_])",
}


@dataclass
class ProteinGroups:
    """Values, protein groups in rows and samples in columns, and what is known of both."""

    values: pd.DataFrame
    ids: pd.Series
    genes: pd.Series | None = None
    #: From reasons to be left out to the rows concerned.
    marks: dict[str, pd.Series] = field(default_factory=dict)
    #: Labels of the samples, where the table itself holds some.
    annotation: pd.DataFrame = field(default_factory=pd.DataFrame)

    def cleaned(self):
        """Leave out what is marked or has no value; return the rest, and how many were left out for which reason."""
        reasons = {**self._prefixed(), "without any value": self.values.isna().all(axis=1)}
        for reason, rows in self.marks.items():
            reasons[reason] = rows | reasons.get(reason, False)
        left, counts = pd.Series(True, index=self.values.index), {}
        for reason in ("decoys", "contaminants", "only identified by site", "without any value"):
            rows = reasons.get(reason, ~left) & left
            counts[reason], left = int(rows.sum()), left & ~rows
        genes = None if self.genes is None else self.genes[left]
        return ProteinGroups(self.values[left], self.ids[left], genes, annotation=self.annotation), counts

    def _prefixed(self):
        """Tell decoys and contaminants by the prefixes of their identifiers."""
        return {reason: has_prefix(self.ids, reason) for reason in _PREFIXES}

    def names(self, by_gene, path):
        """Name the protein groups, each by a name of its own."""
        if self.ids.isna().any():
            raise ValueError(f"{path} has {self.ids.isna().sum()} rows with values, but without an identifier.")
        repeated = self.ids[self.ids.duplicated()].unique()
        if len(repeated):
            raise ValueError(f"{path} names protein groups more than once: {some(repeated)}.")
        if not by_gene:
            return self.ids
        if self.genes is None:
            raise NoColumnError(f"{path} has no column of genes: none of {', '.join(map(repr, GENES))}.")
        genes = self.genes.astype(object).where(self.genes.notna() & (self.genes != ""), self.ids)
        return genes.where(~genes.duplicated(keep=False), genes + " (" + self.ids + ")")


def has_prefix(ids, reason):
    """Tell which protein groups have a member whose identifier bears the prefix of decoys or contaminants."""
    return ids.astype("string").str.contains(_PREFIXES[reason], regex=True).fillna(False).astype(bool)
