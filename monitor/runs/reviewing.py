"""The review queue and the verdicts on it: what `monitor review`, the web page, feeds and notices call.

Every function takes an open `Monitor`. A CHANGE is the id of a change or a unique prefix of it. Functions that write
take the reviewer's name and the moment; they are one short transaction in a database of their own, and wait for no run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.config import Settings
from monitor.core.queue import Done, Entry, Orphan, QueueCounts, QueueFilter, QueuePage
from monitor.core.review import Event, State, Verdict
from monitor.model import Change
from monitor.runs.progress import Progress, silent
from monitor.runs.wiring import Monitor

PAGE = 50  # entries


def refresh(monitor: Monitor, progress: Progress = silent) -> None:
    """Bring the queue up to the ledger and the configuration. Every function below does so itself; where nothing is
    new it costs two small questions."""
    raise NotImplementedError


def queue(
    monitor: Monitor, wanted: QueueFilter | None = None, *, after: str | None = None, limit: int = PAGE
) -> QueuePage:
    """The entries asked for (unreviewed ones, where nothing is said), weightiest first, from behind cursor `after`.

    UsageError where `after` is no cursor or the document is not known.
    """
    raise NotImplementedError


def counts(monitor: Monitor, wanted: QueueFilter | None = None) -> QueueCounts:
    """How many changes the filter finds by verdict; its own `verdicts` and `folded` do not restrict."""
    raise NotImplementedError


def entry(monitor: Monitor, change: str) -> Entry:
    """The entry that holds this change, led by it; UsageError where the queue does not have it."""
    raise NotImplementedError


def members(monitor: Monitor, change: str, limit: int | None = None) -> Sequence[Change]:
    """The changes of the entry that holds this one, in the order of the queue."""
    raise NotImplementedError


def state(monitor: Monitor, change: str) -> State:
    """What stands on a change (given by its full id) now."""
    raise NotImplementedError


def states(monitor: Monitor, changes: Sequence[str]) -> Mapping[str, State]:
    """The same for many full ids at once; a change without any event is not among them."""
    raise NotImplementedError


def history(monitor: Monitor, change: str) -> Sequence[Event]:
    """Every event of a change, oldest first, undone ones and undos too; of an orphaned change as well."""
    raise NotImplementedError


def orphans(monitor: Monitor) -> Sequence[Orphan]:
    """The changes that somebody decided on and that the ledger no longer has, newest event first."""
    raise NotImplementedError


def reviewers(monitor: Monitor) -> Sequence[str]:
    """Everybody who reviewed or was assigned something, by name."""
    raise NotImplementedError


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

    A member of a group on which somebody decided otherwise keeps that decision. `seen` says up to which event
    (`State.last`) the reviewer knew a change: newer events of others come back as `overtaken`. Both verdicts stand.
    """
    raise NotImplementedError


def comment(
    monitor: Monitor, changes: Sequence[str], text: str, *, reviewer: str, at: datetime, group: bool = False
) -> Done:
    """Say something on changes without deciding on them."""
    raise NotImplementedError


def assign(
    monitor: Monitor, changes: Sequence[str], assignee: str, *, reviewer: str, at: datetime, group: bool = True
) -> Done:
    """Ask somebody to decide on changes; `""` takes the assignment away."""
    raise NotImplementedError


def undo(monitor: Monitor, changes: Sequence[str] = (), *, reviewer: str, at: datetime) -> Done:
    """Take back the reviewer's newest act, or the newest on each of these changes; what was done at one stroke (a
    group's verdict) is taken back as a whole.

    UsageError where there is nothing of theirs to take back: somebody else's verdict is answered with a verdict.
    """
    raise NotImplementedError


def mirror(settings: Settings, wait: float = 0) -> bool:
    """Append new events to the `reviews` branch of the snapshot repository; False where a run holds the store's lock.

    To be called after a function that wrote, when its caller has been answered: it starts git. Events that are not
    there yet are appended by the next call, or by the next run.
    """
    raise NotImplementedError
