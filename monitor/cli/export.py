"""`monitor export`: changes and revisions as tables for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from monitor.cli.options import pass_session, verb
from monitor.cli.output import tell_written, written
from monitor.cli.session import Session
from monitor.errors import UsageError
from monitor.model import ChangeFilter

if TYPE_CHECKING:
    from monitor.ports import LedgerQueries

FORMS = ("csv", "jsonl", "parquet")


@verb("monitor export --what changes --format parquet --output changes.parquet")
@click.option(
    "--what",
    type=click.Choice(["changes", "revisions"]),
    default="changes",
    show_default=True,
    help="Every change, what the first snapshot held too; or every revision of every statement.",
)
@click.option("--format", "form", type=click.Choice(FORMS), default="csv", show_default=True, help="What to write.")
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it to FILE.")
@pass_session
def command(session: Session, *, what: str, form: str, output: Path | None) -> None:
    """Write changes or revisions as csv, jsonl or parquet.

    In csv, a cell that a spreadsheet would run as a formula begins with an apostrophe; jsonl and parquet are exact.
    """
    with session.monitor() as monitor:
        if output is not None:
            with written(output) as stream:
                _export(monitor.ledger, what, form, stream)
            tell_written(output)
        elif form == "parquet":
            raise UsageError("parquet is no text: name a file with --output FILE")
        else:
            _export(monitor.ledger, what, form, sys.stdout.buffer)


def _export(ledger: LedgerQueries, what: str, form: str, stream: BinaryIO) -> None:
    from monitor.app.queries import lives
    from monitor.reports.export import export_changes, export_revisions

    if what == "changes":
        export_changes(ledger.changes(ChangeFilter(baseline=True)), form, stream)
    else:
        export_revisions(lives(ledger), form, stream)
