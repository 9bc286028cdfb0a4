"""Values of the review queue: events, the state of a change, filters and entries.

Verdicts, proposals, comments, assignments and undos are events. Events are only added, never overwritten. The *state*
of a change follows from its events without those that were undone. Events refer to changes by their deterministic ids,
so a rebuild does not affect them. An *entry* is one change, or several that are reviewed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from monitor.core.review.scoring import Importance, Score
from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.model import Aspect, Change, ChangeKind, Significance


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    DISMISSED = "dismissed"


class Act(StrEnum):
    VERDICT = "verdict"
    PROPOSAL = "proposal"  # the first of two verdicts that a change needs; see `with_second`
    COMMENT = "comment"
    ASSIGNMENT = "assignment"
    UNDO = "undo"


class Event(NamedTuple):
    """One thing that a reviewer did to one change.

    `number` counts in the order of arrival. What was done in one step (a verdict on a whole group) has a common
    `batch`. An assignment to nobody has the assignee `""`. `undoes` is the id of the event that an undo takes back.
    """

    number: int
    id: str
    batch: str
    change: str
    act: Act
    reviewer: str
    at: datetime
    verdict: Verdict | None = None
    comment: str | None = None
    assignee: str | None = None
    undoes: str | None = None


class State(NamedTuple):
    """What stands on a change now. Without a verdict it is unreviewed; `last` is its newest event's number."""

    verdict: Verdict | None = None
    reviewer: str | None = None  # who gave the verdict, and when
    at: datetime | None = None
    assignee: str | None = None
    comments: int = 0
    last: int = 0
    proposed: Verdict | None = None  # since then, and by whom; another person decides
    proposed_by: str | None = None


def current_events(events: Iterable[Event]) -> list[Event]:
    """The events of a change that nobody took back, oldest first, without the undos themselves."""
    found = list(events)
    undone = {event.undoes for event in found if event.act is Act.UNDO}
    return [event for event in found if event.act is not Act.UNDO and event.id not in undone]


def state_of(events: Sequence[Event]) -> State:
    """The state that a change's events, oldest first, come to: of verdicts and assignments the newest that stands."""
    verdict = None
    proposal = None
    assignee = None
    comments = 0
    for event in current_events(events):
        if event.act is Act.VERDICT:
            verdict, proposal = event, None
        elif event.act is Act.PROPOSAL:
            proposal = event
        comments += bool(event.comment)
        assignee = event.assignee if event.assignee is not None else assignee
    return State(
        verdict=verdict.verdict if verdict else None,
        reviewer=verdict.reviewer if verdict else None,
        at=verdict.at if verdict else None,
        assignee=assignee or None,
        comments=comments,
        last=events[-1].number if events else 0,
        proposed=proposal.verdict if proposal else None,
        proposed_by=proposal.reviewer if proposal else None,
    )


def with_second(event: Event, events: Sequence[Event]) -> Event | None:
    """A verdict on a change of which two people must say the same: the verdict, where somebody else has proposed it;
    else a proposal; None where the reviewer has proposed it already.

    `events` are the change's own. To flag it needs one person alone.
    """
    if event.act is not Act.VERDICT or event.verdict is Verdict.FLAGGED:
        return event
    state = state_of(events)
    if state.proposed is not event.verdict:
        return event._replace(act=Act.PROPOSAL)
    return None if state.proposed_by == event.reviewer else event


def event_to_undo(events: Sequence[Event], reviewer: str | None) -> Event | None:
    """The newest event of a change that stands and that this reviewer may take back: their own; None: anybody's."""
    own = [event for event in current_events(events) if reviewer in (None, event.reviewer)]
    return own[-1] if own else None


UNREVIEWED = "unreviewed"
"""Stands where a verdict could, in filters and counts."""


class QueueFilter(NamedTuple):
    """Which changes are asked for; what is None or empty does not restrict. An entry is found by any of its changes.

    `document` is a path, present or past. `since` and `until` are inclusive, on `taken_at`. `verdicts` may hold
    `unreviewed` beside the verdicts. `words` must all stand in the statement, before or after. `assignee` `""` asks
    for what is assigned to nobody. `term` is a watch term of the configuration. `folded` True asks for what an
    ignore rule folded, and nothing else. `numbers` are the documents that `document` means, where that is known.
    `announced` asks for what came with, or without, a new date or version line of the document. `source` is the name of
    a watched folder or of an import.
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
    numbers: tuple[int, ...] | None = None
    announced: bool | None = None
    source: str | None = None


class Entry(NamedTuple):
    """One entry of the queue. `change` names it: the newest document event, else its highest-scoring change.

    `score` is that of its highest-scoring change; `quoted` is that one where it is not `change`. `documents` are
    the first few paths of `document_count`. `verdicts` counts the changes by verdict (or
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
    verdicts: Mapping[str, int] = MappingProxyType({})
    heading: tuple[str, ...] = ()  # the headings that the statement stands below, outermost first
    terms: tuple[str, ...] = ()  # the watch terms in it
    rule: str | None = None
    folded: bool = False
    day: date | None = None  # of its newest change; None where that was imported
    quoted: Change | None = None
    importance: Importance = Importance.MEDIUM


class QueuePage(NamedTuple):
    """Some entries in the order of the queue; `next` asks for the following page, None on the last."""

    entries: tuple[Entry, ...]
    next: str | None = None


class QueueCounts(NamedTuple):
    """How many changes there are, by verdict or `unreviewed`; folded ones are counted apart.

    `entries` counts what is decided on with one action; one whose changes have several verdicts is in each of these.
    """

    verdicts: dict[str, int]
    folded: int = 0
    orphaned: int = 0
    entries: Mapping[str, int] = MappingProxyType({})
    all_entries: int = 0


class Orphan(NamedTuple):
    """A change that has verdicts and is gone from the ledger: its id, what stands on it, and every event."""

    change: str
    state: State
    events: tuple[Event, ...]


class ReviewResult(NamedTuple):
    """What was written in one step."""

    events: tuple[Event, ...]


class Overtaken(UsageError):
    """Somebody else did something on a change after what the reviewer had seen: `events`. Nothing was recorded."""

    def __init__(self, events: Sequence[Event]) -> None:
        super().__init__(f"meanwhile {describe_events(events)}. Nothing was recorded; look again and decide")
        self.events = tuple(events)


def newer_events(by_change: Mapping[str, Sequence[Event]], known: Mapping[str, int], reviewer: str) -> list[Event]:
    """The events of others that are in force and came after the number that is known for their change."""
    return [
        event
        for change, events in by_change.items()
        for event in current_events(events)
        if event.number > known[change] and event.reviewer != reviewer
    ]


def describe_events(events: Iterable[Event]) -> str:
    """Who did what, in one sentence: `Ada flagged 2 changes`."""
    counts: dict[tuple[str, str], int] = {}
    for event in events:
        counts[event.reviewer, what_was_done(event)] = counts.get((event.reviewer, what_was_done(event)), 0) + 1
    return "; ".join(
        f"{visible(who)} {what} {many:,} change{'' if many == 1 else 's'}" for (who, what), many in counts.items()
    )


def what_was_done(event: Event) -> str:
    """An event in words: `flagged`, `commented on`."""
    match event.act:
        case Act.VERDICT:
            return str(event.verdict)
        case Act.PROPOSAL:
            return f"proposed ({event.verdict})"
        case Act.COMMENT:
            return "commented on"
        case Act.UNDO:
            return "undid a decision on"
        case Act.ASSIGNMENT:
            return f"assigned to {visible(event.assignee)}" if event.assignee else "assigned to nobody"


VERDICTS: tuple[str, ...] = (UNREVIEWED, *Verdict)
