"""Atom feeds: what is in them, under which ids, and that no text of a document becomes mark-up."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app.monitor import Monitor
from monitor.app.notify import NoticeLine, notice_body
from monitor.app.publish import feed
from monitor.errors import UsageError
from monitor.model import Change, ChangeKind, Edit, Level, Side
from monitor.reports.feed import Feed, FeedItem, render
from monitor.reports.formats import render as render_report
from tests.support.report_builders import report
from tests.support.workspace import Workspace

Opened = Callable[[Workspace], Monitor]

ATOM = {"a": "http://www.w3.org/2005/Atom"}
ABOUT = Feed("all", "Changes", "example.org", datetime(2026, 1, 1, tzinfo=UTC), "http://127.0.0.1:8321")
HOSTILE = "<script>alert(1)</script> ]]> &amp; javascript:x \x00\x1b[31m\u202e\ud800\ufffe\x85 =1+1"


def parsed(data: bytes) -> ET.Element:
    return ET.fromstring(data)


def titles(data: bytes) -> list[str | None]:
    return [one.text for one in parsed(data).iterfind("a:entry/a:title", ATOM)]


def change(text: str = "It will.", document: str = "pier.md", **values: object) -> Change:
    moment = datetime(2026, 1, 2, 6, tzinfo=UTC)
    side = Side("s", 1, document, 0, text, (text,))
    before = Side("s", 0, document, 0, "It may.", ())
    edits = (Edit("replace", "It may.", text),)
    known = {"before": (before,), "after": (side,), "edits": edits, **values}
    return Change("c1", Level.STATEMENT, ChangeKind.REVISED, "snap", moment, moment, document, "d1", **known)  # type: ignore[arg-type]


def tags(html: str) -> set[str]:
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            found.add(tag)
            assert not attrs

    reader = Reader()
    reader.feed(html)
    return found


# --- over real runs -----------------------------------------------------------------------------


def test_the_feed_of_all_holds_what_is_substantive_newest_first(story: Workspace, opened: Opened) -> None:
    assert titles(feed(opened(story))) == [
        "port.md · Removed (comes and goes: 3 times)",
        "truce.md · New document, 3 statements",
        "pier.md · Revised: number, modality, 2 identical edits",
        "pier.md · Revised: date",
    ]


def test_the_feed_of_a_document_holds_its_changes(story: Workspace, opened: Opened) -> None:
    assert titles(feed(opened(story), document="truce.md")) == ["truce.md · New document, 3 statements"]


def test_the_feed_of_a_watch_term_holds_what_names_it(story: Workspace, opened: Opened) -> None:
    story.configure("[review]\nwatch = ['ceasefire']\n")
    assert titles(feed(opened(story), term="ceasefire")) == ["truce.md · Added"]


def test_unwatched_term_has_no_feed(story: Workspace, opened: Opened) -> None:
    with pytest.raises(UsageError, match=r"\[review\] watch"):
        feed(opened(story), term="ceasefire")


def test_hidden_changes_are_not_in_the_feed(story: Workspace, opened: Opened) -> None:
    story.configure("[rules.banner]\npattern = 'We use cookies.'\n")
    assert len(titles(feed(opened(story)))) == 3


def test_ids_stay_when_weights_and_terms_change(story: Workspace, opened: Opened) -> None:
    def ids() -> list[str | None]:
        return [one.text for one in parsed(feed(opened(story))).iterfind("a:entry/a:id", ATOM)]

    before = ids()
    story.configure("[review]\nwatch = ['ceasefire', 'cookies', '45']\n[review.weights]\n'port.md' = 7\n")
    assert sorted(map(str, ids())) == sorted(map(str, before))


def test_no_more_than_the_newest_entries(story: Workspace, opened: Opened) -> None:
    story.configure("[feeds]\nentries = 2\n")
    assert len(titles(feed(opened(story)))) == 2


def test_a_run_writes_the_feeds_that_it_alters(story: Workspace) -> None:
    story.configure("[feeds]\nfolder = 'feeds'\n[review]\nwatch = ['Aid!', 'aid']\n")
    story.record_day(5, {"pier.md": "# Pier\n\nAll aid stops.\n"})
    feeds = {path.name: path.read_bytes() for path in (story.root / "feeds").iterdir()}
    assert {name.partition("-")[0] for name in feeds} == {"all.atom", "term", "document"}
    assert len([name for name in feeds if name.startswith("term-aid")]) == 2
    assert all(titles(data) for data in feeds.values())


def test_a_run_that_finds_nothing_writes_none(story: Workspace) -> None:
    story.configure("[feeds]\nfolder = 'feeds'\n")
    story.record()
    assert not (story.root / "feeds").exists()


def test_a_place_without_changes_has_an_empty_feed(place: Workspace, opened: Opened) -> None:
    place.record_day(1, {"pier.md": "It may.\n"})
    assert titles(feed(opened(place))) == []


# --- as Atom ------------------------------------------------------------------------------------


def test_a_feed_has_what_atom_asks_for() -> None:
    root = parsed(render(ABOUT, [FeedItem(change(), "c1")], UTC))
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    for name in ("id", "title", "updated", "author/a:name"):
        assert root.findtext(f"a:{name}", namespaces=ATOM)
    (entry,) = root.iterfind("a:entry", ATOM)
    assert entry.findtext("a:id", namespaces=ATOM) == "tag:example.org,2026:change:c1"
    assert entry.findtext("a:updated", namespaces=ATOM) == "2026-01-02T06:00:00Z"


def test_the_word_diff_is_inside() -> None:
    root = parsed(render(ABOUT, [FeedItem(change(), "c1")], UTC))
    assert "<del>It may.</del><ins>It will.</ins>" in str(root.findtext("a:entry/a:content", namespaces=ATOM))


def test_feeds_notices_and_reports_say_the_reason() -> None:
    one = change("It will take 90 days.")
    entry = parsed(render(ABOUT, [FeedItem(one, "c1")], UTC)).findtext("a:entry/a:content", namespaces=ATOM)
    notices = [notice_body([NoticeLine(one)], 5, None, as_html=form) for form in (False, True)]
    reports = [render_report(report([one]), form) for form in ("text", "markdown", "html")]
    for told in (str(entry), *notices, *reports):
        assert "may → will (stronger)" in told


def test_hostile_text_is_text() -> None:
    item = FeedItem(change(HOSTILE, HOSTILE), "c1")
    root = parsed(render(ABOUT, [item], UTC))
    content = root.find("a:entry/a:content", ATOM)
    assert content is not None
    assert content.get("type") == "html"
    assert not list(content)
    assert tags(content.text or "") <= {"p", "blockquote", "ins", "del", "ul", "li"}


@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=20))
def test_any_text_gives_a_valid_feed(text: str, path: str) -> None:
    root = parsed(render(ABOUT, [FeedItem(change(text, path), "c1")], UTC))
    assert tags(str(root.findtext("a:entry/a:content", namespaces=ATOM))) <= {
        "p",
        "blockquote",
        "ins",
        "del",
        "ul",
        "li",
    }


@given(st.text(st.characters(), max_size=60))
def test_any_change_is_in_its_entry_as_json(text: str) -> None:
    root = parsed(render(ABOUT, [FeedItem(change(text), "c1")], UTC))
    found = json.loads(root.findtext("a:entry/{urn:monitor:change}change", namespaces=ATOM) or "")
    assert (found["id"], found["after"][0]["text"]) == ("c1", text)


def test_a_feed_is_the_same_twice() -> None:
    assert render(ABOUT, [FeedItem(change(), "c1")], UTC) == render(ABOUT, [FeedItem(change(), "c1")], UTC)
