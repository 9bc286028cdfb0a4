"""Reviewing in words: what `monitor review` prints for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.cli.page import Page, many, short
from monitor.cli.prose import write_change
from monitor.core.review.events import UNREVIEWED, VERDICTS, Act, Entry, Event, Orphan, QueueCounts, State
from monitor.model import Level


def write_entry(page: Page, entry: Entry, *, parts: bool = False) -> None:
    """One line of the queue: where it is and what it is about, then the change; with `parts` why it stands there."""
    page.line(("label", entry.change.document), ("muted", "".join(f" › {one}" for one in entry.heading)))
    facts = [f"score {entry.score.total:g}", *_about(entry)]
    page.line(("muted", " · ".join(facts)), indent=2)
    if parts:
        page.line(("muted", ", ".join(f"{part.reason} {part.points:+g}" for part in entry.score.parts)), indent=2)
    write_change(page, entry.change)


def _about(entry: Entry) -> Iterable[str]:
    if entry.flapping:
        yield f"comes and goes: {entry.size:,} times"
    elif entry.size > 1 and (entry.change.cause or entry.change.level is Level.DOCUMENT):
        yield f"the whole document: {entry.size:,} changes"
    elif entry.size > 1:
        yield f"{entry.size:,} changes alike"
    if entry.document_count > 1:
        yield f"in {entry.document_count:,} documents"
    if entry.rule is not None:
        yield f"{'folded' if entry.folded else 'lowered'} by the rule {entry.rule}"
    if entry.terms:
        yield f"watched: {', '.join(entry.terms)}"
    decided = {verdict: count for verdict, count in entry.verdicts.items() if verdict != UNREVIEWED}
    if decided:
        yield ", ".join(f"{count:,} {verdict}" for verdict, count in decided.items())
    if entry.state.assignee:
        yield f"assigned to {entry.state.assignee}"
    if entry.state.comments:
        yield many(entry.state.comments, "comment")


def write_counts(page: Page, counts: QueueCounts) -> None:
    """How much there is, in one line."""
    told = [f"{counts.verdicts.get(verdict, 0):,} {verdict}" for verdict in VERDICTS]
    told.append(f"{counts.folded:,} folded by rules")
    if counts.orphaned:
        told.append(f"{counts.orphaned:,} orphaned (`monitor review orphans`)")
    page.line(("muted", ", ".join(told)))


def write_events(page: Page, events: Sequence[Event], *, indent: int = 0) -> None:
    """A change's history, oldest first; what was taken back says so."""
    undone = {event.undoes for event in events}
    for event in events:
        taken_back = ", taken back later" if event.id in undone else ""
        head = f"{page.time(event.at)}  {event.reviewer}: "
        page.line(("muted", head), ("label", _deed(event)), ("muted", taken_back), indent=indent)
        if event.comment:
            page.line(event.comment, indent=indent + 4)


def write_orphan(page: Page, orphan: Orphan) -> None:
    """A change that is gone, and what was said of it."""
    page.line(("id", short(orphan.change)), " ", _standing(orphan.state), ("muted", " · the change is gone"))
    write_events(page, orphan.events, indent=4)


def _standing(state: State) -> str:
    return str(state.verdict or UNREVIEWED)


def _deed(event: Event) -> str:
    match event.act:
        case Act.VERDICT:
            return str(event.verdict)
        case Act.COMMENT:
            return "comment"
        case Act.ASSIGNMENT:
            return f"assigned to {event.assignee}" if event.assignee else "assigned to nobody"
        case Act.UNDO:
            return "took back"
