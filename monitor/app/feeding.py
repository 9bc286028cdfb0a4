"""Atom feeds of what is substantive: of everything, of one document, of one watch term."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from monitor.app.queries import find_document
from monitor.app.review import refresh
from monitor.app.wiring import Monitor
from monitor.core.review.events import QueueFilter
from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.model import Change, Significance
from monitor.reports.feed import Feed, FeedItem
from monitor.reports.feed import render as render_feed
from monitor.reviews.queue import QueueReader, Scope


def feed(monitor: Monitor, document: str | None = None, term: str | None = None) -> bytes:
    """One feed as Atom: of a document (a path, present or past), of a watch term, or of all.

    UsageError where there is no such document, or the configuration watches no such term.
    """
    settings, name, title = monitor.settings, "all", "Changes"
    scope = Scope()
    if term is not None:
        if term not in settings.review.watch:
            raise UsageError(f"{term!r} is no watch term: add it to [review] watch")
        name, title = f"term:{term}", f"Changes about {visible(term)}"
    if document is not None:
        found = find_document(monitor.ledger, document, settings.watch.folder)
        scope = Scope(monitor.facts.number_of(found.id))
        name, title = f"document:{found.id}", f"Changes of {visible(found.path)}"
    refresh(monitor)
    wanted = QueueFilter(significance=Significance.SUBSTANTIVE, term=term, verdicts=frozenset())
    recent = QueueReader(monitor.reviews.database).recent(wanted, scope, settings.feeds.entries)
    changes = monitor.facts.changes([one.change for one in recent])
    items = [FeedItem(changes[one.change], one.name, one.size) for one in recent if one.change in changes]
    about = Feed(name, title, settings.feeds.authority, datetime.fromtimestamp(0, UTC), settings.notify.link)
    return render_feed(about, items, settings.zone)


def write_feeds(monitor: Monitor, changes: Sequence[Change]) -> list[Path]:
    """The feeds that a run's changes alter, into the configured folder: of all, of its documents, of each term."""
    folder = monitor.settings.feeds.folder
    if folder is None or not changes:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / name, data) for name, data in _altered(monitor, changes)]


def _altered(monitor: Monitor, changes: Sequence[Change]) -> Iterable[tuple[str, bytes]]:
    yield "all.atom", feed(monitor)
    for term in monitor.settings.review.watch:
        yield f"term-{_slug(term)}.atom", feed(monitor, term=term)
    for document, path in {change.document_id: change.document for change in changes if not change.baseline}.items():
        if document is not None:
            yield f"document-{document}.atom", feed(monitor, document=path)


def _slug(term: str) -> str:
    """A file's name that no other term has."""
    plain = re.sub("[^a-z0-9]+", "-", term.lower()).strip("-")
    if plain == term:
        return plain
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{plain}-{digest}"


def _write(path: Path, data: bytes) -> Path:
    """Whole or not at all: a reader that fetches it meanwhile gets the one before."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    temporary.replace(path)
    return path
