"""A folder to be in, and one with a short story in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import driver
from tests.support.driver import Monitor

DAYS = (
    {
        "brief.txt": "The offer stands. It may cover 30 divers. Nobody has answered yet.\n",
        "notes/old.md": "# Notes\n\nThe port is closed.\n",
    },
    {
        "brief.txt": "The offer stands. It will cover 45 divers. Nobody has answered yet.\n",
        "notes/old.md": "# Notes\n\nThe port is closed.\n",
    },
    {
        "brief.txt": "The offer stands. It will cover 45 divers.\n",
        "notes/new.md": "# Notes\n\nThe port is closed.\n",
    },
    {"brief.txt": "The offer stands. It will cover 45 divers. Nobody has answered yet.\n"},
)
"""What the folder holds on 1, 2, 3 and 4 January 2026, at 6 o'clock UTC."""


@contextmanager
def place(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No colours, no settings from outside, dates in UTC."""
    for name in [name for name in os.environ if name.startswith("MONITOR_")] + ["NO_COLOR", "FORCE_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture
def monitor() -> Monitor:
    """A command line in the folder and with the environment that the test has."""
    return driver.monitor


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """An empty folder that the command line is started in."""
    with place(tmp_path):
        yield tmp_path


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story of DAYS, recorded; not to be changed."""
    folder = tmp_path_factory.mktemp("story")
    with place(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        for number, documents in enumerate(DAYS, start=1):
            shutil.rmtree(folder / "seeds", ignore_errors=True)
            for name, text in documents.items():
                path = folder / "seeds" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            args = ["run", "--settle", "0", "--taken-at", f"2026-01-0{number}T06:00:00Z", "--accept-deletions"]
            driver.monitor(*args)
    return folder


@pytest.fixture
def story(told: Path) -> Iterator[Path]:
    """The recorded story as the place to be in."""
    with place(told):
        yield told
