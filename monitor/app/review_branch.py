"""Keep the review events in the database and on their branch equal, and check that they are.

An event is accepted when the database has it. The branch is updated at once if the store's lock is free, otherwise by
the run that holds it. A marker file says that events are waiting, so that an idle run need not open a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from monitor.app.monitor import (
    HISTORY,
    LOCK,
    REVIEWS_TAKEN,
    REVIEWS_WAITING,
    Monitor,
    StoreLock,
    ledger_is_there,
    reviews_wait,
)
from monitor.config import REVIEWS_DB, Settings
from monitor.core.review.events import Event, state_of
from monitor.errors import MonitorError, RunInProgress, StoreError
from monitor.ledger.writer import file_damage
from monitor.reviews.events import Reviews, append_to_branch, branch_events
from monitor.snapshots.git_objects import REVIEWS, read_ref
from monitor.snapshots.git_process import store_errors
from monitor.snapshots.maintenance import verify_source
from monitor.snapshots.writer import sync_folder

_HEAD, _NUMBER = "mirrored head", "mirrored"


def open_reviews(monitor: Monitor) -> Reviews:
    """The reviews, with what their branch holds and they do not: a database that was lost is filled again."""
    reviews = monitor.reviews
    head = read_ref(monitor.settings.store.snapshots / HISTORY, REVIEWS)
    if head is not None and head != reviews.mark(_HEAD):
        there = list(branch_events(monitor.snapshots, head))
        reviews.adopt(there)
        # One who was stopped behind the branch's move has left events that it holds, and no mark
        known = {event.id for event in there}
        first = next((one.number for one in reviews.events_after(_synced(reviews)) if one.id not in known), None)
        reviews.set_mark(_NUMBER, str(reviews.last_number() if first is None else first - 1))
        reviews.set_mark(_HEAD, head)
    return reviews


def mark_branch_pending(monitor: Monitor) -> None:
    """Before events are written: the branch will have to follow. It is on the disk before the first event is."""
    path = monitor.settings.store.snapshots / REVIEWS_WAITING
    with store_errors("noting that reviews wait for their branch"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        sync_folder(path.parent)


def sync_branch(settings: Settings, wait: float = 0) -> bool:
    """Append new events to the branch; False where somebody holds the store's lock for longer than `wait` seconds."""
    if not reviews_wait(settings):
        return True
    lock = StoreLock(settings.store.snapshots / LOCK, "monitor review")
    try:
        lock.acquire(wait)
    except RunInProgress:
        return False
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        sync_branch_locked(monitor)
    return True


def sync_branch_locked(monitor: Monitor) -> None:
    """The same by who holds the lock; where nothing waits it costs a look for two files.

    The file that says so is renamed before the events are read, and removed when the branch has them: an event that
    comes meanwhile leaves a new one, and a process that is killed meanwhile leaves this one.
    """
    if not reviews_wait(monitor.settings):
        return

    taken = monitor.settings.store.snapshots / REVIEWS_TAKEN
    with store_errors("bringing the branch of the reviews up to date"), suppress(FileNotFoundError):
        taken.with_name(REVIEWS_WAITING).replace(taken)
    reviews = open_reviews(monitor)
    new = reviews.events_after(_synced(reviews))
    if new:
        head = append_to_branch(monitor.snapshots, new, datetime.now(UTC))
        reviews.set_mark(_NUMBER, str(new[-1].number))
        reviews.set_mark(_HEAD, head)
        monitor.snapshots.pack()  # each step of a reviewer writes a pack of its own
    with store_errors("bringing the branch of the reviews up to date"):
        taken.unlink(missing_ok=True)


def synced_number(reviews: Reviews) -> int:
    """The number of the newest event that the branch has; those behind it wait for their turn."""
    return _synced(reviews)


def _synced(reviews: Reviews) -> int:
    return int(reviews.mark(_NUMBER) or 0)


_BRANCH, _DATABASE = f"branch {REVIEWS.rpartition('/')[2]}", "reviews"
_OFFERED = "`monitor review` restores it from there"


class Flaw(NamedTuple):
    """Something that is wrong with what people said: where, what, and the changes that it concerns."""

    what: str
    message: str
    changes: tuple[str, ...] = ()


def check_reviews(monitor: Monitor) -> Iterator[Flaw]:
    """Everything that is wrong; each object of the branch is read. Nothing is made or altered."""
    try:
        head = read_ref(monitor.settings.store.snapshots / HISTORY, REVIEWS)
        branch = _of_branch(monitor, head)
    except StoreError as error:
        yield Flaw(_BRANCH, str(error))
        return
    if not _database_is_there(monitor):
        if branch:
            message = f"the database is missing: the {_BRANCH} has {len(branch)} events; {_OFFERED}"
            yield Flaw(_DATABASE, message, _changes(branch.values()))
        return
    try:
        yield from _compared(monitor, branch)
    except StoreError as error:
        yield Flaw(_DATABASE, str(error))


def _of_branch(monitor: Monitor, head: str | None) -> dict[str, Event]:
    if head is None:
        return {}
    for finding in verify_source(monitor.snapshots.object, "", head):
        raise StoreError(f"object {finding.object}: {finding.message}")
    return {event.id: event for event in branch_events(monitor.snapshots, head)}


def _compared(monitor: Monitor, branch: Mapping[str, Event]) -> Iterator[Flaw]:
    reviews = monitor.reviews
    found = file_damage(reviews.database)
    if found:
        yield from (Flaw(_DATABASE, flaw) for flaw in found)
        return
    database = {event.id: event for event in reviews.events_after(0)}
    for one in branch.keys() | database.keys():
        flaw = _differing(branch.get(one), database.get(one))
        if flaw is not None:
            yield flaw
    synced = synced_number(reviews) if reviews_wait(monitor.settings) else reviews.last_number()
    for event in database.values():
        if event.id not in branch and event.number <= synced:
            yield Flaw(_BRANCH, f"lacks {describe_event(event)}, which the database has", (event.change,))
    yield from _states(reviews, database.values())


def _differing(branch: Event | None, database: Event | None) -> Flaw | None:
    if branch is None:
        return None
    if database is None:
        return Flaw(_DATABASE, f"lacks {describe_event(branch)}, which the {_BRANCH} has; {_OFFERED}", (branch.change,))
    names = [name for name in Event._fields if name != "number"]
    other = [name for name in names if getattr(branch, name) != getattr(database, name)]
    if not other:
        return None
    message = f"{describe_event(database)} has another {' and '.join(other)} than on the {_BRANCH}"
    return Flaw(_DATABASE, message, tuple(dict.fromkeys((branch.change, database.change))))


def _states(reviews: Reviews, events: Iterable[Event]) -> Iterator[Flaw]:
    """The state of a change is stored beside its events; it must be what these give."""
    by_change: dict[str, list[Event]] = {}
    for event in events:
        by_change.setdefault(event.change, []).append(event)
    stored = reviews.states_of(list(by_change))
    for change, own in by_change.items():
        if stored.get(change) != state_of(own):
            yield Flaw(_DATABASE, f"change {change}: stored verdict does not match its history", (change,))


def describe_event(event: Event) -> str:
    return f"event {event.id} ({event.act} by {event.reviewer} on change {event.change})"


def _changes(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(event.change for event in events))


def _database_is_there(monitor: Monitor) -> bool:
    """Opening it would make it: of a server's, whose tables are made when somebody reviews, it is taken for granted."""
    settings = monitor.settings
    return settings.store.ledger != "sqlite" or (settings.store.snapshots / REVIEWS_DB).exists()


def documents_of(monitor: Monitor, changes: Iterable[str]) -> tuple[str, ...]:
    """The documents that these changes are of, as far as the ledger can tell."""
    if not ledger_is_there(monitor.settings):
        return ()
    try:
        found = monitor.facts.changes(list(changes))
    except MonitorError:
        return ()
    return tuple(sorted({change.document for change in found.values()}))
