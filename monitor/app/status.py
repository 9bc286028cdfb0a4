"""The state of the monitor for `status`, and the journal of runs; nothing here takes a lock.

The journal `runs.jsonl` has one line for each run, and one for missed runs. It also decides what was already reported,
so that a rebuild does not report it again. A crash may leave an incomplete last line; it is skipped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.app.monitor import HISTORY, LOCK, Monitor, every_snapshot, holders
from monitor.model import Counts, Failure, Run, Snapshot
from monitor.reviews.outbox import Notice, Outbox
from monitor.snapshots.git_objects import read_sources

MAX_BYTES = 4 * 2**20  # of one file; the file before it is kept too, so twice this at most, and one line
_BLOCK = 64 * 2**10
_TIMES = ("started_at", "finished_at", "taken_at")
_FAILURES = ("failures", "skipped")


def append(path: Path, run: Run) -> None:
    """Write `run` as the newest line; makes the folder where it is not there. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = _to_line(run)
    with suppress(FileNotFoundError):  # no journal yet, or another process has just put it aside
        if path.stat().st_size + len(line) > MAX_BYTES:
            path.replace(_older(path))
    with path.open("ab") as file:
        # One write: lines of two processes do not mix.
        file.write(b"\n" + line if _is_torn(path) else line)


def read(path: Path, limit: int) -> list[Run]:
    """The newest `limit` runs, newest last; an absent journal holds none."""
    found: list[Run] = []
    for file in (path, _older(path)):
        for line in _lines_backwards(file):
            if len(found) >= limit:
                break
            if (run := _from_line(line)) is not None:
                found.append(run)
    return found[::-1]


def last(path: Path) -> Run | None:
    """The newest run that took place (missed ticks are none); None where there was none."""
    return _newest(path, lambda run: run.outcome != "missed")


def last_good(path: Path) -> Run | None:
    """The newest run that looked at the folder and kept what it saw; None where there was none."""
    return _newest(path, lambda run: run.outcome in ("recorded", "unchanged"))


def recorded(path: Path) -> Iterator[str]:
    """The snapshots that runs reported, newest first; of a run that reported several, the last."""
    for file in (path, _older(path)):
        for line in _lines_backwards(file):
            if (run := _from_line(line)) is not None and run.outcome == "recorded" and run.snapshot is not None:
                yield run.snapshot


def _newest(path: Path, wanted: Callable[[Run], bool]) -> Run | None:
    for file in (path, _older(path)):
        for line in _lines_backwards(file):
            if (run := _from_line(line)) is not None and wanted(run):
                return run
    return None


def _older(path: Path) -> Path:
    return path.with_suffix(f".1{path.suffix}")


def _is_torn(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if not size:
            return False
        file.seek(size - 1)
        return file.read(1) != b"\n"


def _lines_backwards(path: Path) -> Iterator[bytes]:
    """The whole lines, newest first; read in blocks, as the end is mostly enough."""
    if not path.exists():
        return
    with path.open("rb") as file:
        offset = file.seek(0, 2)
        parts: list[bytes] = []  # of the line whose beginning is not yet read, newest first
        while offset > 0:
            size = min(_BLOCK, offset)
            offset -= size
            file.seek(offset)
            first, *rest = file.read(size).split(b"\n")
            if rest:
                yield rest[-1] + b"".join(reversed(parts))
                yield from reversed(rest[:-1])
                parts = []
            parts.append(first)
        yield b"".join(reversed(parts))


def _to_line(run: Run) -> bytes:
    """ASCII, so that a name whose bytes are no UTF-8 (a lone surrogate here) can be written and read back."""
    document = {name: getattr(run, name) for name in Run._fields}
    for name in _TIMES:
        document[name] = document[name] and _time(document[name])
    for name in _FAILURES:
        document[name] = [{"path": failure.path, "reason": failure.reason} for failure in document[name]]
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def _from_line(line: bytes) -> Run | None:
    """None for a torn line, and for one of a program that wrote something else."""
    try:
        document: dict[str, Any] = json.loads(line)
        known = {name: document[name] for name in Run._fields if name in document}
        for name in _TIMES:
            known[name] = known.get(name) and datetime.fromisoformat(known[name])
        for name in _FAILURES:
            known[name] = tuple(Failure(one["path"], one["reason"]) for one in known.get(name, ()))
        return Run(**known)
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


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
    newest, behind = _newest_taken(monitor) if settings.store.snapshots.is_dir() else (None, 0)
    return State(
        last=last(settings.journal),
        counts=monitor.ledger.counts() if newest else Counts(),
        newest=newest,
        behind=behind,
        running=holder(settings.store.snapshots / LOCK),
        watching=holder(settings.store.snapshots / WATCH_LOCK),
    )


def _newest_taken(monitor: Monitor) -> tuple[Snapshot | None, int]:
    """The last snapshot that was taken, of all sources, and how many the ledger has not folded in.

    A ledger that has the newest of every source has them all: git need not be asked, which takes longest.
    """
    heads = list(read_sources(monitor.settings.store.snapshots / HISTORY).values())
    taken = monitor.ledger.snapshots_with_ids(heads)
    if len(taken) == len(heads):
        return max(taken, key=lambda one: one.taken_at, default=None), 0
    taken = every_snapshot(monitor.snapshots)
    folded = {one.id for one in monitor.ledger.snapshots()}
    return max(taken, key=lambda one: one.taken_at, default=None), sum(one.id not in folded for one in taken)


def unsent_notices(monitor: Monitor) -> Sequence[Notice]:
    """The notices that wait, and those of which nobody knows whether they arrived; oldest first."""
    if not monitor.settings.notify.channels:
        return ()

    return Outbox(monitor.reviews.database).in_state("due", "sending", "uncertain")


def holder(path: Path) -> Holder | None:
    """Who holds the lock at `path`; None where it is free.

    Trying the lock would tell as well, but might turn away a run that asks for it in the same moment.
    """
    try:
        content = json.loads(path.read_bytes())
        named = Holder(int(content["pid"]), str(content["command"]), datetime.fromisoformat(content["since"]))
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
