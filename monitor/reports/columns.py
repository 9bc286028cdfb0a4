"""What `export` writes: the columns of a change and of a revision, in plain sight.

A column's type decides how it stands in each format: a list is a list in JSON and Parquet, and one cell in CSV
(words by spaces, texts by line breaks); a time is a timestamp in Parquet and `2026-01-02T03:04:05Z` elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from monitor.model import Change, Life, Revision

Value = str | int | float | bool | datetime | list[str] | list[int] | None
Row = TypeVar("Row")


class ColumnType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    TIME = "time"
    WORDS = "words"  # a list of texts without blanks
    TEXTS = "texts"
    INTEGERS = "integers"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: its name, its type, and how a row gives it."""

    name: str
    type: ColumnType
    of: Callable[[Row], Value]


@dataclass(frozen=True, slots=True)
class LivedRevision:
    """A revision with what it is a revision of; `until` is when the next one took its place."""

    life: Life
    revision: Revision
    until: datetime | None


CHANGE_COLUMNS: tuple[Column[Change], ...] = (
    Column("id", ColumnType.TEXT, lambda c: c.id),
    Column("level", ColumnType.TEXT, lambda c: str(c.level)),
    Column("snapshot", ColumnType.TEXT, lambda c: c.snapshot),
    Column("taken_at", ColumnType.TIME, lambda c: c.taken_at),
    Column("recorded_at", ColumnType.TIME, lambda c: c.recorded_at),
    Column("document", ColumnType.TEXT, lambda c: c.document),
    Column("document_id", ColumnType.TEXT, lambda c: c.document_id),
    Column("document_before", ColumnType.TEXT, lambda c: c.document_before),
    Column("cause", ColumnType.TEXT, lambda c: c.cause),
    Column("group", ColumnType.TEXT, lambda c: c.group),
    Column("kind", ColumnType.TEXT, lambda c: str(c.kind)),
    Column("significance", ColumnType.TEXT, lambda c: str(c.significance)),
    Column("aspects", ColumnType.WORDS, lambda c: [str(aspect) for aspect in c.aspects]),
    Column("similarity", ColumnType.REAL, lambda c: c.similarity),
    Column("moved", ColumnType.BOOLEAN, lambda c: c.moved),
    Column("baseline", ColumnType.BOOLEAN, lambda c: c.baseline),
    Column("technical_upgrade", ColumnType.BOOLEAN, lambda c: c.technical_upgrade),
    Column("absent_since", ColumnType.TIME, lambda c: c.absent_since),
    Column("before_statements", ColumnType.WORDS, lambda c: [side.statement for side in c.before]),
    Column("before_revisions", ColumnType.INTEGERS, lambda c: [side.revision for side in c.before]),
    Column("before_ordinals", ColumnType.INTEGERS, lambda c: [side.ordinal for side in c.before]),
    Column("before_texts", ColumnType.TEXTS, lambda c: [side.text for side in c.before]),
    Column("after_statements", ColumnType.WORDS, lambda c: [side.statement for side in c.after]),
    Column("after_revisions", ColumnType.INTEGERS, lambda c: [side.revision for side in c.after]),
    Column("after_ordinals", ColumnType.INTEGERS, lambda c: [side.ordinal for side in c.after]),
    Column("after_texts", ColumnType.TEXTS, lambda c: [side.text for side in c.after]),
    Column("message", ColumnType.TEXT, lambda c: c.message),
)

REVISION_COLUMNS: tuple[Column[LivedRevision], ...] = (
    Column("statement", ColumnType.TEXT, lambda row: row.life.statement),
    Column("revision", ColumnType.INTEGER, lambda row: row.revision.number),
    Column("document", ColumnType.TEXT, lambda row: row.life.document),
    Column("present", ColumnType.BOOLEAN, lambda row: row.life.present),
    Column("snapshot", ColumnType.TEXT, lambda row: row.revision.since.snapshot),
    Column("taken_at", ColumnType.TIME, lambda row: row.revision.since.taken_at),
    Column("revised_at", ColumnType.TIME, lambda row: row.until),
    Column("text", ColumnType.TEXT, lambda row: row.revision.text),
    Column("links", ColumnType.TEXTS, lambda row: list(row.revision.links)),
    Column("aliases", ColumnType.WORDS, lambda row: list(row.life.aliases)),
)


def lived_revisions(lives: Iterable[Life]) -> Iterator[LivedRevision]:
    """Every revision of every statement, in the order of the lives, oldest first."""
    for life in lives:
        ends = [later.since.taken_at for later in life.revisions[1:]]
        for revision, until in zip(life.revisions, [*ends, None], strict=True):
            yield LivedRevision(life, revision, until)
