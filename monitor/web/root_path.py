"""The pages below a path of their own, as a proxy hands them on: https://desk.example/monitor/queue."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.errors import UsageError

_WELL_FORMED = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")
# Text has no "<" of its own in an answer, and a value in quotes has no quote.
_TAG = re.compile(rb'<[a-zA-Z](?:[^>"]|"[^"]*")*>')
_ADDRESS = re.compile(rb'(\s(?:href|action|formaction|src|hx-get|hx-post|data-href|data-address)="?)/(?=[^/])')
_HEADERS = ("location", "hx-push-url")


def checked(root_path: str, first_names: frozenset[str]) -> str:
    """A path as `--root-path` takes it, without a slash at its end; UsageError where it cannot be told from a page's.

    `first_names`: what the addresses of the pages begin with.
    """
    path = root_path.rstrip("/")
    if not path:
        return ""
    if not _WELL_FORMED.fullmatch(path) or {"..", "."} & set(path.split("/")):
        raise UsageError(f"--root-path {root_path}: a path is like /monitor, of letters, digits and . _ ~ -")
    if path.split("/")[1] in first_names:
        raise UsageError(f"--root-path {root_path}: pages of the monitor begin so themselves; choose another name")
    return path


class RootPath:
    """ASGI middleware: addresses in answers begin with the path. Requests may begin with it, or a proxy took it off."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._path:
            await self._app(scope, receive, send)
            return
        asked = scope["path"]
        if asked == self._path or asked.startswith(f"{self._path}/"):
            asked = asked[len(self._path) :] or "/"
        # Routes are found by the path alone; the whole address of the page, for the feed, has both.
        scope = {**scope, "path": asked, "raw_path": asked.encode(), "root_path": "", "app_root_path": self._path}
        held: list[Message] = []

        async def below(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                self._complete(headers)
                if _is_page(headers):
                    held.append(message)
                    return
            elif held:
                held.append(message)
                if not message.get("more_body", False):
                    await self._send_whole(held, send)
                return
            await send(message)

        await self._app(scope, receive, below)

    def _complete(self, headers: MutableHeaders) -> None:
        for name in _HEADERS:
            address = headers.get(name, "")
            if address.startswith("/") and not address.startswith("//"):
                headers[name] = self._path + address
        cookies = headers.getlist("set-cookie")
        if cookies:
            del headers["set-cookie"]
            for cookie in cookies:
                headers.append("set-cookie", re.sub(r"(?i)(;\s*path=)/(?=;|$)", rf"\g<1>{self._path}/", cookie))

    async def _send_whole(self, held: list[Message], send: Send) -> None:
        start, *parts = held
        prefix = self._path.encode()
        body = b"".join(part.get("body", b"") for part in parts)
        body = _TAG.sub(lambda tag: _ADDRESS.sub(rb"\g<1>" + prefix + b"/", tag[0]), body)
        headers = MutableHeaders(scope=start)
        if "content-length" in headers:
            headers["content-length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _is_page(headers: MutableHeaders) -> bool:
    """Whether a browser shows it: a file to save has no addresses of the pages."""
    return headers.get("content-type", "").startswith("text/html") and "content-disposition" not in headers
