"""`monitor search`: statements, present or past, by their words."""

from __future__ import annotations

import click

from monitor.cli.options import AT_LEAST_ONE, format_option, pass_session, verb
from monitor.cli.output import write_records
from monitor.cli.page import open_page, short, shortened
from monitor.cli.session import Session
from monitor.reports.json import found_json


@verb("monitor search stabilisation force")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", metavar="N", type=AT_LEAST_ONE, default=100, show_default=True, help="No more than N.")
@format_option("text", "json", "jsonl")
@pass_session
def command(session: Session, *, words: tuple[str, ...], limit: int, form: str) -> None:
    """Find statements, present or past, by their words.

    A statement is found in each of its revisions that holds all the words.
    """
    with session.monitor() as monitor:
        found = monitor.ledger.search(" ".join(words), limit)
        if form != "text":
            write_records(map(found_json, found), form)
            return
        page = open_page(monitor.settings.zone)
        for hit in found:
            state = "stands now" if hit.present else "past"
            facts = f"  {page.time(hit.since.taken_at)}  revision {hit.revision}  {state}"
            page.line(("label", hit.document), ("muted", facts), "  ", ("id", short(hit.statement)))
            page.line(shortened(hit.text), indent=4)
        if not found:
            page.line("no statement holds all these words")
        elif len(found) == limit:
            page.line(f"the first {limit}; --limit asks for more")
