"""A small ext4 disk in a file: it can be cut off from power, filled, set read-only. Needs loop devices and root."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import pytest

PATIENCE = 60  # seconds
_SHUTDOWN = 0x8004587D  # ioctl EXT4_IOC_SHUTDOWN, _IOR('X', 125, __u32)
_NO_LOG_FLUSH = (2).to_bytes(4, "little")  # what is in memory alone, the journal's too, is gone


class Disk:
    """An image and where it is mounted; unmounted and removed with its context."""

    def __init__(self, megabytes: int = 24, options: str = "") -> None:
        self._room = TemporaryDirectory(prefix="disk-")
        self._image = Path(self._room.name) / "image"
        self._options = ",".join(filter(None, ("loop", options)))
        self.place = Path(self._room.name) / "mounted"
        self.place.mkdir()
        with self._image.open("wb") as file:
            file.truncate(megabytes << 20)
        _system("mkfs.ext4", "-q", "-m", "0", "-b", "4096", "-E", "lazy_itable_init=1", str(self._image))
        self._mount()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._unmount()
        self._room.cleanup()

    def cut(self) -> None:
        """The power goes: nothing that is not on the disk at this moment gets there any more."""
        handle = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, _NO_LOG_FLUSH)
        finally:
            os.close(handle)

    def restart(self) -> None:
        """The power is back: mounted anew, which replays the file system's journal. Nobody may be at work on it."""
        self._unmount()
        self._mount()

    def commit(self) -> None:
        """Let the file system's journal be written now, as any program's sync of any file does; data come later."""
        bystander = self.place / "bystander"
        with bystander.open("ab") as file:
            file.write(b".")
            file.flush()
            os.fsync(file.fileno())

    def fill(self, left: int) -> None:
        """Leave so many bytes free."""
        (self.place / "ballast").unlink(missing_ok=True)
        ballast = os.open(self.place / "ballast", os.O_WRONLY | os.O_CREAT)
        try:
            free = shutil.disk_usage(self.place).free - left
            while free > 4096:
                with contextlib.suppress(OSError):  # its own bookkeeping needs some, too
                    os.posix_fallocate(ballast, os.fstat(ballast).st_size, free)
                free = min(free // 2, shutil.disk_usage(self.place).free - left)
        finally:
            os.close(ballast)

    def empty(self) -> None:
        """Take away what `fill` put there."""
        (self.place / "ballast").unlink(missing_ok=True)

    def read_only(self, yes: bool) -> None:
        _system("mount", "-o", f"remount,{'ro' if yes else 'rw'}", str(self.place))

    def _mount(self) -> None:
        _system("mount", "-o", self._options, str(self._image), str(self.place))

    def _unmount(self) -> None:
        """On a busy machine a process that was killed may hold its files for a while: then it is tried again."""
        until = time.monotonic() + PATIENCE
        while subprocess.run(["umount", str(self.place)], capture_output=True).returncode:
            if time.monotonic() > until:
                raise OSError(f"{self.place} is busy")
            time.sleep(0.05)


def _system(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@cache
def why_not() -> str | None:
    """Why there can be no such disk here; None where there can."""
    if os.geteuid() or not shutil.which("mkfs.ext4"):
        return "needs root and mkfs.ext4"
    try:
        with Disk(8) as disk:
            disk.cut()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no loop device can be mounted and cut off: {error}"
    return None


def needed() -> None:
    """Skip a test where there can be none."""
    if (why := why_not()) is not None:
        pytest.skip(f"no disk of our own ({why})")
