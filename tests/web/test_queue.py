"""The queue as a reviewer works it in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.server import Served

FIRST = ".entry >> nth=0"


def opened(page: Page, story: Served, path: str = "/queue") -> Page:
    page.goto(story.url + path)
    return page


def current(page: Page) -> str:
    return page.locator(".entry.current").get_attribute("id") or ""


def ids(page: Page) -> list[str]:
    return [one.get_attribute("id") or "" for one in page.locator(".entry").all()]


def test_j_and_k_move_through_the_queue(story: Served, page: Page) -> None:
    opened(page, story)
    listed = ids(page)
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert current(page) == listed[at]


@pytest.mark.parametrize(("key", "verdict"), [("a", "Accepted"), ("f", "Flagged"), ("d", "Dismissed")])
def test_one_key_decides_and_moves_on(story: Served, page: Page, key: str, verdict: str) -> None:
    opened(page, story)
    listed = ids(page)
    page.keyboard.press("j")
    page.keyboard.press(key)
    expect(page.locator(f"#{listed[0]} .standing")).to_contain_text(f"{verdict} by Ada")
    expect(page.locator("#said")).to_contain_text(verdict)
    assert current(page) == listed[1]


def test_decided_changes_leave_the_queue(story: Served, page: Page) -> None:
    opened(page, story)
    first = ids(page)[0]
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(f"#{first} .standing")).to_be_visible()
    page.reload()
    assert first not in ids(page)


def test_u_takes_the_last_verdict_back(story: Served, page: Page) -> None:
    opened(page, story)
    first = ids(page)[0]
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator(f"#{first} .standing")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(f"#{first} .standing")).to_have_count(0)
    expect(page.locator("#said")).to_contain_text("Undid")
    page.reload()
    assert ids(page)[0] == first


def test_the_counts_of_the_tabs_follow(story: Served, page: Page) -> None:
    opened(page, story)
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator("#tabs a", has_text="Flagged")).to_have_text(re.compile(r"Flagged [1-9]"))


def test_a_comment_is_written_by_keyboard_alone(story: Served, page: Page) -> None:
    opened(page, story)
    first = ids(page)[0]
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type("ask the editor, j k a f d")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#{first} .standing")).to_contain_text("1 comment")
    page.keyboard.press("o")
    expect(page.locator(".acts")).to_contain_text("ask the editor, j k a f d")


def test_a_comment_goes_with_the_verdict(story: Served, page: Page) -> None:
    opened(page, story)
    entry = page.locator(FIRST)
    entry.get_by_text("Comment", exact=True).first.click()
    entry.get_by_role("textbox", name="Comment").fill("not what was agreed")
    entry.get_by_role("button", name="Flag").click()
    expect(entry.locator(".standing")).to_contain_text("Flagged")
    entry.get_by_role("link", name="1 comment").click()
    expect(page.locator(".acts li").first).to_contain_text("flagged")
    expect(page.locator(".acts blockquote")).to_have_text("not what was agreed")


def test_one_verdict_is_for_all_that_are_selected(story: Served, page: Page) -> None:
    opened(page, story)
    listed = ids(page)
    for key in ("j", "x", "j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("#selected")).to_have_text("3")
    page.keyboard.press("d")
    for one in listed[:3]:
        expect(page.locator(f"#{one} .standing")).to_contain_text("Dismissed")
    expect(page.locator(f"#{listed[3]} .standing")).to_have_count(0)


def test_same_edit_in_two_documents_takes_one_verdict(story: Served, page: Page) -> None:
    opened(page, story, "/queue?q=inspect")
    entry = page.locator(".entry")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("2 identical edits in 2 documents")
    entry.get_by_role("button", name="Accept").click()
    expect(page.locator("#said")).to_contain_text("Accepted 2 changes")


def test_filters_narrow_the_queue_and_its_address_can_be_mailed(story: Served, page: Page, browser: Browser) -> None:
    opened(page, story)
    page.get_by_label("negation").check()
    expect(page.locator(".entry")).to_have_count(1)
    expect(page).to_have_url(f"{story.url}/queue?aspect=negation")
    elsewhere = browser.new_context().new_page()
    elsewhere.goto(page.url)
    expect(elsewhere.locator(".entry")).to_have_count(1)
    expect(elsewhere.locator(".entry")).to_contain_text("ceasefire")
    elsewhere.context.close()


def test_slash_searches_for_words(story: Served, page: Page) -> None:
    opened(page, story)
    page.keyboard.press("/")
    page.keyboard.type("answered")
    page.keyboard.press("Enter")
    expect(page.locator(".entry")).to_have_count(2)
    expect(page).to_have_url(f"{story.url}/queue?q=answered")


def test_a_long_queue_has_pages(story: Served, page: Page) -> None:
    opened(page, story)
    first = ids(page)
    page.keyboard.press("n")
    expect(page.get_by_role("link", name="First page")).to_be_visible()
    assert len(first) == 50
    assert ids(page)
    assert not set(first) & set(ids(page))


def test_hidden_changes_have_a_separate_list(story: Served, page: Page) -> None:
    opened(page, story)
    expect(page.locator(".entry", has_text="Last updated")).to_have_count(0)
    page.get_by_role("link", name="1 hidden by rules").click()
    expect(page.locator(".entry")).to_contain_text("Last updated")


def test_second_of_two_browsers_sees_what_the_first_decided(story: Served, browser: Browser) -> None:
    desks = []
    for name in ("Ada", "Grace"):
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(f"{story.url}/queue")
        page.fill("#reviewer", name)
        page.locator("#reviewer").blur()
        desks.append(page)
    ada, grace = desks
    first = ids(ada)[0]
    ada.locator(f"#{first}").get_by_role("button", name="Accept").click()
    expect(ada.locator("#said")).to_contain_text("Accepted")
    grace.locator(f"#{first}").get_by_role("button", name="Flag").click()
    expect(grace.locator("#said")).to_contain_text("meanwhile Ada accepted 1 change. Nothing was recorded")
    expect(grace.locator(f"#{first} .standing")).to_contain_text("Accepted by Ada")
    grace.locator(f"#{first}").get_by_role("button", name="Flag").click()
    expect(grace.locator("#said")).to_contain_text("Flagged")
    grace.goto(f"{story.url}/changes/{first.removeprefix('e-')}")
    expect(grace.locator(".acts")).to_contain_text(re.compile("Grace flagged.*Ada accepted", re.DOTALL))
    for page in desks:
        page.context.close()


def test_browser_remembers_the_reviewer_without_a_cookie(story: Served, page: Page) -> None:
    opened(page, story)
    page.fill("#reviewer", "Grace")
    page.locator("#reviewer").blur()
    page.reload()
    expect(page.locator("#reviewer")).to_have_value("Grace")
    assert page.context.cookies() == []


def test_review_session_logs_no_browser_error(story: Served, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    opened(page, story)
    page.keyboard.press("j")
    for key, said in (("f", "Flagged"), ("d", "Dismissed"), ("u", "Undid"), ("a", "Accepted")):
        page.keyboard.press(key)
        expect(page.locator("#said")).to_contain_text(said)
    page.keyboard.press("c")
    page.keyboard.type("why?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("Commented")
    page.get_by_role("checkbox", name="negation").check()
    expect(page.locator(".entry")).to_have_count(1)
    assert complaints == []


def test_document_filter_takes_the_id_and_shows_the_path(story: Served, page: Page) -> None:
    document = story.get("/api/documents").json()["documents"][0]
    opened(page, story, f"/documents/{document['id']}")
    page.get_by_role("link", name="its changes").click()
    expect(page.get_by_label("Document", exact=True)).to_have_value("brief.txt")
    assert set(page.locator(".entry .where a").all_inner_texts()) == {"brief.txt"}


def test_verdict_needs_a_reviewer_name(story: Served, page: Page) -> None:
    opened(page, story)
    page.fill("#reviewer", "")
    page.locator(FIRST).get_by_role("button", name="Accept").click()
    expect(page.locator("#said")).to_contain_text("Enter your name")
    assert story.get("/api/queue?verdict=accepted").json()["entries"] == []


def test_the_queue_works_without_a_script(story: Served, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{story.url}/queue")
    first = ids(page)[0]
    page.locator(FIRST).get_by_role("button", name="Accept").click()
    assert first not in ids(page)
    page.context.close()


def test_keys_are_listed(story: Served, page: Page) -> None:
    opened(page, story)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
