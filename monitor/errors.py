"""Errors of the monitor. Each message is one line that says what happened and what to do."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """What a command says to the program that started it."""

    DONE = 0
    CHANGED = 1  # only with `--exit-code`
    USAGE = 2  # bad arguments or configuration
    UNREADABLE = 3  # some documents, or subfolders of the watched folder, could not be read
    STORE = 4  # a store failed or is damaged
    LOCKED = 5  # another run holds the lock
    HELD = 6  # the run waits for a person's confirmation
    OVERDUE = 7  # no run has gone well for too long; only of `status --check`


class MonitorError(Exception):
    """Anything the monitor reports to a person instead of a traceback."""

    exit_status = ExitStatus.STORE


class UsageError(MonitorError, ValueError):
    """A command was asked for something that is not there or makes no sense."""

    exit_status = ExitStatus.USAGE


class ConfigError(UsageError):
    """`monitor.toml`, a `MONITOR_*` variable or a flag is wrong."""


class ExtractError(MonitorError):
    """One document could not be read as its format says; the others go on."""

    exit_status = ExitStatus.UNREADABLE


class StoreError(MonitorError):
    """A store failed or is damaged; fatal for the run, nothing acknowledged is lost."""

    exit_status = ExitStatus.STORE


class RunInProgress(MonitorError):
    """Another process holds the lock of the store."""

    exit_status = ExitStatus.LOCKED


class RunHeld(MonitorError):
    """The folder is missing, empty, or too much vanished: a person must confirm."""

    exit_status = ExitStatus.HELD
