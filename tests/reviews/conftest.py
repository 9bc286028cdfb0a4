"""A folder whose days are recorded by real runs, and the people who review them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.app.monitor import Monitor
from tests.support.workspace import Workspace

BANNER = "We use cookies."


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """An empty folder."""
    return Workspace(tmp_path)


@pytest.fixture
def opened() -> Iterator[Callable[[Workspace], Monitor]]:
    """Opens the stores of a place, and closes them when the test is over."""
    monitors: list[Monitor] = []

    def open_(place: Workspace) -> Monitor:
        monitors.append(Monitor(place.settings))
        return monitors[-1]

    yield open_
    for monitor in monitors:
        monitor.close()


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four days: an edit that stands in two documents, a text that comes and goes, a new document, a footer."""
    place = Workspace(tmp_path_factory.mktemp("story"))
    pier = "# Pier\n\nIt {} cover {} divers.\n\nLast updated: {} May.\n"
    port = "# Port\n\n## Rules\n\nIt {} cover {} divers. {}\n"
    truce = "# Truce\n\nA ceasefire begins. It is {} coded.\n"
    place.record_day(1, {"pier.md": pier.format("may", 30, 1), "port.md": port.format("may", 30, BANNER)})
    place.record_day(2, {"pier.md": pier.format("will", 45, 2), "port.md": port.format("will", 45, "")})
    place.record_day(3, {"port.md": port.format("will", 45, BANNER), "truce.md": truce.format("colour")})
    place.record_day(4, {"port.md": port.format("will", 45, ""), "truce.md": truce.format("color")})
    return place.root


@pytest.fixture
def story(told: Path, tmp_path: Path) -> Workspace:
    """The recorded story, to do with as a test likes."""
    return Workspace(told).copy(tmp_path)
