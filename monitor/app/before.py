"""The command of `[watch] before`, which brings documents into a folder before each look at it."""

from __future__ import annotations

import contextlib
import logging
import os
import shlex
import signal
import subprocess
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import IO

from monitor.config import Settings

log = logging.getLogger(__name__)

_TAIL = 2_000  # bytes of its standard error that a message has
_SHOWN = 80  # characters of the command
_GRACE = 5.0  # seconds between the request to end and the end by force


def run_before(settings: Settings) -> dict[str, str]:
    """Run the command of each watched folder that has one, one after the other; what failed, by the folder's name."""
    failed = {}
    for watch in settings.watched:
        if watch.before and (why := run_command(watch.before, settings.root, watch.before_timeout)):
            failed[watch.name] = settings.redact(why)
    return failed


def run_command(command: Sequence[str], folder: Path, timeout: float) -> str | None:
    """Run a program without a shell in `folder`, in a process group of its own, for at most `timeout` seconds.

    None where it ended with status 0; otherwise what went wrong, with the tail of its standard error.
    """
    name = f"`{shlex.join(command)[:_SHOWN]}`"
    log.info("before the look: %s", name)
    try:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return f"{name} cannot be started: {error.strerror}"
    tail: deque[bytes] = deque(maxlen=_TAIL // 100)
    reader = Thread(target=_keep_tail, args=(process.stderr, tail), daemon=True)
    reader.start()
    try:
        status: int | None = process.wait(timeout)
    except subprocess.TimeoutExpired:
        status = None
    finally:
        _end(process)  # also what it left behind in its group
    reader.join(1.0)
    if status == 0:
        return None
    text = " ".join(b"".join(tail)[-_TAIL:].decode("utf-8", "replace").split())
    how = f"took longer than {timeout:g} seconds and was ended" if status is None else f"ended with status {status}"
    return f"{name} {how}{f': {text}' if text else ''}; nothing of its folder was recorded"


def _keep_tail(stream: IO[bytes] | None, tail: deque[bytes]) -> None:
    if stream is not None:
        with contextlib.suppress(OSError, ValueError), stream:
            while piece := os.read(stream.fileno(), 100):
                tail.append(piece)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group: politely, then by force."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
        if process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
