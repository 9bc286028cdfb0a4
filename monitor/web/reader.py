"""The page of a comparison: two versions of a document, side by side or inline, with every change in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from starlette.responses import RedirectResponse, Response

from monitor.app import review
from monitor.app.compare import DocumentDiff, differences
from monitor.app.queries import NO_VERSION, SHORT
from monitor.app.redlines import render_document
from monitor.app.review_criteria import criteria
from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.ledger.statistics import DatedVersion
from monitor.model import Document, Snapshot
from monitor.reports.redline import MarkView, Side, by_importance, events_of, redline_view
from monitor.reports.redline_docx import MEDIA_TYPE
from monitor.web.documents import document_line, document_of, title_of, version_index, version_views
from monitor.web.queue_views import DONE
from monitor.web.request import RequestContext

LISTED = 500  # changes on a page of the list
MANY = 10  # changes, from which the list begins with the most important
LARGE = 1_500  # statements, from which folded rows are loaded when they are opened

View = Literal["side", "inline"]


class _Pair(NamedTuple):
    """The two versions that are compared, by their numbers; -1: before the first one."""

    before: int
    after: int


def compare_page(context: RequestContext) -> Response:
    """Two versions of a document. An address with dates leads to the one with snapshots."""
    document = document_of(context)
    versions = context.monitor.pages.versions(document.id)
    pair = _pair(context, versions)
    stable = _address(context, document, versions, pair)
    if not _is_stable(context):
        return RedirectResponse(stable, 303)
    found, snapshot = _compared(context, document, versions, pair)
    if context.query.one("save"):
        return _saved(context, found, document)
    view: View = "side" if context.query.one("view") == "side" else "inline"
    whole, opened = context.query.one("whole") == "1", context.query.one("open")

    def address_of(path: str, statement: str, _side: Side) -> str:
        other = context.monitor.ledger.document(path)
        if other is None:
            return ""
        given = {"before": _name(versions, pair.before), "after": _name(versions, pair.after), "open": statement}
        return f"/documents/{other.id}/compare?{urlencode(given)}#s-{statement}"

    is_large = sum(len(side.statements or ()) for side in (found.before, found.after) if side) > LARGE
    line = redline_view(
        found.redline(),
        view,
        address=address_of,
        language=found.after.language if found.after else None,
        zone=context.zone,
        whole=whole,
        opened=opened,
        lazy=is_large,
        importance=review.importances(
            context.monitor, (*found.changes, *found.departed), imported=snapshot.origin is not None
        ),
    )
    states = review.states(context.monitor, [mark.id for mark in line.marks if mark.id])
    verdicts = {visible(change): DONE[state.verdict] for change, state in states.items() if state.verdict}
    listed = _listed(context, line.marks, verdicts)
    views = version_views(versions, context)
    return context.page(
        "reader.html",
        title=f"{title_of(found.after or found.before, document.path)}: comparison",
        heading=title_of(found.after or found.before, document.path),
        document=document_line(document, context),
        versions=views,
        pair=pair,
        titles=(views[pair.before].at.text if pair.before >= 0 else "Not there yet", views[pair.after].at.text),
        view=view,
        whole=whole,
        line=line,
        order=_order(context, line.marks),
        listed=listed[:LISTED] if not _page_of(context) else listed[_page_of(context) * LISTED :][:LISTED],
        list_pages=range(1 + (len(listed) - 1) // LISTED) if len(listed) > LISTED else (),
        list_page=_page_of(context),
        shown=len(listed),
        filters=_filters(context, line.marks),
        verdicts=verdicts,
        last={visible(change): state.last for change, state in states.items()},
        events=events_of(found.changes, context.zone),
        lazy=is_large,
        asked=parse_qsl(_address(context, document, versions, pair, open="", view=view).partition("?")[2]),
        back=stable,
        address=lambda **other: _address(context, document, versions, pair, **other),
        before_pair=_neighbour(context, document, versions, pair, -1),
        after_pair=_neighbour(context, document, versions, pair, 1),
        reviewer=visible(context.site.reviewer),
    )


# --- which versions -----------------------------------------------------------------------------


def _pair(context: RequestContext, versions: Sequence[DatedVersion]) -> _Pair:
    after = version_index(context, versions, context.query.one("after"))
    given = context.query.one("before")
    if given == NO_VERSION:
        return _Pair(-1, after)
    try:
        return _Pair(version_index(context, versions, given, after - 1), after)
    except UsageError:
        if _is_snapshot(given):
            return _Pair(-1, after)  # it was not there yet
        raise


def _is_snapshot(text: str) -> bool:
    """Whether it can only be an id of a snapshot, which stays the same whatever is recorded or imported later."""
    return len(text) >= SHORT and set(text) <= set("0123456789abcdef")


def _is_stable(context: RequestContext) -> bool:
    return all(
        one == NO_VERSION or _is_snapshot(one) for one in (context.query.one("before"), context.query.one("after"))
    )


def _name(versions: Sequence[DatedVersion], number: int) -> str:
    return versions[number].snapshot_time.snapshot[:SHORT] if number >= 0 else NO_VERSION


def _neighbour(
    context: RequestContext, document: Document, versions: Sequence[DatedVersion], pair: _Pair, step: int
) -> str:
    """The address of the pair of versions before or after this one; empty where there is none."""
    after = pair.after + step
    if not 0 <= after < len(versions):
        return ""
    return _address(context, document, versions, _Pair(after - 1, after), open="", list="")


def _address(
    context: RequestContext, document: Document, versions: Sequence[DatedVersion], pair: _Pair, **other: str
) -> str:
    """The address of a pair of versions, with the rest of what was asked for; `other` replaces a part of that."""
    given = {"before": _name(versions, pair.before), "after": _name(versions, pair.after)}
    for name in ("view", "whole", "open", "order", "kind", "aspect", "editorial", "undecided", "list", "save"):
        given[name] = other.get(name, context.query.words(name))
    query = urlencode({name: value for name, value in given.items() if value}, errors="surrogateescape")
    return f"/documents/{document.id}/compare?{query}"


def _compared(
    context: RequestContext, document: Document, versions: Sequence[DatedVersion], pair: _Pair
) -> tuple[DocumentDiff, Snapshot]:
    """What differs, and the snapshot of the version after."""
    ids = [versions[number].snapshot_time.snapshot for number in pair if number >= 0]
    known = {one.id: one for one in context.monitor.ledger.snapshots_with_ids(ids)}
    before: Snapshot | None = known[ids[0]] if pair.before >= 0 else None
    after = known[ids[-1]]
    if found := differences(context.monitor.ledger, before, after, document.id):
        return found[0], after
    raise UsageError(f"{visible(document.path)} is in neither of the two versions")


# --- the list of changes ------------------------------------------------------------------------


def _listed(context: RequestContext, marks: Sequence[MarkView], verdicts: dict[str, str]) -> list[MarkView]:
    """The changes of the list: those that the filters let through, in the order that was asked for."""
    kind, aspect = context.query.one("kind"), context.query.one("aspect")
    found = [
        mark
        for mark in marks
        if (not kind or mark.kind == kind)
        and (not aspect or aspect in mark.aspects)
        and not (mark.editorial and context.query.one("editorial") == "0")
        and not (mark.id in verdicts and context.query.one("undecided") == "1")
    ]
    return found if _order(context, marks) == "place" else by_importance(found)


def _order(context: RequestContext, marks: Sequence[MarkView]) -> str:
    given = context.query.one("order")
    return given if given in ("place", "importance") else "importance" if len(marks) > MANY else "place"


def _filters(context: RequestContext, marks: Sequence[MarkView]) -> dict[str, Any]:
    return {
        "kinds": sorted({mark.kind for mark in marks}),
        "aspects": sorted({aspect for mark in marks for aspect in mark.aspects}),
        "kind": context.query.words("kind"),
        "aspect": context.query.words("aspect"),
        "editorial": context.query.one("editorial") != "0",
        "undecided": context.query.one("undecided") == "1",
    }


def _page_of(context: RequestContext) -> int:
    given = context.query.one("list")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 0


# --- to send ------------------------------------------------------------------------------------


def _saved(context: RequestContext, found: DocumentDiff, document: Document) -> Response:
    """The same redline as a file."""
    form = context.query.one("save")
    if form not in ("html", "docx"):
        raise UsageError("save: html or docx")
    comments = review.comments(context.monitor, [change.id for change in found.changes if change.id])
    made = render_document(found, form, context.zone, criteria(context.monitor.settings), comments)
    kind = MEDIA_TYPE if form == "docx" else "text/html"
    name = quote(f"{visible(document.path).rpartition('/')[2]}.{form}", safe="")
    return Response(made, media_type=kind, headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"})
