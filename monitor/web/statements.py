"""The search of statements, and a statement's history: every revision with its word diff, its absences, its copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.responses import Response

from monitor.app.queries import statement_addresses, unknown
from monitor.core.text.normalize import visible
from monitor.model import Change, StatementHistory
from monitor.reports.phrases import TimeView, duration, time_view
from monitor.reports.reasons import reason_of
from monitor.reports.views import change_run_views, edit_segments
from monitor.web.request import RequestContext

COPIES = 50  # that are listed
WIDTH = 1000  # of the drawing, in its own units


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time in which a statement was there, or was not; `until` None: it lasts."""

    present: bool
    document: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class IntervalView:
    """The same for a page; `x` and `width` place it in the drawing."""

    present: bool
    document: str
    since: TimeView
    until: TimeView | None
    lasted: str
    x: float
    width: float


FOUND = 50  # statements that a search shows at first
MOST_FOUND = 1_000


def search_page(context: RequestContext) -> Response:
    """Statements, present or past, that contain the words."""
    words, present = context.query.words("q"), context.query.one("present") == "1"
    asked = context.query.one("limit")
    limit = min(int(asked), MOST_FOUND) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 6 else FOUND
    hits = context.monitor.ledger.search(words, MOST_FOUND if present else limit + 1)
    hits = [hit for hit in hits if hit.present or not present]
    place = statement_addresses(context.monitor.ledger, "")
    documents = {path: context.monitor.ledger.document(path) for path in {hit.document for hit in hits[:limit]}}
    further = {"q": words, "limit": str(limit * 4), **({"present": "1"} if present else {})}
    return context.page(
        "search.html",
        title="Search",
        q=words,
        present=present,
        hits=[
            {
                "text": visible(hit.text),
                "document": visible(hit.document),
                "statement": hit.statement,
                "address": place(found.id, hit.since.snapshot, hit.statement)
                if (found := documents[hit.document])
                else f"/statements/{hit.statement}",
                "present": hit.present,
                "since": time_view(hit.since.taken_at, context.zone),
            }
            for hit in hits[:limit]
        ],
        more=len(hits) > limit,
        further=f"/search?{urlencode(further)}" if len(hits) > limit and limit < MOST_FOUND else "",
    )


def statement_page(context: RequestContext) -> Response:
    """The history of one statement."""
    history = statement_history_of(context)
    names = _document_ids(history)
    return context.page(
        "statement.html",
        title=f"Statement in {visible(history.document)}",
        id=history.statement,
        present=history.present,
        document=visible(history.document),
        document_id=names,
        text=visible(history.revisions[-1].text) if history.revisions else "",
        revisions=[
            {
                "number": revision.number,
                "since": time_view(revision.since.taken_at, context.zone),
                "text": visible(revision.text),
                "segments": edit_segments(revision.edits),
                "links": tuple(map(visible, revision.links)),
            }
            for revision in reversed(history.revisions)
        ],
        intervals=interval_views(intervals(history.changes), context),
        changes=change_run_views(reversed(history.changes), context.zone, context.address_of, reason_of),
        copies=[(one, visible(path)) for one, path in context.monitor.pages.copies(history.statement, COPIES)],
        aliases=list(map(visible, history.aliases)),
        width=WIDTH,
    )


def statement_history_of(context: RequestContext) -> StatementHistory:
    """The life that the address names; UsageError where there is none."""
    identity = context.named("statement")
    history = context.monitor.ledger.statement_history(identity)
    if history is None:
        message = f"there is no statement whose id begins with {visible(identity)}"
        raise unknown(context.monitor.ledger, [identity], message)
    return history


def intervals(changes: Iterable[Change]) -> list[Interval]:
    """When a statement was there and when not, from the changes that touched it, oldest first."""
    found: list[Interval] = []
    for change in changes:
        present = bool(change.after)
        document = change.after[0].document if change.after else change.document
        if found and found[-1].present == present and found[-1].document == document:
            continue
        if found:
            last = found[-1]
            found[-1] = Interval(last.present, last.document, last.since, change.taken_at)
        found.append(Interval(present, document, change.taken_at, None))
    return found


def interval_views(dated: Sequence[Interval], context: RequestContext) -> list[IntervalView]:
    """The intervals up to now."""
    if not dated:
        return []
    start, end = dated[0].since, max(context.now, dated[-1].since)
    whole = max((end - start).total_seconds(), 1.0)

    def at(moment: datetime) -> float:
        return (moment - start).total_seconds() / whole * WIDTH

    return [
        IntervalView(
            present=one.present,
            document=visible(one.document),
            since=time_view(one.since, context.zone),
            until=time_view(one.until, context.zone) if one.until else None,
            lasted=duration((one.until or end) - one.since),
            x=round(at(one.since), 1),
            width=round(max(at(one.until or end) - at(one.since), 1.0), 1),
        )
        for one in dated
    ]


def _document_ids(history: StatementHistory) -> str:
    """The id of the document that has the statement, or had it last."""
    return next((change.document_id for change in reversed(history.changes) if change.document_id), "") or ""
