"""`monitor import`: the history of a git repository, or dated folders, as snapshots."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.app.histories import Parallelism
from monitor.app.import_history import ImportOptions, ImportResult, import_history
from monitor.cli.console import open_page, write_earlier_changes, write_json, write_records
from monitor.cli.context import (
    WHEN,
    Session,
    command,
    format_option,
    parallel_options,
    parse_time,
    pass_session,
    progress,
    seconds,
)
from monitor.config import Settings
from monitor.errors import ExitStatus
from monitor.reports.json import time_json
from monitor.reports.phrases import plural


@command("monitor import ~/policies --path docs --include '**/*.md'")
@click.argument("source", metavar="SOURCE", type=click.Path(path_type=Path))
@click.option(
    "--name", metavar="NAME", help="The folder that its documents are named below (default: the source's name)."
)
@click.option("--ref", metavar="REF", help="The branch, tag or commit to import up to (default: HEAD).")
@click.option("--path", metavar="PATH", help="Import only this folder; documents are named relative to it.")
@click.option("--include", metavar="PATTERN", multiple=True, help="Only files that match (may be repeated).")
@click.option("--since", metavar="WHEN", help=f"Begin with the state at this time: {WHEN}.")
@click.option("--until", metavar="WHEN", help="Stop after this time.")
@click.option("--continues", is_flag=True, help="Import it as the earlier history of the watched folder.")
@click.option("--wait", metavar="SECONDS", type=seconds, default=0, help="Wait up to SECONDS for another run to end.")
@parallel_options
@format_option("text", "json", "jsonl")
@pass_session
def import_command(
    session: Session,
    *,
    source: Path,
    name: str | None,
    ref: str | None,
    path: str | None,
    include: tuple[str, ...],
    since: str | None,
    until: str | None,
    continues: bool,
    wait: float,
    jobs: int,
    cluster: str | None,
    form: str,
) -> int:
    """Import a git history or dated folders as snapshots.

    SOURCE is a git repository, a git bundle, or a folder of folders that are named by dates (2026-01-31,
    2026-01-31T08-00). For merge commits, only the first parent is followed. Imported changes are not announced.
    Importing again adds what is new. Exits with 3 if a version of a document could not be read.
    """
    settings = session.settings()
    options = ImportOptions(
        name=name,
        ref=ref,
        path=path,
        include=include,
        since=parse_time("--since", since, settings),
        until=parse_time("--until", until, settings, end=True),
        continues=continues,
    )
    with progress() as report_progress:
        result = import_history(settings, source, options, report_progress, wait, Parallelism(jobs, cluster))
    _report(settings, result, form)
    return ExitStatus.UNREADABLE if result.failed else ExitStatus.DONE


def _report(settings: Settings, result: ImportResult, form: str) -> None:
    taken = [one.taken_at for one in result.snapshots]
    if form != "text":
        first, last = (time_json(taken[0]), time_json(taken[-1])) if taken else (None, None)
        record: dict[str, object] = {
            "name": result.name,
            "new": result.new,
            "snapshots": len(taken),
            "first": first,
            "last": last,
        }
        record |= {"oddities": list(result.notes), "told": result.earlier_changes, "message": result.message}
        write_json(record) if form == "json" else write_records([record], form)
        return
    page = open_page(settings.zone)
    what = plural(result.new, "snapshot") if result.new else "nothing new"
    period = f"; {plural(len(taken), 'snapshot')} from {page.time(taken[0])} to {page.time(taken[-1])}" if taken else ""
    page.line(f"imported {what} as {result.name}{period}")
    write_earlier_changes(page, result.earlier_changes)
    for line in (*result.notes, *filter(None, [result.message])):
        page.line(f"  {line}")
