"""`monitor backup` and `monitor restore`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.app.backup import backup
from monitor.app.histories import Parallelism
from monitor.app.restore import restore
from monitor.cli.console import open_page, write_json
from monitor.cli.context import Session, command, format_option, parallel_options, pass_session, progress, seconds
from monitor.config import FILE_NAME
from monitor.core.text.normalize import visible
from monitor.reports.phrases import plural


@command("monitor backup /media/disk/monitor")
@click.argument("target", metavar="TARGET", type=click.Path(path_type=Path))
@click.option("--file", "single_file", is_flag=True, help="Write one file (a tar archive) instead of a folder.")
@click.option("--replace", is_flag=True, help="Go on although the copy there holds what the store lacks.")
@click.option("--wait", metavar="SECONDS", type=seconds, default=0, help="Wait up to SECONDS for another backup there.")
@format_option("text", "json")
@pass_session
def backup_command(session: Session, *, target: Path, single_file: bool, replace: bool, wait: float, form: str) -> None:
    """Make or renew a checked copy of the whole store.

    It may be made during a run. A folder TARGET that is a copy already gets what it lacks. Until the new copy
    is complete and checked, the old one stays as it is. Exits with 6 if the copy there holds snapshots or verdicts that
    the store lacks.
    """
    settings = session.recorded()
    with progress() as report_progress:
        made = backup(settings, target, single_file=single_file, replace=replace, wait=wait, progress=report_progress)
    if made.message:
        sys.stderr.write(f"monitor: {visible(made.message)}\n")
    if form == "json":
        write_json(
            {
                "target": str(target.absolute()),
                "snapshots": made.snapshots,
                "events": made.manifest.events,
                "files": len(made.manifest.files),
                "written": made.written,
            }
        )
        return
    page = open_page(settings.zone)
    what = f"{plural(made.snapshots, 'snapshot')}, {plural(made.manifest.events, 'event')} of reviewing"
    page.line(f"backed up to {target}: {what}")
    page.line(
        f"{plural(len(made.manifest.files), 'file')}, {made.written:,} of them written now; every object was read"
    )


@command("monitor restore /media/disk/monitor")
@click.argument("source", metavar="SOURCE", type=click.Path(path_type=Path))
@parallel_options
@format_option("text", "json")
@pass_session
def restore_command(session: Session, *, source: Path, jobs: int, cluster: str | None, form: str) -> None:
    """Bring a store back from a backup, and rebuild its ledger.

    Nothing is overwritten: exits with 2 if there is a store already. The configuration is restored too, unless there is
    one. The documents themselves are in the snapshots: `monitor cat` prints them.
    """
    file = session.config or Path(FILE_NAME)
    with progress() as report_progress:
        done = restore(source, file.absolute(), session.settings, report_progress, Parallelism(jobs, cluster))
    counts = done.counts
    if form == "json":
        write_json(
            {
                "snapshots": counts.snapshots,
                "documents": counts.documents,
                "changes": counts.changes,
                "events": done.events,
                "kept": [str(path) for path in done.kept],
            }
        )
        return
    page = open_page(done.settings.zone)
    what = [plural(counts.snapshots, "snapshot"), plural(done.events, "event") + " of reviewing"]
    page.line(f"restored to {done.settings.store.snapshots}: {', '.join(what)}")
    page.line(f"rebuilt the ledger: {plural(counts.documents, 'document')}, {plural(counts.changes, 'change')}")
    for path in done.kept:
        page.line(f"kept {path}, which was there already")
