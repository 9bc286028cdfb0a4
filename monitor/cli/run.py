"""`monitor run`: one run, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from monitor.cli.options import exit_code_option, format_option, seconds, verb
from monitor.cli.progress import progress
from monitor.cli.session import Session, now, pass_session
from monitor.errors import ExtractError, UsageError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model import Change, Run


@verb("monitor run --settle 0 --taken-at 2026-01-31T12:00")
@click.option(
    "--settle",
    metavar="SECONDS",
    type=seconds,
    help="Look again at a file modified within so many seconds (default: as configured, 2).",
)
@click.option("--taken-at", metavar="WHEN", help="Date the snapshot: a date or time, or an age such as 2h.")
@click.option("--wait", metavar="SECONDS", type=seconds, default=0, help="Wait so long for another run to end.")
@click.option("--accept-deletions", is_flag=True, help="Go on where a run was held because much or all vanished.")
@format_option("text", "json", "jsonl")
@exit_code_option("something changed")
@pass_session
def command(
    session: Session,
    *,
    settle: float | None,
    taken_at: str | None,
    wait: float,
    accept_deletions: bool,
    form: str,
    exit_code: bool,
) -> int:
    """Take a snapshot, record what changed, and print it.

    Exits with 3 where a document could not be read, 5 where another run holds the lock, and 6 where the run is held:
    the folder is missing, empty or another one, a part of it cannot be read, or too much of it vanished.
    """
    from monitor.runs.run import RunOptions, run

    settings = session.settings()
    moment = None
    if taken_at is not None:
        from monitor.core.when import parse_when

        moment = parse_when(taken_at, now(), settings.zone, end=False)
        if moment is None:
            raise UsageError(f"--taken-at: {taken_at} is no date, time or age; write 2026-01-31T12:00")
    options = RunOptions(settle=settle, taken_at=moment, wait=wait, accept_deletions=accept_deletions)
    with progress() as tell:
        record, changes = run(settings, options, tell)
    if form == "text" and record.outcome == "unchanged" and not (record.failures or record.skipped or record.message):
        click.echo("nothing changed")  # most runs end here, and need not load what tells of changes
        return 0
    return _tell(settings, record, changes, form, exit_code=exit_code)


def _tell(settings: Settings, record: Run, changes: Sequence[Change], form: str, *, exit_code: bool) -> int:
    from monitor.cli.page import open_page
    from monitor.cli.summary import news_of, write_run, write_run_as
    from monitor.core.visible import visible

    if record.message and record.snapshot is not None:  # what went wrong after the run itself was done
        click.echo(f"monitor: {visible(record.message)}", err=True)
    if form == "text":
        write_run(open_page(settings.zone), record, changes)
    else:
        write_run_as(form, record, changes)
    if record.failures:
        return ExtractError.exit_status
    return 1 if exit_code and news_of(changes) else 0
