"""What a run reports: the changes of newly folded snapshots, the configured reports, and the Atom feeds.

If a run was interrupted after its snapshot, the next command that folds reports that run's changes first.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from monitor.app import status
from monitor.app.fold import CatchUpResult, catch_up, fold_next
from monitor.app.histories import ONE_PROCESS, Parallelism, lanes_of
from monitor.app.monitor import Monitor, Progress, notices_wait, usual_rights
from monitor.app.notices import figures_of, wanted_of, write_notices
from monitor.app.notify import deliver
from monitor.app.queries import comparison_addresses, find_document, find_source
from monitor.app.read_documents import read_options
from monitor.app.review import refresh
from monitor.app.review_queue import hidden_changes, recent_entries
from monitor.config import Settings
from monitor.core.report import digest
from monitor.core.review.events import QueueFilter
from monitor.core.review.notices import Wanted
from monitor.core.text.normalize import visible
from monitor.errors import MonitorError, UsageError
from monitor.model import REPORT_FORMATS, BaselineCount, Change, ChangeFilter, Failure, Run, Significance, Snapshot
from monitor.reports.feed import Feed, FeedItem
from monitor.reports.feed import render as render_feed
from monitor.reports.formats import render
from monitor.reviews.queue import Scope
from monitor.snapshots.files import write_new
from monitor.snapshots.git_process import store_errors

log = logging.getLogger(__name__)

LOOKED_AT = 20  # times as many entries as a feed has, where it does not want all of them


def feed(monitor: Monitor, document: str | None = None, term: str | None = None, source: str | None = None) -> bytes:
    """One feed as Atom: of a document (a path, present or past), of a watch term, of a source, or of all.

    UsageError where there is no such document or source, or the configuration watches no such term.
    """
    settings, name, title = monitor.settings, "all", "Changes"
    scope = Scope()
    if term is not None:
        if term not in settings.review.watch:
            raise UsageError(f"{term!r} is not a watch term: add it to [review] watch")
        name, title = f"term:{term}", f"Changes about {visible(term)}"
    if document is not None:
        found = find_document(monitor.ledger, document, settings.watched)
        scope = Scope([monitor.facts.number_of(found.id)])
        name, title = f"document:{found.id}", f"Changes of {visible(found.path)}"
    if source is not None:
        scope = Scope(monitor.pages.below(find_source(monitor.ledger, source, settings.watched)))
        name, title = f"source:{source}", f"Changes of {visible(source)}"
    refresh(monitor)
    wanted = QueueFilter(significance=Significance.SUBSTANTIVE, term=term, verdicts=frozenset())
    wants, most = wanted_of(settings.feeds), settings.feeds.entries
    recent = recent_entries(monitor, wanted, scope, most if wants == Wanted() else LOOKED_AT * most)
    changes = monitor.facts.changes([one.change for one in recent])
    place = comparison_addresses(monitor.ledger, settings.notify.link)
    known = [(changes[one.change], one) for one in recent if one.change in changes]
    known = [(change, one) for change, one in known if wants.includes(change, figures_of)][:most]
    items = [FeedItem(change, one.name, one.size, place(change), one.flapping) for change, one in known]
    about = Feed(name, title, settings.feeds.authority, datetime.fromtimestamp(0, UTC), settings.notify.link)
    return render_feed(about, items, settings.zone)


def write_feeds(monitor: Monitor, changes: Sequence[Change]) -> list[Path]:
    """The feeds that a run's changes alter, into the configured folder: of all, of its documents, of each term."""
    folder = monitor.settings.feeds.folder
    if folder is None or not changes:
        return []
    with usual_rights():
        folder.mkdir(parents=True, exist_ok=True)
    return [_write_whole(folder / name, data) for name, data in _altered(monitor, changes)]


def _altered(monitor: Monitor, changes: Sequence[Change]) -> Iterable[tuple[str, bytes]]:
    yield "all.atom", feed(monitor)
    for term in monitor.settings.review.watch:
        yield f"term-{_slug(term)}.atom", feed(monitor, term=term)
    for watch in monitor.settings.sources:
        if any(change.document.startswith(f"{watch.name}/") for change in changes):
            yield f"source-{watch.name}.atom", feed(monitor, source=watch.name)
    for document, path in {change.document_id: change.document for change in changes if not change.baseline}.items():
        if document is not None:
            yield f"document-{document}.atom", feed(monitor, document=path)


def rewrite_feeds(monitor: Monitor) -> None:
    """Write again the feeds that are there; one whose document or term is no more goes."""
    folder = monitor.settings.feeds.folder
    terms = {f"term-{_slug(term)}": term for term in monitor.settings.review.watch}
    for path in sorted(folder.glob("*.atom")) if folder is not None else ():
        kind, _, identity = path.stem.partition("-")
        if path.stem == "all":
            _write_whole(path, feed(monitor))
        elif kind == "term" and path.stem in terms:
            _write_whole(path, feed(monitor, term=terms[path.stem]))
        elif kind == "source" and identity in {watch.name for watch in monitor.settings.sources}:
            _write_whole(path, feed(monitor, source=identity))
        elif kind == "document" and (document := monitor.pages.document(identity)) is not None:
            _write_whole(path, feed(monitor, document=document.path))
        elif kind in ("document", "source", "term"):
            path.unlink()


def _slug(term: str) -> str:
    """A file's name that no other term has."""
    plain = re.sub("[^a-z0-9]+", "-", term.lower()).strip("-")
    if plain == term:
        return plain
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{plain}-{digest}"


def _write_whole(path: Path, data: bytes) -> Path:
    """Whole or not at all: who reads or watches it meanwhile gets the one before, or none."""
    temporary = path.with_name(f".{path.name}.new")
    with usual_rights():
        write_new(temporary, data)
    temporary.replace(path)
    return path


class EarlierChanges(NamedTuple):
    """How many changes of an earlier run were reported, and what went wrong with that."""

    changes: int = 0
    message: str | None = None


def report_interrupted_run(monitor: Monitor, started: datetime, progress: Progress) -> EarlierChanges:
    """Finish such a run: its snapshot is folded and reported as the run would have reported it.

    Folded together with an import, or with a ledger that is made again, it would be passed over in silence.
    """
    head, folded = monitor.snapshots.head(), monitor.writer.folded()
    if head is None or not folded or head in folded:
        return EarlierChanges()

    found = fold_and_list_changes(monitor, None, progress, reported=False)
    snapshots, changes, unread = found.folded, found.changes, found.unread
    if not snapshots:
        return EarlierChanges()
    publish(monitor, found, started)
    earlier = EarlierChanges(
        sum(not change.baseline for change in changes), write_feeds_and_notices(monitor, snapshots, changes, started)
    )
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
                earlier.changes,
                tuple(unread),
                message=earlier.message,
                not_read=tuple(found.not_read),
            ),
        )
    return earlier


def send_notices(settings: Settings, announced: EarlierChanges) -> EarlierChanges:
    """Send the notices that are due, now that nobody waits for the lock."""
    if not announced.changes:
        return announced

    problems = "; ".join(filter(None, (announced.message, *deliver(settings))))
    return announced._replace(message=problems or None)


class RunChanges(NamedTuple):
    """What a run reports: the snapshots newly folded, oldest first, their changes, and what cannot be read.

    `silently` is how many other snapshots were folded, which are not reported; `baseline` counts what a first one held.
    `not_read` are the documents that these snapshots bring and that have no reader or no text, or of which a part was
    left out.
    """

    folded: Sequence[Snapshot]
    changes: Sequence[Change]
    unread: Sequence[Failure]
    silently: int = 0
    baseline: Sequence[BaselineCount] = ()
    not_read: Sequence[Failure] = ()


def fold_and_list_changes(
    monitor: Monitor,
    taken: Snapshot | None,
    progress: Progress,
    fan: tuple[int, str | None] = ONE_PROCESS,
    *,
    reported: bool,
) -> RunChanges:
    """Catch up; the watched folder's newly folded snapshots, oldest first, their changes in the log's order, and the
    documents whose newest version cannot be read.

    What a run has reported is no news again, however often it is folded: the journal says up to which snapshot that
    is. Where it does not, and all was folded again (other rules, a lost ledger), only the snapshot `taken` by this run
    is news. Imported history never is. `reported` says that the last run reported everything before: then the journal
    need not be read for a snapshot that this run has taken.
    """
    options = read_options(monitor.settings)
    caught = fold_next(monitor.snapshots, monitor.writer, progress, options)
    if caught is None:
        with lanes_of(Parallelism(*fan)) as lanes:
            caught = catch_up(monitor.snapshots, monitor.writer, progress, options, lanes)
    folded = _unreported(monitor, caught, taken, reported=reported)
    changes: list[Change] = []
    baseline: list[BaselineCount] = []
    for snapshot in reversed(folded):
        wanted = ChangeFilter(snapshot=snapshot.id, unreadable=True)
        changes += monitor.ledger.changes(wanted)
        baseline += monitor.ledger.baseline_counts(wanted)
    silently = {one.id for one in caught.snapshots} - {one.id for one in folded}
    not_read = monitor.ledger.not_read(folded[0].id) if folded else ()
    told = [Failure(one.path, one.reason) for one in not_read]
    return RunChanges(folded, changes, monitor.ledger.failures(), len(silently), baseline, told)


def _unreported(
    monitor: Monitor, caught: CatchUpResult, taken: Snapshot | None, *, reported: bool
) -> Sequence[Snapshot]:
    """The watched folder's snapshots that no run has reported, oldest first."""
    folded = [one for one in caught.snapshots if not one.source and one.origin is None]
    if reported and (not folded or (taken is not None and [one.id for one in folded] == [taken.id])):
        return folded
    watched = [one for one in monitor.ledger.snapshots() if not one.source and one.origin is None]
    count = _reported(monitor.settings, watched)
    log.info("snapshots of the watched folder that the journal has as reported: %s", count or "none")
    if count is not None:
        return watched[count:]
    new = {one.id for one in folded}
    if caught.rebuilt:
        new &= {taken.id} if taken is not None else set()
    return [one for one in watched if one.id in new]


def _reported(settings: Settings, watched: Sequence[Snapshot]) -> int | None:
    """How many of these snapshots, from the first on, runs have reported; None where the journal knows of none."""
    place = {one.id: at for at, one in enumerate(watched, start=1)}
    return next((place[one] for one in status.recorded(settings.journal) if one in place), None)


def publish(monitor: Monitor, found: RunChanges, made_at: datetime) -> None:
    """Write the report in each configured format; a report of a run that found nothing is not written."""
    settings, snapshots = monitor.settings, found.folded
    if not settings.report.formats or not (found.changes or found.baseline):
        return

    first, last = snapshots[0].taken_at, snapshots[-1].taken_at
    hidden = hidden_changes(monitor, found.changes)
    report = digest(
        found.changes,
        snapshots,
        made_at=made_at,
        since=first,
        until=last,
        baseline=found.baseline,
        hidden=hidden,
        announcements=settings.extract.announcements,
    )
    place = comparison_addresses(monitor.ledger, settings.notify.link)
    with usual_rights():
        settings.report.folder.mkdir(parents=True, exist_ok=True)
    for form in settings.report.formats:
        name = f"{last:%Y-%m-%dT%H%M%SZ}-{snapshots[-1].id[:8]}{REPORT_FORMATS[form]}"
        log.info("report %s written", name)
        text = render(report, form, zone=settings.zone, address=place)
        _write_whole(settings.report.folder / name, text.encode("utf-8", "backslashreplace"))


def write_feeds_and_notices(
    monitor: Monitor,
    snapshots: Sequence[Snapshot],
    changes: Sequence[Change],
    made_at: datetime,
    seen: Callable[[str], bool] = lambda _path: True,
) -> str | None:
    """Write the configured feeds, and the notices that `notify.deliver` sends; what went wrong, in a line.

    The run that found the changes is done, whatever becomes of these. `seen` says of a path whether it looked at it.
    """
    settings = monitor.settings
    news = [change for change in changes if not change.baseline]
    try:
        if settings.feeds.folder is not None and news:
            log.info("feeds written: %d", len(write_feeds(monitor, news)))
        if settings.notify.channels and (news or notices_wait(settings)):
            due = write_notices(monitor, snapshots, news, made_at, seen)
            log.info("notices due: %d, for %d configured channels", due, len(settings.notify.channels))
    except (MonitorError, OSError) as error:
        return f"feeds and notices: {settings.redact(str(error))}"
    return None
