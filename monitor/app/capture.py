"""Capture: compare the watched folder with the last snapshot, decide whether to go on, record what differs.

`diff_folder` finds what differs, and hands new bytes to the store as it reads them; nothing is recorded yet.
`check_deletions` holds the run if too much vanished. `record_snapshot` makes the snapshot. `capture` does all three.
The caller holds the store's lock.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from monitor.app.folder_diff import FolderDiff, diff_folder
from monitor.errors import RunHeld, UsageError
from monitor.model import Failure, PathAndBlob, Snapshot
from monitor.snapshots import capture_failures
from monitor.snapshots.files import ScanRules, SettleOptions
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import EXECUTABLE, FILE, encode_path, object_id, seconds, seen_before_trailer
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import FolderRecord, ScanCache
from monitor.snapshots.writer import DELETED, NewSnapshot, TreeChange

log = logging.getLogger(__name__)

# Fewer vanished documents than this never hold a run, whatever share they are.
FEW = 10

# How many of the vanished documents continue, by their text, among those that appeared
CountContinued = Callable[[Sequence[PathAndBlob], Sequence[PathAndBlob]], int]


def no_continuations(_vanished: Sequence[PathAndBlob], _appeared: Sequence[PathAndBlob]) -> int:
    """No document goes on under another path but with the same bytes."""
    return 0


class DeletionGuard(NamedTuple):
    """When a run is held: more than `fraction` of the documents and more than 10 vanish, unless that is accepted."""

    fraction: float = 0.20
    accept_deletions: bool = False


def count_lost(
    vanished: Iterable[PathAndBlob], appeared: Iterable[PathAndBlob], continued: CountContinued = no_continuations
) -> int:
    """How many documents went and did not come up elsewhere, with the same bytes or (`continued`) an edited text."""
    arrivals = list(appeared)
    free = Counter(blob for _, blob in arrivals)
    lost = [place for place in vanished if not _take_one(free, place[1])]
    left = [place for place in arrivals if _take_one(free, place[1])]
    return len(lost) - (continued(lost, left) if lost and left else 0)


def check_deletions(diff: FolderDiff, when: DeletionGuard, continued: CountContinued = no_continuations) -> None:
    """RunHeld where a person must say that this is meant; nothing was recorded then."""
    if when.accept_deletions:
        log.info("not held: deletions are accepted")
        return
    if not diff.before:
        log.info("not held: the last snapshot has no document")
        return
    # Texts are compared only where bytes alone would hold the run
    for judge in (no_continuations, continued):
        lost = count_lost(diff.vanished(), diff.appeared(), judge)
        why = _held_reason(diff, when, lost)
        if log.isEnabledFor(logging.INFO):
            held = "held unless more were renamed" if judge is no_continuations else "held"
            _log_judgement(diff, when, lost, "not held" if why is None else held)
        if why is None:
            return
    raise RunHeld(f"{why}: nothing was recorded; if this is intended, run again with --accept-deletions")


def _log_judgement(diff: FolderDiff, when: DeletionGuard, lost: int, outcome: str) -> None:
    vanished = sum(1 for _ in diff.vanished())
    log.info(
        "%s: %d of %d documents vanished, renamed ones (%d) not counted; held above %d documents and %g %%",
        *(outcome, lost, diff.before, vanished - lost, FEW, 100 * when.fraction),
    )
    if diff.replaced:
        log.info("%s is another folder on the disk than at the last run", diff.folder)
    for folder in diff.unmounted():
        log.info("%s is no longer mounted, and its documents vanished", folder)


def _held_reason(diff: FolderDiff, when: DeletionGuard, lost: int) -> str | None:
    if not diff.after:
        had = "1 document" if diff.before == 1 else f"{diff.before} documents"
        return f"the watched folder {diff.folder} is empty, and the last snapshot has {had}"
    if diff.replaced and diff.differences:
        differ = "1 document differs" if len(diff.differences) == 1 else f"{len(diff.differences)} documents differ"
        text = f"{lost} of {diff.before} documents vanished" if lost else differ
        return f"{diff.folder} is another folder on the disk than at the last run, and {text}"
    if lost and (folder := next(diff.unmounted(), None)) is not None:
        return f"{folder} in {diff.folder} is no longer mounted, and {lost} of {diff.before} documents vanished"
    if lost > FEW and lost > when.fraction * diff.before:
        return f"{lost} of {diff.before} documents vanished from {diff.folder}"
    return None


def _take_one(there: Counter[str], blob: str) -> bool:
    """Take one of this blob, if any is left."""
    if there[blob] < 1:
        return False
    there[blob] -= 1
    return True


def _commit(diff: FolderDiff, taken_at: datetime | None, recorded_at: datetime, last_look: datetime | None) -> Snapshot:
    """Make the snapshot; UsageError where `taken_at` is before the last one, or a time that git cannot keep."""
    when = _time_of(diff, taken_at, recorded_at)
    changes = {**dict(_documents(diff)), **dict(_manifests(diff))}
    new = NewSnapshot("", diff.head, when, recorded_at, _subject(diff), changes)
    last = _last_time(diff)
    if last_look is not None and last is not None and seconds(last) < seconds(last_look) <= seconds(when):
        new = new._replace(trailers=(seen_before_trailer(last_look),))
    return diff.blobs.writer().commit(new)


def _time_of(diff: FolderDiff, taken_at: datetime | None, recorded_at: datetime) -> datetime:
    when = taken_at or recorded_at
    last = _last_time(diff)
    if last is None or seconds(when) >= seconds(last):
        return when
    if taken_at is None:
        return last
    raise UsageError(
        f"{taken_at.isoformat()} is before the last snapshot ({last.isoformat()}): snapshots must be in order of time"
    )


def _last_time(diff: FolderDiff) -> datetime | None:
    """When the snapshot before was taken: the first one's may be the last of an imported earlier history."""
    if diff.head is not None:
        return diff.store.snapshot(diff.head).taken_at
    return max((one.taken_at for one in diff.store.snapshots("")), default=None)


def _documents(diff: FolderDiff) -> Iterator[tuple[bytes, TreeChange]]:
    for path, one in diff.differences.items():
        mode = EXECUTABLE if one.after and one.after.executable else FILE
        yield DOCUMENTS + encode_path(path), TreeChange(mode, one.after.blob) if one.after else DELETED


def _manifests(diff: FolderDiff) -> Iterator[tuple[bytes, TreeChange]]:
    for folder, text in diff.capture_failures.items():
        change = DELETED
        if text:
            change = TreeChange(FILE, object_id("blob", text))
            diff.blobs.writer().add(change.id, text)
        yield capture_failures.tree_path(folder), change


def _subject(diff: FolderDiff) -> str:
    counts = zip(diff.counts(), ("added", "changed", "removed"), strict=True)
    text = ", ".join(f"{count} {word}" for count, word in counts if count)
    return f"{text or 'no document changed'}; {diff.after} documents"


__all__ = [
    "CaptureResult",
    "DeletionGuard",
    "FolderDiff",
    "PathAndBlob",
    "capture",
    "check_deletions",
    "count_lost",
    "diff_folder",
    "record_snapshot",
]


class CaptureResult(NamedTuple):
    """The result of one scan of the folder. `failures` and `skipped` are all current ones, not only new ones."""

    snapshot: Snapshot | None  # None where nothing changed
    head: str | None
    documents: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    failures: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()


def record_snapshot(
    diff: FolderDiff, *, taken_at: datetime | None, recorded_at: datetime, last_look: datetime | None = None
) -> CaptureResult:
    """Record what differs as one snapshot, and remember the look. Without `taken_at` the snapshot is of now.

    `last_look` is when the state before was last seen; the snapshot keeps it, so that a rebuild knows it.

    UsageError where `taken_at` is before the last snapshot. A clock that was set back dates a snapshot like the last.
    """
    snapshot = None
    if diff.differences or diff.capture_failures:
        snapshot = _commit(diff, taken_at, recorded_at, last_look)
    _save_cache(diff, snapshot)
    added, changed, removed = diff.counts()
    return CaptureResult(
        snapshot=snapshot,
        head=snapshot.id if snapshot else diff.head,
        documents=diff.after,
        added=added,
        changed=changed,
        removed=removed,
        failures=tuple(_failures_of(diff.scan.folders, "failures")),
        skipped=tuple(_failures_of(diff.scan.folders, "skipped")),
    )


def capture(
    folder: Path,
    store: GitSnapshots,
    cache: ScanCache,
    *,
    recorded_at: datetime,
    taken_at: datetime | None = None,
    scan_rules: ScanRules | None = None,
    settle_options: SettleOptions | None = None,
    when: DeletionGuard | None = None,
    continued: CountContinued = no_continuations,
    last_look: datetime | None = None,
) -> CaptureResult:
    """Look at the folder and record what changed. RunHeld where it is missing, empty, or too much vanished."""
    when = when or DeletionGuard()
    with diff_folder(
        folder,
        store,
        cache,
        scan_rules=scan_rules or ScanRules(),
        settle_options=settle_options or SettleOptions(),
        accept_deletions=when.accept_deletions,
    ) as diff:
        check_deletions(diff, when, continued)
        return record_snapshot(diff, taken_at=taken_at, recorded_at=recorded_at, last_look=last_look)


def _save_cache(diff: FolderDiff, snapshot: Snapshot | None) -> None:
    """Save the cache where it says anything else than before."""
    header = diff.header._replace(head=snapshot.id, folded=None) if snapshot else diff.header
    cache = diff.cache
    same = header == cache.header and cache.folders.keys() == diff.scan.folders.keys()
    if same and all(record is cache.folders[path] for path, record in diff.scan.folders.items()):
        return
    cache.header, cache.folders = header, diff.scan.folders
    cache.save()


def _failures_of(folders: Mapping[str, FolderRecord], which: str) -> Iterator[Failure]:
    for folder in sorted(folder for folder, record in folders.items() if record.capture_failures):
        text = capture_failures.parse_capture_failures(folders[folder].capture_failures)
        yield from capture_failures.as_failures(folder, text.failures if which == "failures" else text.skipped)
