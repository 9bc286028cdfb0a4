"""The JSON API. `openapi.json` describes it, and a test compares the two. Values are those of `--format json`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.app import queries, review, status
from monitor.app.compare import diff
from monitor.app.monitor import Monitor
from monitor.app.review_branch import RecordedEvents
from monitor.app.status import state
from monitor.core.review.events import ReviewResult, Verdict
from monitor.core.time_expressions import point
from monitor.errors import UsageError
from monitor.ledger.statistics import Tally
from monitor.reports.json import (
    Shape,
    blame_json,
    document_json,
    dumps,
    run_json,
    search_hit_json,
    snapshot_json,
    snapshot_time_json,
    statement_history_json,
    time_json,
    tombstone_json,
)
from monitor.reports.records import change_record
from monitor.reports.review_json import counts_json, done_json, entry_json, event_json, orphan_json
from monitor.web import request as given_as
from monitor.web.documents import document_of
from monitor.web.overview import by_days
from monitor.web.request import (
    Form,
    JsonBody,
    RequestContext,
    body_of,
    cursor,
    parse_time,
    queue_filter,
    queue_query,
    with_ledger,
)
from monitor.web.statements import statement_history_of

DESCRIPTION = Path(__file__).parent / "openapi.json"
MOST = 200  # of anything on one page
_LONGEST_CURSOR = 9  # digits
USUAL = 50


# --- what can be asked --------------------------------------------------------------------------


def queue(context: RequestContext) -> Shape:
    query = queue_query(context.query)
    filtered = queue_filter(query, context.calendar(), context.monitor.pages.document)
    page = review.queue(context.monitor, filtered, after=cursor(context.query), limit=_limit(context))
    return {
        "entries": [entry_json(entry) for entry in page.entries],
        "next": page.next,
        "counts": counts_json(context.site.count_cache(context.monitor, filtered)),
    }


def change(context: RequestContext) -> Shape:
    identity = context.named("change")
    alike = review.members(context.monitor, identity, MOST)
    return {
        "entry": entry_json(review.entry(context.monitor, identity)),
        "members": [change_record(one) for one in alike],
        "history": [event_json(event) for event in review.history(context.monitor, identity)],
    }


def changes(context: RequestContext) -> Shape:
    query, limit = context.query, _limit(context)
    names = ("document", "since", "until", "significance", "level", "snapshot", "statement", "source")
    given: dict[str, Any] = {name: query.one(name) or None for name in names}
    wanted = queries.change_filter(
        context.monitor.ledger,
        context.calendar(),
        kinds=query.all("kind"),
        aspects=query.all("aspect"),
        baseline=query.one("baseline") not in ("", "0"),
        announced=None if (announced := query.one("announced")) == "" else announced != "0",
        metadata=query.one("metadata") != "0",
        limit=limit + 1,
        **given,
    )
    found = list(context.monitor.ledger.changes(wanted._replace(behind=cursor(query))))
    further = found[limit - 1].id if len(found) > limit else None
    return {"changes": [change_record(one) for one in found[:limit]], "next": further}


def snapshots(context: RequestContext) -> Shape:
    return _page("snapshots", snapshot_json, context, reversed(context.monitor.ledger.snapshots()))


def events(context: RequestContext) -> Shape:
    return _page("events", event_json, context, RecordedEvents(context.monitor).all())


def orphans(context: RequestContext) -> Shape:
    return _page("orphans", orphan_json, context, review.orphans(context.monitor))


def documents(context: RequestContext) -> Shape:
    limit = _limit(context)
    found = context.monitor.pages.documents(context.query.one("q"), context.query.one("after") or None, limit + 1)
    further = found[limit - 1][1].id if len(found) > limit else None
    return {"documents": [document_json(one) for _, one in found[:limit]], "next": further}


def document(context: RequestContext) -> Shape:
    found = document_of(context)
    versions = [
        {**snapshot_time_json(one.snapshot_time), "path": one.path, "present": one.present}
        for one in context.monitor.pages.versions(found.id)
    ]
    removed = [tombstone_json(one) for one in context.monitor.tombstones(found.id)]
    return {"document": document_json(found), "versions": versions, "removed_by_request": removed}


def removed(context: RequestContext) -> Shape:
    return _page("removed", tombstone_json, context, reversed(context.monitor.tombstones()))


def text(context: RequestContext) -> Shape:
    found = document_of(context)
    when = context.query.one("at")
    at = point(when, context.calendar(), end=True) if when else None
    statements = queries.blame_at(context.monitor.ledger, found, at)
    return {"document": document_json(found), "statements": [blame_json(one) for one in statements]}


def compare(context: RequestContext) -> Shape:
    found, calendar = document_of(context), context.calendar()
    sides = [context.query.one(name) for name in ("before", "after")]
    if not all(sides):
        raise UsageError("say before= and after=: a date, an age or a snapshot each")
    before, after = (point(one, calendar, end=True) for one in sides)
    differing = diff(context.monitor.snapshots, context.monitor.ledger, before, after, found)
    return {
        "document": document_json(found),
        "changes": [change_record(one, recorded=False) for diff in differing for one in diff.changes],
    }


def statement(context: RequestContext) -> Shape:
    history = statement_history_of(context)
    copies = context.monitor.pages.copies(history.statement, MOST)
    return {**statement_history_json(history), "copies": [{"statement": one, "document": path} for one, path in copies]}


def search(context: RequestContext) -> Shape:
    most = _offset(context) + _limit(context) + 1
    return _page("found", search_hit_json, context, context.monitor.ledger.search(context.query.one("q"), most))


def overview(context: RequestContext) -> Shape:
    calendar = context.calendar()
    since = parse_time(context.query.one("since"), calendar, end=False)
    until = parse_time(context.query.one("until"), calendar, end=True)
    facts = context.monitor.pages
    days = by_days(facts.by_snapshot(since, until), context)
    documents = facts.by_document(since, until)
    return {
        "days": [{"day": on.isoformat(), **_tally(tally)} for on, tally in days.items()],
        "documents": [{"document_id": one, "document": path, **_tally(tally)} for one, path, tally in documents],
        "aspects": [{"aspect": str(one), **_tally(tally)} for one, tally in facts.by_aspect(since, until)],
    }


def runs(context: RequestContext) -> Shape:
    found = state(context.monitor)
    upcoming = context.site.next_run(found.last.started_at if found.last else None)
    most = _offset(context) + _limit(context) + 1
    return {
        **_page("runs", run_json, context, reversed(status.read(context.monitor.settings.journal, most))),
        "next_run": time_json(upcoming) if upcoming else None,
        "last_snapshot": snapshot_json(found.newest) if found.newest else None,
        "counts": found.counts._asdict(),
        "behind": found.behind,
    }


# --- what can be done ---------------------------------------------------------------------------


def verdicts(context: RequestContext, payload: JsonBody) -> ReviewResult:
    try:
        verdict = Verdict(given_as.text(payload, "verdict"))
    except ValueError:
        raise UsageError(f"verdict: one of {', '.join(Verdict)}") from None
    return review.decide(
        context.monitor,
        given_as.changes(payload),
        verdict,
        reviewer=_reviewer(context, payload),
        at=context.now,
        comment=given_as.text(payload, "comment") or None,
        assignee=given_as.text(payload, "assignee") or None,
        group=given_as.is_for_group(payload, usual=True),
        known_events=given_as.known_events(payload),
    )


def comments(context: RequestContext, payload: JsonBody) -> ReviewResult:
    text, reviewer = given_as.text(payload, "comment"), _reviewer(context, payload)
    group = given_as.is_for_group(payload, usual=False)
    return review.comment(
        context.monitor, given_as.changes(payload), text, reviewer=reviewer, at=context.now, group=group
    )


def assignments(context: RequestContext, payload: JsonBody) -> ReviewResult:
    assignee, reviewer = given_as.text(payload, "assignee"), _reviewer(context, payload)
    group = given_as.is_for_group(payload, usual=True)
    return review.assign(
        context.monitor, given_as.changes(payload), assignee, reviewer=reviewer, at=context.now, group=group
    )


def undo(context: RequestContext, payload: JsonBody) -> ReviewResult:
    changes = given_as.changes(payload) if payload.get("changes") else ()
    return review.undo(
        context.monitor, changes, reviewer=_reviewer(context, payload), at=context.now, anybodys=context.is_admin
    )


def _reviewer(context: RequestContext, payload: JsonBody) -> str:
    return context.reviewer(given_as.text(payload, "reviewer"))


# --- how ----------------------------------------------------------------------------------------


def get_endpoint(query: Callable[[RequestContext], Shape]) -> Callable[[Request], Response]:
    """An endpoint that only reads."""
    return with_ledger(lambda context: _tagged(context, _json(query(context))))


def _tagged(context: RequestContext, answer: Response) -> Response:
    """The answer with an ETag; 304 without a body where the client has it already."""
    tag = f'"{blake2b(bytes(answer.body), digest_size=12).hexdigest()}"'
    known = context.request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Response(status_code=304, headers={"etag": tag})
    answer.headers["etag"] = tag
    return answer


def post_endpoint(act: Callable[[RequestContext, JsonBody], ReviewResult]) -> Callable[[Request], Any]:
    """An endpoint that takes a JSON object. Only a page of ours, or no browser at all, can send one."""

    async def endpoint(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "send application/json")
        payload = given_as.object_of(await body_of(request))
        stores: Monitor = request.app.state.site.stores

        def handle() -> Response:
            with stores.another() as monitor:
                return _json(done_json(act(RequestContext(request, monitor, Form(())), payload)))

        answer = await run_in_threadpool(handle)
        answer.background = BackgroundTask(review.sync_branch, stores.settings)
        return answer

    return endpoint


def described(_: Request) -> Response:
    """The description of all this."""
    return Response(_description(), media_type="application/json")


@cache
def _description() -> bytes:
    return DESCRIPTION.read_bytes()


ROUTES = [
    Route("/api/openapi.json", described),
    Route("/api/queue", get_endpoint(queue)),
    Route("/api/changes/{change}", get_endpoint(change)),
    Route("/api/changes", get_endpoint(changes)),
    Route("/api/snapshots", get_endpoint(snapshots)),
    Route("/api/events", get_endpoint(events)),
    Route("/api/orphans", get_endpoint(orphans)),
    Route("/api/documents", get_endpoint(documents)),
    Route("/api/documents/{document}", get_endpoint(document)),
    Route("/api/documents/{document}/text", get_endpoint(text)),
    Route("/api/documents/{document}/compare", get_endpoint(compare)),
    Route("/api/removed", get_endpoint(removed)),
    Route("/api/statements/{statement}", get_endpoint(statement)),
    Route("/api/search", get_endpoint(search)),
    Route("/api/overview", get_endpoint(overview)),
    Route("/api/runs", get_endpoint(runs)),
    Route("/api/verdicts", post_endpoint(verdicts), methods=["POST"]),
    Route("/api/comments", post_endpoint(comments), methods=["POST"]),
    Route("/api/assignments", post_endpoint(assignments), methods=["POST"]),
    Route("/api/undo", post_endpoint(undo), methods=["POST"]),
]


def _json(value: Shape) -> Response:
    return Response(dumps(value), media_type="application/json")


def _tally(tally: Tally) -> Shape:
    return {"substantive": tally.substantive, "editorial": tally.editorial}


def _page(name: str, shape: Callable[[Any], Any], context: RequestContext, values: Iterable[Any]) -> Shape:
    """As many values as were asked for, behind the cursor of the page before; `next` is that of the next page."""
    start, limit = _offset(context), _limit(context)
    found = list(islice(values, start, start + limit + 1))
    return {name: [shape(one) for one in found[:limit]], "next": str(start + limit) if len(found) > limit else None}


def _offset(context: RequestContext) -> int:
    after = context.query.one("after")
    if not after:
        return 0
    if not (after.isascii() and after.isdecimal() and len(after) <= _LONGEST_CURSOR):
        raise UsageError("after: the `next` of a page")
    return int(after)


def _limit(context: RequestContext) -> int:
    query = context.query.one("limit")
    if not query:
        return USUAL
    if not (query.isascii() and query.isdecimal() and 1 <= int(query[:6]) <= MOST):
        raise UsageError(f"limit: a number from 1 to {MOST}")
    return int(query)
