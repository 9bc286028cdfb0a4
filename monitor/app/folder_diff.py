"""The difference between the watched folder and the last snapshot. Nothing is recorded here."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from monitor.errors import RunHeld, StoreError
from monitor.model import FileVersion, PathAndBlob
from monitor.snapshots.files import ScanRules, SettleOptions, folder_error
from monitor.snapshots.git_objects import object_id
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan import Scan, scan
from monitor.snapshots.scan_cache import FolderRecord, Header, ScanCache, records_of
from monitor.snapshots.writer import SnapshotWriter

log = logging.getLogger(__name__)

_MOUNTS, _LONG = 8, 150  # of how many folders, of names how long in ASCII, it is kept that they are mounted


class Difference(NamedTuple):
    """One path that is not as it was in the last snapshot; None is absent."""

    before: FileVersion | None
    after: FileVersion | None


class Blobs:
    """The bytes that are read, on their way to the store: a writer that is opened with the first that are new."""

    def __init__(self, store: GitSnapshots, head: str | None = None) -> None:
        self._store, self._head = store, head
        self._writer: SnapshotWriter | None = None

    def add(self, data: bytes, was: str | None) -> str:
        """The blob id of these bytes, which are handed on where it is not the one that they had."""
        blob = object_id("blob", data)
        if blob != was:
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


class FolderDiff(NamedTuple):
    """What the folder holds against the last snapshot. Leaving its context without `keep` records nothing."""

    folder: Path
    store: GitSnapshots
    cache: ScanCache
    head: str | None
    header: Header
    scan: Scan
    differences: Mapping[str, Difference]
    capture_failures: Mapping[str, bytes]  # folders whose failures or skipped things differ, with what stands there now
    before: int  # documents in the last snapshot
    after: int
    blobs: Blobs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.blobs.abort()

    @property
    def replaced(self) -> bool:
        """Whether the folder is another one on the disk than at the last run, while the store is where it was.

        A user who copies both has not lost the folder. Some file systems change their device number each time they are
        mounted: if both lie on one device, then and now, its number says nothing.
        """
        was, now = self.cache.header, self.header
        if was.home[1] != now.home[1] or not now.home[1]:
            return False
        beside = was.device == was.home[0] and now.device == now.home[0]
        return was.inode != now.inode or (was.device != now.device and not beside)

    def unmounted(self) -> Iterator[str]:
        """The folders with documents gone that were on a device of their own, and are no more."""
        for folder in set(self.cache.header.mounts) - set(self.scan.mounts):
            if any(path.startswith(f"{folder}/") for path, _ in self.vanished()):
                yield folder

    def vanished(self) -> Iterator[PathAndBlob]:
        """The documents whose path has none any more."""
        return ((path, one.before.blob) for path, one in self.differences.items() if one.before and not one.after)

    def appeared(self) -> Iterator[PathAndBlob]:
        """The documents whose path had none."""
        return ((path, one.after.blob) for path, one in self.differences.items() if one.after and not one.before)

    def counts(self) -> tuple[int, int, int]:
        """How many documents were added, changed, removed."""
        added = sum(one.before is None for one in self.differences.values())
        removed = sum(one.after is None for one in self.differences.values())
        return added, len(self.differences) - added - removed, removed


def diff_folder(
    folder: Path,
    store: GitSnapshots,
    cache: ScanCache,
    *,
    scan_rules: ScanRules,
    settle_options: SettleOptions,
    accept_deletions: bool = False,
) -> FolderDiff:
    """Compare the folder with the last snapshot. RunHeld where it is missing or cannot be read; the error of one that
    is missing before the first snapshot names `monitor init`.

    Where the cache belongs to another snapshot (a crash came between the two), the store's own
    manifest is compared.
    """
    head = store.head()
    if head is None and not accept_deletions:
        _expect(folder)
    try:
        key = scan_rules.key(folder)
    except OSError as error:
        raise folder_error(folder, error) from None
    before = cache.folders if cache.head == head else records_of(store, head, cache)
    trusted = before is cache.folders and cache.header.key == key
    log.info("scan cache %s", _why_trusted(cache, head, key))
    blobs = Blobs(store, cache.head)
    try:
        if accept_deletions and not folder.exists():
            found = Scan({})
        else:
            found = scan(folder, before, blobs.add, scan_rules, settle_options, trusted=trusted)
        differences = dict(_differences(before, found.folders))
        if found.folders and any(one.after is None for one in differences.values()):
            # What was moved from a folder not yet seen to one already seen was in neither: look once more
            log.info("documents vanished: the folder is scanned a second time")
            impatient = settle_options._replace(patient=False)
            found = scan(folder, found.folders, blobs.add, scan_rules, impatient, trusted=True)
            differences = dict(_differences(before, found.folders))
    except BaseException:
        blobs.abort()
        raise
    return FolderDiff(
        folder=folder,
        store=store,
        cache=cache,
        head=head,
        header=Header(
            key,
            head,
            cache.folded if cache.head == head else None,
            found.device,
            found.inode,
            _storable_mounts(_mounts(found, cache.header.mounts)),
            _device_and_inode(cache.path),
        ),
        scan=found,
        differences=differences,
        capture_failures=dict(_changed_failures(before, found.folders)),
        before=sum(record.document_count() for record in before.values()),
        after=sum(record.document_count() for record in found.folders.values()),
        blobs=blobs,
    )


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


def _why_trusted(cache: ScanCache, head: str | None, key: str) -> str:
    """For the log: whether the cache is used, and why not."""
    if not cache.header.key:
        return "empty: every file is read"
    if cache.head != head:
        return f"not trusted: it is of snapshot {cache.head}; files are compared with the newest, {head}"
    if cache.header.key != key:
        return "not trusted: the folder, its patterns or the size limit differ from the last run"
    return f"trusted: it is of the newest snapshot, {head}"


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


def _differences(
    before: Mapping[str, FolderRecord], after: Mapping[str, FolderRecord]
) -> Iterator[tuple[str, Difference]]:
    for folder, old, new in _other_records(before, after):
        was, now = old.documents(), new.documents()
        for name in {**was, **now}:
            if was.get(name) != now.get(name):
                yield f"{folder}/{name}" if folder else name, Difference(was.get(name), now.get(name))


def _changed_failures(
    before: Mapping[str, FolderRecord], after: Mapping[str, FolderRecord]
) -> Iterator[tuple[str, bytes]]:
    for folder, old, new in _other_records(before, after):
        if old.capture_failures != new.capture_failures:
            yield folder, new.capture_failures


def _other_records(
    before: Mapping[str, FolderRecord], after: Mapping[str, FolderRecord]
) -> Iterator[tuple[str, FolderRecord, FolderRecord]]:
    nothing = FolderRecord()
    for folder, new in after.items():
        old = before.get(folder, nothing)
        if old is not new:
            yield folder, old, new
    for folder, old in before.items():
        if folder not in after:
            yield folder, old, nothing
