"""`monitor run`: one run, and what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.options import exit_code_option, format_option, pass_session, seconds, verb
from monitor.cli.session import Session, now
from monitor.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime


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

    Exits with 3 where a document, or a folder in the watched one, could not be read, 5 where another run holds the
    lock, and 6 where the run is held: the folder is missing, empty, cannot be read or is another one, or too much of it
    vanished.
    """
    from monitor.app.run import RunOptions
    from monitor.cli.running import run_once

    options = RunOptions(settle, _moment(session, taken_at), wait, accept_deletions)
    return run_once(session, options, form, exit_code=exit_code)


def _moment(session: Session, taken_at: str | None) -> datetime | None:
    if taken_at is None:
        return None
    from monitor.core.time_expressions import parse_when

    moment = parse_when(taken_at, now(), session.settings().zone, end=False)
    if moment is None:
        raise UsageError(f"--taken-at: {taken_at} is no date, time or age; write 2026-01-31T12:00")
    return moment
