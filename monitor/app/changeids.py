"""What a reviewer calls a change -> its full id, whether the ledger still has it or only reviews do."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.app.mirroring import opened
from monitor.app.wiring import Monitor
from monitor.errors import UsageError

ID = 20  # characters of a whole id


def resolved(monitor: Monitor, changes: Sequence[str]) -> list[str]:
    """Full ids of changes that the ledger has or that somebody decided on; UsageError names one that nothing fits."""
    whole = [change for change in changes if len(change) == ID and change.isascii()]
    known = monitor.facts.present(whole)
    return list(dict.fromkeys(change if change in known else _named(monitor, change) for change in changes))


def _named(monitor: Monitor, prefix: str) -> str:
    change = monitor.ledger.change(prefix) if prefix else None
    orphaned = opened(monitor).starting_with(prefix) if prefix else []
    found = {*orphaned, *([change.id] if change else [])}
    if len(found) > 1:
        raise UsageError(f"{prefix}: several changes begin with this; give more of the id")
    if not found:
        raise UsageError(f"no change has an id that begins with {prefix!r}; `monitor review list` shows ids")
    return found.pop()
