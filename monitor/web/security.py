"""Security: checks of Host, Origin and token before every route, and the headers of every response.

A foreign page in the user's browser can send requests to loopback. It cannot choose the `Host` that the browser sends,
unless a name was rebound to this machine, so only known names are answered. It cannot hide where a form came from, so
writing requests must come from our own pages.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "monitor"
SAFE = frozenset({"GET", "HEAD"})
OPEN_TO_ALL = "/healthz"  # read without a token: it says nothing of any document
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # With `no-referrer` browsers would send `Origin: null` from our own forms.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
PRIVATE = "no-store"  # of what holds document text
_A_YEAR = 31_536_000  # seconds


@dataclass(frozen=True, slots=True)
class Access:
    """Where the page is served and to whom: `host` as it was bound, other names it is known by, the token if any.

    Who comes with `read_token` may read, and write nothing.
    """

    host: str
    port: int
    names: Sequence[str] = ()
    token: str | None = None
    read_token: str | None = None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def url_of(access: Access) -> str:
    """Where a browser finds the first page."""
    host = f"[{access.host}]" if ":" in access.host else access.host
    return f"http://{host}:{access.port}/"


class Guard:
    """ASGI middleware around all routes."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", PRIVATE)
            await send(message)

        refused = self._refusal(scope)
        await (refused or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_our_name(host):
            return _refused(
                421, "this name is not one that the monitor is served under; `monitor serve --name` adds one"
            )
        if scope["method"] not in SAFE and not _is_our_page(headers, host):
            return _refused(403, "a request that writes must come from the monitor's own pages")
        if self._access.token is None or (scope["path"] == OPEN_TO_ALL and scope["method"] in SAFE):
            return None
        return self._identify(scope, headers)

    def _is_our_name(self, host: str) -> bool:
        name = _name_of(host)
        if name is None:
            return False
        if name == "localhost" or name in {one.lower() for one in self._access.names}:
            return True
        # An address in figures cannot be rebound; but what is served on loopback is asked for on loopback.
        return _is_address(name) and (is_loopback(name) or not is_loopback(self._access.host))

    def _identify(self, scope: Scope, headers: Headers) -> Response | None:
        """None where a token came along that allows it; a link that carries one is exchanged for a cookie."""
        for token, may_write in ((self._access.token, True), (self._access.read_token, False)):
            if token is None:
                continue
            if _equal(_bearer(headers), token) or _equal(_cookie(headers), token):
                if may_write or scope["method"] in SAFE:
                    return None
                return _refused(403, "this token may read, and write nothing")
            query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            if scope["method"] in SAFE and any(name == "token" and _equal(value, token) for name, value in query):
                rest = urlencode([(name, value) for name, value in query if name != "token"])
                answer = RedirectResponse(_own_path(scope["path"]) + (f"?{rest}" if rest else ""), 303)
                answer.set_cookie(COOKIE, token, max_age=_A_YEAR, httponly=True, samesite="lax")
                return answer
        return _refused(401, "open the link that `monitor serve` printed: it carries the token")


def _refused(status: int, why: str) -> Response:
    return PlainTextResponse(f"{why}\n", status)


def _is_our_page(headers: Headers, host: str) -> bool:
    """Not from another site. Both headers are absent where no browser sends."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    return site in (None, "same-origin") and (origin is None or urlsplit(origin).netloc.lower() == host.lower())


def _name_of(host: str) -> str | None:
    """The name or address of a Host header, without the port; None where it is neither."""
    try:
        parts = urlsplit(f"//{host}")
        parts.port  # noqa: B018  (raises where it is no number)
    except ValueError:
        return None
    return parts.hostname if parts.netloc == host and "@" not in host else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _own_path(path: str) -> str:
    """Never `//elsewhere`, which a browser takes for another host."""
    return "/" + path.lstrip("/\\")


def _equal(given: str | None, token: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), token.encode())


def _bearer(headers: Headers) -> str | None:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def _cookie(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None
