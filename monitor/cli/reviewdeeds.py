"""`monitor review accept`, `flag`, `dismiss`, `comment`, `assign` and `undo`: what a reviewer says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from monitor.cli.options import format_option, pass_session, verb
from monitor.cli.output import write_json, write_records
from monitor.cli.page import many, open_page
from monitor.cli.reviewer import as_option, reviewer
from monitor.cli.session import Session, now
from monitor.core.review.events import Done, Verdict
from monitor.reports.json import done_json, event_json

if TYPE_CHECKING:
    from monitor.app.monitor import Monitor

from monitor.cli.options import Decorated


def _ids(function: Decorated) -> Decorated:
    return click.argument("ids", metavar="ID...", nargs=-1, required=True)(function)


def _only_option(function: Decorated) -> Decorated:
    told = "These changes alone, not those that share a line with them."
    return click.option("--only", is_flag=True, help=told)(function)


def _verdict(name: str, verdict: Verdict, help_text: str) -> click.Command:
    @verb(f"monitor review {name} 41ae716255 1482264dc2 --comment 'as agreed'")
    @_ids
    @click.option("--comment", metavar="TEXT", help="Why.")
    @click.option("--assign", "assignee", metavar="NAME", help="Who is to look at it as well.")
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
        from monitor.app import review

        def act(monitor: Monitor, who: str) -> Done:
            said = {"comment": comment, "assignee": assignee, "group": not only}
            return review.decide(monitor, ids, verdict, reviewer=who, at=now(), **said)  # type: ignore[arg-type]

        _do(session, act, str(verdict), name, form)

    give.help = help_text
    return give


accept = _verdict("accept", Verdict.ACCEPTED, "Accept changes, and those that share a line with them.")
flag = _verdict("flag", Verdict.FLAGGED, "Flag changes, and those that share a line with them, for a closer look.")
dismiss = _verdict("dismiss", Verdict.DISMISSED, "Dismiss changes, and those that share a line with them, as noise.")


@verb("monitor review comment 41ae716255 'ask the desk'")
@click.argument("change", metavar="ID")
@click.argument("text")
@as_option
@format_option("text", "json", "jsonl")
@pass_session
def comment(session: Session, *, change: str, text: str, name: str | None, form: str) -> None:
    """Say something on a change without deciding on it."""
    from monitor.app import review

    def act(monitor: Monitor, who: str) -> Done:
        return review.comment(monitor, [change], text, reviewer=who, at=now())

    _do(session, act, "commented on", name, form)


@verb("monitor review assign Grace 41ae716255")
@click.argument("assignee", metavar="NAME")
@_ids
@_only_option
@as_option
@format_option("text", "json", "jsonl")
@pass_session
def assign(session: Session, *, assignee: str, ids: Sequence[str], only: bool, name: str | None, form: str) -> None:
    """Ask NAME to decide on changes; '' takes the assignment away."""
    from monitor.app import review

    def act(monitor: Monitor, who: str) -> Done:
        return review.assign(monitor, ids, assignee, reviewer=who, at=now(), group=not only)

    _do(session, act, "assigned", name, form)


@verb("monitor review undo 41ae716255")
@click.argument("ids", metavar="[ID...]", nargs=-1)
@as_option
@format_option("text", "json", "jsonl")
@pass_session
def undo(session: Session, *, ids: Sequence[str], name: str | None, form: str) -> None:
    """Take back what you did last, or did last on these changes; the history keeps both."""
    from monitor.app import review

    def act(monitor: Monitor, who: str) -> Done:
        return review.undo(monitor, ids, reviewer=who, at=now())

    _do(session, act, "took back what stood on", name, form)


def _do(session: Session, act: Callable[[Monitor, str], Done], deed: str, name: str | None, form: str) -> None:
    """Write, say what was written, and let the branch follow."""
    from monitor.app.review import mirror

    with session.monitor() as monitor:
        done = act(monitor, reviewer(monitor, name))
        if form == "json":
            write_json(done_json(done))
        elif form == "jsonl":
            write_records(map(event_json, done.events), form)
        else:
            open_page(monitor.settings.zone).line(f"{deed} {many(len(done.events), 'change')}")
        mirror(monitor.settings)
