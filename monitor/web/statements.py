"""A statement's life: every revision with its word diff, when it was there and when not, copies elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from monitor.core.text.normalize import visible
from monitor.errors import UsageError
from monitor.model import Change, Life
from monitor.reports.phrases import TimeView, duration, time_view
from monitor.reports.views import block_views, edit_segments
from monitor.web.request import Desk

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


def statement_page(desk: Desk) -> Response:
    """One statement's whole life."""
    life = life_of(desk)
    names = _document_ids(life)
    return desk.page(
        "statement.html",
        title=f"Statement in {visible(life.document)}",
        id=life.statement,
        present=life.present,
        document=visible(life.document),
        document_id=names,
        text=visible(life.revisions[-1].text) if life.revisions else "",
        revisions=[
            {
                "number": revision.number,
                "since": time_view(revision.since.taken_at, desk.zone),
                "text": visible(revision.text),
                "segments": edit_segments(revision.edits),
                "links": tuple(map(visible, revision.links)),
            }
            for revision in reversed(life.revisions)
        ],
        intervals=interval_views(intervals(life.changes), desk),
        changes=block_views(reversed(life.changes), desk.zone),
        copies=[(one, visible(path)) for one, path in desk.monitor.pages.copies(life.statement, COPIES)],
        aliases=list(map(visible, life.aliases)),
        width=WIDTH,
    )


def life_of(desk: Desk) -> Life:
    """The life that the address names; UsageError where there is none."""
    identity = desk.named("statement")
    life = desk.monitor.ledger.life(identity)
    if life is None:
        raise UsageError(f"there is no statement whose id begins with {visible(identity)}")
    return life


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


def interval_views(told: Sequence[Interval], desk: Desk) -> list[IntervalView]:
    """The intervals up to now."""
    if not told:
        return []
    start, end = told[0].since, max(desk.now, told[-1].since)
    whole = max((end - start).total_seconds(), 1.0)

    def at(moment: datetime) -> float:
        return (moment - start).total_seconds() / whole * WIDTH

    return [
        IntervalView(
            present=one.present,
            document=visible(one.document),
            since=time_view(one.since, desk.zone),
            until=time_view(one.until, desk.zone) if one.until else None,
            lasted=duration((one.until or end) - one.since),
            x=round(at(one.since), 1),
            width=round(max(at(one.until or end) - at(one.since), 1.0), 1),
        )
        for one in told
    ]


def _document_ids(life: Life) -> str:
    """The id of the document that the statement stands in, or stood in last."""
    return next((change.document_id for change in reversed(life.changes) if change.document_id), "") or ""
