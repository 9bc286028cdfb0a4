"""Packs are rolled up so that they stay few, and nothing is lost by it."""

from __future__ import annotations

import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import StoreError
from monitor.snapshots.git_objects import object_id
from monitor.snapshots.maintenance import smallest
from tests.snapshots.capture_workspace import CaptureWorkspace

SIZES = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(1, 10**6), max_size=30)


def packs(place: CaptureWorkspace) -> list[str]:
    return sorted(path.name for path in (place.store.repository / "objects" / "pack").iterdir())


@pytest.fixture
def filled(place: CaptureWorkspace) -> CaptureWorkspace:
    for at in range(4):
        place.write("a", b"%d" % at)
        place.write(f"sub/{at}", b"same bytes\n" * 50)
        place.capture()
    return place


def test_few_packs_are_left_alone(filled: CaptureWorkspace) -> None:
    before = packs(filled)
    assert not filled.store.pack()
    assert packs(filled) == before


def test_all_packs_become_one_that_holds_every_snapshot(filled: CaptureWorkspace) -> None:
    heads = [snapshot.id for snapshot in filled.store.snapshots("")]
    before = [filled.documents(head) for head in heads]
    filled.store.close()
    assert filled.store.pack(everything=True)
    assert len([name for name in packs(filled) if name.endswith(".pack")]) == 1
    assert [filled.documents(head) for head in heads] == before
    assert list(filled.store.verify()) == []
    assert not filled.store.pack(everything=True)


def test_packing_keeps_unreferenced_objects(filled: CaptureWorkspace) -> None:
    head = filled.store.head()
    first = filled.store.snapshots("")[0].id
    (filled.store.repository / "refs" / "heads" / "main").write_text(f"{first}\n")
    filled.store.pack(everything=True)
    assert filled.store.manifest(head or "").keys() == {"a", "sub/0", "sub/1", "sub/2", "sub/3"}


def test_a_reader_that_was_there_before_goes_on(filled: CaptureWorkspace) -> None:
    blobs = [object_id("blob", b"%d" % at) for at in range(4)]
    reading = filled.store.read_many(blobs)
    assert next(reading)[1] == b"0"
    filled.store.pack(everything=True)
    assert [data for _, data in reading] == [b"1", b"2", b"3"]
    assert filled.store.read(blobs[1]) == b"1"


def test_packs_that_cannot_be_rolled_up_all_stay(filled: CaptureWorkspace) -> None:
    pack = next((filled.store.repository / "objects" / "pack").glob("*.pack"))
    pack.chmod(0o644)
    os.truncate(pack, 20)
    before = packs(filled)
    with pytest.raises(StoreError, match="pack-objects"):
        filled.store.pack(everything=True)
    assert set(before) <= set(packs(filled))


def test_old_packs_stay_until_the_new_one_is_on_the_disk(
    filled: CaptureWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    before = packs(filled)
    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(StoreError, match="packing the snapshot repository failed"):
        filled.store.pack(everything=True)
    assert set(before) <= set(packs(filled))


def test_a_run_goes_on_upon_rolled_up_packs(filled: CaptureWorkspace) -> None:
    filled.store.pack(everything=True)
    filled.write("a", b"0")  # bytes that the store has already
    assert filled.capture().changed == 1
    assert filled.documents()["a"] == b"0"
    done = subprocess.run(["git", "--git-dir", filled.store.repository, "fsck", "--full"], capture_output=True)
    assert done.returncode == 0


@given(SIZES)
def test_each_kept_pack_is_twice_as_large_as_all_smaller_ones(sizes: dict[str, int]) -> None:
    chosen = smallest(sizes, many=3)
    if len(sizes) <= 3:
        assert chosen == []
        return
    total = sum(sizes[name] for name in chosen)
    for size in sorted(size for name, size in sizes.items() if name not in chosen):
        assert size >= 2 * total
        total += size


@given(SIZES)
def test_only_the_smallest_packs_are_rolled_up(sizes: dict[str, int]) -> None:
    chosen = smallest(sizes, many=3)
    left = [size for name, size in sizes.items() if name not in chosen]
    assert not chosen or not left or max(sizes[name] for name in chosen) <= min(left)
