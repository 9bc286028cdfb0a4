"""What can go wrong, as types; each message is one line that says what to do."""


class MonitorError(Exception):
    """Anything the monitor reports to a person instead of a traceback."""

    exit_status = 4


class UsageError(MonitorError):
    """A command was asked for something that is not there or makes no sense."""

    exit_status = 2


class ConfigError(UsageError):
    """`monitor.toml`, a `MONITOR_*` variable or a flag is wrong."""


class ExtractError(MonitorError):
    """One document could not be read as its format says; the others go on."""

    exit_status = 3


class StoreError(MonitorError):
    """A store failed or is damaged; fatal for the run, nothing acknowledged is lost."""

    exit_status = 4


class RunInProgress(MonitorError):
    """Another process holds the lock of the store."""

    exit_status = 5


class RunHeld(MonitorError):
    """The folder is missing, empty, or too much vanished: a person must confirm."""

    exit_status = 6
