"""Readers and writers of the tables that samples come in."""

from skvae.datasets._tables import read_table
from skvae.datasets._writing import write_table

__all__ = ["read_table", "write_table"]
