"""A monitor's page served on loopback for a test, and a client that says exactly what it is told to."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvicorn

from monitor.config import load
from monitor.web.app import create_app
from monitor.web.connections import ConnectionLimits, bounded
from monitor.web.security import Access, Proxy

Fields = Sequence[tuple[str, str]]
DEFAULT_LIMITS = ConnectionLimits()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Served:
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request(method, path, body, {"Host": f"127.0.0.1:{self.port}", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")  # a file to save is no text
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, fields: Fields, headers: Mapping[str, str] | None = None) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(list(fields)).encode(), {**kind, **(headers or {})})

    def send(self, path: str, value: object, kind: str = "application/json") -> Answer:
        return self.ask("POST", path, json.dumps(value).encode(), {"Content-Type": kind})


class Server(uvicorn.Server):
    """One that ends as soon as it is asked to, where uvicorn's looks every tenth of a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._begun = threading.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        self._loop, self._asked = asyncio.get_running_loop(), asyncio.Event()
        self._begun.set()
        await self._asked.wait()

    def end(self) -> None:
        """Ask the server, which runs in another thread, to end."""
        self._begun.wait(timeout=600)
        self._loop.call_soon_threadsafe(self._asked.set)


@contextmanager
def serving(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    token: str | None = None,
    names: Sequence[str] = (),
    read_token: str | None = None,
    root_path: str = "",
    limits: ConnectionLimits = DEFAULT_LIMITS,
) -> Iterator[Served]:
    """The page of the monitor in `folder`; `host` is what it is told that it was bound to."""
    settings = load(folder, None, {}, {})
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        port = listening.getsockname()[1]
        proxy = Proxy(settings.web) if settings.web.user_header else None
        access = Access(host, port, names, token, read_token, proxy, root_path)
        app = create_app(settings, access, lambda _last: None, "Ada")
        quiet = {"log_level": "error", "proxy_headers": False}
        config = uvicorn.Config(app, http=bounded(limits), lifespan="off", ws="none", **quiet)
        server = Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield Served(folder, port)
        finally:
            server.end()
            thread.join(timeout=600)
