"""`monitor review list`, `next`, `history` and `orphans`: what waits, and what was said."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.options import AT_LEAST_ONE, WHEN, format_option, one_of, pass_session, several, verb
from monitor.cli.output import write_json, write_records
from monitor.cli.page import open_page
from monitor.cli.progress import progress
from monitor.cli.reviewer import as_option, reviewer
from monitor.cli.session import Session
from monitor.core.review.events import UNREVIEWED, VERDICTS, QueueFilter
from monitor.model import Aspect, ChangeKind, Significance
from monitor.reports.json import entry_json, event_json, orphan_json

if TYPE_CHECKING:
    from monitor.app.monitor import Monitor

KINDS = [kind for kind in ChangeKind if kind is not ChangeKind.UNCHANGED]


@verb("monitor review list contracts/lease.md --verdict flagged --since 7d")
@click.argument("document", required=False)
@click.option("--kind", "kinds", multiple=True, metavar="KIND", type=one_of(KINDS), help=several("kinds", KINDS))
@click.option(
    "--aspect", "aspects", multiple=True, metavar="ASPECT", type=one_of(Aspect), help=several("aspects", Aspect)
)
@click.option("--significance", type=one_of(Significance), help="Only editorial or only substantive ones.")
@click.option("--since", metavar="WHEN", help=f"From then on: {WHEN}.")
@click.option("--until", metavar="WHEN", help="Up to then, a date's whole day.")
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    metavar="VERDICT",
    type=one_of([*VERDICTS, "all"]),
    help=f"With this verdict: {', '.join(VERDICTS)} (the default), or all.",
)
@click.option("--words", metavar="WORDS", help="Whose statement, before or after, holds all the words.")
@click.option("--assignee", metavar="NAME", help="Assigned to NAME; '' for nobody.")
@click.option("--term", metavar="TERM", help="With this watch term of [review] watch.")
@click.option("--folded", is_flag=True, help="What ignore rules folded, instead of the queue.")
@click.option("--limit", metavar="N", type=AT_LEAST_ONE, default=20, show_default=True, help="No more than N lines.")
@click.option("--after", metavar="CURSOR", help="What follows; the end of a list says what to give.")
@format_option("text", "json", "jsonl")
@pass_session
def list_(session: Session, /, *, limit: int, after: str | None, form: str, **wanted: Any) -> None:
    """List what waits for a verdict, the heaviest first.

    DOCUMENT is a path relative to the watched folder, present or past.
    """
    from monitor.app import review
    from monitor.cli.reviewprose import write_counts, write_entry

    with session.monitor() as monitor:
        with progress() as tell:
            review.refresh(monitor, tell)
        asked = _filter(session, monitor, wanted)
        page = review.queue(monitor, asked, after=after, limit=limit)
        if form == "json":
            write_json({"entries": [entry_json(entry) for entry in page.entries], "next": page.next})
            return
        if form == "jsonl":
            write_records(map(entry_json, page.entries), form)
            return
        out = open_page(monitor.settings.zone)
        for entry in page.entries:
            write_entry(out, entry)
            out.line()
        write_counts(out, review.counts(monitor, asked))
        if page.next is not None:
            out.line(("muted", f"for more: --after {page.next}"))


def _filter(session: Session, monitor: Monitor, said: dict[str, Any]) -> QueueFilter:
    from monitor.app import queries
    from monitor.model import ChangeFilter

    calendar = session.calendar(monitor, monitor.ledger.snapshots)
    since = queries.point(said["since"], calendar, end=False).at if said["since"] else None
    until = queries.bounded(ChangeFilter(), calendar, None, said["until"]).until
    verdicts = said["verdicts"] or (UNREVIEWED,)
    return QueueFilter(
        document=said["document"],
        kinds=frozenset(map(ChangeKind, said["kinds"])),
        aspects=frozenset(map(Aspect, said["aspects"])),
        significance=Significance(said["significance"]) if said["significance"] else None,
        since=since,
        until=until,
        verdicts=frozenset() if "all" in verdicts else frozenset(verdicts),
        words=said["words"],
        assignee=said["assignee"],
        term=said["term"],
        folded=said["folded"],
    )


@verb("monitor review next --as Ada")
@as_option
@format_option("text", "json", "jsonl")
@pass_session
def next_(session: Session, *, name: str | None, form: str) -> None:
    """Show the heaviest change that waits; in a terminal decide on one after the other, a key for each.

    The keys: a accept, f flag, d dismiss, c comment, u undo, j or space the next one, k the one before, h its history,
    q quit.
    """
    from monitor.app import review
    from monitor.cli.reviewprose import write_entry

    with session.monitor() as monitor:
        with progress() as tell:
            review.refresh(monitor, tell)
        page = open_page(monitor.settings.zone)
        if form == "text" and sys.stdin.isatty() and page.width is not None:
            from monitor.cli.reviewkeys import review_by_keys

            review_by_keys(monitor, page, reviewer(monitor, name))
            return
        entries = review.queue(monitor, limit=1).entries
        if form != "text":
            write_records(map(entry_json, entries), form)
            return
        for entry in entries:
            write_entry(page, entry, parts=True)
        if not entries:
            page.line("nothing waits for a verdict")


@verb("monitor review history 41ae716255")
@click.argument("change", metavar="ID")
@format_option("text", "json", "jsonl")
@pass_session
def history(session: Session, *, change: str, form: str) -> None:
    """Show everything that was said of a change, oldest first; nothing is ever overwritten."""
    from monitor.app import review
    from monitor.cli.reviewprose import write_events

    with session.monitor() as monitor:
        events = review.history(monitor, change)
        if form != "text":
            write_records(map(event_json, events), form)
            return
        page = open_page(monitor.settings.zone)
        write_events(page, events)
        if not events:
            page.line("nobody has said anything of this change")


@verb("monitor review orphans --format jsonl")
@format_option("text", "json", "jsonl")
@pass_session
def orphans(session: Session, *, form: str) -> None:
    """List verdicts whose change is gone, after an upgrade of the rules or another history."""
    from monitor.app import review
    from monitor.cli.reviewprose import write_orphan

    with session.monitor() as monitor:
        found = review.orphans(monitor)
        if form != "text":
            write_records(map(orphan_json, found), form)
            return
        page = open_page(monitor.settings.zone)
        for orphan in found:
            write_orphan(page, orphan)
        if not found:
            page.line("no verdict is orphaned")
