"""What a rule hides, or is only editorial, is left out alike of the queue, the report, the feed and the notice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from monitor.app.monitor import Monitor
from monitor.app.publish import feed
from monitor.model import Significance
from tests.reviews.queue_entries import listed
from tests.support.workspace import Workspace

DUTY = "It will not cover 45 divers."
COUNT = "The crew has 12 hands."
COLOUR = "The hull has a gray color."
BEFORE = {"pier.md": "# Pier\n\nIt will cover 45 divers.\n\nThe crew has 10 hands.\n\nThe hull has a grey colour.\n"}
AFTER = {"pier.md": f"# Pier\n\n{DUTY}\n\n{COUNT}\n\n{COLOUR}\n"}
RULES = {
    "nothing": ("", {DUTY, COUNT}),
    "a text": ("pattern = '*hands.'", {DUTY}),
    "an aspect": ("aspects = ['number']", {DUTY}),
    "a significance": ("significance = 'editorial'", {DUTY, COUNT}),
    "a heading": ("heading = 'Pier'", set()),
    "a document": ("document = '*.md'", set()),
    "a kind": ("kinds = ['revised']", set()),
    "a text, only lowered": ("pattern = '*hands.'\naction = 'lower'", {DUTY, COUNT}),
}


@pytest.fixture
def chat() -> Iterator[tuple[str, list[str]]]:
    """The address of a channel on loopback, and the messages that it took."""
    messages: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["message"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}", messages
    server.shutdown()
    server.server_close()


def texts_in(output: str) -> set[str]:
    """Which of the three changes a text names: a word mark may stand between their words."""
    signs = {DUTY: "cover 45", COUNT: "hands", COLOUR: "hull"}
    return {text for text, sign in signs.items() if sign in output}


def in_report(place: Workspace) -> str:
    """What the run's report shows: not what stands under its summaries of editorial and hidden changes."""
    path = max((place.root / "reports").iterdir())
    return path.read_text().partition(" editorial change")[0].partition(" hidden by ignore rules")[0]


@pytest.mark.parametrize("rule", RULES)
def test_queue_feed_report_and_notice_agree(
    place: Workspace, opened: Callable[[Workspace], Monitor], chat: tuple[str, list[str]], rule: str
) -> None:
    url, messages = chat
    conditions, shown = RULES[rule]
    place.configure(
        f"[notify.chat]\nurl = '{url}'\n[report]\nformats = ['text']\n"
        + (f"[rules.one]\n{conditions}\n" if conditions else "")
    )
    place.record_day(1, BEFORE)
    place.record_day(2, AFTER)
    monitor = opened(place)
    assert set(listed(monitor, significance=Significance.SUBSTANTIVE)) == shown
    assert texts_in(feed(monitor).decode()) == shown
    assert texts_in("".join(messages)) == shown
    assert texts_in(in_report(place)) == shown
