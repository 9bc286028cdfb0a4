"""`monitor review next` in a terminal, with a key for each verdict, and review data as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import click

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.cli.console import Page, short, write_change
from monitor.cli.context import now
from monitor.core.review.events import (
    UNREVIEWED,
    VERDICTS,
    Act,
    Entry,
    Event,
    Orphan,
    QueueCounts,
    ReviewResult,
    State,
    Verdict,
)
from monitor.errors import UsageError
from monitor.model import Level
from monitor.reports.phrases import event_name, group_text, plural
from monitor.reports.reasons import reason_of


def write_entry(page: Page, entry: Entry, *, parts: bool = False) -> None:
    """One line of the queue: where it is and what it is about, then the change; with `parts` why it stands there."""
    page.line(("label", entry.change.document), ("muted", "".join(f" › {one}" for one in entry.heading)))
    facts = [f"importance {entry.importance}", *_about(entry)]
    page.line(("muted", " · ".join(facts)), indent=2)
    if parts:
        points = ", ".join(f"{part.reason} {part.points:+g}" for part in entry.score.parts)
        page.line(("muted", f"{entry.score.total:g} points: {points}"), indent=2)
    write_change(page, entry.change)
    if reason := reason_of(entry.change, entry.change.document_language):
        page.line(("muted", reason), indent=4)


def _together(entry: Entry) -> str:
    if entry.flapping:
        return f"comes and goes: {entry.size:,} times"
    if entry.change.event:
        return f"{event_name(entry.change).lower()}: {entry.size:,} changes"
    text = group_text(entry.change, entry.size)
    return f"with {text}" if entry.change.with_document or entry.change.level is Level.DOCUMENT else text


def _about(entry: Entry) -> Iterable[str]:
    if entry.flapping or entry.size > 1:
        yield _together(entry)
    if entry.document_count > 1:
        yield f"in {entry.document_count:,} documents"
    if entry.rule is not None:
        yield f"{'hidden' if entry.folded else 'lowered'} by the rule {entry.rule}"
    if entry.terms:
        yield f"watched: {', '.join(entry.terms)}"
    decided = {verdict: count for verdict, count in entry.verdicts.items() if verdict != UNREVIEWED}
    if decided:
        yield ", ".join(f"{count:,} {verdict}" for verdict, count in decided.items())
    if entry.state.proposed:
        yield f"{entry.state.proposed_by} proposes {entry.state.proposed}; another person decides"
    if entry.state.assignee:
        yield f"assigned to {entry.state.assignee}"
    if entry.state.comments:
        yield plural(entry.state.comments, "comment")


def write_counts(page: Page, counts: QueueCounts) -> None:
    """How much there is, in one line."""
    parts = [f"{counts.verdicts.get(verdict, 0):,} {verdict}" for verdict in VERDICTS]
    parts.append(f"{counts.folded:,} hidden by rules")
    if counts.orphaned:
        parts.append(f"{counts.orphaned:,} orphaned (`monitor review orphans`)")
    page.line(("muted", ", ".join(parts)))


def write_events(page: Page, events: Sequence[Event], *, indent: int = 0) -> None:
    """A change's history, oldest first; what was undone says so."""
    undone = {event.undoes for event in events}
    for event in events:
        taken_back = ", undone later" if event.id in undone else ""
        head = f"{page.time(event.at)}  {event.reviewer}: "
        page.line(("muted", head), ("label", describe_event(event)), ("muted", taken_back), indent=indent)
        if event.comment:
            page.line(event.comment, indent=indent + 4)


def write_orphan(page: Page, orphan: Orphan) -> None:
    """A change that is gone, and what was said of it."""
    page.line(
        ("id", short(orphan.change)), " ", _verdict_text(orphan.state), ("muted", " · the change no longer exists")
    )
    write_events(page, orphan.events, indent=4)


def _verdict_text(state: State) -> str:
    return str(state.verdict or UNREVIEWED)


def describe_event(event: Event) -> str:
    match event.act:
        case Act.VERDICT:
            return str(event.verdict)
        case Act.PROPOSAL:
            return f"proposed {event.verdict}"
        case Act.COMMENT:
            return "comment"
        case Act.ASSIGNMENT:
            return f"assigned to {event.assignee}" if event.assignee else "assigned to nobody"
        case Act.UNDO:
            return "undo"


VERDICT_KEYS = {"a": Verdict.ACCEPTED, "f": Verdict.FLAGGED, "d": Verdict.DISMISSED}
HELP = "a accept · f flag · d dismiss · c comment · u undo · j next · k before · h history · q quit"


class KeyReview:
    """One sitting: the entries that were shown, and where the reader is among them."""

    def __init__(self, monitor: Monitor, page: Page, name: str, read_key: Callable[[], str] = click.getchar) -> None:
        self._monitor, self._page, self._name, self._read_key = monitor, page, name, read_key
        self._shown: list[Entry] = []
        self._at = -1
        self._last: str | None = None  # the cursor behind which the next one is looked for

    def run(self) -> None:
        """Until the queue is empty or the reader quits."""
        if not self._forward():
            return
        while True:
            match self._read_key().lower():
                case "q" | "\x04" | "\x1b":
                    return
                case "j" | " " | "\r" | "\n":
                    if not self._forward():
                        return
                case "k":
                    self._back()
                case key if key in VERDICT_KEYS:
                    try:
                        self._report(self._decide(VERDICT_KEYS[key]))
                    except UsageError as error:  # meanwhile somebody else decided, or another person must
                        self._page.line(str(error))
                    if not self._forward():
                        return
                case key:
                    self._other(key)

    def _other(self, key: str) -> None:
        match key:
            case "c":
                text = click.prompt("comment", default="", show_default=False)
                if text.strip():
                    change = self._entry.change.id
                    self._report(review.comment(self._monitor, [change], text, reviewer=self._name, at=now()))
            case "u":
                try:
                    self._report(review.undo(self._monitor, reviewer=self._name, at=now()))
                except UsageError as error:
                    self._page.line(str(error))
                else:
                    self._back()
            case "h":
                write_events(self._page, review.history(self._monitor, self._entry.change.id))
            case _:
                self._page.line(("muted", HELP))

    @property
    def _entry(self) -> Entry:
        return self._shown[self._at]

    def _decide(self, verdict: Verdict) -> ReviewResult:
        entry = self._entry
        known_events = {entry.change.id: entry.state.last}
        return review.decide(
            self._monitor, [entry.change.id], verdict, reviewer=self._name, at=now(), known_events=known_events
        )

    def _report(self, done: ReviewResult) -> None:
        self._page.line(("label", f"  {describe_event(done.events[0])}"), f" · {plural(len(done.events), 'change')}")

    def _forward(self) -> bool:
        """Show the next one: of those shown before, else of the queue; False where that is the end."""
        if self._at + 1 >= len(self._shown):
            found = review.queue(self._monitor, after=self._last, limit=1).entries
            if not found:
                self._page.line("nothing else to review")
                return False
            self._shown += found
            self._last = found[0].cursor
        self._at += 1
        self._show()
        return True

    def _back(self) -> None:
        self._at = max(0, self._at - 1)
        self._show()

    def _show(self) -> None:
        fresh = review.entry(self._monitor, self._entry.change.id)
        self._shown[self._at] = fresh
        self._page.line()
        write_entry(self._page, fresh, parts=True)
        self._page.line(("muted", HELP))


def review_by_keys(monitor: Monitor, page: Page, name: str) -> None:
    """Let the reader work through the queue, and the branch follow when they are done."""
    try:
        KeyReview(monitor, page, name).run()
    finally:
        review.sync_branch(monitor.settings)
