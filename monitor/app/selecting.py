"""Which files of an imported history are documents, under which names, and what is told of the others."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.errors import UsageError
from monitor.snapshots.files import matcher
from monitor.snapshots.git_log import RawChange
from monitor.snapshots.git_objects import EXECUTABLE, FILE, NO_OBJECT, trailer
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
