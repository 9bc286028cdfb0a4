"""`serve --root-path`: the pages below a path of a proxy, whether the proxy takes the path off or not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from monitor.errors import UsageError
from monitor.web.app import checked_root_path
from tests.web.server import Answer, Served, serving

ROOT = "/desk/monitor"
TOKEN = "a-token-of-a-test-0123456789"
ADDRESSES = {"href", "action", "formaction", "src", "hx-get", "hx-post", "data-href", "data-address"}


@pytest.fixture
def below(told_story: Path, tmp_path: Path) -> Iterator[Served]:
    with serving(shutil.copytree(told_story, tmp_path / "story"), root_path=ROOT) as served:
        yield served


def addresses(page: str) -> set[str]:
    """What the elements of a page name, without the part behind #."""
    found: set[str] = set()

    class Reading(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
            found.update(value.partition("#")[0] for name, value in attrs if name in ADDRESSES and value)

    Reading().feed(page)
    return found - {""}


def crawl(served: Served, *, stripped: bool) -> dict[str, Answer]:
    """Every page that is led to from the first, at most 150; a proxy may take the path off before it asks."""
    waiting, seen = [f"{ROOT}/"], {}
    while waiting and len(seen) < 150:
        address = waiting.pop()
        if address in seen:
            continue
        seen[address] = answer = served.get(address[len(ROOT) :] if stripped else address)
        if answer.headers.get("content-type", "").startswith("text/html") and "save=" not in address:
            waiting += sorted(addresses(answer.text) - seen.keys())
        if "location" in answer.headers:
            waiting.append(answer.headers["location"])
    return seen


@pytest.mark.parametrize("stripped", [True, False], ids=["taken off", "left"])
def test_no_address_leaves_the_path(below: Served, stripped: bool) -> None:
    found = crawl(below, stripped=stripped)
    assert len(found) > 50
    assert [address for address in found if not address.startswith(f"{ROOT}/")] == []
    assert {address: one.status for address, one in found.items() if one.status not in (200, 303, 307, 405, 422)} == {}


def test_a_feed_links_to_pages_below_the_path(below: Served) -> None:
    links = re.findall(r'href="(http[^"]*)"', below.get("/feed.atom").text)
    assert links
    assert [one for one in links if not urlsplit(one).path.startswith(f"{ROOT}/")] == []


def test_text_that_looks_like_an_address_stays(tmp_path: Path) -> None:
    from tests.web.story import record

    text = 'Write <a href="/home"> there, or action="/send" here, <b src=/x> too.'
    folder = record(tmp_path, [{"a.txt": "One stays.\n"}, {"a.txt": f"One stays.\n{text}\n"}])
    with serving(folder, root_path=ROOT) as served, serving(folder) as plain:
        shown, expected = served.get("/queue").text, plain.get("/queue").text
        assert shown.count("/home") == expected.count("/home") > 0
        assert "desk/monitor/home" not in shown
        assert "desk/monitor/send" not in shown
        assert "desk/monitor/x" not in shown


def test_a_verdict_leads_back_below_the_path(below: Served) -> None:
    change = below.get("/api/changes?limit=1").json()["changes"][0]["id"]
    fields = [("only", change), ("reviewer", "Ada"), ("back", "/queue")]
    answer = below.post("/verdicts/accepted", fields)
    assert (answer.status, answer.headers["location"]) == (303, f"{ROOT}/queue")


def test_the_cookie_is_sent_below_the_path_alone(told_story: Path, tmp_path: Path) -> None:
    with serving(shutil.copytree(told_story, tmp_path / "story"), token=TOKEN, root_path=ROOT) as served:
        answer = served.get(f"/queue?token={TOKEN}")
        assert answer.headers["location"] == f"{ROOT}/queue"
        assert f"Path={ROOT}/;" in answer.headers["set-cookie"]


@pytest.mark.parametrize(("given", "path"), [("", ""), ("/", ""), ("/monitor", "/monitor"), ("/a/b-1/", "/a/b-1")])
def test_a_path_that_is_taken(given: str, path: str) -> None:
    assert checked_root_path(given) == path


@pytest.mark.parametrize("given", ["monitor", "/a//b", "/a b", '/"x"', "/../a", "//host", "/queue", "/api/x", "/ä"])
def test_a_path_that_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="--root-path"):
        checked_root_path(given)


def test_keys_and_forms_work_below_the_path(below: Served, page: Page) -> None:
    page.goto(f"{below.url}{ROOT}/queue")
    address = page.locator(".entry .where a").first.get_attribute("href") or ""
    assert address.startswith(f"{ROOT}/documents/")
    page.goto(below.url + address)  # which waits for the scripts, as a click does not
    page.keyboard.press("n")
    expect(page.locator(".change-list a[aria-current]")).to_have_count(1)
    with page.expect_response(re.compile(f"{ROOT}/api/verdicts")) as answered:
        page.keyboard.press("a")
    assert answered.value.status == 200
    page.goto(f"{below.url}{ROOT}/queue")
    with page.expect_response(re.compile(f"{ROOT}/verdicts/accepted")) as answered:
        page.locator(".entry button.accepted").first.click()
    assert answered.value.ok
