"""`monitor evidence`: an archive by which anybody can check a change, without the monitor."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.options import pass_session, verb
from monitor.cli.output import tell_written, written
from monitor.cli.session import Session


@verb("monitor evidence 3f2a91c0 --output evidence.zip")
@click.argument("identity", metavar="CHANGE")
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Write the archive to FILE, a zip file.",
)
@pass_session
def command(session: Session, *, identity: str, output: Path) -> None:
    """Write what proves a change to others: both versions and the chain of hashes.

    CHANGE is the id of a change, or a beginning of it; `log` shows them. The README in the archive says how to check
    offline, with git and sha256sum, that a published head of the history holds these bytes.
    """
    from monitor.app.evidence import evidence
    from monitor.reports.evidence import write_evidence

    with session.monitor() as monitor:
        found = evidence(monitor, identity)
    with written(output) as stream:
        write_evidence(found, stream)
    tell_written(output)
