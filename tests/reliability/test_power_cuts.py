"""The power fails in the middle of a run: what was acknowledged is on the disk, and the next run goes on by itself.

The disk is an ext4 image of its own, cut off at the moment and mounted anew (see disks.py); how SQLite was set, and by
which figures, is in docs/decisions/2026-11-24-durability.md.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.reliability import disks
from tests.reliability.disks import Disk
from tests.reliability.nursery import Nursery
from tests.reliability.powercuts import Cut, cut, length_of_a_turn, store_on

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("a_disk_is_to_be_had")]


@pytest.fixture
def a_disk_is_to_be_had() -> None:
    disks.needed()


def cuts(number: int, nursery: Nursery, root: Path) -> None:
    chance = random.Random(number)
    with Disk() as disk:
        store = store_on(disk, root)
        length = length_of_a_turn(store, nursery)
        found = [cut(store, disk, nursery, chance, length) for _ in range(number)]
        while not in_the_middle(found) and len(found) < 10 * number:  # a machine that was busy before cuts too late
            length = length_of_a_turn(store, nursery)
            found.append(cut(store, disk, nursery, chance, length))
    assert [one for one in found if one.harmed] == []
    assert in_the_middle(found)


def in_the_middle(found: list[Cut]) -> bool:
    """Whether one of them struck a run that had acknowledged its snapshot and was not at its end."""
    return any(one.outcome.struck and one.outcome.acknowledged for one in found)


def test_a_few_power_cuts(nursery: Nursery, tmp_path: Path) -> None:
    cuts(5, nursery, tmp_path)


def test_forty_power_cuts(nursery: Nursery, tmp_path: Path) -> None:
    cuts(40, nursery, tmp_path)


def test_unsynced_data_is_lost_in_a_power_cut() -> None:
    """Or else nothing is proved by a cut."""
    with Disk(8) as disk:
        (disk.place / "file").write_text("not synced")
        disk.commit()
        (disk.place / "other").write_text("not synced either")
        disk.cut()
        disk.restart()
        assert (disk.place / "bystander").read_text() == "."
        assert not (disk.place / "other").exists()
        assert (disk.place / "file").read_text() == ""
