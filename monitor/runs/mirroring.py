"""Events of reviewing to and from their branch of the snapshot repository.

A verdict is acknowledged when the database has it. The branch follows: at once where nobody holds the store's lock,
else with the run that does. A file beside the stores says that something waits, so that an idle run need not open a
database to know.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.config import Settings
from monitor.errors import RunInProgress
from monitor.runs.lock import StoreLock
from monitor.runs.wiring import HISTORY, LOCK, REVIEWS_WAITING, Monitor
from monitor.stores.refs import REVIEWS, read_ref

if TYPE_CHECKING:
    from monitor.stores.reviews import SqlReviews

_HEAD, _NUMBER = "mirrored head", "mirrored"


def opened(monitor: Monitor) -> SqlReviews:
    """The reviews, with what their branch holds and they do not: a database that was lost is filled again."""
    reviews = monitor.reviews
    head = read_ref(monitor.settings.store.snapshots / HISTORY, REVIEWS)
    if head is not None and head != reviews.mark(_HEAD):
        from monitor.stores.reviewref import events

        behind = reviews.events_after(_mirrored(reviews))
        reviews.adopt(events(monitor.snapshots, head))
        if not behind:
            reviews.set_mark(_NUMBER, str(reviews.last_number()))
        reviews.set_mark(_HEAD, head)
    return reviews


def tell_waiting(monitor: Monitor) -> None:
    """Before events are written: the branch will have to follow."""
    path = monitor.settings.store.snapshots / REVIEWS_WAITING
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def mirror(settings: Settings, wait: float = 0) -> bool:
    """Append new events to the branch; False where somebody holds the store's lock for longer than `wait` seconds."""
    if not (settings.store.snapshots / REVIEWS_WAITING).exists():
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
    """The same by who holds the lock; where nothing waits it costs a look for one file."""
    waiting = monitor.settings.store.snapshots / REVIEWS_WAITING
    if not waiting.exists():
        return
    from monitor.stores.reviewref import append

    # First, so that an event that comes meanwhile leaves the file behind it.
    waiting.unlink(missing_ok=True)
    try:
        reviews = opened(monitor)
        new = reviews.events_after(_mirrored(reviews))
        if new:
            head = append(monitor.snapshots, new, datetime.now(UTC))
            reviews.set_mark(_NUMBER, str(new[-1].number))
            reviews.set_mark(_HEAD, head)
            monitor.snapshots.pack()  # each stroke of a reviewer writes a pack of its own
    except BaseException:
        waiting.touch()
        raise


def _mirrored(reviews: SqlReviews) -> int:
    return int(reviews.mark(_NUMBER) or 0)
