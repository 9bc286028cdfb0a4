"""The target of an import: its name, its import filter, and the checks against what was imported before.

Also decides which files of the source are documents, under which paths, and collects notes about what was left out.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from monitor.app.monitor import Monitor
from monitor.errors import UsageError
from monitor.model import Snapshot
from monitor.snapshots.git_log import RawChange
from monitor.snapshots.git_objects import EARLIER, EXECUTABLE, FILE, NO_OBJECT, is_earlier, trailer
from monitor.snapshots.patterns import matcher
from monitor.snapshots.writer import DELETED, TreeChange

_KEY = "Selection"
_EVERYTHING = ("**/*",)
_REGULAR = {FILE: FILE, "100664": FILE, EXECUTABLE: EXECUTABLE}
_LEFT_OUT = {"120000": "symbolic link", "160000": "submodule"}
POINTER = "pointer of Git LFS (the text that stands for it was imported)"
BAD_NAME = "name that is no path (left out)"
MOST_FOLDERS = 200  # within one another, as in a watched folder
TOO_DEEP = f"document in more than {MOST_FOLDERS} folders (left out)"


class ImportFilter(NamedTuple):
    """What of a history is imported: the folder (or file) below which, and patterns over paths in there."""

    path: str | None = None
    include: tuple[str, ...] = _EVERYTHING
    exclude: tuple[str, ...] = ()

    def trailers(self) -> list[str]:
        """The line that remembers it in a snapshot's message; none where everything is chosen."""
        if self == ImportFilter():
            return []
        parts = {"path": self.path, "include": self.include, "exclude": self.exclude}
        return [f"{_KEY}: {json.dumps(parts)}"]

    def __str__(self) -> str:
        parts = [f"--path {self.path}"] if self.path else []
        parts += [f"--include {pattern}" for pattern in self.include if self.include != _EVERYTHING]
        parts += [f"without {pattern}" for pattern in self.exclude]
        return " ".join(parts) or "everything"


def filter_of_message(message: str) -> ImportFilter:
    """What a snapshot with this message was chosen by."""
    text = trailer(message, _KEY)
    if text is None:
        return ImportFilter()
    parts = json.loads(text)
    return ImportFilter(parts["path"], tuple(parts["include"]), tuple(parts["exclude"]))


def import_filter(path: str | None, include: Sequence[str], exclude: Sequence[str] = ()) -> ImportFilter:
    """As given on a command line; UsageError where the path is none within a repository."""
    below = None if path is None else "/".join(part for part in path.split("/") if part not in ("", "."))
    if below is not None and ".." in below.split("/"):
        raise UsageError(f"--path {path}: a path within the repository, such as docs")
    return ImportFilter(below or None, tuple(include) or _EVERYTHING, tuple(exclude))


class ImportNotes:
    """What was left out, or is not what it seems: how many paths of each sort, and one of them."""

    def __init__(self) -> None:
        self._paths: dict[str, set[str]] = {}

    def add(self, sort: str, path: str) -> None:
        self._paths.setdefault(sort, set()).add(path)

    def lines(self) -> list[str]:
        """One line a sort."""
        return [
            f"{sort}: {min(paths)}" if len(paths) == 1 else f"{sort}: {len(paths)}, such as {min(paths)}"
            for sort, paths in sorted(self._paths.items())
        ]


class TreeFilter:
    """Raw changes of a foreign tree -> what changes in ours, by the document's path."""

    def __init__(self, selection: ImportFilter, notes: ImportNotes) -> None:
        self._below = os.fsencode(selection.path) if selection.path else None
        self._included, self._excluded = matcher(selection.include), matcher(selection.exclude)
        self._notes = notes

    def changes(self, raw: Iterable[RawChange]) -> dict[str, TreeChange]:
        """Links and submodules are as if they were not there."""
        found = {}
        for change in raw:
            path = self._path(change.path)
            if path is None:
                continue
            mode = _REGULAR.get(change.after_mode, "")
            found[path] = TreeChange(mode, change.after) if mode else DELETED
            if not mode and change.after != NO_OBJECT:
                self._notes.add(f"{_LEFT_OUT.get(change.after_mode, 'odd entry')} (left out)", path)
        return found

    def _path(self, raw: bytes) -> str | None:
        if self._below is not None:
            if raw == self._below:
                raw = raw.rpartition(b"/")[2]
            elif raw.startswith(self._below + b"/"):
                raw = raw[len(self._below) + 1 :]
            else:
                return None
        path = os.fsdecode(raw)
        if raw.count(b"/") > MOST_FOLDERS:
            self._notes.add(TOO_DEEP, path)
            return None
        if not self._included(path) or self._excluded(path):
            return None
        if not {"", ".", ".."}.isdisjoint(path.split("/")):
            self._notes.add(BAD_NAME, path)
            return None
        return path


_NAME = re.compile(r"\w[\w.+-]{0,99}")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What of the source is wanted. `path` and `include`: see `selecting`; None or empty is as before, or all."""

    name: str | None = None
    ref: str | None = None
    path: str | None = None
    include: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """The source in our store. `last` is its newest snapshot so far; `end` is what it must stay before."""

    name: str
    selection: ImportFilter
    continues: bool
    last: Snapshot | None
    end: datetime | None
    started: datetime
    notes: ImportNotes = field(default_factory=ImportNotes)
    failed: set[str] = field(default_factory=set)  # documents of which a version cannot be had

    def trailers(self) -> list[str]:
        """What each snapshot's message says beside its origin."""
        own = f"Imported as: {self.name}"  # two imports of one history in one second are other snapshots
        return [own, *self.selection.trailers(), *([EARLIER] if self.continues else [])]

    def failure(self, path: str, reason: str) -> None:
        """Tell of a document that stands as it was before, since its new version cannot be had."""
        self.failed.add(path)
        self.notes.add(f"{reason} (kept as it was before)", path)

    def check_time(self, when: datetime, what: str) -> None:
        """UsageError where what is dated like this cannot be the earlier history of the watched folder."""
        if self.end is not None and when >= self.end:
            raise UsageError(
                f"{what}, {when.isoformat()}, is not before the first snapshot of the watched folder "
                f"({self.end.isoformat()}), which the import was to continue into: it was left out with all that "
                "follows; --until ends an import earlier"
            )


def target_of(monitor: Monitor, source: Path, options: ImportOptions, started: datetime) -> Target:
    """UsageError where name or choice do not go with what is there."""
    name = options.name or _name_of(source)
    if not _NAME.fullmatch(name) or ".." in name or name.endswith((".lock", ".")):
        raise UsageError(f"--name {name}: letters, digits and .+-_ within, such as policies")
    head = monitor.snapshots.head(name)
    if head is None:
        continues, selection = options.continues, _first_filter(monitor, options)
        _check_new(monitor, name, continues=continues)
    else:
        message = monitor.snapshots.message(head)
        continues, selection = is_earlier(message), filter_of_message(message)
        _check_again(name, options, selection, continues=continues)
    last = None if head is None else list(monitor.snapshots.snapshots_of(name))[-1]
    end = next(monitor.snapshots.snapshots_of(""), None) if continues else None
    return Target(name, selection, continues, last, None if end is None else end.taken_at, started)


def _name_of(source: Path) -> str:
    name = source.resolve().name
    for ending in (".git", ".bundle"):
        name = name.removesuffix(ending)
    return name or source.resolve().parent.name


def _first_filter(monitor: Monitor, options: ImportOptions) -> ImportFilter:
    """The watched folder's earlier history is chosen by the rules of the folder."""
    if not options.continues:
        return import_filter(options.path, options.include)
    watch = monitor.settings.watch
    return import_filter(options.path, options.include or watch.include, watch.exclude)


def _check_new(monitor: Monitor, name: str, *, continues: bool) -> None:
    earlier = monitor.snapshots.earlier_history()
    if continues and earlier is not None:
        raise UsageError(f"{earlier} is the earlier history of the watched folder already, and there can be only one")
    if not continues and any(path.startswith(f"{name}/") for path in _own_paths(monitor)):
        raise UsageError(f"the watched folder has documents below {name}/: give the import another --name")


def _own_paths(monitor: Monitor) -> Iterator[str]:
    head = monitor.snapshots.head()
    if head is not None:
        yield from monitor.snapshots.manifest(head)
    yield from (document.path for document in monitor.ledger.documents())


def _check_again(name: str, options: ImportOptions, selection: ImportFilter, *, continues: bool) -> None:
    if options.continues and not continues:
        raise UsageError(f"{name} was imported as a source of its own: import it under another --name to continue it")
    requested = import_filter(options.path, options.include, selection.exclude)
    if (options.path is not None and requested.path != selection.path) or (
        options.include and requested.include != selection.include
    ):
        raise UsageError(f"{name} was imported with {selection}: leave that out, or import under another --name")
