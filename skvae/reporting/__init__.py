"""One HTML page about a table, or about a fitted model: self-contained, made to be read, kept and printed."""

from skvae.reporting._report import report
from skvae.reporting._result import Report

__all__ = ["Report", "report"]
