"""The nouns of the review queue: what is asked of it, and what one line of it is.

A line of the queue is an *entry*: one change, or several that one look and one verdict take in (identical edits, a
text that comes and goes, a document with its statements, a paragraph that moved).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.review.review import Event, State, Verdict
from monitor.core.review.score import Score
from monitor.model import Aspect, Change, ChangeKind, Significance

UNREVIEWED = "unreviewed"
"""Stands where a verdict could, in filters and counts."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which changes are asked for; what is None or empty does not restrict. An entry is found by any of its changes.

    `document` is a path, present or past. `since` and `until` are inclusive, on `taken_at`. `verdicts` may hold
    `unreviewed` beside the verdicts. `words` must all stand in the statement, before or after. `assignee` `""` asks
    for what is assigned to nobody. `term` is a watch term of the configuration. `folded` True asks for what an
    ignore rule folded, and nothing else.
    """

    document: str | None = None
    kinds: frozenset[ChangeKind] = frozenset()
    aspects: frozenset[Aspect] = frozenset()
    significance: Significance | None = None
    since: datetime | None = None
    until: datetime | None = None
    verdicts: frozenset[str] = frozenset({UNREVIEWED})
    words: str | None = None
    assignee: str | None = None
    term: str | None = None
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the queue. `change` is the weightiest and newest of its changes, and names the entry.

    `documents` are the first few paths of `document_count`. `verdicts` counts the changes by verdict (or
    `unreviewed`); `state` is that of `change`. `rule` names the ignore rule that lowered or folded it. `cursor` asks
    for what follows it.
    """

    change: Change
    score: Score
    state: State
    cursor: str
    size: int = 1
    documents: tuple[str, ...] = ()
    document_count: int = 1
    first_at: datetime | None = None
    last_at: datetime | None = None
    flapping: bool = False
    verdicts: dict[str, int] = field(default_factory=dict)
    heading: tuple[str, ...] = ()  # the headings that the statement stands below, outermost first
    terms: tuple[str, ...] = ()  # the watch terms in it
    rule: str | None = None
    folded: bool = False


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some entries in the order of the queue; `next` asks for the following page, None on the last."""

    entries: tuple[Entry, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many changes there are, by verdict or `unreviewed`; folded ones are counted apart."""

    verdicts: dict[str, int]
    folded: int = 0
    orphaned: int = 0


@dataclass(frozen=True, slots=True)
class Orphan:
    """A change that has verdicts and is gone from the ledger: its id, what stands on it, and every event."""

    change: str
    state: State
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What was written at one stroke. `overtaken` are events of others that came after what the reviewer had seen."""

    events: tuple[Event, ...]
    overtaken: tuple[Event, ...] = ()


VERDICTS: tuple[str, ...] = (UNREVIEWED, *Verdict)
