"""What waits for review, in the words of its changes."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.core.review.events import Entry
from monitor.model import Change

NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)


def words(change: Change) -> str:
    """A change's text, before if it went."""
    return " ".join(side.text for side in change.after or change.before) or change.document


def listed(monitor: Monitor, **wanted: object) -> list[str]:
    """The words of the entries that a filter finds, in the order of the queue."""
    return [words(entry.change) for entry in entries(monitor, **wanted)]


def entries(monitor: Monitor, **wanted: object) -> tuple[Entry, ...]:
    return review.queue(monitor, review.QueueFilter(**wanted)).entries  # type: ignore[arg-type]


def entry_of(monitor: Monitor, text: str, **wanted: object) -> Entry:
    """The entry whose words hold `text`; whatever its verdict."""
    (found,) = [one for one in entries(monitor, verdicts=frozenset(), **wanted) if text in words(one.change)]
    return found
