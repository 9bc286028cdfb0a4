"""From a command line to an exit status, and what every error turns into."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from monitor.errors import MonitorError, StoreError, UsageError

INTERRUPTED = 130  # 128 + SIGINT, as shells count
PIPE_CLOSED = 141  # 128 + SIGPIPE: the reader had enough


class CommandLineError(UsageError):
    """A command line that was not understood."""


def run(args: Sequence[str]) -> int:
    """Run one command line; the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A path's bytes that are not UTF-8 come as lone surrogates, and are shown as \udcff.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    from monitor.cli.group import invoke

    try:
        status = invoke(list(args))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        _silence_stdout()
        return PIPE_CLOSED
    except (Exception, KeyboardInterrupt) as error:
        if "--debug" in args and not isinstance(error, CommandLineError | KeyboardInterrupt):
            raise
        return _fail(*_explained(error))


def _explained(error: BaseException) -> tuple[str, int]:
    """One line for a person, and the exit status."""
    match error:
        case KeyboardInterrupt():
            return "interrupted", INTERRUPTED
        case MonitorError():
            return str(error), error.exit_status
        case OSError():
            where = f"{error.filename}: " if error.filename is not None else ""
            return f"{where}{error.strerror or error}", StoreError.exit_status
        case _:
            what = f"a fault of the monitor itself: {error!r}; `monitor --debug …` shows where"
            return what, StoreError.exit_status


def _fail(message: str, status: int) -> int:
    from monitor.core.text.normalize import visible

    try:
        sys.stderr.write(f"monitor: {visible(message)}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    _silence_stdout()
    return status


def _silence_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush does not complain of a closed pipe."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
