"""`monitor review next` in a terminal: one change after the other, a key for each verdict."""

from __future__ import annotations

from collections.abc import Callable

import click

from monitor.app import review
from monitor.app.monitor import Monitor
from monitor.cli.page import Page, many
from monitor.cli.reviewprose import write_entry, write_events
from monitor.cli.session import now
from monitor.core.review.events import Done, Entry, Verdict
from monitor.errors import UsageError

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
                    self._tell(self._decide(VERDICT_KEYS[key]))
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
                    self._tell(review.comment(self._monitor, [change], text, reviewer=self._name, at=now()))
            case "u":
                try:
                    self._tell(review.undo(self._monitor, reviewer=self._name, at=now()))
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

    def _decide(self, verdict: Verdict) -> Done:
        entry = self._entry
        seen = {entry.change.id: entry.state.last}
        return review.decide(self._monitor, [entry.change.id], verdict, reviewer=self._name, at=now(), seen=seen)

    def _tell(self, done: Done) -> None:
        self._page.line(
            ("label", f"  {done.events[0].verdict or done.events[0].act}"), f" · {many(len(done.events), 'change')}"
        )
        for event in done.overtaken:
            self._page.line(f"  meanwhile {event.reviewer} said {event.verdict or event.act}; both stand")

    def _forward(self) -> bool:
        """Show the next one: of those shown before, else of the queue; False where that is the end."""
        if self._at + 1 >= len(self._shown):
            found = review.queue(self._monitor, after=self._last, limit=1).entries
            if not found:
                self._page.line("nothing else waits for a verdict")
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
        review.mirror(monitor.settings)
