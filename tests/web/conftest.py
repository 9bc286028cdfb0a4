"""Recorded stories, each served to a test as a copy of its own; and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.server import Served, serving
from tests.web.story import DAYS, HOSTILE_DAYS, record

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = Path(os.environ.get("MONITOR_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
PATIENCE = 300_000  # milliseconds; a bound against hanging, not a claim about speed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test in a browser is slow; one that cannot be run here is skipped in every run, and says why."""
    for item in items:
        runs = CHROMIUM.exists() and not any(mark.args[0] for mark in item.iter_markers("skipif"))
        if runs and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def told_story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("story"), DAYS)


@pytest.fixture(scope="session")
def told_hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("hostile"), HOSTILE_DAYS)


@pytest.fixture
def story(told_story: Path, tmp_path: Path) -> Iterator[Served]:
    """The story of DAYS; what a test decides on it is that test's alone."""
    with serving(shutil.copytree(told_story, tmp_path / "story")) as served:
        yield served


@pytest.fixture
def hostile(told_hostile: Path, tmp_path: Path) -> Iterator[Served]:
    with serving(shutil.copytree(told_hostile, tmp_path / "hostile")) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium (apt-get install chromium, or MONITOR_CHROMIUM=its path)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
