"""No room on the disk, or none that may be written: one line says so, the snapshots are whole, the next run goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability import disks
from tests.reliability.disks import Disk
from tests.reliability.fulldisks import Level, filled, limited, read_only, room_of_a_run
from tests.reliability.nursery import Nursery
from tests.reliability.powercuts import store_on
from tests.reliability.torturing import Store


def held_out(found: Level) -> bool:
    return found.clear and not found.damage and found.outcome.unharmed


@pytest.mark.slow
@pytest.mark.parametrize("largest", [0, 1_000, 10_000, 50_000])
def test_no_room_for_a_file(store: Store, nursery: Nursery, largest: int) -> None:
    found = limited(store, nursery, largest)
    assert found.outcome.struck
    assert held_out(found), found


@pytest.mark.slow
def test_full_disk_error_asks_for_room_not_for_a_rebuild(store: Store, nursery: Nursery) -> None:
    (said,) = limited(store, nursery, 50_000).said
    assert said.startswith("monitor: the ledger ")
    assert said.endswith("see that its disk has room, is sound and can be written; the next run continues from here")


def levels(number: int, nursery: Nursery, root: Path) -> list[Level]:
    with Disk(8) as disk:
        store = store_on(disk, root)
        room = 2 * room_of_a_run(store, disk, nursery)
        return [filled(store, disk, nursery, room * at // number) for at in range(number)]


@pytest.mark.slow
def test_a_few_levels_of_a_disk_that_fills(nursery: Nursery, tmp_path: Path) -> None:
    disks.needed()
    found = levels(4, nursery, tmp_path)
    assert all(map(held_out, found)), found
    assert found[0].outcome.struck


@pytest.mark.slow
def test_fifty_levels_of_a_disk_that_fills(nursery: Nursery, tmp_path: Path) -> None:
    disks.needed()
    found = levels(50, nursery, tmp_path)
    assert all(map(held_out, found)), found
    assert {one.outcome.struck for one in found} == {True, False}


@pytest.mark.slow
def test_a_disk_that_cannot_be_written(nursery: Nursery, tmp_path: Path) -> None:
    disks.needed()
    with Disk(8) as disk:
        found = read_only(store_on(disk, tmp_path), disk, nursery)
    assert found.outcome.struck
    assert held_out(found), found
