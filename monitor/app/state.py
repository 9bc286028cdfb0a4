"""How it stands: what `status` tells, gathered without taking a lock or writing anything."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.app import status
from monitor.app.monitor import holders
from monitor.app.queries import every_snapshot
from monitor.app.wiring import LOCK, Monitor
from monitor.model import Counts, Run, Snapshot

WATCH_LOCK = "watch.lock"  # held as long as a `watch` lives; LOCK is held during each run
KERNEL_LOCKS = Path("/proc/locks")


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds a lock, as it named itself."""

    pid: int
    command: str
    since: datetime


@dataclass(frozen=True, slots=True)
class State:
    """Everything that `status` shows but the next run, which is the schedule's to say."""

    last: Run | None
    counts: Counts
    newest: Snapshot | None  # the last one taken, of all sources
    behind: int  # snapshots that the ledger has not folded in
    running: Holder | None
    watching: Holder | None


def state(monitor: Monitor) -> State:
    """How the stores of a configuration stand; where nothing was made yet, nothing is made."""
    settings = monitor.settings
    taken = every_snapshot(monitor.snapshots) if settings.store.snapshots.is_dir() else []
    folded = {one.id for one in monitor.ledger.snapshots()} if taken else set()
    return State(
        last=status.last(settings.journal),
        counts=monitor.ledger.counts() if taken else Counts(),
        newest=max(taken, key=lambda one: one.taken_at, default=None),
        behind=sum(one.id not in folded for one in taken),
        running=holder(settings.store.snapshots / LOCK),
        watching=holder(settings.store.snapshots / WATCH_LOCK),
    )


def holder(path: Path) -> Holder | None:
    """Who holds the lock at `path`; None where it is free.

    Trying the lock would tell as well, but might turn away a run that asks for it in the same moment.
    """
    try:
        told = json.loads(path.read_bytes())
        named = Holder(int(told["pid"]), str(told["command"]), datetime.fromisoformat(told["since"]))
        inode = path.stat().st_ino
    except (OSError, ValueError, LookupError, TypeError):
        return None
    if not _is_held(inode, named.pid):
        return None
    found = holders(path)
    if not found or named.pid in found:
        return named
    pid, command = min(found.items())  # a child of a run that has ended
    return Holder(pid, command, named.since)


def _is_held(inode: int, pid: int) -> bool:
    try:
        lines = KERNEL_LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:  # no Linux: the process that named itself last, if it lives, is the best guess
        return _is_alive(pid)
    # `1: FLOCK  ADVISORY  WRITE 4711 08:01:131072 0 EOF`; the device's numbers differ between file systems
    return any("FLOCK" in line and line.split()[5].endswith(f":{inode}") for line in lines)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
