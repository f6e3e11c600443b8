"""One HTML page about a table, or about a fitted model: self-contained, made to be read, kept and printed."""

# What the command shares with the report.
from skvae.reporting._models import with_steps_before as with_steps_before
from skvae.reporting._report import report
from skvae.reporting._result import Report

__all__ = ["Report", "report"]
