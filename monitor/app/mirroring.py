"""Events of reviewing to and from their branch of the snapshot repository.

A verdict is acknowledged when the database has it. The branch follows: at once where nobody holds the store's lock,
else with the run that does. A file beside the stores says that something waits, so that an idle run need not open a
database to know.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.app.monitor import StoreLock
from monitor.app.wiring import HISTORY, LOCK, REVIEWS_TAKEN, REVIEWS_WAITING, Monitor, reviews_wait
from monitor.config import Settings
from monitor.errors import RunInProgress
from monitor.snapshots.git_objects import REVIEWS, read_ref
from monitor.snapshots.git_process import store_errors

if TYPE_CHECKING:
    from monitor.reviews.events import Reviews

_HEAD, _NUMBER = "mirrored head", "mirrored"


def opened(monitor: Monitor) -> Reviews:
    """The reviews, with what their branch holds and they do not: a database that was lost is filled again."""
    reviews = monitor.reviews
    head = read_ref(monitor.settings.store.snapshots / HISTORY, REVIEWS)
    if head is not None and head != reviews.mark(_HEAD):
        from monitor.reviews.events import branch_events

        there = list(branch_events(monitor.snapshots, head))
        reviews.adopt(there)
        # One who was stopped behind the branch's move has left events that it holds, and no mark
        known = {event.id for event in there}
        first = next((one.number for one in reviews.events_after(_mirrored(reviews)) if one.id not in known), None)
        reviews.set_mark(_NUMBER, str(reviews.last_number() if first is None else first - 1))
        reviews.set_mark(_HEAD, head)
    return reviews


def tell_waiting(monitor: Monitor) -> None:
    """Before events are written: the branch will have to follow. It is on the disk before the first event is."""
    from monitor.snapshots.writer import sync_folder

    path = monitor.settings.store.snapshots / REVIEWS_WAITING
    with store_errors("noting that reviews wait for their branch"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        sync_folder(path.parent)


def mirror(settings: Settings, wait: float = 0) -> bool:
    """Append new events to the branch; False where somebody holds the store's lock for longer than `wait` seconds."""
    if not reviews_wait(settings):
        return True
    lock = StoreLock(settings.store.snapshots / LOCK, "monitor review")
    try:
        lock.acquire(wait)
    except RunInProgress:
        return False
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        mirror_locked(monitor)
    return True


def mirror_locked(monitor: Monitor) -> None:
    """The same by who holds the lock; where nothing waits it costs a look for two files.

    The file that says so is renamed before the events are read, and removed when the branch has them: an event that
    comes meanwhile leaves a new one, and a process that is killed meanwhile leaves this one.
    """
    if not reviews_wait(monitor.settings):
        return
    from monitor.reviews.events import append_to_branch

    taken = monitor.settings.store.snapshots / REVIEWS_TAKEN
    with store_errors("bringing the branch of the reviews up to date"), suppress(FileNotFoundError):
        taken.with_name(REVIEWS_WAITING).replace(taken)
    reviews = opened(monitor)
    new = reviews.events_after(_mirrored(reviews))
    if new:
        head = append_to_branch(monitor.snapshots, new, datetime.now(UTC))
        reviews.set_mark(_NUMBER, str(new[-1].number))
        reviews.set_mark(_HEAD, head)
        monitor.snapshots.pack()  # each stroke of a reviewer writes a pack of its own
    with store_errors("bringing the branch of the reviews up to date"):
        taken.unlink(missing_ok=True)


def waiting_after(reviews: Reviews) -> int:
    """The number of the newest event that the branch has; those behind it wait for their turn."""
    return _mirrored(reviews)


def _mirrored(reviews: Reviews) -> int:
    return int(reviews.mark(_NUMBER) or 0)
