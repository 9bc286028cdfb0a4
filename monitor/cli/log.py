"""`monitor log`: changes, newest first."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from monitor.cli.options import AT_LEAST_ONE, WHEN, exit_code_option, format_option, one_of, pass_session, several, verb
from monitor.cli.output import write_records
from monitor.cli.page import open_page
from monitor.cli.prose import write_log
from monitor.cli.session import Session
from monitor.model import Aspect, Change, ChangeFilter, ChangeKind, Level, Significance
from monitor.reports.json import change_json

if TYPE_CHECKING:
    from monitor.app.monitor import Monitor

KINDS = [kind for kind in ChangeKind if kind is not ChangeKind.UNCHANGED]


@verb("monitor log brief.txt --since 7d --significance substantive")
@click.argument("document", required=False)
@click.option("--since", metavar="WHEN", help=f"From then on: {WHEN} (what came after it).")
@click.option("--until", metavar="WHEN", help="Up to then, a date's whole day.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", type=one_of(KINDS), help=several("kinds", KINDS))
@click.option(
    "--aspect", "aspects", multiple=True, metavar="ASPECT", type=one_of(Aspect), help=several("aspects", Aspect)
)
@click.option("--significance", type=one_of(Significance), help="Only editorial or only substantive ones.")
@click.option("--snapshot", metavar="ID", help="Only what this snapshot brought.")
@click.option("--statement", metavar="ID", help="Only what happened to this statement.")
@click.option("--level", type=one_of(Level), help="Only documents as a whole, or only statements.")
@click.option("--limit", metavar="N", type=AT_LEAST_ONE, help="The newest N.")
@click.option("--baseline", is_flag=True, help="Also what the first snapshot held.")
@format_option("text", "json", "jsonl", "csv")
@exit_code_option("there is a change")
@pass_session
def command(
    session: Session,
    *,
    document: str | None,
    since: str | None,
    until: str | None,
    kinds: tuple[str, ...],
    aspects: tuple[str, ...],
    significance: str | None,
    snapshot: str | None,
    statement: str | None,
    level: str | None,
    limit: int | None,
    baseline: bool,
    form: str,
    exit_code: bool,
) -> int:
    """List what changed, newest first.

    DOCUMENT is a path relative to the watched folder, present or past. The marks: + added, - removed, ~ revised,
    » moved or renamed, ↺ restored, < split, > merged, ! could not be read.
    """
    from monitor.app import queries
    from monitor.app.fold import seldom

    wanted = ChangeFilter(
        kinds=frozenset(map(ChangeKind, kinds)),
        aspects=frozenset(map(Aspect, aspects)),
        significance=Significance(significance) if significance else None,
        level=Level(level) if level else None,
        baseline=baseline,
        limit=limit,
    )
    with session.monitor() as monitor:
        ledger = monitor.ledger
        wanted = queries.bounded(wanted, session.calendar(monitor, ledger.snapshots), since, until)
        if document is not None:
            found = queries.find_document(ledger, document, monitor.settings.watch.folder)
            wanted = replace(wanted, document=found.path)
        if snapshot is not None:
            wanted = replace(wanted, snapshot=queries.snapshot_named(snapshot, ledger.snapshots()).id)
        if statement is not None:
            wanted = replace(wanted, statement=queries.statement_named(ledger, statement))
        with seldom():
            return _write(monitor, ledger.changes(wanted), wanted, form, exit_code=exit_code)


def _write(monitor: Monitor, changes: Iterable[Change], wanted: ChangeFilter, form: str, *, exit_code: bool) -> int:
    counted = Counted(changes)
    if form == "csv":
        from monitor.reports.export import export_changes

        export_changes(counted, form, sys.stdout.buffer)
    elif form != "text":
        write_records(map(change_json, counted), form)
    else:
        page = open_page(monitor.settings.zone)
        # Who asks for one thing wants all of it, and of a part there is no honest count.
        narrow = wanted.document or wanted.statement or wanted.level or wanted.kinds or wanted.limit
        write_log(page, counted, fold=not narrow)
        if not counted.seen:
            page.line("no change")
    return 1 if exit_code and counted.seen else 0


class Counted:
    """Changes passed on as they come, and how many they were."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes = changes
        self.seen = 0

    def __iter__(self) -> Iterator[Change]:
        for change in self._changes:
            self.seen += 1
            yield change
