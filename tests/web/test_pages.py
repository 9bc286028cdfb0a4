"""Documents, statements, the overview and the runs in a real browser: what they show, and for whom."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import html
from playwright.sync_api import Browser, BrowserContext, Page, expect

from monitor.app.run import RunOptions, run
from monitor.config import load
from tests.web.server import Served, serving
from tests.web.story import record

AXE = Path(os.environ.get("MONITOR_AXE", Path.home() / ".cache/monitor/axe/node_modules/axe-core/axe.min.js"))
needs_axe = pytest.mark.skipif(
    not AXE.exists(),
    reason=f"no axe-core (npm install --prefix {AXE.parents[2]} axe-core@4, or MONITOR_AXE=its path)",
)
VIEWS = (
    "queue",
    "change",
    "documents",
    "document",
    "inline",
    "side",
    "statement",
    "overview",
    "runs",
    "orphans",
    "missing",
)


@pytest.fixture
def addresses(story: Served) -> dict[str, str]:
    """Of one view of each sort."""
    change = story.get("/api/queue?q=divers").json()["entries"][0]["change"]
    document = f"/documents/{change['document_id']}"
    story.send("/api/verdicts", {"changes": [change["id"]], "verdict": "flagged", "reviewer": "Ada", "comment": "why?"})
    return {
        "queue": "/queue?verdict=any",
        "change": f"/changes/{change['id']}",
        "documents": "/documents",
        "document": f"{document}?at=2026-01-02",
        "inline": f"{document}/compare?before=2026-01-01&after=2026-01-04",
        "side": f"{document}/compare?before=2026-01-01&after=2026-01-04&view=side",
        "statement": f"/statements/{change['after'][0]['statement']}",
        "overview": "/overview",
        "runs": "/runs",
        "orphans": "/orphans",
        "missing": "/documents/nowhere",
    }


# --- a document


def test_a_document_is_shown_as_it_was_on_a_date(story: Served, page: Page, addresses: dict[str, str]) -> None:
    page.goto(story.url + addresses["document"].replace("01-02", "01-01"))
    expect(page.locator(".text")).to_contain_text("It may cover 30 divers.")
    page.get_by_label("As of", exact=True).fill("2026-01-03")
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".text")).to_contain_text("It will cover 45 divers.")
    expect(page.locator(".text")).not_to_contain_text("answered")


def test_the_slider_moves_through_the_versions(story: Served, page: Page, addresses: dict[str, str]) -> None:
    page.goto(story.url + addresses["document"])
    slider = page.get_by_role("slider")
    slider.press("ArrowLeft")
    expect(page.locator(".text")).to_contain_text("It may cover 30 divers.")
    expect(page).to_have_url(re.compile(r"\?at=[0-9a-f]{12}$"))
    page.reload()
    expect(page.locator(".text")).to_contain_text("It may cover 30 divers.")


def test_a_document_that_went_is_shown_by_its_last_words(story: Served, page: Page) -> None:
    (story.folder / "seeds/east/terms.txt").unlink()
    run(load(story.folder, None, {}, {}), RunOptions(settle=0, taken_at=datetime(2026, 1, 9, tzinfo=UTC)))
    page.goto(f"{story.url}/documents?q=east")
    page.get_by_role("link", name="east/terms.txt").click()
    expect(page.locator(".summary").first).to_contain_text("removed on 9 Jan 2026")
    expect(page.locator(".text")).to_contain_text("Both sides will inspect the port.")
    page.get_by_role("slider").press("End")
    expect(page.locator("#version")).to_contain_text("It was not there then.")


def test_a_statement_is_shaded_by_its_age_and_leads_to_its_life(
    story: Served, page: Page, addresses: dict[str, str]
) -> None:
    page.goto(story.url + addresses["document"])
    line = page.locator(".text li", has_text="divers")
    expect(line).to_have_class(re.compile("age-0"))
    line.get_by_role("link").last.click()
    expect(page.get_by_role("heading", name="Statement history")).to_be_visible()


def test_statement_history_shows_revisions_and_absences(story: Served, page: Page) -> None:
    change = story.get("/api/queue?kind=restored").json()["entries"][0]["change"]
    page.goto(f"{story.url}/statements/{change['after'][0]['statement']}")
    expect(page.locator(".intervals li")).to_have_text(
        [
            re.compile(r"Present\s+1 Jan 2026"),
            re.compile(r"Absent\s+3 Jan 2026"),
            re.compile(r"Present\s+4 Jan 2026.*now"),
        ]
    )
    expect(page.locator(".presence rect")).to_have_count(3)


def test_a_life_names_the_copies_elsewhere(story: Served, page: Page) -> None:
    change = story.get("/api/queue?q=inspect").json()["entries"][0]["change"]
    page.goto(f"{story.url}/statements/{change['after'][0]['statement']}")
    other = {"east/terms.txt": "west/terms.txt", "west/terms.txt": "east/terms.txt"}[change["document"]]
    expect(page.locator(".copies")).to_contain_text(other)


def test_documents_are_found_by_a_part_of_the_path(story: Served, page: Page) -> None:
    page.goto(f"{story.url}/documents")
    page.get_by_role("searchbox").fill("TERMS")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_a_document_page_marks_what_changed_in_its_version(story: Served, addresses: dict[str, str]) -> None:
    page = html.fromstring(story.get(addresses["document"]).text)
    marks = page.xpath("//a[@class='changed']")
    assert {one.text_content() for one in marks} == {"~ Revised"}
    (line,) = page.xpath("//p[@class='note']/a[contains(., 'In this version')]")
    assert line.text_content() == f"In this version: {len(marks)} revised"
    for mark in marks:
        statement = mark.get("href").partition("#s-")[2]
        assert mark.getparent().get("id") == f"t-{statement}"
        shown = html.fromstring(story.get(mark.get("href").partition("#")[0]).text)
        assert shown.get_element_by_id(f"s-{statement}") is not None


def test_a_long_document_has_an_outline(tmp_path: Path) -> None:
    place = record(tmp_path, [{"long.md": "".join(f"## Part {at}\n\nOne sentence of it.\n\n" for at in range(4))}])
    with serving(place) as served:
        (document,) = served.get("/api/documents").json()["documents"]
        page = html.fromstring(served.get(f"/documents/{document['id']}").text)
    links = page.xpath("//details[contains(@class, 'outline')]//a")
    assert [one.text_content() for one in links] == [f"Part {at}" for at in range(4)]
    assert all(page.xpath(f"//*[@id='{one.get('href')[1:]}']") for one in links)
    assert page.xpath("string(//h1)") == "Part 0"


# --- the overview and the runs


def test_the_overview_leads_to_the_changes_that_it_counts(story: Served, page: Page) -> None:
    page.goto(f"{story.url}/overview")
    row = page.locator("table.shares tr", has_text="negation")
    row.get_by_role("link").click()
    expect(page.locator(".entry")).to_have_count(1)
    expect(page.locator(".entry")).to_contain_text("ceasefire")


def test_a_day_of_the_heat_map_leads_to_its_changes(story: Served, page: Page) -> None:
    page.goto(f"{story.url}/overview")
    page.locator("rect[data-href*='2026-01-03']").click()
    expect(page).to_have_url(f"{story.url}/queue?since=2026-01-03&until=2026-01-03&verdict=any")
    expect(page.locator(".entry", has_text="ceasefire")).to_have_count(1)


def test_runs_page_shows_what_each_did(story: Served, page: Page) -> None:
    page.goto(f"{story.url}/runs")
    expect(page.locator(".run")).to_have_count(4)
    expect(page.locator(".run").first).to_contain_text("Recorded")
    expect(page.locator(".facts")).to_contain_text("none (monitor watch is not running)")


# --- feeds


@pytest.mark.parametrize("query", ["", "?document=brief.txt", "?term=ceasefire"])
def test_an_entry_of_a_feed_leads_to_its_place(story: Served, page: Page, query: str) -> None:
    feed = ElementTree.fromstring(story.get(f"/feed.atom{query}").text)
    links = [one.get("href") or "" for one in feed.iter("{http://www.w3.org/2005/Atom}link")]
    leading = [link for link in links if "/compare?" in link]
    assert leading
    assert all(link.startswith(f"{story.url}/documents/") for link in leading)
    page.goto(leading[0])
    expect(page.locator(":target")).to_be_in_viewport()


def test_a_feed_of_an_unknown_term_is_refused(story: Served) -> None:
    assert story.get("/feed.atom?term=unknown").status == 400


# --- for whom


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(story: Served, browser: Browser, addresses: dict[str, str], view: str, scheme: Any) -> None:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme).new_page()
    page.goto(story.url + addresses[view])
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    page.evaluate("document.querySelectorAll('li').forEach((one) => { one.style.contentVisibility = 'visible' })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # in the dark nothing but the colours is another
    rules = "{runOnly: ['color-contrast']}" if scheme == "dark" else "{resultTypes: ['violations']}"
    found = page.evaluate(f"axe.run(document, {rules})")["violations"]
    page.context.close()
    assert [(one["id"], one["impact"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found] == []


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_the_screen(
    story: Served, context: BrowserContext, addresses: dict[str, str], view: str, width: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(story.url + addresses[view])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("view", VIEWS)
def test_page_requests_only_the_monitor_and_runs_nothing_inline(
    story: Served, page: Page, addresses: dict[str, str], view: str
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(story.url + addresses[view])
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(story.url)] == []
    assert [one for one in complaints if "404" not in one] == []


def test_the_keyboard_alone_reaches_the_changes(story: Served, page: Page) -> None:
    page.goto(f"{story.url}/queue")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the changes")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
