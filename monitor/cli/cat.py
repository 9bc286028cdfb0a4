"""`monitor cat`: a document's exact bytes as they were."""

from __future__ import annotations

import click

from monitor.cli.options import WHEN, pass_session, verb
from monitor.cli.output import write_bytes
from monitor.cli.session import Session


@verb("monitor cat brief.txt --at 2026-01-31 > brief-then.txt")
@click.argument("document")
@click.option("--at", "at", metavar="WHEN", help=f"As of then (default: the last snapshot): {WHEN}.")
@pass_session
def command(session: Session, *, document: str, at: str | None) -> None:
    """Print a document's exact bytes as they were."""
    from monitor.app import queries

    with session.monitor() as monitor:
        store = monitor.snapshots
        calendar = session.calendar(monitor, lambda: queries.every_snapshot(store))
        when = queries.point(at, calendar, end=True) if at is not None else queries.LAST
        write_bytes(queries.bytes_at(store, monitor.ledger, document, when, monitor.settings.watch.folder))
