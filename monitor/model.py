"""Every noun of the monitor, as frozen values.

Paths are relative to the watched folder, separated by `/`; bytes that are not UTF-8 stand in them as
surrogate escapes (`os.fsdecode`). Times are aware datetimes in UTC. The two sides of a comparison are
always *before* and *after*.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

# --- what was seen ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole source at one moment: the watched folder (source ``""``) or an imported history."""

    id: str
    source: str
    taken_at: datetime
    recorded_at: datetime
    author: str | None = None
    origin: str | None = None  # the commit it was imported from


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One file of a snapshot: the git id of its exact bytes."""

    blob: str
    executable: bool = False


@dataclass(frozen=True, slots=True)
class PathChange:
    """One path whose bytes differ between two neighbouring snapshots of a source; None is absent."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be captured or extracted, and why, in one line."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SnapshotDelta:
    """What one snapshot changed against its predecessor in the same source.

    `failures` are the capture failures that are new with this snapshot (a standing one is not
    repeated); their paths carry the predecessor's bytes.
    """

    snapshot: Snapshot
    changes: tuple[PathChange, ...]
    failures: tuple[Failure, ...] = ()


# --- what a document says -----------------------------------------------------------------------


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    CAPTION = "caption"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a block: the half-open range of the block's text that carries it, and its target."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True)
class Block:
    """A piece that an extractor found: text that no statement may cross the ends of.

    `level` is a heading's level (1..6) or an item's depth (1..), else 0. `origin` maps the block's text
    to the document's text: pairs (offset in the block, offset in the document), ascending; between two
    pairs both run in step.
    """

    kind: BlockKind
    text: str
    level: int = 0
    links: tuple[Link, ...] = ()
    origin: tuple[tuple[int, int], ...] = ((0, 0),)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an extractor made of one document's bytes.

    `text` is what the blocks' origins point into: the decoded source where there is one (text,
    Markdown), else the blocks' texts joined by newlines. `notes` tell what was assumed (an encoding).
    """

    text: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Span:
    """Where a statement stands: half-open character range in the document's text."""

    start: int
    end: int


# --- which statements are the same --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """Statements of two versions that are the same: indices from 0, ascending on each side.

    One side empty: removed or added. One against several: split or merged. Several against several
    does not occur. `moved` marks a link outside the largest run that keeps the order. `similarity`
    is 0..1, None where a side is empty. `evidence` says in words why the link was made.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    similarity: float | None = None
    moved: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alignment:
    """A full alignment: every index of both sides stands in exactly one match.

    Ordered by the after side; matches without one follow the match that holds the statement before them.
    """

    matches: tuple[Match, ...]


# --- what happened ------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Edit:
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


@dataclass(frozen=True, slots=True)
class Side:
    """A statement as it stood on one side of a change; `ordinal` counts from 0 within its version."""

    statement: str
    revision: int
    document: str
    ordinal: int
    text: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
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
    edits: tuple[Edit, ...] = ()
    message: str | None = None  # why a document failed
    returns: int | None = None  # of a restoration: how often the statement has come back by now
    copies: int = 0  # how many statements of other documents held the text before still, after this snapshot


@dataclass(frozen=True, slots=True)
class Moment:
    """A snapshot, as blame and a statement's life name it."""

    snapshot: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Blame:
    """One present statement: when it came and when it was last revised."""

    statement: str
    ordinal: int
    text: str
    introduced: Moment
    revised: Moment | None
    revisions: int


@dataclass(frozen=True, slots=True)
class Revision:
    """A numbered state of one statement (from 1)."""

    number: int
    text: str
    links: tuple[str, ...]
    since: Moment
    edits: tuple[Edit, ...] = ()  # against the revision before


@dataclass(frozen=True, slots=True)
class Life:
    """One statement's whole life: every revision, and every change that touched it, oldest first."""

    statement: str
    document: str
    present: bool
    revisions: tuple[Revision, ...]
    changes: tuple[Change, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A hit of the full-text search: one revision of one statement."""

    statement: str
    revision: int
    document: str
    text: str
    since: Moment
    present: bool  # this very revision stands in the document now


@dataclass(frozen=True, slots=True)
class Document:
    """One thing followed through time; `path` is its present or latest path."""

    id: str
    path: str
    present: bool
    blob: str | None
    statements: int
    first_seen: Moment
    last_changed: Moment


# --- questions and answers ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes are asked for; what is None or empty does not restrict.

    `since` is inclusive and `until` inclusive, both on `taken_at`; `after_snapshot` excludes that
    snapshot and all that were folded before it. `document` is a path, present, past or before a
    change. `baseline` False leaves out what the first snapshot held.
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
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run or a ledger holds, for one line of a status."""

    snapshots: int = 0
    documents: int = 0
    statements: int = 0
    changes: int = 0
    failures: int = 0  # documents whose newest version could not be read


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as `runs.jsonl` keeps it and the schedule and `status` show it."""

    started_at: datetime
    finished_at: datetime
    outcome: Literal["recorded", "unchanged", "failed", "held", "missed"]
    snapshot: str | None = None
    taken_at: datetime | None = None
    changes: int = 0
    failures: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()
    message: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """One document's part of a report; substantive changes by importance, the rest as in the document."""

    document: str
    document_id: str | None
    events: tuple[Change, ...] = ()  # of the document as a whole
    substantive: tuple[Change, ...] = ()
    moves: tuple[Change, ...] = ()  # moved and restored
    editorial: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineCount:
    """What the first snapshot of the set held of one document: a count, not news."""

    document: str
    statements: int


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to tell of a period; a pure function of ledger rows and the time it is made."""

    made_at: datetime
    since: datetime | None
    until: datetime | None
    snapshots: tuple[Snapshot, ...]
    failures: tuple[Change, ...]
    documents: tuple[DocumentSection, ...]
    baseline: tuple[BaselineCount, ...]
    totals: dict[str, int] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()  # all that is news, in the log's order
