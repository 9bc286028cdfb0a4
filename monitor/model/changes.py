"""Changes, the histories of statements and documents, queries to the ledger, and reports.

Values that queries return in thousands are named tuples, which are fastest to create.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple

from monitor.model.snapshots import Snapshot


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
    UNWATCHED = "unwatched"  # documents only: the configuration leaves it out, see `NOT_OF_DOCUMENTS`
    WATCHED = "watched"  # documents only
    SUSPECT = "suspect"  # documents only: nearly all of it is gone, as where a capture failed
    RECOVERED = "recovered"  # documents only: it is back after that


EVENTS_WITHIN = frozenset({"column", "renumbering", "element"})
"""Causes of changes that belong to one event within a document; other causes concern the document as a whole."""
RECORDED_KINDS = tuple(kind for kind in ChangeKind if kind is not ChangeKind.UNCHANGED)


NOT_OF_DOCUMENTS = frozenset({ChangeKind.UNWATCHED, ChangeKind.WATCHED})
"""Kinds that tell of the configuration alone: they are in the log and in reports, never in the queue."""


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


class Action(StrEnum):
    """What an ignore rule does to a change."""

    HIDE = "fold"  # out of the queue, into a list of its own
    LOWER = "lower"  # to the end of the queue


EditOp = Literal["equal", "insert", "delete", "replace"]


class Edit(NamedTuple):
    """One step of a word diff; all `before` joined give the text before, all `after` the text after."""

    op: EditOp
    before: str
    after: str


class Classification(NamedTuple):
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

    @property
    def position(self) -> int:
        """Its place as people count, from 1."""
        return self.ordinal + 1


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
    cause: str | None = None  # "document": the document came or went as a whole; or one of `EVENTS_WITHIN`
    group: str | None = None  # statements that moved together, or of one event
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
    document_language: str | None = None  # ISO 639-1; what short texts are judged in, None where it is unknown
    seen_before: datetime | None = None  # the last time that the state before was seen
    announced: bool | None = None  # whether the document's own date or version line changed, too; None without one
    metadata: bool = False  # a line of front matter
    language: str | None = None  # ISO 639-1, by the texts of both sides; None where it is unclear
    aspects_known: bool | None = None  # False where the language has no word lists; None of a document as a whole

    @property
    def with_document(self) -> bool:
        """Whether it happened to the document as a whole, which tells of it."""
        return self.cause is not None and self.cause not in EVENTS_WITHIN

    @property
    def event(self) -> str | None:
        """Its cause, where that is an event within the document."""
        return self.cause if self.cause in EVENTS_WITHIN else None


class Reasons(NamedTuple):
    """`link`: why these statements are the same; `kind`: why the change has its significance and aspects."""

    link: tuple[str, ...]
    kind: tuple[str, ...]


class SnapshotTime(NamedTuple):
    """A snapshot, as blame and a statement's life name it."""

    snapshot: str
    taken_at: datetime


class Blame(NamedTuple):
    """One present statement: when it came and when it was last revised."""

    statement: str
    ordinal: int
    text: str
    introduced: SnapshotTime
    revised: SnapshotTime | None
    revisions: int
    kind: str = "paragraph"  # a `BlockKind`, whose module this one does not load

    @property
    def position(self) -> int:
        """Its place as people count, from 1."""
        return self.ordinal + 1


class Revision(NamedTuple):
    """A numbered state of one statement (from 1)."""

    number: int
    text: str
    links: tuple[str, ...]
    since: SnapshotTime
    edits: Sequence[Edit] = ()  # against the revision before


class StatementHistory(NamedTuple):
    """A statement's history: every revision, and every change that touched it, oldest first."""

    statement: str
    document: str
    present: bool
    revisions: tuple[Revision, ...]
    changes: tuple[Change, ...]
    aliases: tuple[str, ...] = ()


class SearchHit(NamedTuple):
    """A hit of the full-text search: one revision of one statement."""

    statement: str
    revision: int
    document: str
    text: str
    since: SnapshotTime
    present: bool  # the document has this very revision now


class Document(NamedTuple):
    """One thing followed through time; `path` is its present or latest path."""

    id: str
    path: str
    present: bool
    blob: str | None
    statements: int
    first_seen: SnapshotTime
    last_changed: SnapshotTime


class ChangeFilter(NamedTuple):
    """Which changes are asked for; what is None or empty does not restrict.

    `since` is inclusive and `until` inclusive, both on `taken_at`; `after_snapshot` excludes that
    snapshot and all that were folded before it. `document` is a path, present, past or before a
    change. `baseline` False leaves out what the first snapshot held; `unreadable` keeps of it what could not be read.
    `announced` asks for changes with, or without, a new date or version line; `metadata` False leaves out front matter.
    `behind` is the id of a change: only what follows it in the order of the log. `source` is the name of a watched
    folder or of an import, with which names of documents begin.
    """

    document: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after_snapshot: str | None = None
    kinds: frozenset[ChangeKind] = frozenset()
    aspects: frozenset[Aspect] = frozenset()
    significance: Significance | None = None
    snapshot: str | None = None
    statement: str | None = None
    level: Level | None = None
    baseline: bool = False
    unreadable: bool = False
    limit: int | None = None
    announced: bool | None = None
    metadata: bool = True
    behind: str | None = None
    source: str | None = None


class Counts(NamedTuple):
    """What a run or a ledger holds, for one line of a status."""

    snapshots: int = 0
    documents: int = 0
    statements: int = 0
    changes: int = 0
    failures: int = 0  # documents whose newest version could not be read
    not_read: int = 0  # documents that are kept but gave no statement: no reader, or no text
    partly_read: int = 0  # documents of which a part was left out


REPORT_FORMATS = {"text": ".txt", "markdown": ".md", "json": ".json", "html": ".html"}
"""What `--format` and `[report] formats` may say, and the suffix of a file of it."""


class DocumentSection(NamedTuple):
    """One document's part of a report; substantive changes by importance, the rest as in the document."""

    document: str
    document_id: str | None
    events: tuple[Change, ...] = ()  # of the document as a whole
    substantive: tuple[Change, ...] = ()
    moves: tuple[Change, ...] = ()  # moved within the document, and restored in the same words
    editorial: tuple[Change, ...] = ()
    hidden: tuple[Change, ...] = ()  # by ignore rules
    metadata: tuple[Change, ...] = ()  # of front matter
    counts: tuple[int, int] = (0, 0)  # all changes of the document: substantive, editorial


class BaselineCount(NamedTuple):
    """What the first snapshot of the set held of one document: a count, not news."""

    document: str
    statements: int


class Report(NamedTuple):
    """What there is to tell of a period; a pure function of ledger rows and the time it is made."""

    made_at: datetime
    since: datetime | None
    until: datetime | None
    snapshots: tuple[Snapshot, ...]
    failures: tuple[Change, ...]
    documents: tuple[DocumentSection, ...]
    baseline: tuple[BaselineCount, ...]
    totals: Mapping[str, int] = MappingProxyType({})
    changes: tuple[Change, ...] = ()  # all that is news, in the log's order
    title: str | None = None
    only: tuple[str, ...] = ()  # what a filter lets through, in words
    announced_alone: tuple[str, ...] = ()  # documents with a new date or version line and no substantive change
