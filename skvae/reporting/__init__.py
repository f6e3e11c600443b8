"""One HTML page about a table, or about a fitted model: self-contained, made to be read, kept and printed."""

from skvae.reporting._inputs import PAGES as PAGES  # which the command checks
from skvae.reporting._log import told_before as told_before  # what the command has read
from skvae.reporting._report import report
from skvae.reporting._result import Report

__all__ = ["Report", "report"]
