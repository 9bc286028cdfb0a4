"""Import a git history in batches: each commit whose documents differ becomes a snapshot.

For merge commits, only the first parent is followed.
"""

from __future__ import annotations

import os
from collections.abc import Container, Generator, Mapping
from contextlib import closing
from datetime import UTC, datetime

from monitor.app.import_target import POINTER, ImportOptions, Target, TreeFilter
from monitor.app.monitor import Progress
from monitor.errors import MonitorError, StoreError, UsageError
from monitor.snapshots.capture_failures import CaptureFailures
from monitor.snapshots.capture_failures import tree_path as tree_path_of
from monitor.snapshots.foreign_repository import SourceRepository
from monitor.snapshots.git_log import DOCUMENTS, SourceCommit
from monitor.snapshots.git_objects import EXECUTABLE, FILE, decode_path, encode_path, object_id
from monitor.snapshots.git_process import LimitExceeded
from monitor.snapshots.history_import import BUNDLES, FORGOTTEN_CONTENT, Bundle, Imported, Importer
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.rewrite import remove_unreachable
from monitor.snapshots.writer import DELETED, TreeChange

BATCH = 2000  # snapshots that are written at once
_UNKNOWN = TreeChange("?", "")
CHANGES = 100_000  # and no more changes of documents than this


class SourceDamage(StoreError):
    """Something of the source cannot be read; what comes before it was imported."""


def import_commits(
    store: GitSnapshots, found: SourceRepository | Bundle, target: Target, options: ImportOptions, progress: Progress
) -> MonitorError | None:
    """Import what is new; gives what stopped it on the way, if anything did."""
    if isinstance(found, SourceRepository):
        found.check()
    importer = store.importer(found.objects if isinstance(found, SourceRepository) else None)
    tip = _tip(store, importer, found, target, options.ref or "HEAD")
    numbers = _commit_numbers(importer, tip, target)
    after = target.last.origin if target.last else None
    batches = _Batches(importer, target, _BlobTransfer(store, target), store.forgotten())
    plan = _Plan(store, target, options)
    try:
        with closing(_readable(importer, tip, after, target, list(numbers))) as commits:
            for commit in commits:
                progress("importing", numbers[commit.id], len(numbers))
                if plan.ends(commit):
                    break
                snapshot = plan.transfer(commit)
                if snapshot is not None:
                    batches.add(snapshot)
        batches.flush()
    except (SourceDamage, UsageError) as problem:
        return batches.last_flush(problem)
    return None


def _tip(store: GitSnapshots, importer: Importer, found: SourceRepository | Bundle, target: Target, ref: str) -> str:
    """The commit that is imported up to; UsageError where there is none, or not all that it needs."""
    where = found.path if isinstance(found, Bundle) else found.private
    if isinstance(found, SourceRepository) and (shallow := found.shallow()):
        raise UsageError(
            f"{where} is a shallow clone: the history before {shallow[:12]} is not in it; "
            "`git fetch --unshallow` there, then import"
        )
    named = found.resolve(ref)
    if named is None:
        raise UsageError(f"{where} has no commit named {ref}: name a branch with --ref")
    if isinstance(found, Bundle):
        if absent := importer.missing(found.needed):
            raise UsageError(
                f"{where} starts after commit {absent[0][:12]}, which was not imported from a bundle: import one that "
                "holds it"
            )
        forgotten = importer.missing(store.forgotten())
        try:
            importer.unbundle(found, target.name, named)
        except StoreError as error:
            raise StoreError(f"the bundle {where} is damaged, and nothing of it was imported: {error}") from None
        if importer.missing(forgotten) != forgotten:
            store.move_refs({}, [BUNDLES + target.name])
            remove_unreachable(store.start, store.repository)
            raise UsageError(
                f"{where} holds versions that were removed by request, and nothing of it was imported: clone it with "
                "git, and import the clone, without them"
            )
    commit = importer.commit_of(named)
    if commit is None:
        raise StoreError(f"{where}: the commit {named[:12]} that {ref} names is missing or damaged")
    return commit


def _commit_numbers(importer: Importer, tip: str, target: Target) -> dict[str, int]:
    """Every commit of the history with its place in it, from 1."""
    try:
        numbers = {commit: at for at, commit in enumerate(importer.chain(tip), 1)}
    except StoreError as error:
        raise StoreError(f"the history before {tip[:12]} cannot be read, and nothing was imported: {error}") from None
    if target.last is not None and target.last.origin not in numbers:
        raise UsageError(
            f"the source's history was rewritten: commit {str(target.last.origin)[:12]}, the last that was imported as "
            f"{target.name}, is no longer in it; import it under another --name"
        )
    return numbers


def _readable(
    importer: Importer, tip: str, after: str | None, target: Target, chain: list[str]
) -> Generator[SourceCommit, None, None]:
    """The commits until the first that is damaged, which is named."""
    last = after
    try:
        for commit in importer.history(tip, after, target.selection.path):
            yield commit
            last = commit.id
        return
    except StoreError:  # what git printed last may be half of a commit: it is asked again, one by one
        at = chain.index(last) + 1 if last else 0
    for named in chain[at:]:
        try:
            commit = importer.commit(named)
        except LimitExceeded as error:
            raise SourceDamage(
                f"commit {named[:12]} of the source is too large: the import stopped before it ({error})"
            ) from None
        except StoreError as error:
            raise SourceDamage(
                f"commit {named[:12]} of the source is damaged: the import stopped before it ({error})"
            ) from None
        yield commit


class _Plan:
    """Which commits become snapshots: those whose documents differ from the last one that did."""

    def __init__(self, store: GitSnapshots, target: Target, options: ImportOptions) -> None:
        self._target, self._options = target, options
        self._chooser = TreeFilter(target.selection, target.notes)
        self._when = target.last.taken_at if target.last else None
        self._parent_files = _manifest(store, target)
        # Of what could not be had, any change is one
        self._parent_files |= dict.fromkeys(failures_of(store, target), _UNKNOWN)
        self._pending: dict[str, TreeChange] = {}

    def ends(self, commit: SourceCommit) -> bool:
        """Whether this commit and all that follow are later than asked for."""
        return self._options.until is not None and self._time_of(commit) > self._options.until

    def transfer(self, commit: SourceCommit) -> Imported | None:
        self._pending |= self._chooser.changes(commit.changes)
        when = self._time_of(commit)
        if self._options.since is not None and self._when is None and when < self._options.since:
            return None
        changes = {
            path: change for path, change in self._pending.items() if self._parent_files.get(path, DELETED) != change
        }
        if all(self._parent_files.get(path, DELETED).id == change.id for path, change in changes.items()):
            return None
        self._target.check_time(when, f"commit {commit.id[:12]} of the source")
        self._when = when
        self._pending = {}
        before = {DOCUMENTS + encode_path(path): self._parent_files.get(path, DELETED) for path in changes}
        for path, change in changes.items():
            if change.mode:
                self._parent_files[path] = change
            else:
                del self._parent_files[path]
        tree = {DOCUMENTS + encode_path(path): change for path, change in changes.items()}
        return Imported(commit.id, when, commit.author, commit.subject, tree, before)

    def _time_of(self, commit: SourceCommit) -> datetime:
        """Time never runs backwards in a source; a date that is none is that of the commit before."""
        own = datetime.fromtimestamp(commit.at or 0, UTC)
        return own if self._when is None else max(own, self._when)


class _Batches:
    """Snapshots on their way to the store: each batch is there as a whole or not at all."""

    def __init__(self, importer: Importer, target: Target, carried: _BlobTransfer, forgotten: Container[str]) -> None:
        self._importer, self._target, self._carried, self._forgotten = importer, target, carried, forgotten
        self._parent = target.last.id if target.last else None
        self._waiting: list[Imported] = []
        self._changes = 0

    def add(self, snapshot: Imported) -> None:
        self._waiting.append(snapshot)
        self._changes += len(snapshot.changes)
        if len(self._waiting) >= BATCH or self._changes >= CHANGES:
            self.flush()

    def flush(self) -> None:
        """Write what waits. SourceDamage where the source gives no content at all."""
        waiting, self._waiting, self._changes = self._waiting, [], 0
        wanted = (change.id for one in waiting for change in one.changes.values() if change.mode)
        bad = self._importer.transfer(wanted, self._forgotten)
        damaged = {blob: reason for blob, reason in bad.items() if reason != FORGOTTEN_CONTENT}
        if self._parent is None and waiting and all(change.id in damaged for change in waiting[0].changes.values()):
            raise _damage(waiting[0], damaged)
        self._note_pointers(waiting)
        whole = [one for one in (self._carried.transfer(one, bad) for one in waiting) if one.changes]
        if whole:
            noted = self._target.trailers()
            self._parent = self._importer.write(self._target.name, self._parent, whole, self._target.started, noted)

    def last_flush(self, problem: MonitorError) -> MonitorError:
        """Write what waits before the import ends early; what stopped it, which may be found only now."""
        try:
            self.flush()
        except SourceDamage as earlier:
            return earlier
        return problem

    def _note_pointers(self, snapshots: list[Imported]) -> None:
        paths = {change.id: path for one in snapshots for path, change in one.changes.items() if change.mode}
        for blob in self._importer.pointers(paths):
            self._target.notes.add(POINTER, os.fsdecode(paths[blob].removeprefix(DOCUMENTS)))


class _BlobTransfer:
    """Documents whose version cannot be had: with a failure, they stand as they were before until they change again."""

    def __init__(self, store: GitSnapshots, target: Target) -> None:
        self._target = target
        self._failures: dict[str, dict[str, str]] = {}  # by folder and name
        manifest = _manifest(store, target)
        self._stands: dict[str, TreeChange] = {}  # what the tree has of each, by path
        for path, reason in failures_of(store, target).items():
            folder, _, name = path.rpartition("/")
            self._failures.setdefault(folder, {})[name] = reason
            self._stands[path] = manifest.get(path, DELETED)

    def transfer(self, one: Imported, bad: Mapping[str, str]) -> Imported:
        """The snapshot without the versions that are `bad`, and with what is told of them."""
        if not self._stands and not any(change.id in bad for change in one.changes.values()):
            return one
        changes: dict[bytes, TreeChange] = {}
        noted: dict[str, bytes] = {}  # the folders that are touched, with what was told of them
        for tree_path, change in one.changes.items():
            path = decode_path(tree_path[len(DOCUMENTS) :])
            folder, _, name = path.rpartition("/")
            before = self._stands.pop(path, one.before[tree_path])
            failures = self._failures.setdefault(folder, {})
            noted.setdefault(folder, CaptureFailures(failures).to_bytes())
            if change.mode and change.id in bad:
                self._stands[path] = before
                failures[name] = f"object {change.id} {bad[change.id]}"
                self._target.failure(path, f"its content {bad[change.id]}")
            else:
                failures.pop(name, None)
                if change != before:
                    changes[tree_path] = change
        blobs = []
        for folder, before_noted in noted.items():
            now = CaptureFailures(self._failures[folder]).to_bytes()
            if now != before_noted:
                changes[tree_path_of(folder)] = TreeChange(FILE, object_id("blob", now)) if now else DELETED
                blobs += [now] if now else []
        return one._replace(changes=changes, blobs=blobs)


def failures_of(store: GitSnapshots, target: Target) -> dict[str, str]:
    """What could not be had of the newest snapshot, by path, with the reason."""
    return {} if target.last is None else {one.path: one.reason for one in store.failures(target.last.id)}


def _damage(one: Imported, bad: Mapping[str, str]) -> SourceDamage:
    tree_path, blob = min((path, change.id) for path, change in one.changes.items())
    path = os.fsdecode(tree_path.removeprefix(DOCUMENTS))
    return SourceDamage(
        f"commit {one.origin[:12]} of the source: object {blob} ({path}) {bad[blob]}; the import stopped before it"
    )


def _manifest(store: GitSnapshots, target: Target) -> dict[str, TreeChange]:
    if target.last is None:
        return {}
    manifest = store.manifest(target.last.id).items()
    return {path: TreeChange(EXECUTABLE if one.executable else FILE, one.blob) for path, one in manifest}
