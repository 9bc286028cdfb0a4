"""What one request is handled with: the stores, the reader's clock and zone, the templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.app.monitor import Monitor
from monitor.app.queries import Calendar, every_snapshot
from monitor.config import Settings
from monitor.core.text.normalize import without_power
from monitor.reports.html import environment
from monitor.reports.views import ChangeView
from monitor.web.assets import asset_url
from monitor.web.counted import Counted

TEMPLATES = Path(__file__).parent / "templates"
LARGEST_FORM = 1_000_000  # bytes
MOST_FIELDS = 5_000
SECTIONS = (("/queue", "Queue"), ("/documents", "Documents"), ("/overview", "Overview"), ("/runs", "Runs"))

NextRun = Callable[[datetime | None], datetime | None]
"""The schedule's next run, given when the last one began."""


@dataclass(frozen=True, slots=True)
class Site:
    """What all requests share; nothing in it is bound to a thread."""

    stores: Monitor  # of which each request has another one
    next_run: NextRun
    reviewer: str  # who reviews where nobody says so
    counted: Counted

    @property
    def settings(self) -> Settings:
        return self.stores.settings


class Form:
    """The fields of a form or a query string, each with its values in order."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value.replace("\0", ""))  # no database takes it in a text

    def one(self, name: str) -> str:
        """The last value, without blanks around it; `""` where there is none."""
        return self._values.get(name, [""])[-1].strip()

    def words(self, name: str) -> str:
        """The same for words that a page shows again in its fields: nothing in them acts."""
        return without_power(self.one(name)).strip()

    def all(self, name: str) -> list[str]:
        return [value for value in self._values.get(name, []) if value]


class Desk:
    """Where one request is worked on, in one thread; its stores are closed behind it."""

    def __init__(self, request: Request, monitor: Monitor, form: Form) -> None:
        self.request = request
        self.monitor = monitor
        self.site: Site = request.app.state.site
        self.query = Form(request.query_params.multi_items())
        self.form = form  # what was posted
        self.now = datetime.now(UTC)

    @property
    def zone(self) -> tzinfo:
        return self.monitor.settings.zone

    @property
    def is_fragment(self) -> bool:
        """Whether our own script asks, and takes a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    def calendar(self) -> Calendar:
        """How a WHEN of this request is read."""
        return Calendar(self.now, self.zone, lambda: every_snapshot(self.monitor.snapshots))

    def named(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def page(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> Response:
        """A page, or a part of one."""
        return HTMLResponse(render(template, path=self.request.url.path, **values), status, headers)


Handler = Callable[[Desk], Response]


def reading(handler: Handler) -> Callable[[Request], Response]:
    """An endpoint that only reads; Starlette runs it in a thread of its pool."""

    def endpoint(request: Request) -> Response:
        with request.app.state.site.stores.another() as monitor:
            return handler(Desk(request, monitor, Form(())))

    return endpoint


def writing(handler: Handler) -> Callable[[Request], Any]:
    """An endpoint that takes a form; the handler runs in a thread of the pool."""

    async def endpoint(request: Request) -> Response:
        form = parse_form(await body_of(request))

        def handle() -> Response:
            with request.app.state.site.stores.another() as monitor:
                return handler(Desk(request, monitor, form))

        return await run_in_threadpool(handle)

    return endpoint


async def body_of(request: Request) -> bytes:
    """What was posted; 413 where it is more than anybody types."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise HTTPException(413, "that is more than one form may carry")
    return body


def parse_form(body: bytes) -> Form:
    """An urlencoded form; 400 where it is none."""
    try:
        return Form(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except (UnicodeDecodeError, ValueError):
        raise HTTPException(400, "that is no form of the monitor's") from None


def own_address(given: str, fallback: str) -> str:
    """Where to go back to: a page of ours, never one of another host."""
    parts = urlsplit(given)
    plain = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return given if plain and not parts.netloc and not parts.scheme else fallback


def render(template: str, **values: Any) -> str:
    """One of the templates."""
    return _templates().get_template(template).render(values)


@cache
def _templates() -> Environment:
    made = environment(TEMPLATES)
    made.globals.update(asset=asset_url, sections=SECTIONS, change_address=_change_address)
    return made


def _change_address(change: ChangeView) -> str:
    return f"/changes/{change.id}"
