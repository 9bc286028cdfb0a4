"""The review queue and the verdicts on it: what `monitor review`, the web page, feeds and notices call.

Every function takes an open `Monitor`. A CHANGE is the id of a change or a unique prefix of it. Functions that write
take the reviewer's name and the moment; they are one short transaction in a database of their own, and wait for no run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.app.changeids import resolved
from monitor.app.deciding import assign, comment, decide, undo
from monitor.app.mirroring import mirror, opened
from monitor.app.progress import Progress, silent
from monitor.app.wiring import Monitor
from monitor.core.review.events import Entry, Event, Orphan, QueueCounts, QueueFilter, QueuePage, State, state_of
from monitor.errors import UsageError
from monitor.model import Change
from monitor.reviews.queue import EntryRecord, QueueReader, Scope

__all__ = [
    "QueueFilter",
    "assign",
    "comment",
    "counts",
    "decide",
    "entry",
    "history",
    "members",
    "mirror",
    "orphans",
    "queue",
    "refresh",
    "resolved",
    "reviewers",
    "state",
    "states",
    "undo",
]

PAGE = 50  # entries


def refresh(monitor: Monitor, progress: Progress = silent) -> None:
    """Bring the queue up to the ledger and the configuration. The functions that read it do so themselves; where
    nothing is new it costs a few small questions, where all of it must be scored anew some 100 µs a change."""
    from monitor.app.review_queue import refresh as bring_up

    opened(monitor)
    bring_up(monitor, progress)


# --- the queue ----------------------------------------------------------------------------------


def queue(
    monitor: Monitor, wanted: QueueFilter | None = None, *, after: str | None = None, limit: int = PAGE
) -> QueuePage:
    """The entries asked for (unreviewed ones, where nothing is said), weightiest first, from behind cursor `after`.

    UsageError where `after` is no cursor or the document is not known.
    """
    wanted = wanted or QueueFilter()
    behind = None if after is None else _place(after)
    reader = _reader(monitor)
    lines = reader.page(wanted, _scope(monitor, wanted), behind, limit + 1)
    entries = _entries(monitor, lines[:limit])
    return QueuePage(tuple(entries), str(lines[limit - 1].rank) if len(lines) > limit else None)


def _place(cursor: str) -> int:
    """The rank that a cursor names: one that the databases' integers of 64 bits can hold."""
    if cursor.isascii() and cursor.isdecimal() and len(cursor) < 20 and int(cursor) < 1 << 63:
        return int(cursor)
    raise UsageError(f"{cursor[:40]}: no place in the queue; take the `next` of a page")


def counts(monitor: Monitor, wanted: QueueFilter | None = None) -> QueueCounts:
    """How many changes the filter finds by verdict; its own `verdicts` and `folded` do not restrict."""
    wanted = wanted or QueueFilter()
    verdicts, folded = _reader(monitor).counts(wanted, _scope(monitor, wanted))
    return QueueCounts(verdicts, folded, len(_orphaned(monitor)))


def entry(monitor: Monitor, change: str) -> Entry:
    """The entry that holds this change, led by it; UsageError where the queue does not have it."""
    reader = _reader(monitor)
    (found,) = resolved(monitor, [change])
    line = reader.entry(found)
    if line is None:
        raise UsageError(f"{change} is not in the queue: it is what the first snapshot held, or it is gone")
    return _entries(monitor, [line])[0]


def members(monitor: Monitor, change: str, limit: int | None = None) -> Sequence[Change]:
    """The changes of the entry that holds this one, in the order of the queue."""
    reader = _reader(monitor)
    (found,) = resolved(monitor, [change])
    ids = reader.members(found, limit) or [found]
    changes = monitor.facts.changes(ids)
    return [changes[one] for one in ids if one in changes]


def _reader(monitor: Monitor) -> QueueReader:
    refresh(monitor)
    return QueueReader(monitor.reviews.database)


def _scope(monitor: Monitor, wanted: QueueFilter) -> Scope:
    document = None
    if wanted.document is not None:
        from monitor.app.queries import find_document

        found = find_document(monitor.ledger, wanted.document, monitor.settings.watch.folder)
        document = monitor.facts.number_of(found.id)
    words = wanted.words.strip() if wanted.words else ""
    return Scope(document, monitor.facts.with_words(words) if words else None)


def _entries(monitor: Monitor, lines: Sequence[EntryRecord]) -> list[Entry]:
    changes = monitor.facts.changes([line.lead for line in lines])
    paths = monitor.facts.paths(list({one for line in lines for one in line.documents}))
    return [_entry(line, changes[line.lead], paths) for line in lines if line.lead in changes]


def _entry(line: EntryRecord, change: Change, paths: Mapping[int, str]) -> Entry:
    return Entry(
        change=change,
        score=line.score,
        state=line.state,
        cursor=str(line.rank),
        size=line.size,
        documents=tuple(paths[one] for one in line.documents if one in paths) or (change.document,),
        document_count=line.document_count,
        first_at=line.first_at,
        last_at=line.last_at,
        flapping=line.flapping,
        verdicts=line.verdicts,
        heading=line.headings,
        terms=line.terms,
        rule=line.rule,
        folded=line.folded,
    )


# --- what was decided ---------------------------------------------------------------------------


def state(monitor: Monitor, change: str) -> State:
    """What stands on a change now."""
    (found,) = resolved(monitor, [change])
    return opened(monitor).states_of([found]).get(found, State())


def states(monitor: Monitor, changes: Sequence[str]) -> Mapping[str, State]:
    """The same for many full ids at once; a change without any event is not among them."""
    return opened(monitor).states_of(changes)


def history(monitor: Monitor, change: str) -> Sequence[Event]:
    """Every event of a change, oldest first, undone ones and undos too; of an orphaned change as well."""
    (found,) = resolved(monitor, [change])
    return opened(monitor).events_of([found]).get(found, [])


def orphans(monitor: Monitor) -> Sequence[Orphan]:
    """The changes that somebody decided on and that the ledger no longer has, the one with the newest event first."""
    gone = _orphaned(monitor)
    events = opened(monitor).events_of(gone)
    return [Orphan(change, state_of(events[change]), tuple(events[change])) for change in gone]


def reviewers(monitor: Monitor) -> Sequence[str]:
    """Everybody who reviewed or was assigned something, by name."""
    return opened(monitor).people()


def _orphaned(monitor: Monitor) -> list[str]:
    refresh(monitor)
    reviewed = monitor.reviews.outside_queue()
    present = monitor.facts.present(reviewed)
    return [change for change in reviewed if change not in present]
