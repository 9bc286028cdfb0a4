"""`monitor report`: a report over a period or since a snapshot."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import WHEN, format_option, pass_session, verb
from monitor.cli.output import tell_written, write_text
from monitor.cli.page import open_page
from monitor.cli.session import Session

if TYPE_CHECKING:
    from datetime import tzinfo

    from monitor.model import Report


@verb("monitor report --since 7d --format html --output report.html")
@click.option("--since", metavar="WHEN", help=f"From then on (default: everything): {WHEN} (what came after it).")
@click.option("--until", metavar="WHEN", help="Up to then, a date's whole day.")
@format_option("text", "markdown", "json", "html")
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it to FILE.")
@pass_session
def command(session: Session, *, since: str | None, until: str | None, form: str, output: Path | None) -> None:
    """Write a report over a period.

    It leads with what could not be read, then the substantive changes by document; moves, restorations and
    editorial changes follow.
    """
    from monitor.app import queries
    from monitor.reports import render

    with session.monitor() as monitor:
        ledger, zone = monitor.ledger, monitor.settings.zone
        report = queries.report(ledger, session.calendar(monitor, ledger.snapshots), since, until)
        if output is not None:
            write_text(output, render(report, form, zone=zone))
            tell_written(output)
        elif form == "text":
            _write_text(report, zone)
        else:
            sys.stdout.write(render(report, form, zone=zone))


def _write_text(report: Report, zone: tzinfo) -> None:
    from monitor.reports.text import render

    page = open_page(zone)
    sys.stdout.write(render(report, zone=zone, width=page.width or 80, style=page.style))
