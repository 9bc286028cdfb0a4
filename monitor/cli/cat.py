"""`monitor cat`: a document's exact bytes as they were."""

from __future__ import annotations

import click

from monitor.cli.options import TEXT, WHEN, verb
from monitor.cli.output import write_bytes
from monitor.cli.session import Session, pass_session


@verb("monitor cat brief.txt --at 2026-01-31 > brief-then.txt")
@click.argument("document", type=TEXT)
@click.option("--at", "at", metavar="WHEN", default="0m", help=f"As of then (default: now): {WHEN}.")
@pass_session
def command(session: Session, *, document: str, at: str) -> None:
    """Print a document's exact bytes as they were."""
    from monitor.runs import queries

    with session.monitor() as monitor:
        store = monitor.snapshots
        when = queries.point(at, session.calendar(monitor, lambda: queries.every_snapshot(store)), end=True)
        write_bytes(queries.bytes_at(store, monitor.ledger, document, when, monitor.settings.watch.folder))
