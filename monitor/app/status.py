"""The state of the monitor for `status`, and the journal of runs; nothing here takes a lock.

The journal `runs.jsonl` has one line for each run, and one for missed runs. It also decides what was already reported,
so that a rebuild does not report it again. A crash may leave an incomplete last line; it is skipped.

Documents that cannot be read are listed where the list differs from that of the run before. Otherwise a line has the
checksum of the list alone (`standing`), and at least each 1,000th line has the list again.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import crc32

from monitor.app.monitor import (
    HISTORY,
    LOCK,
    SCAN_CACHE,
    WATCH_LOCK,
    Monitor,
    every_snapshot,
    holders,
    process_namespace,
)
from monitor.app.watched import NOTHING_LEFT_OUT, LeftOut, left_out
from monitor.config import Settings
from monitor.ledger.database import network_disk, sqlite_flaw
from monitor.model import Counts, Failure, NotRead, Run, Snapshot, Tombstone
from monitor.reports.phrases import gaps
from monitor.reviews.outbox import Notice, Outbox
from monitor.snapshots.capture_failures import parse_capture_failures
from monitor.snapshots.files import no_links
from monitor.snapshots.git_objects import read_sources
from monitor.snapshots.scan_cache import FolderRecord, ScanCache

MAX_BYTES = 10 * 10**6  # of one file; the file before it is kept too, so twice this at most, and one line
_MOST_GAPS = 3  # that `status` shows
_BLOCK = 64 * 2**10
_NEAR = 100  # lines in which a list is looked for before it is written again
_MOST_LINES = 1_000  # that do not repeat a list
_TIMES = ("started_at", "finished_at", "taken_at")
_FAILURES = ("failures", "skipped", "not_read")


_KEPT_FIELDS = tuple(name for name in Run._fields if name != "baseline")  # which the ledger counts


def append(path: Path, run: Run) -> None:
    """Write `run` as the newest line; makes the folder where it is not there. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = _to_line(run, *(_last_checksum(path) if run.failures or run.skipped else (None, 0)))
    with suppress(FileNotFoundError):  # no journal yet, or another process has just put it aside
        if path.stat().st_size + len(line) > MAX_BYTES:
            path.replace(_older(path))
    with open(path, "ab", opener=no_links) as file:
        # One write: lines of two processes do not mix.
        file.write(b"\n" + line if _is_torn(path) else line)


def read(path: Path, limit: int) -> list[Run]:
    """The newest `limit` runs, newest last; an absent journal holds none."""
    return list(islice(_runs_backwards(path), limit))[::-1]


def last(path: Path) -> Run | None:
    """The newest run that took place (missed ticks are none); None where there was none."""
    return _newest(path, lambda run: run.outcome != "missed")


def last_good(path: Path) -> Run | None:
    """The newest run that looked at the folder and kept what it saw; None where there was none."""
    return _newest(path, lambda run: run.outcome in ("recorded", "unchanged") and not run.held)


def looks_backwards(path: Path) -> Iterator[Run]:
    """The runs that looked at the folder and kept what they saw, newest first."""
    return (run for run in _runs_backwards(path) if run.outcome in ("recorded", "unchanged") and not run.held)


def runs(path: Path, since: datetime | None, outcome: str | None, limit: int | None) -> Iterator[Run]:
    """The runs from a moment on, newest first; `outcome` restricts them."""
    wanted = (run for run in _runs_backwards(path) if since is None or run.started_at >= since)
    return islice((run for run in wanted if outcome in (None, run.outcome)), limit)


def recorded(path: Path) -> Iterator[str]:
    """The snapshots that runs reported, newest first; of a run that reported several, the last."""
    for run in _runs_backwards(path):
        if run.outcome == "recorded" and run.snapshot is not None:
            yield run.snapshot


def outcomes(path: Path, names: Sequence[str]) -> dict[str, int]:
    """How many runs of the whole journal ended in each of these ways; fast, as no line is parsed.

    A text within a line has its quotes escaped, so it is never taken for an outcome.
    """
    found = dict.fromkeys(names, 0)
    for file in (path, _older(path)):
        with suppress(FileNotFoundError):
            content = file.read_bytes()
            for name in names:
                found[name] += content.count(b'"outcome":"%b"' % name.encode("ascii"))
    return found


def newest_named(path: Path) -> str | None:
    """The snapshot that the newest run with one names; None where no line names any."""
    found = _newest(path, lambda run: run.snapshot is not None)
    return found and found.snapshot


def named_snapshot(line: bytes) -> str | None:
    """The snapshot that a line of the journal names."""
    with suppress(ValueError, RecursionError):
        document = json.loads(line)
        if isinstance(document, dict) and isinstance(document.get("snapshot"), str):
            return str(document["snapshot"])
    return None


def _newest(path: Path, wanted: Callable[[Run], bool]) -> Run | None:
    return next(filter(wanted, _runs_backwards(path)), None)


def _runs_backwards(path: Path) -> Iterator[Run]:
    """Every run, newest first; a list that a line does not repeat is that of an older line with its checksum."""
    documents = (one for file in (path, _older(path)) for one in _documents_backwards(file))
    ahead: deque[dict[str, Any]] = deque()
    lists: dict[str, dict[str, Any]] = {}
    while (document := ahead.popleft() if ahead else next(documents, None)) is not None:
        key = document.get("standing")
        if isinstance(key, str) and "failures" not in document:
            if key not in lists:
                for older in documents:
                    ahead.append(older)
                    if older.get("standing") == key and "failures" in older:
                        lists[key] = {name: older.get(name, ()) for name in _FAILURES}
                        break
            document |= lists.get(key, {})
        if (run := _to_run(document)) is not None:
            yield run


def _documents_backwards(path: Path) -> Iterator[dict[str, Any]]:
    """The lines that are JSON objects; a torn line, and whatever else stands there, is passed over."""
    for line in _lines_backwards(path):
        with suppress(ValueError, RecursionError):
            document = json.loads(line)
            if isinstance(document, dict):
                yield document


def _last_checksum(path: Path) -> tuple[str | None, int]:
    """The checksum of the newest list, and how many lines have not repeated it."""
    for document in islice(_documents_backwards(path), _NEAR):
        lines = document.get("lines", 0)
        if isinstance(key := document.get("standing"), str) and isinstance(lines, int):
            return key, lines
        if document.get("failures") or document.get("outcome") in ("recorded", "unchanged"):
            break
    return None, 0


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


def _to_line(run: Run, standing: str | None = None, lines: int = 0) -> bytes:
    """ASCII, so that a name whose bytes are no UTF-8 (a lone surrogate here) can be written and read back."""
    document = {name: getattr(run, name) for name in _KEPT_FIELDS}
    for name in _TIMES:
        document[name] = document[name] and _time(document[name])
    for name in _FAILURES:
        document[name] = [{"path": failure.path, "reason": failure.reason} for failure in document[name]]
    if run.failures or run.skipped:
        text = json.dumps([document[name] for name in _FAILURES]).encode("ascii")
        document["standing"] = f"{len(text):x}-{crc32(text):08x}"
        if document["standing"] == standing and lines < _MOST_LINES:
            document["lines"] = lines + 1
            for name in _FAILURES:
                del document[name]
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def _to_run(document: dict[str, Any]) -> Run | None:
    """None for a line of a program that wrote something else."""
    try:
        known = {name: document[name] for name in _KEPT_FIELDS if name in document}
        for name in _TIMES:
            known[name] = known.get(name) and datetime.fromisoformat(known[name])
        for name in _FAILURES:
            known[name] = tuple(Failure(one["path"], one["reason"]) for one in known.get(name, ()))
        known["held"] = tuple(Failure(*one) for one in known.get("held", ()))
        return Run(**known)
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


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
    not_read: Sequence[NotRead] = ()
    left_out: LeftOut = NOTHING_LEFT_OUT
    unwatched: Sequence[str] = ()  # documents that the patterns leave out since they were recorded
    removed: Sequence[Tombstone] = ()  # by request
    taken_out: Mapping[str, Any] | None = None  # by `[store] keep`: how many snapshots, from before when, and when
    gaps: Sequence[tuple[datetime, datetime]] = ()  # in which nobody looked and something changed, the last few


def state(monitor: Monitor) -> State:
    """How the stores of a configuration stand; where nothing was made yet, nothing is made."""
    settings = monitor.settings
    there = settings.store.role == "reader" or settings.store.snapshots.is_dir()
    newest, behind = newest_taken(monitor) if there else (None, 0)
    removals = monitor.snapshots.removals() if newest and settings.store.role == "writer" else []
    return State(
        last=last(settings.journal),
        counts=monitor.ledger.counts() if newest else Counts(),
        newest=newest,
        behind=behind,
        running=holder(settings.store.snapshots / LOCK),
        watching=holder(settings.store.snapshots / WATCH_LOCK),
        not_read=monitor.ledger.not_read() if newest else (),
        left_out=left_out(settings) if newest else NOTHING_LEFT_OUT,
        unwatched=_unwatched(settings),
        removed=monitor.tombstones() if newest else (),
        taken_out=next((one for one in removals if "before" in one), None),
        gaps=gaps(monitor.ledger.snapshots())[-_MOST_GAPS:] if newest else (),
    )


def _unwatched(settings: Settings) -> Sequence[str]:
    root = ScanCache.load(settings.store.snapshots / SCAN_CACHE).folders.get("", FolderRecord())
    return sorted(parse_capture_failures(root.capture_failures).unwatched)


def newest_taken(monitor: Monitor) -> tuple[Snapshot | None, int]:
    """The last snapshot that was taken, of all sources, and how many the ledger has not folded in.

    A ledger that has the newest of every source has them all: git need not be asked, which takes longest.
    """
    if monitor.settings.store.role == "reader":
        return max(monitor.ledger.snapshots(), key=lambda one: (one.taken_at, not one.source), default=None), 0
    heads = list(read_sources(monitor.settings.store.snapshots / HISTORY).values())
    taken, behind = monitor.ledger.snapshots_with_ids(heads), 0
    if len(taken) != len(heads):
        listed, folded = every_snapshot(monitor.snapshots), {one.id for one in monitor.ledger.snapshots()}
        behind = sum(one.id not in folded for one in listed)
        taken = [one for one in listed if one.id in heads]
    # of equal dates the folder's own; each is the last of its source, whatever the dates before it
    return max(taken, key=lambda one: (one.taken_at, not one.source), default=None), behind


def disk_warning(settings: Settings) -> str | None:
    """That a SQLite ledger lies where SQLite cannot let several machines in."""
    kind = None if settings.store.ledger != "sqlite" else network_disk(settings.store.snapshots)
    return kind and (
        f"the store is on a network disk ({kind}): let one machine alone use it, or keep the ledger in PostgreSQL"
    )


def sqlite_warning(settings: Settings) -> str | None:
    """What the version of SQLite that is used does not promise."""
    return sqlite_flaw() if settings.store.ledger == "sqlite" else None


def unsent_notices(monitor: Monitor) -> Sequence[Notice]:
    """The notices that wait, and those of which nobody knows whether they arrived; oldest first."""
    if not monitor.settings.notify.channels:
        return ()

    return Outbox(monitor.reviews.database).in_state("due", "sending", "uncertain")


def holder(path: Path) -> Holder | None:
    """Who holds the lock at `path`; None where it is free.

    Trying the lock would tell as well, but might turn away a run that asks for it in the same moment. It is tried only
    where a process of another container named itself.
    """
    try:
        content = json.loads(path.read_bytes())
        named = Holder(int(content["pid"]), str(content["command"]), datetime.fromisoformat(content["since"]))
        inode = path.stat().st_ino
        elsewhere = content.get("namespace", "") not in ("", process_namespace())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    if elsewhere:  # a process of another container, which nothing here lists
        return named if _is_locked(path) else None
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


def _is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
