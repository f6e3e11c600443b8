"""Models in one file that runs no code when it is loaded; `docs/file-format.md` describes it."""

from skvae.persistence._container import read_header as read_header
from skvae.persistence._errors import ModelFileError
from skvae.persistence._file import load, save

# What is for users; the name imported "as" itself is for the other rooms.
__all__ = ["ModelFileError", "load", "save"]
