"""What a run tells: the changes of the snapshots that it folded, and the report that the configuration asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from monitor.config import Settings
from monitor.errors import MonitorError
from monitor.model import Change, Failure, Snapshot
from monitor.runs.documents import how_of
from monitor.runs.progress import Progress
from monitor.runs.wiring import Monitor


def news(
    monitor: Monitor, taken: Snapshot | None, progress: Progress
) -> tuple[Sequence[Snapshot], Sequence[Change], Sequence[Failure]]:
    """Catch up; the watched folder's newly folded snapshots, oldest first, their changes in the log's order, and the
    documents whose newest version cannot be read.

    Where all was folded anew (other rules, a lost ledger) only the snapshot `taken` by this run is news. Imported
    history never is.
    """
    from monitor.runs.following import follow

    if (followed := follow(monitor, progress)) is not None:
        return followed
    from monitor.model import ChangeFilter
    from monitor.runs.catch_up import catch_up

    caught = catch_up(monitor.snapshots, monitor.writer, progress, how_of(monitor.settings))
    new = {taken.id} if caught.anew and taken is not None else set() if caught.anew else set(caught.folded)
    folded = [one for one in monitor.ledger.snapshots() if one.id in new and not one.source and one.origin is None]
    changes: list[Change] = []
    for snapshot in reversed(folded):
        changes += monitor.ledger.changes(ChangeFilter(snapshot=snapshot.id, baseline=True))
    return folded, changes, monitor.ledger.failures()


def publish(settings: Settings, snapshots: Sequence[Snapshot], changes: Sequence[Change], made_at: datetime) -> None:
    """Write the report in each configured format; a report of a run that found nothing is not written."""
    if not settings.report.formats or not changes:
        return
    from monitor.core.digest import digest
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
            from monitor.runs.feeding import write_feeds

            write_feeds(monitor, news)
        if settings.notify.channels and news:
            from monitor.runs.noticing import write_notices

            write_notices(monitor, snapshots, news, made_at)
    except (MonitorError, OSError) as error:
        return f"feeds and notices: {settings.redact(str(error))}"
    return None


def _write(path: Path, text: str) -> None:
    """Whole or not at all: who watches the folder never reads half a report."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
    temporary.replace(path)
