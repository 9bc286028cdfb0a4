"""One file or folder of the watched folder: its status as a row, and its bytes, read so that they are of one moment."""

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Sequence
from itertools import chain
from operator import attrgetter, methodcaller

from monitor.stores.scancache import DOCUMENT, EXECUTABLE, FolderRecord

OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# File systems stamp changes in steps (2 s on FAT): a file stamped this close to its reading may change again unseen.
_STEP = 2_000_000_000

names_of = attrgetter("name")
_stat = methodcaller("stat", follow_symlinks=False)
_numbers = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_mode")


def unchanged(files: Sequence[os.DirEntry[str]], before: FolderRecord) -> bool:
    """Whether names and rows are those of before; no object a file is made here but what the system call gives."""
    if os.fsencode("\0".join(map(names_of, files))) != before.names:
        return False
    try:
        return array("q", chain.from_iterable(map(_numbers, map(_stat, files)))).tobytes() == before.rows
    except (OSError, OverflowError):
        return False  # a file that went meanwhile, or an odd number: the slow way will tell


def row_of(about: os.stat_result) -> bytes:
    """What a file's status is compared by (see `scancache`)."""
    return array("q", [number if abs(number) < 1 << 63 else number % (1 << 63) for number in _numbers(about)]).tobytes()


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
        with open(handle, "rb", buffering=0, closefd=False) as file:
            data = file.read(before.st_size) if before.st_size else b""
            more = file.read(1)
        after = os.fstat(handle)
        held_still = row_of(before) == row_of(after) and len(data or b"") == before.st_size and not more
        return after, (data or b"") if held_still else None
    finally:
        os.close(handle)


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


def why(error: OSError) -> str:
    """The system's words for an error, without the file's name."""
    return (error.strerror or str(error)).lower() if error.errno else str(error)
