"""What people decided on a change: events that are only ever appended, and what of them stands.

A verdict, a comment, an assignment and an undo are events alike. A later one never overwrites: the history is all of
them, and the *state* of a change is what stands when the undone ones are passed over. Events name changes by their
deterministic ids, so no rebuild touches them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    DISMISSED = "dismissed"


class Act(StrEnum):
    VERDICT = "verdict"
    COMMENT = "comment"
    ASSIGNMENT = "assignment"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a reviewer did to one change.

    `number` counts in the order of arrival. What was done at one stroke (a verdict on a whole group) has a common
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


@dataclass(frozen=True, slots=True)
class State:
    """What stands on a change now. Without a verdict it is unreviewed; `last` is its newest event's number."""

    verdict: Verdict | None = None
    reviewer: str | None = None  # who gave the verdict, and when
    at: datetime | None = None
    assignee: str | None = None
    comments: int = 0
    last: int = 0


def standing(events: Iterable[Event]) -> list[Event]:
    """The events of a change that nobody took back, oldest first, without the undos themselves."""
    told = list(events)
    undone = {event.undoes for event in told if event.act is Act.UNDO}
    return [event for event in told if event.act is not Act.UNDO and event.id not in undone]


def state_of(events: Sequence[Event]) -> State:
    """The state that a change's events, oldest first, come to: of verdicts and assignments the newest that stands."""
    verdict = None
    assignee = None
    comments = 0
    for event in standing(events):
        if event.act is Act.VERDICT:
            verdict = event
        comments += bool(event.comment)
        assignee = event.assignee if event.assignee is not None else assignee
    return State(
        verdict=verdict.verdict if verdict else None,
        reviewer=verdict.reviewer if verdict else None,
        at=verdict.at if verdict else None,
        assignee=assignee or None,
        comments=comments,
        last=events[-1].number if events else 0,
    )


def to_undo(events: Sequence[Event], reviewer: str) -> Event | None:
    """The newest event of a change that stands and that this reviewer may take back: their own."""
    own = [event for event in standing(events) if event.reviewer == reviewer]
    return own[-1] if own else None
