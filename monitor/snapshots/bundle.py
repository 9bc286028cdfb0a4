"""A git bundle: a file that holds the refs and objects of a history, or of a part of one."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from monitor.errors import UsageError
from monitor.snapshots.foreign_repository import candidates
from monitor.snapshots.git_objects import is_id

_SIGNATURES = (b"# v2 git bundle\n", b"# v3 git bundle\n")
_CHUNK = 1 << 20
_LONGEST_HEAD = 1 << 28  # bytes: three million refs
_LONGEST_LINE = 1 << 16


class Bundle(NamedTuple):
    """What the head of a bundle says: refs in their order, and the commits that whoever reads it must have."""

    path: Path
    refs: dict[str, str]
    needed: tuple[str, ...]
    start: int  # of the pack, in bytes

    def resolve(self, name: str) -> str | None:
        """The commit of a ref or of a short form of one; for HEAD, where there is none, of the only branch."""
        found = next((self.refs[one] for one in candidates(name) if one in self.refs), None)
        if found is None and name == "HEAD" and len(set(self.refs.values())) == 1:
            found = next(iter(self.refs.values()))
        return found or (name if is_id(name) else None)

    def pack(self) -> Iterator[bytes]:
        """The objects, as git packed them."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            while piece := file.read(_CHUNK):
                yield piece


def open_bundle(path: Path) -> Bundle | None:
    """The bundle in this file, None where it is none; UsageError where it is one that cannot be taken over."""
    if not path.exists() or not stat.S_ISREG(path.stat().st_mode):
        return None
    with path.open("rb") as file:
        if file.readline(_LONGEST_LINE) not in _SIGNATURES:
            return None
        refs: dict[str, str] = {}
        needed: list[str] = []
        for line in _lines(file, path):
            if file.tell() > _LONGEST_HEAD:
                raise UsageError(f"{path} is no bundle that can be taken over: its head is longer than any known one")
            about, _, ref = line.removeprefix("-").partition(" ")
            if line.startswith("@"):
                _check_capability(path, line)
            elif not is_id(about):
                raise UsageError(f"{path} is a damaged bundle: {line[:60]!r} names no object")
            elif line.startswith("-"):
                needed.append(about)
            else:
                refs[ref] = about
        return Bundle(path, refs, tuple(needed), file.tell())


def _lines(file: IO[bytes], path: Path) -> Iterator[str]:
    while (line := file.readline(_LONGEST_LINE)) != b"\n":
        if not line.endswith(b"\n"):
            raise UsageError(f"{path} is a damaged bundle: its head does not end")
        yield line[:-1].decode("utf-8", "surrogateescape")


def _check_capability(path: Path, line: str) -> None:
    if line.startswith("@filter="):
        raise UsageError(f"{path} was made with a filter and lacks objects: make a bundle that holds all of them")
    if line != "@object-format=sha1":
        raise UsageError(f"{path} is a bundle that asks for {line[1:]}: only SHA-1 can be taken over")
