"""Disks without room: filled to a level, or not to be written at all."""

from __future__ import annotations

import shutil
from typing import NamedTuple

from monitor.app.monitor import open_monitor
from monitor.errors import StoreError
from tests.reliability.disks import Disk
from tests.reliability.nursery import Child, Nursery
from tests.reliability.torturing import Outcome, Store


class Level(NamedTuple):
    """What a run came to that had not enough room, or just enough."""

    outcome: Outcome
    status: int | None
    said: tuple[str, ...]  # on standard error
    damage: int  # what was wrong with the snapshots before anything was done about it

    @property
    def clear(self) -> bool:
        """Whether it went well, or failed with one line and the status of a failed store."""
        if self.status == 0:
            return not self.said
        return self.status == StoreError.exit_status and len(self.said) == 1 and self.said[0].startswith("monitor: ")


def room_of_a_run(store: Store, disk: Disk, nursery: Nursery) -> int:
    """Bytes that a run and a verdict leave behind: with fewer free, something must fail."""
    disk.empty()
    before = shutil.disk_usage(disk.place).free
    store.edit()
    store.heed(nursery.start(store.command, decide=True))
    return before - shutil.disk_usage(disk.place).free


def filled(store: Store, disk: Disk, nursery: Nursery, left: int) -> Level:
    """A run for which so many bytes are left; then there is room again."""
    store.edit()
    disk.fill(left)
    child = nursery.start(store.command)
    store.heed(child)
    damage = _damage(store)
    disk.empty()
    return _level(store, child, damage)


def read_only(store: Store, disk: Disk, nursery: Nursery) -> Level:
    """A run on a disk that cannot be written; then it can be."""
    store.edit()
    disk.read_only(yes=True)
    child = nursery.start(store.command)
    store.heed(child)
    damage = _damage(store)
    disk.read_only(yes=False)
    return _level(store, child, damage)


def limited(store: Store, nursery: Nursery, largest: int) -> Level:
    """A run that may write no file larger than so many bytes, SQLite's and git's included: needs no disk of its own."""
    store.edit()
    child = nursery.start(store.command, limit=largest)
    store.heed(child)
    return _level(store, child, _damage(store))


def _level(store: Store, child: Child, damage: int) -> Level:
    outcome = store.after(struck=child.status != 0, acknowledged=bool(child.acknowledged))
    return Level(outcome, child.status, tuple(child.said), damage)


def _damage(store: Store) -> int:
    with open_monitor(store.settings) as monitor:
        return len(list(monitor.snapshots.verify()))
