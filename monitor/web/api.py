"""What the pages show, as JSON; `openapi.json` beside this file describes it, and a test holds the two together.

The shapes are those of the command line's `--format json`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
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
from monitor.app.status import state
from monitor.core.review.events import Done, Verdict
from monitor.core.time_expressions import point
from monitor.errors import UsageError
from monitor.ledger.statistics import Tally
from monitor.reports.json import (
    Shape,
    blame_json,
    change_json,
    counts_json,
    document_json,
    done_json,
    dumps,
    entry_json,
    event_json,
    found_json,
    life_json,
    moment_json,
    orphan_json,
    run_json,
    snapshot_json,
    time_json,
)
from monitor.web import request as given_as
from monitor.web.documents import document_of
from monitor.web.overview import by_days
from monitor.web.request import Desk, Form, Given, asked, body_of, cursor, moment, reading, wanted
from monitor.web.statements import life_of

DESCRIPTION = Path(__file__).parent / "openapi.json"
MOST = 200  # of anything on one page
USUAL = 50


# --- what can be asked --------------------------------------------------------------------------


def queue(desk: Desk) -> Shape:
    said = asked(desk.query)
    filtered = wanted(said, desk.calendar(), desk.monitor.pages.document)
    page = review.queue(desk.monitor, filtered, after=cursor(desk.query), limit=_limit(desk))
    return {
        "entries": [entry_json(entry) for entry in page.entries],
        "next": page.next,
        "counts": counts_json(desk.site.counted(desk.monitor, filtered)),
    }


def change(desk: Desk) -> Shape:
    identity = desk.named("change")
    alike = review.members(desk.monitor, identity, MOST)
    return {
        "entry": entry_json(review.entry(desk.monitor, identity)),
        "members": [change_json(one) for one in alike],
        "history": [event_json(event) for event in review.history(desk.monitor, identity)],
    }


def orphans(desk: Desk) -> Shape:
    return {"orphans": [orphan_json(one) for one in review.orphans(desk.monitor)]}


def documents(desk: Desk) -> Shape:
    limit = _limit(desk)
    found = desk.monitor.pages.documents(desk.query.one("q"), desk.query.one("after") or None, limit + 1)
    further = found[limit - 1].id if len(found) > limit else None
    return {"documents": [document_json(one) for one in found[:limit]], "next": further}


def document(desk: Desk) -> Shape:
    found = document_of(desk)
    versions = [
        {**moment_json(one.moment), "path": one.path, "present": one.present}
        for one in desk.monitor.pages.versions(found.id)
    ]
    return {"document": document_json(found), "versions": versions}


def text(desk: Desk) -> Shape:
    found = document_of(desk)
    when = desk.query.one("at")
    at = point(when, desk.calendar(), end=True) if when else None
    statements = queries.blame_at(desk.monitor.ledger, found, at)
    return {"document": document_json(found), "statements": [blame_json(one) for one in statements]}


def compare(desk: Desk) -> Shape:
    found, calendar = document_of(desk), desk.calendar()
    sides = [desk.query.one(name) for name in ("before", "after")]
    if not all(sides):
        raise UsageError("say before= and after=: a date, an age or a snapshot each")
    before, after = (point(one, calendar, end=True) for one in sides)
    told = diff(desk.monitor.snapshots, desk.monitor.ledger, before, after, found)
    return {"document": document_json(found), "changes": [_difference(one) for diff in told for one in diff.changes]}


def statement(desk: Desk) -> Shape:
    life = life_of(desk)
    copies = desk.monitor.pages.copies(life.statement, MOST)
    return {**life_json(life), "copies": [{"statement": one, "document": path} for one, path in copies]}


def search(desk: Desk) -> Shape:
    return {"found": [found_json(one) for one in desk.monitor.ledger.search(desk.query.one("q"), _limit(desk))]}


def overview(desk: Desk) -> Shape:
    calendar = desk.calendar()
    since = moment(desk.query.one("since"), calendar, end=False)
    until = moment(desk.query.one("until"), calendar, end=True)
    facts = desk.monitor.pages
    days = by_days(facts.by_moment(since, until), desk)
    documents = facts.by_document(since, until)
    return {
        "days": [{"day": on.isoformat(), **_tally(tally)} for on, tally in days.items()],
        "documents": [{"document_id": one, "document": path, **_tally(tally)} for one, path, tally in documents],
        "aspects": [{"aspect": str(one), **_tally(tally)} for one, tally in facts.by_aspect(since, until)],
    }


def runs(desk: Desk) -> Shape:
    found = state(desk.monitor)
    upcoming = desk.site.next_run(found.last.started_at if found.last else None)
    return {
        "runs": [run_json(run) for run in reversed(status.read(desk.monitor.settings.journal, _limit(desk)))],
        "next_run": time_json(upcoming) if upcoming else None,
        "last_snapshot": snapshot_json(found.newest) if found.newest else None,
        "counts": asdict(found.counts),
        "behind": found.behind,
    }


# --- what can be done ---------------------------------------------------------------------------


def verdicts(desk: Desk, given: Given) -> Done:
    try:
        verdict = Verdict(given_as.text(given, "verdict"))
    except ValueError:
        raise UsageError(f"verdict: one of {', '.join(Verdict)}") from None
    return review.decide(
        desk.monitor,
        given_as.changes(given),
        verdict,
        reviewer=given_as.text(given, "reviewer"),
        at=desk.now,
        comment=given_as.text(given, "comment") or None,
        assignee=given_as.text(given, "assignee") or None,
        group=given_as.is_for_group(given, usual=True),
        seen=given_as.seen(given),
    )


def comments(desk: Desk, given: Given) -> Done:
    text, reviewer = given_as.text(given, "comment"), given_as.text(given, "reviewer")
    group = given_as.is_for_group(given, usual=False)
    return review.comment(desk.monitor, given_as.changes(given), text, reviewer=reviewer, at=desk.now, group=group)


def assignments(desk: Desk, given: Given) -> Done:
    assignee, reviewer = given_as.text(given, "assignee"), given_as.text(given, "reviewer")
    group = given_as.is_for_group(given, usual=True)
    return review.assign(desk.monitor, given_as.changes(given), assignee, reviewer=reviewer, at=desk.now, group=group)


def undo(desk: Desk, given: Given) -> Done:
    changes = given_as.changes(given) if given.get("changes") else ()
    return review.undo(desk.monitor, changes, reviewer=given_as.text(given, "reviewer"), at=desk.now)


# --- how ----------------------------------------------------------------------------------------


def answering(query: Callable[[Desk], Shape]) -> Callable[[Request], Response]:
    """An endpoint that only reads."""
    return reading(lambda desk: _json(query(desk)))


def acting(act: Callable[[Desk, Given], Done]) -> Callable[[Request], Any]:
    """An endpoint that takes a JSON object. Only a page of ours, or no browser at all, can send one."""

    async def endpoint(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "send application/json")
        given = given_as.object_of(await body_of(request))
        stores: Monitor = request.app.state.site.stores

        def handle() -> Response:
            with stores.another() as monitor:
                return _json(done_json(act(Desk(request, monitor, Form(())), given)))

        answer = await run_in_threadpool(handle)
        answer.background = BackgroundTask(review.mirror, stores.settings)
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
    Route("/api/queue", answering(queue)),
    Route("/api/changes/{change}", answering(change)),
    Route("/api/orphans", answering(orphans)),
    Route("/api/documents", answering(documents)),
    Route("/api/documents/{document}", answering(document)),
    Route("/api/documents/{document}/text", answering(text)),
    Route("/api/documents/{document}/compare", answering(compare)),
    Route("/api/statements/{statement}", answering(statement)),
    Route("/api/search", answering(search)),
    Route("/api/overview", answering(overview)),
    Route("/api/runs", answering(runs)),
    Route("/api/verdicts", acting(verdicts), methods=["POST"]),
    Route("/api/comments", acting(comments), methods=["POST"]),
    Route("/api/assignments", acting(assignments), methods=["POST"]),
    Route("/api/undo", acting(undo), methods=["POST"]),
]


def _json(value: Shape) -> Response:
    return Response(dumps(value), media_type="application/json")


def _difference(change: Any) -> Shape:
    """A change between moments that are no neighbours: what only the ledger could say of it is left out."""
    shape = change_json(change)
    kept = ("level", "document", "document_before", "cause", "kind", "significance", "aspects", "similarity", "moved")
    texts = {
        name: [{"ordinal": side["ordinal"], "text": side["text"], "links": side["links"]} for side in shape[name]]
        for name in ("before", "after")
    }
    return {**{name: shape[name] for name in kept}, **texts, "edits": shape["edits"], "message": shape["message"]}


def _tally(tally: Tally) -> Shape:
    return {"substantive": tally.substantive, "editorial": tally.editorial}


def _limit(desk: Desk) -> int:
    said = desk.query.one("limit")
    if not said:
        return USUAL
    if not (said.isascii() and said.isdecimal() and 1 <= int(said[:6]) <= MOST):
        raise UsageError(f"limit: a number from 1 to {MOST}")
    return int(said)
