"""`monitor show` a change or a statement's history, `blame` a document, `cat` its exact bytes."""

from __future__ import annotations

from collections.abc import Sequence

import click

from monitor.app import queries
from monitor.app.monitor import Monitor, every_snapshot
from monitor.app.queries import find_by_id
from monitor.cli import completion
from monitor.cli.console import (
    WHOLE,
    Page,
    Part,
    open_page,
    short,
    word_diff,
    write_bytes,
    write_change,
    write_json,
    write_records,
)
from monitor.cli.context import WHEN, Session, command, format_option, note_removed, pass_session
from monitor.core.time_expressions import LAST, point
from monitor.errors import UsageError
from monitor.model import Blame, Change, Document, Level, Reasons, Revision, SnapshotTime, StatementHistory
from monitor.reports.json import blame_json, change_json, statement_history_json
from monitor.reports.phrases import plural
from monitor.reports.views import edit_segments

_COPIES = 20  # of a statement's copies so many are listed


@command("monitor show 3f2a91c0 --why")
@click.argument("identity", metavar="ID", shell_complete=completion.changes_and_statements)
@click.option(
    "--why", is_flag=True, help="For a change, also show why its sides were linked, and why it was classified so."
)
@format_option("text", "json")
@pass_session
def show_command(session: Session, *, identity: str, why: bool, form: str) -> None:
    """Show one change, or the history of one statement.

    ID is the id of a change or a statement, or a unique beginning of it; `log` shows ids of changes,
    `blame` those of statements.
    """
    with session.monitor() as monitor:
        found = find_by_id(monitor.ledger, identity)
        note_removed(monitor, found.document)
        reasons = _reasons(monitor, found) if why else None
        copies = () if isinstance(found, Change) else monitor.pages.copies(found.statement, _COPIES)
        page = open_page(monitor.settings.zone)
        place = queries.comparison_addresses(monitor.ledger, monitor.settings.notify.link)
        address = place(found) if isinstance(found, Change) else ""
    if form == "json":
        shape = change_json(found) if isinstance(found, Change) else statement_history_json(found)
        write_json(shape if reasons is None else {**shape, "why": reasons._asdict()})
    elif isinstance(found, Change):
        _write_change(page, found, address)
        _write_reasons(page, found, reasons)
    else:
        _write_history(page, found, copies)


def _reasons(monitor: Monitor, found: Change | StatementHistory) -> Reasons:
    if isinstance(found, StatementHistory):
        raise UsageError(
            f"--why needs a change, and {short(found.statement)} is a statement; give the id of one of its changes"
        )
    # Both versions are read again: only --why needs the readers and the aligner
    from monitor.app import compare, read_documents

    return compare.explain_change(monitor.snapshots, found, read_documents.read_options(monitor.settings))


def _write_reasons(page: Page, change: Change, reasons: Reasons | None) -> None:
    if reasons is None:
        return
    page.line()
    for name, lines in (("linked by", reasons.link), ("judged by", reasons.kind)):
        _field(page, name, "; ".join(lines) or f"nothing: {_without_reasons(change)}")


def _without_reasons(change: Change) -> str:
    if change.level is Level.DOCUMENT:
        return "it happened to the document as a whole"
    if not (change.before and change.after):
        return "the text is on one side only"
    return "only the position differs"


def _write_change(page: Page, change: Change, address: str) -> None:
    page.line("change ", ("id", change.id))
    _field(page, "document", change.document)
    _field(page, "taken", f"{page.time(change.taken_at)}  snapshot {short(change.snapshot)}")
    _field(page, "recorded", page.time(change.recorded_at))
    _field(page, "significance", str(change.significance))
    if change.similarity is not None:
        _field(page, "similarity", f"{change.similarity:.2f}")
    for name, sides in (("before", change.before), ("after", change.after)):
        for side in sides:
            position = f"{side.document}, statement {side.ordinal + 1}"
            _field(page, name, f"{short(side.statement)}, revision {side.revision}; {position}")
    if address:
        _field(page, "comparison", address)
    page.line()
    write_change(page, change, kept=WHOLE)


def _write_history(page: Page, history: StatementHistory, copies: Sequence[tuple[str, str]]) -> None:
    page.line("statement ", ("id", history.statement))
    _field(page, "document", history.document)
    _field(page, "now", "present" if history.present else "removed")
    for alias in history.aliases:
        _field(page, "other id", alias)
    for statement, document in copies:
        _field(page, "copy", f"{short(statement)} in {document}")
    page.line()
    page.line(("label", plural(len(history.revisions), "revision")))
    for revision in history.revisions:
        _write_revision(page, revision)
    page.line()
    page.line(("label", plural(len(history.changes), "change")))
    for change in history.changes:
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


BESIDE = 80  # columns that a terminal must have for a statement to stand beside its dates


@command("monitor blame brief.txt --at 2026-01-31")
@click.argument("document", shell_complete=completion.documents)
@click.option("--at", "at", metavar="WHEN", help=f"The state at this time: {WHEN}.")
@format_option("text", "json", "jsonl")
@pass_session
def blame_command(session: Session, *, document: str, at: str | None, form: str) -> None:
    """Show when each statement was introduced and last revised.

    For each statement of DOCUMENT: its id, when it was introduced, when it was last revised, and its text.
    """
    with session.monitor() as monitor:
        ledger = monitor.ledger
        found = queries.find_document(ledger, document, monitor.settings.watched)
        note_removed(monitor, found.id, found.path)
        calendar = session.calendar(monitor, ledger.snapshots)
        when = point(at, calendar, end=True) if at is not None else None
        blamed = queries.blame_at(ledger, found, when)
        if form == "text":
            _write(open_page(monitor.settings.zone), found, blamed)
        else:
            write_records(map(blame_json, blamed), form)


def _write(page: Page, document: Document, blamed: Sequence[Blame]) -> None:
    if not blamed and not document.present:
        page.line(f"it was removed at {page.time(document.last_changed.taken_at)}: --at shows it at an earlier time")
    elif not blamed:
        page.line("no statements: it is empty, could not be read, or its format has no reader")
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


def _day(page: Page, at: SnapshotTime) -> str:
    return page.time(at.taken_at)[:10]


@command("monitor cat brief.txt --at 2026-01-31 > brief-then.txt")
@click.argument("document", shell_complete=completion.documents)
@click.option("--at", "at", metavar="WHEN", help=f"The version at this time (default: the last snapshot): {WHEN}.")
@pass_session
def cat_command(session: Session, *, document: str, at: str | None) -> None:
    """Print a document's exact bytes at a time."""
    with session.monitor() as monitor:
        store = monitor.snapshots
        calendar = session.calendar(monitor, lambda: every_snapshot(store))
        when = point(at, calendar, end=True) if at is not None else LAST
        note_removed(monitor, document)
        write_bytes(queries.bytes_at(store, monitor.ledger, document, when, monitor.settings.watched))
