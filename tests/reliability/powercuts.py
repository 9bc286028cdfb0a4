"""Power cuts: the store lies on a disk of its own, which is cut off in the middle of a run and mounted anew."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import NamedTuple

from monitor.app.monitor import open_monitor
from monitor.errors import MonitorError
from tests.reliability.disks import Disk
from tests.reliability.nursery import Nursery
from tests.reliability.torturing import Outcome, Store


class Cut(NamedTuple):
    """What a power cut came to, beside what every blow comes to."""

    outcome: Outcome
    snapshots: frozenset[str]  # acknowledged and not there when the power was back, before anything was done about it
    verdicts: frozenset[str]  # the same, in their database
    unreadable: bool  # a database was damaged, or could not be opened

    @property
    def harmed(self) -> bool:
        return bool(not self.outcome.unharmed or self.snapshots or self.verdicts or self.unreadable)


def cut(store: Store, disk: Disk, nursery: Nursery, chance: random.Random, length: float, **more: object) -> Cut:
    """A run and a verdict that the power fails: at a random moment, or right behind an acknowledgement.

    The file system's journal is written at random moments before, so that what was not synced yet is on the disk in
    part: names without contents, a file that was renamed and another that was not.
    """
    store.edit()
    child = nursery.start(store.command, decide=True, **more)
    behind = chance.choice(["", "", "ack", "verdict"])
    if behind:
        child.listen(behind)
    for _ in range(chance.randrange(3)):
        time.sleep(chance.uniform(0, length / 4))
        disk.commit()
    if not behind:
        time.sleep(chance.uniform(0, length))
    child.stop()  # an answer that comes while the file system shuts down is none: without power nobody gives it
    disk.cut()
    struck = child.kill(family=True)
    acknowledged = store.heed(child)
    disk.restart()
    found = _missing(store)
    outcome = store.after(struck=struck, acknowledged=acknowledged)
    return Cut(outcome, *(found or (frozenset(), frozenset())), unreadable=found is None)


def _missing(store: Store) -> tuple[frozenset[str], frozenset[str]] | None:
    """Which snapshots and verdicts are, None where it cannot be told."""
    try:
        with open_monitor(store.settings) as monitor:
            there = {one.id for one in monitor.snapshots.snapshots("")}
            monitor.ledger.counts()
            kept = {event.id for event in monitor.reviews.events_after(0)}
    except MonitorError:
        return None
    return frozenset(store.acknowledged) - there, frozenset(store.verdicts) - kept


def length_of_a_turn(store: Store, nursery: Nursery) -> float:
    """Seconds of a run and a verdict that nothing disturbs."""
    store.edit()
    begun = time.monotonic()
    store.heed(nursery.start(store.command, decide=True))
    return time.monotonic() - begun


def store_on(disk: Disk, root: Path) -> Store:
    """A store with a history and a verdict, on this disk; the watched folder is on another."""
    store = Store(root, disk.place / "snapshots")
    for _ in range(2):
        store.edit()
        store.run()
    return store
