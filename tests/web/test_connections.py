"""Limits of connections: the page answers whoever asks, whatever others leave open."""

from __future__ import annotations

import logging
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from monitor.web.connections import ConnectionLimits, limits_of_system
from monitor.web.request import asset_url
from tests.support.workspace import Workspace, eventually
from tests.web.server import Served, serving

SOON = ConnectionLimits(request=0.3, answer=0.3)
HALF = b"GET /queue HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Workspace(tmp_path_factory.mktemp("page"))
    place.record({"a.txt": "One thing."})
    place.record({"a.txt": "Another thing."})
    return place.root


@contextmanager
def open_connections(page: Served, number: int, sent: bytes = b"") -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        made = []
        for _ in range(number):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", page.port), timeout=60))
            one.sendall(sent)
            made.append(one)
        yield made


def is_closed(one: socket.socket) -> bool:
    """Whether the server has closed a connection; waits until it does."""
    try:
        return one.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET /q", HALF, HALF + b"x: y\r\n" * 20])
def test_page_is_answered_beside_many_open_connections(folder: Path, sent: bytes) -> None:
    with serving(folder) as page, open_connections(page, 250, sent):
        assert page.get("/queue").status == 200


def test_one_address_does_not_take_all_connections(folder: Path) -> None:
    limits = ConnectionLimits(most=10, most_of_one=3)
    with serving(folder, limits=limits) as page, open_connections(page, 4, HALF) as made:
        assert is_closed(made[0])
        made[3].sendall(b"\r\n")
        assert made[3].recv(100).startswith(b"HTTP/1.1 ")


POST = b"POST /comments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"


@pytest.mark.parametrize("sent", [b"", HALF, POST])
def test_request_that_does_not_become_complete_is_closed(folder: Path, sent: bytes) -> None:
    with serving(folder, limits=SOON) as page, open_connections(page, 1, sent) as (one,):
        assert is_closed(one)


def test_single_bytes_do_not_extend_the_time(folder: Path) -> None:
    with serving(folder, limits=SOON) as page, open_connections(page, 1) as (one,):
        one.settimeout(0.02)

        def closed() -> bool:
            try:
                one.sendall(b"x")
                return one.recv(1) == b""
            except TimeoutError:
                return False
            except OSError:
                return True

        assert eventually(closed, 30)


def test_answer_that_nobody_takes_is_given_up(folder: Path) -> None:
    asked = f"GET {asset_url('htmx.min.js')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with serving(folder, limits=SOON) as page, socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        one.connect(("127.0.0.1", page.port))
        one.settimeout(0.02)

        def closed() -> bool:
            try:
                one.sendall(asked)
            except TimeoutError:
                pass
            except OSError:
                return True
            return False

        assert eventually(closed, 60)


def test_second_request_of_a_connection_has_its_own_time(folder: Path) -> None:
    limits = ConnectionLimits(request=0.5)
    with serving(folder, limits=limits) as page:
        connection = HTTPConnection("127.0.0.1", page.port, timeout=60)
        for _ in range(4):
            connection.request("GET", "/queue")
            answer = connection.getresponse()
            assert answer.status == 200
            answer.read()
            time.sleep(0.3)
        connection.close()


def test_refusals_are_one_line_a_minute(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="monitor.serve"), serving(folder) as page, open_connections(page, 300):
        assert page.get("/queue").status == 200
    assert [record.getMessage() for record in caplog.records if record.name == "monitor.serve"] == [
        "connections closed or refused: 1 (at most 100, 60 of one address, 10 s for a request)"
    ]


def test_client_that_goes_away_leaves_no_traceback(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), serving(folder) as page:
        with open_connections(page, 5, POST):
            pass
        assert page.get("/queue").status == 200
    assert caplog.records == []


@pytest.mark.parametrize(("handles", "most"), [(1024, 100), (256, 100), (150, 50), (64, 8)])
def test_limit_follows_the_number_of_file_handles(monkeypatch: pytest.MonkeyPatch, handles: int, most: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (handles, resource.RLIM_INFINITY))
    assert limits_of_system().most == most
