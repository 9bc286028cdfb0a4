"""One run from the command line, and what it found, told: the work of `monitor run`, without its options.

A timer starts it every few minutes, and most times nothing changed: what only a run with news needs is loaded then.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.cli.progress import progress
from monitor.cli.session import Session
from monitor.errors import ExtractError

if TYPE_CHECKING:
    from monitor.app.run import RunOptions
    from monitor.config import Settings
    from monitor.model import Change, Run


def run_once(
    session: Session, options: RunOptions | None = None, form: str = "text", *, exit_code: bool = False
) -> int:
    """Run, print in this form, and give the exit status; `exit_code`: 1 where something changed."""
    from monitor.app.run import run

    settings = session.settings()
    with progress() as tell:
        record, changes = run(settings, options, tell)
    if form == "text" and record.outcome == "unchanged" and not (record.failures or record.skipped or record.message):
        sys.stdout.write("nothing changed\n")
        return 0
    return _tell(settings, record, changes, form, exit_code=exit_code)


def _tell(settings: Settings, record: Run, changes: Sequence[Change], form: str, *, exit_code: bool) -> int:
    from monitor.cli.page import open_page
    from monitor.cli.summary import news_of, write_run, write_run_as
    from monitor.core.text.normalize import visible

    if record.message and record.snapshot is not None:  # what went wrong after the run itself was done
        sys.stderr.write(f"monitor: {visible(record.message)}\n")
    if form == "text":
        write_run(open_page(settings.zone), record, changes)
    else:
        write_run_as(form, record, changes)
    if record.failures:
        return ExtractError.exit_status
    return 1 if exit_code and news_of(changes) else 0
