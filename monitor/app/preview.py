"""What a patch would change in the newest snapshot of the watched documents. Nothing is recorded.

The patch is applied to the bytes of the snapshot, and the result is folded as a run would fold it, into a copy of the
ledger that is thrown away. So the changes are those that a run finds once the patch has taken effect.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from shlex import quote as quote_word
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import quote

from monitor.app.compare import DocumentDiff, differences
from monitor.app.fold_snapshot import fold_snapshot
from monitor.app.monitor import Monitor
from monitor.app.queries import NOTHING_YET
from monitor.app.read_documents import ReadOptions, VersionReader, read_options
from monitor.app.review_criteria import criteria
from monitor.app.watched import folder_of, scan_rules_of
from monitor.config import Settings
from monitor.core.diff.patch import FileChange, apply_hunks, parse_patch
from monitor.core.diff.unified import PatchMismatch
from monitor.core.review.scoring import Score, score_change
from monitor.errors import StoreError, UsageError
from monitor.ledger.database import Database, open_database
from monitor.ledger.fold_cache import FoldCache
from monitor.ledger.fold_state import fold_state
from monitor.ledger.queries import LedgerQueries
from monitor.ledger.writer import LedgerWriter
from monitor.model import Action, Change, ChangeFilter, Failure, PathChange, Side, Snapshot, SnapshotDelta
from monitor.reviews.facts import ReviewFacts
from monitor.snapshots.git_objects import object_id

LARGEST = 100_000_000  # bytes of a patch
_PREVIEW = "preview"  # the snapshot that is never taken


class PreviewedChange(NamedTuple):
    """A change that would be found, with its place in the queue: score, watch terms, and the ignore rule that lowers
    or hides it. Its id, and what else only a record has, is empty."""

    change: Change
    score: Score
    terms: tuple[str, ...] = ()
    rule: str | None = None
    hidden: bool = False


class Preview(NamedTuple):
    """What a patch would change in `snapshot`; `left_out` are files of the patch of which nothing can be said.

    `documents` has both versions of each document that differs, for a redline.
    """

    snapshot: Snapshot
    changes: tuple[PreviewedChange, ...] = ()
    left_out: tuple[Failure, ...] = ()
    documents: tuple[DocumentDiff, ...] = ()


def preview(monitor: Monitor, patch: bytes, relative: str | None = None) -> Preview:
    """Apply a unified diff to the newest snapshot of the watched folder, and tell what would change.

    `relative` names the folder of the patch's paths that is watched; without it each watched folder is found by its
    name, or by the only place where its documents are.
    UsageError where the patch is none, or does not apply.
    """
    if len(patch) > LARGEST:
        raise UsageError(f"the patch has more than {LARGEST // 10**6} MB: give a part of it")
    files = parse_patch(patch)
    options = read_options(monitor.settings)
    head = monitor.snapshots.head()
    if head is None:
        raise UsageError(NOTHING_YET)
    newest = _folded_head(monitor, head, options)
    tree = _PatchedTree(monitor, newest, files, relative)
    tree.apply(files)
    found = Preview(newest, left_out=tuple(tree.left_out))
    return _with_changes(found, monitor, tree, options) if tree.delta() else found


def _folded_head(monitor: Monitor, head: str, options: ReadOptions) -> Snapshot:
    state = fold_state(monitor.ledger_database)
    newest = state.newest.get("") if state else None
    if state is None or newest is None or newest.id != head or state.fingerprint != options.fingerprint():
        raise StoreError("the ledger is behind the snapshots: `monitor run` brings it up to date")
    return newest


# --- the documents with the patch applied -------------------------------------------------------


class _PatchedTree:
    """The documents of a snapshot by path, over which a patch writes in memory."""

    def __init__(self, monitor: Monitor, snapshot: Snapshot, files: Sequence[FileChange], relative: str | None) -> None:
        self._snapshot = snapshot
        self._read_stored = monitor.snapshots.read
        self._before: Mapping[str, str] = {
            path: version.blob for path, version in monitor.snapshots.manifest(snapshot.id).items()
        }
        self._settings = monitor.settings
        self._selections = {
            watch.name: scan_rules_of(monitor.settings, watch).selection(watch.folder)
            for watch in monitor.settings.watched
        }
        self._now = dict(self._before)
        self._new: dict[str, bytes] = {}
        self.left_out: list[Failure] = []
        named = [file.before or file.after or "" for file in files]
        self._root = _root(named, self._before, _roots(monitor.settings, relative))

    def _is_watched(self, path: str) -> bool:
        watch, below = folder_of(self._settings, path)
        return watch is not None and not self._selections[watch.name].ignored(below)

    def _largest(self, path: str) -> int:
        watch, _ = folder_of(self._settings, path)
        return (watch or self._settings.watch).max_size

    def read(self, blob: str) -> bytes:
        """The bytes of a blob that the snapshot has or that the patch made."""
        found = self._new.get(blob)
        return self._read_stored(blob) if found is None else found

    def delta(self) -> list[PathChange]:
        """The paths whose bytes are others now, in their order."""
        paths = sorted(self._before.keys() | self._now.keys())
        pairs = ((path, self._before.get(path), self._now.get(path)) for path in paths)
        return [PathChange(*pair) for pair in pairs if pair[1] != pair[2]]

    def apply(self, files: Iterable[FileChange]) -> None:
        """Apply each file's part, in the order of the patch."""
        for file in files:
            before, after = (None if path is None else self._path(path) for path in (file.before, file.after))
            reason = self._why_not_watched(before, after) or file.unreadable
            if file.before is not None and before is None and after is not None:
                reason = reason or "from outside of the watched folder, and the patch does not hold its content"
            if reason is not None:
                self.left_out.append(Failure(file.after or file.before or "", reason))
            elif file.how == "edit" and before is not None and after is not None and before != after:
                # `diff -u old new` names two files, of which one is the document
                path = before if before in self._now else after
                self._apply(file, path, path)
            else:
                self._apply(file, before, after)

    def _path(self, path: str) -> str | None:
        """The path of a document; None for a file outside of the watched folder."""
        return _document(self._root, path)

    def _why_not_watched(self, before: str | None, after: str | None) -> str | None:
        paths = [path for path in (before, after) if path is not None]
        if not paths:
            return "outside of the watched folder"
        if any(path in self._now or self._is_watched(path) for path in paths):
            return None
        return "not watched"

    def _apply(self, file: FileChange, before: str | None, after: str | None) -> None:
        """One file; a side of None is not there, or lies outside of what is watched."""
        if after is not None and after != before and after in self._now:
            raise self._mismatch(after, "the patch adds it, and it is there already")
        if before is not None and before not in self._now:
            raise self._mismatch(before, self._why_missing(file.before or before, before))
        old = b"" if before is None else self.read(self._now[before])
        try:
            new = apply_hunks(file.hunks, old)
        except PatchMismatch as error:
            raise self._mismatch(before or after or "", str(error)) from None
        if file.after is None and file.hunks and new:
            raise self._mismatch(before or "", "the patch removes it, and it holds more than the patch says")
        if before is not None and file.how != "copy":
            del self._now[before]
        if after is not None and len(new) > (largest := self._largest(after)):
            self.left_out.append(Failure(after, f"larger than {largest:,} bytes"))
        elif after is not None:
            blob = object_id("blob", new)
            self._now[after], self._new[blob] = blob, new

    def _why_missing(self, given: str, name: str) -> str:
        """That no document is called so, and what in the patch would name one."""
        parts = given.split("/")
        for at in range(1, len(parts)):
            if "/".join(parts[at:]) in self._before:
                return f"it is not there; --relative {quote_word('/'.join(parts[:at]))} makes it {'/'.join(parts[at:])}"
        near = next((path for path in self._before if path.endswith(f"/{name}")), None)
        return "it is not there" if near is None else f"it is not there; {near} is: make the patch with whole paths"

    def _mismatch(self, path: str, why: str) -> PatchMismatch:
        taken = self._snapshot.taken_at.strftime("%Y-%m-%d %H:%M")
        return PatchMismatch(f"{path}: {why} (the newest snapshot is {self._snapshot.id[:10]}, of {taken} UTC)")


_Root = Mapping[str, str]  # what stands before documents' paths in a patch, and what their names begin with instead


def _document(root: _Root, path: str) -> str | None:
    """The name that a path of the patch has as a document; None for one outside of what is watched."""
    for prefix, name in root.items():
        inside = path.removeprefix(prefix)
        if path.startswith(prefix) and not inside.startswith(("/", "../")) and inside not in ("", ".", ".."):
            return name + inside
    return None


def _roots(settings: Settings, relative: str | None) -> Iterator[_Root]:
    """The places from which the paths of a patch may go: a watched folder, the folders above it, or `relative`.

    With several watched folders also the place where each lies under its name.
    """
    folders = {f"{watch.name}/" if watch.name else "": watch.folder.absolute() for watch in settings.watched}
    start = "" if relative is None or posixpath.normpath(relative) == "." else f"{posixpath.normpath(relative)}/"
    yield {start + name: name for name in folders}
    yield from ({start: name} for name in folders if name)
    if relative is None:
        places = dict.fromkeys(place for folder in folders.values() for place in folder.parents)
        for place in sorted(places, key=lambda place: -len(place.parts)):
            below = {name: folder for name, folder in folders.items() if folder.is_relative_to(place)}
            yield {f"{folder.relative_to(place)}/": name for name, folder in below.items()}
        yield {f"{folder}/": name for name, folder in folders.items()}


def _root(named: Sequence[str], documents: Collection[str], roots: Iterable[_Root]) -> _Root:
    """That under which most files of a patch are documents; among equals, the one with most paths below a folder.

    UsageError where others are as good and name other documents: the patch does not say which folder it means.
    """

    def fit(root: _Root) -> tuple[int, int]:
        found = [_document(root, path) for path in named]
        below = [path for path in named if any(prefix and path.startswith(prefix) for prefix in root)]
        return sum(path in documents for path in found), len(below)

    fits = [(fit(root), root) for root in roots]
    best = max(value for value, _ in fits)
    equal = [root for value, root in fits if value == best]
    for path in named:
        found = sorted({name for root in equal if (name := _document(root, path)) is not None})
        if len(found) > 1 and len({name.split("/")[0] for root in equal for name in root.values()}) > 1:
            if found := [name for name in found if name in documents]:
                raise UsageError(f"{path} may be {' or '.join(found)}: name the file so in the patch")
            begin = " or ".join(sorted({f"{name.split('/')[0]}/" for root in equal for name in root.values()}))
            raise UsageError(f"{path}: the patch does not say in which folder it is: let its path begin with {begin}")
    return equal[0]


# --- the changes --------------------------------------------------------------------------------


def _with_changes(found: Preview, monitor: Monitor, tree: _PatchedTree, options: ReadOptions) -> Preview:
    now = max(datetime.now(UTC), found.snapshot.taken_at)
    after = Snapshot(_PREVIEW, "", now, now)
    with _copy(monitor.ledger_database) as database:
        with VersionReader(tree.read, options) as versions, LedgerWriter(database).transaction(FoldCache()) as writer:
            fold_snapshot(writer, SnapshotDelta(after, tuple(tree.delta())), versions)
        changes = tuple(_scored(monitor.settings, database))
        differing = differences(LedgerQueries(database), found.snapshot, after)
        documents = tuple(replace(one, times=(None, None)) for one in differing)  # what is after has no time yet
    return found._replace(changes=changes, documents=documents)


@contextmanager
def _copy(ledger: Database) -> Iterator[Database]:
    """The ledger to write to; nothing of it stays. A copy of a SQLite file: nobody waits for it, and the rights of a
    reader are enough."""
    if ledger.dialect == "postgresql":
        with ledger.rolled_back() as database:
            yield database
        return
    with TemporaryDirectory(prefix="monitor-") as folder:
        copied = open_database(f"sqlite:///{quote(os.fsencode(folder))}/ledger.db", scratch=True)
        try:
            copied.become(ledger)
            yield copied
        finally:
            copied.close()


def _scored(settings: Settings, database: Database) -> Iterator[PreviewedChange]:
    changes = list(LedgerQueries(database).changes(ChangeFilter(snapshot=_PREVIEW)))
    using = criteria(settings)
    facts = {fact.change: fact for fact in ReviewFacts(database).of([change.id for change in changes])}
    hiding = {rule.name for rule in settings.rules if rule.action == Action.HIDE}
    known = {side.statement for change in changes for side in change.before}
    for change in changes:
        scored = score_change(facts[change.id], using)
        yield PreviewedChange(
            _unrecorded(change, known), scored.score, scored.terms, scored.rule, scored.rule in hiding
        )


def _unrecorded(change: Change, known: Collection[str]) -> Change:
    """The change without the ids that only a record gives."""

    def sides(of: Sequence[Side]) -> tuple[Side, ...]:
        return tuple(side if side.statement in known else side._replace(statement="", revision=0) for side in of)

    return change._replace(id="", snapshot="", after=sides(change.after))
