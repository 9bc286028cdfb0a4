"""A run that was cut short behind its snapshot, found by a command that folds more: what it saw is told first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from monitor.app import status
from monitor.app.progress import Progress
from monitor.app.wiring import Monitor
from monitor.config import Settings
from monitor.model import Run
from monitor.snapshots.git_process import store_errors


class Announced(NamedTuple):
    """How many changes were told, and what went wrong with telling them."""

    changes: int = 0
    message: str | None = None


def announce_unfolded(monitor: Monitor, started: datetime, progress: Progress) -> Announced:
    """Finish such a run: its snapshot is folded and told as the run would have told it.

    Folded together with an import, or with a ledger that is made again, it would be passed over in silence.
    """
    head, folded = monitor.snapshots.head(), monitor.writer.folded()
    if head is None or not folded or head in folded:
        return Announced()
    from monitor.app.publish import news, publish, tell

    snapshots, changes, unread, _ = news(monitor, None, progress)
    if not snapshots:
        return Announced()
    publish(monitor.settings, snapshots, changes, started)
    told = Announced(sum(not change.baseline for change in changes), tell(monitor, snapshots, changes, started))
    last = snapshots[-1]
    with store_errors("writing the journal of the runs"):  # which says that this is no news any more
        status.append(
            monitor.settings.journal,
            Run(
                started,
                datetime.now(UTC),
                "recorded",
                last.id,
                last.taken_at,
                told.changes,
                tuple(unread),
                message=told.message,
            ),
        )
    return told


def delivered(settings: Settings, announced: Announced) -> Announced:
    """Send the notices that are due, now that nobody waits for the lock."""
    if not announced.changes:
        return announced
    from monitor.app.notify import deliver

    problems = "; ".join(filter(None, (announced.message, *deliver(settings))))
    return announced._replace(message=problems or None)
