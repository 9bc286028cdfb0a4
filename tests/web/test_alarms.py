"""What every page says while it is so: the ledger is behind the history, runs are held or fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Page, expect

from tests.reliability.advice import Place, build
from tests.web.server import serving

PAGES = ("/queue", "/documents", "/overview", "/runs", "/search?q=offer", "/orphans", "/alarms")
BEHIND = "The ledger is 1 snapshot behind: monitor run adds them"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("alarms")).root.parent


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Place:
    shutil.copytree(built, tmp_path / "root")
    return Place(tmp_path / "root/place")


def shown(text: str) -> list[str]:
    return [str(one.text_content()) for one in html.fromstring(f"<div>{text}</div>").iterfind(".//p[@class='alarm']")]


def hold(place: Place) -> None:
    shutil.move(place.seeds, place.root / "away")
    place.monitor("run", status=6)


def test_nothing_is_said_where_all_is_well(place: Place) -> None:
    with serving(place.root) as page:
        assert [shown(page.get(path).text or "<p>") for path in PAGES[:-1]] == [[]] * len(PAGES[:-1])
        assert page.get("/alarms").text.strip() == ""


@pytest.mark.parametrize("path", PAGES)
def test_ledger_that_is_behind_is_said_until_it_is_not(place: Place, path: str) -> None:
    place.put("older", "ledger")
    with serving(place.root) as page:
        assert shown(page.get(path).text) == [BEHIND]
        place.monitor("run")
        assert page.get("/alarms").text.strip() == ""


def test_held_run_is_said_with_its_reason(place: Place) -> None:
    hold(place)
    with serving(place.root) as page:
        (line,) = shown(page.get("/queue").text)
        assert line.startswith("The last run was held: the watched folder ")
        shutil.move(place.root / "away", place.seeds)
        place.monitor("run")
        assert page.get("/alarms").text.strip() == ""


def test_failed_run_is_said(place: Place) -> None:
    path = place.snapshots / "history.git/refs/heads/main"
    kept = path.read_bytes()
    path.write_bytes(b"")
    place.write("offer.txt", "The offer falls.")
    place.monitor("run", status=4)
    path.write_bytes(kept)
    with serving(place.root) as page:
        assert any(line.startswith("The last run failed: ") for line in shown(page.get("/runs").text))


def test_what_a_message_names_does_not_act(place: Place) -> None:
    place.configure((place.root / "monitor.toml").read_text() + "[watch.odd]\nfolder = '<b>none</b>'\n")
    place.monitor("run", status=6)
    with serving(place.root) as page:
        text = page.get("/queue").text
    assert "&lt;b&gt;none" in text
    assert "<b>none" not in text


def test_open_page_learns_of_it_within_a_minute(place: Place, page: Page) -> None:
    page.clock.install()
    with serving(place.root) as served:
        page.goto(f"{served.url}/queue")
        expect(page.locator("#alarms")).to_have_text("")
        place.put("older", "ledger")
        page.clock.run_for(61_000)
        expect(page.locator("#alarms")).to_have_text(BEHIND)
        place.monitor("run")
        page.clock.run_for(61_000)
        expect(page.locator("#alarms")).to_have_text("")
