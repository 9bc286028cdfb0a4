"""What happened to a statement or a document. What a question gives in thousands is a tuple, the quickest to make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple


class ChangeKind(StrEnum):
    UNCHANGED = "unchanged"  # only in `compare`, never recorded
    ADDED = "added"
    REMOVED = "removed"
    REVISED = "revised"
    MOVED = "moved"
    RESTORED = "restored"
    SPLIT = "split"
    MERGED = "merged"
    RENAMED = "renamed"  # documents only
    FAILED = "failed"  # documents only


class Level(StrEnum):
    DOCUMENT = "document"
    STATEMENT = "statement"


class Significance(StrEnum):
    EDITORIAL = "editorial"
    SUBSTANTIVE = "substantive"


class Aspect(StrEnum):
    TYPOGRAPHY = "typography"
    SPELLING = "spelling"
    WORDING = "wording"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    ATTRIBUTION = "attribution"
    MODALITY = "modality"
    NEGATION = "negation"
    QUOTATION = "quotation"
    LINK = "link"


EditOp = Literal["equal", "insert", "delete", "replace"]


class Edit(NamedTuple):
    """One step of a word diff; all `before` joined give the text before, all `after` the text after."""

    op: EditOp
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Classification:
    """What kind of change a revised pair is. `aspects` in the order of the enum; `reasons` say why."""

    significance: Significance
    aspects: tuple[Aspect, ...] = ()
    reasons: tuple[str, ...] = ()


class Side(NamedTuple):
    """A statement as it stood on one side of a change; `ordinal` counts from 0 within its version."""

    statement: str
    revision: int
    document: str
    ordinal: int
    text: str
    links: tuple[str, ...] = ()


class Change(NamedTuple):
    """What happened to one statement, or to a document as a whole, between neighbouring versions."""

    id: str
    level: Level
    kind: ChangeKind
    snapshot: str
    taken_at: datetime
    recorded_at: datetime
    document: str
    document_id: str | None
    document_before: str | None = None
    cause: str | None = None  # "document": the document came or went as a whole
    group: str | None = None  # statements that moved together
    significance: Significance = Significance.SUBSTANTIVE
    aspects: tuple[Aspect, ...] = ()
    similarity: float | None = None
    moved: bool = False
    baseline: bool = False
    technical_upgrade: bool = False
    absent_since: datetime | None = None
    before: tuple[Side, ...] = ()
    after: tuple[Side, ...] = ()
    edits: Sequence[Edit] = ()
    message: str | None = None  # why a document failed
    returns: int | None = None  # of a restoration: how often the statement has come back by now
    copies: int = 0  # how many statements of other documents held the text before still, after this snapshot
