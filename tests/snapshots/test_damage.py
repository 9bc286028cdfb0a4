"""A damaged or missing object is named, never read as nothing; what a crash left is cleared."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.snapshots.git_objects import object_id, read_sources
from monitor.snapshots.maintenance import Finding
from monitor.snapshots.repository import GitSnapshots
from tests.snapshots.capture_workspace import CaptureWorkspace

DATA = b"The vote is within 30 days.\n" * 3


def loosen(place: CaptureWorkspace) -> None:
    """Every object in a file of its own, so that a test can damage one."""
    place.store.close()
    packs = place.store.repository / "objects" / "pack"
    moved = place.snapshots / "packs"
    shutil.move(packs, moved)
    packs.mkdir()
    for pack in moved.glob("*.pack"):
        with pack.open("rb") as stream:
            subprocess.run(
                ["git", "--git-dir", place.store.repository, "unpack-objects", "-q"], stdin=stream, check=True
            )


def object_file(place: CaptureWorkspace, one: str) -> Path:
    path = place.store.repository / "objects" / one[:2] / one[2:]
    path.chmod(0o644)
    return path


@pytest.fixture
def damaged(place: CaptureWorkspace) -> CaptureWorkspace:
    place.write("sub/brief.txt", DATA)
    place.write("other.txt", b"sound")
    place.capture()
    loosen(place)
    return place


BLOB = object_id("blob", DATA)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


@pytest.mark.parametrize("at", [0, 2, 12, -3])
def test_a_flipped_bit_is_named(damaged: CaptureWorkspace, at: int) -> None:
    flip(object_file(damaged, BLOB), at)
    with pytest.raises(StoreError, match=BLOB):
        damaged.store.read(BLOB)
    assert [(found.object, found.documents) for found in damaged.store.verify()] == [(BLOB, ("sub/brief.txt",))]


def test_a_whole_object_with_other_bytes_is_named(damaged: CaptureWorkspace) -> None:
    sound = object_file(damaged, object_id("blob", b"sound"))
    object_file(damaged, BLOB).write_bytes(sound.read_bytes())
    with pytest.raises(StoreError, match=BLOB):
        damaged.store.read(BLOB)


def test_a_missing_object_is_named(damaged: CaptureWorkspace) -> None:
    object_file(damaged, BLOB).unlink()
    with pytest.raises(StoreError, match=f"{BLOB} is missing"):
        damaged.store.read(BLOB)
    assert [(found.object, found.documents) for found in damaged.store.verify()] == [(BLOB, ("sub/brief.txt",))]


def test_reading_goes_on_after_a_damaged_object(damaged: CaptureWorkspace) -> None:
    flip(object_file(damaged, BLOB), 12)
    sound = object_id("blob", b"sound")
    with pytest.raises(StoreError):
        list(damaged.store.read_many([sound, BLOB, sound]))
    assert damaged.store.read(sound) == b"sound"


def test_a_damaged_tree_names_the_folder(damaged: CaptureWorkspace) -> None:
    entry = b"100644 brief.txt\0" + bytes.fromhex(BLOB)
    tree = object_id("tree", entry)
    flip(object_file(damaged, tree), 12)
    assert [(found.object, found.documents) for found in damaged.store.verify()] == [(tree, ("sub/",))]


def test_a_damaged_snapshot_concerns_every_document(damaged: CaptureWorkspace) -> None:
    head = damaged.store.head() or ""
    flip(object_file(damaged, head), 12)
    (found,) = damaged.store.verify()
    assert (found.object, found.documents) == (head, ("/",))
    with pytest.raises(StoreError, match=head):
        damaged.store.manifest(head)


def test_a_sound_store_has_no_findings(place: CaptureWorkspace) -> None:
    for at in range(3):
        place.write("a", b"%d" % at)
        place.capture()
    assert list(place.store.verify()) == []


def git(place: CaptureWorkspace, *arguments: str, given: bytes = b"") -> str:
    command = ["git", "--git-dir", str(place.store.repository), *arguments]
    return subprocess.run(command, input=given, check=True, capture_output=True).stdout.decode().strip()


def forge(place: CaptureWorkspace, tree: str, seconds: int) -> str:
    """A snapshot upon the last that the monitor would not have made."""
    who = f"x <x> {seconds} +0000"
    text = f"tree {tree}\nparent {place.store.head()}\nauthor {who}\ncommitter {who}\n\nforged\n"
    head = git(place, "hash-object", "-t", "commit", "-w", "--stdin", given=text.encode())
    git(place, "update-ref", "refs/heads/main", head)
    return head


def test_a_manifest_that_cannot_be_read_is_found(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    place.capture()
    bad = git(place, "hash-object", "-w", "--stdin", given=b'{"failures": []}')
    folder = git(place, "mktree", given=f"100644 blob {bad}\t%folder.json\n".encode())
    forge(place, git(place, "mktree", given=f"040000 tree {folder}\tmanifest\n".encode()), 1_800_000_000)
    assert [found.object for found in place.store.verify()] == [bad]


def test_times_that_run_backwards_are_found(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    first = place.capture().head
    head = forge(place, git(place, "rev-parse", f"{first}^{{tree}}"), 1_000_000_000)
    assert list(place.store.verify()) == [Finding(head, f"is older than the snapshot before it, {first}")]


@pytest.mark.parametrize("content", ["", "0123", "z" * 40, "ref: refs/heads/other"])
def test_a_damaged_head_is_an_error_and_not_an_empty_store(place: CaptureWorkspace, content: str) -> None:
    place.write("a", b"1")
    place.capture()
    (place.store.repository / "refs" / "heads" / "main").write_text(content)
    with pytest.raises(StoreError, match="is damaged"):
        place.capture()


def test_refs_are_found_where_git_packs_them(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    head = place.capture().head
    subprocess.run(["git", "--git-dir", place.store.repository, "pack-refs", "--all"], check=True)
    assert not (place.store.repository / "refs" / "heads" / "main").exists()
    assert read_sources(place.store.repository) == {"": head}
    assert place.store.head() == head
    place.write("a", b"2")
    assert place.capture().snapshot is not None


def test_leftovers_of_a_killed_run_are_removed(place: CaptureWorkspace) -> None:
    place.write("a", b"1")
    place.capture()
    left = [
        "HEAD.lock",
        "packed-refs.lock",
        "refs/heads/main.lock",
        "objects/pack/tmp_pack_abc",
        "objects/pack/tmp_idx_abc",
        "objects/pack/pack-0123456789abcdef0123456789abcdef01234567.keep",
        "fast_import_crash_77",
    ]
    for name in left:
        (place.store.repository / name).write_text("left")
    pending = place.store.repository / "refs" / "monitor"
    pending.mkdir(exist_ok=True)
    (pending / "pending").write_text(f"{place.store.head()}\n")
    place.write("a", b"2")
    assert place.capture().changed == 1
    assert not any((place.store.repository / name).exists() for name in (*left, "refs/monitor/pending"))


def test_incomplete_repository_is_created_again(place: CaptureWorkspace) -> None:
    (place.snapshots / "history.git.new" / "objects").mkdir(parents=True)
    place.write("a", b"1")
    place.capture()
    assert place.documents() == {"a": b"1"}
    assert not (place.snapshots / "history.git.new").exists()


def test_a_folder_in_the_repositorys_place_is_not_written_to(place: CaptureWorkspace) -> None:
    place.store.repository.mkdir(parents=True)
    (place.store.repository / "mine").write_text("do not touch")
    place.write("a", b"1")
    with pytest.raises(StoreError, match="not a complete git repository"):
        place.capture()
    assert [path.name for path in place.store.repository.iterdir()] == ["mine"]


def test_two_readers_do_not_mix_up_their_answers(place: CaptureWorkspace) -> None:
    names = [f"{at}" for at in range(300)]
    for name in names:
        place.write(name, name.encode())
    place.capture()
    blobs = [object_id("blob", name.encode()) for name in names]
    both = zip(place.store.read_many(blobs), place.store.read_many(reversed(blobs)), strict=True)
    for (name, back), (first, second) in zip(zip(names, reversed(names), strict=True), both, strict=True):
        assert (first[1], second[1]) == (name.encode(), back.encode())


def test_a_reader_that_is_left_early_spoils_nothing(place: CaptureWorkspace) -> None:
    for name in ("a", "b"):
        place.write(name, name.encode())
    place.capture()
    blobs = [object_id("blob", name) for name in (b"a", b"b")]
    for _, data in place.store.read_many(blobs):
        assert data == b"a"
        break
    assert place.store.read(blobs[1]) == b"b"


def test_a_store_travels_to_another_process_by_its_path(place: CaptureWorkspace) -> None:
    import pickle

    with pickle.loads(pickle.dumps(place.store)) as other:
        assert isinstance(other, GitSnapshots)
        assert other.repository == place.store.repository
