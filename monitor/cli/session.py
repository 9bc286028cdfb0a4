"""What every verb is handed: where it was started, with which configuration, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model import Snapshot
    from monitor.runs.queries import Calendar
    from monitor.runs.wiring import Monitor


@dataclass(frozen=True)
class Session:
    """The options that stand before the verb."""

    config: Path | None = None
    debug: bool = False

    def settings(self, flags: dict[str, str] | None = None) -> Settings:
        """The settings: `flags` (the verb's own) before the environment before the file; ConfigError where wrong."""
        import os

        from monitor.config import load

        return load(Path.cwd(), self.config, flags or {}, os.environ)

    @contextmanager
    def monitor(self) -> Iterator[Monitor]:
        """The stores of the settings, opened when first asked."""
        from monitor.runs.wiring import open_monitor

        with open_monitor(self.settings()) as monitor:
            yield monitor

    def calendar(self, monitor: Monitor, known: Callable[[], Sequence[Snapshot]]) -> Calendar:
        """How this command line reads a WHEN."""
        from monitor.runs.queries import Calendar

        return Calendar(now(), monitor.settings.zone, known)


def now() -> datetime:
    """The one clock of the command line."""
    return datetime.now(UTC)


pass_session = click.make_pass_decorator(Session)
