"""Writing one snapshot: blobs as they are read, then a commit, checked before the source's ref moves.

The order makes a snapshot durable before it is acknowledged: blobs -> ids compared -> tree read back and compared ->
pack and its folder synced -> ref moved by compare-and-swap -> its folder synced.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

from monitor.errors import StoreError
from monitor.model import Snapshot
from monitor.snapshots import fastimport
from monitor.snapshots.fastimport import TreeChange
from monitor.snapshots.git_log import RawChange, parse_raw
from monitor.snapshots.git_objects import NO_OBJECT, is_id, seconds, snapshot
from monitor.snapshots.git_process import Pipe, Start, run, store_errors, tokens
from monitor.snapshots.housekeeping import sync_folder, tidy
from monitor.snapshots.refs import ref_of

PENDING = "refs/monitor/pending"
MONITOR = "monitor <monitor@localhost>"
IMPORT = ["fast-import", "--quiet", "--done", "--force", "--depth=0", "--date-format=raw", "--cat-blob-fd=1"]


class NewSnapshot(NamedTuple):
    """What is to be recorded: everything in the parent's tree stays but `changes` (tree paths)."""

    source: str
    parent: str | None
    taken_at: datetime
    recorded_at: datetime
    subject: str
    changes: Mapping[bytes, TreeChange]
    ref: str | None = None  # where it goes; without it, to the source's own
    trailers: tuple[str, ...] = ()  # lines such as `Origin: …`


class SnapshotWriter:
    """One `git fast-import`, started when there is something to write; leaving its context unfinished aborts it."""

    def __init__(self, start: Start, repository: Path) -> None:
        self._start, self._repository = start, repository
        self._pipe: Pipe | None = None
        self._sent: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()

    def add(self, blob: str, data: bytes) -> None:
        """Hand over the bytes of a blob whose id has been computed by the caller."""
        if blob not in self._sent:
            self._sent.add(blob)
            self._importer().write(fastimport.blob(data))

    def commit(self, new: NewSnapshot) -> Snapshot:
        """Record the snapshot; StoreError, and nothing moved, where anything is not as it was asked for."""
        times = seconds(new.taken_at), seconds(new.recorded_at)
        message = message_of(new.subject, new.trailers)
        header = (f"{MONITOR} {times[0]} +0000", f"{MONITOR} {times[1]} +0000")
        pipe = self._importer()
        pipe.write(fastimport.commit(PENDING, new.parent, header, message, new.changes))
        pipe.write([b"get-mark :1\ndone\n"])
        pipe.flush()
        commit = pipe.stdout.readline().strip().decode("ascii", "replace")
        pipe.finish()
        self._pipe = None
        if not is_id(commit):
            raise StoreError("git fast-import failed: it did not name the commit that it made")
        self._check(new, commit)
        move(self._start, self._repository, new.ref or ref_of(new.source), new.parent, commit)
        return snapshot(commit, new.source, times, MONITOR, message)

    def abort(self) -> None:
        """Give up what was not committed, and the space that it took."""
        if self._pipe is not None:
            self._pipe.kill()
            self._pipe = None
            with contextlib.suppress(OSError, StoreError):  # the next writer clears it, too
                tidy(self._repository)

    def _importer(self) -> Pipe:
        if self._pipe is None:
            self._pipe = self._start(IMPORT)
        return self._pipe

    def _check(self, new: NewSnapshot, commit: str) -> None:
        sides = [new.parent, commit] if new.parent else ["--root", "--no-commit-id", commit]
        made = tokens(self._start(["diff-tree", "-r", "-z", "--no-renames", "--no-abbrev", *sides]))
        compare(parse_raw(made), new.changes)


def message_of(subject: str, trailers: Sequence[str]) -> str:
    """A snapshot's message; names in its tree are always encoded."""
    return "\n".join([subject, "", "Names: encoded", *trailers, ""])


def compare(made: Iterable[RawChange], asked: Mapping[bytes, TreeChange]) -> None:
    """StoreError where what git made of a commit is not what was asked for."""
    found = {change.path: (change.after_mode, change.after) for change in made}
    wanted = {path: (change.mode or "000000", change.id) for path, change in asked.items()}
    if found != wanted:
        odd = min(path for path in found.keys() | wanted.keys() if found.get(path) != wanted.get(path))
        raise StoreError(f"the tree that git made is not the one that was asked for, at {os.fsdecode(odd)!r}")


def move(start: Start, repository: Path, ref: str, before: str | None, after: str) -> None:
    """Make new objects durable, then let `ref` name `after`; StoreError where it does not name `before` any more."""
    with store_errors("syncing the snapshot repository"):
        sync_folder(repository / "objects" / "pack")
    steps = f"update {ref} {after} {before or NO_OBJECT}\ndelete {PENDING} {after}\n"
    run(start, ["update-ref", "--stdin"], steps.encode())
    folder = (repository / ref).parent
    with store_errors("syncing the snapshot repository"):
        sync_folder(folder)
        while before is None and folder != repository:  # the first of its source: its folders may be new
            folder = folder.parent
            sync_folder(folder)
