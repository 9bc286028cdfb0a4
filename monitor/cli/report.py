"""`monitor report`, `export`, `feed` and `evidence`."""

from __future__ import annotations

import sys
from datetime import tzinfo
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from monitor.app import queries
from monitor.app.evidence import collect_evidence
from monitor.app.exports import export
from monitor.app.publish import feed
from monitor.app.review_queue import hidden_changes
from monitor.cli import completion
from monitor.cli.console import open_page, report_written, write_bytes, write_text, written
from monitor.cli.context import Session, command, format_option, kind_options, output_option, pass_session
from monitor.cli.filters import (
    announced_option,
    change_filter,
    document_option,
    filter_options,
    period_options,
    source_option,
)
from monitor.core.time_expressions import point
from monitor.errors import UsageError
from monitor.model import REPORT_FORMATS, Report
from monitor.reports.evidence import write_evidence
from monitor.reports.export import BINARY, FORMATS
from monitor.reports.formats import render
from monitor.reports.phrases import plural
from monitor.reports.reasons import reason_of
from monitor.reports.text import render as render_text


@command("monitor report --since 7d --format html --output report.html")
@period_options
@document_option
@source_option
@kind_options
@announced_option
@click.option("--title", metavar="TEXT", help="The heading of the report.")
@format_option(*REPORT_FORMATS)
@output_option
@pass_session
def report_command(session: Session, /, *, title: str | None, form: str, output: Path | None, **filters: Any) -> None:
    """Write a report over a period.

    It begins with what could not be read. Substantive changes follow, by document; then moves, restorations, editorial
    changes, and what ignore rules hide.
    """
    with session.monitor() as monitor:
        ledger, zone = monitor.ledger, monitor.settings.zone
        wanted = change_filter(session, monitor, filters)
        calendar = session.calendar(monitor, ledger.snapshots)
        hidden, announcements = partial(hidden_changes, monitor), monitor.settings.extract.announcements
        report = queries.report(ledger, calendar, wanted, hidden, title, announcements)
        place = queries.comparison_addresses(ledger, monitor.settings.notify.link)
        if output is not None:
            write_text(output, render(report, form, zone=zone, address=place))
            report_written(output)
        elif form == "text":
            _write_text(report, zone)
        else:
            sys.stdout.write(render(report, form, zone=zone, address=place))


def _write_text(report: Report, zone: tzinfo) -> None:
    page = open_page(zone)
    sys.stdout.write(render_text(report, zone=zone, width=page.width or 80, style=page.style, reason=reason_of))


@command("monitor export --what changes --format parquet --output changes.parquet")
@click.option(
    "--what",
    type=click.Choice(["changes", "revisions", "statements", "verdicts"]),
    default="changes",
    show_default=True,
    help="Changes with their verdicts; revisions of every statement; present statements; what reviewers did.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help="What to write.")
@output_option
@document_option
@filter_options
@click.option("--at", metavar="WHEN", help="The statements as of this time (with --what statements).")
@click.option(
    "--baseline/--no-baseline", default=True, show_default=True, help="Include the content of the first snapshot."
)
@pass_session
def export_command(
    session: Session, /, *, what: str, form: str, output: Path | None, at: str | None, **filters: Any
) -> None:
    """Write changes, revisions, statements or verdicts as csv, jsonl, parquet or xlsx.

    The filters are those of `log`; for verdicts, times say when they were given. In csv, a cell that a spreadsheet
    would run as a formula begins with an apostrophe; jsonl and parquet are exact.
    """
    if output is None and form in BINARY:
        raise UsageError(f"{form} is binary: name a file with --output FILE")
    with session.monitor() as monitor:
        wanted = change_filter(session, monitor, filters)
        when = point(at, session.calendar(monitor, monitor.ledger.snapshots), end=True) if at else None
        if output is None:
            export(monitor, what, form, sys.stdout.buffer, wanted, when)
            return
        with written(output) as stream:
            done = export(monitor, what, form, stream, wanted, when)
    report_written(output)
    if done.cut:
        sys.stderr.write(f"monitor: {plural(done.cut, 'text')} longer than a cell takes: the end is cut\n")


@command("monitor feed --term ceasefire > ceasefire.atom")
@click.argument("document", required=False, shell_complete=completion.documents)
@click.option("--term", metavar="TERM", help="Only changes with this watch term of [review] watch.")
@source_option
@pass_session
def feed_command(session: Session, *, document: str | None, term: str | None, source: str | None) -> None:
    """Print an Atom feed of substantive changes.

    It has all of them, or those of one DOCUMENT, watch term or source. With [feeds] folder, each run writes feeds as
    files.
    """
    if len([one for one in (document, term, source) if one is not None]) > 1:
        raise UsageError("name a document, a term or a source, only one of them")
    with session.monitor() as monitor:
        write_bytes(feed(monitor, document, term, source))


@command("monitor evidence 3f2a91c0 --output evidence.zip")
@click.argument("identity", metavar="CHANGE", shell_complete=completion.changes)
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Write the archive to FILE, a zip file.",
)
@pass_session
def evidence_command(session: Session, *, identity: str, output: Path) -> None:
    """Write an archive that proves a change: both versions and the chain of hashes.

    CHANGE is the id of a change, or a beginning of it; `log` shows them. The README in the archive says how to check
    offline, with git and sha256sum, that a published head of the history holds these bytes.
    """
    with session.monitor() as monitor:
        found = collect_evidence(monitor, identity)
    with written(output) as stream:
        write_evidence(found, stream)
    report_written(output)


@command("monitor schema change")
@click.argument("name", type=click.Choice(["change"]))
def schema_command(*, name: str) -> None:
    """Print the JSON Schema of a record.

    It describes a change as every output gives it: log, run, show, report, export, preview, the API and Python.
    """
    write_bytes((files("monitor.reports") / "schemas" / f"{name}.json").read_bytes())
