"""Limits of connections: how many there are, how long a request may take to arrive, how long an answer may wait.

A connection costs a file handle before anything was asked. So where there are too many, the one that has waited longest
without a complete request is closed for the new one: whoever asks at once is answered. Only where every connection has
asked, the new one is refused.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import time
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

log = logging.getLogger("monitor.serve")

_FEWEST = 8
_OTHER_HANDLES = 100


class ConnectionLimits(NamedTuple):
    """`most` connections, and `most_of_one` of one address; seconds for a request to be complete, for an answer to be
    taken, and between two lines of the log."""

    most: int = 100
    most_of_one: int = 60
    request: float = 10.0
    answer: float = 30.0
    log_interval: float = 60.0


class _Connections:
    """Those that are open, oldest first, and how many were closed or refused since the last line of the log."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: dict[BoundedProtocol, str] = {}
        self._refused = 0
        self._logged: float | None = None

    def admit(self, new: BoundedProtocol, address: str) -> bool:
        """Make room for a connection; whether there is."""
        others = [one for one, of in self._open.items() if of == address]
        if not self._make_room(others, self.limits.most_of_one):
            return False
        if not self._make_room(list(self._open), self.limits.most):
            return False
        self._open[new] = address
        return True

    def _make_room(self, among: list[BoundedProtocol], most: int) -> bool:
        if len(among) < most:
            return True
        waiting = next((one for one in among if not one.is_complete), None)
        self.count_refusal()
        if waiting is None:
            return False
        waiting.abort()
        return True

    def remove(self, one: BoundedProtocol) -> None:
        """It is closed."""
        self._open.pop(one, None)

    def count_refusal(self) -> None:
        """Count one that was closed or refused; a line for all of a minute."""
        self._refused += 1
        now = time.monotonic()
        if self._logged is None or now - self._logged >= self.limits.log_interval:
            log.warning(
                "connections closed or refused: %d (at most %d, %d of one address, %g s for a request)",
                self._refused,
                *self.limits[:3],
            )
            self._refused, self._logged = 0, now


class BoundedProtocol(H11Protocol):
    """uvicorn's connection, within limits."""

    def __init__(self, connections: _Connections, *settings: Any) -> None:
        super().__init__(*settings)
        self._all = connections
        self._limits = connections.limits
        self._for_request: asyncio.TimerHandle | None = None
        self._for_answer: asyncio.TimerHandle | None = None
        self._refused = False

    @property
    def is_complete(self) -> bool:
        """Whether a whole request has arrived that has no whole answer yet."""
        return self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        peer = transport.get_extra_info("peername")
        self.transport = transport
        if not self._all.admit(self, str(peer[0]) if peer else ""):
            self._refused = True
            transport.abort()
            return
        super().connection_made(transport)
        self._for_request = self.loop.call_later(self._limits.request, self._late)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._for_request is None and not self.is_complete:
            self._for_request = self.loop.call_later(self._limits.request, self._late)
        super().data_received(data)
        if self.is_complete:
            self._end_request_timer()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._for_answer = self.loop.call_later(self._limits.answer, self._late)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._end_answer_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_request_timer()
        self._end_answer_timer()
        if not self._refused:
            self._all.remove(self)
            super().connection_lost(exc)

    def abort(self) -> None:
        """Close it at once, whatever is under way."""
        self._all.remove(self)
        self.transport.abort()

    def _late(self) -> None:
        self._all.count_refusal()
        self.abort()

    def _end_request_timer(self) -> None:
        if self._for_request is not None:
            self._for_request.cancel()
            self._for_request = None

    def _end_answer_timer(self) -> None:
        if self._for_answer is not None:
            self._for_answer.cancel()
            self._for_answer = None


def limits_of_system() -> ConnectionLimits:
    """As many connections as there are file handles for, beside those of stores and git."""
    handles, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(_FEWEST, min(ConnectionLimits().most, handles - _OTHER_HANDLES))
    return ConnectionLimits(most, min(most, ConnectionLimits().most_of_one))


def bounded(limits: ConnectionLimits) -> type[asyncio.Protocol]:
    """The protocol for one server, as uvicorn takes it."""
    connections = _Connections(limits)

    def make(
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> BoundedProtocol:
        return BoundedProtocol(connections, config, server_state, app_state, _loop)

    made: Callable[..., BoundedProtocol] = make
    return cast("type[asyncio.Protocol]", made)
