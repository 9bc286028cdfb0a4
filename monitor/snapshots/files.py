"""The watched folder's files: their status, when they have settled, and consistent reads."""

from __future__ import annotations

import contextlib
import os
import stat
import struct
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from monitor.errors import RunHeld

OTHER, DOCUMENT, EXECUTABLE = 0, 1, 2
"""What a file is to the scan cache, in one byte."""


class SettleOptions(NamedTuple):
    """How long (seconds) a file must have been left alone, and the clock (ns since 1970) and sleep (seconds) for it.

    Without patience what has not settled is carried forward at once.
    """

    seconds: float = 2.0
    now: Callable[[], int] = time.time_ns
    sleep: Callable[[float], None] = time.sleep
    patient: bool = True

    def left(self, modified: int) -> int:
        """How many nanoseconds a file is to be left alone yet; a time in the future counts as settled."""
        age = self.now() - modified
        return max(0, int(self.seconds * 1e9) - age) if age >= 0 else 0


def no_links(path: str, flags: int) -> int:
    """An `opener` of `open` for files of our own: a link in the place of one must not choose what is written to."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)


def touch(path: Path) -> None:
    """Make an empty file of our own, where there is none."""
    with open(path, "ab", opener=no_links):
        pass


def write_new(path: Path, data: bytes) -> None:
    """Write a file of our own that nobody reads yet, in the place of whatever is there."""
    path.unlink(missing_ok=True)
    with open(path, "xb", opener=no_links) as file:
        file.write(data)


OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# File systems stamp changes in steps (2 s on FAT): a file stamped this close to its reading may change again unseen.
_STEP = 2_000_000_000
_ROW = struct.Struct("=4q")
_numbers = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")


def statuses(handle: int, names: Sequence[str]) -> list[os.stat_result]:
    """The status of each; OSError where one has none."""
    return [os.stat(name, dir_fd=handle, follow_symlinks=False) for name in names]


def row_of(about: os.stat_result) -> bytes:
    """What a file's status is compared by (a row of the scan cache)."""
    try:
        return _ROW.pack(*_numbers(about))
    except struct.error:
        return array("q", [number % (1 << 63) for number in _numbers(about)]).tobytes()


def kind_of(about: os.stat_result) -> int:
    """Whether a document is executable, as the scan cache writes it."""
    return EXECUTABLE if about.st_mode & stat.S_IXUSR else DOCUMENT


def racy(about: os.stat_result, started: int) -> bool:
    """Whether a change after the reading could leave size and times as they are, as git has it for its index."""
    return about.st_ctime_ns >= started - _STEP or abs(about.st_mtime_ns - started) <= _STEP


def read_regular(folder: int, name: str, limit: int | None) -> tuple[os.stat_result, bytes | None]:
    """A file's status and bytes; no bytes where it changed meanwhile. OSError where it cannot be read."""
    handle = os.open(name, _OPEN_FILE, dir_fd=folder)
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode) or (limit is not None and before.st_size > limit):
            return before, None
        data = _read_up_to(handle, before.st_size + 1)
        after = os.fstat(handle)
        held_still = row_of(before) == row_of(after) and len(data) == before.st_size
        return after, data if held_still else None
    finally:
        os.close(handle)


def read_file(folder: Path, path: str) -> bytes:
    """One file's bytes, read as `read_regular` does; none where it cannot be read or will not hold still."""
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            parent, _, name = path.rpartition("/")
            below = open_below(root, parent)
            try:
                return read_regular(below, name, None)[1] or b""
            finally:
                os.close(below)
        finally:
            os.close(root)
    except OSError:
        return b""


def open_below(root: int, path: str) -> int:
    """A folder's handle, without following a link on the way."""
    handle = os.dup(root)
    for name in path.split("/") if path else ():
        try:
            below = os.open(name, OPEN_FOLDER, dir_fd=handle)
        finally:
            os.close(handle)
        handle = below
    return handle


def describe_special_file(root: str, path: str, handle: int, mode: int) -> str:
    """What stands at this path below a real folder, where it is no regular file; `handle` is the folder it lies in."""
    if stat.S_ISLNK(mode):
        return _link(root, path, handle)
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def folder_error(folder: Path, error: OSError) -> RunHeld:
    """Why a run cannot go on without its folder."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return RunHeld(
            f"the watched folder {folder} is missing: restore it, or name another one in monitor.toml; if it was "
            "removed on purpose, run again with --accept-deletions"
        )
    return RunHeld(f"the watched folder {folder} cannot be read ({error_reason(error)}): nothing was recorded")


def error_reason(error: OSError) -> str:
    """The system's words for an error, without the file's name."""
    return (error.strerror or str(error)).lower() if error.errno else str(error)


def _link(root: str, path: str, handle: int) -> str:
    """Where a symbolic link leads; nothing that it names may end the scan."""
    link = f"{root}/{path}"
    try:
        # The system's own bound on chains of links; `realpath` has none. A target that is not there is no error.
        with contextlib.suppress(FileNotFoundError):
            os.stat(path.rpartition("/")[2], dir_fd=handle)
        target = os.path.realpath(link)
        if target != link:  # as it stands: there was no way to follow it
            if os.path.commonpath([root, target]) == root:
                return "a symbolic link: what it points to is captured under its own name"
            return "a symbolic link that leaves the folder"
    except (OSError, ValueError, RecursionError):  # another account's process, a loop, a name that is too long
        pass
    return "a symbolic link that cannot be followed"


def rows_of(abouts: Iterable[os.stat_result]) -> bytes:
    return array("q", chain.from_iterable(map(_numbers, abouts))).tobytes()


def _read_up_to(handle: int, size: int) -> bytes:
    """At most so many bytes; a system call may give fewer than it was asked for."""
    data = os.read(handle, size)
    if not data or len(data) == size:
        return data
    parts = [data]
    left = size - len(data)
    while left and (piece := os.read(handle, left)):
        parts.append(piece)
        left -= len(piece)
    return b"".join(parts) if len(parts) > 1 else data
