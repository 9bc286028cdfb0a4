"""Two moments held against each other, from the exact bytes of both: what `diff` answers.

Nothing here is recorded, so the changes have no ids: moments that are no neighbours have no place in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.app.documents import Documents, How
from monitor.app.naming import documents_at
from monitor.core.classification.classify import classify
from monitor.core.diff.words import WordEdits
from monitor.core.tracking.compare import Compared, compare, unchanged
from monitor.core.tracking.cross_document import match_across
from monitor.model import Change, ChangeKind, FileVersion, Level, Side, Significance, Snapshot, Statement
from monitor.ports import LedgerQueries, SnapshotStore

Paths = tuple[str | None, str | None]
Place = tuple[int, int]
"""A statement: which of the pairs of contents, and its ordinal in there."""


@dataclass(frozen=True, slots=True)
class Content:
    """One document on one side; `statements` is None where no extractor reads it, or it failed as `failure` says."""

    path: str
    statements: tuple[Statement, ...] | None
    failure: str | None = None


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
    how: How = How(),  # noqa: B008 - an immutable value
) -> list[DocumentDiff]:
    """Every document of a source that differs between two of its snapshots, by its path after.

    `before` None: before the source's first snapshot. `document_id` asks for one document alone; then nothing
    is said of statements that it shares with others.
    """
    with Documents(how) as documents:
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
        documents: Documents,
        moments: tuple[Snapshot | None, Snapshot],
    ) -> None:
        self._store, self._ledger, self._documents = store, ledger, documents
        self._before, self._after = before, after = moments
        self._old: Mapping[str, FileVersion] = documents_at(store, before) if before else {}
        self._new: Mapping[str, FileVersion] = documents_at(store, after)

    def all_paths(self) -> list[Paths]:
        gone = self._old.keys() - self._new.keys()
        came = self._new.keys() - self._old.keys()
        renamed = self._renamed(sorted(gone), came) if gone and came else {}
        pairs: list[Paths] = [(path, path) for path in self._old.keys() & self._new.keys()]
        pairs += [(path, renamed.get(path)) for path in gone]
        pairs += [(None, path) for path in came - set(renamed.values())]
        return sorted(pairs, key=lambda pair: pair[1] or pair[0] or "")

    def _renamed(self, gone: Iterable[str], came: set[str]) -> dict[str, str]:
        """The paths that went and what they became, as the ledger followed the documents."""
        renamed: dict[str, str] = {}
        for path in gone:
            document = self._ledger.document(path)
            before, after = self.paths_of(document.id) if document else (None, None)
            if before == path and after is not None and after in came:
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
        reading = self._documents.read(path, self._store.read(blob))
        return Content(path, reading.statements, reading.failure)

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
            [(place, self._statement(place, 0)) for place in lost],
            [(place, self._statement(place, 1)) for place in gained],
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

    def _arrival(self, target: Place, taken_at: datetime) -> Change:
        """A statement that stood in another document before."""
        source, similarity = self._origin[target]
        before, after = self._statement(source, 0), self._statement(target, 1)
        same = unchanged(before, after)
        match = Compared(
            (source[1],),
            (target[1],),
            ChangeKind.MOVED if same else ChangeKind.REVISED,
            similarity,
            moved=True,
            classification=None if same else classify([before], [after]),
        )
        old, new = self._contents[source[0]][0], self._contents[target[0]][1]
        return _statement_change(match, [_side(old, source[1])], [_side(new, target[1])], taken_at, None)

    def _of(self, kind: ChangeKind) -> Iterator[tuple[int, Compared]]:
        return ((at, match) for at, found in enumerate(self.matches) for match in found if match.kind is kind)

    def _statement(self, place: Place, side: int) -> Statement:
        return _statements(self._contents[place[0]][side])[place[1]]


def _matches(old: Content | None, new: Content | None) -> Sequence[Compared]:
    """Nothing where a side could not be read: its statements are not known to be gone."""
    if any(side is not None and side.statements is None for side in (old, new)):
        return ()
    return compare(_statements(old), _statements(new)).changes


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
