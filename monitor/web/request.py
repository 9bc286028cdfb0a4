"""The context of one request: stores, clock, time zone, templates, forms, filters, and assets.

Assets have addresses with a digest of their content and are cached forever. `QueueQuery` is the filter of the queue as
written in an address, the same for pages, links and the JSON API.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from functools import cache, cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.app.monitor import Monitor
from monitor.app.queries import comparison_addresses
from monitor.app.store_check import alarms
from monitor.config import Settings
from monitor.core.review.events import UNREVIEWED, VERDICTS, QueueFilter
from monitor.core.text.normalize import visible, without_controls
from monitor.core.time_expressions import Calendar, parse_when
from monitor.errors import UsageError
from monitor.model import Aspect, Change, ChangeKind, Document, Significance
from monitor.reports.html import TEMPLATES as REPORTS
from monitor.reports.html import environment
from monitor.reports.phrases import TERMS
from monitor.reports.views import ChangeView
from monitor.web.queue_views import CountCache
from monitor.web.security import Role, identity_of

FOLDER = Path(__file__).parent / "assets"
FILES = {
    "style.css": REPORTS / "style.css",  # the reports' own
    "redline.css": REPORTS / "redline.css",
    "web.css": FOLDER / "web.css",
    "htmx.min.js": FOLDER / "htmx.min.js",
    "review.js": FOLDER / "review.js",
    "reader.js": FOLDER / "reader.js",
    "icon.svg": FOLDER / "icon.svg",
}
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def asset_url(name: str) -> str:
    """Where a page finds one of FILES."""
    return f"/assets/{_digest(name)}/{name}"


def asset(request: Request) -> Response:
    """One of FILES."""
    name = request.path_params["name"]
    if name not in FILES or request.path_params["digest"] != _digest(name):
        raise HTTPException(404)
    forever = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(_read(name), media_type=_TYPES[FILES[name].suffix], headers=forever)


@cache
def _digest(name: str) -> str:
    return blake2b(_read(name), digest_size=6).hexdigest()


@cache
def _read(name: str) -> bytes:
    return FILES[name].read_bytes()


JsonBody = Mapping[str, Any]


def object_of(body: bytes) -> JsonBody:
    """The JSON object that was sent; 400 where it is none."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise HTTPException(400, "send one JSON object")
    return payload


def text(payload: JsonBody, name: str) -> str:
    """A text, `""` where nothing is said."""
    value = payload.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{name}: a text")
    return value


def changes(payload: JsonBody) -> Sequence[str]:
    """The ids of changes."""
    value = payload.get("changes")
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError("changes: a list of ids")
    return value


def is_for_group(payload: JsonBody, *, usual: bool) -> bool:
    """Whether all that share the entry are meant."""
    value = payload.get("group", usual)
    if not isinstance(value, bool):
        raise UsageError("group: true or false")
    return value


def known_events(payload: JsonBody) -> Mapping[str, int]:
    """By full ids: up to which event the reviewer knew a change."""
    value = payload.get("seen", {})
    if not isinstance(value, dict) or not all(isinstance(one, int) for one in value.values()):
        raise UsageError("seen: the last event's number for each id of a change")
    return value


ANY = "any"
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """The words as they were given; what is empty does not restrict. Without a verdict: what nobody decided on yet."""

    q: str = ""
    document: str = ""
    kind: tuple[str, ...] = ()
    aspect: tuple[str, ...] = ()
    significance: str = ""
    since: str = ""
    until: str = ""
    verdict: str = UNREVIEWED
    assignee: str = ""
    term: str = ""
    folded: str = ""
    announced: str = ""
    source: str = ""

    def address(self, base: str = "/queue", /, **other: str | tuple[str, ...]) -> str:
        """The address of these words, some of them replaced; what is as it would be anyway is left out."""
        query: list[tuple[str, str]] = []
        for name in self.__slots__:
            value = other.get(name, getattr(self, name))
            values = (value,) if isinstance(value, str) else value
            query += [(name, one) for one in values if one and (name, one) != ("verdict", UNREVIEWED)]
        query += [(name, str(other[name])) for name in ("after", "mark") if other.get(name)]
        return f"{base}?{urlencode(query, errors='surrogateescape')}" if query else base

    @property
    def restricts(self) -> bool:
        """Whether anything but the verdict is asked for."""
        return any(getattr(self, name) for name in self.__slots__ if name not in ("verdict", "folded"))


def queue_query(query: Form) -> QueueQuery:
    """The words of a query string."""
    return QueueQuery(
        q=query.words("q"),
        document=query.one("document"),
        kind=tuple(query.all("kind")),
        aspect=tuple(query.all("aspect")),
        significance=query.one("significance"),
        since=query.words("since"),
        until=query.words("until"),
        verdict=query.one("verdict") or UNREVIEWED,
        assignee=query.words("assignee"),
        term=query.words("term"),
        folded="1" if query.one("folded") not in ("", "0") else "",
        announced=query.one("announced"),
        source=query.one("source"),
    )


def queue_filter(query: QueueQuery, calendar: Calendar, by_id: Callable[[str], Document | None]) -> QueueFilter:
    """The filter that the words mean; UsageError names a word that means nothing. A document may be named by its id."""
    named = by_id(query.document) if query.document else None
    if query.verdict not in (ANY, *VERDICTS):
        raise UsageError(f"verdict {query.verdict!r}: choose one of {', '.join((ANY, *map(str, VERDICTS)))}")
    return QueueFilter(
        document=named.path if named else query.document or None,
        kinds=frozenset(_words(ChangeKind, query.kind)),
        aspects=frozenset(_words(Aspect, query.aspect)),
        significance=next(iter(_words(Significance, filter(None, [query.significance]))), None),
        since=parse_time(query.since, calendar, end=False),
        until=parse_time(query.until, calendar, end=True),
        verdicts=frozenset() if query.verdict == ANY else frozenset({query.verdict}),
        words=query.q or None,
        assignee=query.assignee or None,
        term=query.term or None,
        folded=bool(query.folded),
        announced=_yes_or_no("announced", query.announced),
        source=query.source or None,
    )


def _yes_or_no(name: str, given: str) -> bool | None:
    if given not in ("", "0", "1"):
        raise UsageError(f"{name} {given!r}: 1 or 0")
    return given == "1" if given else None


def usable(query: QueueQuery, check: Callable[[QueueQuery], object]) -> tuple[QueueQuery, dict[str, str]]:
    """The words without those that mean nothing, and what is wrong with each of these, by field."""
    problems: dict[str, str] = {}
    for name in QueueQuery.__slots__:
        given = getattr(query, name)
        try:
            if given:
                check(QueueQuery(**{name: given}))
        except UsageError as error:
            problems[name] = str(error)
            query = replace(query, **{name: getattr(QueueQuery(), name)})
    return query, problems


def cursor(query: Form) -> str | None:
    """Behind which entry a page begins, as it was given."""
    return query.one("after") or None


def parse_time(text: str, calendar: Calendar, *, end: bool) -> datetime | None:
    """A date, a time or an age; None where nothing is said."""
    if not text:
        return None
    found = parse_when(text, calendar.now, calendar.zone, end=end)
    if found is None:
        raise UsageError(f"{text} is not a valid date or age; write 2026-01-31, 2026-01, yesterday, last week or 7d")
    return found


def _words(known: type[_Word], payload: Iterable[str]) -> Iterable[_Word]:
    for word in payload:
        try:
            yield known(word)
        except ValueError:
            raise UsageError(f"{word!r} is none of {', '.join(known)}") from None


TEMPLATES = Path(__file__).parent / "templates"
LARGEST_FORM = 1_000_000  # bytes
LONGEST_WORDS = 1_000  # characters of a search, a term or a name in an address
MOST_FIELDS = 5_000
SECTIONS = (
    ("/queue", "Queue"),
    ("/documents", "Documents"),
    ("/search", "Search"),
    ("/overview", "Overview"),
    ("/runs", "Runs"),
)

NextRun = Callable[[datetime | None], datetime | None]
"""The schedule's next run, given when the last one began."""


@dataclass(frozen=True, slots=True)
class Site:
    """What all requests share; nothing in it is bound to a thread."""

    stores: Monitor  # of which each request has another one
    next_run: NextRun
    reviewer: str  # who reviews where nobody says so
    count_cache: CountCache

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
        """The same for words that a page shows again in its fields: nothing in them acts. UsageError for too many."""
        found = without_controls(self.one(name)).strip()
        if len(found) > LONGEST_WORDS:
            raise UsageError(f"{name} may have {LONGEST_WORDS:,} characters, and this has {len(found):,}")
        return found

    def all(self, name: str) -> list[str]:
        return [value for value in self._values.get(name, []) if value]


class RequestContext:
    """Where one request is worked on, in one thread; its stores are closed behind it."""

    def __init__(self, request: Request, monitor: Monitor, form: Form) -> None:
        self.request = request
        self.monitor = monitor
        self.site: Site = request.app.state.site
        self.query = Form(request.query_params.multi_items())
        self.form = form  # what was posted
        self.identity = identity_of(request.scope)
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
        return Calendar(self.now, self.zone, self.monitor.known_snapshots)

    @cached_property
    def address_of(self) -> Callable[[Change], str]:
        """Where a change is shown in its document."""
        return comparison_addresses(self.monitor.ledger, "")

    def reviewer(self, given: str | None = None) -> str:
        """Who decides: as the proxy says; where nobody signs people in, as was given, or as the form has it."""
        if self.identity.user is not None:
            return self.identity.user
        return self.form.one("reviewer") if given is None else given

    @property
    def is_admin(self) -> bool:
        """Whether somebody who was signed in may take back what others did."""
        return self.identity.user is not None and self.identity.role is Role.ADMIN

    def named(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def page(
        self, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> Response:
        """A page, or a part of one."""
        who = self.identity
        shown = partial(_alarms, self.monitor)  # asked by the templates of whole pages alone
        about: dict[str, Any] = {
            "alarms": shown,
            "user": who.user and visible(who.user),
            "may_review": who.role >= Role.REVIEWER,
        }
        return HTMLResponse(render(template, path=self.request.url.path, **about, **values), status, headers)


def _alarms(monitor: Monitor) -> list[str]:
    return [visible(line) for line in alarms(monitor)]


def alarms_page(context: RequestContext) -> Response:
    """The part of each page that is asked for again each minute."""
    return context.page("alarms.html")


Handler = Callable[[RequestContext], Response]


def with_ledger(handler: Handler) -> Callable[[Request], Response]:
    """An endpoint that only reads; Starlette runs it in a thread of its pool."""

    def endpoint(request: Request) -> Response:
        with request.app.state.site.stores.another() as monitor:
            return handler(RequestContext(request, monitor, Form(())))

    return endpoint


def with_form(handler: Handler) -> Callable[[Request], Any]:
    """An endpoint that takes a form; the handler runs in a thread of the pool."""

    async def endpoint(request: Request) -> Response:
        form = parse_form(await body_of(request))

        def handle() -> Response:
            with request.app.state.site.stores.another() as monitor:
                return handler(RequestContext(request, monitor, form))

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


def local_address(payload: str, fallback: str) -> str:
    """Where to go back to: a page of ours, never one of another host."""
    parts = urlsplit(payload)
    plain = payload.startswith("/") and not payload.startswith(("//", "/\\")) and payload.isprintable()
    return payload if plain and not parts.netloc and not parts.scheme else fallback


def compile_templates() -> None:
    """Do before the first request what it would have to wait for."""
    for name in _environment().list_templates(["html"]):
        _environment().get_template(name)


def render(template: str, **values: Any) -> str:
    """One of the templates."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    made = environment(TEMPLATES)
    made.globals.update(asset=asset_url, sections=SECTIONS, change_address=_change_address, meaning=TERMS.get)
    return made


def _change_address(change: ChangeView) -> str:
    return f"/changes/{change.id}"
