"""Resolve what a user named (a document, an id, a date) and query the stores.

WHEN is an age or a date if it can be read as one, otherwise a snapshot's id or unique prefix. "As of WHEN" is the last
snapshot of the document's source that was not taken later. `statement_histories` makes one pass over all changes: one
query for each statement would be too slow for an export.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from monitor.app.monitor import documents_at, every_snapshot
from monitor.config import Watch
from monitor.core.report import digest
from monitor.core.time_expressions import Calendar, Point, point, snapshot_named
from monitor.errors import UsageError
from monitor.model import (
    RECORDED_KINDS,
    Aspect,
    BaselineCount,
    Blame,
    Change,
    ChangeFilter,
    ChangeKind,
    Document,
    Level,
    Report,
    Revision,
    Side,
    Significance,
    Snapshot,
    SnapshotTime,
    StatementHistory,
)
from monitor.ports import SnapshotStore
from monitor.reports.json import time_json

if TYPE_CHECKING:  # `compare` of two files loads no database
    from monitor.core.diff.redline import VersionText
    from monitor.ledger.queries import LedgerQueries

Word = TypeVar("Word", bound=StrEnum)


@dataclass(slots=True)
class _Gathered:
    """What the changes said of one statement so far, newest first."""

    document: str
    present: bool
    appeared: tuple[datetime, int]  # when, and at which ordinal
    revisions: dict[int, Revision] = field(default_factory=dict)


def statement_histories(ledger: LedgerQueries) -> Iterator[StatementHistory]:
    """Every statement ever seen, by its document's present or latest path, then in the order of its coming.

    Without the changes that made them: `StatementHistory.changes` is empty.
    """
    paths = {document.id: document.path for document in ledger.documents()}
    gathered: dict[str, _Gathered] = {}
    for change in ledger.changes(ChangeFilter(baseline=True)):
        path = paths.get(change.document_id or "", change.document)
        for side in change.after:
            one = gathered.setdefault(
                side.statement, _Gathered(path, present=True, appeared=(change.taken_at, side.ordinal))
            )
            # An older change has the last word: a revision is as old as the first change that brought it.
            one.revisions[side.revision] = _revision(change, side)
            one.appeared = (change.taken_at, side.ordinal)
        for side in change.before:  # only what the change did not leave there: it went
            gathered.setdefault(
                side.statement, _Gathered(path, present=False, appeared=(change.taken_at, side.ordinal))
            )
    for statement, one in sorted(gathered.items(), key=lambda item: (item[1].document, item[1].appeared)):
        revisions = tuple(one.revisions[number] for number in sorted(one.revisions))
        yield StatementHistory(statement, one.document, one.present, revisions, changes=())


def _revision(change: Change, side: Side) -> Revision:
    return Revision(side.revision, side.text, side.links, SnapshotTime(change.snapshot, change.taken_at))


SHORT = 12  # characters of a snapshot's id in an address
NO_VERSION = "-"  # in an address: the version before the first one
NOTHING_YET = "there is no snapshot yet: `monitor run` takes the first"


def as_of(when: Point, source: str, known: Iterable[Snapshot]) -> Snapshot | None:
    """The last snapshot of `source` at `when`; None before its first."""
    if when.snapshot is not None and when.snapshot.source == source:
        return when.snapshot
    last = None
    for snapshot in known:
        # Later in the list wins among equal times: that is the order in which they were taken.
        if (
            snapshot.source == source
            and snapshot.taken_at <= when.at
            and (last is None or last.taken_at <= snapshot.taken_at)
        ):
            last = snapshot
    return last


def source_of(path: str, sources: Iterable[str]) -> str:
    """The source that a document belongs to: an import's documents are named `<name>/path`."""
    return max((name for name in sources if name and path.startswith(f"{name}/")), key=len, default="")


# --- documents ----------------------------------------------------------------------------------


def find_document(ledger: LedgerQueries, name: str, folders: Sequence[Watch] = ()) -> Document:
    """The document that `name` names now, or named last; UsageError with the nearest names where none does.

    A name may also begin with `./`, or be the path of a file in one of the watched `folders`, as a shell completes it.
    """
    document = _found(ledger, name, folders)
    if document is None:
        hint = _hint(name, [one.path for one in ledger.documents()])
        raise unknown(ledger, [*_name_variants(name, folders)], f"there is no document {name}; {hint}")
    return document


def unknown(ledger: LedgerQueries, names: Iterable[str], message: str) -> UsageError:
    """That something is not there: because it was removed by request, or what `message` says."""
    return UsageError(next(filter(None, map(ledger.removed, names)), message))


def find_source(ledger: LedgerQueries, name: str, folders: Sequence[Watch] = ()) -> str:
    """The name of a watched folder or of an import, as documents' names begin with it; UsageError where none does."""
    known = {one.name for one in folders} | {one.source for one in ledger.snapshots()}
    if name in known or any(one.path.startswith(f"{name}/") for one in ledger.documents()):
        return name
    names = ", ".join(sorted(filter(None, known))) or "none: [watch.NAME] and imports have names"
    raise UsageError(f"there is no source {name}; there are {names}")


def near_documents(ledger: LedgerQueries, name: str) -> list[str]:
    """The paths nearest to a name that no document has, the best first."""
    return _near(name, [one.path for one in ledger.documents()])


def _found(ledger: LedgerQueries, name: str, folders: Sequence[Watch]) -> Document | None:
    return next(filter(None, map(ledger.document, _name_variants(name, folders))), None)


def _name_variants(name: str, folders: Sequence[Watch]) -> Iterable[str]:
    yield name
    plain = name
    while plain.startswith("./"):
        plain = plain[2:].lstrip("/")
    if plain != name:
        yield plain
    file = Path(name).absolute()
    for watch in folders:
        below = watch.folder.absolute()
        if file.is_relative_to(below):
            yield "/".join(filter(None, (watch.name, file.relative_to(below).as_posix())))


def _hint(name: str, paths: Sequence[str]) -> str:
    if not paths:
        return "nothing is recorded yet: `monitor run` takes the first snapshot"
    if near := _near(name, paths):
        return f"did you mean {' or '.join(near)}?"
    return f"there are {len(paths)}, such as {paths[0]}"


def _near(name: str, paths: Sequence[str]) -> list[str]:
    from rapidfuzz import fuzz, process

    return [path for path, _, _ in process.extract(name, paths, scorer=fuzz.WRatio, limit=3, score_cutoff=60)]


# --- one document at a moment -------------------------------------------------------------------


def bytes_at(
    store: SnapshotStore, ledger: LedgerQueries, name: str, when: Point, folders: Sequence[Watch] = ()
) -> bytes:
    """The exact bytes of a document as of `when`; UsageError where it was not there then."""
    known, sources = every_snapshot(store), store.sources()
    document = _found(ledger, name, folders)
    if document is not None:
        snapshot = needed_snapshot(when, source_of(document.path, sources), known)
        there = ledger.blob_at(document.id, snapshot.id)
        if there is not None:
            return store.read(there[1])
    # Another document may have had this name then; and the ledger may lag behind the snapshots.
    for path in _name_variants(name, folders):
        snapshot = needed_snapshot(when, source_of(path, sources), known)
        version = documents_at(store, snapshot).get(path)
        if version is not None:
            return store.read(version.blob)
    raise absence(document or find_document(ledger, name, folders), when)


def blame_at(ledger: LedgerQueries, document: Document, when: Point | None) -> Sequence[Blame]:
    """Each statement of a document as of `when` (None: now; a document that went has none)."""
    if when is None:
        return ledger.blame(document.id)
    known = ledger.snapshots()
    snapshot = needed_snapshot(when, source_of(document.path, {one.source for one in known}), known)
    if ledger.blob_at(document.id, snapshot.id) is None:
        raise absence(document, when)
    return ledger.blame(document.id, snapshot.id)


def needed_snapshot(when: Point, source: str, known: Sequence[Snapshot]) -> Snapshot:
    snapshot = as_of(when, source, known)
    if snapshot is not None:
        return snapshot
    first = next((one for one in known if one.source == source), None)
    if first is None:
        raise UsageError(NOTHING_YET)
    taken = time_json(first.taken_at)
    raise UsageError(f"there is no snapshot as early as {when.text}; the first was taken at {taken}")


def absence(document: Document, when: Point) -> UsageError:
    """That a document did not exist then, and since when it did."""
    there = f"it was first seen at {time_json(document.first_seen.taken_at)}"
    if not document.present:
        there += f" and removed at {time_json(document.last_changed.taken_at)}"
    return UsageError(f"{document.path} did not exist at {when.text}: {there}")


# --- changes ------------------------------------------------------------------------------------


def change_filter(
    ledger: LedgerQueries,
    calendar: Calendar,
    folders: Sequence[Watch] = (),
    *,
    document: str | None = None,
    since: str | None = None,
    until: str | None = None,
    kinds: Iterable[str] = (),
    aspects: Iterable[str] = (),
    significance: str | None = None,
    level: str | None = None,
    snapshot: str | None = None,
    statement: str | None = None,
    baseline: bool = False,
    limit: int | None = None,
    announced: bool | None = None,
    metadata: bool = True,
    source: str | None = None,
) -> ChangeFilter:
    """What the filters of `log` mean; UsageError names a word, a document or an id that means nothing."""
    wanted = ChangeFilter(
        document=None if document is None else find_document(ledger, document, folders).path,
        kinds=frozenset(_word(ChangeKind, "kind", kind, RECORDED_KINDS) for kind in kinds),
        aspects=frozenset(_word(Aspect, "aspect", aspect, Aspect) for aspect in aspects),
        significance=None if significance is None else _word(Significance, "significance", significance, Significance),
        level=None if level is None else _word(Level, "level", level, Level),
        snapshot=None if snapshot is None else snapshot_named(snapshot, ledger.snapshots()).id,
        statement=None if statement is None else statement_id(ledger, statement),
        baseline=baseline,
        limit=limit,
        announced=announced,
        metadata=metadata,
        source=None if source is None else find_source(ledger, source, folders),
    )
    return within_period(wanted, calendar, since, until)


def _word(kind: type[Word], what: str, text: str, known: Iterable[Word]) -> Word:
    try:
        return kind(text)
    except ValueError:
        pass
    words = [str(one) for one in known]
    near = get_close_matches(str(text), words, n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(words)}"
    raise UsageError(f"there is no {what} {text}; {hint}")


def within_period(wanted: ChangeFilter, calendar: Calendar, since: str | None, until: str | None) -> ChangeFilter:
    """`wanted` within a period: from the first moment of `since`, or behind it where it is a snapshot, up to the
    last moment of `until`."""
    if since is not None:
        start = point(since, calendar, end=False)
        if start.snapshot is not None:
            wanted = wanted._replace(after_snapshot=start.snapshot.id)
        else:
            wanted = wanted._replace(since=start.at)
    if until is not None:
        wanted = wanted._replace(until=point(until, calendar, end=True).at)
    return wanted


def report(
    ledger: LedgerQueries,
    calendar: Calendar,
    wanted: ChangeFilter,
    hidden: Callable[[Sequence[Change]], Container[str]] | None = None,
    title: str | None = None,
    announcements: Sequence[str] = (),
) -> Report:
    """The report of a period; without `since` from the beginning, without `until` up to now.

    Only what `wanted` lets through is in it, its totals included. `hidden` gives the ids of those of some changes that
    ignore rules hide. `announcements` are the patterns of the configuration.
    """
    wanted = wanted._replace(unreadable=True)
    folded, start = list(ledger.snapshots()), wanted.since
    if wanted.after_snapshot is not None:
        at = next(at for at, one in enumerate(folded) if one.id == wanted.after_snapshot)
        start, folded = folded[at].taken_at, folded[at + 1 :]
    snapshots = [one for one in folded if _is_within(one, wanted)]
    rows = list(ledger.changes(wanted))
    return digest(
        rows,
        snapshots,
        made_at=calendar.now,
        since=start,
        until=wanted.until,
        baseline=_baseline_counts(ledger, wanted),
        hidden=hidden(rows) if hidden else (),
        announcements=announcements,
    )._replace(title=title, only=_only(wanted))


def _baseline_counts(ledger: LedgerQueries, wanted: ChangeFilter) -> list[BaselineCount]:
    """What first snapshots held, as far as the filter lets it through: all of it is added and substantive."""
    if wanted.aspects or (wanted.kinds and ChangeKind.ADDED not in wanted.kinds):
        return []
    if wanted.significance is Significance.EDITORIAL:
        return []
    counts = ledger.baseline_counts(wanted)
    begin = f"{wanted.source}/" if wanted.source else ""
    return [one for one in counts if wanted.document in (None, one.document) and one.document.startswith(begin)]


def _only(wanted: ChangeFilter) -> tuple[str, ...]:
    """What restricts a report, in words."""
    document = tuple(filter(None, (wanted.source, wanted.document)))
    words = (*sorted(wanted.kinds), *sorted(wanted.aspects), *filter(None, [wanted.significance]))
    announced = () if wanted.announced is None else ("announced" if wanted.announced else "not announced",)
    return (*document, *map(str, words), *announced)


def _is_within(snapshot: Snapshot, wanted: ChangeFilter) -> bool:
    return (wanted.since is None or wanted.since <= snapshot.taken_at) and (
        wanted.until is None or snapshot.taken_at <= wanted.until
    )


def comparison_addresses(ledger: LedgerQueries, base: str | None) -> Callable[[Change], str]:
    """Where the web page shows a change in its document: at the very statement, between the two versions.

    `base` is the address of the page, empty for one of its own pages; None: there is none, and addresses are empty.
    """
    place = statement_addresses(ledger, base or "")

    def address(change: Change) -> str:
        if base is None or change.document_id is None:
            return ""
        sides = change.after or change.before
        return place(change.document_id, change.snapshot, sides[0].statement if sides else "")

    return address


def statement_addresses(ledger: LedgerQueries, base: str) -> Callable[[str, str, str], str]:
    """The address of a statement, by the ids of its document, of a snapshot and of itself: what that snapshot brought,
    with the statement highlighted."""
    before: dict[str, str] = {}

    def address(document: str, snapshot: str, statement: str) -> str:
        if not before:
            last: dict[str, str] = {}
            for one in ledger.snapshots():
                before[one.id] = last.get(one.source, NO_VERSION)
                last[one.source] = one.id
        old, new = (name[:SHORT] for name in (before.get(snapshot, NO_VERSION), snapshot))
        place = f"&open={statement}#s-{statement}" if statement else ""
        return f"{base.rstrip('/')}/documents/{document}/compare?before={old}&after={new}{place}"

    return address


IN_ONE_PIECE = frozenset({ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RESTORED, ChangeKind.MOVED})


def text_of_group(ledger: LedgerQueries, changes: Sequence[Change]) -> tuple[VersionText, list[int]] | None:
    """The version of a document with the statements of changes that are reviewed together, and their ordinals.

    None where these are not several that came, went or moved together in one document.
    """
    members = [change for change in changes if change.level is Level.STATEMENT]
    where = {(one.document_id, one.snapshot, one.kind, bool(one.after)) for one in members}
    if len(members) < 2 or len(where) != 1 or members[0].kind not in IN_ONE_PIECE:
        return None
    first, names = members[0], [side.statement for one in members for side in one.after or one.before]
    earlier: dict[str, str] = {}
    for one in ledger.snapshots():
        if one.id == first.snapshot:
            pairs = ledger.version_pairs(earlier.get(one.source), one.id, one.source, {first.document_id or ""})
            found = [pair.after if first.after else pair.before for pair in pairs]
            text = next((version.text for version in found if version), None)
            places = sorted(text.ordinals[name] for name in names if name in text.ordinals) if text else []
            return (text, places) if text else None
        earlier[one.source] = one.id
    return None


def find_by_id(ledger: LedgerQueries, prefix: str) -> Change | StatementHistory:
    """The change or the statement whose id begins with `prefix`; UsageError where there is none."""
    change, history = ledger.change(prefix), ledger.statement_history(prefix)
    if change is not None and history is not None:
        raise UsageError(f"{prefix} begins the id of a change and of a statement; give more of it")
    found = change or history
    if found is None:
        raise unknown(ledger, [prefix], f"no change or statement matches {prefix}; `monitor log` shows ids")
    return found


def statement_id(ledger: LedgerQueries, prefix: str) -> str:
    """The full id of a statement, by a prefix or an alias."""
    history = ledger.statement_history(prefix)
    if history is None:
        message = f"no statement has an id that begins with {prefix}; `monitor blame DOCUMENT` shows ids"
        raise unknown(ledger, [prefix], message)
    return history.statement
