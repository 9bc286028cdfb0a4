"""What becomes a snapshot, when it is dated, and how the history is read back."""

from __future__ import annotations

import errno
import os
import socket
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from monitor.errors import StoreError, UsageError
from monitor.model import Failure, FileVersion, PathChange
from monitor.snapshots.git_objects import object_id
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.writer import NewSnapshot, TreeChange
from tests.snapshots.capture_workspace import START, CaptureWorkspace


def blob(data: bytes) -> str:
    return object_id("blob", data)


def test_a_folder_that_did_not_change_makes_no_snapshot(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    first = place.capture()
    again = place.capture()
    assert again.snapshot is None
    assert again.head == first.head
    assert len(place.store.snapshots("")) == 1


def test_a_file_that_was_only_touched_makes_no_snapshot(place: CaptureWorkspace) -> None:
    path = place.write("a", b"1")
    place.capture()
    os.utime(path, (1, 1))
    assert place.capture().snapshot is None


def test_empty_new_folder_makes_no_snapshot_and_no_repository(place: CaptureWorkspace) -> None:
    assert place.capture().snapshot is None
    assert not place.store.repository.exists()


def test_counts_say_what_a_run_recorded(place: CaptureWorkspace) -> None:
    for name in ("stays", "goes", "changes"):
        place.write(name, name.encode())
    place.capture()
    (place.seeds / "goes").unlink()
    place.write("changes", b"other")
    place.write("comes", b"new")
    taken = place.capture()
    assert (taken.added, taken.changed, taken.removed, taken.documents) == (1, 1, 1, 3)


def test_deltas_hold_the_changes_of_each_snapshot(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    place.write("b", b"2")
    place.capture()
    place.write("a", b"3")
    (place.seeds / "b").unlink()
    place.capture()
    first, second = place.store.deltas("")
    assert set(first.changes) == {PathChange("a", None, blob(b"1")), PathChange("b", None, blob(b"2"))}
    assert set(second.changes) == {PathChange("a", blob(b"1"), blob(b"3")), PathChange("b", blob(b"2"), None)}


def test_deltas_begin_behind_the_snapshot_that_is_named(place: CaptureWorkspace) -> None:
    heads = []
    for at in range(3):
        place.write("a", b"%d" % at)
        heads.append(place.capture().head)
    assert [delta.snapshot.id for delta in place.store.deltas("", heads[0])] == heads[1:]
    assert list(place.store.deltas("", heads[-1])) == []


def test_deltas_added_up_give_each_manifest(place: CaptureWorkspace) -> None:
    for at in range(6):
        place.write(f"{at % 4}/x\n", b"%d" % at)
        place.write(f".git/{at}", b"")
        if at > 2:
            (place.seeds / ".git" / str(at - 2)).unlink()
        place.capture()
    state: dict[str, str] = {}
    for delta in place.store.deltas(""):
        for change in delta.changes:
            assert state.get(change.path) == change.before
            if change.after is None:
                del state[change.path]
            else:
                state[change.path] = change.after
        assert {path: FileVersion(one) for path, one in state.items()} == place.store.manifest(delta.snapshot.id)


def test_a_snapshot_has_the_time_that_it_was_given(place: CaptureWorkspace) -> None:
    place.write("a")
    when = datetime(2020, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2)))
    snapshot = place.capture(taken_at=when, recorded_at=START).snapshot
    assert snapshot is not None
    assert (snapshot.taken_at, snapshot.recorded_at) == (when, START)
    assert snapshot.taken_at.tzinfo == UTC
    assert place.store.snapshots("") == (snapshot,)


def test_time_never_runs_backwards(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    place.capture(taken_at=START)
    place.write("a", b"2")
    with pytest.raises(UsageError, match="before the last snapshot"):
        place.capture(taken_at=START - timedelta(seconds=1))
    assert len(place.store.snapshots("")) == 1
    assert place.capture(taken_at=START).snapshot is not None


def test_clock_set_back_dates_a_snapshot_like_the_last(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    place.capture(recorded_at=START)
    place.write("a", b"2")
    snapshot = place.capture(recorded_at=START - timedelta(days=1)).snapshot
    assert snapshot is not None
    assert (snapshot.taken_at, snapshot.recorded_at) == (START, START - timedelta(days=1))


@pytest.mark.parametrize("year", [1, 1969, 2515, 9999])
def test_a_time_that_git_cannot_keep_is_refused_by_name(place: CaptureWorkspace, year: int) -> None:
    place.write("a")
    with pytest.raises(UsageError, match="cannot date a snapshot"):
        place.capture(taken_at=datetime(year, 1, 1, tzinfo=UTC))
    assert place.store.head() is None


def test_readers_of_a_store_that_is_not_there_see_an_empty_one(tmp_path: Path) -> None:
    with GitSnapshots(tmp_path / "none") as store:
        assert (store.sources(), store.head(), store.snapshots("")) == ((), None, ())
        assert list(store.deltas("")) == list(store.read_many([])) == list(store.verify()) == []
        with pytest.raises(StoreError, match="there is no snapshot repository"):
            store.read("0" * 40)
    assert not (tmp_path / "none").exists()


def test_snapshot_folder_inside_the_watched_one_is_ignored(tmp_path: Path, place: CaptureWorkspace) -> None:
    inside = place.seeds / "snapshots"
    with GitSnapshots(inside / "history.git") as store:
        own = CaptureWorkspace(place.root, store, place.clock, snapshots=inside)
        own.write("a", b"1")
        own.capture()
        own.write("a", b"2")
        own.capture()
        assert own.documents() == {"a": b"2"}


def test_skipped_things_are_reported_and_no_documents(place: CaptureWorkspace, tmp_path: Path) -> None:
    place.write("a", b"1")
    (tmp_path / "secret").write_text("not yours")
    (place.seeds / "inside").symlink_to("a")
    (place.seeds / "outside").symlink_to(tmp_path / "secret")
    (place.seeds / "folder").symlink_to(tmp_path)
    os.mkfifo(place.seeds / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(place.seeds / "socket"))
        taken = place.capture()
    assert place.documents() == {"a": b"1"}
    assert taken.skipped == (
        Failure("folder", "a symbolic link that leaves the folder"),
        Failure("inside", "a symbolic link: what it points to is captured under its own name"),
        Failure("outside", "a symbolic link that leaves the folder"),
        Failure("pipe", "a named pipe"),
        Failure("socket", "a socket"),
    )
    assert place.capture().skipped == taken.skipped


NOT_FOLLOWED = "a symbolic link that cannot be followed"


def test_links_that_cannot_be_followed_are_skipped(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    chain = place.seeds / "chain"
    chain.mkdir()
    for at in range(1_500):  # the last one is a document; nobody follows so many
        (chain / f"{at:04}").symlink_to(f"{at + 1:04}")
    (chain / "1500").write_bytes(b"end")
    (place.seeds / "long").symlink_to("x" * 300)
    (place.seeds / "loop").symlink_to("loop")
    (place.seeds / "pair").symlink_to("riap")
    (place.seeds / "riap").symlink_to("pair")
    (place.seeds / "through").symlink_to("a/b")
    taken = place.capture()
    assert place.documents() == {"a": b"1", "chain/1500": b"end"}
    told = {one.path: one.reason for one in taken.skipped}
    assert {told[name] for name in ("long", "loop", "pair", "riap", "through", "chain/0000")} == {NOT_FOLLOWED}
    assert told["chain/1499"] == "a symbolic link: what it points to is captured under its own name"
    assert place.capture().snapshot is None


@pytest.mark.parametrize("call", ["stat", "readlink", "lstat"])
@pytest.mark.parametrize(
    "number", [errno.EACCES, errno.EIO, errno.ENAMETOOLONG, errno.ELOOP, errno.ESTALE], ids=errno.errorcode.get
)
def test_a_link_that_the_system_does_not_follow_is_skipped(
    place: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    place.write("a", b"1")
    (place.seeds / "link").symlink_to("/etc/hostname")
    real = getattr(os, call)

    def failing(path: object, *rest: object, **named: object) -> object:
        own = str(path).rpartition("/")[2] == "link"
        if own and not (call == "stat" and named.get("follow_symlinks") is False):
            raise OSError(number, os.strerror(number))
        return real(path, *rest, **named)

    monkeypatch.setattr(f"os.{call}", failing)
    taken = place.capture()
    assert taken.skipped == (Failure("link", NOT_FOLLOWED),)
    assert place.documents() == {"a": b"1"}


def test_order_of_a_source_is_its_history_not_its_dates(place: CaptureWorkspace) -> None:
    heads = []
    for at in range(5):
        place.write("a", b"%d" % at)
        heads.append(place.capture(taken_at=START, recorded_at=START - timedelta(days=at)).head)
    assert [snapshot.id for snapshot in place.store.snapshots("")] == heads


def new_snapshot(parent: str | None, changes: dict[bytes, TreeChange]) -> NewSnapshot:
    return NewSnapshot("", parent, START, START, "a test's", changes)


def test_a_snapshot_upon_a_head_that_has_moved_is_refused(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    first = place.capture().head
    place.write("a", b"2")
    second = place.capture().head
    with place.store.writer() as writer:
        writer.add(blob(b"3"), b"3")
        with pytest.raises(StoreError, match="update-ref"):
            writer.commit(new_snapshot(first, {b"documents/a": TreeChange("100644", blob(b"3"))}))
    assert place.store.head() == second


def test_bytes_that_are_not_those_of_the_id_are_refused(place: CaptureWorkspace) -> None:
    with place.store.writer() as writer:
        writer.add(blob(b"right"), b"wrong")
        with pytest.raises(StoreError, match="fast-import"):
            writer.commit(new_snapshot(None, {b"documents/a": TreeChange("100644", blob(b"right"))}))
    assert place.store.head() is None


def test_a_tree_that_is_not_the_one_asked_for_is_refused(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    head = place.capture().head
    with (
        place.store.writer() as writer,
        pytest.raises(StoreError, match="another tree than requested, at 'documents/b'"),
    ):
        writer.commit(new_snapshot(head, {b"documents/b": TreeChange("", "0" * 40)}))
    assert place.store.head() == head


def test_leaving_a_writer_records_nothing_and_leaves_nothing(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    head = place.capture().head
    with place.store.writer() as writer:
        writer.add(blob(b"2"), b"2")
    assert place.store.head() == head
    place.store.writer()
    assert not list((place.store.repository / "objects" / "pack").glob("tmp_*"))
