"""The queue as it is opened in the morning: by day, narrowed by time, with filters as people type them."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.server import Served


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def articles(page: str) -> int:
    return page.count("<article")


def test_days_are_headings_newest_first(story: Served) -> None:
    page = story.get("/queue").text
    assert re.findall(r'<h2 class="day">(.*?)</h2>', page) == ["4 Jan 2026", "3 Jan 2026", "2 Jan 2026"]


def test_latest_run_is_a_view_and_its_entries_are_marked(story: Served) -> None:
    page = story.get("/queue").text
    (address,) = re.findall(r'<a href="([^"]+)">Latest run</a>', page)
    narrowed = story.get(unescape(address)).text
    assert re.findall(r'<h2 class="day">(.*?)</h2>', narrowed) == ["4 Jan 2026"]
    assert narrowed.count('class="aspect new"') == articles(narrowed) == page.count('class="aspect new"') == 1


def test_tab_counts_entries_and_the_page_also_changes(story: Served) -> None:
    words = text_of(story.get("/queue").text)
    assert "To review 61" in words
    assert "61 entries (62 changes)" in words


def test_importance_is_a_word_that_never_contradicts_the_order(story: Served) -> None:
    page = story.get("/queue").text
    ranks = {"high": 0, "medium": 1, "low": 2}
    for day in page.split('<h2 class="day">')[1:]:
        shown = [ranks[word] for word in re.findall(r'class="importance (\w+)"', day)]
        assert shown == sorted(shown)
    assert 'class="importance high"' in page


def test_the_comparison_has_the_importance_of_the_queue(story: Served) -> None:
    entries = re.findall(
        r'<li class="entry[^"]*" id="e-(\w+)".*?class="importance (\w+)".*?<p class="where"><a href="([^"]*)"',
        story.get("/queue").text,
        re.DOTALL,
    )
    shown = {}
    for change, importance, address in entries:
        page = story.get(unescape(address)).text
        marked = re.findall(rf'class="(?:row|marked) [^"]*is-(\w+)[^"]*" data-change="{change}" ', page)
        shown.update({change: (importance, marked[0])} if marked else {})
    assert {importance for importance, _ in shown.values()} == {"high", "medium"}
    assert all(importance == marked for importance, marked in shown.values())


def test_entry_gives_its_reason_in_words(story: Served) -> None:
    assert "30 → 45; may → will (stronger)" in text_of(story.get("/queue?document=brief").text)


TYPED = [
    ("since", "last fortnight", "is not a valid date or age"),
    ("until", "31.1.2026", "is not a valid date or age"),
    ("document", "breif", "there is no document breif"),
    ("kind", "vanished", "is none of"),
    ("significance", "grave", "is none of"),
]


@pytest.mark.parametrize(("field", "typed", "said"), TYPED)
def test_wrong_filter_keeps_the_page_and_is_explained(story: Served, field: str, typed: str, said: str) -> None:
    answer = story.get(f"/queue?{field}={typed.replace(' ', '%20')}")
    assert (answer.status, articles(answer.text)) == (200, articles(story.get("/queue").text))
    if field != "kind" and field != "significance":
        assert said in text_of(answer.text)
        assert re.search(rf'id="{field}"[^>]*value="{typed}"[^>]*aria-invalid="true"', answer.text)


def test_a_misspelt_document_offers_the_nearest_as_links(story: Served) -> None:
    page = story.get("/queue?document=breif").text
    assert re.search(r'<a href="/queue\?document=brief.txt"><bdi>brief.txt</bdi></a>', page)


@pytest.mark.parametrize(("typed", "found"), [("TERMS", 1), ("brief", 4), ("east/", 1)])
def test_part_of_a_name_in_any_case_is_enough(story: Served, typed: str, found: int) -> None:
    assert articles(story.get(f"/queue?document={typed}").text) == found


@pytest.mark.parametrize(
    ("typed", "found"), [("2026-01", 50), ("2026", 50), ("2025", 50), ("today", 0), ("2026-02", 0), ("now", 0)]
)
def test_periods_are_understood(story: Served, typed: str, found: int) -> None:
    assert articles(story.get(f"/queue?since={typed}").text) == found


def test_all_that_match_are_decided_in_one_step(story: Served) -> None:
    form = [("reviewer", "Ada"), ("back", "/queue?aspect=number")]
    counted = story.get("/api/queue?aspect=number").json()["counts"]["entries"]["unreviewed"]
    assert story.post(f"/verdicts/dismissed?matching={counted}", form).status == 303
    assert "unreviewed" not in story.get("/api/queue?aspect=number").json()["counts"]["entries"]
    story.post("/undo", [("reviewer", "Ada")])
    assert story.get("/api/queue?aspect=number").json()["counts"]["entries"]["unreviewed"] == counted


def test_all_that_match_is_refused_where_the_number_differs(story: Served) -> None:
    answer = story.post("/verdicts/accepted?matching=3", [("reviewer", "Ada"), ("back", "/queue")])
    assert (answer.status, "61 entries match now, not 3" in text_of(answer.text)) == (422, True)


def test_a_rule_is_suggested_from_a_change_with_its_effect(story: Served) -> None:
    first = story.get("/api/queue?aspect=number&document=plan.md").json()["entries"][0]["change"]["id"]
    words = text_of(story.get(f"/rules/new?change={first}").text)
    assert "56 changes in 1 document" in words
    assert 'pattern = "The plan counts on *"' in words


def test_search_finds_past_statements_on_a_page(story: Served) -> None:
    words = text_of(story.get("/search?q=ceasefire").text)
    assert "The ceasefire holds. brief.txt · earlier" in words
    assert "The ceasefire does not hold. brief.txt · current" in words
    assert "No statements match" in text_of(story.get("/search?q=elephants").text)


@pytest.mark.parametrize(
    ("order", "first"),
    [("path", "brief.txt"), ("review", "plan.md"), ("changed", "brief.txt"), ("size", "brief.txt")],
)
def test_documents_can_be_sorted(story: Served, order: str, first: str) -> None:
    page = story.get(f"/documents?sort={order}").text
    assert re.findall(r'<th scope="row"><a [^>]*title="([^"]*)"', page)[0] == first


def test_new_changes_are_counted_since_a_page_was_made(story: Served) -> None:
    assert "63 new changes · Show" in text_of(story.get("/queue/news?mark=0").text)
    (mark,) = re.findall(r"/queue/news\?mark=(\d+)", story.get("/queue").text)
    assert text_of(story.get(f"/queue/news?mark={mark}").text) == ""


def test_the_line_of_new_changes_keeps_the_filters(story: Served) -> None:
    page = story.get("/queue?document=brief&kind=revised&significance=substantive").text
    (asked,) = re.findall(r'hx-get="(/queue/news[^"]*)"', page)
    shown = story.get(unescape(re.sub(r"mark=\d+", "mark=0", asked))).text
    (address,) = re.findall(r'href="([^"]*)"', shown)
    assert parse_qs(urlsplit(unescape(address)).query) == {
        "document": ["brief"],
        "kind": ["revised"],
        "significance": ["substantive"],
    }


# --- in a browser


def test_select_all_takes_every_entry_of_the_page(story: Served, page: Page) -> None:
    page.goto(f"{story.url}/queue?document=brief")
    page.locator("#all").check()
    expect(page.locator("#selected")).to_have_text("4")
    page.locator("#bulk .accepted").click()
    expect(page.locator("#said")).to_contain_text("Accepted")


def test_my_last_visit_is_a_view_after_a_pause(story: Served, page: Page) -> None:
    page.goto(f"{story.url}/queue")
    expect(page.locator("#since-visit")).to_be_hidden()
    page.evaluate("localStorage.setItem('monitor-visit', JSON.stringify({seen: Date.parse('2026-01-03T12:00Z')}))")
    page.goto(f"{story.url}/queue")
    page.locator("#since-visit").click()
    expect(page.locator(".day")).to_have_text(["4 Jan 2026"])


def test_a_picked_day_fills_the_field(story: Served, page: Page) -> None:
    page.goto(f"{story.url}/queue")
    page.locator("#since-day").fill("2026-01-04")
    expect(page.locator("#since")).to_have_value("2026-01-04")
    expect(page.locator(".day")).to_have_text(["4 Jan 2026"])


def test_first_change_is_near_the_top_of_a_small_screen(story: Served, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 812})
    page.goto(f"{story.url}/queue")
    box = page.locator(".entry").first.bounding_box()
    assert box is not None
    assert box["y"] <= 160


def test_a_rule_needs_no_document(story: Served) -> None:
    assert story.get("/rules/new").status == 200
    assert "matches" in story.get("/rules/new?look=1&pattern=port*&document=").text
