"""Readers and writers of the tables that samples come in, and a table made up."""

from skvae.datasets._made import make_protein_groups
from skvae.datasets._proteins import read_proteins
from skvae.datasets._tables import read_table
from skvae.datasets._writing import write_table

__all__ = ["make_protein_groups", "read_proteins", "read_table", "write_table"]
