"""Security: checks of Host, Origin, token and role before every route, and the headers of every response.

A foreign page in the user's browser can send requests to loopback. It cannot choose the `Host` that the browser sends,
unless a name was rebound to this machine, so only known names are answered. It cannot hide where a form came from, so
writing requests must come from our own pages.

Behind a proxy that signs people in, its header says who somebody is. It is believed from the addresses that are
configured, and never from another one: those are not answered at all.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.app.review import LONGEST_NAME
from monitor.config.settings import Web

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


class Role(IntEnum):
    """What somebody may do: read; decide and comment; also take back what others did."""

    READER = 0
    REVIEWER = 1
    ADMIN = 2


class Identity(NamedTuple):
    """Who asks. `user` is as the proxy says, None where nobody signs people in: they say themselves who they are."""

    role: Role
    user: str | None = None


class Proxy:
    """How a proxy says who somebody is, and what they may do: `[web]`."""

    def __init__(self, web: Web) -> None:
        self.header = web.user_header or ""
        self._groups = web.group_header
        self._trusted = [ip_network(one, strict=False) for one in web.trusted_proxies]
        self._roles = {Role[name.upper()]: frozenset(map(_composed, names)) for name, names in web.roles}

    def is_trusted(self, address: str | None) -> bool:
        """Whether a connection from this address is the proxy's."""
        try:
            found = ip_address(address or "")
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in self._trusted if network.version == found.version)

    def user_of(self, headers: Headers) -> str | None:
        """The name that the proxy gives; None where there is none, or none that can be one."""
        given = headers.getlist(self.header)
        if len(given) != 1:  # a proxy that adds its own behind the browser's would let anybody be anybody
            return None
        try:
            name = _composed(given[0].encode("latin-1").decode("utf-8").strip())
        except UnicodeDecodeError:
            return None
        return name if name and name.isprintable() and len(name) <= LONGEST_NAME else None

    def role_of(self, user: str, headers: Headers) -> Role | None:
        """The highest role of a user and the groups; None where readers are listed, and this is none of them."""
        groups: list[str] = []
        for value in headers.getlist(self._groups) if self._groups else ():
            groups += (f"@{_composed(one.strip())}" for one in _decoded(value).split(","))
        names = {user, "*", *groups} if not user.startswith("@") else {"*", *groups}
        mine = [role for role, those in self._roles.items() if not names.isdisjoint(those)]
        return max(mine, default=None if Role.READER in self._roles else Role.READER)


def _composed(text: str) -> str:
    return normalize("NFC", text)


def _decoded(value: str) -> str:
    return value.encode("latin-1").decode("utf-8", "replace")


def identity_of(scope: Scope) -> Identity:
    """Who asks, as the guard found."""
    found: Identity = scope["state"]["identity"]
    return found


@dataclass(frozen=True, slots=True)
class Access:
    """Where the page is served and to whom: `host` as it was bound, other names it is known by, the token if any.

    Who comes with `read_token` may read, and write nothing. With a `proxy` people come by way of it alone. With a
    `root_path` the pages are below it.
    """

    host: str
    port: int
    names: Sequence[str] = ()
    token: str | None = None
    read_token: str | None = None
    proxy: Proxy | None = None
    root_path: str = ""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def url_of(access: Access) -> str:
    """Where a browser finds the first page."""
    host = f"[{access.host}]" if ":" in access.host else access.host
    return f"http://{host}:{access.port}{access.root_path}/"


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
        if scope["path"] == OPEN_TO_ALL and scope["method"] in SAFE:
            return _let_in(scope, Identity(Role.READER))
        if self._access.proxy is not None:
            return self._signed_in(scope, headers, self._access.proxy)
        if self._access.token is None:
            return _let_in(scope, Identity(Role.ADMIN))
        return self._identify(scope, headers)

    def _signed_in(self, scope: Scope, headers: Headers, proxy: Proxy) -> Response | None:
        """None where the proxy says who it is, and they may do that; or where a program may read by its token."""
        if self._access.read_token is not None and _carries(headers, self._access.read_token):
            return _let_in(scope, Identity(Role.READER))
        if not proxy.is_trusted((scope.get("client") or (None,))[0]):
            return _refused(403, "sign in at the proxy: only the addresses of [web] trusted_proxies are answered")
        if self._access.token is not None and not _carries(headers, self._access.token):
            return _refused(401, "the proxy must send the token of `monitor serve`: Authorization: Bearer …")
        user = proxy.user_of(headers)
        if user is None:
            return _refused(401, f"the proxy does not say who this is: it must send one name in {proxy.header}")
        role = proxy.role_of(user, headers)
        if role is None:
            return _refused(403, "this user has no role in [web.roles]")
        return _let_in(scope, Identity(role, user))

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
        for token, role in ((self._access.token, Role.ADMIN), (self._access.read_token, Role.READER)):
            if token is None:
                continue
            if _carries(headers, token):
                return _let_in(scope, Identity(role))
            query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            if scope["method"] in SAFE and any(name == "token" and _equal(value, token) for name, value in query):
                rest = urlencode([(name, value) for name, value in query if name != "token"])
                answer = RedirectResponse(_own_path(scope["path"]) + (f"?{rest}" if rest else ""), 303)
                answer.set_cookie(COOKIE, token, max_age=_A_YEAR, httponly=True, samesite="lax")
                return answer
        return _refused(401, "open the link that `monitor serve` printed: it carries the token")


def _let_in(scope: Scope, identity: Identity) -> Response | None:
    """None where somebody may do what is asked for: every request that is not safe writes."""
    if scope["method"] not in SAFE and identity.role < Role.REVIEWER:
        who = "this token" if identity.user is None else "a reader"
        return _refused(403, f"{who} may read, and write nothing")
    scope.setdefault("state", {})["identity"] = identity
    return None


def _carries(headers: Headers, token: str) -> bool:
    return _equal(_bearer(headers), token) or _equal(_cookie(headers), token)


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
