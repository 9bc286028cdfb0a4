"""What the ledger is asked, and what a report answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from monitor.model.changes import Aspect, Change, ChangeKind, Level, Significance
from monitor.model.snapshots import Snapshot


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
