"""`monitor log` lists changes, newest first; `monitor search` finds statements by their words."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from monitor.app.monitor import Monitor, relaxed_gc
from monitor.cli import completion
from monitor.cli.console import Page, open_page, short, shortened, write_log, write_records
from monitor.cli.context import (
    AT_LEAST_ONE,
    Session,
    command,
    exit_code_option,
    format_option,
    note_removed,
    pass_session,
)
from monitor.cli.filters import change_filter, filter_options
from monitor.errors import ExitStatus
from monitor.model import Change, ChangeFilter
from monitor.reports.export import export_changes
from monitor.reports.json import change_records, search_hit_json
from monitor.reports.phrases import plural

_MOST_ASKED = 10_000  # changes


@command("monitor search stabilisation force")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", metavar="N", type=AT_LEAST_ONE, default=100, show_default=True, help="Show at most N.")
@format_option("text", "json", "jsonl")
@pass_session
def search_command(session: Session, *, words: tuple[str, ...], limit: int, form: str) -> None:
    """Find statements, present or past, by their words.

    Each revision that contains all the words is listed.
    """
    with session.monitor() as monitor:
        found = monitor.ledger.search(" ".join(words), limit)
        if form != "text":
            write_records(map(search_hit_json, found), form)
            return
        page = open_page(monitor.settings.zone)
        for hit in found:
            state = "present" if hit.present else "past"
            facts = f"  {page.time(hit.since.taken_at)}  revision {hit.revision}  {state}"
            page.line(("label", hit.document), ("muted", facts), "  ", ("id", short(hit.statement)))
            page.line(shortened(hit.text), indent=4)
        if not found:
            page.line("no statement holds all these words")
        elif len(found) == limit:
            page.line(f"only the first {limit} are shown; --limit shows more")


@command("monitor log brief.txt --since 7d --significance substantive")
@click.argument("document", required=False, shell_complete=completion.documents)
@filter_options
@click.option("--limit", metavar="N", type=AT_LEAST_ONE, help="Show the newest N.")
@click.option("--baseline", is_flag=True, help="Include the content of the first snapshot.")
@format_option("text", "json", "jsonl", "csv")
@exit_code_option("there is a change")
@pass_session
def log_command(session: Session, /, *, form: str, exit_code: bool, **filters: Any) -> int:
    """List what changed, newest first.

    DOCUMENT is a path relative to the watched folder, present or past. The marks: + added, - removed, ~ revised,
    » moved or renamed, ↺ restored, < split, > merged, ! could not be read, ? suspect.
    """
    with session.monitor() as monitor:
        wanted = change_filter(session, monitor, filters)
        note_removed(monitor, wanted.document)
        with relaxed_gc():
            return _write(monitor, monitor.ledger.changes(wanted), wanted, form, exit_code=exit_code)


def _write(monitor: Monitor, changes: Iterable[Change], wanted: ChangeFilter, form: str, *, exit_code: bool) -> int:
    counting = CountingIterator(changes)
    if form == "csv":
        export_changes(counting, form, sys.stdout.buffer)
    elif form != "text":
        write_records(change_records(counting), form)
    else:
        page = open_page(monitor.settings.zone)
        # Who asks for one thing wants all of it, and of a part there is no honest count.
        narrow = wanted.document or wanted.statement or wanted.level or wanted.kinds or wanted.limit
        write_log(page, counting, collapse=not narrow)
        if not counting.count:
            page.line("no change")
        if wanted.aspects:
            _write_unknown(page, monitor, wanted)
    return ExitStatus.CHANGED if exit_code and counting.count else ExitStatus.DONE


def _write_unknown(page: Page, monitor: Monitor, wanted: ChangeFilter) -> None:
    """Say how many changes the aspects could not be asked of, among the newest that the other options let through."""
    others = monitor.ledger.changes(wanted._replace(aspects=frozenset(), limit=_MOST_ASKED))
    unknown = sum(change.aspects_known is False for change in others if change.before and change.after)
    if unknown:
        page.line(
            (
                "muted",
                f"not asked: {plural(unknown, 'change')} whose language has no word lists, so that aspects are missing",
            )
        )


class CountingIterator:
    """Changes passed on as they come, and how many they were."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._changes = changes
        self.count = 0

    def __iter__(self) -> Iterator[Change]:
        for change in self._changes:
            self.count += 1
            yield change
