"""`monitor rebuild`: the ledger again from the snapshots."""

from __future__ import annotations

import click

from monitor.cli.options import fan_options, pass_session, seconds, verb
from monitor.cli.page import many, open_page
from monitor.cli.progress import progress
from monitor.cli.session import Session


@verb("monitor rebuild")
@click.option("--wait", metavar="SECONDS", type=seconds, default=0, help="Wait so long for another run to end.")
@fan_options
@pass_session
def command(session: Session, *, wait: float, jobs: int, cluster: str | None) -> None:
    """Make the ledger again from the snapshots.

    The new ledger equals the old one in every row, where that one was sound. What people said is kept.
    """
    from monitor.app.maintenance import rebuild
    from monitor.app.read_documents import Fan
    from monitor.cli.summary import write_told_first

    settings = session.recorded()
    with progress() as tell:
        rebuilt = rebuild(settings, tell, wait, Fan(jobs, cluster))
    counts = rebuilt.counts
    what = ", ".join(
        [many(counts.snapshots, "snapshot"), many(counts.documents, "document"), many(counts.changes, "change")]
    )
    page = open_page(settings.zone)
    page.line(f"rebuilt the ledger: {what}")
    write_told_first(page, rebuilt.told)
    if rebuilt.message:
        page.line(f"  {rebuilt.message}")
