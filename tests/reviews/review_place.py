"""A watched folder that a test writes to and records, day by day."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.config import Settings, load
from monitor.core.queue import Entry
from monitor.model import Change, Run
from monitor.runs import reviewing
from monitor.runs.run import RunOptions, run
from monitor.runs.wiring import Monitor

NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    root: Path

    def configure(self, text: str) -> None:
        (self.root / "monitor.toml").write_text(text, "utf-8")

    def settings(self) -> Settings:
        return load(self.root, None, {}, {})

    def day(self, number: int, documents: dict[str, str | None]) -> Run:
        """Write documents (None takes one away) and record the folder as of that day of January 2026, 6 o'clock."""
        for name, text in documents.items():
            path = self.root / "seeds" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, "utf-8")
        taken_at = datetime(2026, 1, number, 6, tzinfo=UTC)
        return run(self.settings(), RunOptions(settle=0, taken_at=taken_at, accept_deletions=True))[0]

    def again(self) -> Run:
        """A run that finds nothing new."""
        return run(self.settings(), RunOptions(settle=0))[0]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What stands in the reviews' database."""
        connection = sqlite3.connect(self.root / "snapshots/reviews.db")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


def words(change: Change) -> str:
    """A change's text, before if it went."""
    return " ".join(side.text for side in change.after or change.before) or change.document


def listed(monitor: Monitor, **wanted: object) -> list[str]:
    """The words of the entries that a filter finds, in the order of the queue."""
    return [words(entry.change) for entry in entries(monitor, **wanted)]


def entries(monitor: Monitor, **wanted: object) -> tuple[Entry, ...]:
    return reviewing.queue(monitor, reviewing.QueueFilter(**wanted)).entries  # type: ignore[arg-type]


def entry_of(monitor: Monitor, text: str, **wanted: object) -> Entry:
    """The entry whose words hold `text`; whatever its verdict."""
    (found,) = [one for one in entries(monitor, verdicts=frozenset(), **wanted) if text in words(one.change)]
    return found
