"""Readers of the tables that samples come in."""

from skvae.datasets._tables import read_table

__all__ = ["read_table"]
