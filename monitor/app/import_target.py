"""Where an import goes: its name, what it chooses, how it goes with what is there already.

Which files of an imported history are documents, under which names, and what is told of the others.
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
from monitor.snapshots.files import matcher
from monitor.snapshots.git_log import RawChange
from monitor.snapshots.git_objects import EARLIER, EXECUTABLE, FILE, NO_OBJECT, is_earlier, trailer
from monitor.snapshots.writer import GONE, TreeChange

_KEY = "Selection"
_EVERYTHING = ("**/*",)
_REGULAR = {FILE: FILE, "100664": FILE, EXECUTABLE: EXECUTABLE}
_ODD = {"120000": "symbolic link", "160000": "submodule"}
POINTER = "pointer of Git LFS (the text that stands for it was imported)"
BAD_NAME = "name that is no path (left out)"


class Choice(NamedTuple):
    """What of a history is imported: the folder (or file) below which, and patterns over paths in there."""

    path: str | None = None
    include: tuple[str, ...] = _EVERYTHING
    exclude: tuple[str, ...] = ()

    def trailers(self) -> list[str]:
        """The line that remembers it in a snapshot's message; none where everything is chosen."""
        if self == Choice():
            return []
        told = {"path": self.path, "include": self.include, "exclude": self.exclude}
        return [f"{_KEY}: {json.dumps(told)}"]

    def __str__(self) -> str:
        told = [f"--path {self.path}"] if self.path else []
        told += [f"--include {pattern}" for pattern in self.include if self.include != _EVERYTHING]
        told += [f"without {pattern}" for pattern in self.exclude]
        return " ".join(told) or "everything"


def remembered(message: str) -> Choice:
    """What a snapshot with this message was chosen by."""
    text = trailer(message, _KEY)
    if text is None:
        return Choice()
    told = json.loads(text)
    return Choice(told["path"], tuple(told["include"]), tuple(told["exclude"]))


def choice(path: str | None, include: Sequence[str], exclude: Sequence[str] = ()) -> Choice:
    """As given on a command line; UsageError where the path is none within a repository."""
    below = None if path is None else "/".join(part for part in path.split("/") if part not in ("", "."))
    if below is not None and ".." in below.split("/"):
        raise UsageError(f"--path {path}: a path within the repository, such as docs")
    return Choice(below or None, tuple(include) or _EVERYTHING, tuple(exclude))


class Oddities:
    """What was left out, or is not what it seems: how many paths of each sort, and one of them."""

    def __init__(self) -> None:
        self._paths: dict[str, set[str]] = {}

    def add(self, sort: str, path: str) -> None:
        self._paths.setdefault(sort, set()).add(path)

    def told(self) -> list[str]:
        """One line a sort."""
        return [
            f"{sort}: {min(paths)}" if len(paths) == 1 else f"{sort}: {len(paths)}, such as {min(paths)}"
            for sort, paths in sorted(self._paths.items())
        ]


class Chooser:
    """Raw changes of a foreign tree -> what changes in ours, by the document's path."""

    def __init__(self, chosen: Choice, oddities: Oddities) -> None:
        self._below = os.fsencode(chosen.path) if chosen.path else None
        self._included, self._excluded = matcher(chosen.include), matcher(chosen.exclude)
        self._oddities = oddities

    def changes(self, raw: Iterable[RawChange]) -> dict[str, TreeChange]:
        """Links and submodules are as if they were not there."""
        found = {}
        for change in raw:
            path = self._path(change.path)
            if path is None:
                continue
            mode = _REGULAR.get(change.after_mode, "")
            found[path] = TreeChange(mode, change.after) if mode else GONE
            if not mode and change.after != NO_OBJECT:
                self._oddities.add(f"{_ODD.get(change.after_mode, 'odd entry')} (left out)", path)
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
        if not self._included(path) or self._excluded(path):
            return None
        if not {"", ".", ".."}.isdisjoint(path.split("/")):
            self._oddities.add(BAD_NAME, path)
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
    chosen: Choice
    continues: bool
    last: Snapshot | None
    end: datetime | None
    started: datetime
    oddities: Oddities = field(default_factory=Oddities)
    failed: set[str] = field(default_factory=set)  # documents of which a version cannot be had

    def trailers(self) -> list[str]:
        """What each snapshot's message says beside its origin."""
        return [*self.chosen.trailers(), *([EARLIER] if self.continues else [])]

    def failure(self, path: str, reason: str) -> None:
        """Tell of a document that stands as it was before, since its new version cannot be had."""
        self.failed.add(path)
        self.oddities.add(f"{reason} (kept as it was before)", path)

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
        continues, chosen = options.continues, _first_choice(monitor, options)
        _check_new(monitor, name, continues=continues)
    else:
        message = monitor.snapshots.message(head)
        continues, chosen = is_earlier(message), remembered(message)
        _check_again(name, options, chosen, continues=continues)
    last = None if head is None else list(monitor.snapshots.of_ref(name))[-1]
    end = next(monitor.snapshots.of_ref(""), None) if continues else None
    return Target(name, chosen, continues, last, None if end is None else end.taken_at, started)


def _name_of(source: Path) -> str:
    name = source.resolve().name
    for ending in (".git", ".bundle"):
        name = name.removesuffix(ending)
    return name or source.resolve().parent.name


def _first_choice(monitor: Monitor, options: ImportOptions) -> Choice:
    """The watched folder's earlier history is chosen by the rules of the folder."""
    if not options.continues:
        return choice(options.path, options.include)
    watch = monitor.settings.watch
    return choice(options.path, options.include or watch.include, watch.exclude)


def _check_new(monitor: Monitor, name: str, *, continues: bool) -> None:
    earlier = monitor.snapshots.earlier()
    if continues and earlier is not None:
        raise UsageError(f"{earlier} is the earlier history of the watched folder already, and there can be only one")
    if not continues and any(path.startswith(f"{name}/") for path in _own_paths(monitor)):
        raise UsageError(f"the watched folder has documents below {name}/: give the import another --name")


def _own_paths(monitor: Monitor) -> Iterator[str]:
    head = monitor.snapshots.head()
    if head is not None:
        yield from monitor.snapshots.manifest(head)
    yield from (document.path for document in monitor.ledger.documents())


def _check_again(name: str, options: ImportOptions, chosen: Choice, *, continues: bool) -> None:
    if options.continues and not continues:
        raise UsageError(f"{name} was imported as a source of its own: import it under another --name to continue it")
    asked = choice(options.path, options.include, chosen.exclude)
    if (options.path is not None and asked.path != chosen.path) or (
        options.include and asked.include != chosen.include
    ):
        raise UsageError(f"{name} was imported with {chosen}: leave that out, or import under another --name")
