"""By what a watched folder is known: its documents, or its place on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.snapshots.scan_cache import ScanCache
from tests.support.workspace import Workspace

STRICT = '[watch]\nfolder = "seeds"\n[hold]\nidentity = "strict"\n'


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """Twelve documents that have been recorded."""
    place = Workspace(tmp_path)
    place.update({f"{number:02}.txt": f"Document {number} says this.\n" for number in range(12)})
    return place


def restore(place: Workspace) -> None:
    shutil.copytree(place.seeds, place.root / "copy")
    shutil.rmtree(place.seeds)
    (place.root / "copy").rename(place.seeds)


def release(place: Workspace) -> None:
    """Publish the folder by a symbolic link that is exchanged."""
    for name in ("first", "second"):
        shutil.copytree(place.seeds, place.root / name)
    shutil.rmtree(place.seeds)
    place.seeds.symlink_to("second")


def remount(place: Workspace) -> None:
    """Let the cache hold another device and inode, as after a mount with other numbers."""
    cache = ScanCache.load(place.snapshots / "scan.cache")
    there = cache.header.places[""]
    cache.header = cache.header._replace(places={"": there._replace(device=there.device + 9, inode=there.inode + 9)})
    cache.save()


WAYS: list[Callable[[Workspace], None]] = [restore, release, remount]


@pytest.mark.parametrize("way", WAYS)
def test_the_same_documents_on_another_place_are_the_folder(place: Workspace, way: Callable[[Workspace], None]) -> None:
    place.run(0)
    way(place)
    place.write("03.txt", "Document 3 says that.\n")
    result = place.run(1)
    assert "is another folder on the disk than at the last run, with the documents of before" in result.message
    assert [one["document"] for one in place.log()] == ["03.txt"]
    assert place.run(2).text == "nothing changed\n"


@pytest.mark.parametrize("way", WAYS)
def test_strict_holds_another_folder_on_the_disk(place: Workspace, way: Callable[[Workspace], None]) -> None:
    place.configure(STRICT)
    place.run(0)
    way(place)
    place.write("03.txt", "Document 3 says that.\n")
    assert "another folder on the disk" in place.run(1, status=6).message


def test_another_folder_with_other_documents_is_held(place: Workspace) -> None:
    place.run(0)
    restore(place)
    for number in range(4):
        place.write(f"{number:02}.txt", f"A document {number} of somebody else.\n")
        (place.seeds / f"{number + 4:02}.txt").unlink()
    assert "another folder on the disk" in place.run(1, status=6).message


def test_a_folder_on_another_place_is_held_for_what_vanished(place: Workspace) -> None:
    place.update({f"more{number}.txt": f"Document {number} of more.\n" for number in range(48)})
    place.run(0)
    restore(place)
    for path in sorted(place.seeds.glob("more*"))[:13]:
        path.unlink()
    assert "13 of 60 documents vanished" in place.run(1, status=6).message


def test_identity_has_two_values(place: Workspace) -> None:
    place.configure(STRICT.replace("strict", "inode"))
    assert "expected 'content' or 'strict'" in place.run(0, status=2).message
