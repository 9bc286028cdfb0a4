"""The difference between the watched folders and the last snapshot. Nothing is recorded here."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from monitor.app.monitor import document_name
from monitor.app.watched import below
from monitor.errors import RunHeld, StoreError
from monitor.model import FileVersion, PathAndBlob
from monitor.snapshots.capture_failures import parse_capture_failures
from monitor.snapshots.files import SettleOptions, folder_error
from monitor.snapshots.git_objects import object_id
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan import ForgottenContent, Scan, scan
from monitor.snapshots.scan_cache import FolderLocation, FolderRecord, ScanCache, records_of
from monitor.snapshots.selection import TOO_LARGE, ScanRules, Selection
from monitor.snapshots.writer import SnapshotWriter

log = logging.getLogger(__name__)

_MOUNTS, _LONG = 8, 150  # of how many folders, of names how long in ASCII, it is kept that they are mounted

Records = Mapping[str, FolderRecord]


class Difference(NamedTuple):
    """One path that is not as it was in the last snapshot; None is absent."""

    before: FileVersion | None
    after: FileVersion | None


class Blobs:
    """The bytes that are read, on their way to the store: a writer that is opened with the first that are new."""

    def __init__(self, store: GitSnapshots, head: str | None = None) -> None:
        self._store, self._head = store, head
        self._writer: SnapshotWriter | None = None
        self._forgotten: Mapping[str, frozenset[str]] | None = None

    def add(self, data: bytes, was: str | None, document: str) -> str:
        """The blob id of these bytes, which are handed on where it is not the one that they had. ForgottenContent where
        they must not be recorded again: they were this document's, or the store has them nowhere any more."""
        blob = object_id("blob", data)
        if blob == was:
            return blob
        if self._forgotten is None:
            self._forgotten = self._store.forgotten()
        if blob in self._forgotten and (document in self._forgotten[blob] or not self._store.holds(blob)):
            raise ForgottenContent
        self.writer().add(blob, data)
        return blob

    def writer(self) -> SnapshotWriter:
        """The writer of the snapshot in the making."""
        if self._writer is None:
            # Looked at before anything is written upon it: git goes on from a head whose other folders are damaged
            damage = self._store.recovery().damage(self._head)
            if damage is not None:
                raise StoreError(f"nothing can be added to the last snapshot: {damage}")
            self._writer = self._store.writer()
        return self._writer

    def abort(self) -> None:
        """Give up what was handed on and not recorded."""
        if self._writer is not None:
            self._writer.abort()


class LastLook:
    """What the last snapshot holds, and where its bytes come from. Leaving its context without a snapshot records
    nothing.

    Where the cache belongs to another snapshot (a crash came between the two), the store's own manifest is read.
    """

    def __init__(self, store: GitSnapshots, cache: ScanCache) -> None:
        self.store, self.cache = store, cache
        self.head = store.head()
        self.current = cache.head == self.head
        self.folders: Records = cache.folders if self.current else records_of(store, self.head, cache)
        self.blobs = Blobs(store, cache.head)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.blobs.abort()

    @property
    def home(self) -> tuple[int, int]:
        """Device and inode of the store's folder, which the first new bytes make."""
        return _device_and_inode(self.cache.path)

    def below(self, name: str) -> Records:
        """The records of one watched folder, by paths in it."""
        return below(self.folders, name)

    def unwatched(self) -> Mapping[str, str]:
        """The documents that the patterns have left out since they were recorded."""
        return parse_capture_failures(self.folders.get("", FolderRecord()).capture_failures).unwatched


class FolderDiff(NamedTuple):
    """What one watched folder holds against the last snapshot; paths are those in it.

    `unwatched`: documents that vanished because the rules leave them out now. `was` and `now` say where the folder lay.
    """

    name: str
    folder: Path
    scan: Scan
    differences: Mapping[str, Difference]
    capture_failures: Mapping[str, bytes]  # folders whose failures or skipped things differ, with what stands there now
    unwatched: frozenset[str]
    before: int  # documents in the last snapshot that are watched still
    after: int
    was: FolderLocation
    now: FolderLocation
    homes: tuple[tuple[int, int], tuple[int, int]]  # device and inode of the store's folder, then and now
    selection: Selection

    @property
    def replaced(self) -> bool:
        """Whether the folder is another one on the disk than at the last run, while the store is where it was.

        A user who copies both has not lost the folder. Some file systems change their device number each time they are
        mounted: if both lie on one device, then and now, its number says nothing.
        """
        home_before, home = self.homes
        if home_before[1] != home[1] or not home[1] or not self.was.inode:
            return False
        beside = self.was.device == home_before[0] and self.now.device == home[0]
        return self.was.inode != self.now.inode or (self.was.device != self.now.device and not beside)

    @property
    def same(self) -> int:
        """How many documents are there with the same bytes."""
        changed = sum(one.before is not None for path, one in self.differences.items() if path not in self.unwatched)
        return self.before - changed

    def unmounted(self) -> Iterator[str]:
        """The folders with documents gone that were on a device of their own, and are no more."""
        for folder in set(self.was.mounts) - set(self.scan.mounts):
            if any(path.startswith(f"{folder}/") for path, _ in self.vanished()):
                yield folder

    def vanished(self) -> Iterator[PathAndBlob]:
        """The documents whose path has none any more, though it is watched."""
        return (
            (path, one.before.blob)
            for path, one in self.differences.items()
            if one.before and not one.after and path not in self.unwatched
        )

    def appeared(self) -> Iterator[PathAndBlob]:
        """The documents whose path had none."""
        return ((path, one.after.blob) for path, one in self.differences.items() if one.after and not one.before)

    def named(self, path: str) -> str:
        """A path in this folder as the name of a document, or of a folder of the snapshot."""
        return "/".join(filter(None, (self.name, path)))


def diff_folder(
    folder: Path,
    last: LastLook,
    *,
    scan_rules: ScanRules,
    settle_options: SettleOptions,
    name: str = "",
    accept_deletions: bool = False,
) -> FolderDiff:
    """Compare a watched folder with the last snapshot. RunHeld where it is missing or cannot be read; the error of one
    that is missing before the first snapshot names `monitor init`.
    """
    if last.head is None and not accept_deletions:
        _expect(folder)
    try:
        key = scan_rules.key(folder)
    except OSError as error:
        raise folder_error(folder, error) from None
    selection = scan_rules.selection(folder)

    def store_bytes(data: bytes, known: str | None, path: str) -> str:
        return last.blobs.add(data, known, document_name(name, path))

    before, was = last.below(name), last.cache.header.places.get(name, FolderLocation())
    trusted = last.current and was.key == key
    log.info("scan cache %s", _why_trusted(last, was, key))
    if accept_deletions and not folder.exists():
        found = Scan({})
    else:
        other = bool(was.key) and was.key != key
        found = scan(folder, before, store_bytes, scan_rules, settle_options, trusted=trusted, other_rules=other)
    differences = dict(_differences(before, found.folders))
    if found.folders and any(one.after is None for one in differences.values()):
        # What was moved from a folder not yet seen to one already seen was in neither: look once more
        log.info("documents vanished: the folder is scanned a second time")
        impatient = settle_options._replace(patient=False)
        found = scan(folder, found.folders, store_bytes, scan_rules, impatient, trusted=True)
        differences = dict(_differences(before, found.folders))
    gone = [path for path, one in differences.items() if one.after is None]
    unwatched = frozenset(path for path in gone if is_left_out(path, selection, found.folders))
    return FolderDiff(
        name=name,
        folder=folder,
        scan=found,
        differences=differences,
        capture_failures=dict(_changed_failures(before, found.folders)),
        unwatched=unwatched,
        before=sum(record.document_count() for record in before.values()) - len(unwatched),
        after=sum(record.document_count() for record in found.folders.values()),
        was=was,
        now=FolderLocation(key, found.device, found.inode, _storable_mounts(_mounts(found, was.mounts))),
        homes=(last.cache.header.home, last.home),
        selection=selection,
    )


def is_left_out(path: str, selection: Selection, folders: Records) -> bool:
    """Whether the rules leave out this path, as the last look found it."""
    if selection.ignored(path):
        return True
    folder, _, name = path.rpartition("/")
    skipped = parse_capture_failures(folders.get(folder, FolderRecord()).capture_failures).skipped
    return skipped.get(name, "").startswith(TOO_LARGE)


def _expect(folder: Path) -> None:
    """RunHeld where the folder is not there: before the first snapshot nothing has vanished, it was never made."""
    try:
        folder.stat()
    except FileNotFoundError:
        raise RunHeld(
            f"the watched folder {folder} is missing, and nothing is recorded yet: `monitor init` makes a "
            "configuration and its folder where they are missing"
        ) from None
    except OSError:  # the scan says what is wrong with it
        return


def _why_trusted(last: LastLook, was: FolderLocation, key: str) -> str:
    """For the log: whether the cache is used, and why not."""
    if not was.key:
        return "empty: every file is read"
    if not last.current:
        return f"not trusted: it is of snapshot {last.cache.head}; files are compared with the newest, {last.head}"
    if was.key != key:
        return "not trusted: the folder, its patterns or the size limit differ from the last run"
    return f"trusted: it is of the newest snapshot, {last.head}"


def _device_and_inode(cache: Path) -> tuple[int, int]:
    try:
        about = cache.parent.stat()
    except OSError:
        return 0, 0
    return about.st_dev, about.st_ino


def _mounts(found: Scan, before: tuple[str, ...]) -> tuple[str, ...]:
    """The folders on devices of their own; what lies in a folder that cannot be read is as it was."""
    return (*found.mounts, *(path for path in before if path not in found.mounts and _within(path, found.unread)))


def _within(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _storable_mounts(mounts: tuple[str, ...]) -> tuple[str, ...]:
    """As many as the header of the scan cache has room for."""
    return tuple(path for path in mounts if len(ascii(path)) < _LONG)[:_MOUNTS]


def _differences(before: Records, after: Records) -> Iterator[tuple[str, Difference]]:
    for folder, old, new in _other_records(before, after):
        was, now = old.documents(), new.documents()
        for name in {**was, **now}:
            if was.get(name) != now.get(name):
                yield f"{folder}/{name}" if folder else name, Difference(was.get(name), now.get(name))


def _changed_failures(before: Records, after: Records) -> Iterator[tuple[str, bytes]]:
    for folder, old, new in _other_records(before, after):
        if old.capture_failures != new.capture_failures:
            yield folder, new.capture_failures


def _other_records(before: Records, after: Records) -> Iterator[tuple[str, FolderRecord, FolderRecord]]:
    nothing = FolderRecord()
    for folder, new in after.items():
        old = before.get(folder, nothing)
        if old is not new:
            yield folder, old, new
    for folder, old in before.items():
        if folder not in after:
            yield folder, old, nothing
