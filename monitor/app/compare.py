"""Compare two files, two versions of a document, or two points in time, from their exact bytes.

Used by `compare`, `diff` and `show --why`. The changes found here are not recorded and have no ids: only changes
between neighbouring snapshots are in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from monitor.app.monitor import documents_at, every_snapshot
from monitor.app.queries import NOTHING_YET, as_of, needed_snapshot, source_of
from monitor.app.read_documents import DocumentReader, ReadOptions
from monitor.core.classification.classify import classify
from monitor.core.diff.redline import Redline, VersionText, redline
from monitor.core.diff.words import WordEdits
from monitor.core.text.language import spoken
from monitor.core.time_expressions import Point
from monitor.core.tracking.compare import Compared, unchanged
from monitor.core.tracking.identity import compare_by_identity, likeness
from monitor.core.tracking.versions import compare_blocks
from monitor.errors import ExtractError, UsageError
from monitor.model import (
    BlockKind,
    Change,
    ChangeKind,
    CutBlock,
    Document,
    Level,
    Reasons,
    Side,
    Significance,
    Snapshot,
    Statement,
)
from monitor.ports import SnapshotStore

if TYPE_CHECKING:  # `compare` of two files loads no database
    from monitor.ledger.document_versions import StoredVersion, VersionPair
    from monitor.ledger.queries import LedgerQueries


def explain_change(store: SnapshotStore, change: Change, options: ReadOptions = ReadOptions()) -> Reasons:  # noqa: B008 - an immutable value
    """The reasons behind a change; none for a document as a whole, or where a side is empty: nothing was linked."""
    if change.level is Level.DOCUMENT or not (change.before and change.after):
        return Reasons((), ())
    found = _match(store, change, options)
    if found is None:  # it came back, or from another document: found by its text, not by its neighbours
        link = ("the text, once the documents of the snapshot were looked at together",)
        sides = _statements_of_sides(change.before), _statements_of_sides(change.after)
        judged = classify(*sides, change.document_language)
        return Reasons(link, judged.reasons)
    return Reasons(found.reasons, found.classification.reasons if found.classification else ())


def _match(store: SnapshotStore, change: Change, options: ReadOptions) -> Compared | None:
    """The match of the alignment that made the change."""
    before, after = _neighbours(store, change.snapshot)
    if before is None or after is None:
        return None
    old = _version(store, before, change.before[0].document, options)
    new = _version(store, after, change.after[0].document, options)
    sides = (tuple(side.ordinal for side in change.before), tuple(side.ordinal for side in change.after))
    return next(
        (one for one in compare_blocks(old, new, change.document_language).changes if (one.before, one.after) == sides),
        None,
    )


def _neighbours(store: SnapshotStore, snapshot: str) -> tuple[Snapshot | None, Snapshot | None]:
    """The snapshot before this one in its source, and this one."""
    for source in store.sources():
        before = None
        for one in store.snapshots(source):
            if one.id == snapshot:
                return before, one
            before = one
    return None, None


def _version(store: SnapshotStore, snapshot: Snapshot, path: str, options: ReadOptions) -> Sequence[CutBlock]:
    version = documents_at(store, snapshot).get(path)
    return (blocks_of(path, store.read(version.blob), options) if version else None) or ()


def _statements_of_sides(sides: Sequence[Side]) -> list[Statement]:
    return [Statement(side.text, links=side.links) for side in sides]


@dataclass(frozen=True)
class Content:
    """One document on one side; `blocks` is None where no reader reads it.

    Of a version that could not be read, as `failure` says, they are those that were read last.
    """

    path: str
    blocks: tuple[CutBlock, ...] | None
    failure: str | None = None
    language: str | None = None
    ids: tuple[str, ...] = ()

    @cached_property
    def statements(self) -> tuple[Statement, ...] | None:
        """The statements of its blocks, in order."""
        return None if self.blocks is None else statements_in(self.blocks)

    @cached_property
    def text(self) -> VersionText:
        """The same with the ids of its statements."""
        return VersionText(self.path, self.blocks or (), self.ids)


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """One document that differs between two moments; a side of None: it was not there.

    `departed` are the changes of other documents that took a statement from this one.
    """

    before: Content | None
    after: Content | None
    changes: tuple[Change, ...]
    departed: tuple[Change, ...] = ()
    times: tuple[datetime | None, datetime | None] = (None, None)  # when the two versions were taken

    def redline(self) -> Redline:
        """Both versions in rows, with the changes as marks."""
        path = _path(self.before, self.after)
        before, after = (side.text if side else VersionText(path, (), ()) for side in (self.before, self.after))
        return redline(before, after, (*self.changes, *self.departed))


def differences(
    ledger: LedgerQueries, before: Snapshot | None, after: Snapshot, document_id: str | None = None
) -> list[DocumentDiff]:
    """Every document of a source that differs between two of its snapshots, by its path after.

    `before` None: before the source's first snapshot. `document_id` asks for one document alone. Of neighbouring
    versions the recorded changes are given; versions further apart are compared by the identity of their statements.
    """
    first = before.id if before else None
    wanted = None if document_id is None else {document_id}
    pairs = ledger.version_pairs(first, after.id, after.source, wanted)
    if wanted is not None and any(pair.recorded is None for pair in pairs):
        lost = [one for pair in pairs for one in _on_one_side(pair)]
        others = set(ledger.other_documents(first, after.id, lost)) - wanted
        pairs += ledger.version_pairs(first, after.id, after.source, others) if others else []
    compared = _Compared([_Contents(_content(one.before), _content(one.after), one.recorded) for one in pairs])
    found = [
        DocumentDiff(one.before, one.after, tuple(compared.changes(at, after.taken_at)))
        for at, one in enumerate(compared.contents)
    ]
    times = before.taken_at if before else None, after.taken_at
    shown = zip(pairs, _with_departed(found, pairs), strict=True)
    return [replace(one, times=times) for pair, one in shown if wanted is None or pair.document in wanted]


def statement_changes(before: Content, after: Content) -> list[Change]:
    """What differs between the statements of two versions, in the order of their alignment."""
    changes = _Compared([_Contents(before, after, None)]).changes(0, datetime.fromtimestamp(0, UTC))
    return [change for change in changes if change.level is Level.STATEMENT]


def compared_contents(before: Content, after: Content) -> DocumentDiff:
    """Two contents that no ledger has: a statement is named by its place, one that both have by that in the second."""
    kept = matches(before.blocks or (), after.blocks or ())
    names = {one.before[0]: f"{one.after[0] + 1}" for one in kept if len(one.before) == len(one.after) == 1}
    ids = tuple(names.get(i, f"before-{i + 1}") for i in range(len(before.statements or ())))
    old = replace(before, ids=ids)
    new = replace(after, ids=tuple(f"{j + 1}" for j in range(len(after.statements or ()))))
    return DocumentDiff(old, new, tuple(statement_changes(old, new)))


def _on_one_side(pair: VersionPair) -> set[str]:
    old, new = (set(side.text.ids if side else ()) for side in (pair.before, pair.after))
    return old ^ new


def _content(version: StoredVersion | None) -> Content | None:
    if version is None:
        return None
    text = version.text
    blocks = None if version.opaque else tuple(text.blocks)
    return Content(text.path, blocks, version.failure, version.language, tuple(text.ids))


def _with_departed(found: Sequence[DocumentDiff], pairs: Sequence[VersionPair]) -> Iterator[DocumentDiff]:
    """The documents with the changes that took statements from them, wherever these are listed."""
    leaving: dict[str, list[Change]] = {}
    for one in found:
        for change in one.changes:
            for path in {side.document for side in change.before} if change.kind is not ChangeKind.RESTORED else ():
                if one.before is None or path != one.before.path:
                    leaving.setdefault(path, []).append(change)
    for one, pair in zip(found, pairs, strict=True):
        listed = leaving.get(one.before.path, []) if one.before else []
        known = {change.id for change in listed}
        yield replace(one, departed=(*listed, *(change for change in pair.departed if change.id not in known)))


class _Contents(NamedTuple):
    """The two sides of one document, and the changes between them where these are recorded."""

    before: Content | None
    after: Content | None
    recorded: tuple[Change, ...] | None


class _Compared:
    """The comparison of every document, and the statements that are in another document on the other side."""

    def __init__(self, contents: Sequence[_Contents]) -> None:
        self.contents = contents

    @cached_property
    def _origins(self) -> Mapping[str, tuple[int, int]]:
        return self._places_on(lambda one: one.before)

    @cached_property
    def _places(self) -> Mapping[str, tuple[int, int]]:
        return self._places_on(lambda one: one.after)

    def _places_on(self, side: Callable[[_Contents], Content | None]) -> Mapping[str, tuple[int, int]]:
        """For each statement of one side its document and its ordinal; recorded changes need none of it."""
        sides = ((at, side(one)) for at, one in enumerate(self.contents))
        return {name: (at, ordinal) for at, content in sides if content for ordinal, name in enumerate(content.ids)}

    def changes(self, at: int, taken_at: datetime) -> Iterator[Change]:
        """What happened to one document as a whole, then to each of its statements."""
        old, new, recorded = self.contents[at]
        if recorded is not None:
            yield from recorded
            return
        yield from _document_changes(old, new, taken_at)
        if any(side is not None and side.blocks is None for side in (old, new)):
            return  # what it says is not known on one side
        cause = None if old and new else "document"
        left = {i for i, name in enumerate(old.ids) if self._places.get(name, (at,))[0] != at} if old else set()
        came = {j for j, name in enumerate(new.ids) if self._origins.get(name, (at,))[0] != at} if new else set()
        language = new.language if new else None
        ids = (old.ids if old else ()), (new.ids if new else ())
        for match in compare_by_identity(_content_blocks(old), _content_blocks(new), ids, (left, came), language):
            if match.kind is ChangeKind.REMOVED and match.before[0] in left:
                continue  # told where it is now
            if match.kind is ChangeKind.ADDED and match.after[0] in came:
                continue
            before, after = [_side(old, i) for i in match.before], [_side(new, j) for j in match.after]
            group = f"{at} {match.cause} {match.event}" if match.cause and not cause else None
            change = _statement_change(match, before, after, taken_at, cause or match.cause, language)
            yield change._replace(group=group)
        yield from (self._arrival(at, ordinal, taken_at) for ordinal in sorted(came))

    def _arrival(self, at: int, ordinal: int, taken_at: datetime) -> Change:
        """A statement that was in another document before."""
        new = self.contents[at].after
        source, place = self._origins[new.ids[ordinal] if new else ""]
        old = self.contents[source].before
        before, after = _statements(old)[place], _statements(new)[ordinal]
        same = unchanged(before, after)
        language = new.language if new else None
        judged = None if same else classify([before], [after], language)
        kind = ChangeKind.MOVED if same else ChangeKind.REVISED
        match = Compared((place,), (ordinal,), kind, likeness(before, after), moved=True, classification=judged)
        return _statement_change(match, [_side(old, place)], [_side(new, ordinal)], taken_at, None, language)


def _content_blocks(content: Content | None) -> Sequence[CutBlock]:
    return (content.blocks if content else None) or ()


def _statements(content: Content | None) -> Sequence[Statement]:
    return (content.statements if content else None) or ()


def _document_changes(old: Content | None, new: Content | None, taken_at: datetime) -> Iterator[Change]:
    kind = _event(old, new)
    renamed_from = old.path if old and new and old.path != new.path else None
    failure = next((side.failure for side in (new, old) if side and side.failure), None)
    events: list[tuple[ChangeKind, str | None]] = [(kind, None)] if kind else []
    if failure:
        events.append((ChangeKind.FAILED, failure))
    for event, message in events:
        yield Change(
            id="",
            level=Level.DOCUMENT,
            kind=event,
            snapshot="",
            taken_at=taken_at,
            recorded_at=taken_at,
            document=_path(old, new),
            document_id=None,
            document_before=renamed_from,
            message=message,
        )


def _event(old: Content | None, new: Content | None) -> ChangeKind | None:
    if old is None:
        return ChangeKind.ADDED
    if new is None:
        return ChangeKind.REMOVED
    if old.path != new.path:
        return ChangeKind.RENAMED
    opaque = old.statements is None or new.statements is None
    return ChangeKind.REVISED if opaque and not (old.failure or new.failure) else None


def _path(old: Content | None, new: Content | None) -> str:
    return new.path if new else old.path if old else ""


def _side(content: Content | None, ordinal: int) -> Side:
    statement, ids = _statements(content)[ordinal], content.ids if content else ()
    name = ids[ordinal] if ids else ""
    return Side(name, 0, content.path if content else "", ordinal, statement.text, statement.links)


def _statement_change(
    match: Compared,
    before: Sequence[Side],
    after: Sequence[Side],
    taken_at: datetime,
    cause: str | None,
    language: str | None,
) -> Change:
    judged, found = match.classification, spoken([side.text for side in (*before, *after)], language)
    return Change(
        id="",
        level=Level.STATEMENT,
        kind=match.kind,
        snapshot="",
        taken_at=taken_at,
        recorded_at=taken_at,
        document=(after or before)[0].document,
        document_id=None,
        cause=cause,
        significance=judged.significance if judged else Significance.SUBSTANTIVE,
        aspects=judged.aspects if judged else (),
        similarity=match.similarity,
        moved=match.moved,
        before=tuple(before),
        after=tuple(after),
        edits=WordEdits(before, after),
        document_language=language,
        language=found.language,
        aspects_known=found.aspects_known,
    )


def blocks_of(path: str, data: bytes, options: ReadOptions = ReadOptions()) -> tuple[CutBlock, ...] | None:  # noqa: B008 - immutable
    """The blocks of one file; None where no reader reads it, ExtractError where it cannot be read."""
    with DocumentReader(options) as documents:
        result = documents.read(path, data)
    if result.failure is not None:
        raise ExtractError(result.failure)
    return result.blocks


def statements_of(path: str, data: bytes, options: ReadOptions = ReadOptions()) -> tuple[Statement, ...] | None:  # noqa: B008 - immutable
    """The statements of the same."""
    blocks = blocks_of(path, data, options)
    return None if blocks is None else statements_in(blocks)


def statements_in(blocks: Iterable[CutBlock]) -> tuple[Statement, ...]:
    """The statements of blocks, in order."""
    return tuple(chain.from_iterable(block.statements for block in blocks))


def lines_of(data: bytes) -> tuple[CutBlock, ...]:
    """A statement a line, each a block of its own, parted at LF alone.

    Empty lines count; the last LF ends a line and begins none.
    """
    text = data.decode("utf-8", "surrogateescape")
    lines = text.removesuffix("\n").split("\n") if text else []
    return tuple(CutBlock(BlockKind.PARAGRAPH, 0, (Statement(line),)) for line in lines)


def matches(before: Sequence[CutBlock], after: Sequence[CutBlock]) -> list[Compared]:
    """Every match of two versions, the unchanged ones too, in the order of an `Alignment`."""
    comparison = compare_blocks(before, after)
    found = [
        Compared((i + at,), (j + at,), ChangeKind.UNCHANGED, 1.0, moved=False, classification=None)
        for i, j, length in comparison.kept
        for at in range(length)
    ]
    found += comparison.changes
    position = {index: match.after[0] for match in found if match.after for index in match.before}
    anchors = _anchors(position, comparison.before_count)
    # What has no after side follows the match that holds the statement before it.
    return sorted(
        found, key=lambda match: (match.after[0], -1) if match.after else (anchors[match.before[0]], match.before[0])
    )


def _anchors(position: Mapping[int, int], count: int) -> list[int]:
    """For each statement before: where it, or the nearest before it that still stands, is after; -1 at the start."""
    anchors, last = [], -1
    for i in range(count):
        last = position.get(i, last)
        anchors.append(last)
    return anchors


def diff(
    store: SnapshotStore, ledger: LedgerQueries, before: Point, after: Point, document: Document | None = None
) -> list[DocumentDiff]:
    """Every document that differs between two moments, or one alone.

    A snapshot stands for its own source; two dates for every source that had a snapshot by the later one.
    """
    known = every_snapshot(store)
    if not known:
        raise UsageError(NOTHING_YET)
    named = {when.snapshot.source for when in (before, after) if when.snapshot is not None}
    sources = named or set(store.sources())
    if document is not None:
        sources = {source_of(document.path, store.sources())}
    found: list[DocumentDiff] = []
    for source in sorted(sources):
        later = as_of(after, source, known) if len(sources) > 1 else needed_snapshot(after, source, known)
        earlier = as_of(before, source, known) if len(sources) > 1 else needed_snapshot(before, source, known)
        if later is not None:
            found += differences(ledger, earlier, later, document.id if document else None)
    return found
