"""Keep the review events in the database and on their branch equal; `review_checks` checks that they are.

An event is accepted when the database has it. The branch is updated at once if the store's lock is free, otherwise by
the run that holds it. A marker file says that events are waiting, so that an idle run need not open a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from monitor.app.monitor import (
    HISTORY,
    LOCK,
    REVIEW,
    REVIEWS_TAKEN,
    REVIEWS_WAITING,
    Monitor,
    StoreLock,
    reviews_wait,
)
from monitor.config import Settings
from monitor.core.review.events import Event
from monitor.errors import RunInProgress
from monitor.reviews.events import Reviews, append_to_branch, branch_events, events_of, every_event, has_events
from monitor.reviews.schema import read_mark
from monitor.snapshots.files import touch
from monitor.snapshots.git_objects import REVIEWS, read_ref
from monitor.snapshots.git_process import store_errors
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
        first = next((one.number for one in reviews.events_after(synced_number(reviews)) if one.id not in known), None)
        reviews.set_mark(_NUMBER, str(reviews.last_number() if first is None else first - 1))
        reviews.set_mark(_HEAD, head)
    return reviews


class RecordedEvents:
    """What reviewers did, to read alone: nothing is made. What the database lacks is read from the branch."""

    def __init__(self, monitor: Monitor) -> None:
        self._database = monitor.reviews_to_read
        head = read_ref(monitor.settings.store.snapshots / HISTORY, REVIEWS)
        with self._database.read_transaction() as transaction:
            self._is_there = has_events(transaction)
            known_head = read_mark(transaction, _HEAD) if self._is_there else None
        self._lacking: list[Event] = []
        if head is not None and head != known_head:
            known = {event.id for event in self._stored()}
            self._lacking = [event for event in branch_events(monitor.snapshots, head) if event.id not in known]

    def all(self) -> Iterator[Event]:
        """Every event, in the order of its arrival."""
        yield from self._stored()
        yield from self._lacking

    def of(self, changes: Sequence[str]) -> dict[str, list[Event]]:
        """The events of these changes, oldest first; a change without any is not among them."""
        found: dict[str, list[Event]] = {}
        if self._is_there:
            with self._database.read_transaction() as transaction:
                found = events_of(transaction, changes)
        if self._lacking:
            wanted = set(changes)
            for event in self._lacking:
                if event.change in wanted:
                    found.setdefault(event.change, []).append(event)
        return found

    def _stored(self) -> Iterator[Event]:
        if self._is_there:
            with self._database.read_transaction() as transaction:
                yield from every_event(transaction)


def mark_branch_pending(monitor: Monitor) -> None:
    """Before events are written: the branch will have to follow. It is on the disk before the first event is."""
    path = monitor.settings.store.snapshots / REVIEWS_WAITING
    with store_errors("noting that reviews wait for their branch"):
        path.parent.mkdir(parents=True, exist_ok=True)
        touch(path)
        sync_folder(path.parent)


def sync_branch(settings: Settings, wait: float = 0) -> bool:
    """Append new events to the branch; False where somebody holds the store's lock for longer than `wait` seconds."""
    if not reviews_wait(settings):
        return True
    lock = StoreLock(settings.store.snapshots / LOCK, REVIEW)
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
    new = reviews.events_after(synced_number(reviews))
    if new:
        head = append_to_branch(monitor.snapshots, new, datetime.now(UTC))
        reviews.set_mark(_NUMBER, str(new[-1].number))
        reviews.set_mark(_HEAD, head)
        monitor.snapshots.pack()  # each step of a reviewer writes a pack of its own
    with store_errors("bringing the branch of the reviews up to date"):
        taken.unlink(missing_ok=True)


def synced_number(reviews: Reviews) -> int:
    """The number of the newest event that the branch has; those behind it wait for their turn."""
    return int(reviews.mark(_NUMBER) or 0)
