"""Notices about the monitor itself: runs begin to be held or to fail, it goes on for a day, runs go well again.

They do not need the databases, which may be what fails: what was sent, and what waits, is in the small file
`stopped.json` of the store, which is there from the first run that did not go well to the first that did.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any, Literal, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from monitor.app.monitor import STOPPED, StoreLock
from monitor.app.notify import LOCK, PATIENCE, Send, apprise_sender, url_of_channel
from monitor.config import Settings
from monitor.errors import MonitorError, RunInProgress
from monitor.snapshots.files import write_new

log = logging.getLogger(__name__)

REMINDER = timedelta(days=1)
_PING = 10.0  # seconds for the answer
MOST_ATTEMPTS = 50  # of one notice to one channel
_TITLES = {"held": ("runs are held", "runs are still held"), "failed": ("runs fail", "runs still fail")}
Kind = Literal["held", "failed"]


class _State(NamedTuple):
    """Since when no run has gone well, when and of which kinds that was said, and the notice with the channels that
    have not taken it, each with the number of attempts."""

    since: datetime
    said: datetime
    kinds: tuple[str, ...]
    title: str
    body: str
    pending: Mapping[str, int]
    ended: bool = False


def report_stop(
    settings: Settings, kind: Kind, message: str, now: datetime | None = None, send: Send | None = None
) -> list[str]:
    """After a run that was held or failed: send what is due now; what went wrong with that, a line each."""
    now = now or datetime.now(UTC)

    def due(state: _State | None) -> _State | None:
        since, kinds, title = now, tuple[str, ...]((kind,)), f"monitor: {_TITLES[kind][0]}"
        if state is not None and not state.ended:
            if kind in state.kinds and now - state.said < REMINDER:
                return state
            since, kinds = state.since, tuple(sorted({*state.kinds, kind}))
            title = f"monitor: {_TITLES[kind][kind in state.kinds]}"
        body = f"{_nothing_since(settings, since)}\n{message}\nA reminder follows each day until a run goes well.\n"
        return _State(since, now, kinds, title, body, _channels(settings))

    return _update(settings, due, send)


def report_recovery(settings: Settings, now: datetime | None = None, send: Send | None = None) -> list[str]:
    """After a run that went well: say so, once, to those who were told of the stop."""
    now = now or datetime.now(UTC)

    def due(state: _State | None) -> _State | None:
        if state is None or state.ended:
            return state
        told = {name: 0 for name in _channels(settings) if name not in state.pending}
        body = f"{_nothing_since(settings, state.since)}\nA run went well again at {_time(settings, now)}.\n"
        return _State(state.since, now, (), "monitor: runs go well again", body, told, ended=True)

    return _update(settings, due, send)


def ping(address: str) -> list[str]:
    """Call an address, and wait for the answer for some seconds; what went wrong, a line, without the address."""
    try:
        request = Request(address, headers={"User-Agent": "monitor"})  # noqa: S310 - the configuration takes http alone
        with urlopen(request, timeout=_PING) as answer:  # noqa: S310
            answer.read(1)
    except HTTPError as error:
        return [f"[notify] ping: the service answered {error.code}"]
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        return [f"[notify] ping: {reason.strerror or reason if isinstance(reason, OSError) else type(error).__name__}"]
    return []


def _nothing_since(settings: Settings, since: datetime) -> str:
    return f"No run of {settings.folders_text} went well since {_time(settings, since)}."


def _time(settings: Settings, moment: datetime) -> str:
    return moment.astimezone(settings.zone).isoformat(" ", "minutes")


def _channels(settings: Settings) -> dict[str, int]:
    return {channel.name: 0 for channel in settings.notify.channels if channel.failures}


def _update(settings: Settings, due: Callable[[_State | None], _State | None], send: Send | None) -> list[str]:
    """Bring the file up to date and send what waits; another process that does it already is left to it."""
    path = settings.store.snapshots / STOPPED
    lock = StoreLock(settings.store.snapshots / LOCK, "sending notices")
    try:
        lock.acquire()
    except RunInProgress:
        return []
    except MonitorError as error:
        return [f"notices: {error}"]
    with lock:
        state = due(_read(path))
        if state is None:
            path.unlink(missing_ok=True)  # it could not be read
            return []
        try:
            _write(path, state)
            left, problems = _send(settings, state, send)
            state = state._replace(pending=left)
            if state.ended and not left:
                path.unlink(missing_ok=True)
            else:
                _write(path, state)
        except OSError as error:  # without the file each run would send the notice again
            return [f"notices: {path}: {error.strerror}"]
        return problems


def _send(settings: Settings, state: _State, send: Send | None) -> tuple[dict[str, int], list[str]]:
    """Each channel in a thread of its own; those that have not taken the notice, and why."""
    channels = {channel.name: channel for channel in settings.notify.channels if channel.failures}
    waiting = {name: attempts for name, attempts in state.pending.items() if name in channels}
    if not waiting:
        return {}, []
    try:
        sender = send or apprise_sender()
    except MonitorError as error:
        return dict(waiting), [f"notices: {error}"]
    taken: dict[str, str | None] = {}

    def send_one(name: str) -> None:
        try:
            taken[name] = sender(url_of_channel(channels[name]), state.title, state.body)
        except OSError as error:
            taken[name] = f"its url_file cannot be read: {error.strerror}"

    threads = [Thread(target=send_one, args=(name,), daemon=True) for name in waiting]
    _run_all(threads)
    left = {
        name: attempts + 1
        for name, attempts in waiting.items()
        if taken.get(name, "no answer") is not None and attempts + 1 < MOST_ATTEMPTS
    }
    problems = [f"notices: {name}: {taken.get(name, 'no answer')}; it is sent again with the next run" for name in left]
    return left, problems


def _run_all(threads: Iterable[Thread]) -> None:
    started = list(threads)
    for thread in started:
        thread.start()
    until = monotonic() + PATIENCE
    for thread in started:
        thread.join(max(0.0, until - monotonic()))


def _read(path: Path) -> _State | None:
    """The state; None where there is none, or none that can be read."""
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        for name in ("since", "said"):
            found[name] = datetime.fromisoformat(found[name])
        found["kinds"] = tuple(found["kinds"])
        state = _State(**found)
        with suppress(AttributeError):
            if all(isinstance(attempts, int) for attempts in state.pending.values()):
                return state
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        pass
    return None


def _write(path: Path, state: _State) -> None:
    document = {**state._asdict(), "since": state.since.isoformat(), "said": state.said.isoformat()}
    new = path.with_name(f"{path.name}.new")
    write_new(new, json.dumps(document).encode("ascii"))
    new.replace(path)
