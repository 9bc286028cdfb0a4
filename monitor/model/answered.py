"""What is known of a statement or a document, as somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model.changes import Change, Edit


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
    kind: str = "paragraph"  # a `BlockKind`, whose module this one does not load


@dataclass(frozen=True, slots=True)
class Revision:
    """A numbered state of one statement (from 1)."""

    number: int
    text: str
    links: tuple[str, ...]
    since: Moment
    edits: Sequence[Edit] = ()  # against the revision before


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
