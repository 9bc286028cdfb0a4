"""A damaged head: the way back is offered by the run that finds it, and taken when a person says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.app.monitor import StoreLock
from monitor.app.wiring import LOCK, SCAN_CACHE, Monitor
from monitor.config import Settings
from monitor.errors import MonitorError, StoreError
from monitor.model import Snapshot
from monitor.snapshots.maintenance import Good
from monitor.snapshots.scan_cache import ScanCache


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was done: why, to which snapshot, where the head is kept, and snapshots known of that are not in it now."""

    damage: str
    snapshot: Snapshot
    aside: str | None
    left: tuple[str, ...]


def offer(monitor: Monitor) -> str | None:
    """What is wrong with the head and how to go on, in a line; None where nothing is wrong with it."""
    damage = monitor.snapshots.recovery().damage(_remembered(monitor), deep=True)
    if damage is None:
        return None
    good = _last_good(monitor)
    if good is None:
        return f"the last snapshot is damaged, and no good one is left: {damage}; restore a backup"
    named = f"{good.snapshot.id[:12]} of {good.snapshot.taken_at.isoformat().replace('+00:00', 'Z')}"
    return (
        f"the last snapshot is damaged: {damage}; the last good one is {named}: "
        "`monitor recover` goes back to it and keeps the damaged head aside"
    )


def recover(settings: Settings, wait: float = 0) -> Recovered | None:
    """Go back to the last good snapshot, and keep the damaged head aside; None where the head is sound."""
    lock = StoreLock(settings.store.snapshots / LOCK, "monitor recover")
    lock.acquire(wait)
    with lock, Monitor(settings, lock.pass_fds) as monitor:
        recovery = monitor.snapshots.recovery()
        damage = recovery.damage(_remembered(monitor), deep=True)
        if damage is None:
            return None
        good = _last_good(monitor)
        if good is None:
            raise StoreError(f"no good snapshot is left to go back to: {damage}; restore a backup")
        left = tuple(one for one in _known(monitor) if one not in set(good.chain))
        monitor.snapshots.writer().abort()  # clears what a killed run left, its locks on the branch too
        aside = recovery.go_back(good.snapshot.id, datetime.now(UTC))
        return Recovered(damage, good.snapshot, aside, left)


def _last_good(monitor: Monitor) -> Good | None:
    return monitor.snapshots.recovery().last_good(_known(monitor))


def _remembered(monitor: Monitor) -> str | None:
    return ScanCache.load(monitor.settings.store.snapshots / SCAN_CACHE).head


def _known(monitor: Monitor) -> list[str]:
    """The watched folder's snapshots that the ledger holds; none where it cannot be asked."""
    try:
        return [one.id for one in monitor.ledger.snapshots() if not one.source and one.origin is None]
    except MonitorError:
        return []
