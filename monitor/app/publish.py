"""What a run tells: the changes of the snapshots that it folded, and the report that the configuration asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitor.app import status
from monitor.app.documents import how_of
from monitor.app.progress import Progress
from monitor.app.wiring import Monitor
from monitor.config import Settings
from monitor.errors import MonitorError
from monitor.model import Change, Failure, Snapshot

if TYPE_CHECKING:
    from monitor.app.fold import CaughtUp


class News(NamedTuple):
    """What a run reports: the snapshots newly folded, oldest first, their changes, and what cannot be read.

    `silently` is how many other snapshots were folded, which are not reported.
    """

    folded: Sequence[Snapshot]
    changes: Sequence[Change]
    unread: Sequence[Failure]
    silently: int = 0


def news(monitor: Monitor, taken: Snapshot | None, progress: Progress) -> News:
    """Catch up; the watched folder's newly folded snapshots, oldest first, their changes in the log's order, and the
    documents whose newest version cannot be read.

    What a run has reported is no news again, however often it is folded: the journal says up to which snapshot that
    is. Where it does not, and all was folded anew (other rules, a lost ledger), only the snapshot `taken` by this run
    is news. Imported history never is.
    """
    from monitor.app.fold import catch_up, fold_next
    from monitor.model import ChangeFilter

    how = how_of(monitor.settings)
    caught = fold_next(monitor.snapshots, monitor.writer, progress, how)
    if caught is None:
        caught = catch_up(monitor.snapshots, monitor.writer, progress, how)
    folded = _unreported(monitor, caught, taken)
    changes: list[Change] = []
    for snapshot in reversed(folded):
        changes += monitor.ledger.changes(ChangeFilter(snapshot=snapshot.id, baseline=True))
    return News(folded, changes, monitor.ledger.failures(), len(caught.snapshots) - len(folded))


def _unreported(monitor: Monitor, caught: CaughtUp, taken: Snapshot | None) -> Sequence[Snapshot]:
    """The watched folder's snapshots that were folded and that no run has reported, oldest first."""
    folded = [one for one in caught.snapshots if not one.source and one.origin is None]
    if taken is not None and [one.id for one in folded] == [taken.id]:
        return folded
    new = {one.id for one in folded}
    watched = [one for one in monitor.ledger.snapshots() if not one.source and one.origin is None] if new else []
    reported = _reported(monitor.settings, watched)
    if reported is None and caught.anew:
        new &= {taken.id} if taken is not None else set()
    return [one for one in watched[reported or 0 :] if one.id in new]


def _reported(settings: Settings, watched: Sequence[Snapshot]) -> int | None:
    """How many of these snapshots, from the first on, runs have reported; None where the journal knows of none."""
    place = {one.id: at for at, one in enumerate(watched, start=1)}
    return next((place[one] for one in status.recorded(settings.journal) if one in place), None)


def publish(settings: Settings, snapshots: Sequence[Snapshot], changes: Sequence[Change], made_at: datetime) -> None:
    """Write the report in each configured format; a report of a run that found nothing is not written."""
    if not settings.report.formats or not changes:
        return
    from monitor.core.report import digest
    from monitor.reports import FORMATS, render

    first, last = snapshots[0].taken_at, snapshots[-1].taken_at
    report = digest(changes, snapshots, made_at=made_at, since=first, until=last)
    settings.report.folder.mkdir(parents=True, exist_ok=True)
    for form in settings.report.formats:
        name = f"{last:%Y-%m-%dT%H%M%SZ}-{snapshots[-1].id[:8]}{FORMATS[form]}"
        _write(settings.report.folder / name, render(report, form, zone=settings.zone))


def tell(monitor: Monitor, snapshots: Sequence[Snapshot], changes: Sequence[Change], made_at: datetime) -> str | None:
    """Write the configured feeds, and the notices that `noticing.deliver` sends; what went wrong, in a line.

    The run that found the changes is done, whatever becomes of these.
    """
    settings = monitor.settings
    news = [change for change in changes if not change.baseline]
    try:
        if settings.feeds.folder is not None and news:
            from monitor.app.feeding import write_feeds

            write_feeds(monitor, news)
        if settings.notify.channels and news:
            from monitor.app.notify import write_notices

            write_notices(monitor, snapshots, news, made_at)
    except (MonitorError, OSError) as error:
        return f"feeds and notices: {settings.redact(str(error))}"
    return None


def _write(path: Path, text: str) -> None:
    """Whole or not at all: who watches the folder never reads half a report."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
    temporary.replace(path)
