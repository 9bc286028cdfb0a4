"""`monitor forget`: take a document out of everything that the store holds."""

from __future__ import annotations

import click

from monitor.app.forget import finish_interrupted, forget, plan_forget
from monitor.app.monitor import open_monitor
from monitor.cli import completion
from monitor.cli.console import open_page
from monitor.cli.context import Session, command, parse_time, pass_session, progress, seconds
from monitor.cli.review import reviewer
from monitor.errors import UsageError
from monitor.reports.phrases import plural


@command("monitor forget person.txt --reason 'request of 3 March'")
@click.argument("document", metavar="DOCUMENT", shell_complete=completion.documents)
@click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept with the tombstone.")
@click.option("--since", metavar="WHEN", help="Only versions that were first seen from then on.")
@click.option("--until", metavar="WHEN", help="Only versions that were first seen until then.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--wait", metavar="SECONDS", type=seconds, default=0, help="Wait up to SECONDS for another run to end.")
@pass_session
def forget_command(
    session: Session, *, document: str, reason: str, since: str | None, until: str | None, yes: bool, wait: float
) -> None:
    """Take a document, or its versions of a time, out of every snapshot, the ledger and all that was written.

    The history is written again, so that ids of snapshots change. A tombstone stays: who, when, why, and which
    hashes. What cannot be reached is listed. There is no way back.
    """
    settings = session.recorded()
    if not reason.strip():
        raise UsageError("--reason: say why; it is kept with the tombstone")
    first, last = parse_time("--since", since, settings), parse_time("--until", until, settings, end=True)
    page = open_page(settings.zone)
    with progress() as report_progress:
        finished = finish_interrupted(settings, wait, report_progress)
    with open_monitor(settings) as monitor:
        try:
            plan, who = plan_forget(monitor, document, first, last), reviewer(monitor, None)
        except UsageError as error:
            if not str(error).startswith(tuple(finished)):  # it is about another document
                raise
            page.line(f"{document}: forgotten, what was interrupted is finished; `monitor verify` checks the store")
            return
    page.line(f"{plan.document.path}: {plural(len(plan.blobs), 'version')} will be taken out of the store for good")
    if plan.comments:
        page.line(f"{plural(len(plan.comments), 'comment')} of reviewers will lose what it holds", indent=2)
    for line in plan.unreachable:
        page.line(f"out of reach: {line}", indent=2)
    if not yes:
        _ask()
    with progress() as report_progress:
        done = forget(settings, document, reason, who, since=first, until=last, wait=wait, progress=report_progress)
    count = plural(len(done.blobs), "version")
    page.line(f"{done.document.path}: {count} forgotten; `monitor verify` checks the store")


def _ask() -> None:
    """Go on only where somebody says so."""
    try:
        agreed = click.confirm("Go on?", err=True)
    except click.Abort as ended:
        if isinstance(ended.__context__, EOFError):
            raise UsageError("nobody answered, so nothing was taken out; with --yes nobody is asked") from None
        raise
    if not agreed:
        raise UsageError("nothing was taken out, as you said")
