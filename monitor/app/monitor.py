"""One lock for the store, held across processes: who writes, and who must wait."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from monitor.errors import RunInProgress, StoreError

_PAUSE = 0.05  # seconds between two attempts
_PROCESSES = Path("/proc")
_LONGEST_COMMAND = 200  # characters that a message shows


def holders(path: Path) -> dict[int, str]:
    """The processes that really hold the lock at `path`, with their command lines; none where the system tells nothing.

    The kernel's own list names the process that took the lock, which may have ended while a child of it still holds it.
    """
    try:
        inode = path.stat().st_ino
        pids = [int(place.name) for place in _PROCESSES.iterdir() if place.name.isdecimal()]
    except OSError:
        return {}
    return {pid: _command_line(pid) or path.name for pid in pids if _holds(pid, inode)}


def _holds(pid: int, inode: int) -> bool:
    """Whether a process has a handle with the lock on it; one that may not be looked at is taken to have none."""
    with contextlib.suppress(OSError):
        for handle in (_PROCESSES / str(pid) / "fdinfo").iterdir():
            with contextlib.suppress(OSError):  # closed meanwhile
                lines = handle.read_text("ascii", "replace").splitlines()
                # `lock:  1: FLOCK  ADVISORY  WRITE 4711 08:01:131072 0 EOF`
                if any(line.startswith("lock:") and "FLOCK" in line and f":{inode} " in line for line in lines):
                    return True
    return False


def _command_line(pid: int) -> str:
    try:
        text = (_PROCESSES / str(pid) / "cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
    return " ".join(text.replace("\0", " ").split())[:_LONGEST_COMMAND]


class StoreLock:
    """The lock file at `path`. It is free when its holder, and every git process that inherited it, has ended.

    The file stays: taking it away would let two processes lock two files of one name. What it holds (process, command,
    since) is for people; the lock itself is the kernel's, so a killed run leaves none behind.
    """

    def __init__(self, path: Path, command: str = "monitor") -> None:
        self._path, self._command = path, command
        self._handle: int | None = None

    def __enter__(self) -> Self:
        if self._handle is None:
            self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    @property
    def pass_fds(self) -> tuple[int, ...]:
        """The handles that a child must inherit to hold the lock as long as it lives."""
        return () if self._handle is None else (self._handle,)

    def acquire(self, wait: float = 0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Take the lock, waiting up to so many seconds; RunInProgress names the holder where it stays taken."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"the lock {self._path} cannot be opened: {error.strerror}") from None
        try:
            self._wait_for(handle, wait, sleep)
            holder = {
                "pid": os.getpid(),
                "command": self._command,
                "since": datetime.now(UTC).isoformat(" ", "seconds"),
            }
            with contextlib.suppress(OSError):  # a full disk: the lock holds, only its holder's name is not told
                os.ftruncate(handle, 0)
                os.pwrite(handle, json.dumps(holder).encode("ascii") + b"\n", 0)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle

    def release(self) -> None:
        """Let go of it; children that inherited it keep it until they end."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _wait_for(self, handle: int, wait: float, sleep: Callable[[float], None]) -> None:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                left = until - time.monotonic()
                if left <= 0:
                    raise RunInProgress(self._holder(handle)) from None
                sleep(min(_PAUSE, left))

    def _holder(self, handle: int) -> str:
        found = holders(self._path)
        try:
            told = json.loads(os.pread(handle, 4096, 0))
            who = f"pid {told['pid']}, `{told['command']}`, since {told['since']}"
            if found and told["pid"] not in found:
                pid, command = min(found.items())
                who = f"pid {pid}, `{command}`, which a run that has ended left behind ({who})"
        except (ValueError, LookupError, TypeError):
            who = " and ".join(f"pid {pid}, `{command}`" for pid, command in sorted(found.items()))
            who = who or "it has not said its name yet"
        return f"another run holds the lock: {who}; wait for it with --wait SECONDS"
