"""`Store`: the record from Python, by the queries of the command line. It writes only where it is told to."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Self

from monitor.api.values import (
    Change,
    Changes,
    Comparison,
    Document,
    DocumentVersion,
    Hit,
    Report,
    ReviewEvent,
    StatementHistory,
    VersionStatement,
    When,
)
from monitor.app import exports, queries, review
from monitor.app.compare import diff, explain_change
from monitor.app.exports import ReviewedChange
from monitor.app.monitor import Monitor, end_privacy, keep_private, open_monitor
from monitor.app.read_documents import read_options
from monitor.app.redlines import render_document
from monitor.app.review_criteria import criteria
from monitor.app.review_queue import hidden_changes
from monitor.app.run import RunOptions, run
from monitor.app.store_check import reading_notice
from monitor.config import load
from monitor.core.review.events import ReviewResult, Verdict
from monitor.core.time_expressions import Calendar, Point, point
from monitor.errors import UsageError
from monitor.model import Change as RecordedChange
from monitor.model import ChangeFilter, Reasons, Run, Snapshot, Tombstone

Words = str | Iterable[str] | None
_OF_EVENT = attrgetter(*ReviewEvent._fields[:-1])
MORE = 4  # times as many hits are asked for, where the first ones do not suffice
LARGEST_LIMIT = 2**31 - 1


class Store:
    """The record of one folder. Nothing is opened before it is needed; close it, or use it in a `with`.

    Several threads may use it: each has connections of its own.
    """

    def __init__(self, path: str | os.PathLike[str] = ".", config: str | os.PathLike[str] | None = None) -> None:
        folder = Path(path).expanduser()
        if not folder.is_dir():
            raise UsageError(f"{folder}: there is no such folder; `monitor init` in a new one begins a record")
        self.settings = load(folder.absolute(), Path(config).expanduser() if config else None, {}, os.environ)
        if not self.settings.store.snapshots.is_dir():
            raise UsageError(
                f"{folder}: nothing is recorded here; `monitor init` makes a configuration, `monitor run` begins"
            )
        self._root = open_monitor(self.settings)
        self._of_thread = threading.local()
        self._opened: list[Monitor] = []
        self.review = Review(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self.settings.store.snapshots}>"

    def close(self) -> None:
        """Close every connection. What is asked for afterwards opens new ones."""
        while self._opened:
            self._opened.pop().close()
        self._root.close()
        self._of_thread = threading.local()

    @property
    def monitor(self) -> Monitor:
        """The stores as this thread has them.

        StoreError where there is no ledger to ask; a warning where it lacks what the history has.
        """
        found: Monitor | None = getattr(self._of_thread, "monitor", None)
        if found is None:
            found = open_monitor(self.settings)
            self._opened.append(found)
            if (notice := reading_notice(found)) is not None:
                warnings.warn(notice, stacklevel=3)
            self._of_thread.monitor = found
        return found

    # --- changes

    def changes(
        self,
        *,
        since: When = None,
        until: When = None,
        kind: Words = None,
        aspect: Words = None,
        significance: str | None = None,
        level: str | None = None,
        document: str | None = None,
        snapshot: str | None = None,
        statement: str | None = None,
        baseline: bool = False,
        announced: bool | None = None,
        metadata: bool = True,
        source: str | None = None,
        limit: int | None = None,
    ) -> Changes:
        """Changes, newest first; the filters mean what those of `monitor log` mean.

        Of several kinds or aspects any holds. UsageError names a value that means nothing.
        """
        _check_limit(limit)
        wanted = self._filter(
            since=since, until=until, kinds=_words(kind), aspects=_words(aspect), significance=significance,
            level=level, document=document, snapshot=snapshot, statement=statement, baseline=baseline,
            announced=announced, metadata=metadata, source=source, limit=limit,
        )  # fmt: skip
        return Changes(lambda: self.monitor.ledger.changes(wanted), self)

    def change(self, id: str) -> Change:  # noqa: A002 - the name of the key
        """The change with this id, or whose id alone begins so."""
        found = self.monitor.ledger.change(id) if id else None
        if found is None:
            message = f"no change has an id that begins with {id!r}; `monitor log` shows ids"
            raise queries.unknown(self.monitor.ledger, [id], message)
        return Change.of(found, self)

    def explain(self, change: RecordedChange) -> Reasons:
        """Why two statements were linked, and why the change was judged as it was."""
        return explain_change(self.monitor.snapshots, change, read_options(self.settings))

    def reviewed(self, changes: Iterable[RecordedChange]) -> Iterator[ReviewedChange]:
        """The changes with what stands on them."""
        return exports.with_reviews(self.monitor, changes)

    # --- documents and statements

    def documents(self, *, present: bool | None = None, match: str | None = None) -> list[Document]:
        """Every document by path, or those that are (not) present, or whose path holds `match`, whatever its case."""
        return [
            Document.of(one, self)
            for one in self.monitor.ledger.documents()
            if present in (None, one.present) and (match is None or match.casefold() in one.path.casefold())
        ]

    def document(self, name: str) -> Document:
        """The document with this path, now or in the past, or this id; else the one whose path holds `name`."""
        ledger = self.monitor.ledger
        found = ledger.document(name) or (self.monitor.pages.document(name) if name.isascii() else None)
        if found is None:
            parts = [one for one in ledger.documents() if name and name in one.path]
            found = parts[0] if len(parts) == 1 else queries.find_document(ledger, name, self.settings.watched)
        return Document.of(found, self)

    def statement(self, id: str) -> StatementHistory:  # noqa: A002 - the name of the key
        """Everything that happened to the statement with this id, alias, or beginning of its id; oldest first."""
        found = self.monitor.ledger.statement_history(id) if id else None
        if found is None:
            message = f"no statement has an id that begins with {id!r}; `monitor blame DOCUMENT` shows ids"
            raise queries.unknown(self.monitor.ledger, [id], message)
        changes = Changes(lambda: found.changes, self)
        return StatementHistory(found.statement, found.document, found.present, found.revisions, changes, found.aliases)

    def snapshots(self) -> list[Snapshot]:
        """Every snapshot in the ledger, oldest first."""
        return list(self.monitor.ledger.snapshots())

    def removed(self, document: str | None = None) -> list[Tombstone]:
        """What was removed by request, oldest first; of one document, by its path or id."""
        return self.monitor.tombstones(document)

    def search(self, words: str, *, present: bool | None = None, limit: int = 100) -> list[Hit]:
        """Wordings that hold all the words, in the order of `monitor search`; `present`: (not) in the document now."""
        _check_limit(size := limit)
        while True:
            found = list(self.monitor.ledger.search(words, size))
            fitting = [hit for hit in found if present in (None, hit.present)]
            if len(fitting) >= limit or len(found) < size:
                return fitting[:limit]
            size *= MORE

    def versions_of(self, document: Document) -> tuple[DocumentVersion, ...]:
        """Its versions, oldest first."""
        return tuple(
            DocumentVersion(
                one.snapshot_time.snapshot, one.snapshot_time.taken_at, one.path, one.present, document.id, self
            )
            for one in self.monitor.pages.versions(document.id)
        )

    def version_at(self, document: Document, when: When) -> DocumentVersion:
        """Its version at a time; UsageError where it did not exist then."""
        asked, known = self._point(when), self.monitor.ledger.snapshots()
        source = queries.source_of(document.path, {one.source for one in known})
        newest = queries.needed_snapshot(asked, source, known)
        places = {one.id: place for place, one in enumerate(known)}
        until = places[newest.id]
        found = [version for version in document.versions if places[version.snapshot] <= until]
        if not found or not found[-1].present:
            raise queries.absence(document, asked)
        return found[-1]

    def statements_of(self, document_id: str, snapshot: str | None) -> tuple[VersionStatement, ...]:
        """The statements of a document as of a snapshot, or now."""
        return tuple(map(VersionStatement._make, self.monitor.ledger.blame(document_id, snapshot)))

    def bytes_of(self, version: DocumentVersion) -> bytes:
        """What was captured."""
        there = self.monitor.ledger.blob_at(version.document_id, version.snapshot)
        return self.monitor.snapshots.read(there[1]) if there else b""

    # --- reviews, comparisons, reports

    def verdicts(
        self,
        *,
        change: str | None = None,
        document: str | None = None,
        reviewer: str | None = None,
        since: When = None,
        until: When = None,
    ) -> list[ReviewEvent]:
        """What reviewers did, oldest first."""
        wanted = self._filter(document=document, since=since, until=until)
        named = None if change is None else self.change(change).id
        return [
            ReviewEvent._make((*_OF_EVENT(event), undone))
            for event, _, undone in exports.review_records(self.monitor, wanted)
            if named in (None, event.change) and reviewer in (None, event.reviewer)
        ]

    def compare(self, document: str, before: When, after: When) -> Comparison:
        """Two versions of a document, and what differs between them."""
        found = self.document(document)
        old, new = found.at(before), found.at(after)
        points = (self._point(before), self._point(after))
        documents = diff(self.monitor.snapshots, self.monitor.ledger, *points, found)

        def render(form: str) -> str | bytes:
            if not documents:
                raise UsageError(f"{found.path} is the same at {points[0].text} and at {points[1].text}")
            return render_document(documents[0], form, self.settings.zone, criteria(self.settings))

        changes = [change for one in documents for change in (*one.changes, *one.departed)]
        return Comparison(Changes(lambda: changes, self), old, new, render)

    def report(
        self,
        *,
        since: When = None,
        until: When = None,
        document: str | None = None,
        kind: Words = None,
        aspect: Words = None,
        significance: str | None = None,
        announced: bool | None = None,
        title: str | None = None,
    ) -> Report:
        """A report of a period, as `monitor report` makes it."""
        wanted = self._filter(
            since=since, until=until, document=document, kinds=_words(kind), aspects=_words(aspect),
            significance=significance, announced=announced,
        )  # fmt: skip
        monitor = self.monitor
        hidden, announcements = partial(hidden_changes, monitor), monitor.settings.extract.announcements
        made = queries.report(monitor.ledger, self._calendar(), wanted, hidden, title, announcements)
        return Report(made, self.settings.zone)

    # --- what writes

    def run(self, *, accept_deletions: bool = False) -> Run:
        """Take a snapshot, as `monitor run` does; the one method that records what the folder holds."""
        with self.writing():
            return run(self.settings, RunOptions(accept_deletions=accept_deletions))[0]

    @contextmanager
    def writing(self) -> Iterator[Monitor]:
        """Stores to write to; new files have the rights of the store's folder."""
        keep_private(self.settings.store.snapshots)
        try:
            with open_monitor(self.settings) as monitor:
                yield monitor
        finally:
            end_privacy()

    # --- times

    def _calendar(self) -> Calendar:
        return Calendar(datetime.now(UTC), self.settings.zone, self.monitor.known_snapshots)

    def _point(self, when: When) -> Point:
        text = _when(when)
        if text is None:
            raise UsageError("say when: a date, a time, an age or a snapshot")
        return point(text, self._calendar(), end=True)

    def _filter(self, *, since: When = None, until: When = None, **given: Any) -> ChangeFilter:
        given.update(since=_when(since), until=_when(until))
        return queries.change_filter(self.monitor.ledger, self._calendar(), self.settings.watched, **given)


class Review:
    """What a reviewer may do: each call is one step, written at once. `changes` are ids."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def decide(
        self, changes: str | Sequence[str], verdict: str, *, reviewer: str, comment: str | None = None,
        assignee: str | None = None, group: bool = False,
    ) -> None:  # fmt: skip
        """Give a verdict: `accepted`, `flagged` or `dismissed`; with `group` to all that share an entry."""
        if verdict not in list(Verdict):
            raise UsageError(f"there is no verdict {verdict}; choose one of {', '.join(Verdict)}")
        given = {"comment": comment, "assignee": assignee, "group": group}
        self._write(review.decide, changes, Verdict(verdict), reviewer=reviewer, **given)

    def comment(self, changes: str | Sequence[str], text: str, *, reviewer: str) -> None:
        """Say something without deciding."""
        self._write(review.comment, changes, text, reviewer=reviewer)

    def assign(self, changes: str | Sequence[str], assignee: str, *, reviewer: str) -> None:
        """Ask somebody to decide."""
        self._write(review.assign, changes, assignee, reviewer=reviewer, group=False)

    def undo(self, changes: str | Sequence[str] = (), *, reviewer: str) -> None:
        """Undo the reviewer's newest act, of all or of these changes."""
        self._write(review.undo, changes, reviewer=reviewer)

    def _write(self, act: Callable[..., ReviewResult], changes: str | Sequence[str], *args: Any, **given: Any) -> None:
        with self._store.writing() as monitor:
            act(monitor, [changes] if isinstance(changes, str) else changes, *args, at=datetime.now(UTC), **given)
            review.sync_branch(self._store.settings)


def _words(given: Words) -> tuple[str, ...]:
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def _check_limit(limit: int | None) -> None:
    if limit is not None and not 1 <= limit <= LARGEST_LIMIT:
        raise UsageError(f"limit: a number from 1 to {LARGEST_LIMIT:,}, not {limit}")


def _when(given: When) -> str | None:
    """A moment as the command line takes it."""
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, timedelta):
        try:
            given = datetime.now(UTC) - given
        except OverflowError:
            raise UsageError(f"{given} before now is no date") from None
    if isinstance(given, datetime):
        moment = given if given.tzinfo is None else given.astimezone(UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06}{'+00:00' if moment.tzinfo else ''}"
    if isinstance(given, date):
        return given.isoformat()
    raise UsageError(f"{given!r} is no moment: give a text, a date, a datetime or a timedelta")
