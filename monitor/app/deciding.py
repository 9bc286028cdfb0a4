"""What a reviewer does: verdicts, comments, assignments, and taking them back, each at one stroke.

Every function is one short transaction in a database of its own, and waits for no run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.app.changeids import ID, resolved
from monitor.app.mirroring import opened, tell_waiting
from monitor.app.review_queue import refresh
from monitor.app.wiring import Monitor
from monitor.core.review.events import Act, Done, Event, Verdict, standing, to_undo
from monitor.errors import UsageError
from monitor.reviews.queue import QueueReader

LONGEST_NAME, LONGEST_COMMENT = 200, 20_000  # characters


def decide(
    monitor: Monitor,
    changes: Sequence[str],
    verdict: Verdict,
    *,
    reviewer: str,
    at: datetime,
    comment: str | None = None,
    assignee: str | None = None,
    group: bool = True,
    seen: Mapping[str, int] | None = None,
) -> Done:
    """Give a verdict on changes, and with `group` on all that share an entry and so far a verdict with them.

    A member of a group on which somebody decided otherwise keeps that decision. `seen` says, by full ids, up to which
    event (`State.last`) the reviewer knew a change: newer events of others come back as `overtaken`. Both verdicts
    stand.
    """
    model = _event(Act.VERDICT, reviewer, at, verdict=verdict, comment=comment, assignee=assignee)
    return _write(monitor, changes, model, group=group, seen=seen or {})


def comment(
    monitor: Monitor, changes: Sequence[str], text: str, *, reviewer: str, at: datetime, group: bool = False
) -> Done:
    """Say something on changes without deciding on them."""
    if not text.strip():
        raise UsageError("a comment needs words")
    return _write(monitor, changes, _event(Act.COMMENT, reviewer, at, comment=text), group=group, seen={})


def assign(
    monitor: Monitor, changes: Sequence[str], assignee: str, *, reviewer: str, at: datetime, group: bool = True
) -> Done:
    """Ask somebody to decide on changes; `""` takes the assignment away."""
    return _write(monitor, changes, _event(Act.ASSIGNMENT, reviewer, at, assignee=assignee), group=group, seen={})


def undo(monitor: Monitor, changes: Sequence[str] = (), *, reviewer: str, at: datetime) -> Done:
    """Take back the reviewer's newest act, or the newest on each of these changes; what was done at one stroke (a
    group's verdict) is taken back as a whole.

    UsageError where there is nothing of theirs to take back: somebody else's verdict is answered with a verdict.
    """
    model = _event(Act.UNDO, reviewer, at)
    reviews = opened(monitor)
    if changes:
        told = reviews.events_of(resolved(monitor, changes))
        newest = [event for events in told.values() if (event := to_undo(events, model.reviewer)) is not None]
    else:
        newest = _newest(monitor, model.reviewer)
    if not newest:
        raise UsageError(f"there is nothing of {model.reviewer} to take back")
    batches = dict.fromkeys(event.batch for event in newest)
    done = [event for batch in batches for event in reviews.events_of_batch(batch)]
    taken = _standing_ids(monitor, [event.change for event in done])
    new = [replace(model, change=event.change, undoes=event.id) for event in done if event.id in taken]
    return Done(tuple(_append(monitor, new)))


def _newest(monitor: Monitor, reviewer: str) -> list[Event]:
    reviews = opened(monitor)
    for event in reviews.newest_of(reviewer):
        if event.act is not Act.UNDO and event.id in _standing_ids(monitor, [event.change]):
            return [event]
    return []


def _standing_ids(monitor: Monitor, changes: Sequence[str]) -> set[str]:
    told = opened(monitor).events_of(list(dict.fromkeys(changes)))
    return {event.id for events in told.values() for event in standing(events)}


def _write(monitor: Monitor, changes: Sequence[str], model: Event, *, group: bool, seen: Mapping[str, int]) -> Done:
    targets = resolved(monitor, changes)
    if not targets:
        raise UsageError("name at least one change")
    if group:
        refresh(monitor)
        reader = QueueReader(monitor.reviews.database)
        targets = list(dict.fromkeys(one for change in targets for one in reader.alike(change)))
    overtaken = _newer(opened(monitor).events_of(list(seen)), seen, model.reviewer) if seen else ()
    new = [replace(model, change=change) for change in targets]
    return Done(tuple(_append(monitor, new)), tuple(overtaken))


def _newer(told: Mapping[str, Sequence[Event]], seen: Mapping[str, int], reviewer: str) -> Iterable[Event]:
    for change, events in told.items():
        yield from (event for event in standing(events) if event.number > seen[change] and event.reviewer != reviewer)


def _append(monitor: Monitor, new: Sequence[Event]) -> Sequence[Event]:
    """Write events of one stroke, each with an id of its own."""
    from secrets import token_hex

    batch = token_hex(ID // 2)
    tell_waiting(monitor)
    return opened(monitor).append([replace(event, id=token_hex(ID // 2), batch=batch) for event in new])


def _event(
    act: Act,
    reviewer: str,
    at: datetime,
    *,
    verdict: Verdict | None = None,
    comment: str | None = None,
    assignee: str | None = None,
) -> Event:
    """What will be written for each change; its own ids come later."""
    name = " ".join(_storable(reviewer).split())[:LONGEST_NAME]
    if not name:
        raise UsageError("who reviews? say --as NAME, or set [review] reviewer")
    said = _storable(comment).strip()[:LONGEST_COMMENT] if comment else None
    asked = None if assignee is None else " ".join(_storable(assignee).split())[:LONGEST_NAME]
    return Event(0, "", "", "", act, name, at, verdict, said or None, asked)


def _storable(text: str) -> str:
    """What every database and UTF-8 can carry."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
