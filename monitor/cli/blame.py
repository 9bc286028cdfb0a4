"""`monitor blame`: when each statement of a document came, and when it was last revised."""

from __future__ import annotations

from collections.abc import Sequence

import click

from monitor.cli.options import WHEN, format_option, pass_session, verb
from monitor.cli.output import write_records
from monitor.cli.page import Page, Part, open_page, short
from monitor.cli.session import Session
from monitor.model import Blame, Document, Moment
from monitor.reports.json import blame_json

BESIDE = 80  # columns that a terminal must have for a statement to stand beside its dates


@verb("monitor blame brief.txt --at 2026-01-31")
@click.argument("document")
@click.option("--at", "at", metavar="WHEN", help=f"As it was then: {WHEN}.")
@format_option("text", "json", "jsonl")
@pass_session
def command(session: Session, *, document: str, at: str | None, form: str) -> None:
    """Show when each statement came and was last revised.

    For each statement of DOCUMENT: its id, when it was introduced, when it was last revised, and its text.
    """
    from monitor.app import queries

    with session.monitor() as monitor:
        ledger = monitor.ledger
        found = queries.find_document(ledger, document, monitor.settings.watch.folder)
        calendar = session.calendar(monitor, ledger.snapshots)
        when = queries.point(at, calendar, end=True) if at is not None else None
        blamed = queries.blame_at(ledger, found, when)
        if form == "text":
            _write(open_page(monitor.settings.zone), found, blamed)
        else:
            write_records(map(blame_json, blamed), form)


def _write(page: Page, document: Document, blamed: Sequence[Blame]) -> None:
    if not blamed and not document.present:
        page.line(f"it went at {page.time(document.last_changed.taken_at)}: name a moment before with --at")
    elif not blamed:
        page.line("no statements: it is empty, could not be read, or its format has no extractor")
    if not blamed:
        return
    page.line(("muted", "statement   introduced  last revised"))
    for line in blamed:
        revised = f"{_day(page, line.revised)} #{line.revisions}" if line.revised else ""
        lead: list[Part] = [
            ("id", f"{short(line.statement):<10}  "),
            f"{_day(page, line.introduced)}  ",
            ("revised", f"{revised:<14} "),
        ]
        if page.width is None or page.width >= BESIDE:
            page.line(line.text, lead=lead)
        else:
            page.line(*lead)
            page.line(line.text, indent=4)


def _day(page: Page, moment: Moment) -> str:
    return page.time(moment.taken_at)[:10]
