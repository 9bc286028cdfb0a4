"""`monitor import`: a history that exists becomes snapshots on a ref of its own, and the ledger catches up.

Nothing of it is announced. An import is made of batches, each there as a whole or not at all, so that an interrupted
one goes on where it stopped; importing again takes what is new behind the last commit that was taken.

A series of dated folders -> snapshots: each folder is what the documents were on its date.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from monitor.app.fold import catch_up
from monitor.app.import_git import take_commits
from monitor.app.import_target import ImportOptions, Target, target_of
from monitor.app.monitor import LOCK, Monitor, Progress, StoreLock, silent
from monitor.app.publish import announce_unfolded, delivered
from monitor.app.read_documents import HERE, Fan, executor_of, how_of
from monitor.config import Settings
from monitor.errors import MonitorError, RunHeld, UsageError
from monitor.model import FileVersion, Snapshot
from monitor.snapshots import capture_failures
from monitor.snapshots.capture_failures import Standing
from monitor.snapshots.files import Rules, Settling
from monitor.snapshots.foreign_repository import find_repository
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import EXECUTABLE, FILE, encode_path, object_id
from monitor.snapshots.history_import import open_bundle
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan import Scan, Take, scan
from monitor.snapshots.scan_cache import FolderRecord, ScanCache, records_of
from monitor.snapshots.writer import GONE, NewSnapshot, SnapshotWriter, TreeChange

_DATED = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:[T_ ](?P<hour>\d\d)[:.-]?(?P<minute>\d\d)(?:[:.-]?(?P<second>\d\d))?(?P<utc>Z)?)?"
)

_NO_CACHE = ScanCache(Path())


@dataclass(frozen=True, slots=True)
class DatedFolder:
    """One folder, and when its documents were so."""

    path: Path
    at: datetime


def dated_folders(place: Path, zone: tzinfo) -> list[DatedFolder]:
    """The folders at `place` that are named by a date, or a date and a time of day in `zone`; oldest first."""
    if not place.is_dir():
        return []
    found = (DatedFolder(path, at) for path in place.iterdir() if (at := _moment(path.name, zone)) and _is_folder(path))
    return sorted(found, key=lambda one: (one.at, one.path.name))


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:  # a symbolic link that cannot be followed, which `is_dir` would let end the import
        return False


def _moment(name: str, zone: tzinfo) -> datetime | None:
    parts = _DATED.fullmatch(name)
    if parts is None:
        return None
    time = f"{parts['hour'] or '00'}:{parts['minute'] or '00'}:{parts['second'] or '00'}"
    try:
        return datetime.fromisoformat(f"{parts['date']}T{time}").replace(tzinfo=UTC if parts["utc"] else zone)
    except ValueError:
        return None


def take_folders(
    store: GitSnapshots, folders: list[DatedFolder], target: Target, options: ImportOptions, progress: Progress
) -> MonitorError | None:
    """Import the folders behind the last one that was; gives what stopped it on the way, if anything did."""
    if options.ref is not None:
        raise UsageError("--ref names a commit of a git repository: dated folders have none")
    series = _Series(store, target)
    try:
        for done, folder in enumerate(folders, 1):
            progress("importing", done, len(folders))
            if _within(folder.at, options.since, options.until):
                series.take(folder)
    except UsageError as problem:
        return problem
    return None


def _within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at <= until)


class _Series:
    def __init__(self, store: GitSnapshots, target: Target) -> None:
        self._store, self._target = store, target
        self._known = list(store.of_ref(target.name))
        self._origins = {snapshot.origin for snapshot in self._known}
        self._parent = target.last.id if target.last else None
        self._standing = dict(store.manifest(self._parent)) if self._parent else {}
        self._records = records_of(store, self._parent, _NO_CACHE)
        self._failures = _failures(self._records)
        self._last = target.last.taken_at if target.last else None

    def take(self, folder: DatedFolder) -> None:
        """Make a snapshot of it where anything differs from the one before."""
        if folder.path.name in self._origins:
            return
        if self._last is not None and folder.at <= self._last:
            self._check_late(folder)
            return
        self._target.check_time(folder.at, f"the folder {folder.path.name}")
        with self._store.writer() as writer:
            records = self._look(folder, _adding(writer, self._standing), self._records)
            manifest, failures = _documents(records), _failures(records)
            changes = dict(_changes(self._standing, manifest))
            differ = any(_blob(self._standing, path) != _blob(manifest, path) for path in changes)
            if differ or failures != self._failures:
                told = (f"Origin: {folder.path.name}", *self._target.trailers())
                tree = {DOCUMENTS + encode_path(path): change for path, change in changes.items()}
                tree |= _told(self._failures, failures, writer)
                new = NewSnapshot(
                    self._target.name, self._parent, folder.at, self._target.started, folder.path.name, tree, None, told
                )
                snapshot = writer.commit(new)
                self._parent, self._last, self._standing = snapshot.id, snapshot.taken_at, manifest
                self._records, self._failures = records, failures

    def _check_late(self, folder: DatedFolder) -> None:
        """A folder that brought nothing new has no snapshot; one that came too late cannot get any."""
        before = [snapshot for snapshot in self._known if snapshot.taken_at <= folder.at]
        known = dict(self._store.manifest(before[-1].id)) if before else {}
        records = records_of(self._store, before[-1].id if before else None, _NO_CACHE)
        manifest = _documents(self._look(folder, lambda data, _: object_id("blob", data), records))
        if any(_blob(known, path) != _blob(manifest, path) for path in known.keys() | manifest.keys()):
            raise UsageError(
                f"the folder {folder.path.name} is dated before the last one that was imported, and is new: a source "
                "only grows at its end; import the series under another --name"
            )

    def _look(self, folder: DatedFolder, take: Take, before: Mapping[str, FolderRecord]) -> dict[str, FolderRecord]:
        """What stands in a dated folder; what cannot be read there stands as it was `before`."""
        chosen = self._target.chosen
        place = folder.path / chosen.path if chosen.path else folder.path
        try:
            if not stat.S_ISDIR(place.stat().st_mode):
                return {}
            rules = Rules(chosen.include, chosen.exclude)
            seen = scan(place, before, take, rules, Settling(0), trusted=False)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, RunHeld):
            raise UsageError(f"the folder {folder.path.name} cannot be read: the import stopped before it") from None
        self._note(seen)
        return seen.folders

    def _note(self, seen: Scan) -> None:
        for below, record in seen.folders.items():
            told = capture_failures.standing_from(record.standing)
            for failure in capture_failures.as_failures(below, told.failures):
                self._target.failure(failure.path, failure.reason)
            for skipped in capture_failures.as_failures(below, told.skipped):
                self._target.oddities.add(f"{skipped.reason.partition(':')[0]} (left out)", skipped.path)


def _documents(records: Mapping[str, FolderRecord]) -> dict[str, FileVersion]:
    return {
        f"{below}/{name}" if below else name: version
        for below, record in records.items()
        for name, version in record.documents().items()
    }


def _failures(records: Mapping[str, FolderRecord]) -> dict[str, bytes]:
    """What a snapshot tells of each folder: what cannot be read there. Things that are left out are not recorded."""
    told = {
        folder: Standing(capture_failures.standing_from(record.standing).failures).to_bytes()
        for folder, record in records.items()
    }
    return {folder: data for folder, data in told.items() if data}


def _told(before: Mapping[str, bytes], after: Mapping[str, bytes], writer: SnapshotWriter) -> dict[bytes, TreeChange]:
    changes = {}
    for folder in before.keys() | after.keys():
        data = after.get(folder)
        if data is None:
            changes[capture_failures.tree_path(folder)] = GONE
        elif data != before.get(folder):
            change = TreeChange(FILE, object_id("blob", data))
            writer.add(change.id, data)
            changes[capture_failures.tree_path(folder)] = change
    return changes


def _adding(writer: SnapshotWriter, unchanged: Mapping[str, FileVersion]) -> Callable[[bytes, str | None], str]:
    known = {version.blob for version in unchanged.values()}

    def take(data: bytes, _: str | None) -> str:
        blob = object_id("blob", data)
        if blob not in known:
            writer.add(blob, data)
        return blob

    return take


def _changes(before: Mapping[str, FileVersion], after: Mapping[str, FileVersion]) -> Iterator[tuple[str, TreeChange]]:
    for path in sorted({*before, *after}):
        new = after.get(path)
        if before.get(path) != new:
            yield path, GONE if new is None else TreeChange(EXECUTABLE if new.executable else FILE, new.blob)


def _blob(manifest: Mapping[str, FileVersion], path: str) -> str | None:
    version = manifest.get(path)
    return version.blob if version else None


__all__ = ["ImportOptions", "ImportResult", "import_history"]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import came to: its source's new and all snapshots, and a line for each sort of thing left out."""

    name: str
    new: int
    snapshots: tuple[Snapshot, ...]
    oddities: tuple[str, ...] = ()
    failed: int = 0  # documents of which a version could not be had
    told: int = 0  # changes of a run that was cut short, which were announced first
    message: str | None = None  # what went wrong with announcing them


def import_history(
    settings: Settings,
    source: Path,
    options: ImportOptions | None = None,
    progress: Progress = silent,
    wait: float = 0,
    fan: Fan = HERE,
) -> ImportResult:
    """Take over a repository, a bundle or a series of dated folders, and fold it into the ledger.

    UsageError where the source is none of them or does not go with what is there; StoreError where it is damaged: what
    stands before the damage is imported then. RunInProgress where another process holds the lock.
    """
    options = options or ImportOptions()
    started = datetime.now(UTC)
    if not source.exists():
        raise UsageError(f"{source} does not exist: name a git repository, a bundle, or a folder of dated folders")
    lock = StoreLock(settings.store.snapshots / LOCK, "monitor import")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        target = target_of(monitor, source, options, started)
        announced = announce_unfolded(monitor, started, progress)
        before = len(list(monitor.snapshots.of_ref(target.name)))
        problem = _take(monitor, source, target, options, progress)
        snapshots = tuple(monitor.snapshots.of_ref(target.name))
        if len(snapshots) > before:
            monitor.snapshots.pack()
        with executor_of(fan) as executor:
            catch_up(monitor.snapshots, monitor.writer, progress, how_of(settings), executor)
    announced = delivered(settings, announced)
    if problem is not None:
        raise problem
    oddities = tuple(target.oddities.told())
    return ImportResult(target.name, len(snapshots) - before, snapshots, oddities, len(target.failed), *announced)


def _take(
    monitor: Monitor, source: Path, target: Target, options: ImportOptions, progress: Progress
) -> MonitorError | None:
    """Bring the snapshots in; what stopped it on the way, if anything did."""
    found = open_bundle(source) or find_repository(source)
    if found is not None:
        return take_commits(monitor.snapshots, found, target, options, progress)
    folders = dated_folders(source, monitor.settings.zone)
    if folders:
        return take_folders(monitor.snapshots, folders, target, options, progress)
    raise UsageError(
        f"{source} is neither a git repository nor a bundle, and holds no folder that is named by a date (2026-01-31, "
        "2026-01-31T08-00)"
    )
