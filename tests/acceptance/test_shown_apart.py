"""What looks alike is shown apart, and a language without word lists is named, wherever a change is shown."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.app.monitor import Monitor
from monitor.app.notify import NoticeLine, notice_body
from monitor.model import ChangeFilter
from tests.support.workspace import Workspace
from tests.web.server import serving

NOTE = "language without word lists (fi): only typography is judged"
BEFORE = """The bank of Rome pays.

Every Käufer pays for it.

A big purchase was made.

They coöperate here.

Well‑known rules apply.

Pay 10 \u03a9 only.

Bring a tent now.

Go home at once.
"""
CHANGES = [
    ("bank", "b\u0430nk", "b⟨U+0430⟩nk"),
    ("Käufer", unicodedata.normalize("NFD", "Käufer"), "Ka⟨U+0308⟩ufer"),
    ("purchase", "pur\u00adchase", "pur⟨U+00AD⟩chase"),
    ("coöperate", "coöper\u200bate", "coöper⟨U+200B⟩ate"),
    ("Well‑known", "Well-known", "⟨U+2011⟩"),
    ("\u03a9", "\u2126", "⟨U+2126⟩"),
    ("a tent", "a\u00a0tent", "⍽"),
    ("home", "home\u202e", "⟨U+202E⟩"),
]
FINNISH = (
    "Vuokralainen maksaa vuokran joka kuukausi, ja hän asuu talossa. Vuokralainen ei tupakoi talossa eikä pihalla. {}."
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("apart"))
    after = BEFORE
    for old, new, _ in CHANGES:
        after = after.replace(old, new)
    made.record_day(1, {"a.txt": BEFORE, "fi.txt": FINNISH.format("Hän maksaa")})
    made.record_day(2, {"a.txt": after, "fi.txt": FINNISH.format("Hän maksoi")})
    return made


def plain(page: str) -> str:
    """The text of a page or an Atom feed, without its marks."""
    return html.unescape(html.unescape(re.sub("<[^>]*>", "", html.unescape(page))))


def notice(place: Workspace) -> str:
    with Monitor(place.settings) as monitor:
        return notice_body(list(map(NoticeLine, monitor.ledger.changes(ChangeFilter()))), 100, None)


def served(place: Workspace, *paths: str) -> str:
    with serving(Path(place.root)) as page:
        return "".join(plain(page.get(path).text) for path in paths)


def of_each_change(place: Workspace) -> str:
    return served(place, *(f"/changes/{change.id}" for change in place.changes()))


PLACES: dict[str, Callable[[Workspace], str]] = {
    "log": lambda place: place.monitor("log").text,
    "queue": lambda place: place.monitor("review", "list").text,
    "text report": lambda place: place.monitor("report").text,
    "Markdown report": lambda place: plain(place.monitor("report", "--format", "markdown").text),
    "HTML report": lambda place: plain(place.monitor("report", "--format", "html").text),
    "notice": notice,
    "page of the queue": lambda place: served(place, "/queue"),
    "page of a change": of_each_change,
}


@pytest.mark.parametrize("where", PLACES)
def test_what_looks_alike_is_shown_apart(place: Workspace, where: str) -> None:
    shown = PLACES[where](place)
    assert [sign for _, _, sign in CHANGES if sign not in shown] == []


@pytest.mark.parametrize("where", PLACES)
def test_a_language_without_word_lists_is_named(place: Workspace, where: str) -> None:
    assert NOTE in " ".join(PLACES[where](place).split())


def test_the_feed_shows_what_is_substantive_apart(place: Workspace) -> None:
    shown = plain(place.monitor("feed").text)
    assert [sign for sign in ("b⟨U+0430⟩nk", "⟨U+202E⟩", NOTE) if sign not in shown] == []


def test_short_statements_are_judged_in_their_documents_language(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    text = "# Ordnung\n\nDer Mieter zahlt die Miete im Voraus, und er haftet nicht für Schäden. {}.\n"
    place.record_day(1, {"de.md": text.format("Hunde dürfen")})
    place.record_day(2, {"de.md": text.format("Hunde müssen")})
    (change,) = place.monitor("log", "--format", "json").json()
    assert (change["language"], change["aspects_known"], change["aspects"]) == ("de", True, ["modality"])
    assert "modality: dürfen → müssen" in place.monitor("show", change["id"], "--why").text
