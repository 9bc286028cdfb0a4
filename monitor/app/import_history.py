"""`monitor import`: turn a git history or dated folders into snapshots on their own ref, then fold them.

Imported changes are not reported. Each batch is written completely or not at all, so an interrupted import continues
where it stopped, and a repeated import takes only what is new. A dated folder holds the documents as of its date.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from monitor.app.fold import catch_up
from monitor.app.histories import ONE_PROCESS, Parallelism, lanes_of
from monitor.app.import_git import import_commits
from monitor.app.import_target import ImportOptions, Target, target_of
from monitor.app.monitor import Monitor, Progress, StoreLock, silent
from monitor.app.publish import report_interrupted_run, send_notices
from monitor.app.read_documents import read_options
from monitor.app.store_check import expect_whole, note_record
from monitor.config import Settings
from monitor.errors import MonitorError, RunHeld, UsageError
from monitor.model import FileVersion, Snapshot
from monitor.snapshots import capture_failures
from monitor.snapshots.capture_failures import CaptureFailures
from monitor.snapshots.files import SettleOptions
from monitor.snapshots.foreign_repository import find_repository
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import EXECUTABLE, FILE, encode_path, object_id
from monitor.snapshots.history_import import open_bundle
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan import ForgottenContent, Scan, StoreBytes, scan
from monitor.snapshots.scan_cache import FolderRecord, ScanCache, records_of
from monitor.snapshots.selection import ScanRules
from monitor.snapshots.writer import DELETED, NewSnapshot, SnapshotWriter, TreeChange

_DATED = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:[T_ ](?P<hour>\d\d)[:.-]?(?P<minute>\d\d)(?:[:.-]?(?P<second>\d\d))?(?P<utc>Z)?)?"
)

_NO_CACHE = ScanCache(Path())


@dataclass(frozen=True, slots=True)
class DatedFolder:
    """One folder, and when its documents were so."""

    path: Path
    at: datetime


def dated_folders(folder_path: Path, zone: tzinfo) -> list[DatedFolder]:
    """The folders at `folder_path` that are named by a date, or a date and a time of day in `zone`; oldest first."""
    if not folder_path.is_dir():
        return []
    found = (
        DatedFolder(path, at)
        for path in folder_path.iterdir()
        if (at := _folder_time(path.name, zone)) and _is_folder(path)
    )
    return sorted(found, key=lambda one: (one.at, one.path.name))


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:  # a symbolic link that cannot be followed, which `is_dir` would let end the import
        return False


def _folder_time(name: str, zone: tzinfo) -> datetime | None:
    parts = _DATED.fullmatch(name)
    if parts is None:
        return None
    time = f"{parts['hour'] or '00'}:{parts['minute'] or '00'}:{parts['second'] or '00'}"
    try:
        return datetime.fromisoformat(f"{parts['date']}T{time}").replace(tzinfo=UTC if parts["utc"] else zone)
    except ValueError:
        return None


def import_folders(
    store: GitSnapshots, folders: list[DatedFolder], target: Target, options: ImportOptions, progress: Progress
) -> MonitorError | None:
    """Import the folders behind the last one that was; gives what stopped it on the way, if anything did."""
    if options.ref is not None:
        raise UsageError("--ref names a commit of a git repository: dated folders have none")
    series = _FolderImport(store, target)
    try:
        for done, folder in enumerate(folders, 1):
            progress("importing", done, len(folders))
            if _within(folder.at, options.since, options.until):
                series.add_folder(folder)
    except UsageError as problem:
        return problem
    return None


def _within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at <= until)


class _FolderImport:
    def __init__(self, store: GitSnapshots, target: Target) -> None:
        self._store, self._target, self._forgotten = store, target, store.forgotten()
        self._known = list(store.snapshots_of(target.name))
        self._origins = {snapshot.origin for snapshot in self._known}
        self._parent = target.last.id if target.last else None
        self._parent_files = dict(store.manifest(self._parent)) if self._parent else {}
        self._records = records_of(store, self._parent, _NO_CACHE)
        self._failures = _failures(self._records)
        self._last = target.last.taken_at if target.last else None

    def add_folder(self, folder: DatedFolder) -> None:
        """Make a snapshot of it where anything differs from the one before."""
        if folder.path.name in self._origins:
            return
        if self._last is not None and folder.at <= self._last:
            self._check_late(folder)
            return
        self._target.check_time(folder.at, f"the folder {folder.path.name}")
        with self._store.writer() as writer:
            records = self._scan(folder, self._blob_adder(writer), self._records)
            manifest, failures = _documents(records), _failures(records)
            changes = dict(_changes(self._parent_files, manifest))
            differ = any(_blob(self._parent_files, path) != _blob(manifest, path) for path in changes)
            if differ or failures != self._failures:
                found = (f"Origin: {folder.path.name}", *self._target.trailers())
                tree = {DOCUMENTS + encode_path(path): change for path, change in changes.items()}
                tree |= _failure_changes(self._failures, failures, writer)
                new = NewSnapshot(
                    self._target.name,
                    self._parent,
                    folder.at,
                    self._target.started,
                    folder.path.name,
                    tree,
                    None,
                    found,
                )
                snapshot = writer.commit(new)
                self._parent, self._last, self._parent_files = snapshot.id, snapshot.taken_at, manifest
                self._records, self._failures = records, failures

    def _check_late(self, folder: DatedFolder) -> None:
        """A folder that brought nothing new has no snapshot; one that came too late cannot get any."""
        before = [snapshot for snapshot in self._known if snapshot.taken_at <= folder.at]
        known = dict(self._store.manifest(before[-1].id)) if before else {}
        records = records_of(self._store, before[-1].id if before else None, _NO_CACHE)
        manifest = _documents(self._scan(folder, self._blob_adder(None), records))
        if any(_blob(known, path) != _blob(manifest, path) for path in known.keys() | manifest.keys()):
            raise UsageError(
                f"the folder {folder.path.name} is dated before the last one that was imported, and is new: a source "
                "only grows at its end; import the series under another --name"
            )

    def _blob_adder(self, writer: SnapshotWriter | None) -> StoreBytes:
        """Gives the id of bytes, and hands on what is new, where there is a writer."""
        known = {version.blob for version in self._parent_files.values()}

        def store_bytes(data: bytes, _was: str | None, _path: str) -> str:
            blob = object_id("blob", data)
            if blob in self._forgotten and not self._store.holds(blob):
                raise ForgottenContent
            if writer is not None and blob not in known:
                writer.add(blob, data)
            return blob

        return store_bytes

    def _scan(
        self, folder: DatedFolder, store_bytes: StoreBytes, before: Mapping[str, FolderRecord]
    ) -> dict[str, FolderRecord]:
        """What stands in a dated folder; what cannot be read there stands as it was `before`."""
        selection = self._target.selection
        folder_path = folder.path / selection.path if selection.path else folder.path
        try:
            if not stat.S_ISDIR(folder_path.stat().st_mode):
                return {}
            scan_rules = ScanRules(selection.include, selection.exclude)
            found_files = scan(folder_path, before, store_bytes, scan_rules, SettleOptions(0), trusted=False)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, RunHeld):
            raise UsageError(f"the folder {folder.path.name} cannot be read: the import stopped before it") from None
        self._note(found_files)
        return found_files.folders

    def _note(self, found_files: Scan) -> None:
        for below, record in found_files.folders.items():
            found = capture_failures.parse_capture_failures(record.capture_failures)
            for failure in capture_failures.as_failures(below, found.failures):
                self._target.failure(failure.path, failure.reason)
            for skipped in capture_failures.as_failures(below, found.skipped):
                self._target.notes.add(f"{skipped.reason.partition(':')[0]} (left out)", skipped.path)


def _documents(records: Mapping[str, FolderRecord]) -> dict[str, FileVersion]:
    return {
        f"{below}/{name}" if below else name: version
        for below, record in records.items()
        for name, version in record.documents().items()
    }


def _failures(records: Mapping[str, FolderRecord]) -> dict[str, bytes]:
    """What a snapshot tells of each folder: what cannot be read there. Things that are left out are not recorded."""
    found = {
        folder: CaptureFailures(capture_failures.parse_capture_failures(record.capture_failures).failures).to_bytes()
        for folder, record in records.items()
    }
    return {folder: data for folder, data in found.items() if data}


def _failure_changes(
    before: Mapping[str, bytes], after: Mapping[str, bytes], writer: SnapshotWriter
) -> dict[bytes, TreeChange]:
    changes = {}
    for folder in before.keys() | after.keys():
        data = after.get(folder)
        if data is None:
            changes[capture_failures.tree_path(folder)] = DELETED
        elif data != before.get(folder):
            change = TreeChange(FILE, object_id("blob", data))
            writer.add(change.id, data)
            changes[capture_failures.tree_path(folder)] = change
    return changes


def _changes(before: Mapping[str, FileVersion], after: Mapping[str, FileVersion]) -> Iterator[tuple[str, TreeChange]]:
    for path in sorted({*before, *after}):
        new = after.get(path)
        if before.get(path) != new:
            yield path, DELETED if new is None else TreeChange(EXECUTABLE if new.executable else FILE, new.blob)


def _blob(manifest: Mapping[str, FileVersion], path: str) -> str | None:
    version = manifest.get(path)
    return version.blob if version else None


__all__ = ["ImportOptions", "ImportResult", "import_history"]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result of an import: its source's new and all snapshots, and a line for each sort of thing left out."""

    name: str
    new: int
    snapshots: tuple[Snapshot, ...]
    notes: tuple[str, ...] = ()
    failed: int = 0  # documents of which a version could not be had
    earlier_changes: int = 0  # changes of a run that was cut short, which were announced first
    message: str | None = None  # what went wrong with announcing them


def import_history(
    settings: Settings,
    source: Path,
    options: ImportOptions | None = None,
    progress: Progress = silent,
    wait: float = 0,
    fan: Parallelism = ONE_PROCESS,
) -> ImportResult:
    """Take over a repository, a bundle or a series of dated folders, and fold it into the ledger.

    UsageError where the source is none of them or does not go with what is there; StoreError where it is damaged: what
    stands before the damage is imported then. RunInProgress where another process holds the lock.
    """
    options = options or ImportOptions()
    started = datetime.now(UTC)
    if not source.exists():
        raise UsageError(f"{source} does not exist: name a git repository, a bundle, or a folder of dated folders")
    lock = StoreLock.of_store(settings, "monitor import")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        expect_whole(monitor)
        target = target_of(monitor, source, options, started)
        announced = report_interrupted_run(monitor, started, progress)
        before = len(list(monitor.snapshots.snapshots_of(target.name)))
        problem = _import_from(monitor, source, target, options, progress)
        snapshots = tuple(monitor.snapshots.snapshots_of(target.name))
        if len(snapshots) > before:
            monitor.snapshots.pack()
        with lanes_of(fan) as lanes:
            catch_up(monitor.snapshots, monitor.writer, progress, read_options(settings), lanes)
        note_record(monitor)
    announced = send_notices(settings, announced)
    if problem is not None:
        raise problem
    notes = tuple(target.notes.lines())
    return ImportResult(target.name, len(snapshots) - before, snapshots, notes, len(target.failed), *announced)


def _import_from(
    monitor: Monitor, source: Path, target: Target, options: ImportOptions, progress: Progress
) -> MonitorError | None:
    """Bring the snapshots in; what stopped it on the way, if anything did."""
    found = open_bundle(source) or find_repository(source)
    if found is not None:
        return import_commits(monitor.snapshots, found, target, options, progress)
    folders = dated_folders(source, monitor.settings.zone)
    if folders:
        return import_folders(monitor.snapshots, folders, target, options, progress)
    raise UsageError(
        f"{source} is neither a git repository nor a bundle, and holds no folder that is named by a date (2026-01-31, "
        "2026-01-31T08-00)"
    )
