"""`monitor show`: one change, or one statement's whole life."""

from __future__ import annotations

import click

from monitor.cli.options import format_option, verb
from monitor.cli.output import write_json
from monitor.cli.page import Page, many, open_page, short
from monitor.cli.prose import WHOLE, word_diff, write_change
from monitor.cli.session import Session, pass_session
from monitor.model import Change, Life, Revision
from monitor.reports.segments import edit_segments
from monitor.reports.shapes import change_json, life_json


@verb("monitor show 3f2a91c0")
@click.argument("identity", metavar="ID")
@format_option("text", "json")
@pass_session
def command(session: Session, *, identity: str, form: str) -> None:
    """Show one change, or one statement's whole life.

    ID is the id of a change or a statement, or a beginning of it that no other one has; `log` shows ids of changes,
    `blame` those of statements.
    """
    from monitor.runs.queries import shown

    with session.monitor() as monitor:
        found = shown(monitor.ledger, identity)
        if form == "json":
            write_json(change_json(found) if isinstance(found, Change) else life_json(found))
        elif isinstance(found, Change):
            _write_change(open_page(monitor.settings.zone), found)
        else:
            _write_life(open_page(monitor.settings.zone), found)


def _write_change(page: Page, change: Change) -> None:
    page.line("change ", ("id", change.id))
    _field(page, "document", change.document)
    _field(page, "taken", f"{page.time(change.taken_at)}  snapshot {short(change.snapshot)}")
    _field(page, "recorded", page.time(change.recorded_at))
    _field(page, "significance", str(change.significance))
    if change.similarity is not None:
        _field(page, "similarity", f"{change.similarity:.2f}")
    for name, sides in (("before", change.before), ("after", change.after)):
        for side in sides:
            place = f"{side.document}, statement {side.ordinal + 1}"
            _field(page, name, f"{short(side.statement)}, revision {side.revision}; {place}")
    page.line()
    write_change(page, change, kept=WHOLE)


def _write_life(page: Page, life: Life) -> None:
    page.line("statement ", ("id", life.statement))
    _field(page, "document", life.document)
    _field(page, "now", "present" if life.present else "gone")
    for alias in life.aliases:
        _field(page, "also named", alias)
    page.line()
    page.line(("label", many(len(life.revisions), "revision")))
    for revision in life.revisions:
        _write_revision(page, revision)
    page.line()
    page.line(("label", many(len(life.changes), "change")))
    for change in life.changes:
        page.line(f"{page.time(change.taken_at)}  snapshot ", ("id", short(change.snapshot)), f"  {change.document}")
        write_change(page, change, kept=WHOLE)


def _write_revision(page: Page, revision: Revision) -> None:
    page.line(f"since {page.time(revision.since.taken_at)}", lead=[("label", f"{revision.number:>3} ")])
    if revision.edits:
        page.line(*word_diff(page, edit_segments(revision.edits)), indent=4)
    else:
        page.line(revision.text, indent=4)


def _field(page: Page, name: str, value: str) -> None:
    page.line(value, lead=[("muted", f"{name:<13}")])
