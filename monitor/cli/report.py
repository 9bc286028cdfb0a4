"""`monitor report`, `export`, `feed` and `evidence`."""

from __future__ import annotations

import sys
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from monitor.app import queries
from monitor.app.evidence import collect_evidence
from monitor.app.publish import feed
from monitor.app.queries import statement_histories
from monitor.app.review_queue import hidden_changes
from monitor.cli.console import open_page, report_written, write_bytes, write_text, written
from monitor.cli.context import WHEN, Session, command, format_option, pass_session
from monitor.errors import UsageError
from monitor.ledger.queries import LedgerQueries
from monitor.model import REPORT_FORMATS, ChangeFilter, Report
from monitor.reports import render
from monitor.reports.evidence import write_evidence
from monitor.reports.export import FORMATS, export_changes, export_revisions
from monitor.reports.text import render as render_text


@command("monitor report --since 7d --format html --output report.html")
@click.option(
    "--since",
    metavar="WHEN",
    help=f"Only changes from this time on (default: everything): {WHEN} (what came after it).",
)
@click.option("--until", metavar="WHEN", help="Only changes up to this time; a date includes its whole day.")
@format_option(*REPORT_FORMATS)
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it to FILE.")
@pass_session
def report_command(session: Session, *, since: str | None, until: str | None, form: str, output: Path | None) -> None:
    """Write a report over a period.

    It begins with what could not be read. Substantive changes follow, by document; then moves, restorations, editorial
    changes, and what ignore rules hide.
    """
    with session.monitor() as monitor:
        ledger, zone = monitor.ledger, monitor.settings.zone
        calendar = session.calendar(monitor, ledger.snapshots)
        report = queries.report(ledger, calendar, since, until, partial(hidden_changes, monitor))
        if output is not None:
            write_text(output, render(report, form, zone=zone))
            report_written(output)
        elif form == "text":
            _write_text(report, zone)
        else:
            sys.stdout.write(render(report, form, zone=zone))


def _write_text(report: Report, zone: tzinfo) -> None:
    page = open_page(zone)
    sys.stdout.write(render_text(report, zone=zone, width=page.width or 80, style=page.style))


@command("monitor export --what changes --format parquet --output changes.parquet")
@click.option(
    "--what",
    type=click.Choice(["changes", "revisions"]),
    default="changes",
    show_default=True,
    help="Every change, also of the first snapshot; or every revision of every statement.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help="What to write.")
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it to FILE.")
@pass_session
def export_command(session: Session, *, what: str, form: str, output: Path | None) -> None:
    """Write changes or revisions as csv, jsonl or parquet.

    In csv, a cell that a spreadsheet would run as a formula begins with an apostrophe; jsonl and parquet are exact.
    """
    with session.monitor() as monitor:
        if output is not None:
            with written(output) as stream:
                _export(monitor.ledger, what, form, stream)
            report_written(output)
        elif form == "parquet":
            raise UsageError("parquet is binary: name a file with --output FILE")
        else:
            _export(monitor.ledger, what, form, sys.stdout.buffer)


def _export(ledger: LedgerQueries, what: str, form: str, stream: BinaryIO) -> None:
    if what == "changes":
        export_changes(ledger.changes(ChangeFilter(baseline=True)), form, stream)
    else:
        export_revisions(statement_histories(ledger), form, stream)


@command("monitor feed --term ceasefire > ceasefire.atom")
@click.argument("document", required=False)
@click.option("--term", metavar="TERM", help="Only changes with this watch term of [review] watch.")
@pass_session
def feed_command(session: Session, *, document: str | None, term: str | None) -> None:
    """Print an Atom feed of substantive changes.

    It has all of them, those of one DOCUMENT, or those of one watch term. With [feeds] folder, each run writes feeds as
    files.
    """
    if document is not None and term is not None:
        raise UsageError("name a document or a term, not both")
    with session.monitor() as monitor:
        write_bytes(feed(monitor, document, term))


@command("monitor evidence 3f2a91c0 --output evidence.zip")
@click.argument("identity", metavar="CHANGE")
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
