"""What every verb is handed: where it was started, with which configuration, and the clock."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitor.core.text.normalize import visible
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.app.monitor import Monitor
    from monitor.app.queries import Calendar
    from monitor.config import Settings
    from monitor.model import Snapshot


class Session(NamedTuple):
    """The options that stand before the verb."""

    config: Path | None = None
    debug: bool = False

    def settings(self, flags: dict[str, str] | None = None) -> Settings:
        """The settings: `flags` (the verb's own) before the environment before the file; ConfigError where wrong."""
        import os

        from monitor.config import load

        return load(Path.cwd(), self.config, flags or {}, os.environ)

    def recorded(self) -> Settings:
        """The settings of a store that is there; UsageError where there is none to work on."""
        settings = self.settings()
        if not settings.store.snapshots.is_dir():
            raise UsageError(_nothing(settings))
        return settings

    @contextmanager
    def monitor(self) -> Iterator[Monitor]:
        """The stores to ask, each opened when first asked; where there are none, an empty one."""
        from monitor.app.monitor import open_monitor

        settings = self.settings()
        if not settings.store.snapshots.is_dir():
            if sys.stderr.isatty():
                sys.stderr.write(f"monitor: {visible(_nothing(settings))}\n")
            settings = self.settings({"store.ledger": "sqlite://"})  # in memory: asking must not make a store
        with open_monitor(settings) as monitor:
            yield monitor

    def calendar(self, monitor: Monitor, known: Callable[[], Sequence[Snapshot]]) -> Calendar:
        """How this command line reads a WHEN."""
        from monitor.app.queries import Calendar

        return Calendar(now(), monitor.settings.zone, known)


def enter(folders: Iterable[str | Path]) -> None:
    """Go to each in turn, as git's `-C` does: every path on the command line is then relative to it."""
    import os

    for folder in folders:
        try:
            os.chdir(folder)
        except OSError as error:
            raise UsageError(f"-C {folder}: {error.strerror}") from error


def _nothing(settings: Settings) -> str:
    return f"nothing is recorded in {settings.store.snapshots}: `monitor run` begins it, or -C names another folder"


def now() -> datetime:
    """The one clock of the command line."""
    return datetime.now(UTC)
