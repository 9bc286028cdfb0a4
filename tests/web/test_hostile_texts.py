"""A document full of scripts, links that run, bidi controls and escape sequences, through every view and the API."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page

from tests.support.workspace import Workspace
from tests.web.server import Served

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
VIEWS = ("queue", "change", "documents", "document", "inline", "side", "statement", "overview", "runs", "orphans")
QUERIES = ("change", "document", "statement", "queue", "text", "compare", "documents", "overview", "runs", "search")
WORDS = "<script>window.ran=1</script>\u202e\x1b[31m"


@pytest.fixture
def addresses(hostile: Served) -> dict[str, str]:
    found = [entry["change"] for entry in hostile.get("/api/queue?kind=revised").json()["entries"]]
    change = next(one for one in found if "<script>" in one["after"][0]["text"])
    said = {"changes": [change["id"]], "verdict": "flagged", "reviewer": WORDS, "comment": WORDS, "assignee": WORDS}
    assert hostile.send("/api/verdicts", said).status == 200
    document = f"/documents/{change['document_id']}"
    first, second = (one.id[:12] for one in Workspace(hostile.folder).recorded())
    return {
        "queue": "/queue?verdict=any&q=days",
        "change": f"/changes/{change['id']}",
        "documents": "/documents?q=script",
        "document": document,
        "inline": f"{document}/compare?before={first}&after={second}&whole=1",
        "side": f"{document}/compare?before={first}&after={second}&whole=1&view=side",
        "statement": f"/statements/{change['after'][0]['statement']}",
        "overview": "/overview",
        "runs": "/runs",
        "orphans": "/orphans",
        "text": f"{document}/text",
        "compare": f"{document}/compare?before=2026-01-01&after=2026-01-02",
        "search": "/search?q=days",
    }


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_text_runs_nothing(hostile: Served, page: Page, addresses: dict[str, str], view: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.goto(hostile.url + addresses[view])
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.scripts.length") == 2
    assert page.locator("main img, main svg[onload], [onload], [onerror]").count() == 0
    hrefs = page.evaluate("[...document.querySelectorAll('[href]')].map((one) => one.getAttribute('href'))")
    assert [href for href in hrefs if not href.startswith(("/", "#"))] == []


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_text_holds_no_control_character(hostile: Served, addresses: dict[str, str], view: str) -> None:
    answer = hostile.get(addresses[view])
    assert answer.status == 200
    assert ACTING.findall(answer.text.replace("\n", "")) == []
    # {{7*7}} was not reckoned out; the minutes of a time may be 49
    assert "49" not in re.findall(r"(?<![\d:])49(?![\d:])", answer.text)


@pytest.mark.parametrize("query", QUERIES)
def test_api_returns_hostile_text_exactly_and_escaped(hostile: Served, addresses: dict[str, str], query: str) -> None:
    sub = {"change": "change", "text": "text"}.get(query, query)
    address = addresses[sub].replace("verdict=any&q=days", "verdict=any")
    answer = hostile.get(f"/api{address}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert ACTING.findall(answer.text) == []


def test_the_feed_is_well_formed_and_holds_no_control(hostile: Served, addresses: dict[str, str]) -> None:
    document = addresses["document"].rpartition("/")[2]
    answer = hostile.get(f"/feed.atom?document={document}")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.text)
    assert {one.tag.rpartition("}")[2] for one in root.iter()}.isdisjoint({"script", "img", "svg"})
    assert ACTING.findall(answer.text) == []


def test_the_api_gives_the_very_text_back(hostile: Served, addresses: dict[str, str]) -> None:
    statements = hostile.get("/api" + addresses["text"]).json()["statements"]
    text = " ".join(one["text"] for one in statements)
    assert "<script>window.ran = 1</script>" in text
    assert "\u202e" in text
    assert "\x1b[31m" in text


@pytest.mark.parametrize(
    "address",
    [
        "/queue?q=%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "/queue?document=%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "/queue?since=%22%3E%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "/queue?verdict=%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "/changes/%3Cscript%3Ewindow.ran=1%3C%2Fscript%3E",
        "/documents/%3Cscript%3Ewindow.ran=1%3C%2Fscript%3E",
        "/documents?q=%22%3E%3Cscript%3Ewindow.ran=1%3C/script%3E&after=%22",
        "/statements/%3Cscript%3Ewindow.ran=1%3C%2Fscript%3E",
        "/overview?year=%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "/overview?since=%22%3E%3Cscript%3Ewindow.ran=1%3C/script%3E",
        "/%3Cscript%3Ewindow.ran=1%3C%2Fscript%3E",
    ],
)
def test_hostile_address_is_shown_as_text(hostile: Served, page: Page, address: str) -> None:
    page.goto(hostile.url + address)
    assert page.evaluate("window.ran") is None
    assert "<script>window" not in hostile.get(address).text


@pytest.mark.parametrize(
    "address",
    [
        "/queue?q=%00",
        "/queue?q=%FF%FE",
        "/queue?q=%22%20OR%20*",
        "/queue?document=%ED%A0%80",
        "/queue?since=99999999999999d",
        "/queue?after=99999999999999999999",
        "/queue?after=9223372036854775808",
        "/documents?after=%00&q=%00",
        "/overview?year=0",
        "/overview?year=99999",
        "/overview?year=9999",
        "/overview?year=1",
        "/changes/%25",
        "/changes/_",
        "/statements/%25%25",
        "/documents/%00",
        "/api/queue?q=%00",
        "/api/search?q=%00%22",
        "/api/changes/%00",
    ],
)
def test_odd_address_is_not_a_server_error(hostile: Served, address: str) -> None:
    assert hostile.get(address).status in (200, 400, 404)
