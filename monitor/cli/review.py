"""`monitor review`: list the queue, and give, undo and show verdicts."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from monitor.app import queries, review
from monitor.app.monitor import Monitor
from monitor.app.review import sync_branch
from monitor.cli import completion
from monitor.cli.console import open_page, write_json, write_records
from monitor.cli.context import (
    AT_LEAST_ONE,
    WHEN,
    Decorated,
    Session,
    command,
    format_option,
    kind_options,
    now,
    one_of,
    pass_session,
    progress,
)
from monitor.cli.filters import announced_option, source_option
from monitor.cli.review_console import review_by_keys, write_counts, write_entry, write_events, write_orphan
from monitor.core.review.events import UNREVIEWED, VERDICTS, Act, QueueFilter, ReviewResult, Verdict
from monitor.core.time_expressions import point
from monitor.model import Aspect, ChangeFilter, ChangeKind, Significance
from monitor.reports.phrases import plural
from monitor.reports.review_json import done_json, entry_json, event_json, orphan_json


def as_option(function: Decorated) -> Decorated:
    """`--as NAME`."""
    lines = "Your name as a reviewer (default: [review] reviewer, else your login name)."
    return click.option("--as", "name", metavar="NAME", help=lines)(function)


def reviewer(monitor: Monitor, name: str | None) -> str:
    """Who reviews: as said, as configured, or who is logged in; empty where nobody knows."""
    if name is not None:
        return name
    if monitor.settings.review.reviewer:
        return monitor.settings.review.reviewer

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@command("monitor review list contracts/lease.md --verdict flagged --since 7d")
@click.argument("document", required=False, shell_complete=completion.documents)
@kind_options
@click.option("--since", metavar="WHEN", help=f"Only changes from this time on: {WHEN}.")
@click.option("--until", metavar="WHEN", help="Only changes up to this time; a date includes its whole day.")
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    metavar="VERDICT",
    type=one_of([*VERDICTS, "all"]),
    help=f"Only with this verdict: {', '.join(VERDICTS)}, or all (default: unreviewed).",
)
@click.option("--words", metavar="WORDS", help="Only changes whose statement, before or after, contains all the words.")
@click.option("--assignee", metavar="NAME", help="Only those assigned to NAME; '' for nobody.")
@click.option("--term", metavar="TERM", help="Only with this watch term of [review] watch.")
@source_option
@announced_option
@click.option("--folded", is_flag=True, help="Show what ignore rules hide, instead of the queue.")
@click.option("--limit", metavar="N", type=AT_LEAST_ONE, default=20, show_default=True, help="Show at most N lines.")
@click.option("--after", metavar="CURSOR", help="Continue a list; its last line says with which value.")
@format_option("text", "json", "jsonl")
@pass_session
def list_(session: Session, /, *, limit: int, after: str | None, form: str, **wanted: Any) -> None:
    """List the changes to review, newest day first.

    DOCUMENT is a path relative to the watched folder, present or past.
    """
    with session.monitor() as monitor:
        with progress() as report_progress:
            review.refresh(monitor, report_progress)
        assignee_name = _filter(session, monitor, wanted)
        page = review.queue(monitor, assignee_name, after=after, limit=limit)
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
        write_counts(out, review.counts(monitor, assignee_name))
        if page.next is not None:
            out.line(("muted", f"for more: --after {page.next}"))


def _filter(session: Session, monitor: Monitor, options: dict[str, Any]) -> QueueFilter:
    calendar = session.calendar(monitor, monitor.ledger.snapshots)
    since = point(options["since"], calendar, end=False).at if options["since"] else None
    until = queries.within_period(ChangeFilter(), calendar, None, options["until"]).until
    verdicts = options["verdicts"] or (UNREVIEWED,)
    return QueueFilter(
        document=options["document"],
        kinds=frozenset(map(ChangeKind, options["kinds"])),
        aspects=frozenset(map(Aspect, options["aspects"])),
        significance=Significance(options["significance"]) if options["significance"] else None,
        since=since,
        until=until,
        verdicts=frozenset() if "all" in verdicts else frozenset(verdicts),
        words=options["words"],
        assignee=options["assignee"],
        term=options["term"],
        folded=options["folded"],
        announced=options["announced"],
        source=options["source"],
    )


@command("monitor review next --as Ada")
@as_option
@format_option("text", "json", "jsonl")
@pass_session
def next_(session: Session, *, name: str | None, form: str) -> None:
    """Show the first change of the queue; in a terminal, decide on one after the other with single keys.

    The keys: a accept, f flag, d dismiss, c comment, u undo, j or space the next one, k the one before, h its history,
    q quit.
    """
    with session.monitor() as monitor:
        with progress() as report_progress:
            review.refresh(monitor, report_progress)
        page = open_page(monitor.settings.zone)
        if form == "text" and sys.stdin.isatty() and page.width is not None:
            review_by_keys(monitor, page, reviewer(monitor, name))
            return
        entries = review.queue(monitor, limit=1).entries
        if form != "text":
            write_records(map(entry_json, entries), form)
            return
        for entry in entries:
            write_entry(page, entry, parts=True)
        if not entries:
            page.line("nothing to review")


@command("monitor review history 41ae716255")
@click.argument("change", metavar="ID", shell_complete=completion.changes)
@format_option("text", "json", "jsonl")
@pass_session
def history(session: Session, *, change: str, form: str) -> None:
    """Show all verdicts and comments of a change, oldest first; nothing is ever overwritten."""
    with session.monitor() as monitor:
        events = review.history(monitor, change)
        if form != "text":
            write_records(map(event_json, events), form)
            return
        page = open_page(monitor.settings.zone)
        write_events(page, events)
        if not events:
            page.line("there is no verdict or comment on this change")


@command("monitor review orphans --format jsonl")
@format_option("text", "json", "jsonl")
@pass_session
def orphans(session: Session, *, form: str) -> None:
    """List verdicts whose change no longer exists, after an upgrade of the rules or with another history."""
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


def _ids(function: Decorated) -> Decorated:
    return click.argument("ids", metavar="ID...", nargs=-1, required=True, shell_complete=completion.changes)(function)


def _only_option(function: Decorated) -> Decorated:
    lines = "Only these changes, not their groups."
    return click.option("--only", is_flag=True, help=lines)(function)


def _verdict(name: str, verdict: Verdict, help_text: str) -> click.Command:
    @command(f"monitor review {name} 41ae716255 1482264dc2 --comment 'as agreed'")
    @_ids
    @click.option("--comment", metavar="TEXT", help="Why.")
    @click.option("--assign", "assignee", metavar="NAME", help="Who should also look at it.")
    @_only_option
    @as_option
    @format_option("text", "json", "jsonl")
    @pass_session
    def give(
        session: Session,
        *,
        ids: Sequence[str],
        comment: str | None,
        assignee: str | None,
        only: bool,
        name: str | None,
        form: str,
    ) -> None:

        def act(monitor: Monitor, who: str) -> ReviewResult:
            options = {"comment": comment, "assignee": assignee, "group": not only}
            return review.decide(monitor, ids, verdict, reviewer=who, at=now(), **options)  # type: ignore[arg-type]

        _do(session, act, str(verdict), name, form)

    give.help = help_text
    return give


accept = _verdict("accept", Verdict.ACCEPTED, "Accept changes and their groups.")
flag = _verdict("flag", Verdict.FLAGGED, "Flag changes and their groups for a closer look.")
dismiss = _verdict("dismiss", Verdict.DISMISSED, "Dismiss changes and their groups as noise.")


@command("monitor review comment 41ae716255 'ask the desk'")
@click.argument("change", metavar="ID", shell_complete=completion.changes)
@click.argument("text")
@as_option
@format_option("text", "json", "jsonl")
@pass_session
def comment(session: Session, *, change: str, text: str, name: str | None, form: str) -> None:
    """Comment on a change without a verdict."""

    def act(monitor: Monitor, who: str) -> ReviewResult:
        return review.comment(monitor, [change], text, reviewer=who, at=now())

    _do(session, act, "commented on", name, form)


@command("monitor review assign Grace 41ae716255")
@click.argument("assignee", metavar="NAME")
@_ids
@_only_option
@as_option
@format_option("text", "json", "jsonl")
@pass_session
def assign(session: Session, *, assignee: str, ids: Sequence[str], only: bool, name: str | None, form: str) -> None:
    """Assign changes to NAME; '' removes the assignment."""

    def act(monitor: Monitor, who: str) -> ReviewResult:
        return review.assign(monitor, ids, assignee, reviewer=who, at=now(), group=not only)

    _do(session, act, "assigned", name, form)


@command("monitor review undo 41ae716255")
@click.argument("ids", metavar="[ID...]", nargs=-1, shell_complete=completion.changes)
@as_option
@format_option("text", "json", "jsonl")
@pass_session
def undo(session: Session, *, ids: Sequence[str], name: str | None, form: str) -> None:
    """Undo your last action, or your last one on these changes; the history keeps both."""

    def act(monitor: Monitor, who: str) -> ReviewResult:
        return review.undo(monitor, ids, reviewer=who, at=now())

    _do(session, act, "undid the last action on", name, form)


def _do(
    session: Session, act: Callable[[Monitor, str], ReviewResult], action: str, name: str | None, form: str
) -> None:
    """Write, say what was written, and let the branch follow."""
    with session.monitor() as monitor:
        done = act(monitor, reviewer(monitor, name))
        if form == "json":
            write_json(done_json(done))
        elif form == "jsonl":
            write_records(map(event_json, done.events), form)
        else:
            page = open_page(monitor.settings.zone)
            proposed = sum(event.act is Act.PROPOSAL for event in done.events)
            if decided := len(done.events) - proposed:
                page.line(f"{action} {plural(decided, 'change')}")
            if proposed:
                page.line(f"proposed for {plural(proposed, 'change')}; another person decides")
        sync_branch(monitor.settings)


@click.group(epilog="\b\nExample:\n  monitor review accept 41ae716255 --comment 'as agreed'")
def review_command() -> None:
    """List, show and review changes.

    The newest day comes first, and in it the most important change; `next` says why. Identical edits share one
    line and one verdict. So do a text that repeatedly appears and vanishes, and a document that was added or removed
    as a whole.
    """


for name, action in {
    "list": list_,
    "next": next_,
    "accept": accept,
    "flag": flag,
    "dismiss": dismiss,
    "comment": comment,
    "assign": assign,
    "undo": undo,
    "history": history,
    "orphans": orphans,
}.items():
    review_command.add_command(action, name)
