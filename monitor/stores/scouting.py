"""A second process that looks at the known folders from their end, while the walk comes from their beginning.

Looking at a folder without news is one system call a file, and half of the time is the system's. Where there is a
second processor, the two meet somewhere in the middle: which folders the scout found as they were, the walk need not
list any more. The scout decides nothing: a folder of which it has not spoken yet, or which is not as it was, is looked
at by the walk, and so are all where the scout is gone. That it has met one that differs is known early, so that what
comes after the walk can be made ready while the scout goes on.
"""

from __future__ import annotations

import _thread
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress

from monitor.stores.files import open_below, unchanged
from monitor.stores.scancache import ROW, FolderRecord

WORTH = 20_000  # files: with fewer, what it takes to begin (20 ms of processor time) is hardly won back
_NUMBER = 4  # bytes of a folder's number in the pipe
_AGAIN = bytes(ROW)  # the row of a file that was read too soon after it was written
_DIFFERS = 1 << 31  # beside the number of one that is not as it was


def nothing() -> None:
    """Nothing is to be made ready."""


class Scout:
    """What the other process has said so far; end it when the walk is over."""

    def __init__(self, root: int, before: Mapping[str, FolderRecord]) -> None:
        """`root` is the watched folder's handle, `before` its folders as they were, in the order of the walk."""
        self._paths = list(before)
        self._found: dict[str, bool] = {}  # whether a folder is as it was
        self.differs = False  # whether one is not
        self._rest = b""
        self._pipe, theirs = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(theirs, True)
        try:
            self._process = os.fork()
        except OSError:
            os.close(self._pipe)
            os.close(theirs)
            raise
        if not self._process:
            _scout(root, theirs, self._paths, before)
        os.close(theirs)

    def unchanged(self, path: str) -> bool | None:
        """Whether this folder is as it was; None where the scout has not come so far."""
        self._listen()
        return self._found.get(path)

    def end(self) -> None:
        """Call it back, wherever it is."""
        import signal

        os.close(self._pipe)
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)

    def _listen(self) -> None:
        try:
            told = self._rest + os.read(self._pipe, 1 << 16)
        except BlockingIOError:
            return
        whole = len(told) - len(told) % _NUMBER
        self._rest = told[whole:]
        for at in range(0, whole, _NUMBER):
            number = int.from_bytes(told[at : at + _NUMBER], "little")
            differs = bool(number & _DIFFERS)
            self.differs |= differs
            self._found[self._paths[number & ~_DIFFERS]] = not differs


def scout_of(root: int, before: Mapping[str, FolderRecord]) -> Scout | None:
    """A scout where one is worth it: many files, another processor, and no other thread, of whose locks a forked
    process could wait for ever."""
    many = sum(len(record.kinds) for record in before.values()) >= WORTH
    alone = not _thread._count()  # noqa: SLF001 - `threading` itself need not be loaded to know that it is not used
    if not (many and alone and _processors() > 1):
        return None
    with suppress(OSError):  # no process or handle is left: the walk does without
        return Scout(root, before)
    return None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _scout(root: int, told: int, paths: Sequence[str], before: Mapping[str, FolderRecord]) -> None:
    """The other process: tells of each folder whether it is as it was, the last one first. It never returns."""
    try:
        _keep_only(root, told)
        for at in reversed(range(len(paths))):
            record = before[paths[at]]
            if _unchanged(root, paths[at], record):
                os.write(told, at.to_bytes(_NUMBER, "little"))
            elif _AGAIN not in record.rows:  # a file that must be read once more is no difference yet
                os.write(told, (at | _DIFFERS).to_bytes(_NUMBER, "little"))
    finally:
        os._exit(0)


def _keep_only(*handles: int) -> None:
    """Close all else: the lock of the store, above all, is not the scout's to hold."""
    first = 0
    for handle in (*sorted(handles), os.sysconf("SC_OPEN_MAX")):
        os.closerange(first, handle)
        first = handle + 1


def _unchanged(root: int, path: str, record: FolderRecord) -> bool:
    try:
        handle = open_below(root, path)
    except OSError:
        return False
    try:
        return unchanged(handle, os.listdir(handle), record)  # noqa: PTH208 - a handle, not a path
    except OSError:
        return False
    finally:
        os.close(handle)
