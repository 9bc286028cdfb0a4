"""Everything that names a change leads to its place: the very statement, in the document, between the two versions."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from lxml import html

from monitor.app.monitor import open_monitor
from monitor.app.notify import NoticeLine, notice_body
from monitor.app.queries import comparison_addresses
from monitor.model import Change, ChangeFilter
from tests.support.workspace import Workspace
from tests.web.server import Served, serving
from tests.web.story import record

PLACE = re.compile(r"/documents/[0-9a-f]{20}/compare\?before=[0-9a-f-]+&after=[0-9a-f]{12}&open=(\w+)#s-\1")


def changes_of(served: Served) -> dict[str, Change]:
    return {one.id: one for one in Workspace(served.folder).changes(baseline=False)}


def check(served: Served, address: str, change: Change) -> None:
    """The address leads to a page where an element with that id has the words of the statement."""
    parts = urlsplit(address)
    answer = served.get(f"{parts.path}?{parts.query}")
    assert answer.status == 200
    page = html.fromstring(answer.text)
    sides = change.after or change.before
    place = page.get_element_by_id(parts.fragment)
    assert place.get("data-statement") == sides[0].statement
    assert sides[0].text in place.text_content() or place.xpath(".//ins | .//del")
    shown = page.xpath("//main//*[@data-change]/@data-change")
    assert change.id in shown


def test_each_recorded_change_has_a_place(story: Served) -> None:
    with open_monitor(Workspace(story.folder).settings) as monitor:
        place = comparison_addresses(monitor.ledger, "")
        for change in monitor.ledger.changes(ChangeFilter()):
            if change.before or change.after:
                check(story, place(change), change)


@pytest.mark.parametrize("words", ["ceasefire", "offer", "harbour"])
def test_a_hit_of_the_search_leads_to_the_very_statement(story: Served, words: str) -> None:
    hits = html.fromstring(story.get(f"/search?q={words}").text).xpath("//ol[@class='hits']/li")
    assert hits
    for hit in hits:
        (address, _) = hit.xpath(".//p[@class='where']/a/@href")
        parts = urlsplit(address)
        place = html.fromstring(story.get(f"{parts.path}?{parts.query}").text).get_element_by_id(parts.fragment)
        words_there = "".join(place.xpath(".//text()[not(ancestor::del)]"))
        assert words_there == hit.xpath("string(p[@class='words'])")


def test_an_entry_of_the_queue_leads_to_its_place(story: Served) -> None:
    changes = changes_of(story)
    page = html.fromstring(story.get("/queue?verdict=any").text)
    entries = page.xpath("//li[contains(@class, 'entry')]")
    assert entries
    for entry in entries:
        (link,) = entry.xpath(".//p[@class='where']/a/@href")
        check(story, link, changes[entry.get("id").removeprefix("e-")])


def test_the_page_of_a_change_leads_to_its_place(story: Served) -> None:
    change = next(one for one in changes_of(story).values() if one.kind == "removed")
    links = html.fromstring(story.get(f"/changes/{change.id}").text).xpath("//p[@class='where']/a/@href")
    check(story, links[0], change)


def test_the_history_of_a_statement_leads_to_each_place(story: Served) -> None:
    change = next(one for one in changes_of(story).values() if one.kind == "restored")
    page = html.fromstring(story.get(f"/statements/{change.after[0].statement}").text)
    links = [link for link in page.xpath("//ul[@class='changes']//p[@class='where']/a/@href") if "/compare" in link]
    assert len(links) == 3
    check(story, links[0], change)


def test_an_entry_of_the_feed_leads_to_its_place(story: Served) -> None:
    feed = ElementTree.fromstring(story.get("/feed.atom").text)
    links = [one.get("href") or "" for one in feed.findall(".//{*}entry/{*}link")]
    assert links
    assert all(link.startswith(story.url) and PLACE.search(link) for link in links)


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_a_report_leads_to_each_place(story: Served, form: str) -> None:
    place = Workspace(story.folder)
    place.configure((place.root / "monitor.toml").read_text() + '\n[notify]\nlink = "http://desk:8321/"\n')
    text = place.monitor("report", "--format", form).text.replace("&amp;", "&")
    found = {match.group() for match in PLACE.finditer(text)}
    with open_monitor(place.settings) as monitor:
        address = comparison_addresses(monitor.ledger, "")
        assert found
        assert found <= {address(one) for one in monitor.ledger.changes(ChangeFilter())}
    assert "http://desk:8321/documents/" in text
    assert "http://desk:8321/documents/" in place.monitor("show", next(iter(changes_of(story)))).text


def test_a_report_without_a_page_has_no_such_link(story: Served) -> None:
    assert not PLACE.search(Workspace(story.folder).monitor("report", "--format", "html").text.replace("&amp;", "&"))


def test_a_notice_has_the_address_of_each_change(story: Served) -> None:
    with open_monitor(Workspace(story.folder).settings) as monitor:
        address = comparison_addresses(monitor.ledger, "http://desk:8321")
        (change, *_) = monitor.ledger.changes(ChangeFilter())
        body = notice_body([NoticeLine(change)], 5, "http://desk:8321", address=address)
    assert f"  {address(change)}\n" in body


REPORT = "# Aims\n\nOne thing. Two things.\n\n- apples\n- pears\n\n| Boat | Seats |\n| - | - |\n| Ferry | 40 |\n"


@pytest.mark.parametrize(("before", "after"), [(None, REPORT), (REPORT, None)])
def test_a_document_that_came_or_went_is_shown_as_it_reads(
    tmp_path: Path, before: str | None, after: str | None
) -> None:
    days = [{"other.txt": "Another text."} | ({"report.md": text} if text else {}) for text in (before, after)]
    with serving(record(tmp_path, days)) as served:
        (entry,) = served.get("/api/queue").json()["entries"]
        page = html.fromstring(served.get(f"/changes/{entry['change']['id']}").text)
    (shown,) = page.xpath("//section[@aria-labelledby='together']")
    assert shown.xpath("string(.//h2[@data-statement] | .//h2/span)") == "Aims"
    assert [one.text_content() for one in shown.xpath(".//p/span")] == ["One thing.", "Two things."]
    assert [one.text_content() for one in shown.xpath(".//ul/li")] == ["apples", "pears"]
    assert [one.text_content() for one in shown.xpath(".//table//th[@scope='col']")] == ["Boat", "Seats"]
    assert [one.text_content() for one in shown.xpath(".//table//td[not(@class)]")] == ["Ferry", "40"]


def test_a_paragraph_that_moved_is_shown_as_it_reads(tmp_path: Path) -> None:
    moved = "First of three sentences. Second of three sentences. Third of three sentences."
    others = [f"Paragraph {at} of the rest stays where it was." for at in range(6)]
    days = [{"a.txt": "\n\n".join(parts)} for parts in ([moved, *others], [*others, moved])]
    with serving(record(tmp_path, days)) as served:
        (entry,) = served.get("/api/queue").json()["entries"]
        page = html.fromstring(served.get(f"/changes/{entry['change']['id']}").text)
    (shown,) = page.xpath("//section[@aria-labelledby='together']")
    (paragraph,) = shown.xpath(".//p")
    assert paragraph.text_content() == moved
