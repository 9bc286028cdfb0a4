"""What a look at a folder is told: which files are documents, and how long they are to be left alone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple
from zlib import crc32


class Rules(NamedTuple):
    """Which files are documents: patterns (see `globs`), the size limit in bytes, folders of our own to leave out."""

    include: Sequence[str] = ("**/*",)
    exclude: Sequence[str] = ()
    max_size: int | None = None
    apart: Sequence[Path] = ()

    def key(self, folder: Path) -> str:
        """Checksums of all that decides what a folder's documents are: enough for a cache, and at hand in every run."""
        own = [os.path.realpath(path) for path in self.apart]
        told = repr((os.path.realpath(folder), list(self.include), list(self.exclude), self.max_size, own))
        encoded = os.fsencode(told)
        return f"{len(encoded):x}-{crc32(encoded):08x}-{crc32(encoded[::-1]):08x}"


class Settling(NamedTuple):
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
