"""Models in one file that runs no code when it is loaded; `docs/file-format.md` describes it."""

from skvae.persistence._errors import ModelFileError
from skvae.persistence._file import load, save

__all__ = ["ModelFileError", "load", "save"]
