"""Compare two files, two versions of a document, or two points in time, from their exact bytes.

Used by `compare`, `diff` and `show --why`. The changes found here are not recorded and have no ids: only changes
between neighbouring snapshots are in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from monitor.app.monitor import documents_at, every_snapshot
from monitor.app.queries import NOTHING_YET, as_of, needed_snapshot, source_of
from monitor.app.read_documents import DocumentReader, ReadOptions
from monitor.core.classification.classify import classify
from monitor.core.diff.words import WordEdits
from monitor.core.time_expressions import Point
from monitor.core.tracking.compare import Compared, unchanged
from monitor.core.tracking.cross_document import match_across
from monitor.core.tracking.versions import compare_blocks
from monitor.errors import ExtractError, UsageError
from monitor.model import (
    BlockKind,
    Change,
    ChangeKind,
    CutBlock,
    Document,
    FileVersion,
    Level,
    Side,
    Significance,
    Snapshot,
    Statement,
)
from monitor.ports import SnapshotStore

if TYPE_CHECKING:  # `compare` of two files loads no database
    from monitor.ledger.queries import LedgerQueries


@dataclass(frozen=True, slots=True)
class Reasons:
    """`link`: why these statements are the same; `kind`: why the change has its significance and aspects."""

    link: tuple[str, ...]
    kind: tuple[str, ...]


def explain_change(store: SnapshotStore, change: Change, options: ReadOptions = ReadOptions()) -> Reasons:  # noqa: B008 - an immutable value
    """The reasons behind a change; none for a document as a whole, or where a side is empty: nothing was linked."""
    if change.level is Level.DOCUMENT or not (change.before and change.after):
        return Reasons((), ())
    found = _match(store, change, options)
    if found is None:  # it came back, or from another document: found by its text, not by its neighbours
        link = ("the text, once the documents of the snapshot were looked at together",)
        judged = classify(_statements_of_sides(change.before), _statements_of_sides(change.after))
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
    return next((one for one in compare_blocks(old, new).changes if (one.before, one.after) == sides), None)


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


Paths = tuple[str | None, str | None]
PairPosition = tuple[int, int]
"""A statement: which of the pairs of contents, and its ordinal in there."""


@dataclass(frozen=True)
class Content:
    """One document on one side; `blocks` is None where no reader reads it, or it failed as `failure` says."""

    path: str
    blocks: tuple[CutBlock, ...] | None
    failure: str | None = None
    language: str | None = None

    @cached_property
    def statements(self) -> tuple[Statement, ...] | None:
        """The statements of its blocks, in order."""
        return None if self.blocks is None else statements_in(self.blocks)


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """One document that differs between two moments; a side of None: it was not there."""

    before: Content | None
    after: Content | None
    changes: tuple[Change, ...]


def differences(
    store: SnapshotStore,
    ledger: LedgerQueries,
    before: Snapshot | None,
    after: Snapshot,
    document_id: str | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - an immutable value
) -> list[DocumentDiff]:
    """Every document of a source that differs between two of its snapshots, by its path after.

    `before` None: before the source's first snapshot. `document_id` asks for one document alone; then nothing
    is said of statements that it shares with others.
    """
    with DocumentReader(options) as documents:
        sides = _Sides(store, ledger, documents, (before, after))
        pairs = sides.all_paths() if document_id is None else [sides.paths_of(document_id)]
        contents = [sides.contents(pair) for pair in pairs if sides.differ(pair)]
    compared = _Compared(contents)
    return [
        DocumentDiff(old, new, tuple(compared.changes(at, after.taken_at))) for at, (old, new) in enumerate(contents)
    ]


def statement_changes(before: Content, after: Content) -> list[Change]:
    """What differs between the statements of two versions, in the order of their alignment."""
    changes = _Compared([(before, after)]).changes(0, datetime.fromtimestamp(0, UTC))
    return [change for change in changes if change.level is Level.STATEMENT]


class _Sides:
    """The two manifests, and which path of the one continues which of the other."""

    def __init__(
        self,
        store: SnapshotStore,
        ledger: LedgerQueries,
        documents: DocumentReader,
        snapshots: tuple[Snapshot | None, Snapshot],
    ) -> None:
        self._store, self._ledger, self._documents = store, ledger, documents
        self._before, self._after = before, after = snapshots
        self._old: Mapping[str, FileVersion] = documents_at(store, before) if before else {}
        self._new: Mapping[str, FileVersion] = documents_at(store, after)

    def all_paths(self) -> list[Paths]:
        vanished = self._old.keys() - self._new.keys()
        appeared = self._new.keys() - self._old.keys()
        renamed = self._renamed(sorted(vanished), appeared) if vanished and appeared else {}
        pairs: list[Paths] = [(path, path) for path in self._old.keys() & self._new.keys()]
        pairs += [(path, renamed.get(path)) for path in vanished]
        pairs += [(None, path) for path in appeared - set(renamed.values())]
        return sorted(pairs, key=lambda pair: pair[1] or pair[0] or "")

    def _renamed(self, vanished: Iterable[str], appeared: set[str]) -> dict[str, str]:
        """The paths that went and what they became, as the ledger followed the documents."""
        renamed: dict[str, str] = {}
        for path in vanished:
            document = self._ledger.document(path)
            before, after = self.paths_of(document.id) if document else (None, None)
            if before == path and after is not None and after in appeared:
                renamed[path] = after
        return renamed

    def paths_of(self, document_id: str) -> Paths:
        """Where one document stood on either side."""
        before = self._ledger.blob_at(document_id, self._before.id) if self._before else None
        after = self._ledger.blob_at(document_id, self._after.id)
        return (before[0] if before else None, after[0] if after else None)

    def differ(self, pair: Paths) -> bool:
        return pair[0] != pair[1] or self._blob(self._old, pair[0]) != self._blob(self._new, pair[1])

    def contents(self, pair: Paths) -> tuple[Content | None, Content | None]:
        return self._content(self._old, pair[0]), self._content(self._new, pair[1])

    def _content(self, manifest: Mapping[str, FileVersion], path: str | None) -> Content | None:
        blob = self._blob(manifest, path)
        if path is None or blob is None:
            return None
        result = self._documents.read(path, self._store.read(blob))
        return Content(path, result.blocks, result.failure, result.language)

    @staticmethod
    def _blob(manifest: Mapping[str, FileVersion], path: str | None) -> str | None:
        return manifest[path].blob if path is not None and path in manifest else None


class _Compared:
    """The comparison of every document, and the statements that went from one document to another."""

    def __init__(self, contents: Sequence[tuple[Content | None, Content | None]]) -> None:
        self._contents = contents
        self.matches = [_matches(old, new) for old, new in contents]
        lost = [(at, match.before[0]) for at, match in self._of(ChangeKind.REMOVED)]
        gained = [(at, match.after[0]) for at, match in self._of(ChangeKind.ADDED)]
        pairs = match_across(
            [(position, self._statement(position, 0)) for position in lost],
            [(position, self._statement(position, 1)) for position in gained],
        )
        self._origin = {target: (source, similarity) for source, target, similarity in pairs}
        self._left = {source for source, _, _ in pairs}

    def changes(self, at: int, taken_at: datetime) -> Iterator[Change]:
        """What happened to one document as a whole, then to each of its statements."""
        old, new = self._contents[at]
        yield from _document_changes(old, new, taken_at)
        cause = None if old and new else "document"
        for match in self.matches[at]:
            if match.kind is ChangeKind.REMOVED and (at, match.before[0]) in self._left:
                continue  # told where it stands now
            if match.kind is ChangeKind.ADDED and (at, match.after[0]) in self._origin:
                yield self._arrival((at, match.after[0]), taken_at)
                continue
            before, after = [_side(old, i) for i in match.before], [_side(new, j) for j in match.after]
            yield _statement_change(match, before, after, taken_at, cause)

    def _arrival(self, target: PairPosition, taken_at: datetime) -> Change:
        """A statement that stood in another document before."""
        source, similarity = self._origin[target]
        before, after = self._statement(source, 0), self._statement(target, 1)
        same = unchanged(before, after)
        old, new = self._contents[source[0]][0], self._contents[target[0]][1]
        language = new.language if new else None
        match = Compared(
            (source[1],),
            (target[1],),
            ChangeKind.MOVED if same else ChangeKind.REVISED,
            similarity,
            moved=True,
            classification=None if same else classify([before], [after], language),
        )
        return _statement_change(match, [_side(old, source[1])], [_side(new, target[1])], taken_at, None)

    def _of(self, kind: ChangeKind) -> Iterator[tuple[int, Compared]]:
        return ((at, match) for at, found in enumerate(self.matches) for match in found if match.kind is kind)

    def _statement(self, position: PairPosition, side: int) -> Statement:
        return _statements(self._contents[position[0]][side])[position[1]]


def _matches(old: Content | None, new: Content | None) -> Sequence[Compared]:
    """Nothing where a side could not be read: its statements are not known to be gone."""
    if any(side is not None and side.blocks is None for side in (old, new)):
        return ()
    return compare_blocks(_content_blocks(old), _content_blocks(new), new.language if new else None).changes


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
    statement = _statements(content)[ordinal]
    return Side("", 0, content.path if content else "", ordinal, statement.text, statement.links)


def _statement_change(
    match: Compared, before: Sequence[Side], after: Sequence[Side], taken_at: datetime, cause: str | None
) -> Change:
    judged = match.classification
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
    store: SnapshotStore,
    ledger: LedgerQueries,
    before: Point,
    after: Point,
    document: Document | None = None,
    options: ReadOptions | None = None,
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
            found += differences(
                store, ledger, earlier, later, document.id if document else None, options or ReadOptions()
            )
    return found
