"""`runs.jsonl`: one line a run and one for missed ticks, beside the stores.

A note for people and `status`. It decides one thing: what a run has reported is not reported again when the ledger is
made again. A crash may tear its last line; such a line is passed over, and the next one begins afresh.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.model import Failure, Run

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
        place = file.seek(0, 2)
        pieces: list[bytes] = []  # of the line whose beginning is not yet read, newest first
        while place > 0:
            size = min(_BLOCK, place)
            place -= size
            file.seek(place)
            first, *rest = file.read(size).split(b"\n")
            if rest:
                yield rest[-1] + b"".join(reversed(pieces))
                yield from reversed(rest[:-1])
                pieces = []
            pieces.append(first)
        yield b"".join(reversed(pieces))


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
