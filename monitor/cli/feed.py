"""`monitor feed`: an Atom feed on standard output."""

from __future__ import annotations

import click

from monitor.cli.options import pass_session, verb
from monitor.cli.output import write_bytes
from monitor.cli.session import Session
from monitor.errors import UsageError


@verb("monitor feed --term ceasefire > ceasefire.atom")
@click.argument("document", required=False)
@click.option("--term", metavar="TERM", help="Only what holds this watch term of [review] watch.")
@pass_session
def command(session: Session, *, document: str | None, term: str | None) -> None:
    """Print an Atom feed of substantive changes.

    Of all of them, of one DOCUMENT, or of one watch term. With [feeds] folder a run writes them as files.
    """
    from monitor.app.publish import feed

    if document is not None and term is not None:
        raise UsageError("name a document or a term, not both")
    with session.monitor() as monitor:
        write_bytes(feed(monitor, document, term))
