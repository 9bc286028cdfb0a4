"""The text of a document: blocks, statements, links; and the alignment of two versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    CAPTION = "caption"
    CODE = "code"
    METADATA = "metadata"  # a line of front matter
    FIELD = "field"  # a value of a data file behind its path


FIELD_SEPARATOR = ": "
"""Between the path of a field and its value."""


def path_of(field: str) -> tuple[str, str]:
    """The path of a field and its value; no path where it has none."""
    path, separator, value = field.partition(FIELD_SEPARATOR)
    return (path, value) if separator else ("", field)


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a block: the half-open range of the block's text that carries it, and its target."""

    start: int
    end: int
    target: str


Emphasis = tuple[int, int, str]
"""A half-open range of a text that is set apart: `b` bold, `i` italic, `c` code."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece that a reader found: text that no statement may cross the ends of.

    `level` is a heading's level (1..6) or an item's depth (1..), else 0. `origin` maps the block's text
    to the document's text: pairs (offset in the block, offset in the document), ascending; between two
    pairs both run in step. `cells` are the half-open ranges of a table row's cells in its text, the empty ones too;
    of other kinds there are none. `label` and `emphasis` are its layout: see `core.text.layout`.
    """

    kind: BlockKind
    text: str
    level: int = 0
    links: tuple[Link, ...] = ()
    origin: tuple[tuple[int, int], ...] = ((0, 0),)
    cells: tuple[tuple[int, int], ...] = ()
    label: str = ""
    emphasis: tuple[Emphasis, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a reader made of one document's bytes.

    `text` is what the blocks' origins point into: the decoded source where there is one (text,
    Markdown), else the blocks' texts joined by newlines. `notes` are short sentences in lower case. One that
    begins with `encoding: ` or `read as ` tells what was assumed. Each other one names a part that was left out and why
    (`2 charts are not read`); it is shown behind the document's path and a colon.
    """

    text: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()


ASSUMED = ("encoding: ", "read as ")


def left_out(notes: Iterable[str]) -> tuple[str, ...]:
    """Of an extraction's notes those that name a part that was left out."""
    return tuple(note for note in notes if not note.startswith(ASSUMED))


@dataclass(frozen=True, slots=True)
class Statement:
    """The smallest unit that is followed: a sentence, heading, list item, table row, line of code.

    A statement is a value without a place, so that equal ones can be shared between versions. `text`
    has no line breaks. `links` are the targets in it, in order. Two statements are *unchanged* when
    text and links are equal; kind and level are evidence, never a change.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    links: tuple[str, ...] = ()


class Wording(Protocol):
    """Whatever has a text and the targets of the links in it."""

    @property
    def text(self) -> str: ...

    @property
    def links(self) -> tuple[str, ...]: ...


class CutBlock(NamedTuple):
    """A block as the ledger keeps it: its statements, and the ranges of a table row's cells in its text.

    It has no place either: an equal block of another version is the same. `layout` is what `core.text.layout` reads.
    """

    kind: BlockKind
    level: int
    statements: tuple[Statement, ...]
    cells: tuple[tuple[int, int], ...] = ()
    layout: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The place of a statement: half-open character range in the document's text."""

    start: int
    end: int


class Match(NamedTuple):
    """Statements of two versions that are the same: indices from 0, ascending on each side.

    One side empty: removed or added. One against several: split or merged. Several against several
    does not occur. `moved` marks a link outside the largest run that keeps the order. `similarity`
    is 0..1, None where a side is empty. `reasons` says in words why the link was made. A tuple, for every
    statement has one: it is made in a tenth of the time that a frozen class takes.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    similarity: float | None = None
    moved: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alignment:
    """A full alignment: every index of both sides occurs in exactly one match.

    Ordered by the after side; matches without one follow the match that holds the statement before them.
    """

    matches: tuple[Match, ...]
