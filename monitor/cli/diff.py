"""`monitor diff`: two snapshots or dates held against each other."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from monitor.cli.options import exit_code_option, format_option, pass_session, verb
from monitor.cli.output import Record, write_records
from monitor.cli.page import Page, open_page
from monitor.cli.prose import write_documents
from monitor.cli.session import Session
from monitor.model import Change
from monitor.reports.json import change_json

if TYPE_CHECKING:
    from monitor.app.compare import Content, DocumentDiff

RECORDED = (
    "id",
    "snapshot",
    "taken_at",
    "recorded_at",
    "document_id",
    "group",
    "baseline",
    "technical_upgrade",
    "absent_since",
)
"""What only a change in the ledger has; the rest of its shape is a difference's as well."""


@verb("monitor diff 2026-01-01 7d brief.txt")
@click.argument("before")
@click.argument("after")
@click.argument("document", required=False)
@format_option("text", "json", "jsonl", "unified")
@exit_code_option("something differs")
@pass_session
def command(session: Session, *, before: str, after: str, document: str | None, form: str, exit_code: bool) -> int:
    """Compare two snapshots or dates.

    BEFORE and AFTER are a date or time, an age such as 7d, or a snapshot's id; a date stands for the end of its day.
    A DOCUMENT that was renamed in between is compared with itself.
    """
    from monitor.app import queries
    from monitor.app.read_documents import how_of

    with session.monitor() as monitor:
        store, ledger = monitor.snapshots, monitor.ledger
        calendar = session.calendar(monitor, lambda: queries.every_snapshot(store))
        old, new = (queries.point(text, calendar, end=True) for text in (before, after))
        found = queries.find_document(ledger, document, monitor.settings.watch.folder) if document is not None else None
        documents = queries.diff(store, ledger, old, new, found, how_of(monitor.settings))
        if form == "unified":
            _write_unified(documents)
        elif form == "text":
            _write(open_page(monitor.settings.zone), documents)
        else:
            write_records((_shape(change) for one in documents for change in one.changes), form)
    return 1 if exit_code and any(one.changes for one in documents) else 0


def _write(page: Page, documents: Iterable[DocumentDiff]) -> None:
    changes = [change for document in documents for change in document.changes]
    if changes:
        write_documents(page, changes, fold=True)
    else:
        page.line("no statement differs")


def _write_unified(documents: Iterable[DocumentDiff]) -> None:
    from monitor.core.diff.unified import Version, unified

    def version(content: Content | None) -> Version | None:
        if content is None:
            return None
        return Version(content.path, [statement.text for statement in content.statements or ()])

    sys.stdout.write(unified((version(one.before), version(one.after)) for one in documents))


def _shape(change: Change) -> Record:
    shape = change_json(change)
    for key in RECORDED:
        del shape[key]
    for side in (*shape["before"], *shape["after"]):
        del side["statement"], side["revision"]
    return shape
