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
    REVIEW,
    REVIEWS_TAKEN,
    REVIEWS_WAITING,
    Monitor,
    StoreLock,
    reviews_wait,
)
from monitor.app.store_check import BRANCH_HEAD, BRANCH_NUMBER, branch_is_behind, note_record
from monitor.config import Settings
from monitor.core.review.events import Event
from monitor.errors import RunInProgress
from monitor.reviews.events import Reviews, append_to_branch, branch_events, events_of, every_event, has_events
from monitor.snapshots.files import touch
from monitor.snapshots.git_objects import REVIEWS, read_ref
from monitor.snapshots.git_process import store_errors
from monitor.snapshots.writer import sync_folder


def open_reviews(monitor: Monitor) -> Reviews:
    """The reviews, with what their branch holds and they do not: a database that was lost is filled again."""
    reviews = monitor.reviews
    head = read_ref(monitor.settings.store.snapshots / HISTORY, REVIEWS)
    if head is not None and not _is_compared(reviews, head) and not reviews.database.read_only:
        lacking, last = _compare(monitor, reviews, head)
        if lacking:
            mark_branch_pending(monitor)
        else:
            _set_marks(reviews, head, last)
    return reviews


class RecordedEvents:
    """What reviewers did, to read alone: nothing is made. What the database lacks is read from the branch."""

    def __init__(self, monitor: Monitor) -> None:
        self._database = monitor.reviews_to_read
        head = read_ref(monitor.settings.store.snapshots / HISTORY, REVIEWS)
        with self._database.read_transaction() as transaction:
            self._is_there = has_events(transaction)
        self._lacking: list[Event] = []
        if head is not None and branch_is_behind(monitor):
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


def _is_compared(reviews: Reviews, head: str | None) -> bool:
    """Whether the database has what this commit of the branch has, and the branch all up to the mark."""
    return head == reviews.mark(BRANCH_HEAD) and reviews.last_number() >= synced_number(reviews)


def _compare(monitor: Monitor, reviews: Reviews, head: str | None) -> tuple[list[Event], int]:
    """Let the database have all events of the branch; gives those that the branch lacks, and the last number of all."""
    there = list(branch_events(monitor.snapshots, head)) if head is not None else []
    reviews.adopt(there)
    known, events = {event.id for event in there}, reviews.events_after(0)
    return [event for event in events if event.id not in known], events[-1].number if events else 0


def _set_marks(reviews: Reviews, head: str | None, number: int) -> None:
    reviews.set_mark(BRANCH_NUMBER, str(number))
    if head is not None:
        reviews.set_mark(BRANCH_HEAD, head)


def mark_branch_pending(monitor: Monitor) -> None:
    """Before events are written: the branch will have to follow. It is on the disk before the first event is.

    On a host without the history there is nothing to note: the next run of the other one looks in the database.
    """
    if monitor.settings.store.role == "reader":
        return
    path = monitor.settings.store.snapshots / REVIEWS_WAITING
    with store_errors("noting that reviews wait for their branch"):
        path.parent.mkdir(parents=True, exist_ok=True)
        touch(path)
        sync_folder(path.parent)


def sync_branch(settings: Settings, wait: float = 0) -> bool:
    """Append new events to the branch; False where somebody holds the store's lock for longer than `wait` seconds."""
    if settings.store.role == "reader" or not reviews_wait(settings):
        return True
    lock = StoreLock.of_store(settings, REVIEW)
    try:
        lock.acquire(wait)
    except RunInProgress:
        return False
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        sync_branch_locked(monitor)
    return True


def sync_branch_locked(monitor: Monitor) -> None:
    """Let branch and database complete each other. The caller holds the lock; where nothing lacks it costs little.

    The file that says that events wait is renamed before the events are read, and removed when the branch has them: an
    event that comes meanwhile leaves a new one, and a process that is killed meanwhile leaves this one. A database on
    a server may have events of another machine, which left no file here. Without a history there is no branch to keep:
    who has one does it.
    """
    if not monitor.snapshots.repository.exists() or not branch_is_behind(monitor):
        return

    taken = monitor.settings.store.snapshots / REVIEWS_TAKEN
    with store_errors("bringing the branch of the reviews up to date"), suppress(FileNotFoundError):
        taken.with_name(REVIEWS_WAITING).replace(taken)
    reviews = open_reviews(monitor)
    head = read_ref(monitor.snapshots.repository, REVIEWS)
    compared = _is_compared(reviews, head)
    if compared:
        new = reviews.events_after(synced_number(reviews))
        last = new[-1].number if new else synced_number(reviews)
    else:
        new, last = _compare(monitor, reviews, head)
    if new:
        head = append_to_branch(monitor.snapshots, new, datetime.now(UTC), late=not compared)
        monitor.snapshots.pack()  # each step of a reviewer writes a pack of its own
    _set_marks(reviews, head, last)
    with store_errors("bringing the branch of the reviews up to date"):
        taken.unlink(missing_ok=True)
    note_record(monitor)


def synced_number(reviews: Reviews) -> int:
    """The number of the newest event that the branch has; those behind it wait for their turn."""
    return int(reviews.mark(BRANCH_NUMBER) or 0)
