"""What was seen in the watched folder, as a snapshot of the store: its time, its tree, its one-line description."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.app.folder_diff import Look
from monitor.errors import UsageError
from monitor.model import Snapshot
from monitor.snapshots import capture_failures
from monitor.snapshots.git_log import DOCUMENTS
from monitor.snapshots.git_objects import EXECUTABLE, FILE, encode_path, object_id, seconds
from monitor.snapshots.writer import GONE, NewSnapshot, TreeChange


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
        f"{taken_at.isoformat()} is before the last snapshot ({last.isoformat()}): time never runs backwards"
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
