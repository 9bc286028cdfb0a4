"""`monitor recover`: back to the last good snapshot."""

from __future__ import annotations

import click

from monitor.cli.options import format_option, pass_session, seconds, verb
from monitor.cli.output import write_json
from monitor.cli.page import many, open_page, short
from monitor.cli.session import Session
from monitor.reports.json import snapshot_json


@verb("monitor recover")
@click.option("--wait", metavar="SECONDS", type=seconds, default=0, help="Wait so long for another run to end.")
@format_option("text", "json")
@pass_session
def command(session: Session, *, wait: float, form: str) -> None:
    """Go back to the last good snapshot where the newest is damaged.

    What the branch named is kept under a ref of its own, refs/monitor/aside/<time>, and no object is deleted. The next
    run records the folder as it is then, and makes the ledger anew. A head that is sound stays where it is.
    """
    from monitor.app.run import recover

    settings = session.recorded()
    done = recover(settings, wait)
    if form == "json":
        write_json(
            {
                "recovered": done is not None,
                "damage": done.damage if done else None,
                "snapshot": snapshot_json(done.snapshot) if done else None,
                "aside": done.aside if done else None,
                "left": list(done.left) if done else [],
            }
        )
        return
    page = open_page(settings.zone)
    if done is None:
        page.line("the last snapshot is sound: there is nothing to recover")
        return
    page.line(done.damage, lead=[("failed", "! ")])
    page.line(f"went back to snapshot {short(done.snapshot.id)} of {page.time(done.snapshot.taken_at)}")
    if done.aside:
        page.line(f"the damaged head is kept as {done.aside}")
    for one in done.left:
        page.line(f"snapshot {one} is not in the history any more")
    page.line(f"{many(len(done.left), 'snapshot')} left out; `monitor run` goes on from here")
