"""Which files are read, when, and what becomes of those that cannot be."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import RunHeld
from monitor.model import Failure
from monitor.snapshots import scan as folder_module
from monitor.snapshots.scan_cache import ScanCache
from tests.snapshots.capture_workspace import CaptureWorkspace


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose bytes were read."""
    names: list[str] = []
    real = folder_module.read_regular

    def counted(handle: int, name: str, limit: int | None) -> object:
        names.append(name)
        return real(handle, name, limit)

    monkeypatch.setattr(folder_module, "read_regular", counted)
    return names


def test_an_unchanged_file_is_not_read_again(place: CaptureWorkspace, reads: list[str]) -> None:
    place.write("a", b"1")
    place.write("sub/b", b"2")
    place.capture()
    place.write("sub/c", b"3")
    reads.clear()
    place.capture()
    assert reads == ["c"]


def test_a_file_stamped_as_it_was_read_is_read_again(place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change within the same step of the file system's clock leaves size and times as they are."""
    monkeypatch.setattr("monitor.snapshots.files._numbers", lambda about: (about.st_size, 7, 7, about.st_ino))
    place.clock.ahead = 0
    place.write("a", b"1111")
    place.capture()
    place.write("a", b"2222")
    place.capture()
    assert place.documents() == {"a": b"2222"}


def test_a_clock_that_was_set_back_makes_files_be_read_again(place: CaptureWorkspace, reads: list[str]) -> None:
    place.clock.ahead = -3_600_000_000_000
    place.write("a", b"1")
    place.capture()
    reads.clear()
    place.capture()
    assert reads == ["a"]


def test_a_change_that_keeps_size_and_time_is_seen(place: CaptureWorkspace) -> None:
    path = place.write("a", b"1111")
    os.utime(path, (1_000_000, 1_000_000))
    place.capture()
    path.write_bytes(b"2222")
    os.utime(path, (1_000_000, 1_000_000))
    place.capture()
    assert place.documents() == {"a": b"2222"}


def test_a_file_that_another_replaces_by_rename_is_seen(place: CaptureWorkspace) -> None:
    place.write("a", b"1111")
    place.capture()
    other = place.write("new", b"2222")
    os.utime(other, ns=((place.seeds / "a").stat().st_mtime_ns,) * 2)
    other.rename(place.seeds / "a")
    place.capture()
    assert place.documents() == {"a": b"2222"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data[:4100],
        lambda data: data.replace(b"sub", b"bus"),
        lambda data: data[:20] + b"\0" + data[21:],
        lambda data: b"\x80\x04." + data,
    ],
)
def test_a_damaged_cache_is_ignored(place: CaptureWorkspace, reads: list[str], spoil: Callable[[bytes], bytes]) -> None:
    place.write("sub/a", b"1")
    place.capture()
    cache = place.snapshots / "scan.cache"
    cache.write_bytes(spoil(cache.read_bytes()))
    reads.clear()
    assert place.capture().snapshot is None
    assert reads == ["a"]


def test_cache_of_an_older_snapshot_still_saves_reading(place: CaptureWorkspace, reads: list[str]) -> None:
    place.write("a", b"1")
    place.write("b", b"2")
    place.capture()
    older = (place.snapshots / "scan.cache").read_bytes()
    place.write("b", b"3")
    place.capture()
    (place.snapshots / "scan.cache").write_bytes(older)
    reads.clear()
    assert place.capture().snapshot is None
    assert reads == ["b"]


def test_a_lost_store_is_filled_again_from_all_files(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    place.capture()
    place.store.close()
    place.store.repository.rename(place.snapshots / "away")
    place.capture()
    assert place.documents() == {"a": b"1"}


def test_folded_head_is_cached_until_the_next_snapshot(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    place.capture()
    ScanCache.load(place.snapshots / "scan.cache").mark_folded("this head")
    os.utime(place.write("sub/b"), (1, 1))
    (place.seeds / "sub" / "b").unlink()
    place.capture()
    assert ScanCache.load(place.snapshots / "scan.cache").folded == "this head"
    place.write("a", b"2")
    place.capture()
    assert ScanCache.load(place.snapshots / "scan.cache").folded is None


def test_a_run_that_finds_nothing_starts_no_process(place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("a", b"1")
    place.capture()
    monkeypatch.setattr("monitor.snapshots.git_process._git", None)
    assert place.capture().snapshot is None


def test_a_file_modified_just_now_is_read_after_one_wait_for_all(place: CaptureWorkspace, reads: list[str]) -> None:
    place.clock.ahead = 0
    for name in ("a", "sub/b"):
        place.write(name, b"fresh")
    os.utime(place.write("old", b"old"), (1, 1))
    place.capture(settle=3_600)
    assert place.documents() == {"a": b"fresh", "sub/b": b"fresh", "old": b"old"}
    assert reads[0] == "old"
    (slept,) = place.clock.slept
    assert 3_000 < slept <= 3_600


def test_a_time_in_the_future_counts_as_settled(place: CaptureWorkspace) -> None:
    path = place.write("a", b"1")
    os.utime(path, (4_000_000_000, 4_000_000_000))
    place.capture(settle=2)
    assert place.clock.slept == []
    assert place.documents() == {"a": b"1"}


def test_a_settled_folder_is_never_waited_for(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    place.capture(settle=2)
    assert place.clock.slept == []


def test_a_file_that_still_changes_is_carried_forward(place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime(place.write("a", b"known"), (1, 1))
    os.utime(place.write("b", b"calm"), (1, 1))
    place.capture()
    place.clock.ahead = 0
    place.write("a", b"half wri")
    place.write("new", b"half")
    real = place.clock.sleep

    def sleep(seconds: float) -> None:
        real(seconds)
        place.write("a", b"half written, and more")
        place.write("new", b"half and")

    monkeypatch.setattr(place.clock, "sleep", sleep)
    taken = place.capture(settle=2)
    assert place.documents() == {"a": b"known", "b": b"calm"}
    reason = "still changing while it was read"
    assert taken.failures == (Failure("a", reason), Failure("new", reason))
    monkeypatch.setattr(place.clock, "sleep", real)
    later = place.capture(settle=2)
    assert later.failures == ()
    assert place.documents() == {"a": b"half written, and more", "b": b"calm", "new": b"half and"}


def test_a_file_that_changes_while_it_is_read_is_read_again(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.write("a", b"first")
    real, changes = os.fstat, iter([b"second, longer"])

    def changed_between(handle: int) -> os.stat_result:
        about = real(handle)
        if about.st_ino == path.stat().st_ino:
            for data in changes:
                path.write_bytes(data)
                break
        return about

    monkeypatch.setattr("monitor.snapshots.files.os.fstat", changed_between)
    place.capture()
    monkeypatch.undo()
    assert place.documents() == {"a": b"second, longer"}


def test_a_file_that_is_moved_during_the_look_does_not_vanish(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a/from a", "b/from b"):
        os.utime(place.write(name, name.encode()), (1, 1))
    place.capture()
    real, arrived = os.listdir, []

    def listed(handle: int) -> list[str]:
        names = real(handle)
        for here, there in (("a", "b"), ("b", "a")):
            if names == [f"from {here}"] and not arrived:  # one folder has been listed, the other not yet
                arrived.append(here)
                os.rename(place.seeds / there / f"from {there}", place.seeds / here / f"from {there}")
        return names

    monkeypatch.setattr("os.listdir", listed)
    place.capture(settle=2)
    (here,) = arrived
    assert place.documents() == {f"{here}/from a": b"a/from a", f"{here}/from b": b"b/from b"}


def refuse(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Opening this name fails, as for a user who may not (root may everything)."""
    real = os.open

    def refused(path: object, flags: int, *rest: object, **kwargs: object) -> int:
        if path == name:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("os.open", refused)


def test_unreadable_file_is_a_failure_with_its_last_bytes(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("a", b"known")
    place.capture()
    place.write("a", b"hidden now")
    refuse(monkeypatch, "a")
    taken = place.capture()
    assert taken.failures == (Failure("a", "cannot be read: permission denied"),)
    assert place.documents() == {"a": b"known"}
    monkeypatch.undo()
    assert place.capture().failures == ()
    assert place.documents() == {"a": b"hidden now"}


def test_unreadable_folder_is_one_failure_others_are_recorded(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("top", "shut/a", "shut/deeper/b", "shut-not/c"):
        place.write(name, name.encode())
    place.capture()
    before = place.documents()
    place.write("top", b"2")
    refuse(monkeypatch, "shut")
    taken = place.capture()
    assert taken.failures == (Failure("shut", "the folder cannot be read: permission denied"),)
    assert place.documents() == {**before, "top": b"2"}
    assert place.capture().snapshot is None  # told once, until it can be read again
    monkeypatch.undo()
    place.write("shut/a", b"3")
    assert place.capture().failures == ()
    assert place.documents() == {**before, "top": b"2", "shut/a": b"3"}


def test_vanished_documents_hold_despite_unreadable_folder(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(15):
        place.write(f"{at}", b"%d" % at)
    place.write("shut/a", b"1")
    place.capture()
    for at in range(12):
        (place.seeds / f"{at}").unlink()
    refuse(monkeypatch, "shut")
    with pytest.raises(RunHeld, match="12 of 16 documents vanished"):
        place.capture()


def test_a_folder_that_was_never_read_is_a_failure(place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("shut/a", b"1")
    place.write("b", b"1")
    refuse(monkeypatch, "shut")
    assert [failure.path for failure in place.capture().failures] == ["shut"]
    assert place.documents() == {"b": b"1"}


def fail_below(monkeypatch: pytest.MonkeyPatch, call: str, folder: Path, number: int) -> None:
    """This call of `os` fails on the handle of a folder."""
    real, inode = getattr(os, call), folder.stat().st_ino

    def failing(handle: int) -> object:
        if _fstat(handle).st_ino == inode:
            raise OSError(number, os.strerror(number))
        return real(handle)

    monkeypatch.setattr(f"os.{call}", failing)


_fstat = os.fstat
ERRORS = [errno.EACCES, errno.EIO, errno.ESTALE, errno.ENAMETOOLONG, errno.ELOOP, errno.EMFILE]


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("call", ["listdir", "fstat"])
def test_a_folder_that_opens_and_then_fails_is_carried_forward(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    place.write("broken/a", b"1")
    place.write("b", b"1")
    place.capture()
    place.write("b", b"2")
    fail_below(monkeypatch, call, place.seeds / "broken", number)
    taken = place.capture()
    assert taken.failures == (Failure("broken", f"the folder cannot be read: {os.strerror(number).lower()}"),)
    assert place.documents() == {"broken/a": b"1", "b": b"2"}


def test_a_watched_folder_that_cannot_be_listed_holds_the_run(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("b", b"1")
    place.capture()
    fail_below(monkeypatch, "listdir", place.seeds, errno.EIO)
    with pytest.raises(RunHeld, match=r"cannot be read \(input/output error\): nothing was recorded"):
        place.capture()


def test_a_folder_that_is_removed_once_it_is_open_is_gone(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("gone/a", b"1")
    place.write("b", b"1")
    place.capture()
    fail_below(monkeypatch, "listdir", place.seeds / "gone", errno.ENOENT)
    assert place.capture().failures == ()
    assert set(place.documents()) == {"b"}


def test_unmounting_an_unreadable_disk_holds_the_run(place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = place.write("disk/a", b"1").parent
    place.write("b", b"1")
    inode = disk.stat().st_ino

    def apart(handle: int) -> os.stat_result:
        about = _fstat(handle)
        return os.stat_result((*about[:2], about.st_dev + 1, *about[3:])) if about.st_ino == inode else about

    monkeypatch.setattr("os.fstat", apart)
    place.capture()
    refuse(monkeypatch, "disk")
    assert [failure.path for failure in place.capture().failures] == ["disk"]
    monkeypatch.undo()
    (disk / "a").unlink()
    with pytest.raises(RunHeld, match=r"disk in .* is no longer mounted"):
        place.capture()


def no_status(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    """The system does not tell what this name is, nor open it."""
    for call in ("stat", "open"):
        real = getattr(os, call)

        def failing(path: object, *rest: object, real: Callable[..., object] = real, **named: object) -> object:
            if path == name:
                raise OSError(number, os.strerror(number))
            return real(path, *rest, **named)

        monkeypatch.setattr(f"os.{call}", failing)


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_an_entry_without_a_status_costs_itself_alone(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    for name in ("file", "folder/deep/a", "other"):
        place.write(name, name.encode())
    place.capture()
    before = place.documents()
    place.write("other", b"2")
    told = os.strerror(number).lower()
    for name, reason in (("file", "cannot be read"), ("folder", "the folder cannot be read")):
        no_status(monkeypatch, name, number)
        assert place.capture().failures == (Failure(name, f"{reason}: {told}"),)
        assert place.documents() == {**before, "other": b"2"}
        monkeypatch.undo()
    no_status(monkeypatch, "file", number)
    assert place.capture(exclude=["file"]).failures == ()


def test_deltas_hold_a_failure_once(place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("sub/a", b"1")
    place.capture()
    place.write("sub/a", b"2")
    refuse(monkeypatch, "a")
    place.capture()
    place.write("sub/b", b"3")
    place.capture()
    told = [[failure.path for failure in delta.failures] for delta in place.store.deltas("")]
    assert told == [[], ["sub/a"], []]
    assert [failure.path for failure in place.store.failures(place.store.head() or "")] == ["sub/a"]


def test_file_above_the_limit_is_a_failure_with_its_last_bytes(place: CaptureWorkspace) -> None:
    place.write("a", b"small")
    place.capture(max_size=10)
    place.write("a", b"larger than that")
    place.write("b", b"larger than that, too")
    taken = place.capture(max_size=10)
    assert [failure.path for failure in taken.failures] == ["a", "b"]
    assert place.documents() == {"a": b"small"}
    assert place.capture(max_size=100).failures == ()
    assert set(place.documents()) == {"a", "b"}


def test_failure_persists_while_other_files_change(place: CaptureWorkspace) -> None:
    place.write("a", b"small")
    place.capture(max_size=10)
    place.write("a", b"larger than that")
    place.capture(max_size=10)
    place.write("b", b"new")
    assert [failure.path for failure in place.capture(max_size=10).failures] == ["a"]


def test_patterns_say_which_files_are_documents(place: CaptureWorkspace) -> None:
    for name in ("a.md", "b.txt", "drafts/c.md", "sub/d.md", "sub/drafts/e.md"):
        place.write(name, name.encode())
    place.capture(include=["*.md"], exclude=["drafts/"])
    assert set(place.documents()) == {"a.md", "sub/d.md"}


def test_patterns_that_change_hold_for_files_that_did_not(place: CaptureWorkspace) -> None:
    place.write("a.md")
    place.write("b.txt")
    place.capture(include=["*.md"])
    place.capture(include=["**/*"])
    assert set(place.documents()) == {"a.md", "b.txt"}


def test_an_excluded_folder_is_not_even_opened(place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("shut/a")
    place.write("b")
    refuse(monkeypatch, "shut")
    assert place.capture(exclude=["shut"]).failures == ()


def test_link_replacing_a_file_is_not_followed(
    place: CaptureWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place.write("a", b"mine")
    (tmp_path / "secret").write_bytes(b"not yours")
    real = os.open

    def swapped(name: object, flags: int, *rest: object, **kwargs: object) -> int:
        if name == "a":
            path.unlink(missing_ok=True)
            path.symlink_to(tmp_path / "secret")
        return real(name, flags, *rest, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("os.open", swapped)
    assert [failure.path for failure in place.capture().failures] == ["a"]
    assert place.documents() == {}
