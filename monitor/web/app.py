"""The web application: the table of routes, and error pages."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.app.monitor import open_monitor
from monitor.config import Settings
from monitor.core.review.events import Overtaken
from monitor.core.text.normalize import visible
from monitor.errors import MonitorError, UsageError
from monitor.reports.json import dumps
from monitor.web import api, documents, ignore_rules, overview, queue, reader, statements
from monitor.web.connections import bounded, limits_of_system
from monitor.web.queue_views import CountCache
from monitor.web.request import NextRun, Site, alarms_page, asset, compile_templates, render, with_form, with_ledger
from monitor.web.root_path import RootPath, checked
from monitor.web.security import OPEN_TO_ALL, Access, Guard

__all__ = ["bounded", "checked_root_path", "compile_templates", "create_app", "limits_of_system"]

LARGE_ANSWER = 100_000  # bytes, from which an answer is compressed for a browser that takes it
_TITLES = {400: "Invalid filter", 404: "Not found", 422: "Action not possible", 500: "A store failed"}


def first_page(_: Request) -> Response:
    """An analyst's morning begins with the queue."""
    return RedirectResponse("/queue", 307)


PAGES = [
    Route("/", first_page),
    Route("/queue", with_ledger(queue.queue_page)),
    Route("/queue/news", with_ledger(queue.news_page)),
    Route("/rules/new", with_ledger(ignore_rules.rule_page)),
    Route("/search", with_ledger(statements.search_page)),
    Route("/changes/{change}", with_ledger(queue.change_page)),
    Route("/orphans", with_ledger(queue.orphans_page)),
    Route("/documents", with_ledger(documents.documents_page)),
    Route("/documents/{document}", with_ledger(documents.document_page)),
    Route("/documents/{document}/compare", with_ledger(reader.compare_page)),
    Route("/statements/{statement}", with_ledger(statements.statement_page)),
    Route("/overview", with_ledger(overview.overview_page)),
    Route("/alarms", with_ledger(alarms_page)),
    Route("/runs", with_ledger(overview.runs_page)),
    Route("/feed.atom", with_ledger(overview.feed_page)),
    Route(OPEN_TO_ALL, with_ledger(overview.health_page)),
    Route("/metrics", with_ledger(overview.metrics_page)),
    Route("/assets/{digest}/{name}", asset),
]
FORMS = [
    Route("/verdicts", with_form(queue.decide), methods=["POST"]),
    Route("/verdicts/{verdict}", with_form(queue.decide), methods=["POST"]),
    Route("/comments", with_form(queue.comment), methods=["POST"]),
    Route("/assignments", with_form(queue.assign), methods=["POST"]),
    Route("/undo", with_form(queue.undo), methods=["POST"]),
]


def checked_root_path(given: str) -> str:
    """A path for `--root-path`, without a slash at its end; UsageError where it is none, or begins as a page does."""
    return checked(given, frozenset(route.path.split("/")[1] for route in [*PAGES, *FORMS, *api.ROUTES]))


def create_app(settings: Settings, access: Access, next_run: NextRun, reviewer: str = "") -> Starlette:
    """The whole application; `next_run` is the schedule's, `reviewer` who reviews where nobody says so."""
    app = Starlette(
        routes=[*PAGES, *FORMS, *api.ROUTES],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=LARGE_ANSWER, compresslevel=1),
            Middleware(RootPath, path=access.root_path),
            Middleware(Guard, access=access),
        ],
        exception_handlers={
            MonitorError: _on_monitor_error,
            HTTPException: _on_http_error,
            ClientDisconnect: _on_disconnect,
        },
    )
    app.state.site = Site(open_monitor(settings), next_run, settings.review.reviewer or reviewer, CountCache())
    return app


# --- errors -------------------------------------------------------------------------------------


def _on_monitor_error(request: Request, error: Exception) -> Response:
    """What the command line would say in one line."""
    if isinstance(error, Overtaken) and request.headers.get("hx-request") == "true":
        return queue.refused_verdict(request, error)
    settings: Settings = request.app.state.site.settings
    return error_page(request, _status_of(request, error), settings.redact(str(error)))


def _on_http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else str(error)
    return error_page(request, status, detail)


def _on_disconnect(_request: Request, _error: Exception) -> Response:
    """The client went away before its request was complete: nobody is there to answer, and nothing is wrong."""
    return Response(status_code=400)


def _status_of(request: Request, error: Exception) -> int:
    if isinstance(error, Overtaken):
        return 409
    if not isinstance(error, UsageError):
        return 500
    if request.method != "GET":
        return 422
    return 404 if request.path_params else 400


def error_page(request: Request, status: int, message: str) -> Response:
    if request.url.path.startswith("/api/"):
        return Response(dumps({"error": message}), status, media_type="application/json")
    if request.method != "GET" and request.headers.get("hx-request") == "true":
        return Response(queue.refusal(message), status, media_type="text/html")
    title = _TITLES.get(status, "That did not work")
    page = render("error.html", path=request.url.path, title=title, message=visible(message))
    return Response(page, status, media_type="text/html")
