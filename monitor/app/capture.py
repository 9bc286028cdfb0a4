"""The capture step: look at the watched folder, see whether to go on, record what changed as one snapshot.

`look` finds out what differs from the last snapshot, and hands the bytes of what is new to the store as it reads them;
nothing is recorded yet. `hold` stops the run where too much vanished. `keep` makes the snapshot. `capture` does all
three. The caller holds the store's lock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitor.app.folder_diff import Look, Place, look
from monitor.app.holding import Continued, Hold, hold, lost, never
from monitor.model import Failure, Snapshot
from monitor.snapshots import capture_failures
from monitor.snapshots.files import Rules, Settling
from monitor.snapshots.scan_cache import FolderRecord, ScanCache

if TYPE_CHECKING:
    from monitor.snapshots.repository import GitSnapshots

__all__ = ["Captured", "Hold", "Look", "Place", "capture", "hold", "keep", "look", "lost"]


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


def keep(seen: Look, *, taken_at: datetime | None, recorded_at: datetime) -> Captured:
    """Record what differs as one snapshot, and remember the look. Without `taken_at` the snapshot is of now.

    UsageError where `taken_at` is before the last snapshot. A clock that was set back dates a snapshot like the last.
    """
    snapshot = None
    if seen.differences or seen.standing:
        from monitor.app.keeping import record

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


def _remember(seen: Look, snapshot: Snapshot | None) -> None:
    """Save the cache where it says anything else than before."""
    header = seen.header._replace(head=snapshot.id, folded=None) if snapshot else seen.header
    cache = seen.cache
    same = header == cache.header and cache.folders.keys() == seen.scan.folders.keys()
    if same and all(record is cache.folders[path] for path, record in seen.scan.folders.items()):
        return
    cache.header, cache.folders = header, seen.scan.folders
    cache.save()


def _told(folders: Mapping[str, FolderRecord], which: str) -> Iterator[Failure]:
    for folder in sorted(folder for folder, record in folders.items() if record.standing):
        told = capture_failures.standing_from(folders[folder].standing)
        yield from capture_failures.as_failures(folder, told.failures if which == "failures" else told.skipped)
