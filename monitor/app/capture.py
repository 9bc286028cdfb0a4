"""The capture step: look at the watched folder, see whether to go on, record what changed as one snapshot.

`look` finds out what differs from the last snapshot, and hands the bytes of what is new to the store as it reads them;
nothing is recorded yet. `hold` stops the run where too much vanished. `keep` makes the snapshot. `capture` does all
three. The caller holds the store's lock.

When a run stops for a person to confirm that documents are really gone.

What was seen in the watched folder, as a snapshot of the store: its time, its tree, its one-line description.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from monitor.app.folder_diff import Look, Place, look
from monitor.errors import RunHeld, UsageError
from monitor.model import Failure, Snapshot
from monitor.snapshots import capture_failures
from monitor.snapshots.files import Rules, Settling
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import EXECUTABLE, FILE, encode_path, object_id, seconds
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import FolderRecord, ScanCache
from monitor.snapshots.writer import GONE, NewSnapshot, TreeChange

log = logging.getLogger(__name__)

# Fewer vanished documents than this never hold a run, whatever share they are.
FEW = 10

# How many of the documents gone are told by their text to go on among those that came
Continued = Callable[[Sequence[Place], Sequence[Place]], int]


def never(_gone: Sequence[Place], _come: Sequence[Place]) -> int:
    """No document goes on under another path but with the same bytes."""
    return 0


class Hold(NamedTuple):
    """When a run is held: more than `fraction` of the documents and more than 10 vanish, unless that is accepted."""

    fraction: float = 0.20
    accept_deletions: bool = False


def lost(vanished: Iterable[Place], appeared: Iterable[Place], continued: Continued = never) -> int:
    """How many documents went and did not come up elsewhere, with the same bytes or (`continued`) an edited text."""
    arrivals = list(appeared)
    come = Counter(blob for _, blob in arrivals)
    gone = [place for place in vanished if not _take(come, place[1])]
    left = [place for place in arrivals if _take(come, place[1])]
    return len(gone) - (continued(gone, left) if gone and left else 0)


def hold(seen: Look, when: Hold, continued: Continued = never) -> None:
    """RunHeld where a person must say that this is meant; nothing was recorded then."""
    if when.accept_deletions:
        log.info("not held: deletions are accepted")
        return
    if not seen.before:
        log.info("not held: the last snapshot has no document")
        return
    # Texts are compared only where bytes alone would hold the run
    for judge in (never, continued):
        gone = lost(seen.vanished(), seen.appeared(), judge)
        why = _why_held(seen, when, gone)
        if log.isEnabledFor(logging.INFO):
            held = "held unless more were renamed" if judge is never else "held"
            _log_judgement(seen, when, gone, "not held" if why is None else held)
        if why is None:
            return
    raise RunHeld(f"{why}: nothing was recorded; if this is intended, run again with --accept-deletions")


def _log_judgement(seen: Look, when: Hold, gone: int, outcome: str) -> None:
    vanished = sum(1 for _ in seen.vanished())
    log.info(
        "%s: %d of %d documents vanished, renamed ones (%d) not counted; held above %d documents and %g %%",
        *(outcome, gone, seen.before, vanished - gone, FEW, 100 * when.fraction),
    )
    if seen.replaced:
        log.info("%s is another folder on the disk than at the last run", seen.folder)
    for folder in seen.unmounted():
        log.info("%s is no longer mounted, and its documents vanished", folder)


def _why_held(seen: Look, when: Hold, gone: int) -> str | None:
    if not seen.after:
        had = "1 document" if seen.before == 1 else f"{seen.before} documents"
        return f"the watched folder {seen.folder} is empty, and the last snapshot has {had}"
    if seen.replaced and seen.differences:
        differ = "1 document differs" if len(seen.differences) == 1 else f"{len(seen.differences)} documents differ"
        told = f"{gone} of {seen.before} documents vanished" if gone else differ
        return f"{seen.folder} is another folder on the disk than at the last run, and {told}"
    if gone and (folder := next(seen.unmounted(), None)) is not None:
        return f"{folder} in {seen.folder} is no longer mounted, and {gone} of {seen.before} documents vanished"
    if gone > FEW and gone > when.fraction * seen.before:
        return f"{gone} of {seen.before} documents vanished from {seen.folder}"
    return None


def _take(there: Counter[str], blob: str) -> bool:
    """Take one of this blob, if any is left."""
    if there[blob] < 1:
        return False
    there[blob] -= 1
    return True


def record(seen: Look, taken_at: datetime | None, recorded_at: datetime) -> Snapshot:
    """Make the snapshot; UsageError where `taken_at` is before the last one, or a time that git cannot keep."""
    when = _time_of(seen, taken_at, recorded_at)
    changes = {**dict(_documents(seen)), **dict(_manifests(seen))}
    new = NewSnapshot("", seen.head, when, recorded_at, _subject(seen), changes)
    return seen.blobs.writer().commit(new)


def _time_of(seen: Look, taken_at: datetime | None, recorded_at: datetime) -> datetime:
    when = taken_at or recorded_at
    last = _last_time(seen)
    if last is None or seconds(when) >= seconds(last):
        return when
    if taken_at is None:
        return last
    raise UsageError(
        f"{taken_at.isoformat()} is before the last snapshot ({last.isoformat()}): snapshots must be in order of time"
    )


def _last_time(seen: Look) -> datetime | None:
    """When the snapshot before was taken: the first one's may be the last of an imported earlier history."""
    if seen.head is not None:
        return seen.store.snapshot(seen.head).taken_at
    return max((one.taken_at for one in seen.store.snapshots("")), default=None)


def _documents(seen: Look) -> Iterator[tuple[bytes, TreeChange]]:
    for path, one in seen.differences.items():
        mode = EXECUTABLE if one.after and one.after.executable else FILE
        yield DOCUMENTS + encode_path(path), TreeChange(mode, one.after.blob) if one.after else GONE


def _manifests(seen: Look) -> Iterator[tuple[bytes, TreeChange]]:
    for folder, told in seen.standing.items():
        change = GONE
        if told:
            change = TreeChange(FILE, object_id("blob", told))
            seen.blobs.writer().add(change.id, told)
        yield capture_failures.tree_path(folder), change


def _subject(seen: Look) -> str:
    counts = zip(seen.counts(), ("added", "changed", "removed"), strict=True)
    told = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f"{told or 'no document changed'}; {seen.after} documents"


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
