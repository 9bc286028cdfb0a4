"""What the disk refuses costs no snapshot that was acknowledged, and the next run recovers by itself."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from monitor.errors import StoreError
from monitor.snapshots.scan_cache import ScanCache
from tests.snapshots.capture_workspace import START, CaptureWorkspace


def fail_at(monkeypatch: pytest.MonkeyPatch, name: str, nth: int) -> list[int]:
    """The nth call of this function of `os`, and every later one, finds the disk broken."""
    real, calls = getattr(os, name), [0]

    def failing(*arguments: object, **options: object) -> object:
        calls[0] += 1
        if calls[0] >= nth:
            raise OSError(errno.EIO, "Input/output error")
        return real(*arguments, **options)

    monkeypatch.setattr(f"os.{name}", failing)
    return calls


@pytest.mark.parametrize("nth", [1, 2])
def test_a_sync_that_fails_is_an_error_and_the_next_run_recovers(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    place.write("a", b"1")
    first = place.capture().head
    place.write("a", b"2")
    calls = fail_at(monkeypatch, "fsync", nth)
    with pytest.raises(StoreError, match="syncing the snapshot repository failed"):
        place.capture()
    monkeypatch.undo()
    assert calls == [nth]
    place.capture()
    assert place.documents() == {"a": b"2"}
    assert place.store.snapshots("")[0].id == first
    assert list(place.store.verify()) == []


def test_a_pack_that_is_not_synced_is_not_named_by_the_head(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("a", b"1")
    first = place.capture().head
    place.write("a", b"2")
    fail_at(monkeypatch, "fsync", 1)
    with pytest.raises(StoreError):
        place.capture()
    assert place.store.head() == first


def test_a_repository_that_cannot_be_made_whole_is_not_made(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("a", b"1")
    fail_at(monkeypatch, "fsync", 3)
    with pytest.raises(StoreError, match=r"writing to .*history\.git failed"):
        place.capture()
    assert not place.store.repository.exists()
    monkeypatch.undo()
    place.capture()
    assert place.documents() == {"a": b"1"}


def test_no_room_for_the_cache_costs_no_snapshot(place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("a", b"1")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("monitor.snapshots.scan_cache.no_links", full)
    head = place.capture().head
    monkeypatch.undo()
    assert head == place.store.head()
    assert not (place.snapshots / "scan.cache").exists()
    assert place.capture().snapshot is None


def test_folded_head_is_not_written_into_a_foreign_cache(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    place.capture()
    stale = ScanCache.load(place.snapshots / "scan.cache")
    place.write("a", b"2")
    place.capture()
    stale.mark_folded("the first")
    assert ScanCache.load(place.snapshots / "scan.cache").folded is None


FULL_DISK = """
import resource, sys
from datetime import datetime
from pathlib import Path
from monitor.errors import StoreError
from monitor.app.capture import capture
from monitor.snapshots.files import SettleOptions
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import ScanCache
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
folder, state = Path(sys.argv[1]), Path(sys.argv[2])
with GitSnapshots(state / "history.git") as store:
    try:
        capture(folder, store, ScanCache.load(state / "scan.cache"), settle_options=SettleOptions(0),
                recorded_at=datetime.fromisoformat(sys.argv[3]))
    except StoreError as error:
        print(error)
"""


def test_disk_full_for_git_is_an_error_and_leaves_nothing(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    first = place.capture().head
    place.write("large", os.urandom(300_000))
    when = (START + timedelta(hours=9)).isoformat()
    command = [sys.executable, "-c", FULL_DISK, place.seeds, place.snapshots, when]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.startswith("git fast-import failed")
    assert place.store.head() == first
    assert not list((place.store.repository / "objects" / "pack").glob("tmp_*"))
    place.capture()
    assert set(place.documents()) == {"a", "large"}


def test_an_interrupt_records_nothing_and_leaves_nothing(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("a", b"1")
    first = place.capture().head
    place.write("b", b"2")
    place.write("sub/c", b"3")

    def interrupt() -> int:
        raise KeyboardInterrupt

    asked = [place.clock.now, place.clock.now, interrupt]
    monkeypatch.setattr(place.clock, "now", lambda: asked.pop(0)() if len(asked) > 1 else interrupt())
    with pytest.raises(KeyboardInterrupt):
        place.capture()
    assert place.store.head() == first
    assert not list((place.store.repository / "objects" / "pack").glob("tmp_*"))


def test_a_store_that_is_written_by_two_at_once_loses_neither(place: CaptureWorkspace) -> None:
    """Without the lock, even: the second finds that the head has moved."""
    place.write("a", b"1")
    place.capture()
    place.write("a", b"2")
    real = place.store.writer

    def late() -> object:
        place.store.writer = real  # type: ignore[method-assign]
        place.capture()
        return real()

    place.store.writer = late  # type: ignore[method-assign, assignment]
    with pytest.raises(StoreError, match="update-ref"):
        place.capture()
    assert [delta.changes[0].path for delta in place.store.deltas("")] == ["a", "a"]
