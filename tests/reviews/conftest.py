"""A folder whose days are recorded by real runs, and the people who review them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.app.monitor import Monitor
from tests.support.workspace import Workspace

BANNER = "We use cookies."
SECRET = "hunter2"


@dataclass
class Service:
    """A chat on loopback that takes what it is sent, or does not."""

    taken: list[dict[str, str]] = field(default_factory=list)
    refuses: bool = False
    url: str = ""


@pytest.fixture
def service() -> Iterator[Callable[[], Service]]:
    servers: list[ThreadingHTTPServer] = []

    def start() -> Service:
        service = Service()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if not service.refuses:
                    service.taken.append(told)
                self.send_response(503 if service.refuses else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        service.url = f"json://user:{SECRET}@127.0.0.1:{server.server_port}"
        return service

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


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
