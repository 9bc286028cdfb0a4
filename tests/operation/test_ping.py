"""`[notify] ping`: an address that is called after each good run, and after no other."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.workspace import Workspace

SECRET = "3f2a-secret"


class Service:
    """A service on loopback that notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(self.path)
                self.send_response(service.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{SECRET}"


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.server.shutdown()
    service.server.server_close()


@pytest.fixture
def place(tmp_path: Path, service: Service) -> Workspace:
    place = Workspace(tmp_path)
    place.configure(f'[notify]\nping = "{service.address}"\n')
    place.write("a.txt", "A line.\n")
    return place


def test_each_good_run_calls_it(place: Workspace, service: Service) -> None:
    place.run(0)
    assert place.run(1).text == "nothing changed\n"
    assert service.asked == [f"/{SECRET}"] * 2


def test_a_run_that_is_held_or_fails_does_not(place: Workspace, service: Service) -> None:
    place.run(0)
    place.seeds.rename(place.root / "away")
    place.run(1, status=6)
    (place.root / "away").rename(place.seeds)
    (place.snapshots / "ledger.db").write_bytes(b"no database")
    place.run(2, status=4)
    assert len(service.asked) == 1


def test_a_service_that_refuses_is_named_without_its_address(place: Workspace, service: Service) -> None:
    service.status = 503
    said = place.run(0)
    assert "[notify] ping: the service answered 503" in said.message + said.text
    assert SECRET not in said.message + said.text
    service.server.shutdown()
    service.server.server_close()
    said = place.run(1)
    assert "[notify] ping: " in said.message + said.text
    assert SECRET not in said.message + said.text + (place.snapshots / "runs.jsonl").read_text()


def test_the_address_is_a_secret(place: Workspace) -> None:
    assert SECRET not in place.monitor("config").text
    place.configure(f'[notify]\nping = "ftp://{SECRET}"\n')
    said = place.monitor("run", status=2).message
    assert "ping: expected an address such as https://ping.example/KEY" in said
    assert SECRET not in said
