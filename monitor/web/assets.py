"""The style sheets and scripts, each under an address that holds a digest of it: cached for good, never stale."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.reports.html import TEMPLATES as REPORTS

FOLDER = Path(__file__).parent / "assets"
FILES = {
    "style.css": REPORTS / "style.css",  # the reports' own
    "web.css": FOLDER / "web.css",
    "htmx.min.js": FOLDER / "htmx.min.js",
    "review.js": FOLDER / "review.js",
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
