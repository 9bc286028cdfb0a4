"""When a run stops for a person to confirm, and changes nothing until then."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app.capture import DeletionGuard, count_lost
from monitor.app.folder_diff import LastLook, diff_folder
from monitor.errors import RunHeld
from monitor.snapshots.files import SettleOptions
from monitor.snapshots.repository import GitSnapshots
from monitor.snapshots.scan_cache import ScanCache
from monitor.snapshots.selection import ScanRules
from tests.snapshots.capture_workspace import CaptureWorkspace

ACCEPT = DeletionGuard(accept_deletions=True)
RULES = ScanRules()
STRICT = DeletionGuard(strict=True)


def fill(place: CaptureWorkspace, count: int) -> None:
    for at in range(count):
        place.write(f"{at:03}.txt", b"document %d" % at)
    place.capture()


def empty(place: CaptureWorkspace, count: int) -> None:
    for at in range(count):
        (place.seeds / f"{at:03}.txt").unlink()


def held(place: CaptureWorkspace, match: str, when: DeletionGuard | None = None) -> None:
    head = place.store.head()
    with pytest.raises(RunHeld, match=match) as raised:
        place.capture(when=when)
    assert raised.value.exit_status == 6
    assert "\n" not in str(raised.value)
    assert place.store.head() == head


def test_a_missing_folder_holds_the_run(place: CaptureWorkspace) -> None:
    fill(place, 1)
    shutil.rmtree(place.seeds)
    held(place, "is missing")
    assert place.capture(when=ACCEPT).removed == 1
    assert place.documents() == {}


def test_a_file_in_the_folders_place_holds_the_run(place: CaptureWorkspace) -> None:
    place.seeds.rmdir()
    place.seeds.write_text("not a folder")
    held(place, "is missing")


def test_a_folder_that_is_suddenly_empty_holds_the_run(place: CaptureWorkspace) -> None:
    fill(place, 1)
    empty(place, 1)
    held(place, "is empty, and the last snapshot has 1 document")
    assert place.capture(when=ACCEPT).removed == 1


@pytest.mark.parametrize(
    ("documents", "gone", "fraction", "is_held"),
    [
        (20, 10, 0.2, False),  # not more than ten
        (20, 11, 0.2, True),
        (60, 12, 0.2, False),  # exactly the share
        (60, 13, 0.2, True),
        (60, 13, 0.5, False),
    ],
)
def test_run_is_held_if_more_than_ten_and_the_share_vanish(
    place: CaptureWorkspace, documents: int, gone: int, fraction: float, is_held: bool
) -> None:
    fill(place, documents)
    empty(place, gone)
    if is_held:
        held(place, f"{gone} of {documents} documents vanished.*--accept-deletions", DeletionGuard(fraction))
    assert place.capture(when=DeletionGuard(fraction, accept_deletions=is_held)).removed == gone


def test_documents_that_are_elsewhere_now_did_not_vanish(place: CaptureWorkspace) -> None:
    fill(place, 15)
    (place.seeds / "moved").mkdir()
    for path in place.seeds.glob("*.txt"):
        path.rename(place.seeds / "moved" / path.name)
    assert place.capture().removed == 15


def test_replaced_folder_with_few_known_documents_is_held(place: CaptureWorkspace) -> None:
    fill(place, 5)
    place.seeds.rename(place.seeds.with_name("old"))
    place.seeds.mkdir()
    for at in range(2):
        place.write(f"{at:03}.txt", b"document %d" % at)
    held(place, "another folder on the disk than at the last run, and 3 of 5")


def test_another_folder_with_one_document_less_holds_the_run(place: CaptureWorkspace) -> None:
    fill(place, 5)
    shutil.copytree(place.seeds, place.seeds.with_name("copy"))
    shutil.rmtree(place.seeds)
    place.seeds.with_name("copy").rename(place.seeds)
    empty(place, 1)
    held(place, "another folder on the disk than at the last run, and 1 of 5 documents vanished", STRICT)
    assert place.capture(when=ACCEPT).removed == 1
    assert place.capture().snapshot is None


def test_another_folder_with_other_texts_holds_the_run(place: CaptureWorkspace) -> None:
    fill(place, 5)
    shutil.copytree(place.seeds, place.seeds.with_name("copy"))
    shutil.rmtree(place.seeds)
    place.seeds.with_name("copy").rename(place.seeds)
    place.write("003.txt", b"another text")
    held(place, "another folder on the disk than at the last run, and 1 document differs", STRICT)


def test_a_folder_that_is_copied_together_with_its_store_goes_on(place: CaptureWorkspace, tmp_path: Path) -> None:
    fill(place, 5)
    (tmp_path / "copy").mkdir()
    folder, state = tmp_path / "copy/seeds", tmp_path / "copy/snapshots"
    shutil.copytree(place.seeds, folder)
    shutil.copytree(place.snapshots, state)
    with GitSnapshots(state / "history.git") as store:
        copied = CaptureWorkspace(tmp_path / "copy", store, place.clock, captures=place.captures)
        copied.write("003.txt", b"another text")
        assert copied.capture().changed == 1


@pytest.mark.parametrize(("beside", "outcome"), [(True, False), (False, True)], ids=["beside the store", "elsewhere"])
def test_other_device_number_is_another_disk_unless_of_the_store(
    place: CaptureWorkspace, *, beside: bool, outcome: bool
) -> None:
    fill(place, 1)
    last = LastLook(place.store, ScanCache.load(place.snapshots / "scan.cache"))
    with last:
        seen = diff_folder(place.seeds, last, scan_rules=RULES, settle_options=SettleOptions(0))
    then, home = seen.homes
    store = home[0] + (100 if beside else 0)
    renumbered = seen.now._replace(device=seen.now.device + 100)
    assert seen._replace(now=renumbered, homes=(then, (store, home[1]))).replaced is outcome
    assert seen.was.device == then[0]


def test_recreated_folder_with_the_same_documents_is_accepted(place: CaptureWorkspace) -> None:
    fill(place, 5)
    shutil.copytree(place.seeds, place.seeds.with_name("copy"))
    shutil.rmtree(place.seeds)
    place.seeds.with_name("copy").rename(place.seeds)
    assert place.capture().snapshot is None


def test_held_run_leaves_no_trace(place: CaptureWorkspace) -> None:
    fill(place, 1)
    empty(place, 1)
    (place.seeds / "sub").mkdir()
    held(place, "is empty")
    place.write("sub/new", b"new")
    place.capture()
    assert place.documents() == {"sub/new": b"new"}


blobs = st.lists(st.sampled_from("abcd"), max_size=8)


def nothing(_gone: object, _come: object) -> int:
    return 0


def places(side: str, blobs: list[str]) -> list[tuple[str, str]]:
    return [(f"{side}{at}", blob) for at, blob in enumerate(blobs)]


@given(blobs, blobs)
def test_renamed_documents_do_not_count_as_lost(vanished: list[str], appeared: list[str]) -> None:
    elsewhere = sum(min(vanished.count(one), appeared.count(one)) for one in set(vanished))
    assert count_lost(places("old", vanished), places("new", appeared), nothing) == len(vanished) - elsewhere


def test_document_renamed_and_edited_is_not_lost() -> None:
    vanished, appeared = places("old", list("abcdefghijkl")), places("new", list("lmnopqrstuvw"))
    asked: list[int] = []

    def continued(gone: Sequence[tuple[str, str]], come: Sequence[tuple[str, str]]) -> int:
        asked.extend((len(gone), len(come)))
        return 8

    assert count_lost(vanished, appeared, continued) == 3
    assert asked == [11, 11]  # the one that came up elsewhere with the same bytes needs no look at its text
