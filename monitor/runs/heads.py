"""The file of heads: a line for each newest snapshot, which its owner publishes where nobody can alter it any more."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import StoreError

_LINE = 200  # bytes; a line has fewer


def append_head(path: Path, head: str, when: datetime) -> None:
    """Append `time commit` unless the last line names this commit already, so that a run that could not is made good.

    StoreError where it cannot be written: the snapshot is recorded then, and the next run tries again.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LINE))
            end = file.read()
            if end.endswith(f" {head}\n".encode("ascii")):
                return
            torn = b"\n" if end and not end.endswith(b"\n") else b""
            file.write(torn + f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {head}\n".encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"the head cannot be appended to {path}: {error.strerror or error}") from error
