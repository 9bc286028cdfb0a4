"""`monitor run`: one run and its result.

Scheduled runs mostly find nothing: what only a run with changes needs is imported when there are changes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from monitor.app.monitor import HISTORY
from monitor.app.run import RunOptions, run
from monitor.app.status import last
from monitor.cli.context import (
    Session,
    command,
    exit_code_option,
    format_option,
    now,
    parallel_options,
    parse_time,
    pass_session,
    progress,
    seconds,
)
from monitor.config import Settings
from monitor.core.text.normalize import visible
from monitor.errors import ExitStatus, UsageError
from monitor.model import Change, Run


def run_once(
    session: Session, options: RunOptions | None = None, form: str = "text", *, exit_code: bool = False
) -> int:
    """Run, print in this form, and give the exit status; `exit_code`: 1 where something changed."""
    settings = session.settings()
    before = last(settings.journal) if form == "text" else None
    with progress() as report_progress:
        record, changes = run(settings, options, report_progress)
    if before is not None:  # what was skipped the last time, too, was said then
        record = record._replace(skipped=tuple(one for one in record.skipped if one not in before.skipped))
    quiet = not (record.failures or record.skipped or record.message or record.held)
    if form == "text" and record.outcome == "unchanged" and quiet:
        sys.stdout.write(_nothing_changed(settings))
        return 0
    return _report(settings, record, changes, form, exit_code=exit_code)


def _nothing_changed(settings: Settings) -> str:
    if (settings.store.snapshots / HISTORY).exists():
        return "nothing changed\n"
    advice = "" if settings.file is not None else " (`monitor init` writes one)"
    folder = visible(settings.folders_text)
    return f"nothing to record: {folder} has no documents; add some, or set `folder` in monitor.toml{advice}\n"


def _report(settings: Settings, record: Run, changes: Sequence[Change], form: str, *, exit_code: bool) -> int:
    from monitor.cli.console import news_of, open_page, write_run, write_run_as

    if record.message and record.snapshot is not None:  # what went wrong after the run itself was done
        sys.stderr.write(f"monitor: {visible(record.message)}\n")
    for held in record.held:
        sys.stderr.write(f"monitor: {visible(held.path)} is held: {visible(held.reason)}\n")
    if form == "text":
        write_run(open_page(settings.zone), record, changes)
    else:
        write_run_as(form, record, changes)
    if record.held:
        return ExitStatus.HELD
    if record.failures:
        return ExitStatus.UNREADABLE
    return ExitStatus.CHANGED if exit_code and news_of(changes) else ExitStatus.DONE


@command("monitor run --settle 0 --taken-at 2026-01-31T12:00")
@click.option(
    "--settle",
    metavar="SECONDS",
    type=seconds,
    help="Wait before reading a file that was modified within SECONDS (default: as configured, 2).",
)
@click.option("--taken-at", metavar="WHEN", help="Date the snapshot: a date or time, or an age such as 2h.")
@click.option("--wait", metavar="SECONDS", type=seconds, default=0, help="Wait up to SECONDS for another run to end.")
@click.option("--accept-deletions", is_flag=True, help="Go on although a run was held because many documents vanished.")
@click.option(
    "--accept-history", is_flag=True, help="Go on although a run was held because the history lacks snapshots."
)
@click.option(
    "--accept-clock", is_flag=True, help="Date the snapshot by the clock although the last one is dated later."
)
@format_option("text", "json", "jsonl")
@exit_code_option("something changed")
@parallel_options
@pass_session
def run_command(
    session: Session,
    *,
    settle: float | None,
    taken_at: str | None,
    wait: float,
    accept_deletions: bool,
    accept_history: bool,
    accept_clock: bool,
    form: str,
    exit_code: bool,
    jobs: int,
    cluster: str | None,
) -> int:
    """Take a snapshot, record what changed, and print it.

    Exits with 3 if a document, or a folder in the watched one, could not be read, 5 if another run holds the lock, and
    6 if the run is held: the folder is missing, empty, cannot be read or is another one, too much of it vanished, or
    the history lacks snapshots that were recorded.
    """
    at = None if taken_at is None else parse_time("--taken-at", taken_at, session.settings())
    if at is not None and at > now():
        raise UsageError(f"--taken-at: {taken_at} is ahead of the clock: later snapshots could not be dated before it")
    options = RunOptions(settle, at, wait, accept_deletions, accept_history, accept_clock, (jobs, cluster))
    return run_once(session, options, form, exit_code=exit_code)
