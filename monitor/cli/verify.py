"""`monitor verify`: are the snapshots intact, and is the ledger what they say?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.cli.options import format_option, pass_session, verb
from monitor.cli.output import Record, write_records
from monitor.cli.page import Page, open_page
from monitor.cli.progress import progress
from monitor.cli.session import Session
from monitor.errors import StoreError

if TYPE_CHECKING:
    from monitor.app.maintenance import Finding


@verb("monitor verify")
@format_option("text", "json", "jsonl")
@pass_session
def command(session: Session, *, form: str) -> int:
    """Check the snapshots, the ledger against them, and verdicts against their branch.

    Every object of every snapshot is read, the ledger is compared with a fold of them from nothing, and verdicts and
    comments with the branch that keeps them. Exits with 4 where something is damaged, or where the ledger is missing,
    lacks snapshots or holds others.
    """
    from monitor.app.maintenance import verify

    settings = session.recorded()
    with progress() as tell:
        findings = verify(settings, tell)
    if form == "text":
        _write(open_page(settings.zone), findings)
    else:
        write_records(map(_shape, findings), form)
    return StoreError.exit_status if findings else 0


def _write(page: Page, findings: Sequence[Finding]) -> None:
    for finding in findings:
        page.line(f"{finding.what}: {finding.message}", lead=[("failed", "! ")])
        for document in finding.documents:
            page.line(document, indent=4)
    if not findings:
        page.line("every snapshot is intact, the ledger is what they say, and verdicts are those of their branch")


def _shape(finding: Finding) -> Record:
    return {"what": finding.what, "message": finding.message, "documents": list(finding.documents)}
