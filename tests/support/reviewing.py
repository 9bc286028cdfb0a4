"""What a reviewer does, for tests of stores."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.app.monitor import open_monitor
from monitor.app.review import comment, sync_branch
from monitor.config import Settings
from monitor.model import ChangeFilter


def comment_on_newest(settings: Settings, text: str, *, sync: bool = True) -> str:
    """Comment on the newest change, and bring that to the branch; gives the change's id."""
    with open_monitor(settings) as monitor:
        change = next(iter(monitor.ledger.changes(ChangeFilter(limit=1)))).id
        comment(monitor, [change], text, reviewer="Ada", at=datetime.now(UTC))
    if sync:
        assert sync_branch(settings)
    return change
