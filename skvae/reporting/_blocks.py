"""What a page is made of: sections of blocks, each of which the template knows how to write."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Points:
    """A list of sentences; a point may be a pair, of which the first part is emphasised."""

    kind: ClassVar[str] = "points"
    points: list


@dataclass(frozen=True)
class Cell:
    """A cell of a table with more than text.

    Attributes
    ----------
    text : str
    tone : {"", "better", "worse", "neutral"}
        A colour, which tells nothing that the words do not tell.
    detail : str
        A second line, in small letters.
    """

    text: str
    tone: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its heading.

    Attributes
    ----------
    caption : str
        What it shows, and how to read it.
    columns : list of str
    rows : list of list of {str, Cell}
    words : tuple of int
        Positions of the columns that hold words; the others hold numbers and stand to the right.
    """

    kind: ClassVar[str] = "table"
    caption: str
    columns: list[str]
    rows: list
    words: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Picture:
    """A picture in a data URI; `alt` says what it shows to who cannot see it, and `size` are its pixels."""

    source: str
    alt: str
    size: tuple[int, int]


@dataclass(frozen=True)
class Pictures:
    """Pictures side by side, where there is room, with one caption."""

    kind: ClassVar[str] = "pictures"
    pictures: list[Picture]
    caption: str


@dataclass(frozen=True)
class Code:
    """Lines to copy."""

    kind: ClassVar[str] = "code"
    text: str
    label: str


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Section:
    """A section with a place in the table of contents."""

    name: str
    title: str
    blocks: list = field(default_factory=list)
