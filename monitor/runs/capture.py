"""The capture step: look at the watched folder, see whether to go on, record what changed as one snapshot.

`look` finds out what differs from the last snapshot, and hands the bytes of what is new to the store as it reads them;
nothing is recorded yet. `hold` stops the run where too much vanished. `keep` makes the snapshot. `capture` does all
three. The caller holds the store's lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from monitor.errors import RunHeld
from monitor.model import Failure, FileVersion, Snapshot
from monitor.stores import standing
from monitor.stores.folder import Rules, Scan, Settling, scan
from monitor.stores.scancache import FolderRecord, Header, ScanCache

if TYPE_CHECKING:
    from monitor.stores.git import GitSnapshots
    from monitor.stores.snapshotwriter import SnapshotWriter

# Fewer vanished documents than this never hold a run, whatever share they are.
FEW = 10

Place = tuple[str, str]  # the path and blob id of a document
# How many of the documents gone are told by their text to go on among those that came
Continued = Callable[[Sequence[Place], Sequence[Place]], int]


def never(_gone: Sequence[Place], _come: Sequence[Place]) -> int:
    """No document goes on under another path but with the same bytes."""
    return 0


class Hold(NamedTuple):
    """When a run is held: more than `fraction` of the documents and more than 10 vanish, unless that is accepted."""

    fraction: float = 0.20
    accept_deletions: bool = False


class Difference(NamedTuple):
    """One path that is not as it was in the last snapshot; None is absent."""

    before: FileVersion | None
    after: FileVersion | None


class Captured(NamedTuple):
    """What one look at the folder came to. `failures` and `skipped` are all that stand, not only new ones."""

    snapshot: Snapshot | None  # None where nothing changed
    head: str | None
    documents: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    failures: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()


class Blobs:
    """The bytes that are read, on their way to the store: a writer that is opened with the first that are new."""

    def __init__(self, store: GitSnapshots) -> None:
        self._store = store
        self._writer: SnapshotWriter | None = None

    def take(self, data: bytes, was: str | None) -> str:
        """The blob id of these bytes, which are handed on where it is not the one that they had."""
        from monitor.stores.gitobjects import object_id

        blob = object_id("blob", data)
        if blob != was:
            self.writer().add(blob, data)
        return blob

    def writer(self) -> SnapshotWriter:
        """The writer of the snapshot in the making."""
        if self._writer is None:
            self._writer = self._store.writer()
        return self._writer

    def abort(self) -> None:
        """Give up what was handed on and not recorded."""
        if self._writer is not None:
            self._writer.abort()


class Look(NamedTuple):
    """What the folder holds against the last snapshot. Leaving its context without `keep` records nothing."""

    folder: Path
    store: GitSnapshots
    cache: ScanCache
    head: str | None
    header: Header
    scan: Scan
    differences: Mapping[str, Difference]
    standing: Mapping[str, bytes]  # folders whose failures or skipped things differ, with what stands there now
    before: int  # documents in the last snapshot
    after: int
    blobs: Blobs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.blobs.abort()

    @property
    def replaced(self) -> bool:
        """Whether the folder is another one on the disk than at the last run."""
        was = self.cache.header
        return bool(was.inode) and (was.device, was.inode) != (self.scan.device, self.scan.inode)

    def vanished(self) -> Iterator[Place]:
        """The documents whose path has none any more."""
        return ((path, one.before.blob) for path, one in self.differences.items() if one.before and not one.after)

    def appeared(self) -> Iterator[Place]:
        """The documents whose path had none."""
        return ((path, one.after.blob) for path, one in self.differences.items() if one.after and not one.before)

    def counts(self) -> tuple[int, int, int]:
        """How many documents were added, changed, removed."""
        added = sum(one.before is None for one in self.differences.values())
        removed = sum(one.after is None for one in self.differences.values())
        return added, len(self.differences) - added - removed, removed


def look(
    folder: Path,
    store: GitSnapshots,
    cache: ScanCache,
    *,
    rules: Rules,
    settling: Settling,
    accept_deletions: bool = False,
) -> Look:
    """Compare the folder with the last snapshot. RunHeld where it is missing or cannot be read.

    Where the cache belongs to another snapshot (a crash came between the two), the store's own manifest is compared.
    """
    head = store.head()
    key = rules.key(folder)
    before = cache.folders if cache.head == head else _from_store(store, head, cache)
    trusted = before is cache.folders and cache.header.key == key
    blobs = Blobs(store)
    try:
        if accept_deletions and not folder.exists():
            seen = Scan({})
        else:
            seen = scan(folder, before, blobs.take, rules, settling, trusted=trusted)
        differences = dict(_differences(before, seen.folders))
        if seen.folders and any(one.after is None for one in differences.values()):
            # What was moved from a folder not yet seen to one already seen was in neither: look once more
            calm = settling._replace(patient=False)
            seen = scan(folder, seen.folders, blobs.take, rules, calm, trusted=True)
            differences = dict(_differences(before, seen.folders))
    except BaseException:
        blobs.abort()
        raise
    return Look(
        folder=folder,
        store=store,
        cache=cache,
        head=head,
        header=Header(key, head, cache.folded if cache.head == head else None, seen.device, seen.inode),
        scan=seen,
        differences=differences,
        standing=dict(_standing(before, seen.folders)),
        before=sum(record.count() for record in before.values()),
        after=sum(record.count() for record in seen.folders.values()),
        blobs=blobs,
    )


def lost(vanished: Iterable[Place], appeared: Iterable[Place], continued: Continued = never) -> int:
    """How many documents went and did not come up elsewhere, with the same bytes or (`continued`) an edited text."""
    arrivals = list(appeared)
    come = Counter(blob for _, blob in arrivals)
    gone = [place for place in vanished if not _take(come, place[1])]
    left = [place for place in arrivals if _take(come, place[1])]
    return len(gone) - (continued(gone, left) if gone and left else 0)


def hold(seen: Look, when: Hold, continued: Continued = never) -> None:
    """RunHeld where a person must say that this is meant; nothing was recorded then."""
    if when.accept_deletions or not seen.before:
        return
    # Texts are compared only where bytes alone would hold the run
    for judge in (never, continued):
        why = _why_held(seen, when, lost(seen.vanished(), seen.appeared(), judge))
        if why is None:
            return
    raise RunHeld(f"{why}: nothing was recorded; if that is meant, run again with --accept-deletions")


def _why_held(seen: Look, when: Hold, gone: int) -> str | None:
    if not seen.after:
        return f"the watched folder {seen.folder} is empty, where {seen.before} documents were"
    if seen.replaced and gone > seen.before / 2:
        return f"{seen.folder} is another folder than at the last run, and {gone} of {seen.before} documents vanished"
    if gone > FEW and gone > when.fraction * seen.before:
        return f"{gone} of {seen.before} documents vanished from {seen.folder}"
    return None


def _take(there: Counter[str], blob: str) -> bool:
    """Take one of this blob, if any is left."""
    if there[blob] < 1:
        return False
    there[blob] -= 1
    return True


def keep(seen: Look, *, taken_at: datetime | None, recorded_at: datetime) -> Captured:
    """Record what differs as one snapshot, and remember the look. Without `taken_at` the snapshot is of now.

    UsageError where `taken_at` is before the last snapshot. A clock that was set back dates a snapshot like the last.
    """
    snapshot = None
    if seen.differences or seen.standing:
        from monitor.runs.keeping import record

        snapshot = record(seen, taken_at, recorded_at)
    _remember(seen, snapshot)
    added, changed, removed = seen.counts()
    return Captured(
        snapshot=snapshot,
        head=snapshot.id if snapshot else seen.head,
        documents=seen.after,
        added=added,
        changed=changed,
        removed=removed,
        failures=tuple(_told(seen.scan.folders, "failures")),
        skipped=tuple(_told(seen.scan.folders, "skipped")),
    )


def capture(
    folder: Path,
    store: GitSnapshots,
    cache: ScanCache,
    *,
    recorded_at: datetime,
    taken_at: datetime | None = None,
    rules: Rules | None = None,
    settling: Settling | None = None,
    when: Hold | None = None,
    continued: Continued = never,
) -> Captured:
    """Look at the folder and record what changed. RunHeld where it is missing, empty, or too much vanished."""
    when = when or Hold()
    with look(
        folder,
        store,
        cache,
        rules=rules or Rules(),
        settling=settling or Settling(),
        accept_deletions=when.accept_deletions,
    ) as seen:
        hold(seen, when, continued)
        return keep(seen, taken_at=taken_at, recorded_at=recorded_at)


def _from_store(store: GitSnapshots, head: str | None, cache: ScanCache) -> dict[str, FolderRecord]:
    from monitor.stores.scanmemory import records_of

    return records_of(store, head, cache)


def _remember(seen: Look, snapshot: Snapshot | None) -> None:
    """Save the cache where it says anything else than before."""
    header = seen.header._replace(head=snapshot.id, folded=None) if snapshot else seen.header
    cache = seen.cache
    same = header == cache.header and cache.folders.keys() == seen.scan.folders.keys()
    if same and all(record is cache.folders[path] for path, record in seen.scan.folders.items()):
        return
    cache.header, cache.folders = header, seen.scan.folders
    cache.save()


def _differences(
    before: Mapping[str, FolderRecord], after: Mapping[str, FolderRecord]
) -> Iterator[tuple[str, Difference]]:
    for folder, old, new in _other_records(before, after):
        was, now = old.documents(), new.documents()
        for name in {**was, **now}:
            if was.get(name) != now.get(name):
                yield f"{folder}/{name}" if folder else name, Difference(was.get(name), now.get(name))


def _standing(before: Mapping[str, FolderRecord], after: Mapping[str, FolderRecord]) -> Iterator[tuple[str, bytes]]:
    for folder, old, new in _other_records(before, after):
        if old.standing != new.standing:
            yield folder, new.standing


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


def _told(folders: Mapping[str, FolderRecord], which: str) -> Iterator[Failure]:
    for folder in sorted(folder for folder, record in folders.items() if record.standing):
        told = standing.standing_from(folders[folder].standing)
        yield from standing.as_failures(folder, told.failures if which == "failures" else told.skipped)
